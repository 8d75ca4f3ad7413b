package broadcasttest

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
)

var (
	accepted = broadcast.Outcome{State: broadcast.Accepted, Handle: "biz-1"}
	failed   = broadcast.Outcome{State: broadcast.Failed, Class: "refused", Code: "isv.MOBILE_NUMBER_ILLEGAL"}
	notSent  = broadcast.Outcome{State: broadcast.Pending, Class: "retry", Wait: time.Minute}
	doubtful = broadcast.Outcome{State: broadcast.InDoubt, Class: "in_doubt", Wait: time.Minute}
)

func freezes(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 5)
	p.create(t, draft("B1"))
	first := broadcast.Slice{Next: "2", Recipients: []broadcast.Recipient{
		{Subject: subject(0), Channels: []broadcast.Channel{broadcast.Template, broadcast.SMS}},
		{Subject: subject(1), Reason: broadcast.OptedOut},
	}}
	if written, err := p.Freeze(t.Context(), "B1", first, noon); err != nil || written {
		t.Fatalf("a draft is frozen: %t, %v", written, err)
	}
	p.turn(t, "B1", broadcast.Freezing)
	for i := range 2 {
		if written, err := p.Freeze(t.Context(), "B1", first, noon); err != nil || written != (i == 0) {
			t.Fatalf("time %d: %t, %v", i, written, err)
		}
	}
	if after, whole, err := p.Frontier(t.Context(), "B1"); err != nil || after != "2" || whole {
		t.Fatal(after, whole, err)
	}
	last := broadcast.Slice{After: "2", Recipients: []broadcast.Recipient{{Subject: subject(2), Channels: []broadcast.Channel{broadcast.SMS}}}}
	for i := range 2 {
		if written, err := p.Freeze(t.Context(), "B1", last, noon.Add(time.Second)); err != nil || written != (i == 0) {
			t.Fatalf("time %d: %t, %v", i, written, err)
		}
	}
	if _, whole, err := p.Frontier(t.Context(), "B1"); err != nil || !whole {
		t.Fatal(whole, err)
	}
	b, err := p.Get(t.Context(), "B1")
	if err != nil || b.Frozen != 3 || !b.FrozenAt.Equal(noon.Add(time.Second)) {
		t.Errorf("%+v, %v", b, err)
	}
	p.counted(t, "B1", " suppressed 1", "sms pending 1", "sms planned 1", "template pending 1")
	if why, err := p.Reasons(t.Context(), "B1"); err != nil || len(why) != 1 || why[broadcast.OptedOut] != 1 {
		t.Errorf("%v, %v", why, err)
	}
	suppressed, _, err := p.Deliveries(t.Context(), "B1", broadcast.DeliveryFilter{State: broadcast.Suppressed}, 0, 9)
	if err != nil || len(suppressed) != 1 || suppressed[0].Subject != subject(1) || suppressed[0].Reason != broadcast.OptedOut || suppressed[0].Recipient != 2 {
		t.Errorf("%+v, %v", suppressed, err)
	}
}

func freezesOnce(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	p.create(t, draft("B1"))
	p.turn(t, "B1", broadcast.Freezing)
	sms := []broadcast.Channel{broadcast.SMS}
	one := broadcast.Recipient{Subject: subject(0), Channels: sms}
	slice := broadcast.Slice{Next: "2", Recipients: []broadcast.Recipient{one, {Subject: subject(77), Channels: sms}, {Subject: subject(1), Channels: sms}}}
	if written, err := p.Freeze(t.Context(), "B1", slice, noon); err != nil || !written {
		t.Fatal(written, err)
	}
	p.counted(t, "B1", "sms pending 2")
	slice = broadcast.Slice{After: "2", Recipients: []broadcast.Recipient{one, {Subject: subject(2), Channels: sms}}}
	if written, err := p.Freeze(t.Context(), "B1", slice, noon); err != nil || !written {
		t.Fatal(written, err)
	}
	p.counted(t, "B1", "sms pending 3")
	if b, err := p.Get(t.Context(), "B1"); err != nil || b.Frozen != 3 {
		t.Errorf("%d recipients, %v; want 3", b.Frozen, err)
	}
}

func sends(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 5)
	p.frozen(t, draft("B1"), upTo(5), broadcast.SMS)
	chunks, err := p.Chunks(t.Context(), "B1", broadcast.SMS, 0, 2, 9, noon)
	must(t, err)
	if len(chunks) != 3 || chunks[0].To >= chunks[1].From || chunks[2].From != chunks[2].To {
		t.Fatalf("%+v", chunks)
	}
	rest, err := p.Chunks(t.Context(), "B1", broadcast.SMS, chunks[0].To, 9, 1, noon)
	if err != nil || len(rest) != 1 || rest[0].From != chunks[1].From || rest[0].To != chunks[2].To {
		t.Fatalf("%+v, %v", rest, err)
	}
	c, err := p.Claim(t.Context(), chunks[0], noon, noon.Add(lease))
	must(t, err)
	if len(c.Letters) != 2 || c.Letters[0].Phone != number(0) || c.Letters[1].Phone != number(1) || c.OutID != fmt.Sprintf("B1-%d", c.ID) {
		t.Fatalf("%d letters, %s", len(c.Letters), c.OutID)
	}
	if again, err := open().Claim(t.Context(), chunks[0], noon, noon.Add(lease)); err != nil || len(again.Letters) != 0 {
		t.Fatalf("claimed twice: %d, %v", len(again.Letters), err)
	}
	p.counted(t, "B1", "sms pending 3", "sms sending 2")
	must(t, p.Settle(t.Context(), []broadcast.Settled{
		{Delivery: c.Letters[0].Delivery, Claim: c.ID, Outcome: accepted},
		{Delivery: c.Letters[1].Delivery, Claim: c.ID, Outcome: failed},
	}, noon.Add(time.Second)))
	p.counted(t, "B1", "sms accepted 1", "sms failed 1", "sms pending 3")
	got := p.deliveries(t, "B1")[:2]
	want := broadcast.Delivery{ID: c.Letters[0].Delivery, Broadcast: "B1", Recipient: 1, Subject: subject(0), Channel: broadcast.SMS, Round: 1,
		State: broadcast.Accepted, Handle: "biz-1", OutID: c.OutID, Tries: 1, SentAt: noon, UpdatedAt: noon.Add(time.Second)}
	if got[0] != want {
		t.Errorf("%+v, want %+v", got[0], want)
	}
	if got[1].State != broadcast.Failed || got[1].Class != "refused" || got[1].Code != failed.Code || !got[1].SentAt.IsZero() {
		t.Errorf("%+v", got[1])
	}
	// What was settled stays so.
	p.settle(t, c, notSent, noon.Add(time.Minute))
	p.counted(t, "B1", "sms accepted 1", "sms failed 1", "sms pending 3")
}

func later(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 2)
	p.frozen(t, draft("B1"), upTo(2), broadcast.SMS)
	first := p.claim(t, "B1", broadcast.SMS, noon)
	p.settle(t, first, notSent, noon)
	p.counted(t, "B1", "sms pending 2")
	if c := p.claim(t, "B1", broadcast.SMS, noon.Add(time.Minute-1)); len(c.Letters) != 0 {
		t.Fatal("claimed before its time")
	}
	if c, err := p.Claim(t.Context(), broadcast.Chunk{Broadcast: "B1", Channel: broadcast.SMS, From: 0, To: 1 << 40}, noon, noon.Add(lease)); err != nil || len(c.Letters) != 0 {
		t.Fatalf("claimed before its time: %d, %v", len(c.Letters), err)
	}
	c := p.claim(t, "B1", broadcast.SMS, noon.Add(time.Minute))
	if len(c.Letters) != 2 || c.Letters[0].OutID == first.Letters[0].OutID {
		t.Fatalf("%d letters under %v", len(c.Letters), c.Letters)
	}
	// The first call's worker comes late: it has no say any more.
	p.settle(t, first, failed, noon.Add(time.Minute))
	p.counted(t, "B1", "sms sending 2")
}

func leaseEnds(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	p.frozen(t, draft("B1"), upTo(3), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	must(t, p.Settle(t.Context(), all(c, accepted)[:1], noon))
	for _, step := range []struct {
		at   time.Time
		want int
	}{{noon.Add(lease - time.Millisecond), 0}, {noon.Add(lease), 2}, {noon.Add(time.Hour), 0}} {
		swept, err := p.Sweep(t.Context(), step.at, noon.Add(-time.Hour), 10)
		if err != nil || swept.Doubtful != step.want || swept.Unknown != 0 || swept.Lost != 0 {
			t.Fatalf("at %s: %+v, %v", step.at, swept, err)
		}
	}
	p.counted(t, "B1", "sms accepted 1", "sms in_doubt 2")
	// Its worker lives after all, and knows.
	must(t, p.Settle(t.Context(), all(c, accepted)[1:2], noon.Add(time.Hour)))
	p.counted(t, "B1", "sms accepted 2", "sms in_doubt 1")
}

func doubts(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 2)
	p.frozen(t, draft("B1"), upTo(2), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	p.settle(t, c, doubtful, noon)
	due := noon.Add(time.Minute)
	ask := func(now time.Time) []broadcast.Doubtful {
		t.Helper()
		found, err := p.Doubts(t.Context(), broadcast.SMS, now, now.Add(lease), 10)
		must(t, err)
		return found
	}
	if found := ask(due.Add(-1)); len(found) != 0 {
		t.Fatalf("%d before their time", len(found))
	}
	found := ask(due)
	if len(found) != 2 {
		t.Fatalf("%d in doubt, want 2", len(found))
	}
	slices.SortFunc(found, func(a, b broadcast.Doubtful) int { return int(a.Delivery - b.Delivery) })
	d := found[0]
	if d.Phone != number(0) || !d.SentAt.Equal(noon) || d.CallOutID != c.OutID || d.OutID != c.Letters[0].OutID || d.Claim != c.ID || d.Broadcast != "B1" || d.Absent != 0 {
		t.Errorf("%s %s %d %s %d", d.SentAt, d.CallOutID, d.Claim, d.Broadcast, d.Absent)
	}
	if again := ask(due); len(again) != 0 {
		t.Fatalf("%d are handed out twice", len(again))
	}
	must(t, p.Settle(t.Context(), []broadcast.Settled{
		{Delivery: found[0].Delivery, Claim: c.ID, Outcome: doubtful, Absent: true},
		{Delivery: found[1].Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Delivered, Code: "DELIVERED"}},
	}, due))
	p.counted(t, "B1", "sms delivered 1", "sms in_doubt 1")
	found = ask(due.Add(time.Minute))
	if len(found) != 1 || found[0].Absent != 1 {
		t.Fatalf("%+v", len(found))
	}
	must(t, p.Settle(t.Context(), []broadcast.Settled{{Delivery: d.Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Pending}}}, due))
	p.counted(t, "B1", "sms delivered 1", "sms pending 1")
}

func earlyReceipts(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 4)
	p.frozen(t, draft("B1"), upTo(3), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	if got := p.receipts(t, noon, report(c, "biz-1", c.Letters[0], broadcast.Delivered, "DELIVERED"), report(c, "biz-1", c.Letters[1], broadcast.Undelivered, "X")); !slices.Equal(got, []bool{true, true}) {
		t.Fatalf("matched %v", got)
	}
	p.counted(t, "B1", "sms delivered 1", "sms sending 1", "sms undelivered 1")
	p.settle(t, c, accepted, noon)
	p.counted(t, "B1", "sms accepted 1", "sms delivered 1", "sms undelivered 1")
	r := report(c, "biz-1", c.Letters[2], broadcast.Delivered, "DELIVERED")
	r.OutID = ""
	if got := p.receipts(t, noon, r); !got[0] {
		t.Error("not found by the call's handle and the number")
	}
	p.counted(t, "B1", "sms delivered 2", "sms undelivered 1")

	w := draft("B2")
	p.frozen(t, w, []int{0, 2}, broadcast.Template)
	c = p.claim(t, "B2", broadcast.Template, noon)
	if len(c.Letters) != 2 || c.Letters[0].OpenID != openid(0) {
		t.Fatalf("%d letters", len(c.Letters))
	}
	if got := p.receipts(t, noon, report(c, "m-1", c.Letters[0], broadcast.Delivered, "success")); !got[0] {
		t.Error("the one open call to a follower is not found")
	}
	must(t, p.Settle(t.Context(), []broadcast.Settled{
		{Delivery: c.Letters[0].Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Accepted, Handle: "m-1"}},
		{Delivery: c.Letters[1].Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Accepted, Handle: "m-2"}},
	}, noon))
	p.counted(t, "B2", "template accepted 1", "template delivered 1")
	if got := p.receipts(t, noon, broadcast.Receipt{Channel: broadcast.Template, Handle: "m-2", OpenID: openid(2), State: broadcast.Undelivered, Code: "failed:user block"}); !got[0] {
		t.Error("not found by the platform's id")
	}
	p.counted(t, "B2", "template delivered 1", "template undelivered 1")
}

func receipts(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 2)
	p.frozen(t, draft("B1"), upTo(2), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	p.settle(t, c, accepted, noon)
	lost := report(c, "biz-1", c.Letters[0], broadcast.Undelivered, "X")
	for range 2 {
		if got := p.receipts(t, noon, lost, lost); !slices.Equal(got, []bool{true, true}) {
			t.Fatalf("matched %v", got)
		}
		p.counted(t, "B1", "sms accepted 1", "sms undelivered 1")
	}
	p.receipts(t, noon, report(c, "biz-1", c.Letters[0], broadcast.Delivered, "DELIVERED"))
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
	must(t, p.Settle(t.Context(), settled, noon))
	p.counted(t, "B1", "sms planned 3", "subscription accepted 1", "subscription failed 1", "subscription in_doubt 1", "template pending 1", "template planned 2")
	// Known after all: it was refused.
	settled[1].Outcome = failed
	must(t, p.Settle(t.Context(), settled[1:2], noon))
	p.receipts(t, noon, report(c, "m-3", c.Letters[2], broadcast.Undelivered, "failed"))
	p.counted(t, "B1", "sms planned 3", "subscription failed 2", "subscription undelivered 1", "template pending 3")
	p.settle(t, p.claim(t, "B1", broadcast.Template, noon), failed, noon)
	p.counted(t, "B1", "sms pending 3", "subscription failed 2", "subscription undelivered 1", "template failed 3")
	// It arrived, the event came late: two got nothing, one needs no text.
	p.receipts(t, noon, report(c, "m-3", c.Letters[2], broadcast.Delivered, "success"))
	p.counted(t, "B1", "sms pending 2", "sms suppressed 1", "subscription delivered 1", "subscription failed 2", "template failed 3")
	p.turn(t, "B1", broadcast.Cancelled)
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

func givesUp(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	p.frozen(t, draft("B1"), upTo(3), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	settled := all(c, accepted)
	settled[1].Outcome = doubtful
	must(t, p.Settle(t.Context(), settled[:2], noon))
	for i, want := range []int{2, 0} {
		swept, err := p.Sweep(t.Context(), noon.Add(time.Second), noon, 10)
		if err != nil || swept.Unknown != want || swept.Claims != want/2 {
			t.Fatalf("sweep %d: %+v, %v", i, swept, err)
		}
	}
	p.counted(t, "B1", "sms sending 1", "sms unknown 2")
	p.receipts(t, noon, report(c, "", c.Letters[0], broadcast.Delivered, "DELIVERED"))
	p.counted(t, "B1", "sms delivered 1", "sms sending 1", "sms unknown 1")
}

func oneCallAtOnce(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	p.frozen(t, draft("B1"), []int{0, 2}, broadcast.Template)
	p.frozen(t, draft("B2"), []int{0}, broadcast.Subscription)
	c := p.claim(t, "B2", broadcast.Subscription, noon)
	if other := p.claim(t, "B1", broadcast.Template, noon); len(other.Letters) != 1 || other.Letters[0].OpenID != openid(2) {
		t.Fatalf("%d letters: a second call to somebody", len(other.Letters))
	}
	p.settle(t, c, doubtful, noon)
	if other := p.claim(t, "B1", broadcast.Template, noon); len(other.Letters) != 0 {
		t.Fatal("a second call beside one in doubt")
	}
	p.settle(t, c, broadcast.Outcome{State: broadcast.Accepted, Handle: "m-1"}, noon)
	if other := p.claim(t, "B1", broadcast.Template, noon); len(other.Letters) != 1 || other.Letters[0].OpenID != openid(0) {
		t.Fatal("passed over for ever")
	}
	p.counted(t, "B1", "template sending 2")
}

func leftSince(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 8)
	p.frozen(t, draft("B1"), []int{0, 2, 4, 6}, broadcast.Template, broadcast.SMS)
	change := func(n int, change func(*roster.Resident)) {
		r, err := p.Roster.Find(t.Context(), roster.Key{ID: subject(n)})
		must(t, err)
		change(&r)
		p.save(t, r)
	}
	p.remove(t, 0)
	change(2, func(r *roster.Resident) { r.OpenID = "" })
	change(4, func(r *roster.Resident) {
		r.Preferences = []roster.Preference{{Topic: "dog", Wants: false, At: noon.Add(time.Second)}}
	})
	change(6, func(r *roster.Resident) { // before, about something else
		r.Preferences = []roster.Preference{{Topic: "", Channel: roster.WeChat, Wants: false, At: noon.Add(-time.Hour)}, {Topic: "water", At: noon.Add(time.Hour)}}
	})
	c := p.claim(t, "B1", broadcast.Template, noon.Add(time.Minute))
	if len(c.Letters) != 1 || c.Letters[0].OpenID != openid(6) {
		t.Fatalf("%d letters, want one", len(c.Letters))
	}
	p.counted(t, "B1", "sms pending 3", "sms planned 1", "template sending 1", "template suppressed 3")
	c = p.claim(t, "B1", broadcast.SMS, noon.Add(time.Minute))
	if len(c.Letters) != 1 || c.Letters[0].Phone != number(2) {
		t.Fatalf("%d letters, want one", len(c.Letters))
	}
	p.counted(t, "B1", "sms planned 1", "sms sending 1", "sms suppressed 2", "template sending 1", "template suppressed 3")
	if why, err := p.Reasons(t.Context(), "B1"); err != nil || why[broadcast.Gone] != 3 || why[broadcast.OptedOut] != 2 {
		t.Errorf("%v, %v", why, err)
	}

	p.frozen(t, draft("B2"), []int{1, 3, 5}, broadcast.SMS)
	for n, why := range map[int]roster.Suppression{1: roster.Stopped, 5: roster.Erased} {
		e := roster.Edit{Suppress: map[phone.Number]roster.Suppression{number(n): why}}
		p.edit(t, []roster.Key{{Phone: number(n)}}, e)
	}
	if c := p.claim(t, "B2", broadcast.SMS, noon.Add(time.Minute)); len(c.Letters) != 1 || c.Letters[0].Phone != number(3) {
		t.Fatalf("%d letters, want one", len(c.Letters))
	}
	p.counted(t, "B2", "sms sending 1", "sms suppressed 2")
}

func closes(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 10)
	p.frozen(t, draft("B1"), []int{0, 2, 4, 6, 8}, broadcast.Template, broadcast.SMS)
	chunks, err := p.Chunks(t.Context(), "B1", broadcast.Template, 0, 2, 1, noon)
	must(t, err)
	c, err := p.Claim(t.Context(), chunks[0], noon, noon.Add(lease))
	must(t, err)
	if n, err := p.Close(t.Context(), "B1", broadcast.Withdrawn, noon, 100); err != nil || n != 0 {
		t.Fatalf("closed %d of one that is not over, %v", n, err)
	}
	p.turn(t, "B1", broadcast.Cancelled)
	if again := p.claim(t, "B1", broadcast.Template, noon); len(again.Letters) != 0 {
		t.Fatal("claimed of a cancelled broadcast")
	}
	var took []int
	for {
		n, err := p.Close(t.Context(), "B1", broadcast.Withdrawn, noon, 3)
		must(t, err)
		if took = append(took, n); n < 3 {
			break
		}
	}
	if !slices.Equal(took, []int{3, 3, 2}) {
		t.Errorf("slices of %v", took)
	}
	p.counted(t, "B1", "sms cancelled 5", "template cancelled 3", "template sending 2")
	settled := all(c, accepted)
	settled[0].Outcome = notSent
	must(t, p.Settle(t.Context(), settled, noon))
	if n, err := p.Close(t.Context(), "B1", broadcast.Withdrawn, noon, 3); err != nil || n != 1 {
		t.Errorf("%d, %v: what was certainly not sent is cancelled too", n, err)
	}
	p.counted(t, "B1", "sms cancelled 5", "template accepted 1", "template cancelled 4")
	p.frozen(t, draft("B2"), []int{1}, broadcast.SMS)
	p.turn(t, "B2", broadcast.Expired)
	if n, err := p.Close(t.Context(), "B2", broadcast.Lapsed, noon, 3); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	p.counted(t, "B2", "sms expired 1")
}

func resends(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 8)
	p.frozen(t, draft("B1"), []int{0, 2, 4, 6}, broadcast.Template, broadcast.SMS)
	c := p.claim(t, "B1", broadcast.Template, noon)
	settled := all(c, failed)
	settled[3].Outcome = accepted
	must(t, p.Settle(t.Context(), settled, noon))
	s := p.claim(t, "B1", broadcast.SMS, noon)
	settled = all(s, failed)
	settled[2].Outcome = accepted
	must(t, p.Settle(t.Context(), settled, noon))
	p.counted(t, "B1", "sms accepted 1", "sms failed 2", "sms planned 1", "template accepted 1", "template failed 3")
	for i, want := range []int{2, 0} {
		added := 0
		for after := int64(0); ; {
			n, next, err := p.Resend(t.Context(), "B1", 2, after, 1)
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
	if c := p.claim(t, "B1", broadcast.Template, noon); len(c.Letters) != 2 || c.Letters[0].OpenID != openid(0) || c.Letters[1].OpenID != openid(2) {
		t.Errorf("%d letters", len(c.Letters))
	}
	if found, _, err := p.Deliveries(t.Context(), "B1", broadcast.DeliveryFilter{Round: 2, Channel: broadcast.SMS}, 0, 9); err != nil || len(found) != 2 {
		t.Errorf("%d of round 2, %v", len(found), err)
	}
}

func sentTo(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	for i := range 3 {
		b := draft(fmt.Sprint("B", i))
		p.frozen(t, b, []int{0, 2}, broadcast.Template, broadcast.SMS)
		p.settle(t, p.claim(t, b.ID, broadcast.Template, noon), accepted, noon)
	}
	got, err := p.DeliveriesTo(t.Context(), subject(2), 2)
	if err != nil || len(got) != 2 || got[0].Broadcast != "B2" || got[1].Broadcast != "B1" || got[0].Channel != broadcast.Template {
		t.Errorf("%+v, %v", got, err)
	}
	p.remove(t, 2)
	p.people(t, 2, 3)
	for _, id := range []string{subject(2), subject(1), "no id"} {
		if got, err := p.DeliveriesTo(t.Context(), id, 9); err != nil || len(got) != 0 {
			t.Errorf("%+v, %v: of nobody", got, err)
		}
	}
	if left := p.deliveries(t, "B0"); len(left) != 4 || left[2].Subject != subject(2) {
		t.Errorf("the ledger lost its rows: %+v", left)
	}
}
