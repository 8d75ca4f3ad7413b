package api

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/staff"
)

// audienceHandler says what audiences can be chosen.
type audienceHandler struct {
	broadcasts *broadcast.Service
	views      broadcastViews
	tags       tagRights
	access     accessLog
	counting   *counting
}

func (h audienceHandler) register(g *gate) {
	add(g, get("/facets", "list-facets", "List what an audience can be chosen by, with counts of residents", staff.ReadBroadcasts).impersonal().
		labelled("query.kind", labelOf[broadcast.FacetKind]).countsResidents(), h.facets)
	add(g, post("/audience/estimate", "estimate-audience", "Estimate how many residents a broadcast would reach now, by which channels, at which cost", staff.WriteBroadcasts).
		labelled("body.channels", labelOf[broadcast.Channel]).countsResidents(), h.estimate)
}

// uncountedPeople are in place of a count that is not there.
const uncountedPeople = "未统计"

type FacetsInput struct {
	Following
	Kind   string `query:"kind" enum:"area,street,committee,community,tag,topic" doc:"Only facets of this kind"`
	Search string `query:"search" maxLength:"60" doc:"Only what has it in its name or value"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Of each kind"`
	Soon
}

// facets lists no sensitive tag to members of staff who may not choose by it.
func (h audienceHandler) facets(ctx context.Context, caller staff.Person, in *FacetsInput) (*reply[wire.Facets], error) {
	kinds := broadcast.FacetKinds
	switch {
	case in.Kind != "":
		kinds = []broadcast.FacetKind{broadcast.FacetKind(in.Kind)}
	case in.After != "":
		return nil, problem.ErrCursor
	}
	ask := h.broadcasts.Facets
	if in.Soon.Soon {
		ask = h.broadcasts.FacetsSoon
	}
	all, err := ask(ctx, official(caller), in.Search)
	if err != nil {
		return nil, err
	}
	v := wire.Facets{CountedAt: all.CountedAt, Counting: all.Counting, ResidentsLabel: uncountedPeople, Groups: []wire.FacetGroup{}}
	if !all.CountedAt.IsZero() {
		v.Residents, v.ResidentsLabel = broadcast.About(all.Residents)
	}
	for _, kind := range kinds {
		found := slices.DeleteFunc(all.Of[kind], func(f broadcast.Facet) bool {
			return f.Value <= in.After || kind == broadcast.TagFacet && !h.tags.mayUse(caller, f.Value)
		})
		group := wire.FacetGroup{Kind: string(kind), Label: kind.Label(), Items: each(found[:min(len(found), in.Limit)], viewFacet)}
		if all.CountedAt.IsZero() {
			for i := range group.Items {
				group.Items[i].N, group.Items[i].NLabel = nil, uncountedPeople
			}
		}
		if len(found) > in.Limit {
			group.Next = found[in.Limit-1].Value
		}
		v.Groups = append(v.Groups, group)
	}
	return &reply[wire.Facets]{v}, nil
}

func viewFacet(f broadcast.Facet) wire.Facet {
	v := wire.Facet{Value: f.Value, Name: f.Name}
	v.N, v.NLabel = broadcast.About(f.N)
	return v
}

func (h audienceHandler) estimate(ctx context.Context, caller staff.Person, in *Body[wire.EstimateAudience]) (*reply[wire.Estimate], error) {
	q := broadcast.AudienceQuery{
		Audience: ruleOf(in.Body.Audience), Topic: in.Body.Topic, Template: in.Body.Template, Parts: in.Body.Parts, Emergency: in.Body.Emergency,
		Committee: in.Body.Committee, Channels: each(in.Body.Channels, func(c string) broadcast.Channel { return broadcast.Channel(c) }),
	}
	if err := h.tags.mayChoose(caller, "body.audience", tagsOf(q.Audience)...); err != nil {
		return nil, err
	}
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	q, counted, err := h.broadcasts.EstimateAudience(ctx, official(caller), q)
	if errors.Is(err, broadcast.ErrCommittee) {
		return nil, refuse(http.StatusForbidden, "not-your-committee", err.Error(), faultAt("body.committee", err.Error()))
	}
	if err != nil {
		return nil, err
	}
	if err := h.access.record(ctx, caller, "audience.estimate", "", notedAudience(q)); err != nil {
		return nil, err
	}
	return &reply[wire.Estimate]{h.views.estimate(counted)}, nil
}

// maxNoted is how much of an audience an audit entry notes: some ten conditions.
const maxNoted = 500

// notedAudience is what the audit log keeps of an estimate. A person could single out residents by estimating one audience after another, each
// a little smaller than the last; the log shows who did.
func notedAudience(q broadcast.AudienceQuery) string {
	rule, _ := json.Marshal(q.Audience) // has texts and rules only
	audience := string(rule)
	switch {
	case phone.In(audience):
		audience = "-"
	case len(audience) > maxNoted:
		audience = strings.ToValidUTF8(audience[:maxNoted], "") + "…"
	}
	return fmt.Sprintf("topic=%s committee=%s audience=%s", q.Topic, cmp.Or(q.Committee, "-"), audience)
}
