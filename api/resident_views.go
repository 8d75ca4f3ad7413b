package api

import (
	"context"
	"fmt"
	"slices"

	"towncrier/api/wire"
	"towncrier/roster"
	"towncrier/staff"
)

// viewOne is one resident, with every tag for who keeps residents' entries, and with what an import would tell of the entry. The
// entry stands also when that cannot be looked up now.
func (h residentHandler) viewOne(ctx context.Context, caller staff.Person, r roster.Resident) wire.Resident {
	v := viewResident(r)
	if !caller.Role.May(staff.WriteResidents) {
		v = h.viewListed(r)
	}
	if r.Committee == "" || r.Community == "" {
		return v
	}
	if c, err := h.roster.Committee(ctx, r.Committee); err == nil && c.Lacks(r.Community) {
		v.Warnings = []string{fmt.Sprintf("小区“%s”不在%s（%s）登记的小区之中，请核对", r.Community, c.Name, c.Code)}
	}
	return v
}

// viewListed is a resident among others: without sensitive tags, whoever reads.
func (h residentHandler) viewListed(r roster.Resident) wire.Resident {
	r.Tags = slices.DeleteFunc(slices.Clone(r.Tags), h.tags.sensitive)
	return viewResident(r)
}

func viewResident(r roster.Resident) wire.Resident {
	return wire.Resident{
		ID: r.ID, Phone: r.Phone.Masked(), PhoneFrom: string(r.PhoneFrom), SMSStopped: r.Stopped, WeChat: r.OpenID != "",
		Committee: r.Committee, Community: r.Community, PlaceFrom: string(r.PlaceFrom),
		Tags: append([]string{}, r.Tags...),
		Consents: each(r.Consents, func(c roster.Consent) wire.Consent {
			return wire.Consent{What: c.What, Basis: string(c.Basis), How: c.How, At: c.At}
		}),
		Preferences: each(r.Preferences, func(p roster.Preference) wire.Preference {
			return wire.Preference{Topic: p.Topic, Channel: string(p.Channel), Wants: p.Wants, At: p.At}
		}),
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

func consents(given []wire.Consent) []roster.Consent {
	return each(given, func(c wire.Consent) roster.Consent {
		return roster.Consent{What: c.What, Basis: roster.Basis(c.Basis), How: c.How, At: c.At}
	})
}

func viewSent(s roster.Sent) wire.SentMessage {
	return wire.SentMessage{At: s.At, Channel: string(s.Channel), What: s.What, By: s.By, Why: s.Why, State: s.State}
}
