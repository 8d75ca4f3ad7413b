package kv_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/broadcast"
	"towncrier/kv"
)

func pace(t *testing.T, client redis.UniversalClient, perSecond int) *kv.Pace {
	t.Helper()
	p, err := kv.NewPace(client, map[broadcast.Channel]int{broadcast.SMS: perSecond}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPaceIsShared has two processes send 300 letters at 200 a second: a fifth of a second's at once, the rest in time.
func TestPaceIsShared(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		from := time.Now()
		var all sync.WaitGroup
		for _, p := range []*kv.Pace{pace(t, client, 200), pace(t, client, 200)} {
			for range 3 {
				all.Go(func() {
					if err := p.Wait(t.Context(), broadcast.SMS, 50); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		// 260 at 200 a second are 1.3 s; the clocks of Redis and of this test may differ a little.
		if took := time.Since(from); took < 1200*time.Millisecond {
			t.Errorf("300 letters went within %s", took)
		}
	})
}

func TestPaceEnds(t *testing.T) {
	p := pace(t, open(t, kv.Embedded), 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := p.Wait(ctx, broadcast.SMS, 100); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("100 letters at one a second: %v", err)
	}
	if err := p.Wait(t.Context(), broadcast.Template, 1<<20); err != nil {
		t.Errorf("a channel without a rate: %v", err)
	}
	if _, err := kv.NewPace(open(t, kv.Embedded), map[broadcast.Channel]int{broadcast.SMS: 0}, slog.Default()); err == nil {
		t.Error("a rate of 0 was accepted")
	}
}

// TestPaceWithoutRedis keeps the rate inside the process.
func TestPaceWithoutRedis(t *testing.T) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none", MaxRetries: -1})
	defer client.Close()
	p := pace(t, client, 200)
	from := time.Now()
	for range 2 {
		if err := p.Wait(t.Context(), broadcast.SMS, 100); err != nil {
			t.Fatal(err)
		}
	}
	if took := time.Since(from); took < 700*time.Millisecond {
		t.Errorf("200 letters at 200 a second went within %s, want 0.8 s after the first 40", took)
	}
}
