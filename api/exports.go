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

type exportView struct {
	ID          string    `json:"id" doc:"What towncrier roster export --numbers --request takes"`
	Committee   string    `json:"committee,omitempty" doc:"Code; the whole city when absent"`
	Why         string    `json:"why"`
	AskedBy     string    `json:"asked_by" doc:"kind:name, as in the audit log"`
	AskedAt     time.Time `json:"asked_at"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero" doc:"It can be used within an hour, once"`
	UsedBy      string    `json:"used_by,omitempty"`
	UsedAt      time.Time `json:"used_at,omitzero"`
}

func viewExport(e roster.NumbersExport) exportView {
	return exportView{e.ID, e.Committee, e.Why, string(e.AskedBy), e.AskedAt, string(e.ConfirmedBy), e.ConfirmedAt, string(e.UsedBy), e.UsedAt}
}

type askExportInput struct {
	Body struct {
		Committee string `json:"committee,omitempty" maxLength:"32" doc:"Code: only its residents; the whole city when left out"`
		Why       string `json:"why" minLength:"1" maxLength:"64"`
	}
}

// askExport is refused while the city is set up: whoever has the machine can make keys for two admins then.
func (a *server) askExport(ctx context.Context, who staff.Person, in *askExportInput) (*created[exportView], error) {
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
	return &created[exportView]{wire.Prefix + "/exports/" + e.ID, viewExport(e)}, nil
}

type exportInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (a *server) getExport(ctx context.Context, _ staff.Person, in *exportInput) (*reply[exportView], error) {
	e, err := a.Roster.NumbersExport(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[exportView]{viewExport(e)}, nil
}

func (a *server) confirmExport(ctx context.Context, who staff.Person, in *exportInput) (*reply[exportView], error) {
	e, err := a.Roster.ConfirmNumbersExport(ctx, audit.Staff(who.ID), in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[exportView]{viewExport(e)}, nil
}

func (a *server) exportAsked(ctx context.Context, who staff.Person, act audit.Act) (*created[exportView], error) {
	e, err := a.exportConfirmed(ctx, who, act)
	if err != nil {
		return nil, err
	}
	return &created[exportView]{wire.Prefix + "/exports/" + e.Body.ID, e.Body}, nil
}

func (a *server) exportConfirmed(ctx context.Context, who staff.Person, act audit.Act) (*reply[exportView], error) {
	return a.getExport(ctx, who, &exportInput{ID: act.Subject})
}
