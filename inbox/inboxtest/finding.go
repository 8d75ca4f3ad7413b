package inboxtest

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/problem"
)

func finds(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	box := inbox.New(s, func() time.Time { return noon.Add(24 * time.Hour) })
	file := func(text, where string, at time.Time) inbox.Ticket {
		t.Helper()
		ticket, err := s.Add(ctx, inbox.Filing{From: "o-1", Kind: inbox.Suggestion, Text: text, Where: where, At: at}, "", at.Add(12*time.Hour-time.Second))
		if err != nil {
			t.Fatal(err)
		}
		return ticket
	}
	lamp := file("路灯坏了", "演示路", noon) // due in a second less than twelve hours: on the day itself
	gate := file("WiFi 断了", "路灯旁", noon.Add(time.Hour))
	tree := file("修剪树枝", "", noon.Add(24*time.Hour))
	later := file("还是路灯", "", noon.Add(48*time.Hour))
	if _, err := s.SetAnswer(ctx, act(gate.Number, noon), "王", "已派人检修Lamp"); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		what   string
		filter inbox.Filter
		text   string
		want   []inbox.Ticket
	}{
		{"open ones", inbox.Filter{}, "路灯", []inbox.Ticket{lamp, later}},
		{"whatever their state", inbox.Filter{Status: inbox.AnyStatus}, "路灯", []inbox.Ticket{lamp, gate, later}},
		{"in the answer, whatever the case", inbox.Filter{Status: inbox.Answered}, "lAMP", []inbox.Ticket{gate}},
		{"nothing", inbox.Filter{}, "下水道", nil},
		{"filed on two days", inbox.Filter{FiledFrom: noon.Add(time.Hour), FiledBefore: noon.Add(48 * time.Hour), Status: inbox.AnyStatus}, "", []inbox.Ticket{gate, tree}},
		{"overdue", box.DueOn(inbox.Filter{}, inbox.Overdue), "", []inbox.Ticket{lamp}},
		{"due today", box.DueOn(inbox.Filter{}, inbox.DueToday), "", []inbox.Ticket{tree}},
		{"somebody's", inbox.Filter{Status: inbox.AnyStatus, By: "staff:wang", ByName: "王"}, "", []inbox.Ticket{gate}},
		{"a namesake's", inbox.Filter{Status: inbox.AnyStatus, By: "staff:other", ByName: "王"}, "", nil},
	} {
		got, next, err := box.Find(ctx, c.filter, c.text)
		if err != nil || next != "" || !slices.Equal(numbersOf(got), numbersOf(c.want)) {
			t.Errorf("%s: %q, next %q, %v; want %q", c.what, numbersOf(got), next, err, numbersOf(c.want))
		}
	}
	// Page by page, of a size and from a cursor.
	var all []string
	for after, pages := "", 0; ; pages++ {
		got, next, err := box.Find(ctx, inbox.Filter{Status: inbox.AnyStatus, Limit: 1, After: after}, "路灯")
		if err != nil || pages > 4 {
			t.Fatalf("page %d: %v", pages, err)
		}
		all = append(all, numbersOf(got)...)
		if after = next; next == "" {
			break
		}
	}
	if want := numbersOf([]inbox.Ticket{lamp, gate, later}); !slices.Equal(all, want) {
		t.Errorf("page by page: %q, want %q", all, want)
	}
	if _, _, err := box.Find(ctx, inbox.Filter{After: "20231113-9999"}, "路灯"); !errors.Is(err, problem.ErrCursor) {
		t.Errorf("a cursor that none is: %v", err)
	}
}

func counts(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	today := time.Date(2023, 11, 12, 16, 0, 0, 0, time.UTC) // noon's day
	due := func(kind inbox.Kind, at time.Time) inbox.Ticket {
		t.Helper()
		ticket, err := s.Add(ctx, inbox.Filing{From: "o-1", Kind: kind, Text: "事项", At: noon}, "", at)
		if err != nil {
			t.Fatal(err)
		}
		return ticket
	}
	due(inbox.Suggestion, today.Add(-time.Second))
	due(inbox.Handoff, today.Add(-48*time.Hour))
	due(inbox.Suggestion, today)
	due(inbox.Suggestion, today.Add(24*time.Hour))
	over := due(inbox.Suggestion, today.Add(-time.Hour))
	if _, err := s.SetClosed(ctx, act(over.Number, noon), "王"); err != nil {
		t.Fatal(err)
	}
	got, err := s.Counts(ctx, today, today.Add(24*time.Hour))
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(got.Statuses, map[inbox.Status]int{inbox.Open: 4, inbox.Closed: 1}) || !maps.Equal(got.Kinds, map[inbox.Kind]int{inbox.Suggestion: 3, inbox.Handoff: 1}) ||
		got.Overdue != 2 || got.Today != 1 || !got.OverdueSince.Equal(today.Add(-48*time.Hour)) || got.Proposed != 0 {
		t.Errorf("%+v", got)
	}
}

func proposals(t *testing.T, open func() inbox.Store) {
	s, ctx := open(), t.Context()
	var tickets []inbox.Ticket
	for i, by := range []string{"wang", "li", "wang"} {
		ticket := add(t, s, question(fmt.Sprintf("o-%d", i), "问题"), "")
		tickets = append(tickets, ticket)
		p := inbox.Proposal{ID: fmt.Sprintf("p%d", i), Answer: "答复", Owner: by, Actor: audit.Staff(by), At: noon.Add(-time.Duration(i) * time.Hour)}
		if err := s.Propose(ctx, act(ticket.Number, noon), p); err != nil {
			t.Fatal(err)
		}
	}
	for by, want := range map[string][]string{"wang": {tickets[1].Number}, "li": {tickets[2].Number, tickets[0].Number}, "zhao": {tickets[2].Number, tickets[1].Number}} {
		got, err := s.Proposed(ctx, audit.Staff(by), 2)
		if err != nil {
			t.Fatal(err)
		}
		var numbers []string
		for _, p := range got {
			if numbers = append(numbers, p.Ticket); p.Proposal.Answer != "答复" || p.Proposal.ID == "" || p.Proposal.At.IsZero() {
				t.Errorf("%+v", p)
			}
		}
		if !slices.Equal(numbers, want) {
			t.Errorf("for %s: %q, want %q", by, numbers, want)
		}
	}
	// Whoever approves sends the proposer's answer: it is theirs.
	if _, err := s.Approve(ctx, audit.Act{Actor: audit.Staff("li"), Subject: tickets[0].Number, At: noon}, "p0"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.List(ctx, inbox.Filter{Status: inbox.Answered, By: audit.Staff("wang"), ByName: "-"}); err != nil || len(got) != 1 {
		t.Errorf("the proposer's: %q, %v", numbersOf(got), err)
	}
}
