package broadcasttest

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
)

const (
	countedResidents = 200 // residents
	countedRules     = 60
)

// audienceCounts holds counting and sampling in the database against reading every resident and deciding about each.
func audienceCounts(t *testing.T, open Open) {
	p := open()
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 1))
	p.town(t, random)
	for range countedRules {
		scope := broadcast.Scope{Rule: rule(random, 3), Topic: "dog", Since: noon, Most: random.IntN(3)}
		if random.IntN(3) == 0 {
			scope.Committee = "C-1"
		}
		scope.Declared = random.IntN(2) == 0
		if random.IntN(2) == 0 {
			scope.Template = "T-1"
		}
		if err := scope.Rule.Validate(); err != nil {
			t.Fatal(err)
		}
		want := map[string]int{}
		chosen := map[string]bool{}
		for _, c := range p.everybody(t, scope.Rule.Lists()) {
			if (broadcast.Broadcast{Committee: scope.Committee, Audience: scope.Rule}).Reaches(c) {
				want[kind(c, scope)]++
				chosen[c.Subject] = true
			}
		}
		kinds, err := p.AudienceCounts(t.Context(), scope)
		must(t, err)
		got := map[string]int{}
		for _, k := range kinds {
			got[kind(k.Candidate, scope)] += k.N
		}
		if !maps.Equal(got, want) {
			t.Fatalf("%+v: counted %v, want %v", scope, got, want)
		}
		few, err := p.Sample(t.Context(), scope, 10)
		must(t, err)
		all, err := p.Sample(t.Context(), scope, countedResidents)
		must(t, err)
		if len(few) != min(10, len(chosen)) || len(all) != len(chosen) {
			t.Fatalf("%+v: a sample of 10 has %d and one of all %d, of %d", scope, len(few), len(all), len(chosen))
		}
		for _, c := range slices.Concat(few, all) {
			if !chosen[c.Subject] {
				t.Fatalf("%+v: %+v is in the sample", scope, c)
			}
		}
	}
}

// kind is what a planner goes by.
func kind(c broadcast.Candidate, scope broadcast.Scope) string {
	consent := slices.ContainsFunc(c.Consents, func(c roster.Consent) bool { return c.What == roster.Notices })
	subscribed := scope.Template != "" && slices.Contains(c.Templates, scope.Template)
	var said []string
	for _, choice := range c.Preferences {
		if choice.Topic == "" || choice.Topic == scope.Topic {
			said = append(said, fmt.Sprint(choice.Topic, "/", choice.Channel, choice.Wants))
		}
	}
	slices.Sort(said)
	if scope.Most != 1 { // one broadcast began since
		c.Recent = 0
	}
	return fmt.Sprint(c.SelfDeclared && scope.Declared, c.Phone, c.WeChat, c.Suppressed, consent, subscribed, said, c.Recent)
}

// town is residents who differ in all that rules and planners read.
func (p Process) town(t *testing.T, random *rand.Rand) {
	t.Helper()
	for _, c := range []roster.Committee{{Code: "C-1", Street: "河东街道", Area: "示例区"}, {Code: "C-2", Street: "河西街道", Area: "示例区"}, {Code: "C-3"}} {
		_, err := p.Roster.PutCommittee(t.Context(), c, act("committee.put", c.Code))
		must(t, err)
	}
	some := func(of ...string) string { return of[random.IntN(len(of))] }
	stopped := make(map[phone.Number]roster.Suppression)
	var listed []phone.Number
	var frozen []int
	for n := range countedResidents {
		r := roster.Resident{ID: subject(n), Committee: some("", "C-1", "C-2", "C-3"), Community: some("", "花园小区", "河畔小区"),
			PlaceFrom: roster.Origin(some(string(roster.FromImport), string(roster.FromChat))), CreatedAt: noon, UpdatedAt: noon}
		if random.IntN(2) == 0 {
			r.Tags = []string{some("dog", "独居"), "党员"}
		}
		if random.IntN(5) > 0 {
			r.Phone, r.PhoneFrom = number(n), roster.FromImport
		}
		if r.Phone == "" || random.IntN(2) == 0 {
			r.OpenID = openid(n)
		}
		if random.IntN(3) > 0 {
			r.Consents = []roster.Consent{{What: some(roster.Notices, "other"), At: noon, How: "paper", Basis: roster.ByConsent}}
		}
		for _, topic := range []string{"", "dog", "civility"} {
			for _, channel := range []roster.Channel{"", roster.WeChat, roster.SMS} {
				if random.IntN(6) == 0 {
					r.Preferences = append(r.Preferences, roster.Preference{Topic: topic, Channel: channel, Wants: random.IntN(2) == 0, At: noon})
				}
			}
		}
		p.save(t, r)
		if r.Phone != "" && random.IntN(6) == 0 {
			stopped[r.Phone] = roster.Stopped
		}
		if r.Phone != "" && random.IntN(4) == 0 {
			listed = append(listed, r.Phone)
		}
		if r.OpenID != "" && random.IntN(2) == 0 {
			_, err := p.Subscribe(t.Context(), r.OpenID, some("T-1", "T-2"), true, noon)
			must(t, err)
		}
		if n%5 == 0 {
			frozen = append(frozen, n)
		}
	}
	p.edit(t, nil, roster.Edit{Suppress: stopped})
	must(t, p.CreateList(t.Context(), broadcast.NumberList{ID: "L1", Title: "名单", CreatedAt: noon}, act("list.new", "L1")))
	must(t, p.AddNumbers(t.Context(), "L1", listed, act("list.add", "L1")))
	p.frozen(t, draft("B1"), frozen, broadcast.SMS)
}

func (p Process) everybody(t *testing.T, lists []string) (all []broadcast.Candidate) {
	t.Helper()
	for after := ""; ; {
		found, next, err := p.Candidates(t.Context(), lists, noon.Add(-time.Hour), after, 90)
		must(t, err)
		all = append(all, found...)
		if after = next; after == "" {
			return all
		}
	}
}

// rule is a valid one of every form, at most so deep.
func rule(random *rand.Rand, depth int) broadcast.Rule {
	forms := 11
	if depth == 0 {
		forms = 8
	}
	switch random.IntN(forms) {
	case 0:
		return broadcast.Rule{All: true}
	case 1:
		return broadcast.Rule{Area: "示例区"}
	case 2:
		return broadcast.Rule{Street: "河东街道"}
	case 3:
		return broadcast.Rule{Committee: "C-2"}
	case 4:
		return broadcast.Rule{Community: "花园小区"}
	case 5:
		return broadcast.Rule{Tag: "dog"}
	case 6:
		return broadcast.Rule{Topic: "civility"}
	case 7:
		return broadcast.Rule{List: "L1"}
	case 8:
		return broadcast.Rule{And: []broadcast.Rule{rule(random, depth-1), rule(random, depth-1)}}
	case 9:
		return broadcast.Rule{Or: []broadcast.Rule{rule(random, depth-1), rule(random, depth-1)}}
	}
	not := rule(random, depth-1)
	return broadcast.Rule{Not: &not}
}
