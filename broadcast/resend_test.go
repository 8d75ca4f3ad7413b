package broadcast_test

import (
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestResendGoesToFailedOnesOnly settles ten of twelve as delivered and two as failed.
func TestResendGoesToFailedOnesOnly(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	p := proposal()
	p.SendAt = time.Time{}
	b := w.scheduled(p)
	b = w.ok(w.service.Start(ctx, b.ID))
	w.frozen(b)
	b = w.ok(w.service.Whole(ctx, b.ID))
	w.refuses(failure(w.service.Resend(ctx, author, b.ID)), broadcast.ErrState)
	send := func(outcome func(i int) broadcast.Outcome) int {
		chunks, err := w.store.Chunks(ctx, b.ID, broadcast.SMS, 0, 100, 10, w.now)
		if err != nil {
			t.Fatal(err)
		}
		sent := 0
		for _, chunk := range chunks {
			claimed, err := w.store.Claim(ctx, chunk, broadcast.ClaimRows, w.now, w.now.Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			var settled []broadcast.Settled
			for i, letter := range claimed.Messages {
				settled = append(settled, broadcast.Settled{Delivery: letter.Delivery, Claim: claimed.ID, Outcome: outcome(i)})
			}
			if err := w.store.RecordOutcomes(ctx, settled, w.now); err != nil {
				t.Fatal(err)
			}
			sent += len(settled)
		}
		return sent
	}
	n := send(func(i int) broadcast.Outcome {
		if i < 2 {
			return broadcast.Outcome{State: broadcast.Failed, Class: "refused", Code: "isv.MOBILE_NUMBER_ILLEGAL"}
		}
		return broadcast.Outcome{State: broadcast.Delivered}
	})
	if n != 12 {
		t.Fatalf("%d sent", n)
	}
	if err := w.service.Finish(ctx, b.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := w.service.Resend(ctx, author, b.ID); err != nil || n != 2 {
		t.Fatalf("resent to %d, %v", n, err)
	}
	w.is(b, broadcast.Sending)
	if n := send(func(int) broadcast.Outcome { return broadcast.Outcome{State: broadcast.Delivered} }); n != 2 {
		t.Fatalf("%d sent in the second round", n)
	}
	report, err := w.service.Report(ctx, author, b.ID)
	if err != nil || report.Delivered != 12 || report.Cost != 12*45 || report.Open != 0 || report.Doubles != 0 {
		t.Errorf("%+v, %v", report, err)
	}
	if err := w.service.Finish(ctx, b.ID); err != nil {
		t.Fatal(err)
	}
	if n, err := w.service.Resend(ctx, author, b.ID); err != nil || n != 0 {
		t.Errorf("resent to %d whom it had reached, %v", n, err)
	}
}
