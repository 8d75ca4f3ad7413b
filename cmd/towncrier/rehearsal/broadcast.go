package rehearsal

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"towncrier/api/client"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
)

// firstSend is how long after the phone page is opened a rehearsal's broadcast goes: long enough to look around, and to start watching.
const FirstSend = time.Minute

// showcase is the draft that a rehearsal sends when the city has it.
const showcase = "civility"

// seeded is a rehearsal's broadcast.
type seeded struct {
	ID     string // "" for none
	At     time.Time
	Window string // "" for the usual one
}

// draftToShow is the city's draft that a rehearsal sends, "" when the city keeps none.
func draftToShow(lib *content.Library) string {
	if lib.Drafts[showcase] != nil {
		return showcase
	}
	for _, id := range slices.Sorted(maps.Keys(lib.Drafts)) {
		return id
	}
	return ""
}

// broadcastFile names the broadcast that a rehearsal in a folder sent last.
func broadcastFile(data string) string { return filepath.Join(data, "broadcast") }

func noteBroadcast(data, id string) error {
	return os.WriteFile(broadcastFile(data), []byte(id+"\n"), 0o600)
}

// underWay is the id of the broadcast that an earlier rehearsal left under way, "" for none.
func underWay(ctx context.Context, base, data string, keys staffKeys) (string, error) {
	text, err := os.ReadFile(broadcastFile(data))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	author, err := client.New(client.Config{URL: base, Key: keys["author"]})
	if err != nil {
		return "", err
	}
	defer author.Close()
	id := strings.TrimSpace(string(text))
	var b wire.Broadcast
	_, err = author.Call(ctx, http.MethodGet, "/broadcasts/"+id, nil, &b)
	if refused, ok := errors.AsType[*client.RefusedError](err); ok && refused.Problem.Status == http.StatusNotFound { // of another database
		return "", nil
	}
	if err != nil {
		return "", err
	}
	if slices.Contains([]broadcast.Status{broadcast.Scheduled, broadcast.Freezing, broadcast.Sending}, broadcast.Status(b.Status)) {
		return id, nil
	}
	return "", nil
}

// seedBroadcast makes a broadcast of a draft of the city over the API at base: the author writes and submits it, the approver
// approves it, the author schedules it.
func seedBroadcast(ctx context.Context, base string, keys staffKeys, draft string, now time.Time) (s seeded, err error) {
	author, err := client.New(client.Config{URL: base, Key: keys["author"]})
	if err != nil {
		return s, err
	}
	defer author.Close()
	approver, err := client.New(client.Config{URL: base, Key: keys["approver"]})
	if err != nil {
		return s, err
	}
	defer approver.Close()

	s.At = now.Add(FirstSend).UTC().Truncate(time.Second)
	s.Window = windowFor(s.At)
	proposal := wire.Proposal{SendAt: s.At, Window: s.Window}
	var b wire.Broadcast
	if _, err := author.Call(ctx, http.MethodPost, "/broadcasts", wire.CreateBroadcast{Draft: draft, Proposal: proposal}, &b); err != nil {
		return s, err
	}
	var preview wire.Preview
	if _, err := author.Call(ctx, http.MethodGet, "/broadcasts/"+b.ID+"/preview", nil, &preview); err != nil {
		return s, err
	}
	accept := []string{}
	for _, f := range preview.Faults {
		if f.Name != "" {
			accept = append(accept, f.Name)
		}
	}
	if _, err := author.Call(ctx, http.MethodPost, "/broadcasts/"+b.ID+"/submit", wire.Acceptance{Accept: accept}, &b); err != nil {
		return s, err
	}
	if _, err := approver.Call(ctx, http.MethodPost, "/broadcasts/"+b.ID+"/approve", wire.Approval{Hash: b.Hash, Accept: b.Accepted}, &b); err != nil {
		return s, err
	}
	if _, err := author.Call(ctx, http.MethodPost, "/broadcasts/"+b.ID+"/schedule", nil, &b); err != nil {
		return s, err
	}
	s.ID = b.ID
	return s, nil
}

const noBroadcast = "  There is no broadcast to watch: no draft of the city could be sent; the log says why, unless there is none.\n"

// windowFor is the whole day when the usual window would hold up, or cut off, what goes at an instant; "" when it does not.
func windowFor(at time.Time) string {
	const lasts = 10 * time.Minute // ample for a rehearsal's residents, receipts and fallback included
	if broadcast.DefaultWindow.Allows(at) && broadcast.DefaultWindow.Allows(at.Add(lasts)) {
		return ""
	}
	return "00:00-24:00"
}

// rehearsalActor is who furnishes a rehearsal, in its audit log.
var actor = audit.System("rehearsal")
