package inboxtest

import (
	"context"
	"errors"
	"testing"
	"time"

	"towncrier/inbox"
)

func claims(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	var filed []inbox.Ticket
	for i := range 3 {
		ticket := add(t, s, question("o-1", "问题"), "")
		if _, err := s.SetAnswer(ctx, act(ticket.Number, noon.Add(-time.Duration(i)*time.Minute)), "王", "答复"); err != nil {
			t.Fatal(err)
		}
		filed = append(filed, ticket)
	}
	add(t, s, question("o-1", "没有答复的"), "")
	until := noon.Add(time.Minute)
	got := claim(t, s, 2, noon, until)
	if len(got) != 2 || got[0].Ticket.Number != filed[2].Number || got[1].Ticket.Number != filed[1].Number {
		t.Fatalf("claimed %+v, want the two oldest answers, oldest first", got)
	}
	if p := got[0]; p.From != "o-1" || p.Tries != 1 || !p.Until.Equal(until) || p.Ticket.Answer != "答复" {
		t.Fatalf("claimed %+v", p)
	}
	if err := s.Told(ctx, got[0].Ticket.Number, until); err != nil {
		t.Fatal(err)
	}
	if err := s.Defer(ctx, got[1]); err != nil {
		t.Fatal(err)
	}
	rest := claim(t, s, 10, noon, until)
	if len(rest) != 1 || rest[0].Ticket.Number != filed[0].Number {
		t.Fatalf("claimed %+v, want the third alone", rest)
	}
	if again := claim(t, s, 10, until.Add(-time.Millisecond), until.Add(time.Minute)); len(again) != 0 {
		t.Fatalf("claimed %d within the lease", len(again))
	}
	again := claim(t, s, 10, until, until.Add(time.Minute))
	if len(again) != 1 || again[0].Tries != 2 {
		t.Fatalf("claimed %+v after the lease, want the third, second try", again)
	}
	if got := get(t, s, filed[2].Number); !got.ToldAt.Equal(until) {
		t.Errorf("told at %s, want %s", got.ToldAt, until)
	}
	equal(t, "the deferred one waits for its asker", collect(t, s, "o-1", until), filed[1].Number)
}

func passedLease(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	ticket := answered(t, s, "o-1")
	late := claim(t, s, 1, noon, noon.Add(time.Minute))[0]
	now := noon.Add(time.Minute)
	claim(t, s, 1, now, now.Add(time.Minute))
	if err := s.Defer(ctx, late); err != nil {
		t.Fatal(err)
	}
	equal(t, "collected while another caller pushes it", collect(t, s, "o-1", now))
	if err := s.Told(ctx, ticket.Number, now); err != nil {
		t.Fatal(err)
	}
	if err := s.Told(ctx, ticket.Number, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, ticket.Number); !got.ToldAt.Equal(now) {
		t.Errorf("told at %s, want the first time, %s", got.ToldAt, now)
	}
}

// clockSetBack has answers claimed by a clock that was eight hours ahead: once it is right, the lease keeps nobody off.
func clockSetBack(t *testing.T, open func() inbox.Store) {
	s, ahead := open(), noon.Add(8*time.Hour)
	pushed, collected := answered(t, s, "o-1"), answered(t, s, "o-2")
	dead := claim(t, s, 10, ahead, ahead.Add(inbox.Lease))
	if len(dead) != 2 {
		t.Fatalf("claimed %d, want both", len(dead))
	}
	equal(t, "collected once the clock is right", collect(t, s, "o-2", noon), collected.Number)
	again := claim(t, open(), 10, noon, noon.Add(inbox.Lease))
	if len(again) != 1 || again[0].Ticket.Number != pushed.Number {
		t.Fatalf("claimed %+v once the clock is right, want the other", again)
	}
	if late := claim(t, s, 10, noon.Add(inbox.Lease-1), noon.Add(time.Hour)); len(late) != 0 {
		t.Errorf("claimed %d within the lease of a right clock", len(late))
	}
	f := inbox.Filing{From: "o-3", Kind: inbox.Suggestion, Text: "路灯坏了", At: ahead, Limits: []inbox.Limit{{N: 1, Per: time.Hour}}}
	add(t, s, f, "")
	f.At = noon
	add(t, s, f, "") // or it would be refused for nine hours
}

// toldAgain has the process die that told an answer, before it was said: the platform brings the message again.
func toldAgain(t *testing.T, open func() inbox.Store) {
	s := open()
	told := func(from, message string, at time.Time) []string {
		t.Helper()
		tickets, err := open().CollectFor(t.Context(), from, message, at)
		if err != nil {
			t.Fatal(err)
		}
		return numbersOf(tickets)
	}
	one, two := answered(t, s, "o-1"), answered(t, s, "o-1")
	equal(t, "the first time", told("o-1", "m-1", noon), one.Number, two.Number)
	three := answered(t, s, "o-1")
	equal(t, "once more, with what came since", told("o-1", "m-1", noon.Add(5*time.Second)), one.Number, two.Number, three.Number)
	equal(t, "a third time", told("o-1", "m-1", noon.Add(10*time.Second)), one.Number, two.Number, three.Number)
	equal(t, "the next message", told("o-1", "m-2", noon.Add(15*time.Second)))
	equal(t, "one without an id", told("o-1", "", noon.Add(15*time.Second)))
	equal(t, "of somebody else", told("o-2", "m-1", noon.Add(15*time.Second)))
	equal(t, "long after", told("o-1", "m-1", noon.Add(time.Hour)))
	if got := get(t, s, one.Number); !got.ToldAt.Equal(noon) {
		t.Errorf("told at %s, want the first time, %s", got.ToldAt, noon)
	}
}

func collects(t *testing.T, open func() inbox.Store) {
	s := open()
	one, two := answered(t, s, "o-1"), answered(t, s, "o-1")
	answered(t, s, "o-2")
	equal(t, "a stranger collects", collect(t, s, "o-3", noon))
	equal(t, "the asker collects", collect(t, s, "o-1", noon), one.Number, two.Number)
	equal(t, "and again", collect(t, s, "o-1", noon))
	if got := get(t, s, one.Number); !got.ToldAt.Equal(noon) {
		t.Errorf("told at %s, want %s", got.ToldAt, noon)
	}
	if got := claim(t, s, 10, noon, noon.Add(time.Minute)); len(got) != 1 || got[0].From != "o-2" {
		t.Errorf("claimed %d, want the other asker's alone", len(got))
	}
	equal(t, "collected while it is pushed", collect(t, s, "o-2", noon))
	if got := collect(t, s, "o-2", noon.Add(time.Minute)); len(got) != 1 {
		t.Errorf("collected %q after the lease, want one", got)
	}
}

func forgets(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	one, two := answered(t, s, "o-1"), add(t, s, question("o-1", "问题"), "")
	kept := answered(t, s, "o-2")
	if err := s.Forget(ctx, "o-1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(ctx, "o-1"); err != nil {
		t.Fatalf("forget twice: %v", err)
	}
	two.Gone = true
	if got := get(t, s, two.Number); got != two {
		t.Errorf("the ticket changed: %+v, want %+v", got, two)
	}
	if err := s.Told(ctx, one.Number, noon); err != nil {
		t.Errorf("told after forgetting: %v", err)
	}
	if _, err := s.SetAnswer(ctx, act(two.Number, noon), "王", "答复"); err != nil {
		t.Errorf("an answer is still kept: %v", err)
	}
	equal(t, "collected after forgetting", collect(t, s, "o-1", noon))
	if got := claim(t, s, 10, noon, noon.Add(time.Minute)); len(got) != 1 || got[0].Ticket.Number != kept.Number {
		t.Errorf("claimed %+v, want the other asker's alone", got)
	}
}

func cancelled(t *testing.T, open func() inbox.Store) {
	s := open()
	ticket := answered(t, s, "o-1")
	waiting := add(t, s, question("o-1", "问题"), "")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, call := range map[string]func() error{
		"Add":           func() error { _, err := s.Add(ctx, question("o-1", "问题"), "", noon); return err },
		"OpenQuestions": func() error { _, err := s.OpenQuestions(ctx, 1); return err },
		"Get":           func() error { _, err := s.Get(ctx, ticket.Number); return err },
		"List":          func() error { _, err := s.List(ctx, inbox.Filter{}); return err },
		"SetAnswer":     func() error { _, err := s.SetAnswer(ctx, act(waiting.Number, noon), "王", "答复"); return err },
		"SetClosed":     func() error { _, err := s.SetClosed(ctx, act(waiting.Number, noon), "王"); return err },
		"ClaimUntold":   func() error { _, err := s.ClaimUntold(ctx, 1, noon, noon.Add(time.Hour)); return err },
		"Told":          func() error { return s.Told(ctx, ticket.Number, noon) },
		"CollectFor":    func() error { _, err := s.CollectFor(ctx, "o-1", "", noon); return err },
		"Forget":        func() error { return s.Forget(ctx, "o-1") },
	} {
		if err := call(); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
	if got := get(t, s, waiting.Number); got != waiting {
		t.Errorf("changed: %+v", got)
	}
	equal(t, "collected afterwards", collect(t, s, "o-1", noon), ticket.Number)
}
