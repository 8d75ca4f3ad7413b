package broadcast_test

import (
	"log/slog"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
)

// TestSleptMachine has a machine sleep while one of a hundred calls for a claim is under way. Time that contexts end by stands still
// meanwhile, leases go on: the other calls are not made.
func TestSleptMachine(t *testing.T) {
	eachMill(t, 100, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
			if n == 10 {
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
			t.Errorf("%d letters were given to the provider, want the 10 up to the call in which the machine slept", m.texts.n)
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
	eachMill(t, 500, func(m *engineFixture) {
		id := m.scheduled(textsOnly)
		m.begin(id)
		engine := broadcast.NewEngine(broadcast.EngineConfig{
			Service: m.service, Store: m.store, Queue: m.queue, Log: slog.New(slog.NewTextHandler(m.Output(), nil)), Lease: 12 * time.Second,
			Providers: map[broadcast.Channel]broadcast.Provider{broadcast.SMS: m.texts, broadcast.Template: m.wechat},
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

// TestStoppedBeforeACall stops a process after it has claimed, before a call: whatever changed meanwhile, what is somebody else's to send
// is not sent. All that is not sent is pending, and goes once.
func TestStoppedBeforeACall(t *testing.T) {
	for name, meanwhile := range map[string]func(m *engineFixture, id string){
		"for half a lease":          func(m *engineFixture, _ string) { m.pass(time.Minute) },
		"and the clock is set back": func(m *engineFixture, _ string) { m.pass(-10 * time.Minute) },
		"and another process's clock, which is ahead, ends the lease": func(m *engineFixture, _ string) {
			m.pass(2 * time.Second)
			if _, err := m.open().Broadcasts().Sweep(m.Context(), m.clock().Add(time.Hour), m.clock().Add(-time.Hour), 10); err != nil {
				m.Error(err)
			}
		},
		"and it is paused": func(m *engineFixture, id string) {
			m.pass(2 * time.Second)
			if _, err := m.service.Pause(m.Context(), author, id, "等一等"); err != nil {
				m.Error(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			eachMill(t, 100, func(m *engineFixture) {
				id := m.scheduled(textsOnly)
				m.begin(id)
				m.texts.does = func(n int, l broadcast.OutboundMessage) broadcast.Outcome {
					if n == 10 {
						meanwhile(m, id)
					}
					return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
				}
				for _, c := range m.queue.empty()[:1] {
					if err := m.engine.Send(t.Context(), c); err != nil {
						t.Fatal(err)
					}
				}
				if m.texts.n != 10 {
					t.Errorf("%d letters were given to the provider, want the 10 before it was stopped", m.texts.n)
				}
				m.want(id, "sms accepted 10, sms pending 90, ")
				m.texts.does = nil
				if m.get(id).Status == broadcast.Paused {
					if _, err := m.service.Resume(t.Context(), author, id); err != nil {
						t.Fatal(err)
					}
				}
				for range 3 {
					m.tick()
					m.work()
				}
				m.once(0, 100)
			})
		})
	}
}
