package broadcast_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestKilledBetweenClaimAndSettle loses a process before its call, and another one after it.
func TestKilledBetweenClaimAndSettle(t *testing.T) {
	eachMill(t, 220, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		c := m.queue.empty()[0]
		for i := range 2 {
			claimed, err := m.store.Claim(t.Context(), c, broadcast.ClaimRows, m.clock(), m.clock().Add(2*time.Minute))
			if err != nil || len(claimed.Messages) != 100 {
				t.Fatalf("claimed %d: %v", len(claimed.Messages), err)
			}
			c.From = claimed.Next
			for _, l := range claimed.Messages {
				if l.OutID = claimed.OutID; i == 1 {
					m.texts.take(l)
				}
			}
		}
		m.tick() // the rest of the chunk is pending: it is made up at once
		m.work()
		m.want(id, "sms accepted 20, sms sending 200, ")
		m.pass(2 * time.Minute)
		m.tick()
		m.want(id, "sms accepted 20, sms in_doubt 200, ")
		m.settle()
		m.want(id, "sms accepted 120, sms in_doubt 100, ")
		for range 3 { // once absent is not absent
			m.settle()
			m.tick()
			m.work()
		}
		m.want(id, "sms accepted 120, sms in_doubt 100, ")
		m.pass(5 * time.Minute)
		m.settle()
		m.want(id, "sms accepted 120, sms pending 100, ")
		m.tick()
		m.work()
		m.want(id, "sms accepted 220, ")
		m.once(0, 220)
	})
}

// TestSlowChunkGivesWay lets every call take a second: after each the rest of the chunk goes behind what waits.
func TestSlowChunkGivesWay(t *testing.T) {
	eachMill(t, 250, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			if n%100 == 0 {
				m.pass(time.Second)
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		for _, want := range []string{"sms accepted 100, sms pending 150, ", "sms accepted 200, sms pending 50, ", "sms accepted 250, "} {
			waiting := m.queue.empty()
			if len(waiting) != 1 {
				t.Fatalf("%d chunks wait, want what is left of one", len(waiting))
			}
			if err := m.engine.Send(t.Context(), waiting[0]); err != nil {
				t.Fatal(err)
			}
			m.want(id, want)
		}
		m.once(0, 250)
	})
}

func TestStopSettlesWhatWasClaimed(t *testing.T) {
	eachMill(t, 120, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		ctx, stop := context.WithCancel(t.Context())
		m.texts.batch = 10
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			if n == 15 {
				stop()
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		for _, c := range m.queue.empty() {
			if err := m.engine.Send(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		m.want(id, "sms accepted 20, sms pending 100, ")
		m.tick()
		m.work()
		m.once(0, 120)
	})
}

// TestQueueLost empties the queue in the middle: the rows know what is left.
func TestQueueLost(t *testing.T) {
	eachMill(t, 850, func(m *engineFixture) {
		m.begin(m.scheduled(textsOnly))
		lost := m.queue.empty()
		if err := m.engine.Send(t.Context(), lost[1]); err != nil {
			t.Fatal(err)
		}
		m.tick()
		if chunks, _ := m.queue.Waiting(t.Context(), false); chunks != 1 {
			t.Errorf("%d chunks queued again, want 1", chunks)
		}
		m.work()
		for _, c := range lost { // they come after all
			if err := m.engine.Send(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		m.once(0, 850)
	})
}

func TestClockSetBack(t *testing.T) {
	eachMill(t, 100, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			switch {
			case n == 1:
				m.pass(-30 * time.Minute)
			case n > 50:
				return broadcast.Outcome{State: broadcast.Pending, Class: "retry", Wait: time.Minute}
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		m.work()
		m.want(id, "sms accepted 1, sms pending 99, ") // nobody knows how old the claim is any more
		m.tick()
		m.work()
		m.want(id, "sms accepted 50, sms pending 50, ")
		m.texts.does = nil
		m.pass(2 * time.Minute)
		m.tick()
		m.work()
		m.want(id, "sms accepted 100, ")
		m.once(0, 100)
	})
}

func TestOperatorFaultPauses(t *testing.T) {
	eachMill(t, 150, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.texts.does = func(int, broadcast.OutboundMessage) broadcast.Outcome {
			return broadcast.Outcome{State: broadcast.Pending, Class: "operator", Code: "isv.AMOUNT_NOT_ENOUGH", Halt: "余额不足：请充值"}
		}
		m.work()
		if b := m.get(id); b.Status != broadcast.Paused || b.Why != "余额不足：请充值" {
			t.Fatalf("it is %s: %s", b.Status, b.Why)
		}
		if m.texts.n != 100 {
			t.Errorf("%d letters met the fault, want one chunk's", m.texts.n)
		}
		m.texts.does = nil
		if _, err := m.service.Resume(t.Context(), author, id); err != nil {
			t.Fatal(err)
		}
		m.pass(5 * time.Second) // who resumes waits no longer
		m.tick()
		m.work()
		m.once(0, 150)
	})
}

func TestPanicIsInDoubt(t *testing.T) {
	eachMill(t, 20, func(m *engineFixture) {
		id := m.scheduled(nil)
		m.wechat.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome { panic("about " + l.OpenID) }
		m.begin(id)
		m.work()
		m.want(id, "sms accepted 10, sms planned 10, template in_doubt 10, ")
		for n := 0; n < 20; n += 2 { // the platform had taken them all the same
			if err := m.engine.NoticeResult(t.Context(), broadcast.Template, int64(n+1), follower(n), true, ""); err != nil {
				t.Fatal(err)
			}
		}
		m.wechat.asked = func(broadcast.OutboundMessage) broadcast.Outcome { return broadcast.Outcome{State: broadcast.InDoubt} }
		m.want(id, "sms accepted 10, sms planned 10, template in_doubt 10, ") // the events may be about others' messages
		m.pass(time.Hour)
		m.settle()
		m.want(id, "sms accepted 10, sms planned 10, template delivered 10, ") // nobody will ever know better
		m.arrive()
		m.tick()
		m.is(id, broadcast.Done)
	})
}

// TestProviderAway refuses every call for a while: the channel rests, and nothing is lost.
func TestProviderAway(t *testing.T) {
	eachMill(t, 300, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.texts.does = func(int, broadcast.OutboundMessage) broadcast.Outcome {
			return broadcast.Outcome{State: broadcast.Pending, Class: "retry"}
		}
		for range 120 { // two minutes
			m.tick()
			m.work()
			m.pass(time.Second)
		}
		if calls := m.texts.n / 100; calls < 5 || calls > 10 {
			t.Errorf("%d calls in two minutes, want 1, 2, 4 … seconds between them", calls)
		}
		m.texts.does = nil
		for range 75 {
			m.tick()
			m.work()
			m.pass(time.Second)
		}
		m.want(id, "sms accepted 300, ")
		m.once(0, 300)
	})
}

// TestFreezeIsResumed cuts ticks off while an audience is frozen, in two processes at once.
func TestFreezeIsResumed(t *testing.T) {
	eachMill(t, 1100, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		_, other := m.process(m.open().Broadcasts())
		cut, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if err := m.engine.Tick(cut); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		for _, e := range []*broadcast.Engine{m.engine, other} {
			both.Go(func() {
				if err := e.Tick(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		done := make(chan struct{})
		go func() { both.Wait(); close(done) }()
		for frozen := false; !frozen; { // each waits for the queue to be empty before it fills it
			m.queue.empty()
			select {
			case <-done:
				frozen = true
			case <-time.After(10 * time.Millisecond):
			}
		}
		m.queue.empty()
		m.begin(id)
		m.want(id, "sms pending 1100, ")
	})
}

// TestProcessWithoutAChannelLeavesItToOthers: a process that lacks the settings of a channel neither pauses what goes there nor loses it. Once
// no process serves the channel, somebody is told.
func TestProcessWithoutAChannelLeavesItToOthers(t *testing.T) {
	eachMill(t, 30, func(m *engineFixture) {
		_, without := m.process(m.open().Broadcasts())
		delete(without.Providers, broadcast.SMS)
		id := m.scheduled(textsOnly)
		m.tick() // the one with the channel has said so
		m.queue.empty()
		if err := without.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.is(id, broadcast.Sending)
		chunks := m.queue.empty()
		if len(chunks) == 0 {
			t.Fatal("nothing was queued for the others")
		}
		for _, c := range chunks {
			if err := without.Send(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		m.want(id, "sms pending 30, ")
		m.pass(5 * time.Minute)
		if err := without.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		m.is(id, broadcast.Paused)
		if _, err := m.service.Resume(t.Context(), author, id); err != nil {
			t.Fatal(err)
		}
		m.tick()
		m.work()
		m.once(0, 30)
	})
}

// TestChannelServedByAClockAhead: what a process that is gone said while its clock was eight hours ahead keeps nobody from being told that
// no process serves the channel.
func TestChannelServedByAClockAhead(t *testing.T) {
	eachMill(t, 4, func(m *engineFixture) {
		if err := m.open().Broadcasts().Serve(t.Context(), []broadcast.Channel{broadcast.SMS}, m.clock().Add(8*time.Hour)); err != nil {
			t.Fatal(err)
		}
		id := m.scheduled(textsOnly)
		delete(m.engine.Providers, broadcast.SMS)
		m.tick()
		m.is(id, broadcast.Paused)
	})
}

func TestChannelOff(t *testing.T) {
	eachMill(t, 4, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		delete(m.engine.Providers, broadcast.SMS)
		m.tick()
		if b := m.get(id); b.Status != broadcast.Paused || b.Why == "" {
			t.Fatalf("it is %s: %s", b.Status, b.Why)
		}
	})
}
