package api

import (
	"context"
	"net/http"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

// exportHandler has the requests to export residents with their numbers, and the files.
type exportHandler struct {
	roster *roster.Roster
	staff  *staff.Service
	names  directory
	now    func() time.Time
}

func (h exportHandler) register(g *gate) {
	add(g, get("/exports", "list-exports", "List requests to export numbers in full, newest first", staff.ReadAudit), h.list)
	add(g, post("/exports", "ask-export", "Request an export of residents with their numbers in full", staff.ExportResidents), repeatable(h.ask, h.asked, "export.ask"))
	add(g, get("/exports/{id}", "get-export", "Show a request to export numbers in full", staff.ReadAudit), h.get)
	add(g, post("/exports/{id}/confirm", "confirm-export", "Confirm another admin's request to export numbers in full", staff.ExportResidents), repeatable(h.confirm, h.confirmed, "export.confirm"))
	add(g, post("/exports/{id}/file", "fetch-export", "Fetch the file of your own confirmed request, once: numbers in full", staff.ExportResidents).streams(), h.file)
}

func (h exportHandler) list(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.Page[wire.Export]], error) {
	return listed(h.views(ctx))(h.roster.NumbersExports(ctx))
}

// ask is refused while the city is set up: a person at the machine can make keys for two admins then.
func (h exportHandler) ask(ctx context.Context, caller staff.Person, in *Body[wire.AskExport]) (*created[wire.Export], error) {
	open, err := h.staff.SetupOpen(ctx)
	if err != nil {
		return nil, err
	}
	if open {
		return nil, refuse(http.StatusConflict, "setup", "导出完整号码须由两位管理员办理：请先让至少两位管理员凭邀请启用自己的密钥")
	}
	committee, err := h.names.committee(ctx, caller, "committee", in.Body.Committee)
	if err != nil {
		return nil, err
	}
	return createdAt(exportPath)(shown(h.views(ctx))(h.roster.AskNumbersExport(ctx, audit.Staff(caller.ID), committee, in.Body.Why)))
}

func (h exportHandler) asked(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.Export], error) {
	return createdAt(exportPath)(h.confirmed(ctx, caller, act))
}

type ExportInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (h exportHandler) get(ctx context.Context, _ staff.Person, in *ExportInput) (*reply[wire.Export], error) {
	return shown(h.views(ctx))(h.roster.NumbersExport(ctx, in.ID))
}

func (h exportHandler) confirm(ctx context.Context, caller staff.Person, in *ExportInput) (*reply[wire.Export], error) {
	return shown(h.views(ctx))(h.roster.ConfirmNumbersExport(ctx, audit.Staff(caller.ID), in.ID))
}

func (h exportHandler) confirmed(ctx context.Context, caller staff.Person, act audit.Act) (*reply[wire.Export], error) {
	return h.get(ctx, caller, &ExportInput{ID: act.Subject})
}

func exportPath(e wire.Export) string { return "/exports/" + e.ID }

type ExportFileInput struct {
	ID     string `path:"id" maxLength:"32"`
	Format string `query:"format" enum:"csv,xlsx" default:"csv"`
}

func (h exportHandler) file(ctx context.Context, caller staff.Person, in *ExportFileInput) (*streamed, error) {
	rows, err := h.roster.ExportNumbers(ctx, audit.Staff(caller.ID), in.Format, in.ID)
	if err != nil {
		return nil, err
	}
	return tableFile("numbers-"+in.ID, in.Format, rows), nil
}

// views shows requests, with the names of people and committees beside their ids.
func (h exportHandler) views(ctx context.Context) func(roster.NumbersExport) wire.Export {
	people, committees := h.names.people(ctx), h.names.committees(ctx)
	return func(e roster.NumbersExport) wire.Export {
		return wire.Export{ID: e.ID, State: string(e.State(h.now())), Committee: e.Committee, CommitteeName: committees[e.Committee], Why: e.Why,
			AskedBy: string(e.AskedBy), AskedByName: people.actor(e.AskedBy), AskedAt: e.AskedAt,
			ConfirmedBy: string(e.ConfirmedBy), ConfirmedByName: people.actor(e.ConfirmedBy), ConfirmedAt: e.ConfirmedAt,
			UsedBy: string(e.UsedBy), UsedByName: people.actor(e.UsedBy), UsedAt: e.UsedAt}
	}
}
