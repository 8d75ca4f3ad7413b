package content

import (
	"strings"
	"testing"

	"towncrier/problem"
)

func TestLoadRefusesATemplate(t *testing.T) {
	const file = "templates.yaml"
	const text = "text: ${committee}通知：${title}。详情请看公众号。"
	for _, c := range []struct {
		name, old, new string
		want           string // the beginning of the one problem
	}{
		{"unknown key", "  channel: sms\n", "  channel: sms\n  colour: red\n", file + `:19: unknown key "colour": the keys are id, channel, code, title, text, vars`},
		{"id of no form", "id: notice-sms", "id: 停水", file + `:17: id "停水": use letters, digits, - and _ only`},
		{"id twice", "id: notice-sms", "id: notice-template", file + `:17: template id notice-template is given twice: first on line 10`},
		{"unknown channel", "channel: sms", "channel: fax", file + `:18: channel "fax": write subscription, template, sms`},
		{"no channel", "  channel: sms\n", "", file + `:17: channel is missing`},
		{"no code", "  code: SMS_100000002\n", "", file + `:17: code is missing`},
		{"no title", "  title: 小镇通知\n  text", "  text", file + `:17: title is missing`},

		{"text of WeChat", "  code: DEMO-TEMPLATE-NOTICE\n", "  code: DEMO-TEMPLATE-NOTICE\n  text: 停水\n", file + `:13: text goes with channel sms`},
		{"key of no type", "name: time2", "name: when2", file + `:7: key "when2": write a type and a number as in thing1; the types are amount, car_number, `},
		{"key without a number", "name: time2", "name: time", file + `:7: key "time": write a type and a number`},
		{"key twice", "name: thing2, label: 来源", "name: thing1, label: 来源", file + `:16: variable thing1 is given twice`},
		{"no label", "{name: time2, label: 时间}", "{name: time2}", file + `:7: label is missing`},
		{"type of a WeChat key", "{name: time2, label: 时间}", "{name: time2, label: 时间, type: time}", file + `:7: unknown key "type": the keys are name, label, values`},
		{"const without values", ", values: [停水, 来水]", "", file + `:9: values: a const lists what was approved for it, and nothing else does`},
		{"values of a thing", "{name: thing3, label: 来源}", "{name: thing3, label: 来源, values: [停水]}", file + `:8: values: a const lists`},
		{"long value", "来水]", strings.Repeat("水", 21) + "]", file + `:9: values: write text of 1 to 20 characters`},

		{"no text", "  " + text + "\n", "", file + `:17: text is missing`},
		{"undeclared", "${title}。", "${title}，${spot}。", file + `:21: text names ${spot}, which vars does not declare`},
		{"declared in vain", "：${title}", "", file + `:21: vars declares title, but text has no ${title}`},
		{"variable of no form", "{name: title,", "{name: 1title,", file + `:24: variable "1title": write letters, digits and _, a letter first`},
		{"unknown type", "type: name", "type: person", file + `:23: type "person": write money, name, number, phone, text, time`},
		{"variable twice", "{name: title,", "{name: committee,", file + `:24: variable committee is given twice`},
		{"open brace", "${title}。", "${title}。{", file + `:21: text has a { or } that stands for nothing`},
		{"sign", "text: ", "text: 【小镇】", file + `:21: text has 【 or 】: they belong to the sign`},
		{"mobile number", "详情请看公众号", "请拨19900000001", file + `:21: text has a mobile number`},
		{"mobile number in groups", "详情请看公众号", "请拨199-0000-0001", file + `:21: text has a mobile number`},
		{"messenger", "详情请看公众号", "加微信", file + `:21: text names QQ or WeChat`},
		{"unsubscribing", "详情请看公众号", "回T退订", file + `:21: text tells how to unsubscribe`},
		{"refusing", "详情请看公众号", "拒收请回复R", file + `:21: text tells how to unsubscribe`},
		{"emoji", "详情请看公众号", "详情😀", file + `:21: text has an emoji or a special symbol`},
		{"traditional", "详情请看公众号", "詳情請看公眾號", file + `:21: text has traditional characters: write simplified ones`},
		{"long text", "详情请看公众号", strings.Repeat("水", 482), file + `:21: text has 501 characters with the longest sign, before anything is filled in: at most 500 are taken`},
		{"not a list", "- id: notice-subscription", "id: notice-subscription\n#", file + `:`},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			delete(files, "broadcasts/water.yaml")
			edit(t, files, file, c.old, c.new)
			_, problems := Load(files)
			if got := faults(problems); len(got) != 1 || !strings.HasPrefix(got[0], c.want) {
				t.Errorf("got %q, want one problem that begins %q", got, c.want)
			}
		})
	}
}

// A code must lead to one template of its channel; two channels may well have the same.
func TestLoadRefusesACodeTwice(t *testing.T) {
	files := town(t)
	edit(t, files, "templates.yaml", "DEMO-TEMPLATE-SUBSCRIPTION", "DEMO-TEMPLATE-NOTICE")
	if _, problems := Load(files); len(problems) > 0 {
		t.Errorf("one code on two channels: %v", problems)
	}
	edit(t, files, "templates.yaml", "channel: subscription", "channel: template")
	delete(files, "broadcasts/water.yaml")
	const want = "templates.yaml:12: code DEMO-TEMPLATE-NOTICE is given twice on template: first on line 3"
	if _, problems := Load(files); len(problems) != 1 || problems[0].String() != want {
		t.Errorf("got %v, want %s", problems, want)
	}
}

func TestLoadRefusesWeChatWithoutVars(t *testing.T) {
	files := town(t)
	delete(files, "broadcasts/water.yaml")
	files["templates.yaml"].Data = []byte("- {id: a, channel: template, code: A, title: 通知}\n- {id: b, channel: subscription, code: B, title: 通知, vars: []}\n")
	_, problems := Load(files)
	if got := faults(problems); len(got) != 2 || !strings.HasPrefix(got[0], "templates.yaml:1: vars: a WeChat template has at least one") {
		t.Errorf("got %q", got)
	}
}

func FuzzLoadTemplates(f *testing.F) {
	seed(f, "templates.yaml", "", "- 1", "- id: a\n  channel: sms\n  text: ${}\n", "- {id: a, channel: sms, code: A, title: x, text: '${a}$${a', vars: [{name: a, label: x, type: text}]}",
		"- {id: a, channel: template, code: A, title: x, vars: [{name: const1, label: x, values: [y]}]}")
	f.Fuzz(func(t *testing.T, src []byte) {
		var problems problem.List
		root := parseYAML(templatesFile, src, &problems)
		if root == nil {
			return
		}
		templates := readTemplates(root, &problems)
		if problems.Faults() > 0 {
			return
		}
		for id, template := range templates {
			if id == "" || template.Code == "" || template.Title == "" || (template.Text == "") == (template.Channel == SMSChannel) {
				t.Errorf("no fault was found in %+v", template)
			}
			data := map[string]string{}
			for _, v := range template.Vars {
				data[v.Name] = "水"
				if v.Label == "" || kinds(template.Channel)[v.Type] == (kind{}) {
					t.Errorf("no fault was found in %+v", v)
				}
			}
			if text := template.Render(data); strings.Contains(text, "${") {
				t.Errorf("a variable is left in %s", text)
			}
		}
	})
}
