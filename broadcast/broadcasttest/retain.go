package broadcasttest

import (
	"errors"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
)

// counts reports why deliveries came to nothing, and what the receipts say is billed.
func counts(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 6)
	p.frozen(t, draft("B1"), []int{0, 2, 4}, broadcast.Template, broadcast.SMS)
	p.settle(t, p.claim(t, "B1", broadcast.Template, noon), broadcast.Outcome{State: broadcast.Failed, Class: "optedout", Code: "43004"}, noon)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	p.settle(t, c, accepted, noon)
	arrived := report(c, "biz-1", c.Messages[0], broadcast.Delivered, "")
	arrived.Parts = 3
	lost := report(c, "biz-1", c.Messages[1], broadcast.Undelivered, "MK:0001")
	lost.Class = "limited"
	p.receipts(t, noon, arrived, lost)
	p.receipts(t, noon, arrived)
	if got, err := p.Billed(t.Context(), "B1"); err != nil || got != (broadcast.Billed{Texts: 1, Parts: 3}) {
		t.Errorf("billed %+v, %v", got, err)
	}
	got, err := p.Failures(t.Context(), "B1")
	want := []broadcast.Failure{
		{Channel: broadcast.Template, State: broadcast.Failed, Class: "optedout", Code: "43004", N: 3},
		{Channel: broadcast.SMS, State: broadcast.Undelivered, Class: "limited", Code: "MK:0001", N: 1},
	}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("failures %+v, %v; want %+v", got, err, want)
	}
}

// countsOfCommittees counts of a broadcast what its recipients who are a committee's got, and nothing of other broadcasts or others' residents.
func countsOfCommittees(t *testing.T, open Open) {
	p := open()
	for _, code := range []string{"C-1", "C-2"} {
		_, err := p.Roster.PutCommittee(t.Context(), roster.Committee{Code: code, Name: code}, act("committee.put", code))
		must(t, err)
	}
	for n, committee := range []string{"C-1", "C-2", "C-1", "C-2", "C-1", ""} {
		p.save(t, roster.Resident{ID: subject(n), Phone: number(n), PhoneFrom: roster.FromImport, PlaceFrom: roster.FromImport, Committee: committee, CreatedAt: noon, UpdatedAt: noon})
	}
	p.frozen(t, draft("B0"), upTo(6), broadcast.SMS)
	p.frozen(t, draft("B1"), upTo(6), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	p.settle(t, c, accepted, noon)
	lost := report(c, "biz-1", c.Messages[0], broadcast.Undelivered, "MK:0001") // resident 0 is C-1's
	lost.Class = "limited"
	p.receipts(t, noon, lost)
	sms := func(s broadcast.State, n int) broadcast.Count {
		return broadcast.Count{Channel: broadcast.SMS, State: s, N: n}
	}
	for committee, want := range map[string]broadcast.CommitteeCounts{
		"C-1": {Counts: []broadcast.Count{sms(broadcast.Accepted, 2), sms(broadcast.Undelivered, 1)},
			Failures: []broadcast.Failure{{Channel: broadcast.SMS, State: broadcast.Undelivered, Class: "limited", Code: "MK:0001", N: 1}}},
		"C-2": {Counts: []broadcast.Count{sms(broadcast.Accepted, 2)}},
		"C-3": {},
	} {
		got, err := p.CommitteeCounts(t.Context(), "B1", committee)
		if err != nil || !slices.Equal(got.Counts, want.Counts) || !slices.Equal(got.Failures, want.Failures) || len(got.Reasons) > 0 || got.Doubles > 0 {
			t.Errorf("of %s: %+v, %v; want %+v", committee, got, err, want)
		}
	}
}

// forgets drops who the recipients of an ended broadcast were, in slices, and nothing that is counted.
func forgets(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 6)
	ctx, end := t.Context(), noon.Add(time.Millisecond)
	p.frozen(t, draft("B1"), []int{0, 2, 4}, broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	p.settle(t, c, accepted, noon)
	p.receipts(t, noon, report(c, "biz-1", c.Messages[0], broadcast.Delivered, ""), report(c, "biz-1", c.Messages[1], broadcast.Undelivered, "X"))
	p.frozen(t, draft("B2"), []int{0}, broadcast.SMS) // goes on
	p.create(t, draft("B3"))
	p.setStatus(t, "B3", broadcast.Cancelled) // never begun
	p.setStatus(t, "B1", broadcast.Expired)

	if ids, err := p.Ended(ctx, noon, 9); err != nil || len(ids) != 0 {
		t.Errorf("%v, %v: have not ended before", ids, err)
	}
	ids, err := p.Ended(ctx, end, 9)
	if slices.Sort(ids); err != nil || !slices.Equal(ids, []string{"B1", "B3"}) {
		t.Fatalf("ended %v, %v", ids, err)
	}
	before, audited := p.deliveries(t, "B1"), p.Audited(t)
	forget := func(id string) (slices int) {
		for after := int64(0); ; slices++ {
			next, err := p.Forget(ctx, id, after, 2, act("broadcast.forget", id))
			must(t, err)
			if next == 0 {
				return slices + 1
			}
			after = next
		}
	}
	if next, err := p.Forget(ctx, "B1", 0, 2, act("broadcast.forget", "B1")); err != nil || next != 2 { // cut off there
		t.Fatal(next, err)
	}
	if got := forget("B1") + forget("B3"); got != 3 || p.Audited(t) != audited+2 {
		t.Errorf("%d slices, %d entries", got, p.Audited(t)-audited)
	}
	if forget("B1"); p.Audited(t) != audited+2 {
		t.Error("it was forgotten twice")
	}
	if forget("B2"); len(p.claim(t, "B2", broadcast.SMS, noon).Messages) != 1 {
		t.Error("one that goes on was forgotten")
	}
	if ids, err := p.Ended(ctx, end, 9); err != nil || len(ids) != 0 {
		t.Errorf("%v, %v are forgotten", ids, err)
	}
	b, err := p.Get(ctx, "B1")
	if err != nil || !b.ForgottenAt.Equal(noon) || b.Frozen != 3 {
		t.Errorf("%+v, %v", b, err)
	}
	p.counted(t, "B1", "sms accepted 1", "sms delivered 1", "sms undelivered 1")
	for i, d := range p.deliveries(t, "B1") {
		was := before[i]
		if was.Subject == "" || was.Handle == "" {
			t.Fatalf("before: %+v", was)
		}
		if was.Subject, was.Handle = "", ""; d != was {
			t.Errorf("%+v, want %+v", d, was)
		}
	}
	if sent, err := p.DeliveriesTo(ctx, subject(2), 9); err != nil || len(sent) != 0 {
		t.Errorf("a resident is still led to %+v, %v", sent, err)
	}
	if _, err := p.Forget(ctx, "B9", 0, 2, act("x", "B9")); !errors.Is(err, broadcast.ErrNoBroadcast) {
		t.Errorf("%v, want ErrNoBroadcast", err)
	}
}

// unusedLists are those that nothing names that goes on, or that ended lately.
func unusedLists(t *testing.T, open Open) {
	p := open()
	ctx := t.Context()
	for _, id := range []string{"LAAAAAAAAAA", "LBBBBBBBBBB", "LCCCCCCCCCC"} {
		must(t, p.CreateList(ctx, broadcast.NumberList{ID: id, Title: id, CreatedAt: noon}, act("list.new", id)))
		must(t, p.AddNumbers(ctx, id, []phone.Number{number(1)}, act("list.add", id)))
	}
	b := draft("B1")
	b.Audience = broadcast.Rule{And: []broadcast.Rule{{List: "LAAAAAAAAAA"}, {Not: &broadcast.Rule{List: "LBBBBBBBBBB"}}}}
	p.create(t, b)
	unused := func(before time.Time, want ...string) {
		t.Helper()
		if got, err := p.UnusedLists(ctx, before); err != nil || !slices.Equal(got, want) {
			t.Errorf("%v, %v; want %v", got, err, want)
		}
	}
	unused(noon)
	unused(noon.Add(time.Millisecond), "LCCCCCCCCCC")
	p.setStatus(t, "B1", broadcast.Cancelled)
	unused(noon.Add(time.Millisecond), "LAAAAAAAAAA", "LBBBBBBBBBB", "LCCCCCCCCCC")
}
