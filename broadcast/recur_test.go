package broadcast_test

import (
	"strings"
	"sync"
	"testing"

	"towncrier/broadcast"
)

func TestSeries(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	series := w.series(author, "0 9 * * *")
	w.recur(0) // nobody said yes
	w.refuses(failure(w.service.ApproveSeries(ctx, author, series.ID, series.Hash)), broadcast.ErrOwn)
	w.refuses(failure(w.service.ApproveSeries(ctx, approver, series.ID, nil)), broadcast.ErrChanged)
	if _, err := w.service.ApproveSeries(ctx, approver, series.ID, series.Hash); err != nil {
		t.Fatal(err)
	}
	w.recur(1) // tomorrow at nine: it is nine now
	w.recur(0)
	found, _, err := w.service.List(ctx, author, broadcast.Filter{Series: series.ID}, "", 0)
	if err != nil || len(found) != 1 || !found[0].DueAt.Equal(at(9, 9, 0)) || !found[0].SendAt.Equal(at(9, 9, 0)) ||
		found[0].Status != broadcast.Scheduled || found[0].Approver != "zhao" {
		t.Fatalf("%+v, %v", found, err)
	}
	w.now = at(9, 9, 0)
	w.is(w.ok(w.service.Start(ctx, found[0].ID)), broadcast.Freezing)

	// Four days without a process: what expired is not made up for, and what is overdue asks.
	w.now = at(13, 12, 0)
	w.recur(2)
	found, _, err = w.service.List(ctx, author, broadcast.Filter{Series: series.ID, Statuses: []broadcast.Status{broadcast.Scheduled}}, "", 0)
	if err != nil || len(found) != 2 {
		t.Fatalf("%d scheduled, %v", len(found), err)
	}
	for _, b := range found {
		b = w.ok(w.service.Start(ctx, b.ID))
		if want := map[bool]broadcast.Status{true: broadcast.Held, false: broadcast.Scheduled}[b.DueAt.Before(w.now)]; b.Status != want {
			t.Errorf("due at %v: %s, want %s", b.DueAt, b.Status, want)
		}
	}

	// Several processes at once make each occurrence once.
	w.now = at(14, 12, 0)
	var wg sync.WaitGroup
	for range 4 {
		service := w.open(broadcast.Config{})
		wg.Go(func() {
			if _, err := service.Recur(ctx); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	found, _, err = w.service.List(ctx, author, broadcast.Filter{Series: series.ID}, "", 0)
	if err != nil || len(found) != 4 {
		t.Errorf("%d occurrences, %v", len(found), err)
	}

	w.lib.Templates["text"].Text = "另一段，${what}。"
	w.now = at(15, 12, 0)
	w.recur(0)
	stopped, err := w.service.GetSeries(ctx, author, series.ID)
	if err != nil || !stopped.Stopped || !strings.Contains(stopped.Why, "模板") {
		t.Errorf("%+v, %v", stopped, err)
	}
	edited, err := w.service.EditSeries(ctx, second, series.ID, stopped.Version, stopped)
	if err != nil || edited.Stopped || edited.Approver != "" {
		t.Fatalf("%+v, %v", edited, err)
	}
	w.refuses(failure(w.service.ApproveSeries(ctx, second, series.ID, edited.Hash)), broadcast.ErrOwn)
	w.refuses(failure(w.service.EditSeries(ctx, second, series.ID, stopped.Version, stopped)), broadcast.ErrChanged)
}
