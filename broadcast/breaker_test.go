package broadcast_test

import (
	"context"
	"log/slog"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/broadcast"
)

func newBreaker(t testing.TB, width int, now func() time.Time) *broadcast.Breaker {
	return broadcast.NewBreaker(broadcast.BreakerConfig{Provider: "test", Width: width, Now: now, Log: slog.New(slog.NewTextHandler(t.Output(), nil))})
}

// call is one that is under way.
type call struct {
	places *broadcast.Places
	permit broadcast.Permit
}

// begin makes a call that must be let through at once.
func begin(t *testing.T, b *broadcast.Breaker) call {
	t.Helper()
	places, ok := b.Enter(t.Context(), 1, false)
	if !ok {
		t.Fatal("a call is held up")
	}
	permit, ok := places.Begin()
	if !ok {
		t.Fatal("a call in its place is held up")
	}
	return call{places, permit}
}

func (c call) end(how broadcast.CallEnd) {
	c.places.End(c.permit, how)
	c.places.Close()
}

// TestCallsUnderWayWhenAnOutageBegins counts: as many calls as there are places end in doubt, whoever waits for a place.
func TestCallsUnderWayWhenAnOutageBegins(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBreaker(t, 10, time.Now)
		made := make(chan struct{}, 1000)
		var callers sync.WaitGroup
		for range 200 {
			callers.Go(func() {
				places, ok := b.Enter(t.Context(), 1, false)
				if !ok {
					return
				}
				defer places.Close()
				permit, ok := places.Begin()
				if !ok {
					return
				}
				made <- struct{}{}
				time.Sleep(50 * time.Millisecond)
				places.End(permit, broadcast.Doubted)
			})
		}
		callers.Wait()
		if n := len(made); n != 10 {
			t.Errorf("%d calls ended in doubt, want the 10 that were under way at once", n)
		}
		if o := b.Outage(); !o.Open || o.Doubts != 10 || o.Outages != 1 {
			t.Errorf("%+v", o)
		}
	})
}

// TestOnlyLaterAnswersDisproveAnOutage lets calls that began before the outage be answered during it.
func TestOnlyLaterAnswersDisproveAnOutage(t *testing.T) {
	b := newBreaker(t, 4, time.Now)
	early, lost := begin(t, b), begin(t, b)
	lost.end(broadcast.Doubted)
	early.end(broadcast.Answered)
	if o := b.Outage(); o.Doubts != 1 {
		t.Errorf("%d doubts, want the one that no later call disproved", o.Doubts)
	}
	begin(t, b).end(broadcast.Answered)
	if o := b.Outage(); o.Doubts != 0 || o.Open {
		t.Errorf("%+v after a later answer", o)
	}
	// What was refused for now says nothing.
	begin(t, b).end(broadcast.Doubted)
	begin(t, b).end(broadcast.NotMade)
	if o := b.Outage(); o.Doubts != 1 {
		t.Errorf("%d doubts after a call that was not made", o.Doubts)
	}
}

// TestHalfTheAnswersInDoubtGoOn: a provider of whose answers many are lost, one here and one there, is not taken for one that is away.
func TestHalfTheAnswersInDoubtGoOn(t *testing.T) {
	b := newBreaker(t, 10, time.Now)
	for n := range 200 {
		end := broadcast.Answered
		if n%2 == 0 {
			end = broadcast.Doubted
		}
		begin(t, b).end(end)
	}
}

func TestWaitingCallEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBreaker(t, 1, time.Now)
		begin(t, b)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, ok := b.Enter(ctx, 1, false); ok {
			t.Error("two calls in one place")
		}
	})
}

// outage sends to n followers and lets the platform break down after 60 messages, for so long. It says how many messages are in doubt.
func (m *engineFixture) outage(id string, p *platform, state string, length time.Duration) (doubts int) {
	m.Helper()
	p.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
		if n <= 60 {
			return broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		}
		return broadcast.Outcome{State: broadcast.InDoubt, Class: "in_doubt"}
	}
	m.begin(id)
	for end := m.clock().Add(length); m.clock().Before(end); m.pass(10 * time.Second) {
		if m.tick(); len(m.queue.waiting) > 0 {
			m.work()
		}
	}
	for _, c := range m.tally(id) {
		if string(c.Channel)+" "+string(c.State) == state {
			doubts = c.N
		}
	}
	p.does, p.away = nil, false
	return doubts
}

// TestOutageUsesFewRecipientsUp breaks the provider down for ten minutes: once so that it answers nothing at all, once so that it answers
// everything but messages. Then all others get theirs, soon.
func TestOutageUsesFewRecipientsUp(t *testing.T) {
	for _, tc := range []struct {
		name       string
		away       bool
		most       int
		afterwards time.Duration
	}{
		{"it answers nothing", true, 10, 2 * time.Minute},
		{"it answers everything but messages", false, 20, 12 * time.Minute},
	} {
		t.Run(tc.name, func(t *testing.T) {
			eachMill(t, 400, func(m *engineFixture) {
				m.wechat.breaker, m.wechat.batch = newBreaker(t, 10, m.clock), 1
				m.service, m.engine = m.process(m.store)
				id := m.scheduled(func(p *broadcast.Proposal) { p.Messages = p.Messages[:1] })
				m.wechat.away = tc.away
				doubts := m.outage(id, m.wechat, "template in_doubt", 10*time.Minute)
				if doubts == 0 || doubts > tc.most {
					t.Errorf("%d are in doubt after ten minutes, want 1 to %d", doubts, tc.most)
				}
				if o := m.wechat.breaker.Outage(); !o.Open || o.Outages != 1 {
					t.Errorf("%+v during the outage", o)
				}
				healthy := m.clock()
				for m.clock().Sub(healthy) < tc.afterwards && m.wechat.breaker.Outage().Open {
					m.tick()
					m.work()
					m.pass(10 * time.Second)
				}
				for range 5 {
					m.tick()
					m.work()
				}
				if got := len(m.wechat.took); got != 200-doubts {
					t.Errorf("%d got it within %s after the outage, want %d", got, tc.afterwards, 200-doubts)
				}
			})
		})
	}
}

// TestEmergencyTakesTheNextPlace has an emergency wait behind an ordinary claim that has places, and another that waits for one.
func TestEmergencyTakesTheNextPlace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBreaker(t, 3, time.Now)
		under, ok := b.Enter(t.Context(), 100, false)
		if !ok {
			t.Fatal("no place")
		}
		first, ok := under.Begin()
		if !ok {
			t.Fatal("no call")
		}
		var order []bool
		var all sync.WaitGroup
		for _, emergency := range []bool{false, true} {
			all.Go(func() {
				places, ok := b.Enter(t.Context(), 1, emergency)
				if !ok {
					t.Error("held up")
				}
				order = append(order, emergency)
				time.Sleep(time.Second)
				places.Close()
			})
			synctest.Wait()
		}
		if _, ok := under.Begin(); ok {
			t.Error("a claim under way begins another call while an emergency waits for a place")
		}
		under.End(first, broadcast.Answered)
		under.Keep(2)
		all.Wait()
		if len(order) != 2 || !order[0] {
			t.Errorf("emergencies in the order of places: %v, want it first", order)
		}
		if _, ok := under.Begin(); !ok {
			t.Error("nothing goes on after the emergency")
		}
	})
}
