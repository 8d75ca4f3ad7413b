package inboxtest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/problem"
)

func comesBack(t *testing.T, open func() inbox.Store) {
	s := open()
	f := inbox.Filing{From: "o-1", Kind: inbox.Suggestion, Text: "路灯坏了\n'\"\x00", Where: "河东街", Topic: "suggest.submit", At: noon}
	filed := add(t, s, f, "")
	want := inbox.Ticket{
		Number: "20231113-0001", Kind: inbox.Suggestion, Status: inbox.Open, Text: f.Text, Where: f.Where, Topic: f.Topic,
		Group: "20231113-0001", FiledAt: noon, DueAt: noon.Add(time.Hour), Messages: 1,
	}
	if filed != want {
		t.Fatalf("filed %+v, want %+v", filed, want)
	}
	if got := get(t, open(), filed.Number); got != want {
		t.Fatalf("another process reads %+v, want %+v", got, want)
	}
}

func numbers(t *testing.T, open func() inbox.Store) {
	s := open()
	for _, c := range []struct {
		at   time.Time
		want string
	}{
		{noon, "20231113-0001"},
		{noon.Add(11*time.Hour + 59*time.Minute), "20231113-0002"}, // 23:59 in China
		{noon.Add(12 * time.Hour), "20231114-0001"},                // midnight in China, 16:00 UTC
		{noon, "20231113-0003"},                                    // a message that was on its way
	} {
		f := question("o-1", "问题")
		f.At = c.at
		if got := add(t, s, f, "").Number; got != c.want {
			t.Errorf("filed at %s: number %s, want %s", c.at, got, c.want)
		}
	}
}

func unknown(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	answered(t, s, "o-1")
	for name, call := range map[string]func() error{
		"Get":       func() error { _, err := s.Get(ctx, "20231113-9999"); return err },
		"SetAnswer": func() error { _, err := s.SetAnswer(ctx, act("x' OR 1=1", noon), "王", "答复"); return err },
		"SetClosed": func() error { _, err := s.SetClosed(ctx, act("", noon), "王"); return err },
	} {
		if err := call(); !errors.Is(err, inbox.ErrNoTicket) {
			t.Errorf("%s: %v, want ErrNoTicket", name, err)
		}
	}
}

func groups(t *testing.T, open func() inbox.Store) {
	s := open()
	first := add(t, s, question("o-1", "问题"), "")
	second := add(t, s, question("o-2", "问题呢"), first.Number)
	if second.Group != first.Number || second.Number == first.Number {
		t.Fatalf("second is %s in %s, want a number of its own in %s", second.Number, second.Group, first.Number)
	}
	if again := add(t, s, question("o-2", "问题！"), first.Number); again != second {
		t.Fatalf("the same asker again: %+v, want %+v", again, second)
	}
	for _, group := range []string{second.Number, "20231113-9999"} {
		if own := add(t, s, question("o-3", "问题"), group); own.Group != own.Number {
			t.Fatalf("joined %s, which is not the first of a group: %+v", group, own)
		}
	}
	if _, err := s.SetAnswer(t.Context(), act(first.Number, noon), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	if late := add(t, s, question("o-4", "问题"), first.Number); late.Group != late.Number {
		t.Fatalf("joined a group that is answered: %+v", late)
	}
}

func lists(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	one := add(t, s, question("o-1", "问题"), "")
	two := add(t, s, question("o-2", "问题"), one.Number)
	three := add(t, s, inbox.Filing{From: "o-1", Kind: inbox.Handoff, At: noon.Add(-time.Hour)}, "")
	four := add(t, s, inbox.Filing{From: "o-1", Kind: inbox.Suggestion, Text: "建议", At: noon.Add(time.Hour)}, "")
	if _, err := s.SetClosed(ctx, act(four.Number, noon), "王"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.SetAnswer(ctx, act(two.Number, noon), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	five := add(t, s, question("o-5", "问题"), "")
	for _, c := range []struct {
		filter inbox.Filter
		want   []inbox.Ticket
	}{
		{inbox.Filter{}, []inbox.Ticket{three, five}},
		{inbox.Filter{Limit: 1}, []inbox.Ticket{three}},
		{inbox.Filter{Kind: inbox.Question}, []inbox.Ticket{five}},
		{inbox.Filter{Status: inbox.Answered}, []inbox.Ticket{one, two}},
		{inbox.Filter{Status: inbox.Closed, Kind: inbox.Suggestion}, []inbox.Ticket{four}},
		{inbox.Filter{Status: inbox.Closed, Kind: inbox.Question}, nil},
		{inbox.Filter{Group: one.Number}, []inbox.Ticket{one, two}},
		{inbox.Filter{Group: one.Number, Status: inbox.Open}, nil},
		{inbox.Filter{After: three.Number}, []inbox.Ticket{five}},
		{inbox.Filter{After: one.Number, Limit: 1}, []inbox.Ticket{five}}, // it is not open any more
		{inbox.Filter{After: five.Number}, nil},
		{inbox.Filter{After: one.Number, Group: one.Number}, []inbox.Ticket{two}},
	} {
		got, err := s.List(ctx, c.filter)
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(numbersOf(got), numbersOf(c.want)) {
			t.Errorf("%+v: got %q, want %q", c.filter, numbersOf(got), numbersOf(c.want))
		}
	}
	for _, after := range []string{"20231113-9999", "x"} {
		if _, err := s.List(ctx, inbox.Filter{After: after}); !errors.Is(err, problem.ErrCursor) {
			t.Errorf("after %s: %v, want ErrCursor", after, err)
		}
	}
}

func openQuestions(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	one := add(t, s, question("o-1", "甲"), "")
	add(t, s, question("o-2", "甲"), one.Number)
	two := add(t, s, question("o-1", "乙"), "")
	add(t, s, inbox.Filing{From: "o-1", Kind: inbox.Suggestion, Text: "建议", At: noon}, "")
	answered(t, s, "o-3")
	got, err := s.OpenQuestions(ctx, 10)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "open groups, newest first", numbersOf(got), two.Number, one.Number)
	got, err = s.OpenQuestions(ctx, 1)
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "the newest", numbersOf(got), two.Number)
}

func answers(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	one := add(t, s, question("o-1", "问题"), "")
	two := add(t, s, question("o-2", "问题"), one.Number)
	other := add(t, s, question("o-3", "别的"), "")
	at := noon.Add(time.Minute)
	n, err := s.SetAnswer(ctx, act(two.Number, at), "王", "答复")
	if err != nil || n != 2 {
		t.Fatalf("answered %d, %v; want 2", n, err)
	}
	for _, number := range []string{one.Number, two.Number} {
		got := get(t, s, number)
		if got.Status != inbox.Answered || got.Answer != "答复" || got.Owner != "王" || !got.AnsweredAt.Equal(at) || !got.ToldAt.IsZero() || !got.ClosedAt.IsZero() {
			t.Errorf("after the answer: %+v", got)
		}
	}
	if got := get(t, s, other.Number); got != other {
		t.Errorf("another group changed: %+v", got)
	}
	if _, err := s.SetAnswer(ctx, act(one.Number, at), "李", "别的答复"); !errors.Is(err, inbox.ErrAnswered) {
		t.Errorf("second answer: %v, want ErrAnswered", err)
	}
	if _, err := s.SetClosed(ctx, act(one.Number, at), "李"); !errors.Is(err, inbox.ErrAnswered) {
		t.Errorf("close after the answer: %v, want ErrAnswered", err)
	}
	if got := get(t, s, one.Number); got.Answer != "答复" || got.Owner != "王" {
		t.Errorf("the second answer changed %+v", got)
	}
}

func closes(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	one := add(t, s, question("o-1", "问题"), "")
	add(t, s, question("o-2", "问题"), one.Number)
	n, err := s.SetClosed(ctx, act(one.Number, noon), "王")
	if err != nil || n != 2 {
		t.Fatalf("closed %d, %v; want 2", n, err)
	}
	if got := get(t, s, one.Number); got.Status != inbox.Closed || !got.ClosedAt.Equal(noon) || got.Owner != "王" || got.Answer != "" {
		t.Errorf("after closing: %+v", got)
	}
	if _, err := s.SetAnswer(ctx, act(one.Number, noon), "王", "答复"); !errors.Is(err, inbox.ErrClosed) {
		t.Errorf("answer after closing: %v, want ErrClosed", err)
	}
	if got := claim(t, s, 10, noon, noon.Add(time.Minute)); len(got) != 0 {
		t.Errorf("a closed ticket was claimed: %d", len(got))
	}
}
