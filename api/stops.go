package api

import (
	"context"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

type stopsView struct {
	Key    string    `json:"key" doc:"Id of the callback key that the replies came under, as the server logs it"`
	First  time.Time `json:"first"`
	Last   time.Time `json:"last"`
	Stops  int       `json:"stops"`
	Undone int       `json:"undone"`
}

func viewStops(s roster.StopsSeen) stopsView {
	return stopsView{s.Key, s.First, s.Last, s.Stops, s.Undone}
}

type listStopsInput struct {
	Since time.Time `query:"since" doc:"A day ago when it is not given; at most 30 days ago"`
}

func (a *server) listStops(ctx context.Context, _ staff.Person, in *listStopsInput) (*reply[page[stopsView]], error) {
	if in.Since.IsZero() {
		in.Since = a.Now().Add(-24 * time.Hour)
	}
	seen, err := a.Roster.StopsSince(ctx, in.Since)
	if err != nil {
		return nil, err
	}
	return &reply[page[stopsView]]{page[stopsView]{Items: each(seen, viewStops)}}, nil
}

type undoView struct {
	ID          string    `json:"id"`
	Key         string    `json:"key"`
	Since       time.Time `json:"since"`
	Until       time.Time `json:"until"`
	Why         string    `json:"why"`
	AskedBy     string    `json:"asked_by"`
	AskedAt     time.Time `json:"asked_at"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	Undone      int       `json:"undone" doc:"Numbers that may be texted again"`
	Left        int       `json:"left" doc:"Stops that are still to be undone: confirm again until it is 0"`
}

func viewUndo(u roster.Undo) undoView {
	return undoView{u.ID, u.Key, u.Since, u.Until, u.Why, string(u.AskedBy), u.AskedAt, string(u.ConfirmedBy), u.ConfirmedAt, u.Undone, u.Left}
}

type askUndoInput struct {
	Body struct {
		Key   string    `json:"key" minLength:"1" maxLength:"32" doc:"Id of a callback key, as the list shows it"`
		Since time.Time `json:"since"`
		Until time.Time `json:"until" doc:"Included, and not in the future"`
		Why   string    `json:"why" minLength:"1" maxLength:"64"`
	}
}

func (a *server) askUndo(ctx context.Context, who staff.Person, in *askUndoInput) (*created[undoView], error) {
	b := in.Body
	u, err := a.Roster.AskUndo(ctx, audit.Staff(who.ID), roster.Undo{Key: b.Key, Since: b.Since, Until: b.Until, Why: b.Why})
	if err != nil {
		return nil, err
	}
	return &created[undoView]{wire.Prefix + "/stops/undo/" + u.ID, viewUndo(u)}, nil
}

type undoInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (a *server) getUndo(ctx context.Context, _ staff.Person, in *undoInput) (*reply[undoView], error) {
	u, err := a.Roster.Undo(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[undoView]{viewUndo(u)}, nil
}

func (a *server) confirmUndo(ctx context.Context, who staff.Person, in *undoInput) (*reply[undoView], error) {
	u, err := a.Roster.ConfirmUndo(ctx, audit.Staff(who.ID), in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[undoView]{viewUndo(u)}, nil
}
