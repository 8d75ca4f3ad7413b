package kv_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/kv"
	"towncrier/kv/kvtest"
)

// slow gives nothing back while a test runs.
var slow = kv.Limit{Rate: 10, Per: time.Hour, Burst: 10}

func eachRedis(t *testing.T, test func(t *testing.T, client redis.UniversalClient)) {
	t.Run("embedded", func(t *testing.T) { test(t, open(t, kv.Embedded)) })
	t.Run("server", func(t *testing.T) { test(t, open(t, kvtest.Start(t).URL())) })
}

func TestLimits(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		limits := kv.NewLimits(client)
		for n := range slow.Burst {
			if wait, err := limits.Take(t.Context(), "a", slow, 1); err != nil || wait != 0 {
				t.Fatalf("number %d has to wait %v, %v", n, wait, err)
			}
		}
		if wait, err := limits.Take(t.Context(), "a", slow, 1); err != nil || wait <= 0 || wait > 6*time.Minute {
			t.Errorf("one too many has to wait %v, %v; want up to 6 minutes", wait, err)
		}
		if wait, err := limits.Take(t.Context(), "b", slow, 1); err != nil || wait != 0 {
			t.Errorf("another name has to wait %v, %v", wait, err)
		}
		// What costs more than is left takes nothing.
		if wait, err := limits.Take(t.Context(), "b", slow, 10); err != nil || wait == 0 {
			t.Errorf("ten of nine: wait %v, %v", wait, err)
		}
		if wait, err := limits.Take(t.Context(), "b", slow, 9); err != nil || wait != 0 {
			t.Errorf("nine of nine, after ten were refused: wait %v, %v", wait, err)
		}
	})
}

func TestLimitsGiveBack(t *testing.T) {
	limits := kv.NewLimits(open(t, kv.Embedded))
	quick := kv.Limit{Rate: 100, Per: time.Second, Burst: 1}
	for range 3 {
		eventually(t, "what was taken is back", func() bool {
			wait, err := limits.Take(t.Context(), "a", quick, 1)
			return err == nil && wait == 0
		})
	}
}

func TestLimitsHoldAcrossProcesses(t *testing.T) {
	server := kvtest.Start(t)
	var passed, unknown atomic.Int32 // a call is given up after half a second, whatever came of it
	var all sync.WaitGroup
	for range 4 {
		limits := kv.NewLimits(open(t, server.URL()))
		for range 10 {
			all.Go(func() {
				switch wait, err := limits.Take(t.Context(), "a", slow, 1); {
				case errors.Is(err, context.DeadlineExceeded):
					unknown.Add(1)
				case err != nil:
					t.Error(err)
				case wait == 0:
					passed.Add(1)
				}
			})
		}
	}
	all.Wait()
	if n := passed.Load(); n > 10 || n+unknown.Load() < 10 {
		t.Errorf("%d of 40 passed a limit of 10", n)
	}
}

func TestLimitsHideNames(t *testing.T) {
	client := open(t, kvtest.Start(t).URL())
	if _, err := kv.NewLimits(client).Take(t.Context(), "api address 192.0.2.7", slow, 1); err != nil {
		t.Fatal(err)
	}
	keys, err := client.Keys(t.Context(), "*").Result()
	if err != nil || len(keys) != 1 || strings.Contains(keys[0], "192.0.2.7") {
		t.Errorf("keys %q, %v; want one that does not show the address", keys, err)
	}
	if left := client.TTL(t.Context(), keys[0]).Val(); left <= 0 || left > slow.Per { // all of the burst is back by then
		t.Errorf("kept for %v, want up to %v", left, slow.Per)
	}
}

func TestLimitsOfAnAbsentRedis(t *testing.T) {
	server := kvtest.Start(t)
	limits := kv.NewLimits(open(t, server.URL()))
	server.Kill()
	start := time.Now()
	if _, err := limits.Take(t.Context(), "a", slow, 1); err == nil {
		t.Error("no error without Redis")
	}
	if took := time.Since(start); took > 10*time.Second { // one, on a machine that is not busy
		t.Errorf("an outage held a call for %v", took)
	}
}
