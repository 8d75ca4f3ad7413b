package worker_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/store/storetest"
	"towncrier/worker"
)

// teller plays the platform: what it does with a message is the test's.
type teller func(ctx context.Context, to, text string) error

func (f teller) Tell(ctx context.Context, to, text string) error { return f(ctx, to, text) }

// said records what residents got.
type said struct {
	mu    sync.Mutex
	texts map[string][]string // by resident
}

func (s *said) Tell(_ context.Context, to, text string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.texts == nil {
		s.texts = make(map[string][]string)
	}
	s.texts[to] = append(s.texts[to], text)
	return nil
}

func (s *said) count() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, texts := range s.texts {
		n += len(texts)
	}
	return n
}

func (s *said) by(to string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.texts[to]
}

func openInbox(t *testing.T) *inbox.Inbox {
	return inbox.New(storetest.One(t).Inbox(), time.Now)
}

// answered files n suggestions of as many residents and answers them.
func answered(t *testing.T, b *inbox.Inbox, n int) (numbers []string) {
	t.Helper()
	for i := range n {
		ticket, err := b.File(t.Context(), inbox.Filing{From: fmt.Sprintf("o-%d", i), Kind: inbox.Suggestion, Text: "路灯坏了"})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := b.Answer(t.Context(), audit.Staff("wang"), ticket.Number, "王", "已经修好。"); err != nil {
			t.Fatal(err)
		}
		numbers = append(numbers, ticket.Number)
	}
	return numbers
}

func start(t *testing.T, client redis.UniversalClient, b *inbox.Inbox, to inbox.Teller, log io.Writer) *worker.Worker {
	t.Helper()
	w, err := worker.New(worker.Config{
		Redis: client, Inbox: b, Teller: to, Every: time.Second, Log: slog.New(slog.NewTextHandler(log, nil)),
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Shutdown)
	return w
}

func ticket(t *testing.T, b *inbox.Inbox, number string) inbox.Ticket {
	t.Helper()
	got, _, err := b.Show(t.Context(), number)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTells(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		b, heard := openInbox(t), &said{}
		number := answered(t, b, 1)[0]
		w := start(t, open(), b, heard, t.Output())
		poll(t, "the ticket is told", func() bool { return !ticket(t, b, number).ToldAt.IsZero() })
		if got := heard.by("o-0"); len(got) != 1 || !strings.Contains(got[0], number) || !strings.Contains(got[0], "已经修好。") {
			t.Errorf("the resident got %q", got)
		}
		if err := w.Ping(t.Context()); err != nil {
			t.Error(err)
		}
		poll(t, "the queue is empty again", func() bool {
			depths, err := w.Depths(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			return depths[worker.Urgent] == 0
		})
	})
}

func TestManyProcessesTellOnce(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		setting, sealer := storetest.FreshSQLite(t), storetest.Sealer(t)
		process := func() *inbox.Inbox { return inbox.New(storetest.Open(t, setting, sealer).Inbox(), time.Now) }
		b, heard := process(), &said{}
		numbers := answered(t, b, 25)
		for range 3 {
			start(t, open(), process(), heard, t.Output())
		}
		poll(t, "all are told", func() bool { return heard.count() >= len(numbers) })
		for i := range numbers {
			if texts := heard.by(fmt.Sprintf("o-%d", i)); len(texts) != 1 {
				t.Errorf("resident %d was told %d times", i, len(texts))
			}
		}
	})
}

func TestUnreachableWaits(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		b := openInbox(t)
		number := answered(t, b, 1)[0]
		tried := make(chan struct{}, 1)
		start(t, open(), b, teller(func(context.Context, string, string) error {
			select {
			case tried <- struct{}{}:
			default:
			}
			return fmt.Errorf("customer-service message: %w", inbox.ErrUnreachable)
		}), t.Output())
		<-tried
		var got []inbox.Ticket
		poll(t, "the asker collects", func() bool {
			var err error
			if got, err = b.Collect(t.Context(), "o-0", ""); err != nil {
				t.Fatal(err)
			}
			return len(got) > 0
		})
		if got[0].Number != number {
			t.Errorf("collected %s, want %s", got[0].Number, number)
		}
	})
}

func TestPanicIsOneFailure(t *testing.T) {
	b, heard := openInbox(t), &said{}
	answered(t, b, 2)
	var log bytes.Buffer
	w := start(t, redis.NewClient(embedded(t)), b, teller(func(ctx context.Context, to, text string) error {
		if to == "o-0" {
			panic("about " + to)
		}
		return heard.Tell(ctx, to, text)
	}), &log)
	poll(t, "the other is told", func() bool { return heard.count() == 1 })
	w.Shutdown()
	if !strings.Contains(log.String(), "what=sender") || strings.Contains(log.String(), "o-0") || strings.Contains(log.String(), "已经修好") {
		t.Errorf("the log has no panic, or what was sent: %s", &log)
	}
}

func TestShutdownEndsADelivery(t *testing.T) {
	server := embedded(t)
	b := openInbox(t)
	numbers := answered(t, b, 2)
	before := goleak.IgnoreCurrent()
	client := redis.NewClient(server)
	began := make(chan struct{}, 10)
	w := start(t, client, b, teller(func(ctx context.Context, _, _ string) error {
		began <- struct{}{}
		<-ctx.Done()
		return ctx.Err()
	}), t.Output())
	<-began
	from := time.Now()
	w.Shutdown()
	if took := time.Since(from); took > 7*time.Second {
		t.Errorf("took %s: the delivery was abandoned, not ended", took)
	}
	client.Close()
	poll(t, "every goroutine has ended, those of the server's connections too", func() bool { return goleak.Find(before) == nil })
	if len(began) != 0 {
		t.Error("the next answer was begun after the shutdown")
	}
	for _, number := range numbers {
		if !ticket(t, b, number).ToldAt.IsZero() {
			t.Errorf("%s counts as told", number)
		}
	}
}

func TestRedisAway(t *testing.T) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none", MaxRetries: -1})
	defer client.Close()
	w := start(t, client, openInbox(t), &said{}, io.Discard)
	if err := w.Ping(t.Context()); err == nil {
		t.Error("Ping without a Redis")
	}
	if _, err := w.Depths(t.Context()); err == nil {
		t.Error("Depths without a Redis")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := w.Depths(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Depths: %v, want context.Canceled", err)
	}
}

func TestNewRefusesFractions(t *testing.T) {
	for _, every := range []time.Duration{-time.Second, 1500 * time.Millisecond, time.Millisecond} {
		if _, err := worker.New(worker.Config{Every: every}); err == nil {
			t.Errorf("every %s was accepted", every)
		}
	}
}
