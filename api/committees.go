package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/staff"
)

type committeeHandler struct{ roster *roster.Roster }

func (h committeeHandler) register(g *gate) {
	add(g, get("/committees", "list-committees", "List committees", staff.ReadCommittees).impersonal(), h.list)
	for _, format := range []string{sheet.CSV, sheet.XLSX} {
		add(g, get("/committees."+format, "export-committees-"+format, "Export committees as "+strings.ToUpper(format)+", as an import reads them", staff.ReadCommittees).
			streams(), h.export(format))
	}
	add(g, get("/committees/{code}", "get-committee", "Show a committee", staff.ReadCommittees).impersonal(), h.get)
	add(g, put("/committees/{code}", "put-committee", "Create or replace a committee", staff.WriteCommittees), repeatable(h.put, h.wasPut, "committee.put"))
	add(g, del("/committees/{code}", "delete-committee", "Delete a committee that has no residents", staff.WriteCommittees), repeatable(h.delete, nothingShown, "committee.delete"))
}

func (h committeeHandler) list(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.Page[wire.Committee]], error) {
	return listed(viewCommittee)(h.roster.Committees(ctx))
}

func (h committeeHandler) export(format string) handler[Nothing, streamed] {
	return func(ctx context.Context, _ staff.Person, _ *Nothing) (*streamed, error) {
		rows, err := h.roster.ExportCommittees(ctx)
		if err != nil {
			return nil, err
		}
		return tableFile("committees", format, rows), nil
	}
}

type CommitteeInput struct {
	Code string `path:"code" pattern:"^[A-Za-z0-9_-]{1,32}$"`
}

func (h committeeHandler) get(ctx context.Context, _ staff.Person, in *CommitteeInput) (*reply[wire.Committee], error) {
	c, err := h.roster.Committee(ctx, in.Code)
	return shown(viewCommittee)(c, inPath(err))
}

type PutCommitteeInput struct {
	Code string `path:"code" pattern:"^[A-Za-z0-9_-]{1,32}$"`
	Body wire.PutCommittee
}

type putCommitteeOutput struct {
	Status int
	Body   wire.Committee
}

func (h committeeHandler) put(ctx context.Context, caller staff.Person, in *PutCommitteeInput) (*putCommitteeOutput, error) {
	b := in.Body
	isNew, err := h.roster.PutCommittee(ctx, audit.Staff(caller.ID), roster.Committee{Code: in.Code, Name: b.Name, Street: b.Street, Area: b.Area, Communities: b.Communities})
	if err != nil {
		return nil, err
	}
	return h.showPut(ctx, in.Code, isNew)
}

func (h committeeHandler) wasPut(ctx context.Context, _ staff.Person, act audit.Act) (*putCommitteeOutput, error) {
	return h.showPut(ctx, act.Subject, noted(act, "new") == "yes")
}

func (h committeeHandler) showPut(ctx context.Context, code string, isNew bool) (*putCommitteeOutput, error) {
	c, err := h.roster.Committee(ctx, code)
	if err != nil {
		return nil, inPath(err)
	}
	out := &putCommitteeOutput{http.StatusOK, viewCommittee(c)}
	if isNew {
		out.Status = http.StatusCreated
	}
	return out, nil
}

func (h committeeHandler) delete(ctx context.Context, caller staff.Person, in *CommitteeInput) (*Nothing, error) {
	return nil, inPath(h.roster.DeleteCommittee(ctx, audit.Staff(caller.ID), in.Code))
}

// inPath tells a committee that a path names from one that a body names.
func inPath(err error) error {
	if errors.Is(err, roster.ErrNoCommittee) {
		return errNoCommittee
	}
	return err
}

func viewCommittee(c roster.Committee) wire.Committee {
	return wire.Committee{Code: c.Code, Name: c.Name, Street: c.Street, Area: c.Area, Communities: append([]string{}, c.Communities...)}
}
