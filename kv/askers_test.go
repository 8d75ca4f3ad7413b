package kv_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/kv"
	"towncrier/store/storetest"
	"towncrier/unanswered"
)

func TestAskers(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		sealer := storetest.Sealer(t)
		mark := func(a *kv.Askers, first unanswered.Question, asker string) (bool, int) {
			before, people, err := a.Mark(t.Context(), first, asker)
			if err != nil {
				t.Fatal(err)
			}
			return before, people
		}
		first, second := unanswered.Question{Group: 1, Day: 20000, Text: "路灯坏了"}, unanswered.Question{Group: 2, Day: 20000, Text: "停水"}
		a := kv.NewAskers(client, sealer, 0)
		for i, c := range []struct {
			first  unanswered.Question
			asker  string
			before bool
			people int
		}{{first, "wang", false, 1}, {first, "wang", true, 1}, {first, "li", false, 2}, {second, "wang", false, 1}, {first, "zhao", false, 3}} {
			if before, people := mark(a, c.first, c.asker); before != c.before || people != c.people {
				t.Errorf("%d: %v, %d people", i, before, people)
			}
		}
		if _, people := mark(kv.NewAskers(client, sealer, 0), first, "qian"); people != 4 {
			t.Errorf("another process sees %d", people)
		}
		all := marksOf(t, client)
		if len(all) != 5 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 5 || strings.Contains(strings.Join(all, " "), "wang") {
			t.Errorf("marks %v have something in common, or show who asked", all)
		}
		for _, set := range client.Keys(t.Context(), "towncrier:asked:*").Val() {
			if left := client.PTTL(t.Context(), set).Val(); left <= 0 || left > 7*24*time.Hour || strings.Contains(set, "路灯") {
				t.Errorf("marks %s last %s", set, left)
			}
		}
		short := kv.NewAskers(client, sealer, 300*time.Millisecond)
		third := unanswered.Question{Group: 3}
		mark(short, third, "wang")
		eventually(t, "a mark goes although others are made", func() bool {
			mark(short, third, "li")
			before, _ := mark(short, third, "wang")
			return !before
		})
	})
}

// marksOf are the marks of all groups.
func marksOf(t *testing.T, client redis.UniversalClient) (all []string) {
	t.Helper()
	for _, set := range client.Keys(t.Context(), "towncrier:asked:*").Val() {
		all = append(all, client.SMembers(t.Context(), set).Val()...)
	}
	return all
}

// TestOnePersonIsOne: whatever becomes of keys and of the numbers of groups, one person is not counted as two.
func TestOnePersonIsOne(t *testing.T) {
	eachRedis(t, func(t *testing.T, client redis.UniversalClient) {
		sealer := storetest.Sealer(t)
		a := kv.NewAskers(client, sealer, 0)
		group := unanswered.Question{Group: 1, Day: 20000, Text: "路灯坏了"}
		for range 3 {
			if _, people, err := a.Mark(t.Context(), group, "wang"); people != 1 || err != nil {
				t.Errorf("after the key was renewed: %d people, %v", people, err)
			}
			renewed, err := sealer.MintFinding()
			if err == nil {
				err = sealer.Load(append(sealer.Wrap(), renewed))
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		for _, asker := range []string{"li", "zhao"} {
			if _, _, err := a.Mark(t.Context(), group, asker); err != nil {
				t.Fatal(err)
			}
		}
		// A backup was put back in which the group was not yet, and another one has its number.
		for _, other := range []unanswered.Question{{Group: 1, Day: 20001, Text: "路灯坏了"}, {Group: 1, Day: 20000, Text: "狗证丢了"}} {
			if _, people, err := a.Mark(t.Context(), other, "wang"); people != 1 || err != nil {
				t.Errorf("another group of the same number: %d people, %v", people, err)
			}
		}
	})
}
