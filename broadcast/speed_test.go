package broadcast_test

import (
	"bytes"
	"log/slog"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/kv"
)

// TestRateThatCannotBeReachedIsSaid allows a thousand texts a second and one call at a time, which takes half a second.
func TestRateThatCannotBeReachedIsSaid(t *testing.T) {
	eachMill(t, 400, func(m *engineFixture) {
		m.texts.breaker = newBreaker(t, 1, m.clock)
		client, shut, err := kv.Open(t.Context(), kv.Embedded)
		if err != nil {
			t.Fatal(err)
		}
		defer shut()
		pace, err := kv.NewRateLimiter(client, map[broadcast.Channel]int{broadcast.SMS: 1000}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		var log bytes.Buffer
		m.engine = broadcast.NewEngine(broadcast.EngineConfig{
			Service: m.service, Store: m.store, Queue: m.queue, Log: slog.New(slog.NewTextHandler(&log, nil)), Rates: pace,
			Providers: map[broadcast.Channel]broadcast.Provider{broadcast.SMS: m.texts},
			Breakers:  map[broadcast.Channel]*broadcast.Breaker{broadcast.SMS: m.texts.breaker},
		})
		m.texts.does = func(_ int, l broadcast.OutboundMessage) broadcast.Outcome {
			m.pass(time.Second / 2)
			return broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		}
		if s := m.engine.Speed(broadcast.SMS); s != (broadcast.Speed{Rate: 1000}) {
			t.Errorf("%+v before the first call", s)
		}
		m.begin(m.scheduled(textsOnly))
		for range 6 {
			m.work()
			m.tick()
		}
		if s := m.engine.Speed(broadcast.SMS); s.Rate != 1000 || s.Reachable == 0 || s.Reachable >= 950 {
			t.Errorf("%+v", s)
		}
		if n := strings.Count(log.String(), "a channel's rate cannot be reached by this process"); n != 1 {
			t.Errorf("it is said %d times, want once:\n%s", n, &log)
		}
	})
}
