package broadcast_test

import (
	"context"
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestNothingIsClaimedWithoutAPlace lets calls hang in all places that there are: as many messages are claimed as those calls carry, however
// many chunks wait, and what waits is sent when the provider answers again.
func TestNothingIsClaimedWithoutAPlace(t *testing.T) {
	for _, tc := range []struct {
		name          string
		batch, places int
		claimed       string
		left          string
	}{
		{"a hundred a call", 100, 1, "sms pending 1100, sms sending 100, ", "sms accepted 100, sms pending 1100, "},
		{"one a call", 1, 10, "sms pending 1190, sms sending 10, ", "sms accepted 10, sms pending 1190, "},
	} {
		t.Run(tc.name, func(t *testing.T) {
			eachMill(t, 1200, func(m *engineFixture) {
				m.texts.breaker, m.texts.batch = newBreaker(t, tc.places, m.clock), tc.batch
				m.service, m.engine = m.process(m.store)
				id := m.scheduled(textsOnly)
				m.begin(id)
				called, answer := make(chan struct{}), make(chan struct{})
				m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
					if n == 1 {
						close(called)
						<-answer
					}
					return broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
				}
				chunks := m.queue.empty()
				ctx, stop := context.WithCancel(t.Context())
				defer stop()
				first := make(chan error)
				go func() { first <- m.engine.Send(ctx, chunks[0]) }()
				<-called
				if err := m.engine.Send(t.Context(), chunks[1]); err != nil {
					t.Fatal(err)
				}
				m.want(id, tc.claimed)
				if waiting := m.queue.empty(); len(waiting) != 1 || waiting[0] != chunks[1] {
					t.Errorf("%v waits, want the chunk that found no place", waiting)
				}
				stop() // what was claimed goes on
				close(answer)
				if err := <-first; err != nil {
					t.Fatal(err)
				}
				m.want(id, tc.left)
				for range 30 {
					m.tick()
					m.work()
					m.pass(time.Second)
				}
				m.want(id, "sms accepted 1200, ")
				m.once(0, 1200)
			})
		})
	}
}
