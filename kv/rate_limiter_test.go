package kv_test

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/broadcast"
	"towncrier/kv"
)

func newRateLimiter(t *testing.T, client redis.UniversalClient, perSecond int) *kv.RateLimiter {
	t.Helper()
	p, err := kv.NewRateLimiter(client, map[broadcast.Channel]int{broadcast.SMS: perSecond}, slog.New(slog.NewTextHandler(io.Discard, nil)))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// TestPaceIsUsedAndKept has as many callers as a process has, in one and in three processes, wait for a rate for some seconds. Together
// they get what it gives and the burst, and hardly less: neither small rates nor many callers keep each other from it.
func TestPaceIsUsedAndKept(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		for _, of := range []struct{ rate, processes int }{{2, 1}, {2, 3}, {50, 3}, {2000, 1}, {2000, 3}} {
			t.Run("", func(t *testing.T) {
				t.Parallel()
				const during = 4 * time.Second
				ctx, cancel := context.WithTimeout(t.Context(), during)
				defer cancel()
				var got atomic.Int64
				var all sync.WaitGroup
				channel := broadcast.Channel(t.Name()) // a bucket of its own
				began := time.Now()
				for range of.processes {
					p, err := kv.NewRateLimiter(client, map[broadcast.Channel]int{channel: of.rate}, slog.New(slog.DiscardHandler))
					if err != nil {
						t.Fatal(err)
					}
					for range 16 {
						all.Go(func() {
							for {
								n, err := p.Reserve(ctx, channel, 1, 100, false)
								if err != nil {
									return
								}
								if n < 1 || n > 100 {
									t.Errorf("%d messages of 100", n)
								}
								got.Add(int64(n))
							}
						})
					}
				}
				all.Wait()
				took := time.Since(began).Seconds()
				most := float64(of.rate)*took + max(float64(of.rate)/5, 1)
				least := 0.95 * float64(of.rate) * during.Seconds()
				if n := float64(got.Load()); n < least-1 || n > most+1 {
					t.Errorf("%d processes got %v messages in %.1f s at %d a second, want %.0f to %.0f", of.processes, n, took, of.rate, least, most)
				}
			})
		}
	})
}

// TestRateFillsACall asks for messages as a slow provider's calls carry them: more than there are at first, and after a time in which nobody
// asked because calls were under way.
func TestRateFillsACall(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		p := newRateLimiter(t, client, 50)
		for _, pause := range []time.Duration{0, 2500 * time.Millisecond, 0} {
			time.Sleep(pause)
			n, err := p.Reserve(t.Context(), broadcast.SMS, 100, 100, false) // a second brings 50
			if err != nil || n < 50 || n > 56 {
				t.Errorf("%d messages, %v, want what a second brings", n, err)
			}
		}
	})
}

// TestPaceGivesBack takes all that there is and gives it back: it is there at once.
func TestPaceGivesBack(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		p := newRateLimiter(t, client, 5)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		from, given := time.Now(), 0
		for given < 200 {
			n, err := p.Reserve(ctx, broadcast.SMS, 1, 100, false)
			if err != nil {
				t.Fatal(err)
			}
			p.Return(ctx, broadcast.SMS, n, false)
			given += n
		}
		if took := time.Since(from); took > 20*time.Second {
			t.Errorf("200 messages that were given back took %s, as if they had been used at 5 a second", took)
		}
	})
}

// TestPaceLetsEmergenciesGoFirst has ordinary callers of two processes wait for a low rate, and then an emergency in a third.
func TestPaceLetsEmergenciesGoFirst(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		ctx, cancel := context.WithCancel(t.Context())
		var ordinary atomic.Int64
		var all sync.WaitGroup
		defer all.Wait()
		defer cancel()
		for range 2 {
			p := newRateLimiter(t, client, 10)
			for range 8 {
				all.Go(func() {
					for ctx.Err() == nil {
						n, _ := p.Reserve(ctx, broadcast.SMS, 1, 100, false)
						ordinary.Add(int64(n))
					}
				})
			}
		}
		eventually(t, "the burst is used", func() bool { return ordinary.Load() > 4 })
		p, urgent := newRateLimiter(t, client, 10), 0
		before := ordinary.Load()
		for urgent < 20 {
			n, err := p.Reserve(ctx, broadcast.SMS, 1, 20-urgent, true)
			if err != nil {
				t.Fatal(err)
			}
			urgent += n
		}
		if n := ordinary.Load() - before; n > 5 {
			t.Errorf("%d messages of others went while 20 of an emergency waited", n)
		}
		before = ordinary.Load()
		eventually(t, "others go on afterwards", func() bool { return ordinary.Load() > before })
	})
}

func TestPaceEnds(t *testing.T) {
	p := newRateLimiter(t, open(t, kv.Embedded), 1)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	var err error
	for range 3 { // more than may go at once
		if _, err = p.Reserve(ctx, broadcast.SMS, 1, 1, false); err != nil {
			break
		}
	}
	if !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("3 messages at one a second within 50 ms: %v", err)
	}
	if n, err := p.Reserve(t.Context(), broadcast.Template, 1, 1<<20, false); err != nil || n != 1<<20 || p.Rate(broadcast.Template) != 0 {
		t.Errorf("a channel without a rate: %d, %v", n, err)
	}
	if _, err := kv.NewRateLimiter(open(t, kv.Embedded), map[broadcast.Channel]int{broadcast.SMS: 0}, slog.Default()); err == nil {
		t.Error("a rate of 0 was accepted")
	}
}

// TestPaceWithoutRedis keeps the rate inside the process.
func TestPaceWithoutRedis(t *testing.T) {
	client := redis.NewClient(&redis.Options{Network: "unix", Addr: t.TempDir() + "/none", MaxRetries: -1})
	defer client.Close()
	p := newRateLimiter(t, client, 200)
	from := time.Now()
	for left := 200; left > 0; {
		n, err := p.Reserve(t.Context(), broadcast.SMS, 1, min(left, 100), false)
		if err != nil {
			t.Fatal(err)
		}
		left -= n
	}
	if took := time.Since(from); took < 700*time.Millisecond {
		t.Errorf("200 messages at 200 a second went within %s, want 0.8 s after the first 40", took)
	}
}

// TestPaceOutlivesAClockAhead finds what was written while Redis's clock was eight hours ahead.
func TestPaceOutlivesAClockAhead(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		p := newRateLimiter(t, client, 5)
		if _, err := p.Reserve(t.Context(), broadcast.SMS, 1, 1, true); err != nil {
			t.Fatal(err)
		}
		keys, err := client.Keys(t.Context(), "towncrier:rate:*").Result()
		if err != nil || len(keys) == 0 {
			t.Fatal(keys, err)
		}
		for _, key := range keys {
			ahead := time.Now().Add(8 * time.Hour).UnixMicro()
			if err := client.Set(t.Context(), key, ahead, 8*time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
			if err := client.Set(t.Context(), key+":first", 1, 8*time.Hour).Err(); err != nil {
				t.Fatal(err)
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if _, err := p.Reserve(ctx, broadcast.SMS, 1, 1, false); err != nil {
			t.Errorf("a message at 5 a second: %v", err)
		}
	})
}
