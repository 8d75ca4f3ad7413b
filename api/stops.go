package api

import (
	"context"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

func viewStops(s roster.StopsSeen) wire.Stops {
	return wire.Stops{Key: s.Key, First: s.First, Last: s.Last, Stops: s.Stops, Undone: s.Undone}
}

type listStopsInput struct {
	Since time.Time `query:"since" doc:"A day ago when it is not given; at most 30 days ago"`
}

func (a *server) listStops(ctx context.Context, _ staff.Person, in *listStopsInput) (*reply[wire.Page[wire.Stops]], error) {
	if in.Since.IsZero() {
		in.Since = a.Now().Add(-24 * time.Hour)
	}
	seen, err := a.Roster.StopsSince(ctx, in.Since)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Stops]]{wire.Page[wire.Stops]{Items: each(seen, viewStops)}}, nil
}

func viewUndo(u roster.Undo) wire.Undo {
	return wire.Undo{ID: u.ID, Key: u.Key, Since: u.Since, Until: u.Until, Why: u.Why, AskedBy: string(u.AskedBy), AskedAt: u.AskedAt, ConfirmedBy: string(u.ConfirmedBy), ConfirmedAt: u.ConfirmedAt, Undone: u.Undone, Left: u.Left}
}

type askUndoInput struct {
	Body wire.AskUndo
}

func (a *server) askUndo(ctx context.Context, who staff.Person, in *askUndoInput) (*created[wire.Undo], error) {
	b := in.Body
	u, err := a.Roster.AskUndo(ctx, audit.Staff(who.ID), roster.Undo{Key: b.Key, Since: b.Since, Until: b.Until, Why: b.Why})
	if err != nil {
		return nil, err
	}
	return &created[wire.Undo]{wire.Prefix + "/stops/undo/" + u.ID, viewUndo(u)}, nil
}

type undoInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (a *server) getUndo(ctx context.Context, _ staff.Person, in *undoInput) (*reply[wire.Undo], error) {
	u, err := a.Roster.Undo(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Undo]{viewUndo(u)}, nil
}

func (a *server) confirmUndo(ctx context.Context, who staff.Person, in *undoInput) (*reply[wire.Undo], error) {
	u, err := a.Roster.ConfirmUndo(ctx, audit.Staff(who.ID), in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Undo]{viewUndo(u)}, nil
}
