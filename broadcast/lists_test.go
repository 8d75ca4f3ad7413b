package broadcast_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
)

func (w *cityFixture) act(action, subject string) audit.Act {
	return audit.Act{Actor: audit.System("test"), Action: action, Subject: subject, At: w.now}
}

// list uploads the numbers of the first n residents of C1, and of nobody until there are 20.
func (w *cityFixture) list(id string, n int) {
	w.Helper()
	if err := w.store.CreateList(w.Context(), broadcast.NumberList{ID: id, Title: "名单", CreatedAt: w.now}, w.act("list.new", id)); err != nil {
		w.Fatal(err)
	}
	var numbers []phone.Number
	for i := range n {
		numbers = append(numbers, phone.Number(fmt.Sprintf("1990000%s0%d%d", "1", i/10, i%10)))
	}
	for i := n; i < 20; i++ {
		numbers = append(numbers, phone.Number(fmt.Sprintf("19900009%03d", i)))
	}
	if err := w.store.AddNumbers(w.Context(), id, numbers, w.act("list.add", id)); err != nil {
		w.Fatal(err)
	}
}

// TestListsAreFrozenOnSubmission: nobody gets onto the list of what waits for an approval, or has one.
func TestListsAreFrozenOnSubmission(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	w.list("LAAAAAAAAAA", 8)
	p := proposal()
	p.Audience = broadcast.Rule{List: "LAAAAAAAAAA"}
	b := w.draft(p)
	add := func(number phone.Number) error {
		return w.store.AddNumbers(ctx, "LAAAAAAAAAA", []phone.Number{number}, w.act("list.add", "LAAAAAAAAAA"))
	}
	if err := add("19900008001"); err != nil {
		t.Errorf("added to the list of a draft: %v", err)
	}
	refused := func() {
		t.Helper()
		inUse, ok := errors.AsType[*broadcast.ListInUseError](add("19900008002"))
		if !ok || inUse.By != b.ID || !strings.Contains(inUse.Error(), p.Title) || !strings.Contains(inUse.Error(), b.ID) {
			t.Errorf("added to the list of what is %s: %v", w.ok(w.store.Get(ctx, b.ID)).Status, inUse)
		}
	}
	b = w.ok(w.service.Submit(ctx, author, b.ID))
	refused()
	w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash))
	refused()
	w.ok(w.service.Schedule(ctx, author, b.ID))
	refused()

	// An edit takes the approval back: then the list may change, and the new approval is for what is on it by then.
	w.ok(w.service.Edit(ctx, author, b.ID, 0, p))
	if err := add("19900008002"); err != nil {
		t.Errorf("added to the list of what was edited: %v", err)
	}
	again := w.ok(w.service.Submit(ctx, author, b.ID))
	if again.Lists[0].Numbers != b.Lists[0].Numbers+1 || string(again.Lists[0].Digest) == string(b.Lists[0].Digest) {
		t.Errorf("submitted with %+v, before with %+v", again.Lists, b.Lists)
	}
	w.refuses(failure(w.service.Approve(ctx, approver, b.ID, b.Hash)), broadcast.ErrChanged)

	// Whoever is erased leaves the list: nobody is added by that, and the approval stays.
	r, err := w.roster.FindByPhone(ctx, "19900001000")
	if err == nil {
		err = w.roster.Erase(ctx, audit.System("test"), r.ID)
	}
	if err != nil {
		t.Fatal(err)
	}
	w.ok(w.service.Approve(ctx, approver, b.ID, again.Hash))
	w.ok(w.service.Schedule(ctx, author, b.ID))
	w.now = at(8, 10, 0)
	w.ok(w.service.Start(ctx, b.ID))
	w.is(b, broadcast.Freezing)
}

// TestAnotherPassageHolds: a broadcast does not go when what it rests on reads otherwise than when it was approved.
func TestAnotherPassageHolds(t *testing.T) {
	w := newCityFixture(t)
	b := w.scheduled(proposal())
	w.lib.Notices["N1"].Passages[0].Text = "遛狗不用牵绳。"
	w.now = at(8, 10, 0)
	b = w.ok(w.service.Start(t.Context(), b.ID))
	if w.is(b, broadcast.Held); !strings.Contains(b.Why, "公告的原文在批准之后改动过") {
		t.Errorf("held because %s", b.Why)
	}
	w.refuses(failure(w.service.Confirm(t.Context(), approver, b.ID)), broadcast.ErrChanged)
}

// TestAListIsItsCommittees: a committee uses its own lists and knows of no others; of a city's broadcast that names its list it learns no
// more than that there is one.
func TestAListIsItsCommittees(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	committee, another := ofC1, broadcast.Official{ID: "c2", Committee: "C2"}
	l, err := w.service.NewNumberList(ctx, committee, "独居老人")
	if err != nil || l.Committee != "C1" || l.Author != "c1" {
		t.Fatalf("%+v, %v", l, err)
	}
	rows := []broadcast.NumberRow{{Row: 1, Text: " "}, {Row: 2, Text: "12345"}, {Row: 3, Fault: "无法读取"}}
	for n := range 20 {
		rows = append(rows, broadcast.NumberRow{Row: 4 + n, Text: fmt.Sprintf("199 0000 70%02d", n)})
	}
	added, err := w.service.AddNumbers(ctx, committee, l.ID, rows)
	if err != nil || added.Lines != 20 || added.Wrong != 2 || len(added.Faults) != 2 || added.Faults[0].Row != 2 || added.Faults[1] != (broadcast.RowFault{Row: 3, Reason: "无法读取"}) {
		t.Errorf("added %+v, %v", added, err)
	}
	_, err = w.service.AddNumbers(ctx, another, l.ID, rows)
	for _, err := range []error{err, w.service.DeleteNumberList(ctx, another, l.ID)} {
		if !errors.Is(err, broadcast.ErrNoList) {
			t.Errorf("another committee: %v, want ErrNoList", err)
		}
	}
	if all, err := w.service.NumberLists(ctx, another); err != nil || len(all) != 0 {
		t.Errorf("another committee sees %+v, %v", all, err)
	}

	p := proposal()
	p.Audience = broadcast.Rule{List: l.ID}
	w.ok(w.service.Submit(ctx, author, w.draft(p).ID))
	for by, tells := range map[broadcast.Official]bool{committee: false, author: true} {
		err := w.service.DeleteNumberList(ctx, by, l.ID)
		if _, inUse := errors.AsType[*broadcast.ListInUseError](err); !inUse || strings.Contains(err.Error(), p.Title) != tells {
			t.Errorf("%s: %v", by.ID, err)
		}
	}
}
