package rostertest

import (
	"errors"
	"fmt"
	"sync"
	"testing"

	"towncrier/roster"
)

// rounds is how often a race is run: a window of a few microseconds is hit in some of them.
const rounds = 15

// race runs acts at once, each on a handle of its own.
func race(houses []*fixture, acts ...func(h *fixture) error) []error {
	results := make([]error, len(acts))
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i, act := range acts {
		all.Go(func() {
			<-gate
			results[i] = act(houses[i%len(houses)])
		})
	}
	close(gate)
	all.Wait()
	return results
}

func processes(t *testing.T, open Open) []*fixture {
	return []*fixture{settle(t, open), settle(t, open), settle(t, open)}
}

func allGood(t *testing.T, results []error) {
	t.Helper()
	for i, err := range results {
		if err != nil {
			t.Fatalf("act %d: %v", i, err)
		}
	}
}

// census says who is there, and fails when somebody is there twice.
func (h *fixture) census(t *testing.T) []roster.Resident {
	t.Helper()
	all, _, err := h.Roster.List(t.Context(), roster.Filter{}, "", 0)
	must(t, err)
	seen := make(map[string]bool)
	for _, r := range all {
		for _, key := range []string{string(r.Phone), r.OpenID} {
			if key != "" && seen[key] {
				t.Fatalf("somebody is there twice: %+v", all)
			}
			seen[key] = true
		}
	}
	return all
}

func bindRaces(t *testing.T, open Open) {
	houses := processes(t, open)
	for n := range rounds {
		o1, o2 := fmt.Sprintf("o-a-%d", n), fmt.Sprintf("o-b-%d", n)
		bind := func(openid string) func(*fixture) error {
			return func(h *fixture) error {
				_, err := h.Bind(t.Context(), openid, number(n))
				return err
			}
		}
		allGood(t, race(houses, bind(o1), bind(o2), bind(o1)))
		who := houses[0].byPhone(t, n)
		if who.OpenID != o1 && who.OpenID != o2 {
			t.Fatalf("round %d: bound to nobody", n)
		}
	}
	numbers := 0
	for _, r := range houses[0].census(t) {
		if r.Phone != "" {
			numbers++
		}
	}
	if numbers != rounds {
		t.Fatalf("%d residents have %d numbers", numbers, rounds)
	}
}

func importRacesErase(t *testing.T, open Open) {
	houses := processes(t, open)
	var rows []roster.ImportRow
	for n := range 200 {
		rows = append(rows, row(n))
	}
	for n := range rounds {
		houses[0].bind(t, "o-1", n)
		allGood(t, race(houses,
			func(h *fixture) error { h.bring(t, 50, rows...); return nil },
			func(h *fixture) error { return h.EraseSelf(t.Context(), "o-1") },
			func(h *fixture) error { return h.StopSMS(t.Context(), number(100+n), "key") }))
		houses[0].gone(t, roster.Key{Phone: number(n)})
		houses[0].suppressed(t, 100+n, roster.Stopped) // whether it came before the import or after it
		want(t, houses[0].byPhone(t, 100+n), "water", roster.SMS, false)
	}
	if all := houses[0].census(t); len(all) != len(rows)-rounds {
		t.Fatalf("%d residents, want %d", len(all), len(rows)-rounds)
	}
}

func preferRacesUnfollow(t *testing.T, open Open) {
	houses := processes(t, open)
	for n := range rounds {
		openid := fmt.Sprintf("o-%d", n)
		houses[0].bind(t, openid, n)
		allGood(t, race(houses,
			func(h *fixture) error { return h.Prefer(t.Context(), openid, "", roster.SMS, false) },
			func(h *fixture) error { return h.Unfollow(t.Context(), openid) },
			func(h *fixture) error { return h.Prefer(t.Context(), openid, "water", "", true) }))
		houses[0].gone(t, roster.Key{Phone: number(n)})
		// Either the stop came first and is kept under the number, or it came to a follower without a number.
		why, _, err := houses[0].Roster.Suppressed(t.Context(), number(n))
		must(t, err)
		who, err := houses[0].Me(t.Context(), openid)
		if err != nil && !errors.Is(err, roster.ErrNoResident) {
			t.Fatal(err)
		}
		if why != roster.Stopped && (err != nil || who.Wants("water", roster.SMS)) {
			t.Fatalf("round %d: the stop is lost: %+v", n, who)
		}
	}
	houses[0].census(t)
}

func mergesRace(t *testing.T, open Open) {
	houses := processes(t, open)
	for n := range rounds {
		a, b := 2*n, 2*n+1
		o1, o2 := fmt.Sprintf("o-a-%d", n), fmt.Sprintf("o-b-%d", n)
		houses[0].add(t, a)
		houses[0].bind(t, o1, a)
		houses[0].add(t, b)
		houses[0].bind(t, o2, b)
		bind := func(openid string, to int) func(*fixture) error {
			return func(h *fixture) error {
				_, err := h.Bind(t.Context(), openid, number(to))
				return err
			}
		}
		allGood(t, race(houses, bind(o1, b), bind(o2, a), bind(o1, a)))
	}
	for _, r := range houses[0].census(t) {
		if r.Phone == "" && r.OpenID == "" {
			t.Fatalf("a resident is left whom nothing leads to: %+v", r)
		}
	}
}

// guardsRace has a committee change a resident who is just being given to another one: it is either before that, or refused.
func guardsRace(t *testing.T, open Open) {
	houses := processes(t, open)
	mine := roster.Guard(func(who roster.Resident) error {
		if who.Committee != first {
			return roster.ErrNoResident
		}
		return nil
	})
	to, tags := second, []string{"独居"}
	for n := range rounds {
		id := houses[0].add(t, n).ID
		var moved roster.Resident
		results := race(houses,
			func(h *fixture) (err error) {
				moved, err = h.Change(t.Context(), official, id, roster.Change{Committee: &to}, nil)
				return err
			},
			func(h *fixture) error {
				_, err := h.Change(t.Context(), official, id, roster.Change{Tags: &tags}, mine)
				return err
			},
			func(h *fixture) error {
				return h.SetPreference(t.Context(), official, id, roster.Preference{Topic: "water"}, mine)
			})
		must(t, results[0])
		for i, done := range map[int]bool{1: len(moved.Tags) > 0, 2: len(moved.Preferences) > 0} {
			if err := results[i]; done && err != nil || !done && !errors.Is(err, roster.ErrNoResident) {
				t.Fatalf("round %d: act %d gave %v, the resident was moved as %+v", n, i, err, moved)
			}
		}
		if who := houses[0].byPhone(t, n); !same(who, moved) {
			t.Fatalf("round %d: %+v was changed after the move: %+v", n, moved, who)
		}
	}
}
