package kv_test

import (
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/kv"
	"towncrier/store/storetest"
)

// TestAudiences counts each audience of an official once, for all processes, and keeps none that can be read.
func TestAudiences(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		sealer := storetest.Sealer(t)
		audiences, others := kv.NewAudiences(client, sealer), kv.NewAudiences(client, sealer)
		take := func(a *kv.Audiences, official, audience string, most int) time.Duration {
			t.Helper()
			wait, err := a.Take(t.Context(), official, audience, most)
			if err != nil {
				t.Fatal(err)
			}
			return wait
		}
		for range 2 {
			for _, audience := range []string{"a", "b", "c"} {
				if wait := take(audiences, "zhao", audience, 3); wait != 0 {
					t.Errorf("%s has to wait %v", audience, wait)
				}
			}
		}
		if wait := take(others, "zhao", "d", 3); wait <= 0 || wait > time.Hour {
			t.Errorf("a fourth has to wait %v, want up to an hour", wait)
		}
		if wait := take(others, "zhao", "a", 3); wait != 0 {
			t.Errorf("one that was counted has to wait %v", wait)
		}
		if wait := take(others, "qian", "d", 3) + take(others, "zhao", "d", 4); wait != 0 {
			t.Errorf("another official, or with more room: wait %v", wait)
		}
		for _, key := range client.Keys(t.Context(), "*").Val() {
			if left := client.TTL(t.Context(), key).Val(); left <= 0 || left > time.Hour {
				t.Errorf("kept for %v", left)
			}
			if text := key + strings.Join(client.ZRange(t.Context(), key, 0, -1).Val(), ""); strings.Contains(text, "zhao") || len(client.ZRange(t.Context(), key, 0, -1).Val()[0]) != 22 {
				t.Errorf("kept as %q", text)
			}
		}
	})
}
