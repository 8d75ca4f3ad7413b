package broadcasttest

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
)

var (
	accepted = broadcast.Outcome{State: broadcast.Accepted, Handle: "biz-1"}
	failed   = broadcast.Outcome{State: broadcast.Failed, Class: "refused", Code: "isv.MOBILE_NUMBER_ILLEGAL"}
	notSent  = broadcast.Outcome{State: broadcast.Pending, Class: "retry", Wait: time.Minute}
	doubtful = broadcast.Outcome{State: broadcast.InDoubt, Class: "in_doubt", Wait: time.Minute}
)

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
	c, err := p.Claim(t.Context(), chunks[0], broadcast.ClaimRows, noon, noon.Add(lease))
	must(t, err)
	if len(c.Messages) != 2 || c.Messages[0].Phone != number(0) || c.Messages[1].Phone != number(1) || c.OutID != fmt.Sprintf("B1-%d", c.ID) {
		t.Fatalf("%d letters, %s", len(c.Messages), c.OutID)
	}
	if again, err := open().Claim(t.Context(), chunks[0], broadcast.ClaimRows, noon, noon.Add(lease)); err != nil || len(again.Messages) != 0 {
		t.Fatalf("claimed twice: %d, %v", len(again.Messages), err)
	}
	p.counted(t, "B1", "sms pending 3", "sms sending 2")
	must(t, p.RecordOutcomes(t.Context(), []broadcast.Settled{
		{Delivery: c.Messages[0].Delivery, Claim: c.ID, Outcome: accepted},
		{Delivery: c.Messages[1].Delivery, Claim: c.ID, Outcome: failed},
	}, noon.Add(time.Second)))
	p.counted(t, "B1", "sms accepted 1", "sms failed 1", "sms pending 3")
	got := p.deliveries(t, "B1")[:2]
	want := broadcast.Delivery{ID: c.Messages[0].Delivery, Broadcast: "B1", Recipient: 1, Subject: subject(0), Channel: broadcast.SMS, Round: 1,
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
	if c := p.claim(t, "B1", broadcast.SMS, noon.Add(time.Minute-1)); len(c.Messages) != 0 {
		t.Fatal("claimed before its time")
	}
	if c, err := p.Claim(t.Context(), broadcast.Chunk{Broadcast: "B1", Channel: broadcast.SMS, From: 0, To: 1 << 40}, broadcast.ClaimRows, noon, noon.Add(lease)); err != nil || len(c.Messages) != 0 {
		t.Fatalf("claimed before its time: %d, %v", len(c.Messages), err)
	}
	c := p.claim(t, "B1", broadcast.SMS, noon.Add(time.Minute))
	if len(c.Messages) != 2 || c.Messages[0].OutID == first.Messages[0].OutID {
		t.Fatalf("%d letters under %v", len(c.Messages), c.Messages)
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
	must(t, p.RecordOutcomes(t.Context(), all(c, accepted)[:1], noon))
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
	must(t, p.RecordOutcomes(t.Context(), all(c, accepted)[1:2], noon.Add(time.Hour)))
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
	if d.Phone != number(0) || !d.SentAt.Equal(noon) || d.CallOutID != c.OutID || d.OutID != c.Messages[0].OutID || d.Claim != c.ID || d.Broadcast != "B1" || d.Absent != 0 {
		t.Errorf("%s %s %d %s %d", d.SentAt, d.CallOutID, d.Claim, d.Broadcast, d.Absent)
	}
	if again := ask(due); len(again) != 0 {
		t.Fatalf("%d are handed out twice", len(again))
	}
	must(t, p.RecordOutcomes(t.Context(), []broadcast.Settled{
		{Delivery: found[0].Delivery, Claim: c.ID, Outcome: doubtful, Absent: true},
		{Delivery: found[1].Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Delivered, Code: "DELIVERED"}},
	}, due))
	p.counted(t, "B1", "sms delivered 1", "sms in_doubt 1")
	found = ask(due.Add(time.Minute))
	if len(found) != 1 || found[0].Absent != 1 {
		t.Fatalf("%+v", len(found))
	}
	must(t, p.RecordOutcomes(t.Context(), []broadcast.Settled{{Delivery: d.Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: broadcast.Pending}}}, due))
	p.counted(t, "B1", "sms delivered 1", "sms pending 1")
}

func givesUp(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	p.frozen(t, draft("B1"), upTo(3), broadcast.SMS)
	c := p.claim(t, "B1", broadcast.SMS, noon)
	settled := all(c, accepted)
	settled[1].Outcome = doubtful
	must(t, p.RecordOutcomes(t.Context(), settled[:2], noon))
	for i, want := range []int{2, 0} {
		swept, err := p.Sweep(t.Context(), noon.Add(time.Second), noon, 10)
		if err != nil || swept.Unknown != want || swept.Claims != want/2 {
			t.Fatalf("sweep %d: %+v, %v", i, swept, err)
		}
	}
	p.counted(t, "B1", "sms sending 1", "sms unknown 2")
	p.receipts(t, noon, report(c, "", c.Messages[0], broadcast.Delivered, "DELIVERED"))
	p.counted(t, "B1", "sms delivered 1", "sms sending 1", "sms unknown 1")
}

func oneCallAtOnce(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	p.frozen(t, draft("B1"), []int{0, 2}, broadcast.Template)
	p.frozen(t, draft("B2"), []int{0}, broadcast.Subscription)
	c := p.claim(t, "B2", broadcast.Subscription, noon)
	if other := p.claim(t, "B1", broadcast.Template, noon); len(other.Messages) != 1 || other.Messages[0].OpenID != openid(2) {
		t.Fatalf("%d letters: a second call to somebody", len(other.Messages))
	}
	p.settle(t, c, doubtful, noon)
	if other := p.claim(t, "B1", broadcast.Template, noon.Add(lease-time.Millisecond)); len(other.Messages) != 0 {
		t.Fatal("a second call beside one that is in doubt and may be under way")
	}
	p.frozen(t, draft("B3"), []int{0}, broadcast.Template)
	p.settle(t, c, broadcast.Outcome{State: broadcast.Accepted, Handle: "m-1"}, noon)
	first := p.claim(t, "B1", broadcast.Template, noon)
	if len(first.Messages) != 1 || first.Messages[0].OpenID != openid(0) {
		t.Fatal("passed over for ever")
	}
	p.counted(t, "B1", "template sending 2")
	// A call in doubt is over when it is as old as a lease: what comes then is not kept from its follower.
	p.settle(t, first, doubtful, noon)
	later := p.claim(t, "B3", broadcast.Template, noon.Add(lease))
	if len(later.Messages) != 1 {
		t.Fatal("a call in doubt is in the way although it is over")
	}
	p.settle(t, later, doubtful, noon.Add(lease))
	p.counted(t, "B1", "template in_doubt 1", "template sending 1")
	p.counted(t, "B3", "template in_doubt 1")
}

// lostEarly is about what nobody can be asked about: it is unknown at once.
func lostEarly(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 8)
	lost := broadcast.Outcome{State: broadcast.Unknown, Class: "in_doubt"}
	for i, doubtful := range []bool{true, false} {
		b := draft(fmt.Sprint("B", i))
		b.Fallback.Doubtful = doubtful
		p.frozen(t, b, []int{4 * i, 4*i + 2}, broadcast.Subscription, broadcast.SMS)
		p.settle(t, p.claim(t, b.ID, broadcast.Subscription, noon), lost, noon)
		p.counted(t, b.ID, "sms planned 2", "subscription unknown 2")
	}
	for _, step := range []struct {
		at   time.Time
		lost int
	}{{noon.Add(broadcast.NewsWithin - time.Millisecond), 0}, {noon.Add(broadcast.NewsWithin), 2}, {noon.Add(time.Hour), 0}} {
		swept, err := p.Sweep(t.Context(), step.at, noon.Add(-time.Hour), 10)
		if err != nil || swept.Lost != step.lost {
			t.Fatalf("at %s: %+v, %v; want %d", step.at, swept, err, step.lost)
		}
	}
	p.counted(t, "B0", "sms pending 2", "subscription unknown 2")
	p.counted(t, "B1", "sms planned 2", "subscription unknown 2")
	// An official chooses it afterwards, of a broadcast that is done; and is cut off in between.
	p.setStatus(t, "B1", broadcast.Done)
	if n, err := p.Lost(t.Context(), "B1"); err != nil || n != 2 {
		t.Errorf("%d, %v can go on, want 2", n, err)
	}
	added, next, err := p.FallBack(t.Context(), "B1", 0, 1, noon)
	if err != nil || added != 1 || next == 0 {
		t.Fatal(added, next, err)
	}
	p.counted(t, "B1", "sms pending 1", "sms planned 1", "subscription unknown 2")
	for i, want := range []int{1, 0} {
		if added, next, err := p.FallBack(t.Context(), "B1", 0, 100, noon); err != nil || added != want || next != 0 {
			t.Fatalf("time %d: %d, %d, %v; want %d", i, added, next, err, want)
		}
	}
	p.counted(t, "B1", "sms pending 2", "subscription unknown 2")
	if n, err := p.Lost(t.Context(), "B1"); err != nil || n != 0 {
		t.Errorf("%d, %v can go on, want none", n, err)
	}
	if _, _, err := p.FallBack(t.Context(), "B9", 0, 1, noon); !errors.Is(err, broadcast.ErrNoBroadcast) {
		t.Errorf("%v, want ErrNoBroadcast", err)
	}
}

// unsent demands the broadcasts of a status that have something unsent.
func (p Process) unsent(t testing.TB, status broadcast.Status, want ...string) {
	t.Helper()
	found, _, err := p.List(t.Context(), broadcast.Filter{Statuses: []broadcast.Status{status}, Unsent: true}, "", 9)
	must(t, err)
	var got []string
	for _, b := range found {
		got = append(got, b.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("unsent: %v, want %v", got, want)
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
