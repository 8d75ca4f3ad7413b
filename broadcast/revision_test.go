package broadcast_test

import (
	"fmt"
	"testing"
	"time"

	"towncrier/broadcast"
)

// acts are what the revisions of a broadcast say was done, the newest first.
func acts(all []broadcast.Revision) (told []string) {
	for _, r := range all {
		told = append(told, fmt.Sprintf("%d %s by %s%s", r.Version, r.Act, r.By, r.Why))
	}
	return told
}

// TestRevisions: each act of an official is kept with what the broadcast said then, until it is deleted.
func TestRevisions(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	b := w.draft(proposal())
	changed := proposal()
	changed.Title = "另一个标题"
	for range 3 { // within ten minutes: one revision
		w.now = w.now.Add(time.Minute)
		w.ok(w.service.Edit(ctx, author, b.ID, 0, changed))
	}
	b = w.ok(w.service.Submit(ctx, author, b.ID))
	first, err := w.service.Differences(ctx, approver, b.ID, broadcast.Between{})
	if err != nil || first.From.Version != 0 || first.To.Submission != 1 || first.Changes != nil {
		t.Errorf("of the first submission %+v, %v", first, err)
	}
	w.ok(w.service.Reject(ctx, approver, b.ID, "请改短"))
	changed.Title = "另一标题"
	changed.Messages[0].URL = ""
	w.ok(w.service.Edit(ctx, author, b.ID, 0, changed))
	w.ok(w.service.Submit(ctx, author, b.ID))
	all, err := w.service.Revisions(ctx, approver, b.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprint(acts(all)); got != "[8 submit by li 7 edit by li 6 reject by zhao请改短 5 submit by li 4 edit by li 1 new by li]" {
		t.Errorf("kept %s", got)
	}
	d, err := w.service.Differences(ctx, approver, b.ID, broadcast.Between{})
	if err != nil || d.From.Submission != 1 || d.To.Submission != 2 || len(d.Changes) != 1 {
		t.Fatalf("%+v, %v", d, err)
	}
	if c := d.Changes[0]; c.Field != "title" || c.Before != "另一个标题" || len(c.Pieces) != 3 || c.Pieces[1] != (broadcast.Piece{Fate: broadcast.Removed, Text: "个"}) {
		t.Errorf("%+v", c)
	}
	if d, err = w.service.Differences(ctx, approver, b.ID, broadcast.Between{From: 6, To: 8}); err != nil || d.From.Version != 5 {
		t.Errorf("a return is of what was submitted: %+v, %v", d, err)
	}
	w.refuses(failure(w.service.Differences(ctx, approver, b.ID, broadcast.Between{To: -1})), broadcast.ErrNoRevision)

	w.lib.Notices["N1"].Passages[0].Text = "遛狗要牵绳。"
	if d, err = w.service.Differences(ctx, approver, b.ID, broadcast.Between{Now: true}); err != nil || len(d.Changes) != 1 || d.Changes[0].Field != "reads" {
		t.Errorf("against now: %+v, %v", d, err)
	}
	if signed, err := w.service.Signed(ctx, approver, b.ID); err != nil || signed.Intact {
		t.Errorf("a passage changed: %+v, %v", signed.Intact, err)
	}
	w.ok(w.service.Edit(ctx, author, b.ID, 0, proposal()))
	if err := w.service.Delete(ctx, author, b.ID); err != nil {
		t.Fatal(err)
	}
	if all, err := w.db.Broadcasts().Revisions(ctx, b.ID); err != nil || len(all) > 0 {
		t.Errorf("deleted, and left %v, %v", acts(all), err)
	}
}

// TestRevisionsOfASeries: whatever is written of a series is a submission.
func TestRevisionsOfASeries(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	series, err := w.service.NewSeries(ctx, author, broadcast.Series{Cron: "0 9 * * 1", Until: at(30, 0, 0), Proposal: proposal()})
	if err != nil {
		t.Fatal(err)
	}
	series.Cron = "0 9 * * 2"
	if series, err = w.service.EditSeries(ctx, author, series.ID, series.Version, series); err != nil {
		t.Fatal(err)
	}
	d, err := w.service.SeriesDifferences(ctx, approver, series.ID, broadcast.Between{})
	if err != nil || d.To.Submission != 2 || len(d.Changes) != 1 || d.Changes[0].Field != "cron" {
		t.Errorf("%+v, %v", d, err)
	}
	if signed, err := w.service.SignedSeries(ctx, approver, series.ID); err != nil || !signed.Intact {
		t.Errorf("%+v, %v", signed, err)
	}
}
