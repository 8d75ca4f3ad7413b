package broadcast

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/lookup"
	"towncrier/newest"
	"towncrier/roster"
)

// FacetKind is a condition of a Rule that takes a value.
type FacetKind string

const (
	AreaFacet      FacetKind = "area"
	StreetFacet    FacetKind = "street"
	CommitteeFacet FacetKind = "committee"
	CommunityFacet FacetKind = "community"
	TagFacet       FacetKind = "tag"
	TopicFacet     FacetKind = "topic"
)

// FacetKinds are all there are, in the order in which officials choose.
var FacetKinds = []FacetKind{AreaFacet, StreetFacet, CommitteeFacet, CommunityFacet, TagFacet, TopicFacet}

// Facet is a value by which an audience can be chosen, with how many residents it chooses.
type Facet struct {
	Value string // as a Rule takes it
	Name  string // what people call it; Value where that is its name
	N     int    // to be shown by About only: counts of areas, committees and communities add up, so that few could be reckoned from exact ones
}

// Facets are what an audience can be chosen by.
type Facets struct {
	CountedAt time.Time // zero until the first count is there
	Counting  bool      // they are being counted anew
	Residents int       // within the official's reach
	Of        map[FacetKind][]Facet
}

// FacetCount counts the residents of a committee that one value chooses.
type FacetCount struct {
	Committee string    // code; "" for residents of none
	Kind      FacetKind // CommitteeFacet, of all the committee's, CommunityFacet, TagFacet or TopicFacet
	Value     string    // "" with CommitteeFacet
	N         int
}

// Facets are those that hold search in their name or value; all for "". A committee's official gets those of its own residents. Values are
// sorted by themselves, not by their counts, which would tell of few which are fewer.
func (s *Service) Facets(ctx context.Context, by Official, search string) (Facets, error) {
	counted, err := s.facets.Of(ctx, "", s.instant(), s.Store.FacetCounts) // an official who looks for a place asks at every key stroke
	if err != nil {
		return Facets{}, fmt.Errorf("count what an audience can be chosen by: %w", err)
	}
	return s.facetsIn(ctx, by, search, counted)
}

// FacetsSoon are all Facets, for who does not wait for a count: with what was counted lately. Without any count there are only those that
// committees and the city's topics have.
func (s *Service) FacetsSoon(ctx context.Context, by Official, search string) (Facets, error) {
	counted, making, err := s.facets.Soon(ctx, countPatience, "", s.instant(), s.Store.FacetCounts)
	if err != nil {
		return Facets{}, fmt.Errorf("count what an audience can be chosen by: %w", err)
	}
	f, err := s.facetsIn(ctx, by, search, counted)
	f.Counting = making
	return f, err
}

func (s *Service) facetsIn(ctx context.Context, by Official, search string, counted newest.Answer[[]FacetCount]) (Facets, error) {
	committees, err := s.Store.Committees(ctx)
	if err != nil {
		return Facets{}, fmt.Errorf("list what an audience can be chosen by: %w", err)
	}
	counts := counted.Value
	if by.Committee != "" {
		committees = slices.DeleteFunc(committees, func(c roster.Committee) bool { return c.Code != by.Committee })
		counts = slices.DeleteFunc(slices.Clone(counts), func(c FacetCount) bool { return c.Committee != by.Committee })
	}
	f := Facets{CountedAt: counted.At, Of: s.facetsOf(committees, counts)}
	for _, c := range counts {
		if c.Kind == CommitteeFacet {
			f.Residents += c.N
		}
	}
	for kind, all := range f.Of {
		all = slices.DeleteFunc(all, func(one Facet) bool { return !holds(one.Name, search) && !holds(one.Value, search) })
		slices.SortFunc(all, func(a, b Facet) int { return cmp.Compare(a.Value, b.Value) })
		f.Of[kind] = all
	}
	return f, nil
}

func holds(name, search string) bool {
	return strings.Contains(strings.ToLower(lookup.Plain(name)), strings.ToLower(lookup.Plain(search)))
}

// facetsOf adds up counts for every value that committees and the city's topics have, and for the others that residents have. A community
// that no committee lists, which a resident may have typed, is there once it has Few.
func (s *Service) facetsOf(committees []roster.Committee, counts []FacetCount) map[FacetKind][]Facet {
	type key struct {
		kind  FacetKind
		value string
	}
	found := map[key]*Facet{}
	facet := func(kind FacetKind, value, name string) *Facet {
		f := found[key{kind, value}]
		if f == nil {
			f = &Facet{Value: value, Name: name}
			found[key{kind, value}] = f
		}
		return f
	}
	places := map[string]roster.Committee{}
	for _, c := range committees {
		places[c.Code] = c
		facet(CommitteeFacet, c.Code, c.Name)
		facet(AreaFacet, c.Area, c.Area)
		facet(StreetFacet, c.Street, c.Street)
		for _, name := range c.Communities {
			facet(CommunityFacet, name, name)
		}
	}
	for _, t := range s.Content().City.Topics {
		facet(TopicFacet, t.ID, t.Name)
	}
	listed := make(map[key]bool, len(found))
	for k := range found {
		listed[k] = true
	}
	for _, c := range counts {
		if c.Kind != CommitteeFacet {
			facet(c.Kind, c.Value, c.Value).N += c.N
			continue
		}
		if place, ok := places[c.Committee]; ok {
			facet(CommitteeFacet, place.Code, place.Name).N += c.N
			facet(AreaFacet, place.Area, place.Area).N += c.N
			facet(StreetFacet, place.Street, place.Street).N += c.N
		}
	}
	of := map[FacetKind][]Facet{}
	for k, f := range found {
		unlisted := !listed[k] && (k.kind == TopicFacet || k.kind == CommunityFacet && f.N < Few)
		if k.value != "" && !unlisted {
			of[k.kind] = append(of[k.kind], *f)
		}
	}
	return of
}
