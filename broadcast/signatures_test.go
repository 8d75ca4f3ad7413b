package broadcast_test

import (
	"testing"

	"towncrier/broadcast"
)

// waitsFor says whether b waits for an official's approval.
func (w *cityFixture) waitsFor(by broadcast.Official, b broadcast.Broadcast) bool {
	w.Helper()
	all, err := w.service.WaitingFor(w.Context(), by, true, false)
	if err != nil {
		w.Fatal(err)
	}
	for _, one := range all {
		if one.ID == b.ID && one.Wait == broadcast.WaitApprove {
			return true
		}
	}
	return false
}

// TestTwoSignatures: of the same hash, by two people who wrote nothing of it; an edit voids both.
func TestTwoSignatures(t *testing.T) {
	w := newCityFixture(t)
	w.service.Approvals = 2
	ctx := t.Context()
	b := w.ok(w.service.Submit(ctx, author, w.draft(proposal()).ID))
	b = w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash))
	if w.is(b, broadcast.Submitted); b.Reviewer != approver.ID || b.ReviewedAt.IsZero() || b.Approver != "" {
		t.Errorf("after the first signature %+v", b)
	}
	if w.waitsFor(approver, b) || !w.waitsFor(second, b) {
		t.Error("it waits for who signed it, or not for another")
	}
	w.refuses(failure(w.service.Approve(ctx, approver, b.ID, b.Hash)), broadcast.ErrSigned)
	w.refuses(failure(w.service.Approve(ctx, author, b.ID, b.Hash)), broadcast.ErrOwn)
	w.refuses(failure(w.service.Schedule(ctx, approver, b.ID)), broadcast.ErrState)
	w.refuses(failure(w.service.Approve(ctx, second, b.ID, []byte("another"))), broadcast.ErrHash)
	b = w.ok(w.service.Approve(ctx, second, b.ID, b.Hash))
	if w.is(b, broadcast.Approved); b.Approver != second.ID || b.Reviewer != approver.ID {
		t.Errorf("after the second %+v", b)
	}
	b = w.ok(w.service.Edit(ctx, author, b.ID, 0, proposal()))
	if b.Reviewer != "" || !b.ReviewedAt.IsZero() || b.Approver != "" {
		t.Errorf("an edit left %+v", b)
	}
	b = w.ok(w.service.Submit(ctx, author, b.ID))
	w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash))
	b = w.ok(w.service.Reject(ctx, second, b.ID, "请改短"))
	if b.Reviewer != "" {
		t.Error("a return left a signature")
	}
}

// TestTwoSignaturesForMany: where one is enough, two are wanted above a number; never for an emergency.
func TestTwoSignaturesForMany(t *testing.T) {
	w := newCityFixture(t)
	w.service.TwoAbove = 11 // of 12
	ctx := t.Context()
	b := w.ok(w.service.Submit(ctx, author, w.draft(proposal()).ID))
	w.is(w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash)), broadcast.Submitted)
	urgent := proposal()
	urgent.Emergency = true
	b = w.ok(w.service.Submit(ctx, author, w.draft(urgent).ID))
	w.is(w.ok(w.service.Approve(ctx, broadcast.Official{ID: "zhao", Emergency: true}, b.ID, b.Hash)), broadcast.Approved)
	w.service.TwoAbove = 12
	b = w.ok(w.service.Submit(ctx, author, w.draft(proposal()).ID))
	w.is(w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash)), broadcast.Approved)
}

// TestTwoSignaturesOfASeries: nothing comes of it before the second.
func TestTwoSignaturesOfASeries(t *testing.T) {
	w := newCityFixture(t)
	w.service.Approvals = 2
	ctx := t.Context()
	series, err := w.service.NewSeries(ctx, author, broadcast.Series{Cron: "0 9 * * *", Until: at(30, 0, 0), Proposal: proposal()})
	if err != nil {
		t.Fatal(err)
	}
	if series, err = w.service.ApproveSeries(ctx, approver, series.ID, series.Hash); err != nil || series.Approver != "" || series.Reviewer != approver.ID {
		t.Fatalf("%+v, %v", series, err)
	}
	if n, err := w.service.Recur(ctx); n != 0 || err != nil {
		t.Errorf("%d came of half an approval, %v", n, err)
	}
	w.refuses(failure(w.service.ApproveSeries(ctx, approver, series.ID, series.Hash)), broadcast.ErrSigned)
	if series, err = w.service.ApproveSeries(ctx, second, series.ID, series.Hash); err != nil || series.Approver != second.ID {
		t.Fatalf("%+v, %v", series, err)
	}
	if n, err := w.service.Recur(ctx); n != 1 || err != nil {
		t.Errorf("%d came of an approved series, %v", n, err)
	}
}
