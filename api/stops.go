package api

import (
	"context"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

// stopHandler has the stops that came by SMS, and the undoing of forged ones.
type stopHandler struct {
	roster *roster.Roster
	names  directory
	now    func() time.Time
}

func (h stopHandler) register(g *gate) {
	add(g, get("/stops", "list-stops", "Count stops received by SMS, by callback key", staff.ReadAlarms), h.list)
	add(g, post("/stops/undo", "ask-undo", "Request to undo the stops received under a callback key in a time span", staff.UndoStops), repeatable(h.ask, h.asked, "stops.ask"))
	add(g, get("/stops/undo/{id}", "get-undo", "Show a request to undo stops", staff.ReadAlarms), h.get)
	add(g, post("/stops/undo/{id}/confirm", "confirm-undo", "Confirm another admin's request to undo stops, and undo them", staff.UndoStops), h.confirm)
}

type ListStopsInput struct {
	Since time.Time `query:"since" doc:"A day ago when it is not given; at most 30 days ago"`
}

func (h stopHandler) list(ctx context.Context, _ staff.Person, in *ListStopsInput) (*reply[wire.Page[wire.Stops]], error) {
	if in.Since.IsZero() {
		in.Since = h.now().Add(-24 * time.Hour)
	}
	return listed(viewStops)(h.roster.StopsSince(ctx, in.Since))
}

func (h stopHandler) ask(ctx context.Context, caller staff.Person, in *Body[wire.AskUndo]) (*created[wire.Undo], error) {
	b := in.Body
	u, err := h.roster.AskUndo(ctx, audit.Staff(caller.ID), roster.Undo{Key: b.Key, Since: b.Since, Until: b.Until, Why: b.Why})
	return createdAt(undoPath)(shown(h.view(ctx))(u, err))
}

func (h stopHandler) asked(ctx context.Context, _ staff.Person, act audit.Act) (*created[wire.Undo], error) {
	return createdAt(undoPath)(shown(h.view(ctx))(h.roster.Undo(ctx, noted(act, "undo"))))
}

type UndoInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (h stopHandler) get(ctx context.Context, _ staff.Person, in *UndoInput) (*reply[wire.Undo], error) {
	return shown(h.view(ctx))(h.roster.Undo(ctx, in.ID))
}

func (h stopHandler) confirm(ctx context.Context, caller staff.Person, in *UndoInput) (*reply[wire.Undo], error) {
	return shown(h.view(ctx))(h.roster.ConfirmUndo(ctx, audit.Staff(caller.ID), in.ID))
}

func undoPath(u wire.Undo) string { return "/stops/undo/" + u.ID }

func (h stopHandler) view(ctx context.Context) func(roster.Undo) wire.Undo {
	people := h.names.people(ctx)
	return func(u roster.Undo) wire.Undo {
		return wire.Undo{ID: u.ID, Key: u.Key, Since: u.Since, Until: u.Until, Why: u.Why, AskedBy: string(u.AskedBy), AskedByName: people.actor(u.AskedBy), AskedAt: u.AskedAt,
			ConfirmedBy: string(u.ConfirmedBy), ConfirmedByName: people.actor(u.ConfirmedBy), ConfirmedAt: u.ConfirmedAt, Undone: u.Undone, Left: u.Left}
	}
}

func viewStops(s roster.StopsSeen) wire.Stops {
	return wire.Stops{Key: s.Key, First: s.First, Last: s.Last, Stops: s.Stops, Undone: s.Undone}
}
