package api

import (
	"context"
	"encoding/hex"
	"fmt"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/staff"
)

// signedHandler has what is signed of broadcasts and series, who wrote which version of it, and who can sign it.
type signedHandler struct {
	broadcasts *broadcast.Service
	staff      *staff.Service
	views      broadcastViews
}

func (h signedHandler) register(g *gate) {
	const read = staff.ReadBroadcasts
	add(g, get("/broadcasts/{id}/signed", "get-broadcast-signed", "Show every field that the hash of a broadcast covers, and nothing else", read).impersonal(), h.signed)
	add(g, get("/broadcasts/{id}/revisions", "list-broadcast-revisions", "List who wrote, submitted and judged which version of a broadcast, newest first", read).impersonal(), h.revisions)
	add(g, get("/broadcasts/{id}/difference", "get-broadcast-difference", "Compare two versions of a broadcast, field by field", read).impersonal(), h.difference)
	add(g, get("/broadcasts/{id}/approvers", "list-broadcast-approvers", "List who can approve a broadcast now", read).impersonal(), h.approvers)
	add(g, get("/series/{id}/signed", "get-series-signed", "Show every field that the hash of a series covers, and nothing else", read).impersonal(), h.seriesSigned)
	add(g, get("/series/{id}/revisions", "list-series-revisions", "List who wrote and judged which version of a series, newest first", read).impersonal(), h.seriesRevisions)
	add(g, get("/series/{id}/difference", "get-series-difference", "Compare two versions of a series, field by field", read).impersonal(), h.seriesDifference)
	add(g, get("/series/{id}/approvers", "list-series-approvers", "List who can approve a series now", read).impersonal(), h.seriesApprovers)
}

func (h signedHandler) signed(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Signed], error) {
	return shown(viewSigned)(h.broadcasts.Signed(ctx, official(caller), in.ID))
}

func (h signedHandler) seriesSigned(ctx context.Context, caller staff.Person, in *SeriesInput) (*reply[wire.Signed], error) {
	return shown(viewSigned)(h.broadcasts.SignedSeries(ctx, official(caller), in.ID))
}

func viewSigned(s broadcast.Signed) wire.Signed {
	v := wire.Signed{Hash: hex.EncodeToString(s.Hash), Intact: s.Intact}
	for _, g := range broadcast.Groups {
		group := wire.SignedGroup{Group: string(g), Label: g.Label(), Fields: []wire.SignedField{}}
		for _, l := range s.Lines {
			if l.Group == g {
				group.Fields = append(group.Fields, viewLine(l))
			}
		}
		v.Groups = append(v.Groups, group)
	}
	return v
}

func viewLine(l broadcast.Line) wire.SignedField {
	return wire.SignedField{Field: l.Field, Part: l.Part, Label: l.Label, Value: l.Value, Depth: l.Depth}
}

func (h signedHandler) revisions(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Page[wire.BroadcastRevision]], error) {
	return listed(h.revision(ctx))(h.broadcasts.Revisions(ctx, official(caller), in.ID))
}

func (h signedHandler) seriesRevisions(ctx context.Context, caller staff.Person, in *SeriesInput) (*reply[wire.Page[wire.BroadcastRevision]], error) {
	return listed(h.revision(ctx))(h.broadcasts.SeriesRevisions(ctx, official(caller), in.ID))
}

func (h signedHandler) revision(ctx context.Context) func(broadcast.Revision) wire.BroadcastRevision {
	names := knownNames{people: h.views.people(ctx)}
	return func(r broadcast.Revision) wire.BroadcastRevision {
		return wire.BroadcastRevision{Version: r.Version, Act: string(r.Act), ActLabel: r.Act.Label(), By: r.By, ByLabel: names.person(r.By), At: r.At,
			Why: r.Why, Submission: r.Submission}
	}
}

// Compared says which versions are compared.
type Compared struct {
	From int64 `query:"from" minimum:"1" doc:"A version; what was submitted before to when left out"`
	To   int64 `query:"to" minimum:"1" doc:"A version; what was submitted last when left out"`
	Now  bool  `query:"now" doc:"Compare with what it says now, with the templates and the passages of today, and not with to"`
}

func (in Compared) between() broadcast.Between {
	return broadcast.Between{From: in.From, To: in.To, Now: in.Now}
}

type DifferenceInput struct {
	BroadcastInput
	Compared
}

func (h signedHandler) difference(ctx context.Context, caller staff.Person, in *DifferenceInput) (*reply[wire.Difference], error) {
	return shown(h.compared(ctx))(h.broadcasts.Differences(ctx, official(caller), in.ID, in.between()))
}

type SeriesDifferenceInput struct {
	SeriesInput
	Compared
}

func (h signedHandler) seriesDifference(ctx context.Context, caller staff.Person, in *SeriesDifferenceInput) (*reply[wire.Difference], error) {
	return shown(h.compared(ctx))(h.broadcasts.SeriesDifferences(ctx, official(caller), in.ID, in.between()))
}

func (h signedHandler) compared(ctx context.Context) func(broadcast.Difference) wire.Difference {
	revision := h.revision(ctx)
	return func(d broadcast.Difference) wire.Difference {
		v := wire.Difference{Label: differenceLabel(d), Changes: each(d.Changes, viewChange)}
		if d.From.Version > 0 {
			from := revision(d.From)
			v.From = &from
		}
		if d.To.Version > 0 {
			to := revision(d.To)
			v.To = &to
		}
		return v
	}
}

func differenceLabel(d broadcast.Difference) string {
	from := fmt.Sprintf("与第%d版", d.From.Version)
	if d.From.Submission > 0 {
		from = fmt.Sprintf("与第%d次送审", d.From.Submission)
	}
	switch {
	case d.From.Version == 0 && d.To.Submission == 1:
		return "首次送审"
	case d.From.Version == 0:
		return "没有保存以前送审的内容，不能比较"
	case len(d.Changes) == 0:
		return from + "相比，没有不同"
	}
	return fmt.Sprintf("%s相比，有%d处不同", from, len(d.Changes))
}

func viewChange(c broadcast.Change) wire.Change {
	return wire.Change{Group: string(c.Group), GroupLabel: c.Group.Label(), SignedField: viewLine(c.Line), Fate: string(c.Fate), FateLabel: c.Fate.Label(),
		Before: c.Before, Pieces: each(c.Pieces, func(p broadcast.Piece) wire.Piece {
			return wire.Piece{Fate: string(p.Fate), FateLabel: p.Fate.Label(), Text: p.Text}
		})}
}

func (h signedHandler) approvers(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Page[wire.Approver]], error) {
	b, err := h.broadcasts.Find(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	return h.who(ctx, func(by broadcast.Official) bool { return h.broadcasts.MayApprove(by, b) })
}

func (h signedHandler) seriesApprovers(ctx context.Context, caller staff.Person, in *SeriesInput) (*reply[wire.Page[wire.Approver]], error) {
	s, err := h.broadcasts.GetSeries(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	return h.who(ctx, func(by broadcast.Official) bool { return h.broadcasts.MayApproveSeries(by, s) })
}

// who lists the colleagues who have the right to approve, and may.
func (h signedHandler) who(ctx context.Context, may func(broadcast.Official) bool) (*reply[wire.Page[wire.Approver]], error) {
	all, err := h.staff.List(ctx)
	if err != nil {
		return nil, err
	}
	page := wire.Page[wire.Approver]{Items: []wire.Approver{}}
	for _, p := range all {
		if p.DisabledAt.IsZero() && p.Role.May(staff.ApproveBroadcasts) && may(official(p)) {
			page.Items = append(page.Items, wire.Approver{ID: p.ID, Label: p.Name + "（" + p.ID + "）"})
		}
	}
	return &reply[wire.Page[wire.Approver]]{page}, nil
}
