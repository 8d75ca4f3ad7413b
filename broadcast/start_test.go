package broadcast_test

import (
	"strings"
	"testing"

	"towncrier/broadcast"
	"towncrier/content"
)

func TestOverdueWaitsForASecondYes(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	b := w.scheduled(proposal())
	w.now = at(8, 12, 1) // due at ten
	b = w.ok(w.service.Start(ctx, b.ID))
	if b.Status != broadcast.Held || !strings.Contains(b.Why, "2小时1分钟") {
		t.Fatalf("%s: %s", b.Status, b.Why)
	}
	w.refuses(failure(w.service.Confirm(ctx, author, b.ID)), broadcast.ErrOwn)
	b = w.ok(w.service.Confirm(ctx, approver, b.ID))
	if b.Status != broadcast.Scheduled || b.Confirmer != "zhao" {
		t.Fatalf("confirmed: %+v", b)
	}
	w.is(w.ok(w.service.Start(ctx, b.ID)), broadcast.Freezing)

	w.now = at(8, 9, 0)
	inTime := w.scheduled(proposal())
	w.now = at(8, 12, 0)
	w.is(w.ok(w.service.Start(ctx, inTime.ID)), broadcast.Freezing)

	w.now = at(8, 9, 0)
	lost := w.scheduled(proposal())
	w.now = at(9, 10, 0)
	w.is(w.ok(w.service.Start(ctx, lost.ID)), broadcast.Expired)

	w.now = at(8, 9, 0)
	forgotten := w.approved(proposal())
	w.now = at(8, 15, 0)
	w.is(w.ok(w.service.Schedule(ctx, author, forgotten.ID)), broadcast.Held)
	w.now = at(8, 9, 0)
	forgotten = w.approved(proposal())
	w.now = at(10, 15, 0)
	if b, err := w.service.Schedule(ctx, author, forgotten.ID); err == nil && b.Status != broadcast.Held {
		t.Errorf("scheduled two days late: %s", b.Status)
	}
}

func TestWhatChangedSinceApprovalIsHeld(t *testing.T) {
	ctx := t.Context()
	for says, change := range map[string]func(*content.Library){
		"模板": func(lib *content.Library) { lib.Templates["text"].Text = "另一段，${what}。" },
		"公告": func(lib *content.Library) { lib.Notices["N1"].Status = content.Withdrawn },
	} {
		w := newCityFixture(t)
		b, waiting := w.scheduled(proposal()), w.approved(proposal())
		change(w.lib)
		w.now = at(8, 10, 0)
		b = w.ok(w.service.Start(ctx, b.ID))
		if b.Status != broadcast.Held || !strings.Contains(b.Why, says) {
			t.Errorf("%s: %s", b.Status, b.Why)
		}
		if _, err := w.service.Confirm(ctx, approver, b.ID); err == nil {
			t.Errorf("%s: a confirmation to what nobody approved", says)
		}
		if _, err := w.service.Schedule(ctx, approver, waiting.ID); err == nil {
			t.Errorf("%s: scheduled", says)
		}
		w.is(w.ok(w.service.Edit(ctx, author, b.ID, 0, proposal())), broadcast.Draft)
	}
}

func TestWindowIsWaitedFor(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	p := proposal()
	p.SendAt = at(8, 21, 0)
	b := w.scheduled(p)
	w.now = at(8, 21, 30)
	w.is(w.ok(w.service.Start(ctx, b.ID)), broadcast.Scheduled)
	w.now = at(9, 8, 0)
	w.is(w.ok(w.service.Start(ctx, b.ID)), broadcast.Freezing)

	w.now = at(8, 21, 0)
	p.Emergency = true
	flood := w.scheduled(p)
	w.is(w.ok(w.service.Start(ctx, flood.ID)), broadcast.Freezing)
}

func TestGrownAudienceWaitsForASecondYes(t *testing.T) {
	w := newCityFixture(t)
	ctx := t.Context()
	b := w.scheduled(proposal())
	w.resident("C1", "19900003001")
	w.now = at(8, 10, 0)
	b = w.ok(w.service.Start(ctx, b.ID))
	w.frozen(b)
	within := w.ok(w.service.Whole(ctx, b.ID))
	if within.Status != broadcast.Sending { // 13 of 12: 8.3%
		t.Fatalf("%s: %s", within.Status, within.Why)
	}

	w.now = at(8, 9, 0)
	b = w.scheduled(proposal())
	w.resident("C1", "19900003002")
	w.resident("C1", "19900003003")
	w.now = at(8, 10, 0)
	b = w.ok(w.service.Start(ctx, b.ID))
	w.frozen(b)
	// Paused before its size was looked at, it is looked at when it resumes.
	w.ok(w.service.Pause(ctx, author, b.ID, ""))
	w.is(w.ok(w.service.Resume(ctx, author, b.ID)), broadcast.Freezing)
	b = w.ok(w.service.Whole(ctx, b.ID))
	if b.Status != broadcast.Held || !strings.Contains(b.Why, "批准时有13人，现在有15人") || !strings.Contains(b.Why, "10%") {
		t.Fatalf("%s: %s", b.Status, b.Why)
	}
	w.refuses(failure(w.service.Edit(ctx, author, b.ID, 0, proposal())), broadcast.ErrState)
	w.refuses(failure(w.service.Confirm(ctx, author, b.ID)), broadcast.ErrOwn)
	w.now = at(8, 10, 5)
	w.is(w.ok(w.service.Confirm(ctx, approver, b.ID)), broadcast.Sending)
	w.ok(w.service.Pause(ctx, author, b.ID, ""))
	w.is(w.ok(w.service.Resume(ctx, author, b.ID)), broadcast.Sending) // not asked twice
}
