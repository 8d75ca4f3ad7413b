package content

import (
	"reflect"
	"strings"
	"testing"

	"towncrier/problem"
)

// TestDraftNamesTopics: a draft may call a topic by its name, and a channel by its label; what is loaded has the id and the word.
func TestDraftNamesTopics(t *testing.T) {
	files := town(t)
	edit(t, files, "broadcasts/water.yaml", "  sms:\n", "  短信:\n")
	edit(t, files, "templates.yaml", "channel: sms", "channel: 短信")
	edit(t, files, "broadcasts/water.yaml", "topic: water\n", "topic: 停水与取水\n")
	edit(t, files, "broadcasts/water.yaml", "{topic: water}", "{not: {topic: 图书屋}}")
	lib, problems := Load(files)
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	if last := lib.Drafts["water"].Messages; last[len(last)-1].Channel != SMSChannel {
		t.Errorf("messages %+v", last)
	}
	if d := lib.Drafts["water"]; d.Topic != "water" || d.Audience.Or[1].Not.Topic != "library" {
		t.Errorf("topics %q and %+v", d.Topic, d.Audience.Or[1].Not)
	}
}

func TestLoadRefusesADraft(t *testing.T) {
	const draft = "broadcasts/water.yaml"
	for _, c := range []struct {
		name, old, new string
		want           string // the beginning of the one problem
	}{
		{"unknown key", "topic: water", "colour: blue\ntopic: water", draft + `:3: unknown key "colour": the keys are id, title, topic, cites, audience, messages`},
		{"id of another file", "id: water", "id: wells", draft + `:1: id "wells" does not match the file name: write id: water or rename the file`},
		{"no title", "title: 东街检修停水\n", "", draft + `:1: title is missing`},
		{"long title", "东街检修停水", strings.Repeat("停", 41), draft + `:2: the title has 41 characters: at most 40 are shown`},
		{"unknown topic", "topic: water\n", "topic: weather\n", draft + `:3: topic "weather": city.yaml has no such topic; its topics are: water (停水与取水), library (图书屋)`},

		{"no cites", "cites: [W1#1, W1#2]\n", "", draft + `:1: cites is missing: a broadcast rests on passages of notices`},
		{"empty cites", "[W1#1, W1#2]", "[]", draft + `:4: cites is empty: a broadcast rests on passages of notices`},
		{"cites no list", "[W1#1, W1#2]", "W1#1", draft + `:4: cites must be a list`},
		{"cite of no form", "[W1#1, W1#2]", "[W1]", draft + `:4: cites: write a notice and the number of a passage, as in N2#5`},
		{"unknown notice", "W1#2", "W9#2", draft + `:4: cites W9#2: there is no notice W9`},
		{"unknown passage", "W1#2", "W1#4", draft + `:4: cites W1#4: notices/W1.md has passages 1 to 3`},
		{"cite twice", "W1#2", "W1#1", draft + `:4: cites W1#1 twice`},

		{"no audience", "audience: {or: [{community: 东街}, {topic: water}]}\n", "", draft + `:1: audience is missing: write whom it is for`},
		{"audience no mapping", "{or: [{community: 东街}, {topic: water}]}", "everybody", draft + `:5: expected keys and values: all, area,`},
		{"audience of two", "{community: 东街}", "{community: 东街, tag: x}", draft + `:5: an audience has exactly one of all, area,`},
		{"audience of none", "{or: [{community: 东街}, {topic: water}]}", "{}", draft + `:5: an audience has exactly one of all, area,`},
		{"audience of nobody", "{community: 东街}", "{and: []}", draft + `:5: and is empty: write at least one audience`},
		{"audience's unknown key", "{community: 东街}", "{list: x}", draft + `:5: unknown key "list": the keys are all, area,`},
		{"all: false", "{community: 东街}", "{all: false}", draft + `:5: all: write true, or choose by another key`},
		{"audience's unknown topic", "{topic: water}", "{not: {topic: wells}}", draft + `:5: topic "wells": city.yaml has no such topic`},
		{"committee as a number", "{community: 东街}", "{committee: 12}", draft + `:5: committee is not text: put it in quotes`},

		{"unknown channel", "  sms:\n", "  fax:\n", draft + `:20: unknown key "fax": the keys are subscription, template, sms`},
		{"a channel twice", "  sms:\n", "  短信: {template: notice-sms}\n  sms:\n", draft + `:20: messages of channel sms are given twice: also on line 21`},
		{"no template", "    template: notice-sms\n", "", draft + `:21: template is missing`},
		{"unknown template", "notice-sms", "notice-fax", draft + `:21: template "notice-fax": templates.yaml has no such template`},
		{"template of another channel", "template: notice-sms", "template: notice-template", draft + `:21: template notice-template is of channel template, not sms`},
		{"url of an SMS", "    template: notice-sms\n", "    template: notice-sms\n    url: https://example.com\n", draft + `:22: unknown key "url": the keys are template, data`},
		{"url of no web", "https://example.com/water", "ftp://example.com", draft + `:19: url must begin with https://`},
		{"long url", "https://example.com/water", "https://" + strings.Repeat("x", 1020), draft + `:19: url has 1028 bytes of UTF-8: WeChat takes at most 1024`},

		{"value without a variable", "      committee:", "      when: 今天\n      committee:", draft + `:23: unknown key "when": the keys are committee, title`},
		{"variable without a value", "      committee: 示例水站2030年5月6日\n", "", draft + `:23: committee is missing`},
		{"empty value", "committee: 示例水站2030年5月6日", "committee: ''", draft + `:23: committee is empty`},
		{"value as a number", "committee: 示例水站2030年5月6日", "committee: 2030", draft + `:23: committee is not text: put it in quotes`},
		{"long value", "committee: 示例水站2030年5月6日", "committee: " + strings.Repeat("水", 36), draft + `:23: committee has 36 characters: at most 35 are taken for name`},
		{"long thing", "5月8日8时至18时东街停水", strings.Repeat("水", 21), draft + `:17: thing1 has 21 characters: at most 20 are taken for thing`},
		{"time of no form", `"08:00~18:00"`, "上午", draft + `:11: time2 does not fit its type time: write a time as in 2030年5月8日 09:00`},
		{"value not approved", "const4: 停水", "const4: 停电", draft + `:13: const4 is none of the values approved for the const: 停水, 来水`},
		{"address in an SMS", "东街、柳巷停水\n", "详见www.example.com\n", draft + `:24: title has an address of the web: a variable may have none`},
		{"mobile number in an SMS", "东街、柳巷停水\n", "致电19900000001\n", draft + `:24: title has a mobile number`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			edit(t, files, draft, c.old, c.new)
			_, problems := Load(files)
			if got := faults(problems); len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q, want one problem that begins %q", got, c.want)
			}
		})
	}
}

func TestLoadRefusesADraftWithoutMessages(t *testing.T) {
	const head = "id: water\ntitle: 停水\ntopic: water\ncites: [W1#1]\naudience: {all: true}\n"
	for _, c := range []struct{ body, want string }{
		{"", "broadcasts/water.yaml:1: messages is missing: write one or more of subscription, template, sms"},
		{"messages: {}\n", "broadcasts/water.yaml:6: messages is empty: write one or more of subscription, template, sms"},
		{"messages:\n  sms: {template: notice-sms}\n", "broadcasts/water.yaml:7: data is missing: write a value for each of committee, title"},
	} {
		files := town(t)
		files["broadcasts/water.yaml"].Data = []byte(head + c.body)
		_, problems := Load(files)
		if got := faults(problems); len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
			t.Errorf("got %q, want one problem that begins %q", got, c.want)
		}
	}
}

// What is wrong in a file is reported there, and not again by every draft that names it.
func TestDraftsDoNotRepeatTheFaultsOfOthers(t *testing.T) {
	for _, c := range []struct{ file, old, new string }{
		{"city.yaml", "{id: water,", "{id: 停水,"},
		{"notices/W1.md", "id: W1", "id: W7"},
		{"templates.yaml", "name: title", "name: titel"},
		{"templates.yaml", "id: notice-sms", "id: notice sms"},
	} {
		files := town(t)
		edit(t, files, c.file, c.old, c.new)
		_, problems := Load(files)
		if len(problems) == 0 {
			t.Errorf("%s: nothing is wrong with %q", c.file, c.new)
		}
		for _, p := range problems {
			if p.File != c.file {
				t.Errorf("%s: also %v", c.file, p)
			}
		}
	}
}

func TestLoadDraftAsWritten(t *testing.T) {
	lib, problems := Load(town(t))
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	d := lib.Drafts["water"]
	if len(lib.Drafts) != 1 || d == nil {
		t.Fatalf("drafts: %v", lib.Drafts)
	}
	if d.Title != "东街检修停水" || d.Topic != "water" || !reflect.DeepEqual(d.Cites, []Citation{{"W1", 1}, {"W1", 2}}) || d.Cites[1].String() != "W1#2" {
		t.Errorf("draft: %+v", d)
	}
	if want := (Audience{Or: []Audience{{Community: "东街"}, {Topic: "water"}}}); !reflect.DeepEqual(d.Audience, want) {
		t.Errorf("audience: %+v", d.Audience)
	}
	want := []DraftMessage{
		{SubscriptionChannel, "notice-subscription", map[string]string{"thing1": "5月8日东街、柳巷停水，320余户", "time2": "08:00~18:00",
			"thing3": "示例水站2030年5月6日公告", "const4": "停水"}, ""},
		{TemplateChannel, "notice-template", map[string]string{"thing1": "5月8日8时至18时东街停水", "thing2": "示例水站2030年5月6日公告"}, "https://example.com/water"},
		{SMSChannel, "notice-sms", map[string]string{"committee": "示例水站2030年5月6日", "title": "5月8日8时至18时检修东街水管，东街、柳巷停水"}, ""},
	}
	if !reflect.DeepEqual(d.Messages, want) {
		t.Errorf("messages: %+v", d.Messages)
	}
	if d.Lines["messages.sms"] != 20 || d.Lines["messages.sms.data.title"] != 24 || d.Lines["cites[1]"] != 4 {
		t.Errorf("lines: %v", d.Lines)
	}
	text := lib.Templates["notice-sms"].Render(want[2].Data)
	if text != "示例水站2030年5月6日通知：5月8日8时至18时检修东街水管，东街、柳巷停水。详情请看公众号。" {
		t.Errorf("the SMS reads %s", text)
	}
	if text := lib.Templates["notice-template"].Render(want[1].Data); text != "事项：5月8日8时至18时东街停水\n来源：示例水站2030年5月6日公告" {
		t.Errorf("the template message reads %s", text)
	}
}

// An empty const is allowed, and a rule of every kind.
func TestLoadDraftOfEveryKind(t *testing.T) {
	files := town(t)
	edit(t, files, "broadcasts/water.yaml", "      const4: 停水\n", "")
	edit(t, files, "broadcasts/water.yaml", "{or: [{community: 东街}, {topic: water}]}",
		"{and: [{area: 示例区}, {street: 东街道}, {committee: C001}, {tag: 一楼}, {not: {or: [{all: true}]}}]}")
	lib, problems := Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := Audience{And: []Audience{{Area: "示例区"}, {Street: "东街道"}, {Committee: "C001"}, {Tag: "一楼"}, {Not: &Audience{Or: []Audience{{All: true}}}}}}
	if got := lib.Drafts["water"].Audience; !reflect.DeepEqual(got, want) {
		t.Errorf("audience: %+v", got)
	}
}

// A city that sends no broadcasts has neither templates nor drafts.
func TestLoadWithoutBroadcasts(t *testing.T) {
	files := town(t)
	delete(files, "templates.yaml")
	delete(files, "broadcasts/water.yaml")
	lib, problems := Load(files)
	if len(problems) > 0 || len(lib.Templates) > 0 || len(lib.Drafts) > 0 {
		t.Errorf("got %v, %v, %v", problems, lib.Templates, lib.Drafts)
	}
	files = town(t)
	delete(files, "templates.yaml")
	if _, problems := Load(files); problems.Faults() != 3 {
		t.Errorf("a draft of three messages without templates: %v", problems)
	}
}

func FuzzLoadDraft(f *testing.F) {
	seed(f, "broadcasts/water.yaml", "", "cites: [[]]", "audience: {not: {not: {all: true}}}", "messages: {sms: {data: {}, template: notice-sms}}",
		"messages: {sms: 1, template: }", "id: water\ntitle: x\ntopic: water\ncites: [W1#9999]\naudience: []\n")
	files := town(f)
	lib, problems := Load(files)
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		var problems problem.List
		root := parseYAML("broadcasts/water.yaml", src, &problems)
		if root == nil {
			return
		}
		r := draftReader{lib, &problems, true, true, true}
		d, ok := r.draft("broadcasts/water.yaml", root)
		if problems.Faults() > 0 {
			return
		}
		if !ok || d.ID != "water" || len(d.Cites) == 0 || len(d.Messages) == 0 {
			t.Fatalf("no fault was found in %+v", d)
		}
		for _, msg := range d.Messages {
			if unfit := lib.Templates[msg.Template].Check(msg.Data); len(unfit) > 0 {
				t.Errorf("no fault was found: %v", unfit)
			}
		}
	})
}
