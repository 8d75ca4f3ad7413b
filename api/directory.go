package api

import (
	"context"
	"log/slog"

	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

// directory has the names that officials read beside ids of staff and codes of committees. One that cannot be read now is left out: what was
// asked for is done by then.
type directory struct {
	staff  *staff.Service
	roster *roster.Roster
	log    *slog.Logger
}

// people are names of staff, by id.
type people map[string]string

func (p people) actor(a audit.Actor) string { return p[a.StaffID()] }

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
