package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/signin"
	"towncrier/staff"
)

// sessionHandler has the browsers in which staff are signed in.
type sessionHandler struct {
	signin *signin.Service
	staff  *staff.Service
}

func (h sessionHandler) register(g *gate) {
	add(g, get("/me/sessions", "list-my-sessions", "List the browsers in which you are signed in", anyStaff), h.mine)
	add(g, del("/me/sessions/{session}", "end-my-session", "Sign yourself out of a browser", anyStaff), repeatable(h.endMine, nothingShown, "session.end"))
	add(g, get("/staff/{id}/sessions", "list-sessions", "List the browsers in which a member of staff is signed in", staff.ReadStaff), h.list)
	add(g, del("/staff/{id}/sessions/{session}", "end-session", "Sign a member of staff out of a browser", staff.ManageStaff), repeatable(h.end, nothingShown, "session.end"))
}

func (h sessionHandler) mine(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Page[wire.Session]], error) {
	return listed(viewSession(ctx))(h.signin.Sessions(ctx, caller.ID))
}

type SessionInput struct {
	Session string `path:"session" maxLength:"32"`
}

func (h sessionHandler) endMine(ctx context.Context, caller staff.Person, in *SessionInput) (*Nothing, error) {
	return nil, h.signin.End(ctx, caller, caller.ID, in.Session)
}

func (h sessionHandler) list(ctx context.Context, _ staff.Person, in *PersonInput) (*reply[wire.Page[wire.Session]], error) {
	if _, err := h.staff.Get(ctx, in.ID); err != nil {
		return nil, err
	}
	return listed(viewSession(ctx))(h.signin.Sessions(ctx, in.ID))
}

type PersonSessionInput struct {
	ID      string `path:"id" maxLength:"32"`
	Session string `path:"session" maxLength:"32"`
}

func (h sessionHandler) end(ctx context.Context, caller staff.Person, in *PersonSessionInput) (*Nothing, error) {
	if _, err := h.staff.Get(ctx, in.ID); err != nil {
		return nil, err
	}
	return nil, h.signin.End(ctx, caller, in.ID, in.Session)
}

func viewSession(ctx context.Context) func(signin.Session) wire.Session {
	own := infoOf(ctx).origin.Session
	return func(s signin.Session) wire.Session {
		return wire.Session{ID: s.ID, Browser: s.Browser, Address: s.Address, CreatedAt: s.CreatedAt, SeenAt: s.SeenAt,
			EndsAt: s.CreatedAt.Add(signin.Life), InUse: s.ID == own}
	}
}
