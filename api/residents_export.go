package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

type ExportResidentsInput struct{ ResidentFilter }

func (h residentHandler) export(format string) handler[ExportResidentsInput, streamed] {
	return func(ctx context.Context, caller staff.Person, in *ExportResidentsInput) (*streamed, error) {
		f, err := h.chosen(ctx, caller, in.ResidentFilter)
		if err != nil {
			return nil, err
		}
		rows, err := h.roster.Export(ctx, audit.Staff(caller.ID), format, f, h.views.tags.sensitive)
		if err != nil {
			return nil, err
		}
		return tableFile("residents", format, rows), nil
	}
}

type StatsInput struct {
	Committee string `query:"committee" maxLength:"64" doc:"Code or name; everybody when left out, or a committee's own"`
}

func (h residentHandler) stats(ctx context.Context, caller staff.Person, in *StatsInput) (*reply[wire.Stats], error) {
	committee, err := h.committee(ctx, caller, in.Committee)
	if err != nil {
		return nil, err
	}
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	return shown(func(s roster.Stats) wire.Stats { return wire.Stats(s) })(h.roster.Stats(ctx, committee))
}

func (h residentHandler) statsByCommittee(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Page[wire.CommitteeStats]], error) {
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	counts, err := h.roster.StatsByCommittee(ctx, caller.Committee)
	if err != nil {
		return nil, err
	}
	committees, err := h.roster.Committees(ctx)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.CommitteeStats]{Items: []wire.CommitteeStats{}}
	for _, c := range append(committees, roster.Committee{}) {
		if n, some := counts[c.Code]; caller.Sees(c.Code) && (some || c.Code != "") {
			out.Items = append(out.Items, wire.CommitteeStats{Code: c.Code, Name: c.Name, Residents: n.Residents, Phone: n.Phone, WeChat: n.WeChat,
				Both: n.Both, Consented: n.Consented, Stopped: n.Stopped})
		}
	}
	return &reply[wire.Page[wire.CommitteeStats]]{out}, nil
}
