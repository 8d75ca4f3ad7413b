package api

import (
	"context"
	"net/http"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

// exportHandler has the requests to export residents with their numbers.
type exportHandler struct {
	roster *roster.Roster
	staff  *staff.Service
}

func (h exportHandler) register(g *gate) {
	add(g, post("/exports", "ask-export", "Request an export of residents with their numbers in full", staff.ExportResidents), repeatable(h.ask, h.asked, "export.ask"))
	add(g, get("/exports/{id}", "get-export", "Show a request to export numbers in full", staff.ReadAudit), h.get)
	add(g, post("/exports/{id}/confirm", "confirm-export", "Confirm another admin's request to export numbers in full", staff.ExportResidents), repeatable(h.confirm, h.confirmed, "export.confirm"))
}

// ask is refused while the city is set up: a person at the machine can make keys for two admins then.
func (h exportHandler) ask(ctx context.Context, caller staff.Person, in *bodyOf[wire.AskExport]) (*created[wire.Export], error) {
	open, err := h.staff.SetupOpen(ctx)
	if err != nil {
		return nil, err
	}
	if open {
		return nil, refuse(http.StatusConflict, "setup", "导出完整号码须由两位管理员办理：请先让至少两位管理员凭邀请启用自己的密钥")
	}
	return createdAt(exportPath)(shown(viewExport)(h.roster.AskNumbersExport(ctx, audit.Staff(caller.ID), in.Body.Committee, in.Body.Why)))
}

func (h exportHandler) asked(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.Export], error) {
	return createdAt(exportPath)(h.confirmed(ctx, caller, act))
}

type exportInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (h exportHandler) get(ctx context.Context, _ staff.Person, in *exportInput) (*reply[wire.Export], error) {
	return shown(viewExport)(h.roster.NumbersExport(ctx, in.ID))
}

func (h exportHandler) confirm(ctx context.Context, caller staff.Person, in *exportInput) (*reply[wire.Export], error) {
	return shown(viewExport)(h.roster.ConfirmNumbersExport(ctx, audit.Staff(caller.ID), in.ID))
}

func (h exportHandler) confirmed(ctx context.Context, caller staff.Person, act audit.Act) (*reply[wire.Export], error) {
	return h.get(ctx, caller, &exportInput{ID: act.Subject})
}

func exportPath(e wire.Export) string { return "/exports/" + e.ID }

func viewExport(e roster.NumbersExport) wire.Export {
	return wire.Export{ID: e.ID, Committee: e.Committee, Why: e.Why, AskedBy: string(e.AskedBy), AskedAt: e.AskedAt, ConfirmedBy: string(e.ConfirmedBy), ConfirmedAt: e.ConfirmedAt, UsedBy: string(e.UsedBy), UsedAt: e.UsedAt}
}
