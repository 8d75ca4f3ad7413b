package aliyun_test

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

// city is one process's engine on a database, which sends through the pretend platform over HTTP.
type city struct {
	*testing.T
	db      *store.DB
	roster  *roster.Roster
	ledger  *store.Broadcasts
	service *broadcast.Service
	engine  *broadcast.Engine
	send    *aliyun.Provider
	queued  []broadcast.Chunk
	ahead   time.Duration // of the clock
}

var (
	writes   = broadcast.Official{ID: "li"}
	approves = broadcast.Official{ID: "zhao"}
)

func (c *city) Chunk(_ context.Context, chunk broadcast.Chunk, _ bool) error {
	c.queued = append(c.queued, chunk)
	return nil
}

func (c *city) Waiting(context.Context, bool) (int, error) { return len(c.queued), nil }

func (w *fixture) city(t *testing.T, setting string, master []byte, log string) *city {
	t.Helper()
	c := &city{T: t}
	box, err := seal.New(master)
	c.must(err)
	c.db, err = store.Open(t.Context(), setting, box, store.WithStopsLog(log))
	c.must(err)
	now := func() time.Time { return time.Now().Add(c.ahead) }
	lib := &content.Library{
		City:    content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}},
		Notices: map[string]*content.Notice{"N1": {ID: "N1", Status: content.InForce, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}}},
		Templates: map[string]*content.Template{"civility": {ID: "civility", Channel: "sms", Code: pretendsms.DefaultNoticeTemplate,
			Text: "${committee}提醒您：${title}。", Vars: []content.TemplateVar{{Name: "committee", Type: "text"}, {Name: "title", Type: "text"}}}},
	}
	c.ledger = c.db.Broadcasts()
	c.roster = roster.New(roster.Config{Store: c.db.Roster(), Tickets: inbox.New(c.db.Inbox(), now), Now: now})
	c.service = broadcast.NewService(broadcast.Config{Store: c.ledger, Content: func() *content.Library { return lib }, Now: now, Sign: pretendsms.DefaultSign, Resident: c.roster.Get})
	c.send = w.provider(t)
	c.engine = broadcast.NewEngine(broadcast.EngineConfig{
		Service: c.service, Store: c.ledger, Queue: c, Log: slog.New(slog.NewTextHandler(t.Output(), nil)), AskAgain: time.Minute,
		Providers: map[broadcast.Channel]broadcast.Provider{broadcast.SMS: c.send},
	})
	return c
}

func (c *city) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

func (c *city) counts(id string) map[broadcast.State]int {
	c.Helper()
	tally, err := c.ledger.Tally(c.Context(), id)
	c.must(err)
	by := make(map[broadcast.State]int)
	for _, n := range tally {
		by[n.State] += n.N
	}
	return by
}

// work does all that there is to do, and asks about what is in doubt as often as it takes.
func (c *city) work() {
	c.Helper()
	for range 8 {
		c.must(c.engine.Tick(c.Context()))
		queued := c.queued
		c.queued = nil
		for _, chunk := range queued {
			c.must(c.engine.Send(c.Context(), chunk))
		}
		c.must(c.engine.ResolveDoubts(c.Context()))
		c.ahead += 2 * time.Minute
	}
}

// outIDs counts the texts that the platform took, by our ids of their calls.
func (w *fixture) outIDs() map[string]int {
	texts := make(map[string]int)
	for _, e := range w.platform.Record.Texts("") {
		if e.Kind == platform.KindSMS {
			texts[e.SMS.OutID]++
		}
	}
	return texts
}

// TestRestoredBroadcastReachesEverybodyOnce loses what happened after a copy in the middle of a broadcast: calls were made before it, under
// way, and after it, and people decided otherwise. The copy is put back, and somebody has it go on.
func TestRestoredBroadcastReachesEverybodyOnce(t *testing.T) {
	for name, setting := range map[string]func(testing.TB) string{"SQLite": storetest.FreshSQLite, "PostgreSQL": storetest.FreshPostgres} {
		t.Run(name, func(t *testing.T) {
			w, setting, master, log := newFixture(t), setting(t), seal.NewKey(), filepath.Join(t.TempDir(), "stops.log")
			before := w.city(t, setting, master, log)
			for i := range 300 {
				_, err := before.roster.Add(t.Context(), audit.System("test"), roster.Resident{Phone: someone(i),
					Consents: []roster.Consent{{What: roster.Notices, How: "paper", Basis: roster.ByConsent}}})
				before.must(err)
			}
			b, err := before.service.New(t.Context(), writes, broadcast.Proposal{
				Title: "牵绳提醒", Topic: "dogs", Cites: []broadcast.Cite{{Notice: "N1", Passage: 1}}, Audience: broadcast.Rule{All: true},
				Messages: []broadcast.Message{{Channel: broadcast.SMS, Template: "civility", Data: map[string]string{"committee": "东山社区", "title": "遛狗请牵绳"}}},
				Window:   broadcast.Window{From: 0, To: 24 * 60},
			})
			before.must(err)
			id := b.ID
			b, err = before.service.Submit(t.Context(), writes, id)
			before.must(err)
			_, err = before.service.Approve(t.Context(), approves, id, b.Hash)
			before.must(err)
			_, err = before.service.Schedule(t.Context(), writes, id)
			before.must(err)
			for range 20 {
				if before.must(before.engine.Tick(t.Context())); before.counts(id)[broadcast.Pending] == 300 {
					break
				}
			}
			found, _, err := before.ledger.Deliveries(t.Context(), id, broadcast.DeliveryFilter{}, 0, 300)
			before.must(err)
			part := func(from, to int) broadcast.Chunk {
				return broadcast.Chunk{Broadcast: id, Channel: broadcast.SMS, From: found[from].ID, To: found[to-1].ID}
			}
			claim := func(from, to int) broadcast.Claimed {
				t.Helper()
				claimed, err := before.ledger.Claim(t.Context(), part(from, to), to-from, time.Now(), time.Now().Add(broadcast.LongestLease))
				before.must(err)
				for i := range claimed.Messages {
					claimed.Messages[i].OutID = claimed.OutID
				}
				return claimed
			}
			calls := func(claimed broadcast.Claimed) { send(t, before.send, claimed.Messages) }

			before.must(before.engine.Send(t.Context(), part(0, 100)))
			underWay, dies := claim(100, 150), claim(150, 200)
			if got := before.counts(id); got[broadcast.Accepted] != 100 || got[broadcast.InFlight] != 100 || got[broadcast.Pending] != 100 {
				t.Fatalf("before the copy: %v", got)
			}
			before.must(before.db.Close())
			asOf := time.Now().Add(-10 * time.Minute) // with it, no day is left to come: the test does not depend on the time of day
			copied := storetest.Copy(t, setting)

			before = w.city(t, setting, master, log)
			calls(underWay)
			// Another process dies before its call: ten of its deliveries turn out not to have been sent, and are sent in another call.
			var unsent []broadcast.Settled
			for _, m := range dies.Messages[:10] {
				unsent = append(unsent, broadcast.Settled{Delivery: m.Delivery, Claim: dies.ID, Outcome: broadcast.Outcome{State: broadcast.Pending}})
			}
			before.must(before.ledger.RecordOutcomes(t.Context(), unsent, time.Now()))
			before.must(before.engine.Send(t.Context(), part(150, 160)))
			for from := 200; from < 250; from += 10 {
				before.must(before.engine.Send(t.Context(), part(from, from+10)))
			}
			const stops, leaves, starts = 260, 261, 262
			before.must(before.roster.StopSMS(t.Context(), someone(stops), "key"))
			who, err := before.roster.FindByPhone(t.Context(), someone(leaves))
			before.must(err)
			before.must(before.roster.Erase(t.Context(), audit.Staff("wang"), who.ID))
			before.must(before.roster.StopSMS(t.Context(), someone(starts), "key"))
			_, err = before.roster.Bind(t.Context(), "oStarts-again", someone(starts))
			before.must(err)
			before.must(before.roster.Prefer(t.Context(), "oStarts-again", "", roster.SMS, true))
			before.must(before.db.Close())
			const reached = 210
			if got := len(w.got()); got != reached {
				t.Fatalf("%d were reached before the restore, want %d", got, reached)
			}
			lost := w.outIDs()

			written, err := os.Open(log)
			before.must(err)
			defer written.Close()
			box, err := seal.New(master)
			before.must(err)
			done, err := store.MarkRestored(t.Context(), copied, box, store.Restore{AsOf: asOf, Stops: []io.Reader{written}, By: audit.Local("test"),
				At: time.Now().Add(-10 * time.Minute)})
			before.must(err)
			if !slices.Equal(done.Broadcasts, []string{id}) || done.InDoubt != 200 {
				t.Errorf("%+v", done)
			}

			after := w.city(t, copied, master, log)
			defer func() { after.must(after.db.Close()) }()
			after.work() // while it is paused it is asked, and nothing goes
			if got := after.counts(id); got[broadcast.InDoubt] != 0 || len(w.got()) != reached {
				t.Fatalf("while it is paused: %v, %d reached", got, len(w.got()))
			}
			if b, err := after.ledger.Get(t.Context(), id); err != nil || b.Status != broadcast.Paused || b.Why == "" {
				t.Fatalf("it is %s (%s), %v", b.Status, b.Why, err)
			}
			_, err = after.service.Resume(t.Context(), approves, id)
			after.must(err)
			after.work()
			got := w.got()
			for i := range 300 {
				want := 1
				if i == stops || i == leaves {
					want = 0
				}
				if n := got[string(someone(i))]; n != want {
					t.Errorf("resident %d got it %d times, want %d", i, n, want)
				}
			}
			if counts := after.counts(id); counts[broadcast.Pending]+counts[broadcast.InFlight]+counts[broadcast.InDoubt] != 0 {
				t.Errorf("left: %v", counts)
			}
			tally, err := after.ledger.Tally(t.Context(), id)
			after.must(err)
			tally = slices.DeleteFunc(tally, func(c broadcast.Count) bool { return c.N == 0 })
			if rows, err := after.ledger.Recount(t.Context(), id); err != nil || !slices.Equal(rows, tally) {
				t.Errorf("the tally says %v, the rows are %v, %v", tally, rows, err)
			}
			// Receipts and records name calls by our ids: one that came again would be taken for the other.
			for outID, texts := range w.outIDs() {
				if lost[outID] != 0 && lost[outID] != texts {
					t.Errorf("%s names a call from before the restore, and one after it", outID)
				}
			}
		})
	}
}
