package api

import (
	"context"
	"errors"
	"net/http"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

func viewCommittee(c roster.Committee) wire.Committee {
	return wire.Committee{Code: c.Code, Name: c.Name, Street: c.Street, Area: c.Area, Communities: append([]string{}, c.Communities...)}
}

func (a *server) listCommittees(ctx context.Context, _ staff.Person, _ *nothing) (*reply[wire.Page[wire.Committee]], error) {
	all, err := a.Roster.Committees(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Committee]]{wire.Page[wire.Committee]{Items: each(all, viewCommittee)}}, nil
}

type committeeInput struct {
	Code string `path:"code" pattern:"^[A-Za-z0-9_-]{1,32}$"`
}

func (a *server) getCommittee(ctx context.Context, _ staff.Person, in *committeeInput) (*reply[wire.Committee], error) {
	c, err := a.Roster.Committee(ctx, in.Code)
	if err != nil {
		return nil, absentCommittee(err)
	}
	return &reply[wire.Committee]{viewCommittee(c)}, nil
}

type putCommitteeInput struct {
	Code string `path:"code" pattern:"^[A-Za-z0-9_-]{1,32}$"`
	Body wire.PutCommittee
}

type putCommitteeOutput struct {
	Status int
	Body   wire.Committee
}

func (a *server) putCommittee(ctx context.Context, who staff.Person, in *putCommitteeInput) (*putCommitteeOutput, error) {
	b := in.Body
	isNew, err := a.Roster.PutCommittee(ctx, audit.Staff(who.ID), roster.Committee{Code: in.Code, Name: b.Name, Street: b.Street, Area: b.Area, Communities: b.Communities})
	if err != nil {
		return nil, err
	}
	c, err := a.Roster.Committee(ctx, in.Code)
	if err != nil {
		return nil, err
	}
	out := &putCommitteeOutput{http.StatusOK, viewCommittee(c)}
	if isNew {
		out.Status = http.StatusCreated
	}
	return out, nil
}

func (a *server) deleteCommittee(ctx context.Context, who staff.Person, in *committeeInput) (*nothing, error) {
	return nil, absentCommittee(a.Roster.DeleteCommittee(ctx, audit.Staff(who.ID), in.Code))
}

// absentCommittee tells a committee that is asked for by its path from one that a body names.
func absentCommittee(err error) error {
	if errors.Is(err, roster.ErrNoCommittee) {
		return errAbsent
	}
	return err
}
