package broadcast_test

import (
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestWakesAfterItsLease lets a process sleep between its claim and its call for longer than the lease. Another one asks about what is
// in doubt by then, which repeats template messages; while that goes on, the first wakes, and says that it sent nothing.
func TestWakesAfterItsLease(t *testing.T) {
	eachMill(t, 20, func(m *engineFixture) {
		id := m.scheduled(func(p *broadcast.Proposal) { p.Messages = p.Messages[:1] })
		m.begin(id)
		_, other := m.process(m.open().Broadcasts())
		asking, woken, settled := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		var begun sync.Once
		m.wechat.asked = func(l broadcast.OutboundMessage) broadcast.Outcome {
			begun.Do(func() { close(asking) }) // questions go side by side
			<-woken
			m.wechat.take(l)
			return broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		}
		m.wechat.does = func(n int, _ broadcast.OutboundMessage) broadcast.Outcome {
			if n == 1 { // asleep
				m.pass(2 * time.Minute)
				if err := other.Tick(t.Context()); err != nil {
					t.Error(err)
				}
				go func() { settled <- other.ResolveDoubts(t.Context()) }()
				<-asking
			}
			return broadcast.Outcome{State: broadcast.Pending}
		}
		for _, c := range m.queue.empty()[:1] {
			if err := m.engine.Send(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		m.wechat.does = nil
		m.tick()
		m.work()
		close(woken)
		if err := <-settled; err != nil {
			t.Fatal(err)
		}
		m.want(id, " suppressed 10, template accepted 10, ")
		for n := 0; n < 20; n += 2 {
			if took := m.wechat.took[follower(n)]; took != 1 {
				t.Errorf("resident %d has %d messages", n, took)
			}
		}
	})
}
