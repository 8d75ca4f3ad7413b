package worker_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/worker"
)

// provider plays a provider of texts: does comes before it takes a message.
type pretendProvider struct {
	batch int
	does  func(ctx context.Context)
	mu    sync.Mutex
	took  map[phone.Number]int
}

func (c *pretendProvider) Batch() int { return c.batch }

func (c *pretendProvider) Send(ctx context.Context, _ broadcast.Message, _ string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	if c.does != nil {
		c.does(ctx)
	}
	outcomes := make([]broadcast.Outcome, len(messages))
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, l := range messages {
		if c.took == nil {
			c.took = make(map[phone.Number]int)
		}
		c.took[l.Phone]++
		outcomes[i] = broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
	}
	return outcomes
}

func (c *pretendProvider) Ask(_ context.Context, _ broadcast.Message, _ string, messages []broadcast.OutboundMessage) []broadcast.Outcome {
	return make([]broadcast.Outcome, len(messages))
}

func (c *pretendProvider) AskWithin() time.Duration { return time.Hour }

func (c *pretendProvider) Answers(context.Context) bool { return true }

func (c *pretendProvider) residents() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.took)
}

// once checks that nobody was sent two texts.
func (c *pretendProvider) once(t *testing.T, residents int) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.took) != residents {
		t.Errorf("%d residents were sent a text, want %d", len(c.took), residents)
	}
	for _, n := range c.took {
		if n != 1 {
			t.Errorf("somebody was sent %d texts", n)
		}
	}
}

// broadcasts gives a process an engine over c; what it needs beside it goes through the process's rows.
func (p *process) broadcasts(w *fixture, c *pretendProvider) (*broadcast.Service, *store.Broadcasts) {
	rows := p.rows.Broadcasts()
	lib := &content.Library{
		City:    content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}},
		Notices: map[string]*content.Notice{"N1": {ID: "N1", Status: content.InForce, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}}},
		Templates: map[string]*content.Template{"text": {ID: "text", Channel: "sms", Code: "SMS_1", Text: "居民您好，${what}。",
			Vars: []content.TemplateVar{{Name: "what", Type: "text"}}}},
	}
	service := broadcast.NewService(broadcast.Config{
		Store: rows, Content: func() *content.Library { return lib }, Sign: "示例市", Now: time.Now,
		Resident: func(context.Context, string) (roster.Resident, error) { return roster.Resident{}, roster.ErrNoResident },
	})
	p.cfg.Broadcasts = broadcast.NewEngine(broadcast.EngineConfig{
		Service: service, Store: rows, Queue: worker.NewChunkQueue(p.cfg.Redis), Log: slog.New(slog.NewTextHandler(w, nil)),
		Providers: map[broadcast.Channel]broadcast.Provider{broadcast.SMS: c},
	})
	return service, rows
}

// due adds residents and schedules a broadcast to them for now.
func (p *process) due(t *testing.T, service *broadcast.Service, residents int) string {
	t.Helper()
	var keys []roster.Key
	var all []roster.Resident
	now := service.Now()
	for n := range residents {
		r := roster.Resident{
			ID: fmt.Sprintf("%032x", n+1), Phone: phone.Number(fmt.Sprintf("1990001%04d", n)), PhoneFrom: roster.FromImport,
			Consents:  []roster.Consent{{What: roster.Notices, At: now, How: "paper", Basis: roster.ByConsent}},
			CreatedAt: now, UpdatedAt: now,
		}
		keys, all = append(keys, roster.Key{ID: r.ID}, roster.Key{Phone: r.Phone}), append(all, r)
	}
	err := p.rows.Roster().Edit(t.Context(), keys, func([]roster.Found) (roster.Edit, error) {
		return roster.Edit{Save: all, Acts: []audit.Act{{Actor: audit.System("test"), Action: "resident.add", At: now}}}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	author, approver := broadcast.Official{ID: "li"}, broadcast.Official{ID: "wang"}
	b, err := service.New(t.Context(), author, broadcast.Proposal{
		Title: "牵绳提醒", Topic: "dogs", Cites: []broadcast.Cite{{Notice: "N1", Passage: 1}}, Audience: broadcast.Rule{All: true},
		Messages: []broadcast.Message{{Channel: broadcast.SMS, Template: "text", Data: map[string]string{"what": "遛狗请牵绳"}}},
		Window:   broadcast.Window{From: 0, To: 24 * 60},
	})
	if err == nil {
		b, err = service.Submit(t.Context(), author, b.ID)
	}
	if err == nil {
		b, err = service.Approve(t.Context(), approver, b.ID, b.Hash)
	}
	if err == nil {
		b, err = service.Schedule(t.Context(), author, b.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b.ID
}

// TestBroadcastGoesOutOnce has three processes send a broadcast, and Redis emptied in the middle.
func TestBroadcastGoesOutOnce(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f, began, emptied := newFixture(t), make(chan struct{}), make(chan struct{})
		first := sync.OnceFunc(func() { close(began) })
		c := &pretendProvider{batch: 10, does: func(context.Context) {
			first()
			<-emptied
		}}
		var service *broadcast.Service
		var p *process
		for range 3 {
			p = f.process(t, open())
			service, _ = p.broadcasts(f, c)
			p.start(t)
		}
		const residents = 1200
		id := p.due(t, service, residents)
		<-began
		if err := open().FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		close(emptied)
		poll(t, "everybody was sent a text", func() bool { return c.residents() == residents })
		poll(t, "all of it is written down", func() bool {
			tally, err := p.rows.Broadcasts().Tally(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			for _, count := range tally {
				if count.State == broadcast.Accepted && count.N == residents {
					return true
				}
			}
			return false
		})
		c.once(t, residents)
	})
}

// TestUrgentNeverWaitsForBroadcasts fills every handler of chunks with calls that do not return, and has more wait behind them.
func TestUrgentNeverWaitsForBroadcasts(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f, release, under := newFixture(t), make(chan struct{}), make(chan struct{}, 1000)
		c := &pretendProvider{batch: 1, does: func(ctx context.Context) {
			under <- struct{}{}
			select {
			case <-release:
			case <-ctx.Done():
			}
		}}
		p := f.process(t, open())
		service, rows := p.broadcasts(f, c)
		const chunks = 100
		id := p.due(t, service, chunks)
		// The audience is frozen before the worker starts, and every row is a chunk of its own.
		if err := p.cfg.Broadcasts.Tick(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := p.cfg.Redis.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
		found, err := rows.Chunks(t.Context(), id, broadcast.SMS, 0, 1, 2*chunks, time.Now())
		if err != nil || len(found) != chunks {
			t.Fatalf("%d chunks: %v", len(found), err)
		}
		queue := worker.NewChunkQueue(p.cfg.Redis)
		for _, one := range found {
			if err := queue.Chunk(t.Context(), one, false); err != nil {
				t.Fatal(err)
			}
		}
		if n, err := queue.Waiting(t.Context(), false); err != nil || n != chunks {
			t.Fatalf("%d chunks wait: %v", n, err)
		}
		w := p.start(t)
		for range worker.DefaultChunks {
			<-under
		}
		depths, err := w.Depths(t.Context())
		if err != nil || depths[worker.Broadcast] != chunks {
			t.Errorf("depths %v, %v; want %d chunks waiting or under way", depths, err, chunks)
		}
		from := time.Now()
		request(t, p)
		poll(t, "the code is sent", func() bool { return len(f.sender.sent()) == 1 })
		t.Logf("a code is on its way %s after it was asked for", time.Since(from).Round(time.Millisecond))
		if n := c.residents(); n != 0 {
			t.Errorf("it waited for broadcasts: %d chunks have ended", n)
		}
		close(release)
		poll(t, "everybody was sent a text", func() bool { return c.residents() == chunks })
		c.once(t, chunks)
	})
}

// TestShutdownSettlesChunks stops a worker while calls are under way: they are ended, and written down before it has stopped.
func TestShutdownSettlesChunks(t *testing.T) {
	f, under := newFixture(t), make(chan struct{}, 10)
	c := &pretendProvider{batch: 50, does: func(ctx context.Context) {
		under <- struct{}{}
		<-ctx.Done() // it answers at the very last
	}}
	p := f.process(t, redis.NewClient(embedded(t)))
	service, rows := p.broadcasts(f, c)
	w := p.start(t)
	id := p.due(t, service, 100)
	<-under
	w.Shutdown()
	tally, err := rows.Tally(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	got := make(map[broadcast.State]int)
	for _, count := range tally {
		got[count.State] += count.N
	}
	if got[broadcast.Accepted] != 50 || got[broadcast.Pending] != 50 || got[broadcast.InFlight] != 0 {
		t.Errorf("deliveries %v, want 50 accepted and 50 pending", got)
	}
}
