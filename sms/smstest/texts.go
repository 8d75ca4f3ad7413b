package smstest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/sms"
)

func beginsOnce(t *testing.T, open func() sms.Store) {
	s, x := open(), text("a", mine)
	begin(t, s, x)
	stands(t, open(), x, sms.Sending)
	end(t, s, "a", sms.Outcome{State: sms.Accepted, Handle: "h1"})
	stands(t, open(), x, sms.Accepted)
	begin(t, s, text("b", mine)) // another text to the same number
	for id, o := range map[string]sms.Outcome{
		"failed": {State: sms.Failed, Code: "isv.AMOUNT_NOT_ENOUGH"},
		"doubt":  {State: sms.Doubtful},
	} {
		x := text(id, mine)
		begin(t, s, x)
		end(t, s, id, o)
		stands(t, s, x, o.State)
	}
}

func triesAgain(t *testing.T, open func() sms.Store) {
	s, x := open(), text("a", mine)
	for range 3 {
		begin(t, s, x)
		end(t, s, "a", sms.Outcome{State: sms.Pending, Code: "Throttling.User"})
	}
	begin(t, s, x)
	end(t, s, "a", sms.Outcome{State: sms.Accepted, Handle: "h1"})
	stands(t, s, x, sms.Accepted)
}

func receiptSettles(t *testing.T, open func() sms.Store) {
	s := open()
	for _, c := range []struct {
		id        string
		before    sms.Outcome
		delivered bool
		want      sms.State
	}{
		{"accepted", sms.Outcome{State: sms.Accepted, Handle: "h1"}, true, sms.Delivered},
		{"lost", sms.Outcome{State: sms.Accepted, Handle: "h2"}, false, sms.Undelivered},
		{"doubt", sms.Outcome{State: sms.Doubtful}, true, sms.Delivered},
		{"doubt-lost", sms.Outcome{State: sms.Doubtful}, false, sms.Undelivered},
	} {
		x := text(c.id, mine)
		begin(t, s, x)
		end(t, s, c.id, c.before)
		keep(t, s, noon, receipt(c.id, "", mine, c.delivered))
		if n := apply(t, s, noon); n != 1 {
			t.Fatalf("%s: %d receipts matched", c.id, n)
		}
		stands(t, s, x, c.want)
	}
	if left := claim(t, s, noon.Add(time.Hour)); len(left) != 0 {
		t.Errorf("%d receipts are handled again", len(left))
	}
}

func outOfOrder(t *testing.T, open func() sms.Store) {
	s, x := open(), text("a", mine)
	begin(t, s, x)
	end(t, s, "a", sms.Outcome{State: sms.Accepted, Handle: "h1"})
	for i, c := range []struct {
		delivered bool
		want      sms.State
	}{{false, sms.Undelivered}, {true, sms.Delivered}, {false, sms.Delivered}} {
		r := receipt("a", "h1", mine, c.delivered)
		r.Raw += fmt.Sprint(i) // each another push
		keep(t, s, noon, r)
		if n := apply(t, s, noon); n != 1 {
			t.Fatalf("%d matched, want 1", n)
		}
		stands(t, s, x, c.want)
	}
}

func earlyReceipt(t *testing.T, open func() sms.Store) {
	s := open()
	x := text("a", mine)
	begin(t, s, x)
	keep(t, s, noon, receipt("a", "h1", mine, true)) // names our id: settles although the call is under way
	if n := apply(t, s, noon); n != 1 {
		t.Fatalf("%d matched, want 1", n)
	}
	end(t, s, "a", sms.Outcome{State: sms.Accepted, Handle: "h1"})
	stands(t, s, x, sms.Delivered)

	y := text("b", mine)
	begin(t, s, y)
	keep(t, s, noon, receipt("", "h2", mine, true)) // names only the call, which is not known yet
	if n := apply(t, s, noon); n != 0 {
		t.Fatalf("%d matched, want none", n)
	}
	if woken := end(t, s, "b", sms.Outcome{State: sms.Accepted, Handle: "h2"}); woken != 1 {
		t.Fatalf("the call's end woke %d receipts, want 1", woken)
	}
	if n := apply(t, s, noon); n != 1 {
		t.Fatalf("%d matched after the call ended, want 1", n)
	}
	stands(t, s, y, sms.Delivered)
}

func otherNumber(t *testing.T, open func() sms.Store) {
	s, x := open(), text("a", mine)
	begin(t, s, x)
	end(t, s, "a", sms.Outcome{State: sms.Accepted, Handle: "h1"})
	keep(t, s, noon, receipt("a", "h1", theirs, false), receipt("", "h1", "", false), receipt("", "", mine, false), sms.Receipt{Raw: "{{{"})
	if n := apply(t, s, noon); n != 0 {
		t.Errorf("%d matched, want none", n)
	}
	stands(t, s, x, sms.Accepted)
	keep(t, s, noon, receipt("a", "h1", "", true)) // the number could not be read
	if n := apply(t, s, noon); n != 1 {
		t.Errorf("%d matched, want the one with our id", n)
	}
	stands(t, s, x, sms.Delivered)
}

func manyNumbers(t *testing.T, open func() sms.Store) {
	s, a, b := open(), text("a", mine), text("b", theirs)
	for _, x := range []sms.Text{a, b} {
		begin(t, s, x)
		end(t, s, x.OutID, sms.Outcome{State: sms.Accepted, Handle: "h1"})
	}
	keep(t, s, noon, receipt("", "h1", mine, true), receipt("", "h1", theirs, false))
	if n := apply(t, s, noon); n != 2 {
		t.Fatalf("%d matched, want 2", n)
	}
	stands(t, s, a, sms.Delivered)
	stands(t, s, b, sms.Undelivered)
}

func deadSender(t *testing.T, open func() sms.Store) {
	s, x := open(), text("a", mine)
	begin(t, s, x) // until noon and a minute
	sweep(t, s, noon.Add(59*time.Second), sms.Swept{})
	stands(t, s, x, sms.Sending)
	sweep(t, s, noon.Add(time.Minute), sms.Swept{Doubtful: 1})
	stands(t, s, x, sms.Doubtful)
	// It was not dead, only slow: what it knows still counts.
	end(t, s, "a", sms.Outcome{State: sms.Accepted, Handle: "h1"})
	stands(t, s, x, sms.Accepted)

	y := text("b", mine)
	begin(t, s, y)
	end(t, s, "b", sms.Outcome{State: sms.Pending})
	sweep(t, s, noon.Add(9*time.Minute), sms.Swept{})
	sweep(t, s, noon.Add(10*time.Minute), sms.Swept{Failed: 1})
	stands(t, s, y, sms.Failed)
}

// clockSetBack has a text begun, and what was pushed kept and claimed, by a clock that was eight hours ahead: nothing waits for eight
// hours once it is right.
func clockSetBack(t *testing.T, open func() sms.Store) {
	s, ahead, x := open(), noon.Add(8*time.Hour), text("a", mine)
	if _, won, err := s.Begin(t.Context(), sms.Code, x, ahead, ahead.Add(sms.LongestSend)); err != nil || !won {
		t.Fatalf("won %t, %v", won, err)
	}
	keep(t, s, ahead, receipt("a", "h1", mine, true), receipt("other", "h2", mine, true), reply("1", "T"))
	dead, err := s.Claim(t.Context(), 2, ahead, ahead.Add(time.Minute))
	if err != nil || len(dead) != 2 {
		t.Fatalf("claimed %d, want 2: %v", len(dead), err)
	}
	if err := s.Later(t.Context(), []int64{dead[0].ID}, ahead.Add(15*time.Second)); err != nil {
		t.Fatal(err)
	}
	sweep(t, s, noon, sms.Swept{Doubtful: 1})
	stands(t, s, x, sms.Doubtful)
	if claimed := claim(t, open(), noon); len(claimed) != 3 {
		t.Errorf("%d of 3 are due once the clock is right: kept, claimed and put off", len(claimed))
	}
	if again := claim(t, s, noon.Add(time.Minute-1)); len(again) != 0 {
		t.Errorf("%d were claimed within the lease of a right clock", len(again))
	}
}

func noReceipt(t *testing.T, open func() sms.Store) {
	s, a, b := open(), text("a", mine), text("b", mine)
	begin(t, s, a)
	end(t, s, "a", sms.Outcome{State: sms.Accepted, Handle: "h1"})
	begin(t, s, b)
	end(t, s, "b", sms.Outcome{State: sms.Doubtful})
	sweep(t, s, noon.Add(72*time.Hour-time.Millisecond), sms.Swept{})
	if swept, err := s.Sweep(t.Context(), noon.Add(72*time.Hour), noon, noon, 1); err != nil || swept != (sms.Swept{Unknown: 1}) {
		t.Fatalf("a sweep of one: %+v, %v", swept, err)
	}
	sweep(t, s, noon.Add(72*time.Hour), sms.Swept{Unknown: 1})
	stands(t, s, a, sms.Unknown)
	stands(t, s, b, sms.Unknown)
	keep(t, s, noon.Add(80*time.Hour), receipt("a", "h1", mine, true))
	if n := apply(t, s, noon.Add(80*time.Hour)); n != 1 {
		t.Errorf("%d matched, want the one that came after all", n)
	}
	stands(t, s, a, sms.Delivered)
}

func sweep(t *testing.T, s sms.Store, now time.Time, want sms.Swept) {
	t.Helper()
	got, err := s.Sweep(t.Context(), now, now.Add(-10*time.Minute), now.Add(-72*time.Hour), 100)
	if err != nil || got != want {
		t.Fatalf("swept %+v, %v; want %+v", got, err, want)
	}
}

func cancelled(t *testing.T, open func() sms.Store) {
	s, x := open(), text("a", mine)
	begin(t, s, x)
	keep(t, s, noon, receipt("a", "h1", mine, true))
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Begin": func() error { _, _, err := s.Begin(gone, sms.Code, text("b", mine), noon, noon); return err },
		"End":   func() error { _, err := s.End(gone, "a", sms.Outcome{State: sms.Failed}, noon); return err },
		"Sweep": func() error { _, err := s.Sweep(gone, noon.Add(time.Hour), noon, noon, 10); return err },
		"Keep": func() error {
			_, err := s.Keep(gone, []sms.Element{{Reply: &sms.Reply{Phone: mine, Content: "T"}}}, noon)
			return err
		},
		"Claim": func() error { _, err := s.Claim(gone, 10, noon, noon.Add(time.Minute)); return err },
		"Prune": func() error { _, err := s.Prune(gone, noon, noon, 10); return err },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	stands(t, s, x, sms.Sending)
	begin(t, s, text("b", mine))
	if claimed := claim(t, s, noon); len(claimed) != 1 || claimed[0].Tries != 1 {
		t.Errorf("claimed %d, want the receipt for the first time", len(claimed))
	}
}

func manyBegin(t *testing.T, open func() sms.Store) {
	var won atomic.Int32
	var all sync.WaitGroup
	for range 4 {
		s := open()
		for range 3 {
			all.Go(func() {
				for i := range 5 {
					_, mine, err := s.Begin(t.Context(), sms.Code, text(fmt.Sprint(i), theirs), noon, noon.Add(time.Minute))
					if err != nil {
						t.Error(err)
					}
					if mine {
						won.Add(1)
					}
				}
			})
		}
	}
	all.Wait()
	if won.Load() != 5 {
		t.Errorf("5 texts were begun %d times", won.Load())
	}
}
