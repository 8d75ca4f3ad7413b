package api

import (
	"context"
	"maps"
	"slices"
	"strconv"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/city"
	"towncrier/content"
	"towncrier/intents"
	"towncrier/revision"
	"towncrier/staff"
)

// noticeHandler has the notices in force, and their withdrawal.
type noticeHandler struct {
	Content
	names directory
	stops consequences
}

func (h noticeHandler) register(g *gate) {
	const read, withdraw = staff.ReadContent, staff.WithdrawContent
	add(g, get("/content/notices", "list-notices", "List the notices in force, with their passages", read).impersonal(), h.list)
	add(g, get("/content/notices/{id}", "get-notice", "Show a notice, its passages and what rests on it", read).impersonal(), h.get)
	add(g, get("/content/notices/{id}/withdrawal", "preview-withdrawal", "Show what withdrawing a notice would stop", read).impersonal(), h.preview)
	add(g, post("/content/notices/{id}/withdraw", "withdraw-notice", "Withdraw a notice at once", withdraw), repeatable(h.withdraw, h.appended, "content.withdraw"))
	add(g, post("/content/notices/{id}/reinstate", "reinstate-notice", "Undo a colleague's withdrawal of a notice within an hour", withdraw).checksContent(), repeatable(h.reinstate, h.appended, "content.reinstate"))
}

type ListNoticesInput struct {
	Following
	Limit int `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h noticeHandler) list(_ context.Context, _ staff.Person, in *ListNoticesInput) (*reply[wire.Page[wire.Notice]], error) {
	all := h.Live.Current().Library.Notices
	return listedFrom(slices.Sorted(maps.Keys(all)), in.After, in.Limit, func(id string) wire.Notice { return h.view(all[id]) }), nil
}

type NoticeInput struct {
	ID string `path:"id" pattern:"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" patternDescription:"a notice's id"`
}

func (h noticeHandler) find(id string) (*content.Notice, error) {
	n := h.Live.Current().Library.Notices[id]
	if n == nil {
		return nil, revision.ErrNoNotice
	}
	return n, nil
}

func (h noticeHandler) get(_ context.Context, _ staff.Person, in *NoticeInput) (*reply[wire.Notice], error) {
	return shown(h.view)(h.find(in.ID))
}

func (h noticeHandler) view(n *content.Notice) wire.Notice {
	now := h.Live.Current()
	today := content.DateOf(h.Revisions.Now().In(now.Zone()))
	return wire.Notice{
		ID: n.ID, Headline: n.Headline, Issuer: n.Issuer, Publisher: n.Publisher, Date: n.Date.ISO(), YearInferred: n.YearInferred, Area: n.Area,
		ReviewBy: n.ReviewBy.ISO(), Overdue: n.ReviewBy.Before(today), Status: string(n.Status), Label: n.Status.Label(), Successor: n.SupersededBy,
		Passages: each(n.Passages, func(p content.Passage) wire.Passage { return wire.Passage{Number: p.Number, Text: p.Text} }),
		Intents:  each(citing(now, n.ID), func(in *intents.Intent) string { return in.ID }),
	}
}

// citing are the intents whose answers cite a notice, by id.
func citing(c *city.City, notice string) (all []*intents.Intent) {
	for _, id := range slices.Sorted(maps.Keys(c.Intents)) {
		if slices.ContainsFunc(c.Intents[id].Citations, func(c intents.Citation) bool { return c.Notice == notice }) {
			all = append(all, c.Intents[id])
		}
	}
	return all
}

type PreviewWithdrawalInput struct {
	ID        string `path:"id" pattern:"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" patternDescription:"a notice's id"`
	Successor string `query:"successor" maxLength:"64" doc:"The notice in force that residents are sent to"`
}

func (h noticeHandler) preview(ctx context.Context, caller staff.Person, in *PreviewWithdrawalInput) (*reply[wire.Withdrawal], error) {
	if err := h.Revisions.MayWithdraw(ctx, in.ID, in.Successor); err != nil {
		return nil, err
	}
	_, now, err := h.Revisions.Head(ctx)
	if err != nil {
		return nil, err
	}
	before, _ := city.Read(now.FS(), h.Revisions.Now())
	if before == nil { // this program does not take what is in force
		before = h.Live.Current()
	}
	stops, err := h.stops.of(ctx, caller, before, before.Withdraw([]string{in.ID}))
	return &reply[wire.Withdrawal]{wire.Withdrawal{Notice: in.ID, Successor: in.Successor, ContentStops: stops}}, err
}

type WithdrawInput struct {
	ID   string `path:"id" pattern:"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$" patternDescription:"a notice's id"`
	Body wire.WithdrawNotice
}

func (h noticeHandler) withdraw(ctx context.Context, caller staff.Person, in *WithdrawInput) (*reply[wire.Revision], error) {
	r, err := h.Revisions.Withdraw(ctx, caller.ID, in.ID, in.Body.Successor)
	if err == nil {
		h.stops.takeEffect(ctx)
	}
	return shown(viewRevision(h.names.people(ctx)))(r, err)
}

func (h noticeHandler) reinstate(ctx context.Context, caller staff.Person, in *NoticeInput) (*reply[wire.Revision], error) {
	r, err := h.Revisions.Reinstate(ctx, caller.ID, in.ID)
	if err == nil {
		h.stops.takeEffect(ctx)
	}
	return shown(viewRevision(h.names.people(ctx)))(r, err)
}

func (h noticeHandler) appended(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.Revision], error) {
	return revisionOf(ctx, h.Revisions, h.names, act)
}

// revisionOf is the revision that an act appended.
func revisionOf(ctx context.Context, revisions *revision.Service, names directory, act audit.Act) (*reply[wire.Revision], error) {
	number, err := strconv.Atoi(act.Subject)
	if err != nil {
		return nil, err
	}
	r, err := revisions.Store.Revision(ctx, number)
	return shown(viewRevision(names.people(ctx)))(r, err)
}
