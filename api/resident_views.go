package api

import (
	"context"
	"fmt"
	"slices"

	"towncrier/api/wire"
	"towncrier/roster"
	"towncrier/staff"
)

// residentViews shows residents, without the tags that the caller may not see.
type residentViews struct {
	roster *roster.Roster
	tags   tagRights
}

// one is one resident, with every tag for a caller who keeps residents' entries, and with what an import would warn of. The
// entry stands also when that cannot be looked up now.
func (v residentViews) one(ctx context.Context, caller staff.Person, r roster.Resident) wire.Resident {
	out := viewResident(r)
	if !caller.Role.May(staff.WriteResidents) {
		out = v.listed(r)
	}
	if r.Committee == "" || r.Community == "" {
		return out
	}
	if c, err := v.roster.Committee(ctx, r.Committee); err == nil && c.Lacks(r.Community) {
		out.Warnings = []string{fmt.Sprintf("小区“%s”不在%s（%s）登记的小区之中，请核对", r.Community, c.Name, c.Code)}
	}
	return out
}

// listed is a resident among others: without sensitive tags for every caller.
func (v residentViews) listed(r roster.Resident) wire.Resident {
	r.Tags = slices.DeleteFunc(slices.Clone(r.Tags), v.tags.sensitive)
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
