package soak

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sandbox/platform"
	"towncrier/seal"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
)

// draft is the city's draft that is sent.
const draft = "civility"

// person is a synthetic resident, as the pretend platforms know them, and what the city knows of them.
type person struct {
	platform.Resident
	Following bool     `json:"following"`
	Agreed    []string `json:"agreed"`

	part  part
	known roster.Resident
}

// part is what a person plays.
type part struct {
	number, wechat bool   // that the city has
	subscribed     bool   // to the draft's topic
	agreed         bool   // to subscription notifications: the city and the platform think so
	takenBack      bool   // the platform knows better: 43101, and 43004 of a template message
	blocks         bool   // notices are accepted, and lost
	blacklisted    bool   // template messages are refused with 43019
	out            bool   // wants nothing
	stopped        bool   // wants no texts
	lost           string // what receipts of their texts say; "" when texts arrive
}

// parts are what people play, again and again. Everybody agreed on paper to be sent notices.
var parts = []part{
	{number: true},
	{number: true, wechat: true, subscribed: true},
	{number: true, wechat: true, agreed: true},
	{number: true},
	{number: true, wechat: true, subscribed: true, agreed: true},
	{number: true, lost: "MOBILE_NOT_ON_SERVICE"},
	{wechat: true, subscribed: true},
	{number: true, wechat: true, subscribed: true, blocks: true},
	{number: true},
	{number: true, wechat: true, subscribed: true},
	{number: true, stopped: true},
	{number: true, wechat: true, agreed: true, takenBack: true},
	{number: true},
	{number: true, wechat: true, subscribed: true, blacklisted: true},
	{wechat: true, subscribed: true, agreed: true, blocks: true},
	{number: true},
	{number: true, wechat: true, out: true},
	{wechat: true},
	{number: true, wechat: true, subscribed: true, blocks: true, lost: "MOBILE_IN_BLACK"},
	{number: true},
}

// library is the city that ships; its codes are what the sandbox knows.
var library = func() *content.Library {
	lib, _ := content.Load(content.Embedded())
	return lib
}()

// code is the provider's id of the draft's template on a channel.
func code(channel broadcast.Channel) string {
	for _, m := range library.Drafts[draft].Messages {
		if m.Channel == string(channel) {
			return library.Templates[m.Template].Code
		}
	}
	return ""
}

func people(n int) []person { return cast(n, parts) }

// cast are n people who play parts.
func cast(n int, parts []part) []person {
	all := make([]person, n)
	for i := range all {
		p := parts[i%len(parts)]
		id := sha256.Sum256(fmt.Append(nil, "soak ", i))
		who := person{part: p, Resident: platform.Resident{OpenID: fmt.Sprintf("oSOAK-resident-%010d", i+1), Name: fmt.Sprintf("居民%d号", i+1), About: "演练用",
			Phone: fmt.Sprintf("199%08d", i+1), Unreachable: p.lost, Blocks: p.blocks, Blacklisted: p.blacklisted}}
		who.known = roster.Resident{ID: hex.EncodeToString(id[:16]), Consents: []roster.Consent{{What: roster.Notices, How: "paper", Basis: roster.ByConsent}}}
		if p.number {
			who.known.Phone, who.known.PhoneFrom = phone.Number(who.Phone), roster.FromImport
		}
		if p.wechat {
			who.known.OpenID, who.Following = who.OpenID, !p.takenBack
		}
		if p.agreed && !p.takenBack {
			who.Agreed = []string{code(broadcast.Subscription)}
		}
		switch {
		case p.out:
			who.known.Preferences = []roster.Preference{{}}
		case p.stopped:
			who.known.Preferences = []roster.Preference{{Channel: roster.SMS}}
		case p.subscribed:
			who.known.Preferences = []roster.Preference{{Topic: library.Drafts[draft].Topic, Wants: true}}
		}
		all[i] = who
	}
	return all
}

// write gives the sandbox its residents.
func write(t testing.TB, all []person) (file string) {
	t.Helper()
	text, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	file = filepath.Join(t.TempDir(), "people.json")
	if err := os.WriteFile(file, text, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// ledger is the database, looked at beside the processes that use it.
type ledger struct {
	*store.Broadcasts
	db        *store.DB
	broadcast string // id
}

func openLedger(t testing.TB, database string, key []byte) *ledger {
	t.Helper()
	sealer, err := seal.New(key)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), database, sealer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return &ledger{Broadcasts: db.Broadcasts(), db: db}
}

// bearers are the keys of staff.
type bearers struct{ author, approver string }

// furnish gives the city its residents and staff.
func (l *ledger) furnish(t testing.TB, all []person) (keys bearers) {
	t.Helper()
	ctx, actor, now := t.Context(), audit.System("soak"), time.Now().UTC().Truncate(time.Millisecond)
	for slice := range slices.Chunk(all, 500) {
		edit := roster.Edit{Suppress: map[phone.Number]roster.Suppression{}, Acts: []audit.Act{{Actor: actor, Action: "resident.seed", At: now}}}
		for _, p := range slice {
			who := p.known
			who.CreatedAt, who.UpdatedAt = now, now
			who.Consents, who.Preferences = slices.Clone(who.Consents), slices.Clone(who.Preferences)
			for i := range who.Consents {
				who.Consents[i].At = now
			}
			for i := range who.Preferences {
				who.Preferences[i].At = now
			}
			if p.part.stopped {
				edit.Suppress[who.Phone] = roster.Stopped
			}
			edit.Save = append(edit.Save, who)
		}
		if err := l.db.Roster().Edit(ctx, nil, func([]roster.Found) (roster.Edit, error) { return edit, nil }); err != nil {
			t.Fatal(err)
		}
		for _, p := range slice {
			if !p.part.agreed {
				continue
			}
			if _, err := l.Subscribe(ctx, p.OpenID, code(broadcast.Subscription), true, now); err != nil {
				t.Fatal(err)
			}
		}
	}
	colleagues := staff.New(l.db.Staff(), nil, time.Now)
	for _, who := range []struct {
		person staff.Person
		key    *string
	}{
		{staff.Person{ID: "author", Name: "撰稿员", Role: staff.Author}, &keys.author},
		{staff.Person{ID: "approver", Name: "审批员", Role: staff.Approver}, &keys.approver},
	} {
		if _, err := colleagues.Add(ctx, actor, who.person); err != nil {
			t.Fatal(err)
		}
		var err error
		if *who.key, _, err = stafftest.KeyOf(ctx, l.db.Staff(), time.Now, who.person.ID); err != nil {
			t.Fatal(err)
		}
	}
	return keys
}

// under waits until a call is under way.
func (l *ledger) under(t testing.TB) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); ; time.Sleep(20 * time.Millisecond) {
		counts, err := l.Tally(t.Context(), l.broadcast)
		if err != nil {
			t.Fatal(err)
		}
		if slices.ContainsFunc(counts, func(c broadcast.Count) bool { return c.State == broadcast.InFlight }) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("nothing is sent within a minute: %v", counts)
		}
	}
}

// rows are the deliveries of the broadcast in a state, all of them when it is "". The database may be away for a while.
func (l *ledger) rows(ctx context.Context, state broadcast.State) (all []broadcast.Delivery, err error) {
	for after := int64(0); ; {
		found, next, err := l.Deliveries(ctx, l.broadcast, broadcast.DeliveryFilter{State: state}, after, 2000)
		if err != nil {
			return nil, err
		}
		if all = append(all, found...); next == 0 {
			return all, nil
		}
		after = next
	}
}

func encoded(key []byte) string { return base64.StdEncoding.EncodeToString(key) }
