package compose

import (
	"net/url"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towncrier/api/wire"
	"towncrier/desk/page"
)

var known = templates{
	"notice": {ID: "notice", Channel: "template", Vars: []wire.TemplateVariable{{Name: "thing1"}, {Name: "date4"}}},
	"agreed": {ID: "agreed", Channel: "subscription", Vars: []wire.TemplateVariable{{Name: "thing1"}}},
	"text":   {ID: "text", Channel: "sms", Vars: []wire.TemplateVariable{{Name: "title"}, {Name: "committee"}}},
}

var anyProposal = rapid.Custom(func(t *rapid.T) wire.Proposal {
	line := rapid.StringMatching(`[\pL\pN"<>&+%=;#\x{202e}]([^\x00-\x20]{0,12}[\pL\pN])?`)
	second := func(name string) time.Time {
		if !rapid.Bool().Draw(t, name) {
			return time.Time{}
		}
		return time.Unix(rapid.Int64Range(1_700_000_000, 4_000_000_000).Draw(t, name), 0).UTC()
	}
	p := wire.Proposal{
		Title: line.Draw(t, "title"), Topic: rapid.SampledFrom([]string{"", "water", "dogs"}).Draw(t, "topic"), Audience: anyRule(4).Draw(t, "audience"),
		Window: rapid.SampledFrom([]string{"08:00-20:00", "00:00-24:00", "09:30-11:45"}).Draw(t, "window"), SendAt: second("send"), ExpireAt: second("expire"),
		Fallback:  wire.Fallback{WaitMinutes: rapid.IntRange(0, 4320).Draw(t, "wait"), Doubtful: rapid.Bool().Draw(t, "doubtful")},
		Emergency: rapid.Bool().Draw(t, "emergency"), Committee: rapid.SampledFrom([]string{"", "C01"}).Draw(t, "committee"),
	}
	for _, n := range rapid.SliceOfNDistinct(rapid.IntRange(1, 9), 0, 4, rapid.ID).Draw(t, "cites") {
		p.Cites = append(p.Cites, wire.Cite{Notice: "N-" + string(rune('0'+n%3)), Passage: n})
	}
	for _, id := range []string{"agreed", "notice", "text"} {
		if !rapid.Bool().Draw(t, id) {
			continue
		}
		m := wire.Message{Channel: known[id].Channel, Template: id}
		for _, v := range known[id].Vars {
			if value := line.Draw(t, v.Name); rapid.Bool().Draw(t, "said") {
				if m.Data == nil {
					m.Data = map[string]string{}
				}
				m.Data[v.Name] = value
			}
		}
		if m.Channel != "sms" {
			m.URL = rapid.SampledFrom([]string{"", "https://www.example.cn/a?b=c&d=中"}).Draw(t, "url")
		}
		p.Messages = append(p.Messages, m)
	}
	return p
})

// TestProposalSurvivesItsForm: what a form is filled with is read of it again, whatever it held before.
func TestProposalSurvivesItsForm(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		before, want := anyProposal.Draw(t, "before"), anyProposal.Draw(t, "proposal")
		form := url.Values{}
		for _, p := range []wire.Proposal{before, want} {
			for _, channel := range channels { // what the page shows of a channel that is filled anew
				for name := range form {
					if len(name) > len(channel) && name[:len(channel)+1] == channel+"." {
						form.Del(name)
					}
				}
			}
			fill(form, p)
		}
		posted, err := url.ParseQuery(form.Encode())
		if err != nil {
			t.Fatal(err)
		}
		if got, faults := read(posted, known); len(faults) > 0 || !reflect.DeepEqual(got, want) {
			t.Fatalf("%+v\nis read as\n%+v with %v", want, got, faults)
		}
	})
}

// TestWhatCannotBeAProposal names the field of each fault.
func TestWhatCannotBeAProposal(t *testing.T) {
	for field, form := range map[string]url.Values{
		"cite":         {"cite": {"N1#0"}},
		"channel":      {"channel": {"email"}},
		"sms.template": {"channel": {"sms"}},
		"send.date":    {"send": {"at"}, "send.time": {"09:00"}},
		"send.time":    {"send": {"at"}, "send.date": {"2026-12-01"}},
		"expire.date":  {"expire": {"at"}, "expire.date": {"2026-02-30"}, "expire.time": {"09:00"}},
		"wait":         {"wait": {"-5"}},
		"rule.kind":    {"rule.kind": {"openid"}},
		"rule.0.value": {"rule.kind": {"not"}, "rule.0.kind": {"tag"}},
	} {
		_, faults := read(form, known)
		if !slices.ContainsFunc(faults, func(f page.FieldFault) bool { return f.Field == field && f.Text != "" }) {
			t.Errorf("%v: faults %v, want one at %s", form, faults, field)
		}
	}
}

// TestFieldOfAFault: every place that the API names leads to a field of the form.
func TestFieldOfAFault(t *testing.T) {
	p := wire.Proposal{Messages: []wire.Message{{Channel: "template"}, {Channel: "sms"}}}
	for location, want := range map[string]string{
		"body.proposal.title": "title", "proposal.topic": "topic", "proposal.cites": "cite", "body.proposal.cites[3].passage": "cite", "proposal.messages": "channel",
		"proposal.messages.sms": "sms.template", "proposal.messages.sms.data.title": "sms.data.title", "proposal.messages.template.url": "template.url",
		"proposal.messages.sms.data.?": "sms.template", "body.proposal.messages[1].template": "sms.template", "body.proposal.messages[0].url": "template.url",
		"body.proposal.messages[9].url": "channel", "body.proposal.audience.and[1].tag": "rule.1.value", "proposal.audience": "rule.kind",
		"body.proposal.send_at": "send.date", "proposal.expire_at": "expire.date", "body.proposal.window": "window.from",
		"body.proposal.fallback.wait_minutes": "wait", "body.proposal.committee": "committee", "proposal": "", "body.version": "",
	} {
		if got := fieldOf(location, p); got != want {
			t.Errorf("%s is %q, want %q", location, got, want)
		}
	}
}
