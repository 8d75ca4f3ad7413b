package broadcast_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/phone"
)

// become makes a notice of lib what change says, in another library; nil leaves it out.
func become(lib *content.Library, id string, change func(*content.Notice)) *content.Library {
	notices := maps.Clone(lib.Notices)
	if change == nil {
		delete(notices, id)
	} else {
		n := *notices[id]
		change(&n)
		notices[id] = &n
	}
	return &content.Library{City: lib.City, Templates: lib.Templates, Notices: notices}
}

func withdrawn(n *content.Notice) { n.Status = content.Withdrawn }

func (w *cityFixture) ground(want broadcast.Grounded) {
	w.Helper()
	if done, err := w.service.Ground(w.Context()); err != nil || done != want {
		w.Fatalf("%+v, %v, want %+v", done, err, want)
	}
}

// everywhere are broadcasts in every status that a notice can be withdrawn in, and what they were.
func (w *cityFixture) everywhere() map[string]broadcast.Broadcast {
	w.Helper()
	ctx := w.Context()
	now := proposal()
	now.SendAt = time.Time{}
	sending := func() broadcast.Broadcast {
		b := w.ok(w.service.Start(ctx, w.scheduled(now).ID))
		w.frozen(b)
		return w.ok(w.service.Whole(ctx, b.ID))
	}
	return map[string]broadcast.Broadcast{
		"draft":     w.draft(proposal()),
		"submitted": w.ok(w.service.Submit(ctx, author, w.draft(proposal()).ID)),
		"approved":  w.approved(proposal()),
		"scheduled": w.scheduled(proposal()),
		"freezing":  w.ok(w.service.Start(ctx, w.scheduled(now).ID)),
		"sending":   sending(),
		"paused":    w.ok(w.service.Pause(ctx, author, sending().ID, "等一等")),
		"unbegun":   w.ok(w.service.Pause(ctx, author, w.scheduled(proposal()).ID, "")),
	}
}

// TestNoticeGoesAndComesBack holds the table of basis.go, for each way in which a notice can go.
func TestNoticeGoesAndComesBack(t *testing.T) {
	for name, change := range map[string]func(*content.Notice){
		"withdrawn":  withdrawn,
		"superseded": func(n *content.Notice) { n.Status, n.SupersededBy = content.Superseded, "N2" },
		"gone":       nil,
	} {
		t.Run(name, func(t *testing.T) {
			w := newCityFixture(t)
			ctx, before := t.Context(), w.lib
			all := w.everywhere()
			series := w.series(author, "0 9 * * *")
			if _, err := w.service.ApproveSeries(ctx, chief, series.ID, series.Hash); err != nil {
				t.Fatal(err)
			}
			w.ground(broadcast.Grounded{})

			w.lib = become(before, "N1", change)
			w.ground(broadcast.Grounded{Stopped: 8})
			w.ground(broadcast.Grounded{}) // twice changes nothing
			for was, want := range map[string]broadcast.Status{"draft": broadcast.Draft, "submitted": broadcast.Submitted, "approved": broadcast.Approved,
				"scheduled": broadcast.Held, "freezing": broadcast.Held, "sending": broadcast.Held, "paused": broadcast.Held, "unbegun": broadcast.Held} {
				w.is(all[was], want)
			}
			if why := w.ok(w.store.Get(ctx, all["paused"].ID)).Why; !strings.HasPrefix(why, "所依据的公告N1已") || !strings.HasSuffix(why, "；此前：等一等") {
				t.Errorf("why: %s", why)
			}
			w.now = w.now.Add(30 * time.Minute)
			for was, b := range all { // nobody can let them go on
				_, resumed := w.service.Resume(ctx, author, b.ID)
				_, confirmed := w.service.Confirm(ctx, approver, b.ID)
				_, submitted := w.service.Submit(ctx, author, b.ID)
				_, approved := w.service.Approve(ctx, approver, b.ID, b.Hash)
				_, scheduled := w.service.Schedule(ctx, author, b.ID)
				if resumed == nil || confirmed == nil || submitted == nil || approved == nil || scheduled == nil {
					t.Errorf("%s: %v, %v, %v, %v, %v", was, resumed, confirmed, submitted, approved, scheduled)
				}
			}
			w.recur(0)

			w.lib = before
			w.ground(broadcast.Grounded{Back: 8})
			w.refuses(failure(w.service.Confirm(ctx, author, all["sending"].ID)), broadcast.ErrOwn)
			for was, want := range map[string]broadcast.Status{"scheduled": broadcast.Scheduled, "freezing": broadcast.Freezing, "sending": broadcast.Sending,
				"paused": broadcast.Sending, "unbegun": broadcast.Scheduled} {
				w.is(all[was], broadcast.Held)
				w.ok(w.service.Confirm(ctx, approver, all[was].ID))
				w.is(all[was], want)
			}
			w.ok(w.service.Submit(ctx, author, all["draft"].ID))
			w.ok(w.service.Approve(ctx, approver, all["submitted"].ID, all["submitted"].Hash))
			w.ok(w.service.Schedule(ctx, author, all["approved"].ID))
			w.recur(0)
			if _, err := w.service.ApproveSeries(ctx, approver, series.ID, series.Hash); err != nil {
				t.Errorf("the series: %v", err)
			}
			w.recur(1)
		})
	}
}

func TestNoticeDoesNotComeBack(t *testing.T) {
	w := newCityFixture(t)
	before, all := w.lib, w.everywhere()
	series := w.series(author, "0 9 * * *")
	w.lib = become(before, "N1", withdrawn)
	w.ground(broadcast.Grounded{Stopped: 8})
	w.now = w.now.Add(broadcast.UndoWithin - time.Second)
	w.ground(broadcast.Grounded{})
	w.now = w.now.Add(time.Second)
	w.ground(broadcast.Grounded{Cancelled: 8})
	w.lib = before
	w.ground(broadcast.Grounded{})
	for was, b := range all {
		if was == "draft" {
			w.is(b, broadcast.Draft)
			continue
		}
		w.is(b, broadcast.Cancelled)
		if why := w.ok(w.store.Get(t.Context(), b.ID)).Why; why != "所依据的公告N1已撤回" {
			t.Errorf("%s: %s", was, why)
		}
	}
	stopped, err := w.service.GetSeries(t.Context(), author, series.ID)
	if err != nil || !stopped.Stopped || stopped.Why != "所依据的公告N1已撤回" {
		t.Errorf("%+v, %v", stopped, err)
	}
}

// TestBehindTheContentInForce: a process that still answers by an older content neither contradicts what is in force, nor undoes what another
// process did by it.
func TestBehindTheContentInForce(t *testing.T) {
	w := newCityFixture(t)
	ctx, before, after := t.Context(), w.lib, become(w.lib, "N1", withdrawn)
	b, series := w.scheduled(proposal()), w.series(author, "0 9 * * *")
	now := broadcast.InForce{Library: before}
	w.service.InForce = func(context.Context) (broadcast.InForce, error) { return now, nil }

	now = broadcast.InForce{Library: after, Since: w.now}
	w.ground(broadcast.Grounded{Stopped: 2})
	w.is(b, broadcast.Held)
	w.now = w.now.Add(2 * time.Second)
	w.ground(broadcast.Grounded{})
	var faults broadcast.FaultsError
	if _, err := w.service.Confirm(ctx, approver, b.ID); !errors.As(err, &faults) {
		t.Errorf("confirmed on an older content: %v", err)
	}

	w.lib = after // here, and by now in force is that it is back
	now = broadcast.InForce{Library: before, Since: w.now}
	w.ground(broadcast.Grounded{Back: 2})
	w.ok(w.service.Confirm(ctx, approver, b.ID))
	if _, err := w.service.ApproveSeries(ctx, approver, series.ID, series.Hash); err != nil {
		t.Error(err)
	}
	w.ground(broadcast.Grounded{})
	w.now = w.ok(w.store.Get(ctx, b.ID)).SendAt
	for _, lib := range []*content.Library{after, become(before, "N1", nil)} {
		w.lib = lib
		if b := w.ok(w.service.Start(ctx, b.ID)); b.Status != broadcast.Scheduled {
			t.Errorf("a process that cannot send it yet made it %s: %s", b.Status, b.Why)
		}
	}
	w.lib = before
	w.is(w.ok(w.service.Start(ctx, b.ID)), broadcast.Freezing)
}

// TestFoldersDifferForAMoment: what one process's watched folder withdraws is not brought back by another that has not read it yet.
func TestFoldersDifferForAMoment(t *testing.T) {
	w := newCityFixture(t)
	before, b := w.lib, w.scheduled(proposal())
	w.lib = become(before, "N1", withdrawn)
	w.ground(broadcast.Grounded{Stopped: 1})
	w.lib, w.now = before, w.now.Add(2*time.Second)
	w.ground(broadcast.Grounded{})
	var faults broadcast.FaultsError
	if _, err := w.service.Confirm(t.Context(), approver, b.ID); !errors.As(err, &faults) {
		t.Errorf("confirmed at once: %v", err)
	}
	w.is(b, broadcast.Held)
}

// TestSupersededAndAccepted: what two people approved although its notice was superseded goes its way.
func TestSupersededAndAccepted(t *testing.T) {
	w := newCityFixture(t)
	w.lib = become(w.lib, "N1", func(n *content.Notice) { n.Status, n.SupersededBy = content.Superseded, "N2" })
	ctx, b := t.Context(), w.draft(proposal())
	var faults broadcast.FaultsError
	if _, err := w.service.Submit(ctx, author, b.ID); !errors.As(err, &faults) || !strings.Contains(err.Error(), "accept：superseded:N1") {
		t.Fatalf("submitted unread: %v", err)
	}
	b = w.ok(w.service.Submit(ctx, author, b.ID, "superseded:N1"))
	w.ok(w.service.Approve(ctx, approver, b.ID, b.Hash, "superseded:N1"))
	w.ok(w.service.Schedule(ctx, author, b.ID))
	w.ground(broadcast.Grounded{})
	w.is(b, broadcast.Scheduled)
}

// TestGrownAudienceIsToldAfterTheNotice: a question that waited for a person is not lost behind the notice.
func TestGrownAudienceIsToldAfterTheNotice(t *testing.T) {
	w := newCityFixture(t)
	p := proposal()
	p.SendAt = time.Time{}
	b := w.scheduled(p)
	for i := range 8 {
		w.resident("C2", phone.Number(fmt.Sprintf("199000020%d0", i+2)))
	}
	w.ok(w.service.Start(t.Context(), b.ID))
	w.frozen(b)
	before := w.lib
	w.lib = become(before, "N1", withdrawn)
	w.ground(broadcast.Grounded{Stopped: 1})
	w.now, w.lib = w.now.Add(time.Minute), before
	w.ground(broadcast.Grounded{Back: 1})
	if why := w.ok(w.store.Get(t.Context(), b.ID)).Why; !strings.Contains(why, "已恢复") || !strings.Contains(why, "相差超过10%") {
		t.Errorf("why: %s", why)
	}
}
