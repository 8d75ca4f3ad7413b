package api

import (
	"context"
	"log/slog"
	"net/http"
	"slices"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/lookup"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/staff"
)

// directory knows staff, committees and topics by name. Officials read the names beside ids and codes, and may write them in their place.
type directory struct {
	staff      *staff.Service
	roster     *roster.Roster
	broadcasts *broadcast.Service // nil without the city's content, where no topic is known
	log        *slog.Logger
}

// committee is the code of the committee that the caller calls by its code or name in a field of the request; "" is "". One that is not there
// is refused. To a committee's official another committee is as one that is not there: what they wrote comes back as it is, for the
// operation to refuse.
func (d directory) committee(ctx context.Context, caller staff.Person, field, said string) (code string, err error) {
	if said == "" {
		return "", nil
	}
	all, err := d.roster.Committees(ctx)
	if err != nil {
		return "", err
	}
	known := broadcast.CommitteeNames(all)
	if caller.Role.NeedsOwnCommittee() {
		all = slices.DeleteFunc(all, func(c roster.Committee) bool { return !caller.Sees(c.Code) })
		known = broadcast.CommitteeNames(all).Open()
	}
	code, reason := known.Find(said)
	if reason != "" {
		return "", refuse(http.StatusUnprocessableEntity, "no-committee", badFields, faultAt(infoOf(ctx).operation.at(field), reason))
	}
	return code, nil
}

// colleague is the id of the member of staff whom the caller calls by id or name in a field of the request; "" is "". One who is not there is a
// *problem.Invalid, which proposes others only to callers who may list the staff.
func (d directory) colleague(ctx context.Context, caller staff.Person, field, said string) (id string, err error) {
	if said == "" {
		return "", nil
	}
	all, err := d.staff.List(ctx)
	if err != nil {
		return "", err
	}
	id, err = found(staffNames(all), field, said)
	if err != nil && !caller.Role.May(staff.ReadStaff) {
		return "", &problem.Invalid{Field: field, Reason: "没有这位工作人员，或者有几位同名：请核对，写账号"}
	}
	return id, err
}

// topic is the id of a topic of the city that is called by its id or name in a field of the request; "" is "".
func (d directory) topic(field, said string) (id string, err error) {
	if d.broadcasts == nil {
		return said, nil
	}
	return found(broadcast.TopicNames(d.broadcasts.Content().City), field, said)
}

func found(in lookup.Directory, field, said string) (code string, err error) {
	code, reason := in.Find(said)
	if reason != "" {
		return "", &problem.Invalid{Field: field, Reason: reason}
	}
	return code, nil
}

func staffNames(all []staff.Person) lookup.Directory {
	d := lookup.Directory{What: "工作人员"}
	for _, p := range all {
		d.All = append(d.All, lookup.Named{Code: p.ID, Name: p.Name})
	}
	return d
}

// people are names of staff, by id.
type people map[string]string

func (p people) actor(a audit.Actor) string { return p[a.StaffID()] }

// people are the names of all staff. When they cannot be read now they are left out, like those of committees: what was asked for is done by then.
func (d directory) people(ctx context.Context) people {
	all, err := d.staff.List(ctx)
	if err != nil {
		d.log.WarnContext(ctx, "ids of staff are shown without names", "error", err)
	}
	names := people{}
	for _, p := range all {
		names[p.ID] = p.Name
	}
	return names
}

// committees are names of committees, by code.
func (d directory) committees(ctx context.Context) map[string]string {
	all, err := d.roster.Committees(ctx)
	if err != nil {
		d.log.WarnContext(ctx, "codes of committees are shown without names", "error", err)
	}
	names := map[string]string{}
	for _, c := range all {
		names[c.Code] = c.Name
	}
	return names
}
