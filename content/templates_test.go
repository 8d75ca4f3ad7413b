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
		{"unknown key", "  channel: sms\n", "  channel: sms\n  colour: red\n", file + ":19: 消息模板：没有“colour”这一项，可以写 id、channel、code、title、text、vars"},
		{"id of no form", "id: notice-sms", "id: 停水", file + ":17: 消息模板：编号“停水”只能用字母、数字、- 和 _，并以字母或数字开头"},
		{"id twice", "id: notice-sms", "id: notice-template", file + ":17: 消息模板：模板编号notice-template写了两次：第10行已写，请换一个编号"},
		{"unknown channel", "channel: sms", "channel: fax", file + ":18: 消息模板：没有渠道“fax”：请写 subscription、template、sms"},
		{"no channel", "  channel: sms\n", "", file + ":17: 消息模板：没有写 channel：请补上"},
		{"no code", "  code: SMS_100000002\n", "", file + ":17: 消息模板：没有写 code：请补上"},
		{"no title", "  title: 小镇通知\n  text", "  text", file + ":17: 消息模板：没有写 title：请补上"},

		{"text of WeChat", "  code: DEMO-TEMPLATE-NOTICE\n", "  code: DEMO-TEMPLATE-NOTICE\n  text: 停水\n", file + ":13: 消息模板：text 只用于短信（sms）：微信的模板只写 vars"},
		{"key of no type", "name: time2", "name: when2", file + ":7: 消息模板：变量名“when2”不对：请写类型加数字，例如 thing1；类型有“amount”、“car_number”、“character_string”、“const”、“date”、“letter”、“name”、“number”、“phone_number”、“phrase”、“symbol”、“thing”、“time”"},
		{"key without a number", "name: time2", "name: time", file + ":7: 消息模板：变量名“time”不对：请写类型加数字，例如 thing1；类型有“amount”、“car_number”、“character_string”、“const”、“date”、“letter”、“name”、“number”、“phone_number”、“phrase”、“symbol”、“thing”、“time”"},
		{"key twice", "name: thing2, label: 来源", "name: thing1, label: 来源", file + ":16: 消息模板：变量“thing1”写了两次：请改一个"},
		{"no label", "{name: time2, label: 时间}", "{name: time2}", file + ":7: 消息模板：没有写 label：请补上"},
		{"type of a WeChat key", "{name: time2, label: 时间}", "{name: time2, label: 时间, type: time}", file + ":7: 消息模板：没有“type”这一项，可以写 name、label、values"},
		{"const without values", ", values: [停水, 来水]", "", file + ":9: 消息模板：values 写平台批准过的值：const 类型必须写，别的类型不写"},
		{"values of a thing", "{name: thing3, label: 来源}", "{name: thing3, label: 来源, values: [停水]}", file + ":8: 消息模板：values 写平台批准过的值：const 类型必须写，别的类型不写"},
		{"long value", "来水]", strings.Repeat("水", 21) + "]", file + ":9: 消息模板：values 的每一项写1到20个字"},

		{"no text", "  " + text + "\n", "", file + ":17: 消息模板：没有写 text：请补上"},
		{"undeclared", "${title}。", "${title}，${spot}。", file + ":21: 消息模板：text 里有 ${spot}，vars 里没有这个变量：请补上或删去"},
		{"declared in vain", "：${title}", "", file + ":21: 消息模板：vars 里有“title”，text 里没有 ${title}：请补上或删去"},
		{"variable of no form", "{name: title,", "{name: 1title,", file + ":24: 消息模板：变量名“1title”只能用字母、数字和 _，并以字母开头"},
		{"unknown type", "type: name", "type: person", file + ":23: 消息模板：没有变量类型“person”：请写 money、name、number、phone、text、time"},
		{"variable twice", "{name: title,", "{name: committee,", file + ":24: 消息模板：变量“committee”写了两次：请改一个"},
		{"open brace", "${title}。", "${title}。{", file + ":21: 消息模板：text 里有多余的 { 或 }：变量写成 ${name}"},
		{"sign", "text: ", "text: 【小镇】", file + ":21: 消息模板：text（短信文字）里有“【”或“】”，它们只用于签名"},
		{"mobile number", "详情请看公众号", "请拨19900000001", file + ":21: 消息模板：text（短信文字）里有手机号，通知短信里只能有座机、400或95开头的号码"},
		{"mobile number in groups", "详情请看公众号", "请拨199-0000-0001", file + ":21: 消息模板：text（短信文字）里有手机号，通知短信里只能有座机、400或95开头的号码"},
		{"messenger", "详情请看公众号", "加微信", file + ":21: 消息模板：text（短信文字）里提到QQ或微信，通知短信里不能有"},
		{"unsubscribing", "详情请看公众号", "回T退订", file + ":21: 消息模板：text（短信文字）里有退订的说法，它只用于推广短信，通知短信会因此被拒"},
		{"refusing", "详情请看公众号", "拒收请回复R", file + ":21: 消息模板：text（短信文字）里有退订的说法，它只用于推广短信，通知短信会因此被拒"},
		{"emoji", "详情请看公众号", "详情😀", file + ":21: 消息模板：text（短信文字）里有表情或特殊符号"},
		{"traditional", "详情请看公众号", "詳情請看公眾號", file + ":21: 消息模板：text（短信文字）里有繁体字，请写简体字"},
		{"long text", "详情请看公众号", strings.Repeat("水", 482), file + ":21: 消息模板：text 连最长的签名有501个字（变量还没有填），最多500个字：请缩短"},
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
	const want = "templates.yaml:12: 消息模板：微信模板消息的 code DEMO-TEMPLATE-NOTICE 写了两次：第3行已写，请核对平台上的模板编号"
	if _, problems := Load(files); len(problems) != 1 || problems[0].String() != want {
		t.Errorf("got %v, want %s", problems, want)
	}
}

func TestLoadRefusesWeChatWithoutVars(t *testing.T) {
	files := town(t)
	delete(files, "broadcasts/water.yaml")
	files["templates.yaml"].Data = []byte("- {id: a, channel: template, code: A, title: 通知}\n- {id: b, channel: subscription, code: B, title: 通知, vars: []}\n")
	_, problems := Load(files)
	if got := faults(problems); len(got) != 2 || !strings.HasPrefix(got[0], "templates.yaml:1: 消息模板：没有写 vars（变量）：微信的模板至少有一个") {
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
