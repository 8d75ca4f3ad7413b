package api

import (
	"context"
	"net/http"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

func viewExport(e roster.NumbersExport) wire.Export {
	return wire.Export{ID: e.ID, Committee: e.Committee, Why: e.Why, AskedBy: string(e.AskedBy), AskedAt: e.AskedAt, ConfirmedBy: string(e.ConfirmedBy), ConfirmedAt: e.ConfirmedAt, UsedBy: string(e.UsedBy), UsedAt: e.UsedAt}
}

type askExportInput struct {
	Body wire.AskExport
}

// askExport is refused while the city is set up: whoever has the machine can make keys for two admins then.
func (a *server) askExport(ctx context.Context, who staff.Person, in *askExportInput) (*created[wire.Export], error) {
	open, err := a.Staff.SetupOpen(ctx)
	if err != nil {
		return nil, err
	}
	if open {
		return nil, refuse(http.StatusConflict, "setup", "导出完整号码须由两位管理员办理：请先让至少两位管理员凭邀请启用自己的密钥")
	}
	e, err := a.Roster.AskNumbersExport(ctx, audit.Staff(who.ID), in.Body.Committee, in.Body.Why)
	if err != nil {
		return nil, err
	}
	return &created[wire.Export]{wire.Prefix + "/exports/" + e.ID, viewExport(e)}, nil
}

type exportInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (a *server) getExport(ctx context.Context, _ staff.Person, in *exportInput) (*reply[wire.Export], error) {
	e, err := a.Roster.NumbersExport(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Export]{viewExport(e)}, nil
}

func (a *server) confirmExport(ctx context.Context, who staff.Person, in *exportInput) (*reply[wire.Export], error) {
	e, err := a.Roster.ConfirmNumbersExport(ctx, audit.Staff(who.ID), in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Export]{viewExport(e)}, nil
}

func (a *server) exportAsked(ctx context.Context, who staff.Person, act audit.Act) (*created[wire.Export], error) {
	e, err := a.exportConfirmed(ctx, who, act)
	if err != nil {
		return nil, err
	}
	return &created[wire.Export]{wire.Prefix + "/exports/" + e.Body.ID, e.Body}, nil
}

func (a *server) exportConfirmed(ctx context.Context, who staff.Person, act audit.Act) (*reply[wire.Export], error) {
	return a.getExport(ctx, who, &exportInput{ID: act.Subject})
}
