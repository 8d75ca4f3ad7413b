package broadcast_test

import (
	"context"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/content"
)

// rowsRead is a store that says how often the rows of failures were read.
type rowsRead struct {
	broadcast.Store
	times int
}

func (r *rowsRead) Failures(ctx context.Context, id string) ([]broadcast.Failure, error) {
	r.times++
	return r.Store.Failures(ctx, id)
}

// TestReportCountsRowsAgainWithTheTally: a report reads the rows of deliveries once for all who ask, and again when one of them changed its state.
func TestReportCountsRowsAgainWithTheTally(t *testing.T) {
	w := newCityFixture(t)
	p := proposal()
	p.SendAt = time.Time{}
	b := w.scheduled(p)
	b = w.ok(w.service.Start(t.Context(), b.ID))
	w.frozen(b)
	b = w.ok(w.service.Whole(t.Context(), b.ID))
	rows := &rowsRead{Store: w.store}
	service := broadcast.NewService(broadcast.Config{Store: rows, Content: func() *content.Library { return w.lib }, Now: func() time.Time { return w.now }, Sign: "示例市"})
	report := func(failures, read int) {
		t.Helper()
		for range 3 {
			r, err := service.Report(t.Context(), author, b.ID)
			if err != nil || len(r.Failures) != failures || rows.times != read {
				t.Fatalf("failures %v, rows read %d times, %v", r.Failures, rows.times, err)
			}
		}
	}
	report(0, 1)
	chunks, err := w.store.Chunks(t.Context(), b.ID, broadcast.SMS, 0, 100, 10, w.now)
	if err != nil || len(chunks) == 0 {
		t.Fatal(chunks, err)
	}
	claimed, err := w.store.Claim(t.Context(), chunks[0], 1, w.now, w.now.Add(time.Minute))
	if err != nil || len(claimed.Messages) != 1 {
		t.Fatal(claimed, err)
	}
	failed := broadcast.Settled{Delivery: claimed.Messages[0].Delivery, Claim: claimed.ID, Outcome: broadcast.Outcome{State: broadcast.Failed, Class: "refused", Code: "isv.MOBILE_NUMBER_ILLEGAL"}}
	if err := w.store.RecordOutcomes(t.Context(), []broadcast.Settled{failed}, w.now); err != nil {
		t.Fatal(err)
	}
	report(1, 2)
}
