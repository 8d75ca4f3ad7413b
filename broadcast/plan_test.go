package broadcast

import (
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"towncrier/roster"
)

func planner(most int, emergency bool, channels ...Channel) Planner {
	return Planner{broadcast: Broadcast{Topic: "a", Emergency: emergency}, channels: channels, template: "a", most: most}
}

func TestPlan(t *testing.T) {
	consent := []roster.Consent{{What: roster.Notices, Basis: roster.ByDuty}}
	prefers := func(topic string, channel roster.Channel, wants bool) []roster.Preference {
		return []roster.Preference{{Topic: topic, Channel: channel, Wants: wants}}
	}
	everything := planner(2, false, cheapest...)
	for name, test := range map[string]struct {
		planner Planner
		c       Candidate
		want    string
	}{
		"everything": {everything, Candidate{Phone: true, WeChat: true, Templates: []string{"a"}, Consents: consent,
			Preferences: prefers("a", "", true)}, "[subscription template sms]  []"},
		"text only": {everything, Candidate{Phone: true, Consents: consent},
			"[sms]  [{subscription no_channel} {template no_channel}]"},
		"another template's consent": {everything, Candidate{WeChat: true, Templates: []string{"b"}},
			"[] no_consent [{subscription no_consent} {template no_consent} {sms no_channel}]"},
		"agreed to all, subscribed to nothing": {everything, Candidate{WeChat: true, Phone: true, Consents: consent},
			"[sms]  [{subscription no_consent} {template no_consent}]"},
		"subscribed to the topic": {everything, Candidate{WeChat: true, Preferences: prefers("a", roster.WeChat, true)},
			"[template]  [{subscription no_consent} {sms no_channel}]"},
		"never asked": {everything, Candidate{Phone: true},
			"[] no_consent [{subscription no_channel} {template no_channel} {sms no_consent}]"},
		"not the topic": {everything, Candidate{Phone: true, WeChat: true, Templates: []string{"a"}, Consents: consent,
			Preferences: prefers("a", "", false)}, "[] opted_out [{subscription opted_out} {template opted_out} {sms opted_out}]"},
		"nothing by text": {everything, Candidate{Phone: true, WeChat: true, Templates: []string{"a"}, Consents: consent,
			Preferences: prefers("", roster.SMS, false)}, "[subscription]  [{template no_consent} {sms opted_out}]"},
		"number suppressed": {everything, Candidate{Phone: true, Suppressed: true, Consents: consent},
			"[] opted_out [{subscription no_channel} {template no_channel} {sms opted_out}]"},
		"nobody": {everything, Candidate{Consents: consent},
			"[] no_channel [{subscription no_channel} {template no_channel} {sms no_channel}]"},
		"had enough":            {everything, Candidate{Phone: true, Consents: consent, Recent: 2}, "[] capped []"},
		"emergency":             {planner(2, true, SMS), Candidate{Phone: true, Consents: consent, Recent: 9}, "[sms]  []"},
		"emergency, and a stop": {planner(2, true, SMS), Candidate{Phone: true, Suppressed: true}, "[] opted_out [{sms opted_out}]"},
		"without limit":         {planner(0, false, SMS), Candidate{Phone: true, Consents: consent, Recent: 9}, "[sms]  []"},
	} {
		plan := test.planner.Plan(test.c)
		if got := fmt.Sprintf("%v %s %v", plan.Channels, plan.Reason, plan.Passed); got != test.want {
			t.Errorf("%s: %s, want %s", name, got, test.want)
		}
	}
}

// TestPlanProperties: nobody is written to against their word or the platform's rule, nobody is left out without a reason, and WeChat
// is always before SMS.
func TestPlanProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := candidatesOf().Draw(t, "candidate")
		p := planner(rapid.IntRange(0, 3).Draw(t, "most"), rapid.Bool().Draw(t, "emergency"), cheapest...)
		plan := p.Plan(c)
		if (len(plan.Channels) == 0) != (plan.Reason != "") {
			t.Fatalf("%+v", plan)
		}
		if !slices.IsSortedFunc(plan.Channels, func(a, b Channel) int { return rank(a) - rank(b) }) {
			t.Fatalf("order %v", plan.Channels)
		}
		if plan.Reason != Capped && len(plan.Channels)+len(plan.Passed) != len(cheapest) {
			t.Fatalf("a channel is neither used nor passed: %+v", plan)
		}
		stops := func(channel roster.Channel) bool {
			return slices.ContainsFunc(c.Preferences, func(p roster.Preference) bool { return p.Topic == "" && p.Channel == channel && !p.Wants })
		}
		for _, channel := range plan.Channels {
			switch channel {
			case SMS:
				if !c.Phone || c.Suppressed || stops(roster.SMS) || !c.resident().Wants("a", roster.SMS) {
					t.Fatalf("a text to %+v", c)
				}
			case Template:
				if !c.WeChat || stops(roster.WeChat) || !c.resident().Subscribed("a") {
					t.Fatalf("a template message to %+v", c)
				}
			case Subscription:
				if !c.WeChat || stops(roster.WeChat) || !slices.Contains(c.Templates, "a") {
					t.Fatalf("a subscription notification to %+v", c)
				}
			}
		}
	})
}
