package api

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

// viewListed is a resident among others: without sensitive tags, whoever reads.
func (a *server) viewListed(r roster.Resident) wire.Resident {
	r.Tags = slices.DeleteFunc(slices.Clone(r.Tags), a.sensitive)
	return viewResident(r)
}

// viewOne is one resident, with every tag for who keeps residents' entries, and with what an import would tell of the entry. The
// entry stands also when that cannot be looked up now.
func (a *server) viewOne(ctx context.Context, who staff.Person, r roster.Resident) wire.Resident {
	v := viewResident(r)
	if !who.Role.May(staff.WriteResidents) {
		v = a.viewListed(r)
	}
	if r.Committee == "" || r.Community == "" {
		return v
	}
	if c, err := a.Roster.Committee(ctx, r.Committee); err == nil && c.Lacks(r.Community) {
		v.Warnings = []string{fmt.Sprintf("小区“%s”不在%s（%s）登记的小区之中，请核对", r.Community, c.Name, c.Code)}
	}
	return v
}

// sensitive reports whether the city names a tag as sensitive.
func (a *server) sensitive(tag string) bool {
	return a.Broadcasts != nil && a.Broadcasts.Content().City.Sensitive(tag)
}

// mayChoose refuses a sensitive tag to who does not keep residents' entries: who is chosen by it has it.
func (a *server) mayChoose(who staff.Person, at string, tags ...string) error {
	if !who.Role.May(staff.WriteResidents) && slices.ContainsFunc(tags, a.sensitive) {
		return refuse(http.StatusForbidden, "right", "a sensitive tag needs the right "+string(staff.WriteResidents),
			faultAt(at, "这个标签属于敏感信息，您没有使用的权限"))
	}
	return nil
}

// tagsOf are the tags that a rule names.
func tagsOf(r broadcast.Rule) (tags []string) {
	if r.Tag != "" {
		tags = append(tags, r.Tag)
	}
	for _, inner := range slices.Concat(r.And, r.Or) {
		tags = append(tags, tagsOf(inner)...)
	}
	if r.Not != nil {
		tags = append(tags, tagsOf(*r.Not)...)
	}
	return tags
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
