package api

import (
	"context"
	"errors"
	"net/http"

	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

type committeeView struct {
	Code        string   `json:"code"`
	Name        string   `json:"name"`
	Street      string   `json:"street,omitempty" doc:"The street office above it"`
	Area        string   `json:"area,omitempty" doc:"District or county"`
	Communities []string `json:"communities" nullable:"false" doc:"Names of the estates and compounds that it serves"`
}

func viewCommittee(c roster.Committee) committeeView {
	return committeeView{c.Code, c.Name, c.Street, c.Area, append([]string{}, c.Communities...)}
}

func (a *server) listCommittees(ctx context.Context, _ staff.Person, _ *nothing) (*reply[page[committeeView]], error) {
	all, err := a.Roster.Committees(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[page[committeeView]]{page[committeeView]{Items: each(all, viewCommittee)}}, nil
}

type committeeInput struct {
	Code string `path:"code" pattern:"^[A-Za-z0-9_-]{1,32}$"`
}

func (a *server) getCommittee(ctx context.Context, _ staff.Person, in *committeeInput) (*reply[committeeView], error) {
	c, err := a.Roster.Committee(ctx, in.Code)
	if err != nil {
		return nil, absentCommittee(err)
	}
	return &reply[committeeView]{viewCommittee(c)}, nil
}

type putCommitteeInput struct {
	Code string `path:"code" pattern:"^[A-Za-z0-9_-]{1,32}$"`
	Body struct {
		Name        string   `json:"name" minLength:"1" maxLength:"100"`
		Street      string   `json:"street,omitempty" maxLength:"100"`
		Area        string   `json:"area,omitempty" maxLength:"100"`
		Communities []string `json:"communities,omitempty" nullable:"false" maxItems:"500"`
	}
}

type putCommitteeOutput struct {
	Status int
	Body   committeeView
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
