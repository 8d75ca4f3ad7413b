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
	Soon
}

func (h residentHandler) stats(ctx context.Context, caller staff.Person, in *StatsInput) (*reply[wire.Stats], error) {
	committee, err := h.committee(ctx, caller, in.Committee)
	if err != nil {
		return nil, err
	}
	if in.Soon.Soon {
		count, making, err := h.roster.CountSoon(ctx, committee)
		if err != nil {
			return nil, err
		}
		v := viewStats(count.Value.Stats)
		v.CountedAt, v.Counting = count.At, making
		return &reply[wire.Stats]{v}, nil
	}
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	return shown(viewStats)(h.roster.Stats(ctx, committee))
}

func viewStats(s roster.Stats) wire.Stats {
	return wire.Stats{Residents: s.Residents, Phone: s.Phone, WeChat: s.WeChat, Both: s.Both, Consented: s.Consented, Stopped: s.Stopped,
		Committees: s.Committees, Suppressed: s.Suppressed}
}

// StatsByCommitteeInput is how committees are counted.
type StatsByCommitteeInput struct{ Soon }

func (h residentHandler) statsByCommittee(ctx context.Context, caller staff.Person, in *StatsByCommitteeInput) (*reply[wire.Page[wire.CommitteeStats]], error) {
	counts, err := h.countsByCommittee(ctx, caller, in.Soon.Soon)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.CommitteeStats]{Items: []wire.CommitteeStats{}}
	if counts == nil { // nobody has counted yet
		return &reply[wire.Page[wire.CommitteeStats]]{out}, nil
	}
	committees, err := h.roster.Committees(ctx)
	if err != nil {
		return nil, err
	}
	for _, c := range append(committees, roster.Committee{}) {
		if n, some := counts[c.Code]; caller.Sees(c.Code) && (some || c.Code != "") {
			out.Items = append(out.Items, wire.CommitteeStats{Code: c.Code, Name: c.Name, Residents: n.Residents, Phone: n.Phone, WeChat: n.WeChat,
				Both: n.Both, Consented: n.Consented, Stopped: n.Stopped})
		}
	}
	return &reply[wire.Page[wire.CommitteeStats]]{out}, nil
}

// countsByCommittee counts by code; nil is soon, before the first count.
func (h residentHandler) countsByCommittee(ctx context.Context, caller staff.Person, soon bool) (map[string]roster.Stats, error) {
	if soon {
		count, _, err := h.roster.CountSoon(ctx, caller.Committee)
		return count.Value.Of, err
	}
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	return h.roster.StatsByCommittee(ctx, caller.Committee)
}
