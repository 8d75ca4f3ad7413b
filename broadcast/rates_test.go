package broadcast_test

import (
	"context"
	"sync"
	"testing"

	"towncrier/broadcast"
)

// meter is a RateLimiter that lets everything go, and counts what is used of it.
type meter struct {
	mu   sync.Mutex
	used int
}

func (r *meter) Rate(broadcast.Channel) int { return 1000 }

func (r *meter) Reserve(_ context.Context, _ broadcast.Channel, _, most int, _ bool) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used += most
	return most, nil
}

func (r *meter) Return(_ context.Context, _ broadcast.Channel, letters int, _ bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.used -= letters
}

// TestUnusedRateGoesBack: of the rate that was waited for, what there were no recipients for, and what was not sent after all, is others'.
func TestUnusedRateGoesBack(t *testing.T) {
	eachMill(t, 30, func(m *engineFixture) {
		rate := new(meter)
		m.engine.Rates = rate
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			if n > 20 {
				return broadcast.Outcome{State: broadcast.Pending} // not begun
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		m.begin(m.scheduled(textsOnly))
		m.work()
		if rate.used != 20 {
			t.Errorf("20 texts have used %d of the rate", rate.used)
		}
		m.texts.does = nil
		m.tick()
		m.work()
		m.once(0, 30)
		if rate.used != 30 {
			t.Errorf("30 texts have used %d of the rate", rate.used)
		}
	})
}
