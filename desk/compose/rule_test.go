package compose

import (
	"fmt"
	"net/url"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"towncrier/api/wire"
)

// anyRule draws a rule that the API keeps, at most so many levels deep.
func anyRule(levels int) *rapid.Generator[wire.Rule] {
	return rapid.Custom(func(t *rapid.T) wire.Rule {
		kinds := append([]string{"all"}, valued...)
		if levels > 1 {
			kinds = append(kinds, "and", "or", "not")
		}
		value := func() string { return rapid.StringMatching(`[^\x00-\x1f]{1,20}`).Draw(t, "value") }
		parts := func() []wire.Rule { return rapid.SliceOfN(anyRule(levels-1), 1, 3).Draw(t, "parts") }
		switch rapid.SampledFrom(kinds).Draw(t, "kind") {
		case "and":
			return wire.Rule{And: parts()}
		case "or":
			return wire.Rule{Or: parts()}
		case "not":
			part := anyRule(levels-1).Draw(t, "part")
			return wire.Rule{Not: &part}
		case "area":
			return wire.Rule{Area: value()}
		case "street":
			return wire.Rule{Street: value()}
		case "committee":
			return wire.Rule{Committee: value()}
		case "community":
			return wire.Rule{Community: value()}
		case "tag":
			return wire.Rule{Tag: value()}
		case "topic":
			return wire.Rule{Topic: value()}
		case "list":
			return wire.Rule{List: value()}
		}
		return wire.Rule{All: true}
	})
}

// TestRuleSurvivesItsForm: what a form is filled with is read of it again, after it was posted.
func TestRuleSurvivesItsForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := anyRule(6).Draw(t, "rule")
		form := url.Values{"title": {"停水"}, "rule.9.kind": {"tag"}}
		nodeOf(want).put(form)
		posted, err := url.ParseQuery(form.Encode())
		if err != nil {
			t.Fatal(err)
		}
		n, faults := readRule(posted)
		got, more := n.rule()
		if len(faults)+len(more) > 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v is read as %+v with %v %v", want, got, faults, more)
		}
		if form.Get("title") != "停水" {
			t.Fatal("other fields are lost")
		}
	})
}

// TestButtonsNeverBreakARule: whatever is pressed, in whatever order, the form can be read again.
func TestButtonsNeverBreakARule(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := node{}
		for range rapid.IntRange(0, 20).Draw(t, "presses") {
			var places []string
			n.walk(root, func(at string, _ node) { places = append(places, at) })
			n = n.change(rapid.SampledFrom([]string{addPart, addAny, negate, drop}).Draw(t, "button"),
				rapid.SampledFrom(append(places, "rule.7", "rule.x", "other")).Draw(t, "at"), rapid.SampledFrom(append([]string{"all", "and", ""}, valued...)).Draw(t, "kind"))
			form := url.Values{}
			n.put(form)
			again, faults := readRule(form)
			if len(faults) > 0 || !reflect.DeepEqual(again, n) {
				t.Fatalf("%+v is read as %+v with %v", n, again, faults)
			}
		}
	})
}

func TestButtonsOfARule(t *testing.T) {
	said := func(n node) string {
		var say func(n node) string
		say = func(n node) string {
			var parts []string
			for _, part := range n.Parts {
				parts = append(parts, say(part))
			}
			return n.Kind + n.Value + "(" + strings.Join(parts, " ") + ")"
		}
		return strings.ReplaceAll(say(n), "()", "")
	}
	n := node{}
	for _, press := range []struct{ button, at, kind, want string }{
		{addPart, "rule", "area", "area"},
		{addPart, "rule", "tag", "and(area tag)"},
		{addAny, "rule", "topic", "and(area tag or(topic))"},
		{addPart, "rule.2", "street", "and(area tag or(topic street))"},
		{addAny, "rule.2", "list", "and(area tag or(topic street and(list)))"},
		{negate, "rule.1", "", "and(area not(tag) or(topic street and(list)))"},
		{negate, "rule.1", "", "and(area tag or(topic street and(list)))"},
		{drop, "rule.2.2.0", "", "and(area tag or(topic street))"},
		{drop, "rule.2.0", "", "and(area tag or(street))"},
		{drop, "rule.5", "", "and(area tag or(street))"},
		{drop, "rule.2.0", "", "and(area tag)"},
		{drop, "rule", "", ""},
		{negate, "rule", "", ""},
		{addPart, "rule", "all", "all"},
		{addPart, "rule", "area", "area"},
	} {
		if n = n.change(press.button, press.at, press.kind); said(n) != press.want {
			t.Fatalf("%s at %s with %q: %s, want %s", press.button, press.at, press.kind, said(n), press.want)
		}
	}
}

// TestHostileRulesAreRefused: each is refused with a field, and none makes more than is bounded.
func TestHostileRulesAreRefused(t *testing.T) {
	deep, wide := url.Values{}, url.Values{"rule.kind": {"or"}}
	at := "rule"
	for range 300 {
		deep.Set(at+".kind", "not")
		at += ".0"
	}
	for i := range 5000 {
		wide.Set(fmt.Sprintf("rule.%d.kind", i), "all")
	}
	for name, form := range map[string]url.Values{
		"deep": deep, "wide": wide,
		"a kind that there is none of": {"rule.kind": {"openid"}},
		"a group of nothing":           {"rule.kind": {"and"}},
		"a not of nothing":             {"rule.kind": {"not"}},
		"a not of two":                 {"rule.kind": {"not"}, "rule.0.kind": {"all"}, "rule.1.kind": {"all"}},
		"twice":                        {"rule.kind": {"area", "tag"}, "rule.value": {"x"}},
		"two values":                   {"rule.kind": {"area"}, "rule.value": {"x", "y"}},
		"a part of a leaf":             {"rule.kind": {"all"}, "rule.0.kind": {"tag"}},
		"a gap":                        {"rule.kind": {"and"}, "rule.1.kind": {"tag"}, "rule.1.value": {"x"}},
		"another field":                {"rule.kind": {"all"}, "rule.__proto__": {"x"}},
		"no value":                     {"rule.kind": {"area"}},
		"a part that is none":          {"rule.kind": {"and"}, "rule.0.kind": {""}},
	} {
		n, faults := readRule(form)
		if len(faults) == 0 {
			_, faults = n.rule()
		}
		if len(faults) == 0 {
			t.Errorf("%s: passes as %+v", name, n)
			continue
		}
		for _, f := range faults {
			if !fieldName.MatchString(f.Field) || f.Text == "" {
				t.Errorf("%s: refused at %q: %s", name, f.Field, f.Text)
			}
		}
	}
}

func TestFieldOfAPlaceInAnAudience(t *testing.T) {
	for place, want := range map[string]string{
		"audience": "rule.kind", "audience.area": "rule.value", "audience.and[1].not.committee": "rule.1.0.value", "audience.or[12]": "rule.12.kind",
		"audience.not": "rule.0.kind", "audience.and": "rule.kind",
	} {
		if got := ruleField(place); got != want {
			t.Errorf("%s is %s, want %s", place, got, want)
		}
	}
}
