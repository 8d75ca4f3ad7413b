package broadcast_test

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sms"
)

// sent is a broadcast to the whole town whose texts the provider has accepted, as call biz-1.
func (w *cityFixture) sent() (broadcast.Broadcast, broadcast.Claimed) {
	w.Helper()
	ctx, p := w.Context(), proposal()
	p.SendAt = time.Time{}
	b := w.ok(w.service.Start(ctx, w.scheduled(p).ID))
	w.frozen(b)
	b = w.ok(w.service.Whole(ctx, b.ID))
	chunks, err := w.store.Chunks(ctx, b.ID, broadcast.SMS, 0, 100, 1, w.now)
	if err != nil || len(chunks) != 1 {
		w.Fatal(chunks, err)
	}
	claimed, err := w.store.Claim(ctx, chunks[0], broadcast.ClaimRows, w.now, w.now.Add(time.Minute))
	if err != nil {
		w.Fatal(err)
	}
	var settled []broadcast.Settled
	for _, l := range claimed.Messages {
		settled = append(settled, broadcast.Settled{Delivery: l.Delivery, Claim: claimed.ID,
			Outcome: broadcast.Outcome{State: broadcast.Accepted, Handle: "biz-1"}})
	}
	if err := w.store.RecordOutcomes(ctx, settled, w.now); err != nil {
		w.Fatal(err)
	}
	return b, claimed
}

// TestReportHoldsWhatIsBilledAgainstWhatWasExpected: ten of twelve texts turn out to be of two parts, one receipt does not say, and
// one text does not arrive.
func TestReportHoldsWhatIsBilledAgainstWhatWasExpected(t *testing.T) {
	w := newCityFixture(t)
	w.service = w.open(broadcast.Config{Meaning: func(c broadcast.Channel, code string) broadcast.CodeInfo {
		if c != broadcast.SMS || code != "MK:0001" {
			return broadcast.CodeInfo{}
		}
		return broadcast.CodeInfo{Class: sms.Limited, Text: "关机"}
	}})
	b, claimed := w.sent()
	engine := broadcast.NewEngine(broadcast.EngineConfig{Service: w.service, Store: w.store, Log: slog.New(slog.DiscardHandler)})
	var receipts []sms.Receipt
	for i, l := range claimed.Messages {
		r := sms.Receipt{Handle: "biz-1", OutID: claimed.OutID, Phone: l.Phone, Delivered: true, Code: "DELIVERED", Parts: 2}
		switch i {
		case 0:
			r.Parts = 0
		case 1:
			r.Delivered, r.Code = false, "MK:0001"
		}
		receipts = append(receipts, r)
	}
	for range 2 { // the provider may say it twice
		if _, err := engine.Receipts(t.Context(), receipts); err != nil {
			t.Fatal(err)
		}
	}
	r, err := w.service.Report(t.Context(), author, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if want := (broadcast.Bill{Parts: 1, Cost: 12 * 45, CostMost: 12 * 45}); r.Broadcast.Expected != want {
		t.Errorf("expected %+v, want %+v", r.Broadcast.Expected, want)
	}
	if r.Billed != (broadcast.Billed{Texts: 10, Parts: 20}) || r.Cost != 21*45 || r.CostMost != r.Cost {
		t.Errorf("billed %+v, cost %s to %s", r.Billed, r.Cost, r.CostMost)
	}
	want := broadcast.Failure{Channel: broadcast.SMS, State: broadcast.Undelivered, Class: "limited", Code: "MK:0001", Meaning: "关机", N: 1}
	if len(r.Failures) != 1 || r.Failures[0] != want {
		t.Errorf("failures %+v, want %+v", r.Failures, want)
	}
}

// TestForget: half a year after its end only counts are left of a broadcast, and the lists that nothing needs are gone.
func TestForget(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	b, _ := w.sent()
	if err := w.service.Finish(ctx, b.ID); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"LAAAAAAAAAA", "LBBBBBBBBBB", "LCCCCCCCCCC"} {
		w.list(id, 8)
	}
	named := func(list string) broadcast.Series {
		p := proposal()
		p.Audience = broadcast.Rule{List: list}
		series, err := w.service.NewSeries(ctx, author, broadcast.Series{Cron: "0 9 1 * *", Until: w.now.AddDate(2, 0, 0), Proposal: p})
		if err != nil {
			t.Fatal(err)
		}
		return series
	}
	named("LAAAAAAAAAA")
	if _, err := w.service.StopSeries(ctx, author, named("LBBBBBBBBBB").ID, "不再需要"); err != nil {
		t.Fatal(err)
	}
	before, err := w.service.Report(ctx, author, b.ID)
	if err != nil {
		t.Fatal(err)
	}

	end := w.now
	w.now = w.now.AddDate(0, 6, 0)
	for _, step := range []struct {
		before time.Time
		want   int
	}{{end, 0}, {end.Add(time.Millisecond), 1}, {w.now, 0}} {
		if n, err := w.service.Forget(ctx, step.before); err != nil || n != step.want {
			t.Fatalf("%d forgotten, %v; want %d", n, err, step.want)
		}
	}
	after, err := w.service.Report(ctx, author, b.ID)
	if err != nil || after.Open != before.Open || after.CostMost != before.CostMost || after.Counts[broadcast.SMS][broadcast.Accepted] != 12 {
		t.Errorf("%+v, %v; before it was forgotten %+v", after, err, before)
	}
	if all, err := w.store.Revisions(ctx, b.ID); err != nil || len(all) > 0 {
		t.Errorf("%d revisions are left, %v", len(all), err)
	}
	rows, _, err := w.store.Deliveries(ctx, b.ID, broadcast.DeliveryFilter{}, 0, 100)
	if err != nil || len(rows) != 12 {
		t.Fatalf("%d deliveries, %v", len(rows), err)
	}
	for _, d := range rows {
		if d.Subject != "" || d.Handle != "" {
			t.Errorf("%+v still leads to somebody", d)
		}
	}
	if _, err := w.service.Resend(ctx, author, b.ID); !errors.Is(err, broadcast.ErrForgotten) {
		t.Errorf("resend: %v", err)
	}
	lists, err := w.store.Lists(ctx)
	if err != nil || len(lists) != 1 || lists[0].ID != "LAAAAAAAAAA" {
		t.Errorf("%+v, %v: want the list of the series that goes on", lists, err)
	}
}
