package broadcast_test

import (
	"log/slog"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
)

// TestSleptMachine has a machine sleep while one of ten calls for a claim is under way. Time that contexts end by stands still
// meanwhile, leases go on: the other calls are not made.
func TestSleptMachine(t *testing.T) {
	eachMill(t, 100, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.texts.batch = 10
		m.begin(id)
		m.texts.does = func(n int, l broadcast.Letter) broadcast.Outcome {
			if n == 1 {
				m.pass(119 * time.Second)
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		for _, c := range m.queue.empty()[:1] {
			if err := m.engine.Send(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		if m.texts.n != 10 {
			t.Errorf("%d letters were given to the provider, want the 10 of the call in which the machine slept", m.texts.n)
		}
		m.texts.does = nil
		for range 3 {
			m.tick()
			m.work()
		}
		m.once(0, 100)
	})
}

// TestDatabaseTakesNothing keeps the database from taking claims, while it can be read. That is found out once, not once a chunk.
func TestDatabaseTakesNothing(t *testing.T) {
	eachMill(t, 500, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		engine := broadcast.NewEngine(broadcast.EngineConfig{
			Service: m.service, Store: m.store, Queue: m.queue, Log: slog.New(slog.NewTextHandler(m.Output(), nil)), Lease: 1200 * time.Millisecond,
			Carriers: map[broadcast.Channel]broadcast.Carrier{broadcast.SMS: m.texts, broadcast.Template: m.wechat},
		})
		held, free, freed := make(chan struct{}), make(chan struct{}), make(chan error, 1)
		writer := m.open().Broadcasts()
		go func() {
			_, err := writer.Change(t.Context(), id, func(*broadcast.Broadcast) ([]audit.Act, error) {
				close(held)
				<-free
				return nil, nil
			})
			freed <- err
		}()
		<-held
		failed := 0
		var chunks []broadcast.Chunk
		for _, c := range m.queue.empty() {
			for ; c.From <= c.To; c.From += 100 {
				chunks = append(chunks, broadcast.Chunk{Broadcast: id, Channel: c.Channel, From: c.From, To: min(c.From+99, c.To)})
			}
		}
		for _, c := range chunks {
			if engine.Send(t.Context(), c) != nil {
				failed++
			}
		}
		close(free)
		if err := <-freed; err != nil {
			t.Fatal(err)
		}
		if len(chunks) < 5 || failed != 1 {
			t.Errorf("%d of %d chunks met the database, want 1 of 5", failed, len(chunks))
		}
		m.pass(time.Second)
		for _, c := range chunks {
			if err := engine.Send(t.Context(), c); err != nil {
				t.Error(err)
			}
		}
		m.want(id, "sms accepted 500, ")
		m.once(0, 500)
	})
}
