package inboxtest

import (
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"towncrier/inbox"
)

func empties(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	first := add(t, s, question("o-1", "私事"), "")
	other := add(t, s, question("o-2", "私事"), first.Number)
	done := answered(t, s, "o-1")
	if n, err := s.CountOf(ctx, "o-1"); err != nil || n != 2 {
		t.Errorf("counted %d, %v; want 2", n, err)
	}
	for range 2 {
		if err := s.Empty(ctx, "o-1", noon.Add(time.Hour)); err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, s, first.Number); got.Text != "" || got.Where != "" || got.Status != inbox.Closed || !got.ClosedAt.Equal(noon.Add(time.Hour)) {
		t.Errorf("an open ticket: %+v", got)
	}
	if got := get(t, s, done.Number); got.Text != "" || got.Answer != "" || got.Status != inbox.Answered {
		t.Errorf("an answered ticket: %+v", got)
	}
	if got := get(t, s, other.Number); got != other {
		t.Errorf("another's ticket changed: %+v", got)
	}
	if n, err := s.CountOf(ctx, "o-1"); err != nil || n != 0 {
		t.Errorf("counted %d afterwards, %v", n, err)
	}
	equal(t, "collected", collect(t, s, "o-1", noon.Add(2*time.Hour)))
}

func expires(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	at := func(days int) time.Time { return noon.AddDate(0, 0, days) }
	old, like := add(t, s, question("o-1", "旧"), ""), inbox.Ticket{}
	like = add(t, s, question("o-2", "旧"), old.Number)
	if _, err := s.SetAnswer(ctx, act(like.Number, at(1)), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	closed := add(t, s, question("o-1", "关"), "")
	if _, err := s.SetClosed(ctx, act(closed.Number, at(5)), "王"); err != nil {
		t.Fatal(err)
	}
	waits := add(t, s, question("o-3", "等"), "")
	f := question("o-4", "记下")
	f.Message = "m-1"
	noted := add(t, s, f, "")
	for _, c := range []struct {
		before int
		gone   int
	}{{0, 0}, {1, 2}, {1, 0}, {4, 0}, {5, 1}, {100, 0}} {
		if n, err := s.Expire(ctx, at(c.before), at(c.before), 10); err != nil || n != c.gone {
			t.Errorf("settled before day %d: %d gone, %v; want %d", c.before, n, err, c.gone)
		}
	}
	all, err := s.List(ctx, inbox.Filter{})
	if err != nil {
		t.Fatal(err)
	}
	equal(t, "what waits stays", numbersOf(all), waits.Number, noted.Number)
	if again := add(t, s, f, ""); again.Number == noted.Number {
		t.Error("a message is known for longer than asked")
	}
	for range 3 {
		answered(t, s, "o-5")
	}
	if n, err := s.Expire(ctx, at(1), noon, 2); err != nil || n != 2 {
		t.Errorf("a slice of 2: %d, %v", n, err)
	}
}

// filedOnce files what a crash in between has the platform push again, by many processes at once too.
func filedOnce(t *testing.T, open func() inbox.Store) {
	s := open()
	f := inbox.Filing{From: "o-1", Kind: inbox.Suggestion, Text: "路灯坏了", At: noon, Message: "m-1", Limits: []inbox.Limit{{N: 3, Per: time.Hour}}}
	first := add(t, s, f, "")
	var wait sync.WaitGroup
	got := make([]inbox.Ticket, 8)
	for i := range got {
		process := open()
		wait.Go(func() {
			again := f
			if i%2 == 1 {
				again.Message = "m-2"
			}
			var err error
			if got[i], err = process.Add(t.Context(), again, "", again.At.Add(time.Hour)); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for i := range got {
		if want := got[i%2].Number; got[i].Number != want || i%2 == 0 && want != first.Number {
			t.Errorf("run %d: ticket %s, want %s", i, got[i].Number, want)
		}
	}
	if got[0].Number == got[1].Number {
		t.Error("two messages are one ticket")
	}
	two := f
	two.Text = "井盖也坏了" // one message may be two matters
	if other := add(t, s, two, ""); other.Number == first.Number {
		t.Error("two matters of one message are one ticket")
	}
	if _, err := s.SetClosed(t.Context(), act(first.Number, noon), "王"); err != nil {
		t.Fatal(err)
	}
	if late := add(t, s, f, ""); late.Number != first.Number || late.Status != inbox.Closed {
		t.Errorf("after it was closed: %+v", late)
	}
}

func repliedOnce(t *testing.T, open func() inbox.Store) {
	s := open()
	reply := func(s inbox.Store, i int) (inbox.Ticket, error) {
		return s.AddReply(t.Context(), inbox.SMSReply{From: "19900001234", Text: fmt.Sprint("第", i, "条"), At: noon, Message: fmt.Sprint(i)}, noon, 100, nil)
	}
	var wait sync.WaitGroup
	for i := range 4 {
		process := open()
		wait.Go(func() {
			for n := range 5 {
				if _, err := reply(process, (n+i)%5); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wait.Wait()
	got, err := reply(s, 0)
	if err != nil || got.Messages != 5 || len([]rune(got.Text)) != 5*len([]rune("第0条"))+4 {
		t.Errorf("five replies, each taken four times: %+v, %v", got, err)
	}
	all, err := s.List(t.Context(), inbox.Filter{Kind: inbox.Reply})
	if err != nil || len(all) != 1 {
		t.Errorf("%d tickets, %v", len(all), err)
	}
}

func appends(t *testing.T, open func() inbox.Store) {
	s := open()
	first := add(t, s, inbox.Filing{From: "u", Kind: inbox.Handoff, Text: "人工", At: noon}, "")
	more := func(s inbox.Store, from, text, message string) (inbox.Ticket, error) {
		return s.Append(t.Context(), inbox.Addition{From: from, Number: first.Number, Text: text, At: noon, Message: message}, 20)
	}
	var wait sync.WaitGroup
	for range processes {
		process := open()
		wait.Go(func() {
			if _, err := more(process, "u", "水管漏了", "m-1"); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if got, err := more(s, "u", "楼下也漏", "m-2"); err != nil || got.Text != "人工\n水管漏了\n楼下也漏" || got.Number != first.Number {
		t.Errorf("%+v, %v", got, err)
	}
	for name, err := range map[string]error{
		"of somebody else": second(more(s, "v", "我也问", "m-3")),
		"too long":         second(more(s, "u", "这一句太长了放不下", "m-4")),
	} {
		if !errors.Is(err, inbox.ErrNoTicket) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.SetClosed(t.Context(), act(first.Number, noon), "某人"); err != nil {
		t.Fatal(err)
	}
	if _, err := more(s, "u", "还有", "m-5"); !errors.Is(err, inbox.ErrNoTicket) {
		t.Errorf("to a closed one: %v", err)
	}
	if got := get(t, s, first.Number); got.Text != "人工\n水管漏了\n楼下也漏" {
		t.Errorf("kept %q", got.Text)
	}
}

func second(_ inbox.Ticket, err error) error { return err }

func knownQuestions(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	old := question("o-1", "很早以前问的")
	old.At = noon.AddDate(0, 0, -91)
	if _, err := s.SetAnswer(ctx, act(add(t, s, old, "").Number, noon), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	add(t, s, question("o-1", "没有答复的"), "")
	other := question("o-1", "建议")
	other.Kind = inbox.Suggestion
	if _, err := s.SetAnswer(ctx, act(add(t, s, other, "").Number, noon), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	hint := question("o-5", "有问题的建议")
	hint.Kind = inbox.Suggestion
	if err := s.SetIntent(ctx, act(add(t, s, hint, "").Number, noon), "asked.2"); err != nil {
		t.Fatal(err)
	}
	first := add(t, s, question("o-2", "成了标准答复的"), "")
	like := add(t, s, question("o-3", "成了标准答复的"), first.Number)
	if err := s.SetIntent(ctx, act(like.Number, noon), "asked.1"); err != nil {
		t.Fatal(err)
	}
	answered := answered(t, s, "o-4")
	got, err := s.Questions(ctx, noon.AddDate(0, 0, -90), 10)
	if err != nil || len(got) != 4 || got[3].Intent != "asked.2" || got[0].Number != answered.Number || got[0].Answer == "" || got[1].Intent != "asked.1" || got[2].Intent != "asked.1" {
		t.Errorf("%+v, %v", got, err)
	}
	if got, _ := s.Questions(ctx, noon.AddDate(0, 0, -90), 1); len(got) != 1 {
		t.Error(got)
	}
	if err := s.SetIntent(ctx, act("20231113-9999", noon), "x"); !errors.Is(err, inbox.ErrNoTicket) {
		t.Error(err)
	}
}
