package broadcast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"towncrier/content"
	"towncrier/lookup"
	"towncrier/problem"
	"towncrier/roster"
)

// resolve puts codes in place of the names that an official wrote: in the audience, and for topic, committee and templates. A name
// that fits several, and one in the audience that fits nothing, is refused: all of them at once, as joined *problem.Invalid. A committee's
// official names only what is their committee's. The topic, the sender and templates that fit nothing stay as they are for Lint and
// check, as do communities, which residents may have registered under a name that no committee lists.
func (s *Service) resolve(ctx context.Context, by Official, p Proposal) (Proposal, error) {
	if err := p.validate(); err != nil {
		return p, err
	}
	d, err := s.directories(ctx, by, p)
	if err != nil {
		return p, fmt.Errorf("look up the names in a proposal: %w", err)
	}
	var faults []error
	one := func(dir lookup.Directory, field string, said *string) {
		code, reason := dir.Find(*said)
		if reason != "" {
			faults = append(faults, &problem.Invalid{Field: field, Reason: reason})
			return
		}
		*said = code
	}
	one(d.topics.Open(), "topic", &p.Topic)
	sender := d.committees
	if by.Committee != "" { // check refuses another committee, in the same words whether there is one
		sender = sender.Open()
	}
	one(sender, "committee", &p.Committee)
	p.Messages = slices.Clone(p.Messages)
	for i := range p.Messages {
		m := &p.Messages[i]
		one(templates(s.Content(), m.Channel), fmt.Sprintf("messages[%d].template", i), &m.Template)
	}
	p.Audience = d.rule(p.Audience, "audience", one)
	return p, errors.Join(faults...)
}

// directories are what an official can name.
type directories struct{ areas, streets, committees, communities, topics, lists lookup.Directory }

// directories reads what p needs of the committees and the lists.
func (s *Service) directories(ctx context.Context, by Official, p Proposal) (d directories, err error) {
	places, lists := p.names()
	city := s.Content().City
	if places {
		all, err := s.Store.Committees(ctx)
		if err != nil {
			return d, err
		}
		if by.Committee != "" {
			all = slices.DeleteFunc(all, func(c roster.Committee) bool { return c.Code != by.Committee })
		}
		d = placesOf(all, city.Area)
	}
	d.topics = TopicNames(city)
	if d.lists.What = "名单"; lists {
		all, err := s.NumberLists(ctx, by)
		if err != nil {
			return d, err
		}
		for _, l := range all {
			d.lists.All = append(d.lists.All, lookup.Named{Code: l.ID, Name: l.Title})
		}
	}
	return d, nil
}

// names says whether p names places, and lists.
func (p Proposal) names() (places, lists bool) {
	places = p.Committee != ""
	p.Audience.walk(func(r Rule) {
		places = places || cmp.Or(r.Area, r.Street, r.Committee, r.Community) != ""
		lists = lists || r.List != ""
	})
	return places, lists
}

func placesOf(all []roster.Committee, city string) (d directories) {
	prefecture := prefectureOf(city)
	areas, streets, communities := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, c := range all {
		areas[c.Area], streets[c.Street] = true, true
		for _, name := range c.Communities {
			communities[name] = true
		}
	}
	d.committees = CommitteeNames(all)
	d.streets = lookup.Directory{What: "街道", All: lookup.Alike(streets), Stem: lookup.Trim("街道办事处", "办事处", "街道办", "街道")}
	d.communities = lookup.Directory{What: "小区", All: lookup.Alike(communities)}.Open()
	short := lookup.Trim("区", "县", "市")
	d.areas = lookup.Directory{What: "区县", All: lookup.Alike(areas), Stem: func(name string) string {
		if _, within, ok := strings.Cut(name, prefecture); ok && prefecture != "" {
			name = within
		}
		return short(name)
	}}
	for area := range areas {
		if area != "" && strings.HasSuffix(lookup.Plain(city), lookup.Plain(area)) {
			d.areas.All = append(d.areas.All, lookup.Named{Code: area, Name: city})
		}
	}
	return d
}

// CommitteeNames finds committees.
func CommitteeNames(all []roster.Committee) lookup.Directory {
	d := lookup.Directory{What: "社区", Stem: lookup.Trim("社区居民委员会", "村民委员会", "居民委员会", "社区居委会", "居委会", "村委会", "社区")}
	for _, c := range all {
		d.All = append(d.All, lookup.Named{Code: c.Code, Name: c.Name})
	}
	return d
}

// prefectureOf is what stands before the district in the name of a city's area: 运城市 of 运城市盐湖区, "" when nothing does.
func prefectureOf(area string) string {
	for _, end := range []string{"市", "自治州", "地区", "盟"} {
		if before, within, ok := strings.Cut(lookup.Plain(area), end); ok && before != "" && within != "" {
			return before + end
		}
	}
	return ""
}

// TopicNames finds the topics of a city.
func TopicNames(city content.City) lookup.Directory {
	d := lookup.Directory{What: "主题"}
	for _, t := range city.Topics {
		d.All = append(d.All, lookup.Named{Code: t.ID, Name: t.Name})
	}
	for _, t := range city.Topics {
		for _, also := range t.Also {
			d.All = append(d.All, lookup.Named{Code: t.ID, Name: also})
		}
	}
	return d
}

func templates(lib *content.Library, channel Channel) lookup.Directory {
	d := lookup.Directory{What: "模板"}
	for _, id := range slices.Sorted(maps.Keys(lib.Templates)) {
		if t := lib.Templates[id]; Channel(t.Channel) == channel && !t.ForStaff() {
			d.All = append(d.All, lookup.Named{Code: id, Name: t.Title})
		}
	}
	return d.Open()
}

// rule is r with codes, its parts included; one resolves a single name. r stays as it is.
func (d directories) rule(r Rule, path string, one func(dir lookup.Directory, field string, said *string)) Rule {
	for _, c := range []struct {
		dir   lookup.Directory
		field string
		said  *string
	}{
		{d.areas, "area", &r.Area}, {d.streets, "street", &r.Street}, {d.committees, "committee", &r.Committee},
		{d.communities, "community", &r.Community}, {d.topics, "topic", &r.Topic}, {d.lists, "list", &r.List},
	} {
		one(c.dir, path+"."+c.field, c.said)
	}
	r.And, r.Or = slices.Clone(r.And), slices.Clone(r.Or)
	for name, parts := range map[string][]Rule{"and": r.And, "or": r.Or} {
		for i := range parts {
			parts[i] = d.rule(parts[i], fmt.Sprintf("%s.%s[%d]", path, name, i), one)
		}
	}
	if r.Not != nil {
		not := d.rule(*r.Not, path+".not", one)
		r.Not = &not
	}
	return r
}
