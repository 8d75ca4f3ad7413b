package kv_test

import (
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/kv"
	"towncrier/store/storetest"
)

func TestAskers(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		sealer := storetest.Sealer(t)
		mark := func(a *kv.Askers, group int64, asker string) (bool, int) {
			before, people, err := a.Mark(t.Context(), group, asker)
			if err != nil {
				t.Fatal(err)
			}
			return before, people
		}
		a := kv.NewAskers(client, sealer, 0)
		for i, c := range []struct {
			group  int64
			asker  string
			before bool
			people int
		}{{1, "wang", false, 1}, {1, "wang", true, 1}, {1, "li", false, 2}, {2, "wang", false, 1}, {1, "zhao", false, 3}} {
			if before, people := mark(a, c.group, c.asker); before != c.before || people != c.people {
				t.Errorf("%d: %v, %d people", i, before, people)
			}
		}
		if _, people := mark(kv.NewAskers(client, sealer, 0), 1, "qian"); people != 4 {
			t.Errorf("another process sees %d", people)
		}
		one, two := client.SMembers(t.Context(), "towncrier:asked:1").Val(), client.SMembers(t.Context(), "towncrier:asked:2").Val()
		if len(one) != 4 || len(two) != 1 || strings.Contains(strings.Join(one, " "), two[0]) || strings.Contains(strings.Join(one, " "), "wang") {
			t.Errorf("marks %v and %v have something in common, or show who asked", one, two)
		}
		if left := client.PTTL(t.Context(), "towncrier:asked:1").Val(); left <= 0 || left > 7*24*time.Hour {
			t.Errorf("marks last %s", left)
		}
		short := kv.NewAskers(client, sealer, 300*time.Millisecond)
		mark(short, 3, "wang")
		eventually(t, "a mark goes although others are made", func() bool {
			mark(short, 3, "li")
			before, _ := mark(short, 3, "wang")
			return !before
		})
	})
}
