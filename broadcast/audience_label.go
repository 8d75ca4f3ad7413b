package broadcast

import (
	"context"
	"fmt"
	"strings"

	"towncrier/lookup"
)

// Names says in Chinese what the codes in proposals stand for. A code that it does not know is printed as it is.
type Names struct{ committees, topics, lists map[string]string }

// Names reads what some proposals need. An official learns the titles of the lists that they may use.
func (s *Service) Names(ctx context.Context, by Official, of ...Proposal) (Names, error) {
	n := Names{map[string]string{}, map[string]string{}, map[string]string{}}
	for _, t := range s.Content().City.Topics {
		n.topics[t.ID] = t.Name
	}
	var places, lists bool
	for _, p := range of {
		inPlaces, inLists := p.names()
		places, lists = places || inPlaces, lists || inLists
	}
	if places {
		all, err := s.Store.Committees(ctx)
		if err != nil {
			return n, fmt.Errorf("look up committees: %w", err)
		}
		for _, c := range all {
			n.committees[c.Code] = c.Name
		}
	}
	if lists {
		all, err := s.NumberLists(ctx, by)
		if err != nil {
			return n, err
		}
		for _, l := range all {
			n.lists[l.ID] = l.Title
		}
	}
	return n, nil
}

// Topic is 养犬管理（dogs）; "" for none.
func (n Names) Topic(id string) string { return lookup.Named{Code: id, Name: n.topics[id]}.String() }

// Committee is 演示第一社区（demo-1）; "" for none.
func (n Names) Committee(code string) string {
	return lookup.Named{Code: code, Name: n.committees[code]}.String()
}

// Audience describes the audience of p on one line.
func (n Names) Audience(p Proposal) string {
	switch {
	case p.Committee == "":
		return n.rule(p.Audience)
	case p.Audience.All:
		return n.Committee(p.Committee) + "的全体居民"
	}
	return n.Committee(p.Committee) + "的居民，且 " + n.part(p.Audience)
}

func (n Names) rule(r Rule) string {
	switch {
	case r.All:
		return "全体居民"
	case r.Area != "":
		return r.Area
	case r.Street != "":
		return "街道“" + r.Street + "”"
	case r.Committee != "":
		return n.Committee(r.Committee)
	case r.Community != "":
		return "小区“" + r.Community + "”"
	case r.Tag != "":
		return "标签“" + r.Tag + "”"
	case r.Topic != "":
		return "订阅" + n.Topic(r.Topic) + "的居民"
	case r.List != "":
		return "名单" + lookup.Named{Code: r.List, Name: n.lists[r.List]}.String()
	case len(r.And) > 0:
		return n.parts(r.And, "，且 ")
	case len(r.Or) > 0:
		return n.parts(r.Or, "，或 ")
	case r.Not != nil:
		return "不属于" + n.part(*r.Not)
	}
	return "（没有）"
}

func (n Names) parts(rules []Rule, between string) string {
	texts := make([]string, len(rules))
	for i, r := range rules {
		texts[i] = n.part(r)
	}
	return strings.Join(texts, between)
}

// part is a condition among others: one of several is in brackets.
func (n Names) part(r Rule) string {
	if len(r.And) > 1 || len(r.Or) > 1 {
		return "【" + n.rule(r) + "】"
	}
	return n.rule(r)
}
