package main

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"os"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
)

// firstSend is how long after a rehearsal's start its broadcast goes: long enough to read the announcement, and to watch.
const firstSend = time.Minute

// showcase is the draft that a rehearsal sends when the city has it.
const showcase = "civility"

// seeded is a rehearsal's broadcast.
type seeded struct {
	ID     string
	At     time.Time
	Window string // "" for the usual one
	Old    bool   // made by an earlier rehearsal, and still under way
}

// seedBroadcast makes a broadcast of one of the city's drafts over the API at base: the author writes and submits it, the approver
// approves it, the author schedules it. It is none when the city keeps no draft. One that an earlier rehearsal
// left under way is taken instead.
func seedBroadcast(ctx context.Context, base string, keys staffKeys, lib *content.Library, now time.Time) (s seeded, err error) {
	draft := showcase
	if lib.Drafts[draft] == nil {
		ids := slices.Sorted(maps.Keys(lib.Drafts))
		if len(ids) == 0 {
			return s, nil
		}
		draft = ids[0]
	}
	author, err := newAPIClient(base, keys.author)
	if err != nil {
		return s, err
	}
	defer author.close()
	approver, err := newAPIClient(base, keys.approver)
	if err != nil {
		return s, err
	}
	defer approver.close()

	for _, status := range []broadcast.Status{broadcast.Scheduled, broadcast.Freezing, broadcast.Sending} {
		var live broadcastPage
		if _, err := author.call(ctx, http.MethodGet, "/broadcasts?author="+rehearsalAuthor+"&status="+string(status), nil, &live); err != nil {
			return s, err
		}
		if len(live.Items) > 0 {
			b := live.Items[0]
			return seeded{ID: b.ID, At: b.Proposal.SendAt, Old: true}, nil
		}
	}

	s.At = now.Add(firstSend).UTC().Truncate(time.Second)
	proposal := map[string]any{"send_at": s.At}
	if s.Window = windowFor(s.At); s.Window != "" {
		proposal["window"] = s.Window
	}
	var b broadcastView
	if _, err := author.call(ctx, http.MethodPost, "/broadcasts", map[string]any{"draft": draft, "proposal": proposal}, &b); err != nil {
		return s, err
	}
	if _, err := author.call(ctx, http.MethodPost, "/broadcasts/"+b.ID+"/submit", nil, &b); err != nil {
		return s, err
	}
	if _, err := approver.call(ctx, http.MethodPost, "/broadcasts/"+b.ID+"/approve", map[string]string{"hash": b.Hash}, &b); err != nil {
		return s, err
	}
	if _, err := author.call(ctx, http.MethodPost, "/broadcasts/"+b.ID+"/schedule", nil, &b); err != nil {
		return s, err
	}
	s.ID = b.ID
	return s, nil
}

// announcement says when the broadcast goes, and how to watch it.
func (s seeded) announcement(base, key string) string {
	if s.ID == "" {
		return "  There is no broadcast to watch: no draft of the city could be sent; the log says why, unless there is none.\n"
	}
	when := "goes at " + s.At.In(broadcast.Zone).Format(time.TimeOnly) + " (Asia/Shanghai)"
	switch {
	case s.Old:
		when = "of an earlier rehearsal goes on"
	case s.Window != "":
		when += ", in a window of " + s.Window + ": the usual " + broadcast.DefaultWindow.String() + " would hold it up"
	}
	return fmt.Sprintf("  A broadcast %s. Watch it from another terminal, and on the phone page:\n\n    %s=%s %s=%s %s broadcast status %s --watch\n\n",
		when, urlEnv, base, keyEnv, key, program(), s.ID)
}

// program is how this program was started, to be typed again.
func program() string {
	if name := os.Args[0]; !strings.ContainsFunc(name, func(r rune) bool { return strings.ContainsRune(" '\"\\$`", r) }) {
		return name
	}
	return "towncrier"
}

// windowFor is the whole day when the usual window would hold up, or cut off, what goes at an instant; "" when it does not.
func windowFor(at time.Time) string {
	const lasts = 10 * time.Minute // ample for a rehearsal's residents, receipts and fallback included
	if broadcast.DefaultWindow.Allows(at) && broadcast.DefaultWindow.Allows(at.Add(lasts)) {
		return ""
	}
	return "00:00-24:00"
}

// rehearsalActor is who furnishes a rehearsal, in its audit log.
var rehearsalActor = audit.System("rehearsal")
