package inboxtest

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/inbox"
)

// processes is how many handles race: more than the machine has cores.
const processes = 4

// race runs do once a handle, all at once.
func race(open func() inbox.Store, do func(i int, s inbox.Store)) {
	stores := make([]inbox.Store, processes)
	for i := range stores {
		stores[i] = open()
	}
	var all sync.WaitGroup
	gate := make(chan struct{})
	for i, s := range stores {
		all.Go(func() {
			<-gate
			do(i, s)
		})
	}
	close(gate)
	all.Wait()
}

func concurrentNumbers(t *testing.T, open func() inbox.Store) {
	const each = 25
	var mu sync.Mutex
	var got []string
	race(open, func(i int, s inbox.Store) {
		for range each {
			ticket, err := s.Add(t.Context(), question(fmt.Sprintf("o-%d", i), "问题"), "", noon)
			if err != nil {
				t.Error(err)
				return
			}
			mu.Lock()
			got = append(got, ticket.Number)
			mu.Unlock()
		}
	})
	var want []string
	for n := 1; n <= processes*each; n++ {
		want = append(want, inbox.Number("20231113", n))
	}
	slices.Sort(got)
	equal(t, "numbers", got, want...)
}

func concurrentClaims(t *testing.T, open func() inbox.Store) {
	const tickets = 60
	s := open()
	for range tickets {
		answered(t, s, "o-1")
	}
	var mu sync.Mutex
	seen := make(map[string]int)
	race(open, func(_ int, s inbox.Store) {
		for {
			claimed, err := s.ClaimUntold(t.Context(), 7, noon, noon.Add(time.Minute))
			if err != nil {
				t.Error(err)
				return
			}
			if len(claimed) == 0 {
				return
			}
			mu.Lock()
			for _, p := range claimed {
				seen[p.Ticket.Number]++
			}
			mu.Unlock()
		}
	})
	for number, n := range seen {
		if n != 1 {
			t.Errorf("%s was claimed %d times", number, n)
		}
	}
	// A row that a rival transaction has locked is passed over, so a claimer may leave early: what it left is there.
	left := claim(t, s, tickets, noon, noon.Add(time.Minute))
	if len(seen)+len(left) != tickets {
		t.Errorf("claimed %d and left %d of %d", len(seen), len(left), tickets)
	}
}

func collectRacesClaim(t *testing.T, open func() inbox.Store) {
	const tickets = 40
	s := open()
	for range tickets {
		answered(t, s, "o-1")
	}
	var mu sync.Mutex
	seen := make(map[string]int)
	race(open, func(i int, s inbox.Store) {
		for range tickets / processes {
			var got []string
			if i == 0 {
				told, err := s.CollectFor(t.Context(), "o-1", "", noon)
				if err != nil {
					t.Error(err)
					return
				}
				got = numbersOf(told)
			} else {
				claimed, err := s.ClaimUntold(t.Context(), 2, noon, noon.Add(time.Minute))
				if err != nil {
					t.Error(err)
					return
				}
				for _, p := range claimed {
					got = append(got, p.Ticket.Number)
				}
			}
			mu.Lock()
			for _, number := range got {
				seen[number]++
			}
			mu.Unlock()
		}
	})
	for number, n := range seen {
		if n != 1 {
			t.Errorf("%s went out %d times", number, n)
		}
	}
	if len(seen) != tickets {
		t.Errorf("%d went out, want %d", len(seen), tickets)
	}
}

func answerRacesAdd(t *testing.T, open func() inbox.Store) {
	s := open()
	for round := range 10 {
		first := add(t, s, question("o-first", "问题"), "")
		race(open, func(i int, s inbox.Store) {
			var err error
			if i == 0 {
				_, err = s.SetAnswer(t.Context(), act(first.Number, noon), "王", "答复")
			} else {
				_, err = s.Add(t.Context(), question(fmt.Sprintf("o-%d-%d", round, i), "问题"), first.Number, noon)
			}
			if err != nil {
				t.Error(err)
			}
		})
		open, err := s.List(t.Context(), inbox.Filter{Group: first.Number, Status: inbox.Open})
		if err != nil {
			t.Fatal(err)
		}
		equal(t, "left open in an answered group", numbersOf(open))
	}
}

func oneAnswerWins(t *testing.T, open func() inbox.Store) {
	s := open()
	ticket := add(t, s, question("o-1", "问题"), "")
	results := make([]error, processes)
	race(open, func(i int, s inbox.Store) {
		_, results[i] = s.SetAnswer(t.Context(), act(ticket.Number, noon), fmt.Sprint(i), fmt.Sprint(i))
	})
	won := -1
	for i, err := range results {
		switch {
		case err == nil && won < 0:
			won = i
		case err == nil:
			t.Errorf("both %d and %d won", won, i)
		case !errors.Is(err, inbox.ErrAnswered):
			t.Errorf("loser %d: %v, want ErrAnswered", i, err)
		}
	}
	if got := get(t, s, ticket.Number); won < 0 || got.Answer != fmt.Sprint(won) {
		t.Errorf("%d won, the answer is %q", won, got.Answer)
	}
}
