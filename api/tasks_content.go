package api

import (
	"cmp"
	"context"
	"slices"
	"time"

	"towncrier/api/wire"
	"towncrier/content"
	"towncrier/revision"
	"towncrier/staff"
)

// ofContentDrafts are those that somebody else publishes, those that came back to who wrote in them, and what a committee handed in, which an
// author submits.
func (h tasksHandler) ofContentDrafts(ctx context.Context, caller staff.Person) (tasks []wire.Task, err error) {
	writes, publishes := caller.Role.May(staff.WriteContent) || caller.Role.May(staff.WriteRows), caller.Role.May(staff.PublishContent)
	if !writes && !publishes {
		return nil, nil
	}
	all, err := h.content.Revisions.Unpublished(ctx)
	for _, d := range all {
		wrote := slices.Contains(d.Editors, caller.ID)
		switch {
		case d.Status == revision.Submitted && publishes && !wrote:
			tasks = append(tasks, wire.Task{Kind: "content-approve", ID: d.ID, Title: d.Title, Since: d.ChangedAt})
		case d.Status == revision.Open && d.Why == "" && d.Committee != "" && caller.Role.May(staff.WriteContent):
			tasks = append(tasks, wire.Task{Kind: "content-handed-in", ID: d.ID, Title: d.Title, Since: d.ChangedAt})
		case d.Status == revision.Open && wrote && d.Why != "" && caller.Sees(d.Committee):
			tasks = append(tasks, wire.Task{Kind: "content-returned", ID: d.ID, Title: d.Title, Since: d.ChangedAt, Why: d.Why})
		}
	}
	return tasks, err
}

// ofWithdrawals are those that the caller may still undo.
func (h tasksHandler) ofWithdrawals(ctx context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.WithdrawContent) {
		return nil, nil
	}
	people := h.names.people(ctx)
	all, err := h.content.Revisions.Undoable(ctx)
	all = slices.DeleteFunc(all, func(r revision.Revision) bool { return r.Author == caller.ID })
	zone := h.content.Live.Current().Zone()
	return each(all, func(r revision.Revision) wire.Task {
		t := wire.Task{Kind: "content-undo", ID: r.Notice, Since: r.At,
			Why: cmp.Or(people[r.Author], r.Author) + "撤回；撤错了的，" + r.At.Add(revision.UndoWithin).In(zone).Format("15:04") + "以前可以恢复"}
		if n := h.content.Live.Current().Library.Notices[r.Notice]; n != nil {
			t.Title = n.Headline
		}
		return t
	}), err
}

// ofNotices counts the notices that somebody has to look through again: content notices lists them.
func (h tasksHandler) ofNotices(_ context.Context, caller staff.Person) ([]wire.Task, error) {
	if !caller.Role.May(staff.WriteContent) || caller.Committee != "" {
		return nil, nil
	}
	city := h.content.Live.Current()
	today := content.DateOf(h.now().In(city.Zone()))
	var n int
	var since time.Time
	for _, notice := range city.Library.Notices {
		if notice.Status != content.InForce || !notice.ReviewBy.Before(today) {
			continue
		}
		n++
		d := notice.ReviewBy
		if over := time.Date(d.Year, d.Month, d.Day+1, 0, 0, 0, 0, city.Zone()); since.IsZero() || over.Before(since) {
			since = over
		}
	}
	if n == 0 {
		return nil, nil
	}
	return []wire.Task{{Kind: "notices-overdue", Since: since, N: n}}, nil
}
