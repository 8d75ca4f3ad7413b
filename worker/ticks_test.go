package worker_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/sms"
	"towncrier/worker"
)

// TestTickHandlesWhatWasLeft takes in a stop in a process that dies before it handles it.
func TestTickHandlesWhatWasLeft(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		dead := f.process(t, open())
		if err := dead.outbox.TakeReplies(t.Context(), []sms.Reply{{Phone: mobile, Content: "TD"}}); err != nil {
			t.Fatal(err)
		}
		f.process(t, open()).start(t)
		poll(t, "SMS is stopped", func() bool { return len(f.heard.by("stop")) > 0 })
		if got := f.heard.by("stop"); len(got) != 1 || got[0] != string(mobile) {
			t.Errorf("stopped %d times", len(got))
		}
	})
}

// TestUpkeep has chores that fail and panic: the others are done, by one process at a time.
func TestUpkeep(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		var done, under atomic.Int32
		chores := []worker.Upkeep{
			{Name: "fails", Do: func(context.Context) error { return errors.New("no room") }},
			{Name: "panics", Do: func(context.Context) error { panic(asker) }},
			{Name: "works", Do: func(context.Context) error {
				if under.Add(1) > 1 {
					t.Error("two processes at once")
				}
				defer under.Add(-1)
				done.Add(1)
				return nil
			}},
		}
		for range 3 {
			p := f.process(t, open())
			p.cfg.Upkeep, p.cfg.UpkeepEvery = chores, time.Second
			p.start(t)
		}
		poll(t, "three rounds", func() bool { return done.Load() >= 3 })
		log := f.logged()
		if !strings.Contains(log, "chore=fails") || !strings.Contains(log, "chore=panics") || strings.Contains(log, asker) {
			t.Errorf("the log names no failed chore, or what it was about: %s", log)
		}
	})
}

// TestUrgentNeverWaitsForBulk blocks the upkeep until a code went out.
func TestUrgentNeverWaitsForBulk(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		f := newFixture(t)
		p := f.process(t, open())
		began := make(chan struct{}, 10)
		p.cfg.Upkeep = []worker.Upkeep{{Name: "bulk", Do: func(ctx context.Context) error {
			began <- struct{}{}
			<-ctx.Done()
			return ctx.Err()
		}}}
		w := p.start(t)
		<-began
		from := time.Now()
		request(t, p)
		poll(t, "the code is sent", func() bool { return len(f.sender.sent()) == 1 })
		t.Logf("a code is on its way %s after it was asked for", time.Since(from).Round(time.Millisecond))
		depths, err := w.Depths(t.Context())
		if err != nil || depths[worker.Maintenance] != 1 {
			t.Errorf("depths %v, %v; want the upkeep under way", depths, err)
		}
		from = time.Now()
		w.Shutdown()
		if took := time.Since(from); took > 7*time.Second {
			t.Errorf("took %s: the upkeep was abandoned, not ended", took)
		}
	})
}

// TestLockFromAClockAhead finds the lock of a tick whose process died while Redis's clock was eight hours ahead. It would last for
// eight hours more than it was made for.
func TestLockFromAClockAhead(t *testing.T) {
	eachRedis(t, func(t *testing.T, open func() redis.UniversalClient) {
		client := open()
		if err := client.Set(t.Context(), "asynq:{urgent}:unique:inbox:tell:", "gone", 8*time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		b, heard := openInbox(t), &said{}
		answered(t, b, 1)
		start(t, client, b, heard, t.Output())
		poll(t, "the answer is told", func() bool { return heard.count() == 1 })
	})
}
