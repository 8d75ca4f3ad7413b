package inboxtest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
)

const wang, li = audit.Actor("staff:wang"), audit.Actor("staff:li")

// three is a group of three, and a ticket of another.
func three(t *testing.T, s inbox.Store) (group, other inbox.Ticket) {
	t.Helper()
	group = add(t, s, question("o-1", "问题"), "")
	for i := range 2 {
		f := question(fmt.Sprint("o-", i+2), "问题呢")
		f.At = noon.Add(time.Duration(i+1) * time.Minute)
		add(t, s, f, group.Number)
	}
	f := question("o-9", "另一个")
	f.At = noon.Add(time.Hour)
	return group, add(t, s, f, "")
}

func listed(t *testing.T, s inbox.Store, f inbox.Filter) (all []string) {
	t.Helper()
	groups, err := s.Groups(t.Context(), f, noon)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range groups {
		all = append(all, fmt.Sprintf("%s ×%d %v %s", g.Number, g.Tickets, g.Proposed, g.Hold.Name))
	}
	return all
}

func holds(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	group, other := three(t, s)
	hold := func(number string, at time.Time, h inbox.Hold, take bool) inbox.Hold {
		t.Helper()
		a := act(number, at)
		a.Actor = h.By
		got, err := s.Hold(ctx, a, h, take)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	looks := func(who audit.Actor, at time.Time) inbox.Hold {
		return inbox.Hold{By: who, Name: string(who[6:]), Until: at.Add(inbox.HoldFor)}
	}
	mine := looks(wang, noon)
	if got := hold(group.Number, noon, mine, false); got != mine {
		t.Errorf("free: %+v", got)
	}
	if got := hold(group.Number, noon.Add(time.Minute), looks(li, noon.Add(time.Minute)), false); got != mine {
		t.Errorf("what another has: %+v", got)
	}
	if want := []string{group.Number + " ×3 false wang", other.Number + " ×1 false "}; !slices.Equal(listed(t, s, inbox.Filter{}), want) {
		t.Errorf("listed %q, want %q", listed(t, s, inbox.Filter{}), want)
	}
	if got := listed(t, s, inbox.Filter{HeldBy: wang, HeldAt: noon}); len(got) != 1 {
		t.Errorf("what wang has: %q", got)
	}
	taken := looks(li, noon)
	if got := hold(group.Number, noon, taken, true); got != taken {
		t.Errorf("taken over: %+v", got)
	}
	late := noon.Add(inbox.HoldFor)
	if got := hold(group.Number, late, looks(wang, late), false); got.By != wang {
		t.Errorf("after its time: %+v", got)
	}
	handed := inbox.Hold{By: li, Name: "li"}
	hold(group.Number, late, handed, true)
	if got := hold(group.Number, late, looks(li, late), false); got != handed {
		t.Errorf("who it was handed to looks: %+v", got)
	}
	if got, _, err := s.Work(ctx, group.Number, noon.AddDate(1, 0, 0)); err != nil || got != handed {
		t.Errorf("a year later: %+v, %v", got, err)
	}
	if got := listed(t, s, inbox.Filter{Newest: true, Limit: 1}); len(got) != 1 || got[0][:13] != other.Number {
		t.Errorf("newest first: %q", got)
	}
	if got := listed(t, s, inbox.Filter{Newest: true, After: other.Number}); len(got) != 1 || got[0][:13] != group.Number {
		t.Errorf("behind the newest: %q", got)
	}
	if _, err := s.SetAnswer(ctx, act(group.Number, noon), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Hold(ctx, act(group.Number, noon), mine, true); !errors.Is(err, inbox.ErrAnswered) {
		t.Errorf("what is answered: %v", err)
	}
}

func notes(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	group, other := three(t, s)
	want := []inbox.Note{{Name: "王", Text: "问过街道了\n\x00", At: noon}, {Name: "李", Text: "等回话", At: noon.Add(time.Minute)}}
	for _, n := range want {
		if err := s.AddNote(ctx, act(group.Number, n.At), n); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.AddNote(ctx, act("20231113-9999", noon), want[0]); !errors.Is(err, inbox.ErrNoTicket) {
		t.Errorf("on nothing: %v", err)
	}
	if _, got, err := open().Work(ctx, group.Number, noon); err != nil || !slices.Equal(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	if err := s.Empty(ctx, "o-2", noon); err != nil { // what was written about somebody goes with them
		t.Fatal(err)
	}
	if err := s.AddNote(ctx, act(other.Number, noon), want[0]); err != nil {
		t.Fatal(err)
	}
	_, gone, err := s.Work(ctx, group.Number, noon)
	_, kept, err2 := s.Work(ctx, other.Number, noon)
	if errors.Join(err, err2) != nil || len(gone) > 0 || len(kept) != 1 {
		t.Errorf("after somebody was erased: %+v and %+v, %v", gone, kept, errors.Join(err, err2))
	}
}

func separates(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	group, other := three(t, s)
	second, third := "20231113-0002", "20231113-0003"
	if err := s.Propose(ctx, act(group.Number, noon), inbox.Proposal{ID: "p", Answer: "答复", Owner: "王", Actor: wang, At: noon}); err != nil {
		t.Fatal(err)
	}
	if err := s.AddNote(ctx, act(group.Number, noon), inbox.Note{Name: "王", Text: "看过", At: noon}); err != nil {
		t.Fatal(err)
	}
	if err := s.Separate(ctx, act(second, noon), []string{group.Number, second, third}); !errors.Is(err, inbox.ErrAllSeparate) {
		t.Errorf("all of it: %v", err)
	}
	for range 2 { // again is harmless
		if err := s.Separate(ctx, act(third, noon), []string{group.Number, other.Number}); err != nil {
			t.Fatal(err)
		}
	}
	if want := []string{group.Number + " ×1 false ", second + " ×2 false ", other.Number + " ×1 false "}; !slices.Equal(listed(t, s, inbox.Filter{}), want) {
		t.Errorf("listed %q, want %q", listed(t, s, inbox.Filter{}), want)
	}
	if _, err := s.Proposal(ctx, second); !errors.Is(err, inbox.ErrProposal) {
		t.Errorf("an answer that was proposed to all: %v", err)
	}
	if _, got, err := s.Work(ctx, second, noon); err != nil || len(got) != 1 {
		t.Errorf("the notes: %+v, %v", got, err)
	}
	if n, err := s.SetAnswer(ctx, act(third, noon), "王", "答复"); err != nil || n != 2 || get(t, s, group.Number).Status != inbox.Open {
		t.Errorf("answered %d, %v; the first is %s", n, err, get(t, s, group.Number).Status)
	}
}

func reopens(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	group, other := three(t, s)
	due, note := noon.AddDate(0, 0, 7), inbox.Note{Name: "王", Text: "此前的答复", At: noon}
	if _, err := s.Reopen(ctx, act(group.Number, noon), due, note); !errors.Is(err, inbox.ErrOpen) {
		t.Errorf("what is open: %v", err)
	}
	if _, err := s.SetAnswer(ctx, act(group.Number, noon), "王", "答复"); err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{group.Number, "20231113-0002"} {
		if err := s.Told(ctx, n, noon); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := s.Reopen(ctx, act("20231113-0003", noon), due, note); err != nil || n != 3 {
		t.Fatalf("%d, %v", n, err)
	}
	if got := get(t, s, group.Number); got.Status != inbox.Open || got.Answer != "" || got.Owner != "" || !got.ToldAt.IsZero() || !got.AnsweredAt.IsZero() || !got.DueAt.Equal(due) {
		t.Errorf("%+v", got)
	}
	if n, err := s.SetAnswer(ctx, act(group.Number, noon), "李", "新的答复"); err != nil || n != 3 {
		t.Errorf("answered again: %d, %v", n, err)
	}
	claimed, err := s.ClaimUntold(ctx, 10, noon, noon.Add(inbox.Lease))
	if err != nil || len(claimed) != 3 || claimed[0].Ticket.Answer != "新的答复" {
		t.Errorf("to be told: %+v, %v", claimed, err)
	}
	if _, err := s.SetClosed(ctx, act(other.Number, noon), "王"); err != nil {
		t.Fatal(err)
	}
	if err := s.Forget(ctx, "o-9"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Reopen(ctx, act(other.Number, noon), due, note); !errors.Is(err, inbox.ErrGone) || !get(t, s, other.Number).Gone {
		t.Errorf("nobody is left: %v", err)
	}
}
