package broadcasttest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
)

func earlyReceipts(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 4)
	p.frozen(t, draft("B1"), upTo(3), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	if got := p.receipts(t, noon, report(c, "biz-1", c.Messages[0], broadcast.Delivered, "DELIVERED"), report(c, "biz-1", c.Messages[1], broadcast.Undelivered, "X")); !slices.Equal(got, []bool{true, true}) {
		t.Fatalf("matched %v", got)
	}
	p.counted(t, "B1", "sms delivered 1", "sms sending 1", "sms undelivered 1")
	p.settle(t, c, accepted, noon)
	p.counted(t, "B1", "sms accepted 1", "sms delivered 1", "sms undelivered 1")
	r := report(c, "biz-1", c.Messages[2], broadcast.Delivered, "DELIVERED")
	r.OutID = ""
	if got := p.receipts(t, noon, r); !got[0] {
		t.Error("not found by the call's handle and the number")
	}
	p.counted(t, "B1", "sms delivered 2", "sms undelivered 1")

	w := draft("B2")
	p.frozen(t, w, []int{0, 2}, broadcast.Template)
	c = p.claim(t, "B2", broadcast.Template, noon)
	if len(c.Messages) != 2 || c.Messages[0].OpenID != openid(0) {
		t.Fatalf("%d letters", len(c.Messages))
	}
	if got := p.receipts(t, noon, report(c, "m-1", c.Messages[0], broadcast.Delivered, "success")); !got[0] {
		t.Error("the one open call to a follower is not found")
	}
	must(t, p.RecordOutcomes(t.Context(), []broadcast.Settled{
		{Delivery: c.Messages[0].Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Accepted, Handle: "m-1"}},
		{Delivery: c.Messages[1].Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Accepted, Handle: "m-2"}},
	}, noon))
	p.counted(t, "B2", "template accepted 1", "template delivered 1")
	if got := p.receipts(t, noon, broadcast.Receipt{Channel: broadcast.Template, Handle: "m-2", OpenID: openid(2), State: broadcast.Undelivered, Code: "failed:user block"}); !got[0] {
		t.Error("not found by the platform's id")
	}
	p.counted(t, "B2", "template delivered 1", "template undelivered 1")
}

// foreignEvents are about messages that another system of the account sent to the same followers while a call of ours was open: they count
// only when the call's answer names them, or when nobody will ever answer.
func foreignEvents(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 14)
	b := draft("B1")
	p.frozen(t, b, []int{0, 2, 4, 6, 8, 10, 12}, broadcast.Template, broadcast.SMS)
	c := p.claim(t, "B1", broadcast.Template, noon)
	for i, l := range c.Messages {
		foreign := report(c, fmt.Sprint("x-", i), l, broadcast.Delivered, "success")
		if got := p.receipts(t, noon, foreign, foreign); !slices.Equal(got, []bool{true, true}) {
			t.Fatalf("matched %v", got)
		}
	}
	ours := report(c, "m-5", c.Messages[5], broadcast.Undelivered, "failed:user block")
	p.receipts(t, noon, ours) // ours comes early, too
	p.counted(t, "B1", "sms planned 7", "template sending 7")
	settled := all(c, failed)
	settled[1].Outcome = broadcast.Outcome{State: broadcast.Accepted, Handle: "m-1"}
	settled[2].Outcome = notSent
	settled[3].Outcome = doubtful
	settled[4].Outcome = broadcast.Outcome{State: broadcast.Accepted, Handle: "x-4"} // it was ours
	settled[5].Outcome = broadcast.Outcome{State: broadcast.Accepted, Handle: "m-5"}
	settled[6].Outcome = doubtful
	must(t, p.RecordOutcomes(t.Context(), settled, noon))
	p.counted(t, "B1", "sms pending 2", "sms planned 5", "template accepted 1", "template delivered 1", "template failed 1", "template in_doubt 2",
		"template pending 1", "template undelivered 1")
	// What is in doubt is refused when it is repeated; or it is too late to ask, and the event is all that anybody knows.
	settled[3].Outcome, settled[6].Outcome = failed, broadcast.Outcome{State: broadcast.Unknown}
	must(t, p.RecordOutcomes(t.Context(), []broadcast.Settled{settled[3], settled[6]}, noon))
	p.counted(t, "B1", "sms pending 3", "sms planned 4", "template accepted 1", "template delivered 2", "template failed 2", "template pending 1",
		"template undelivered 1")
	// The event of the message itself comes in the end; under its id for somebody else it does not count.
	mine := report(c, "m-1", c.Messages[1], broadcast.Delivered, "success")
	other := mine
	other.OpenID = openid(8)
	if got := p.receipts(t, noon, other, mine); !slices.Equal(got, []bool{false, true}) {
		t.Errorf("matched %v", got)
	}
	p.counted(t, "B1", "sms pending 3", "sms planned 4", "template delivered 3", "template failed 2", "template pending 1", "template undelivered 1")
}

// lateEvents come for what is unknown already: soon after the call they are about it, later they are not.
func lateEvents(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 4)
	p.frozen(t, draft("B1"), []int{0, 2}, broadcast.Subscription, broadcast.SMS)
	c := p.claim(t, "B1", broadcast.Subscription, noon)
	p.settle(t, c, broadcast.Outcome{State: broadcast.Unknown}, noon)
	soon, late := report(c, "m-1", c.Messages[0], broadcast.Delivered, "0"), report(c, "m-2", c.Messages[1], broadcast.Delivered, "0")
	if got := p.receipts(t, noon.Add(time.Minute), soon); !got[0] {
		t.Error("an event a minute after the call is not taken for it")
	}
	if got := p.receipts(t, noon.Add(time.Hour), late); got[0] {
		t.Error("an event an hour after the call is taken for it")
	}
	p.counted(t, "B1", "sms planned 2", "subscription delivered 1", "subscription unknown 1")
}

func receipts(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 2)
	p.frozen(t, draft("B1"), upTo(2), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	p.settle(t, c, accepted, noon)
	lost := report(c, "biz-1", c.Messages[0], broadcast.Undelivered, "X")
	for range 2 {
		if got := p.receipts(t, noon, lost, lost); !slices.Equal(got, []bool{true, true}) {
			t.Fatalf("matched %v", got)
		}
		p.counted(t, "B1", "sms accepted 1", "sms undelivered 1")
	}
	p.receipts(t, noon, report(c, "biz-1", c.Messages[0], broadcast.Delivered, "DELIVERED"))
	p.receipts(t, noon, lost)
	p.counted(t, "B1", "sms accepted 1", "sms delivered 1")
	foreign := []broadcast.Receipt{
		{Channel: broadcast.SMS, State: broadcast.Delivered, Handle: "biz-9", Phone: number(1)},
		{Channel: broadcast.SMS, State: broadcast.Delivered, OutID: "B9-1", Phone: number(1)},
		{Channel: broadcast.SMS, State: broadcast.Delivered, OutID: c.OutID, Phone: number(77)},
		{Channel: broadcast.SMS, State: broadcast.Delivered, OutID: "x", Handle: "biz-1"},
		{Channel: broadcast.Template, State: broadcast.Delivered, Handle: "m-1", OpenID: openid(0)},
		{Channel: broadcast.SMS, State: broadcast.Delivered},
	}
	if got := p.receipts(t, noon, foreign...); slices.Contains(got, true) {
		t.Errorf("matched %v", got)
	}
	p.counted(t, "B1", "sms accepted 1", "sms delivered 1")
	if got := p.receipts(t, noon); len(got) != 0 {
		t.Error(got)
	}
}

func fallsBack(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 6)
	p.frozen(t, draft("B1"), []int{0, 2, 4}, broadcast.Subscription, broadcast.Template, broadcast.SMS)
	c := p.claim(t, "B1", broadcast.Subscription, noon)
	settled := all(c, accepted)
	settled[0].Outcome, settled[1].Outcome, settled[2].Outcome.Handle = failed, doubtful, "m-3"
	must(t, p.RecordOutcomes(t.Context(), settled, noon))
	p.counted(t, "B1", "sms planned 3", "subscription accepted 1", "subscription failed 1", "subscription in_doubt 1", "template pending 1", "template planned 2")
	// Known after all: it was refused.
	settled[1].Outcome = failed
	must(t, p.RecordOutcomes(t.Context(), settled[1:2], noon))
	p.receipts(t, noon, report(c, "m-3", c.Messages[2], broadcast.Undelivered, "failed"))
	p.counted(t, "B1", "sms planned 3", "subscription failed 2", "subscription undelivered 1", "template pending 3")
	p.settle(t, p.claim(t, "B1", broadcast.Template, noon), failed, noon)
	p.counted(t, "B1", "sms pending 3", "subscription failed 2", "subscription undelivered 1", "template failed 3")
	// It arrived, the event came late: two got nothing, one needs no text.
	p.receipts(t, noon, report(c, "m-3", c.Messages[2], broadcast.Delivered, "success"))
	p.counted(t, "B1", "sms pending 2", "sms suppressed 1", "subscription delivered 1", "subscription failed 2", "template failed 3")
	p.setStatus(t, "B1", broadcast.Cancelled)
}

func fallsBackLate(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 6)
	for i, f := range []broadcast.Fallback{{Wait: time.Hour, Doubtful: true}, {Wait: time.Hour}, {Doubtful: true}} {
		b := draft(fmt.Sprint("B", i))
		b.Fallback = f
		p.frozen(t, b, []int{2 * i}, broadcast.Template, broadcast.SMS)
		p.settle(t, p.claim(t, b.ID, broadcast.Template, noon), broadcast.Outcome{State: broadcast.Accepted, Handle: fmt.Sprint("m-", i)}, noon)
	}
	for _, step := range []struct {
		at   time.Time
		lost int
	}{{noon.Add(time.Hour - 1), 0}, {noon.Add(time.Hour), 1}, {noon.Add(2 * time.Hour), 0}} {
		swept, err := p.Sweep(t.Context(), step.at, noon.Add(-time.Hour), 10)
		if err != nil || swept.Lost != step.lost {
			t.Fatalf("%+v, %v; want %d lost", swept, err, step.lost)
		}
	}
	p.counted(t, "B0", "sms pending 1", "template accepted 1")
	p.counted(t, "B1", "sms planned 1", "template accepted 1")
	p.settle(t, p.claim(t, "B0", broadcast.SMS, noon), accepted, noon)
	if n, err := p.Doubles(t.Context(), "B0"); err != nil || n != 1 {
		t.Errorf("%d doubles, %v; want 1", n, err)
	}
	if _, err := p.Sweep(t.Context(), noon.Add(72*time.Hour), noon, 10); err != nil {
		t.Fatal(err)
	}
	p.counted(t, "B0", "sms unknown 1", "template unknown 1")
	p.counted(t, "B1", "sms planned 1", "template unknown 1")
	p.counted(t, "B2", "sms pending 1", "template unknown 1")
}

func resends(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 8)
	p.frozen(t, draft("B1"), []int{0, 2, 4, 6}, broadcast.Template, broadcast.SMS)
	c := p.claim(t, "B1", broadcast.Template, noon)
	settled := all(c, failed)
	settled[3].Outcome = accepted
	must(t, p.RecordOutcomes(t.Context(), settled, noon))
	s := p.claim(t, "B1", broadcast.SMS, noon)
	settled = all(s, failed)
	settled[2].Outcome = accepted
	must(t, p.RecordOutcomes(t.Context(), settled, noon))
	p.counted(t, "B1", "sms accepted 1", "sms failed 2", "sms planned 1", "template accepted 1", "template failed 3")
	if newest, err := p.NewestFailures(t.Context(), "B1", 1); err != nil || len(newest) != 1 || newest[0].State != broadcast.Failed || !newest[0].At.Equal(noon) {
		t.Errorf("the newest failure %+v, %v", newest, err)
	}
	for i, want := range []int{2, 0} {
		added := 0
		if n, err := p.Missed(t.Context(), "B1", 2); err != nil || n != want {
			t.Errorf("time %d: %d, %v whom nothing reached, want %d", i, n, err, want)
		}
		for after := int64(0); ; {
			n, next, err := p.Resend(t.Context(), "B1", 2, after, 1, noon)
			must(t, err)
			added += n
			if after = next; after == 0 {
				break
			}
		}
		if added != want {
			t.Errorf("time %d: %d taken up, want %d", i, added, want)
		}
	}
	p.counted(t, "B1", "sms accepted 1", "sms failed 2", "sms planned 3", "template accepted 1", "template failed 3", "template pending 2")
	if c := p.claim(t, "B1", broadcast.Template, noon); len(c.Messages) != 2 || c.Messages[0].OpenID != openid(0) || c.Messages[1].OpenID != openid(2) {
		t.Errorf("%d letters", len(c.Messages))
	}
	if found, _, err := p.Deliveries(t.Context(), "B1", broadcast.DeliveryFilter{Round: 2, Channel: broadcast.SMS}, 0, 9); err != nil || len(found) != 2 {
		t.Errorf("%d of round 2, %v", len(found), err)
	}
}
