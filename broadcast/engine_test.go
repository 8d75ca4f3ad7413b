package broadcast_test

import (
	"fmt"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sms"
)

func TestEngineSendsOnce(t *testing.T) {
	eachMill(t, 620, func(m *engineFixture) {
		id := m.scheduled(nil)
		m.pass(-time.Minute)
		m.tick()
		m.is(id, broadcast.Scheduled)
		m.pass(time.Minute)
		m.begin(id)
		if b := m.get(id); b.Frozen != 620 {
			t.Errorf("%d recipients, want 620", b.Frozen)
		}
		m.want(id, "sms pending 310, sms planned 310, template pending 310, ")
		chunks := m.queue.empty()
		if len(chunks) != 2 {
			t.Errorf("%d chunks, want one a channel", len(chunks))
		}
		// Each chunk comes three times, at the same time, in two processes.
		_, other := m.process(m.open().Broadcasts())
		var all sync.WaitGroup
		for _, c := range chunks {
			for i := range 3 {
				all.Go(func() {
					if err := []*broadcast.Engine{m.engine, other}[i%2].Send(t.Context(), c); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		m.once(0, 620)
		m.want(id, "sms accepted 310, sms planned 310, template accepted 310, ")
		m.tick()
		m.is(id, broadcast.Sending) // until it is heard of
	})
}

func TestReceiptsEndABroadcast(t *testing.T) {
	eachMill(t, 30, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.work()
		m.once(0, 30)
		m.arrive()
		m.want(id, "sms delivered 30, ")
		m.arrive() // again
		m.tick()
		m.is(id, broadcast.Done)
		foreign := []sms.Receipt{{Handle: "x", OutID: "B-1", Phone: mobile(1), Delivered: true}}
		if matched, err := m.engine.Receipts(t.Context(), foreign); err != nil || matched[0] {
			t.Errorf("a receipt of another's text matched: %v", err)
		}
	})
}

func TestPauseInFlight(t *testing.T) {
	eachMill(t, 100, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			m.pass(400 * time.Millisecond)
			if n == 10 {
				if _, err := m.service.Pause(t.Context(), author, id, "等一等"); err != nil {
					t.Error(err)
				}
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		m.work()
		if got := m.texts.n; got > 13 {
			t.Errorf("%d letters went, of them %d after the pause: want at most those of a second", got, got-10)
		}
		m.tick()
		if chunks := m.queue.empty(); len(chunks) != 0 {
			t.Errorf("%d chunks of a paused broadcast were queued", len(chunks))
		}
		if _, err := m.service.Resume(t.Context(), author, id); err != nil {
			t.Fatal(err)
		}
		m.tick()
		m.work()
		m.once(0, 100)
	})
}

func TestFailedGoesOnByText(t *testing.T) {
	eachMill(t, 20, func(m *engineFixture) {
		id := m.scheduled(nil)
		m.wechat.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			if n%2 == 0 {
				return broadcast.Outcome{State: broadcast.Failed, Class: "refused", Code: "43004"}
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: fmt.Sprint(n)}
		}
		for range 3 {
			m.tick()
			m.work()
		}
		m.want(id, "sms accepted 15, sms planned 5, template accepted 5, template failed 5, ")
		m.once(0, 20)
	})
}

func TestWindowAndExpiry(t *testing.T) {
	eachMill(t, 250, func(m *engineFixture) {
		id := m.scheduled(func(p *broadcast.Proposal) {
			textsOnly(p)
			p.Window = broadcast.Window{From: 9 * 60, To: 10*60 + 30}
		})
		m.tick()
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			if n == 100 {
				m.pass(30 * time.Minute) // closed, in the middle of a chunk
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		}
		chunks := m.queue.empty()
		for _, c := range append(chunks, chunks...) {
			if err := m.engine.Send(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		m.tick()
		m.want(id, "sms accepted 100, sms pending 150, ")
		if again := m.queue.empty(); len(again) != 0 {
			t.Errorf("%d chunks were queued outside of the window", len(again))
		}
		m.pass(24 * time.Hour) // too late
		m.tick()
		m.is(id, broadcast.Expired)
		m.tick()
		m.want(id, "sms accepted 100, sms expired 150, ")
		m.arrive()
		m.want(id, "sms delivered 100, sms expired 150, ")
	})
}

// TestNoticeWithdrawnStops in the middle of sending: nobody gets anything until somebody confirms it, and then everybody once.
func TestNoticeWithdrawnStops(t *testing.T) {
	eachMill(t, 150, func(m *engineFixture) {
		before := m.lib
		id := m.scheduled(nil)
		m.begin(id)
		chunks := m.queue.empty()
		sendAll := func() {
			m.Helper()
			for _, c := range append(chunks, m.queue.empty()...) {
				if err := m.engine.Send(t.Context(), c); err != nil {
					t.Fatal(err)
				}
			}
		}
		if err := m.engine.Send(t.Context(), chunks[0]); err != nil {
			t.Fatal(err)
		}
		const stopped = "sms pending 75, sms planned 75, template accepted 75, "
		m.lib = become(before, "N1", withdrawn)
		sendAll() // nobody has written it down yet
		m.want(id, stopped)
		m.tick()
		m.is(id, broadcast.Held)
		sendAll()
		m.want(id, stopped)
		m.pass(time.Minute)
		m.lib = before
		m.tick()
		sendAll()
		m.want(id, stopped)
		if _, err := m.service.Confirm(t.Context(), approver, id); err != nil {
			t.Fatal(err)
		}
		m.tick()
		sendAll()
		m.once(0, 150)
	})
}

func TestNoticeStaysWithdrawn(t *testing.T) {
	eachMill(t, 150, func(m *engineFixture) {
		id := m.scheduled(nil)
		m.begin(id)
		if err := m.engine.Send(t.Context(), m.queue.empty()[0]); err != nil {
			t.Fatal(err)
		}
		m.lib = become(m.lib, "N1", withdrawn)
		m.tick()
		m.pass(broadcast.UndoWithin)
		m.tick()
		m.is(id, broadcast.Cancelled)
		m.tick()
		m.want(id, "sms cancelled 150, template accepted 75, ")
	})
}

// TestNoticeWithdrawnInACall: of the calls under one claim none begins after the notice went.
func TestNoticeWithdrawnInACall(t *testing.T) {
	eachMill(t, 100, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.texts.batch = 1
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			if n == 10 {
				m.lib = become(m.lib, "N1", withdrawn)
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		m.work()
		m.want(id, "sms accepted 10, sms pending 90, ")
	})
}

// TestNoticeWithdrawnWhileQueueing: the tick that queues chunks sees it, however long it lasts.
func TestNoticeWithdrawnWhileQueueing(t *testing.T) {
	eachMill(t, 1200, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.queue.queued = func() { m.lib = become(m.lib, "N1", withdrawn) }
		for n := 0; n == 0; n, _ = m.queue.Waiting(t.Context(), false) {
			m.tick()
		}
		m.is(id, broadcast.Held)
	})
}

// TestGrownAudienceWaits adds residents between approval and freezing.
func TestGrownAudienceWaits(t *testing.T) {
	eachMill(t, 10, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.residents(10, 13)
		m.tick()
		m.is(id, broadcast.Held)
		m.tick()
		if chunks := m.queue.empty(); len(chunks) != 0 {
			t.Fatal("it is sent before the second yes")
		}
		if _, err := m.service.Confirm(t.Context(), approver, id); err != nil {
			t.Fatal(err)
		}
		m.tick()
		m.work()
		m.once(0, 13)
	})
}
