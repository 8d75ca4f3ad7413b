package broadcast

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towncrier/problem"
	"towncrier/roster"
)

func TestRuleMatch(t *testing.T) {
	c := Candidate{
		Committee: "C1", Community: "一号院", Street: "东街", Area: "某区", Tags: []string{"养犬"}, Lists: []string{"L1"},
		Preferences: []roster.Preference{{Topic: "dogs", Wants: true}, {Topic: "fees", Wants: false}},
	}
	all := Rule{All: true}
	for _, test := range []struct {
		rule Rule
		want bool
	}{
		{all, true},
		{Rule{}, false},
		{Rule{Area: "某区"}, true},
		{Rule{Area: "别区"}, false},
		{Rule{Street: "东街"}, true},
		{Rule{Street: "西街"}, false},
		{Rule{Committee: "C1"}, true},
		{Rule{Committee: "C2"}, false},
		{Rule{Community: "一号院"}, true},
		{Rule{Community: "二号院"}, false},
		{Rule{Tag: "养犬"}, true},
		{Rule{Tag: "犬"}, false},
		{Rule{Topic: "dogs"}, true},
		{Rule{Topic: "fees"}, false}, // a no is no subscription
		{Rule{Topic: "health"}, false},
		{Rule{List: "L1"}, true},
		{Rule{List: "L2"}, false},
		{Rule{Not: &all}, false},
		{Rule{And: []Rule{{Area: "某区"}, {Tag: "养犬"}}}, true},
		{Rule{And: []Rule{{Area: "某区"}, {Tag: "猫"}}}, false},
		{Rule{Or: []Rule{{Area: "别区"}, {Tag: "养犬"}}}, true},
		{Rule{Or: []Rule{{Area: "别区"}, {Tag: "猫"}}}, false},
		{Rule{And: []Rule{{Area: "某区"}, {Not: &Rule{Tag: "养犬"}}}}, false},
	} {
		if got := test.rule.Match(c); got != test.want {
			t.Errorf("%+v matches: %t", test.rule, got)
		}
	}
}

func TestRuleValidate(t *testing.T) {
	deep := Rule{All: true}
	for range maxDepth {
		deep = Rule{Not: &Rule{And: deep.And, All: deep.All, Not: deep.Not}}
	}
	for _, test := range []struct {
		rule  Rule
		field string // "" when it is valid
		says  string
	}{
		{Rule{All: true}, "", ""},
		{Rule{And: []Rule{{Area: "某区"}, {Or: []Rule{{Tag: "a"}, {Not: &Rule{List: "L"}}}}}}, "", ""},
		{Rule{}, "audience", "0个条件"},
		{Rule{All: true, Tag: "a"}, "audience", "2个条件"},
		{Rule{And: []Rule{}}, "audience.and", "至少写一个"},
		{Rule{Or: []Rule{}}, "audience.or", "至少写一个"},
		{Rule{And: []Rule{{All: true}, {}}}, "audience.and[1]", "0个条件"},
		{Rule{Or: []Rule{{Not: &Rule{}}}}, "audience.or[0].not", "0个条件"},
		{Rule{Tag: strings.Repeat("长", 41)}, "audience", "123字节"},
		{Rule{Or: slices.Repeat([]Rule{{All: true}}, maxRules)}, "audience", "超过200个"},
		{deep, "audience" + strings.Repeat(".not", maxDepth), "层"},
	} {
		err := test.rule.Validate()
		var invalid *problem.Invalid
		switch {
		case test.field == "" && err != nil:
			t.Errorf("%+v: %v", test.rule, err)
		case test.field != "" && (!errors.As(err, &invalid) || invalid.Field != test.field || !strings.Contains(invalid.Reason, test.says)):
			t.Errorf("%v, want %s: ...%s...", err, test.field, test.says)
		}
	}
}

func TestRuleLists(t *testing.T) {
	rule := Rule{Or: []Rule{{List: "B"}, {And: []Rule{{List: "A"}, {Not: &Rule{List: "B"}}}}}}
	if got := fmt.Sprint(rule.Lists()); got != "[A B]" {
		t.Errorf("lists %s", got)
	}
}

// rules draws valid rules.
func rules(depth int) *rapid.Generator[Rule] {
	return rapid.Custom(func(t *rapid.T) Rule {
		kinds := 5
		if depth > 1 {
			kinds = 8
		}
		name := rapid.SampledFrom([]string{"a", "b", "c"})
		switch rapid.IntRange(0, kinds-1).Draw(t, "kind") {
		case 0:
			return Rule{All: true}
		case 1:
			return Rule{Area: name.Draw(t, "area")}
		case 2:
			return Rule{Tag: name.Draw(t, "tag")}
		case 3:
			return Rule{Topic: name.Draw(t, "topic")}
		case 4:
			return Rule{List: name.Draw(t, "list")}
		case 5:
			return Rule{And: rapid.SliceOfN(rules(depth-1), 1, 3).Draw(t, "and")}
		case 6:
			return Rule{Or: rapid.SliceOfN(rules(depth-1), 1, 3).Draw(t, "or")}
		}
		part := rules(depth-1).Draw(t, "not")
		return Rule{Not: &part}
	})
}

func candidatesOf() *rapid.Generator[Candidate] {
	return rapid.Custom(func(t *rapid.T) Candidate {
		names := rapid.SliceOfDistinct(rapid.SampledFrom([]string{"a", "b", "c"}), rapid.ID[string])
		c := Candidate{
			Area: rapid.SampledFrom([]string{"", "a", "b", "c"}).Draw(t, "area"), Tags: names.Draw(t, "tags"), Lists: names.Draw(t, "lists"),
			Phone: rapid.Bool().Draw(t, "phone"), WeChat: rapid.Bool().Draw(t, "wechat"), Suppressed: rapid.Bool().Draw(t, "suppressed"),
			Templates: names.Draw(t, "templates"), Recent: rapid.IntRange(0, 4).Draw(t, "recent"),
		}
		for _, topic := range []string{"", "a", "b"} {
			for _, channel := range []roster.Channel{"", roster.WeChat, roster.SMS} {
				if rapid.Bool().Draw(t, "chose") {
					c.Preferences = append(c.Preferences, roster.Preference{Topic: topic, Channel: channel, Wants: rapid.Bool().Draw(t, "wants")})
				}
			}
		}
		if rapid.Bool().Draw(t, "consent") {
			c.Consents = []roster.Consent{{What: roster.Notices, Basis: roster.ByConsent}}
		}
		return c
	})
}

// TestRuleLaws holds rules against the laws of logic.
func TestRuleLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := rules(2).Draw(t, "a"), rules(2).Draw(t, "b"), candidatesOf().Draw(t, "candidate")
		for _, r := range []Rule{a, b} {
			if err := r.Validate(); err != nil {
				t.Fatal(err)
			}
			if (Rule{Not: &r}).Match(c) == r.Match(c) {
				t.Fatalf("%+v and its opposite agree", r)
			}
		}
		and, or := Rule{And: []Rule{a, b}}, Rule{Or: []Rule{a, b}}
		if and.Match(c) != (a.Match(c) && b.Match(c)) || or.Match(c) != (a.Match(c) || b.Match(c)) {
			t.Fatal("and, or")
		}
		if (Rule{Not: &and}).Match(c) != (Rule{Or: []Rule{{Not: &a}, {Not: &b}}}).Match(c) {
			t.Fatal("De Morgan")
		}
		if committee := (Broadcast{Committee: "X", Audience: a}); committee.Reaches(c) {
			t.Fatal("a committee reaches somebody who is not theirs")
		}
	})
}
