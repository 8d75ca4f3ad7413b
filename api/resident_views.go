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
	names  directory
	tags   tagRights
}

// one is one resident, with every tag for a caller who keeps residents' entries, and with what an import would warn of. The
// entry stands also when that cannot be looked up now.
func (v residentViews) one(ctx context.Context, caller staff.Person, r roster.Resident) wire.Resident {
	if !caller.Role.May(staff.WriteResidents) {
		r = v.amongOthers(r)
	}
	out := v.view(r)
	if r.Phone != "" && !r.Agrees() {
		out.Warnings = append(out.Warnings, "没有登记本人同意或其他依据，不会收到通知：取得同意后请补登记")
	}
	if r.Committee == "" {
		return out
	}
	c, err := v.roster.Committee(ctx, r.Committee)
	if err != nil {
		return out
	}
	out.CommitteeName = c.Name
	if c.Lacks(r.Community) {
		out.Warnings = append(out.Warnings, fmt.Sprintf("小区“%s”不在%s（%s）登记的小区之中，请核对", r.Community, c.Name, c.Code))
	}
	return out
}

// listed shows residents among others.
func (v residentViews) listed(ctx context.Context) func(roster.Resident) wire.Resident {
	committees := v.names.committees(ctx)
	return func(r roster.Resident) wire.Resident {
		out := v.view(v.amongOthers(r))
		out.CommitteeName = committees[r.Committee]
		return out
	}
}

// amongOthers is a resident without sensitive tags, as every caller sees them in a list.
func (v residentViews) amongOthers(r roster.Resident) roster.Resident {
	r.Tags = slices.DeleteFunc(slices.Clone(r.Tags), v.tags.sensitive)
	return r
}

func (v residentViews) view(r roster.Resident) wire.Resident {
	return wire.Resident{
		ID: r.ID, Phone: r.Phone.Masked(), PhoneFrom: string(r.PhoneFrom), SMSStopped: r.Stopped, WeChat: r.OpenID != "",
		Committee: r.Committee, Community: r.Community, PlaceFrom: string(r.PlaceFrom),
		Tags: append([]string{}, r.Tags...),
		Consents: each(r.Consents, func(c roster.Consent) wire.Consent {
			return wire.Consent{What: c.What, Basis: string(c.Basis), How: c.How, At: c.At}
		}),
		Preferences: each(r.Preferences, func(p roster.Preference) wire.Preference {
			return wire.Preference{Topic: p.Topic, TopicName: v.topic(p.Topic), Channel: string(p.Channel), Wants: p.Wants, At: p.At}
		}),
		CreatedAt: r.CreatedAt, UpdatedAt: r.UpdatedAt,
	}
}

// topic is the name of one of the city's topics.
func (v residentViews) topic(id string) string {
	if v.tags.broadcasts == nil || id == "" {
		return ""
	}
	topic, _ := v.tags.broadcasts.Content().City.TopicCalled(id)
	return topic.Name
}

func consents(given []wire.Consent) []roster.Consent {
	return each(given, func(c wire.Consent) roster.Consent {
		return roster.Consent{What: c.What, Basis: roster.Basis(c.Basis), How: c.How, At: c.At}
	})
}

func viewSent(s roster.Sent) wire.SentMessage {
	return wire.SentMessage{At: s.At, Channel: string(s.Channel), What: s.What, By: s.By, Why: s.Why, State: s.State}
}
