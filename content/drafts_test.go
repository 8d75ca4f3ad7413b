package content

import (
	"maps"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

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
		{"unknown key", "topic: water", "colour: blue\ntopic: water", draft + ":3: 群发稿water：没有“colour”这一项，可以写 id、title、topic、cites、audience、messages"},
		{"id of another file", "id: water", "id: wells", draft + ":1: 群发稿water：编号“wells”与文件名不一致：请写 id: water，或者改文件名"},
		{"no title", "title: 东街检修停水\n", "", draft + ":1: 群发稿water：没有写 title：请补上"},
		{"long title", "东街检修停水", strings.Repeat("停", 41), draft + ":2: 群发稿water：标题有41个字，最多40个字：请缩短"},
		{"unknown topic", "topic: water\n", "topic: weather\n", draft + ":3: 群发稿water：没有主题“weather”：可以写 water（停水与取水）、library（图书屋）"},

		{"no cites", "cites: [W1#1, W1#2]\n", "", draft + ":1: 群发稿water：没有写 cites（依据）：请写公告的段落，例如 [N2#5]"},
		{"empty cites", "[W1#1, W1#2]", "[]", draft + ":4: 群发稿water：cites（依据）是空的：请写公告的段落，例如 [N2#5]"},
		{"cites no list", "[W1#1, W1#2]", "W1#1", draft + ":4: 群发稿water：cites 应写成列表：每行一项，前面写“- ”"},
		{"cite of no form", "[W1#1, W1#2]", "[W1]", draft + ":4: 群发稿water：cites（依据）的每一项写公告编号和段落号，例如 N2#5"},
		{"unknown notice", "W1#2", "W9#2", draft + ":4: 群发稿water：依据 W9#2 不对：没有公告W9，请核对编号"},
		{"unknown passage", "W1#2", "W1#4", draft + ":4: 群发稿water：依据 W1#4 不对：公告W1只有第1到3段，请核对段落号"},
		{"cite twice", "W1#2", "W1#1", draft + ":4: 群发稿water：依据 W1#1 写了两次：请只留一个"},

		{"no audience", "audience: {or: [{community: 东街}, {topic: water}]}\n", "", draft + ":1: 群发稿water：没有写 audience（发送范围）：请写发给谁，例如 all: true"},
		{"audience no mapping", "{or: [{community: 东街}, {topic: water}]}", "everybody", draft + ":5: 群发稿water：这里应写成“名称: 内容”，名称有 all、area、street、committee、community、tag、topic、and、or、not"},
		{"audience of two", "{community: 东街}", "{community: 东街, tag: x}", draft + ":5: 群发稿water：发送范围的每一层只写一项：all、area、street、committee、community、tag、topic、and、or、not"},
		{"audience of none", "{or: [{community: 东街}, {topic: water}]}", "{}", draft + ":5: 群发稿water：发送范围的每一层只写一项：all、area、street、committee、community、tag、topic、and、or、not"},
		{"audience of nobody", "{community: 东街}", "{and: []}", draft + ":5: 群发稿water：and 是空的：至少写一个发送范围"},
		{"audience's unknown key", "{community: 东街}", "{list: x}", draft + ":5: 群发稿water：没有“list”这一项，可以写 all、area、street、committee、community、tag、topic、and、or、not"},
		{"all: false", "{community: 东街}", "{all: false}", draft + ":5: 群发稿water：all 只能写 true：不发给全体居民的，改写别的条件"},
		{"audience's unknown topic", "{topic: water}", "{not: {topic: wells}}", draft + ":5: 群发稿water：没有主题“wells”：可以写 water（停水与取水）、library（图书屋）"},
		{"committee as a number", "{community: 东街}", "{committee: 12}", draft + ":5: 群发稿water：committee 不是文字：请用引号括起来"},

		{"unknown channel", "  sms:\n", "  fax:\n", draft + ":20: 群发稿water：没有“fax”这一项，可以写 subscription、template、sms、微信订阅通知、微信模板消息、短信"},
		{"a channel twice", "  sms:\n", "  短信: {template: notice-sms}\n  sms:\n", draft + ":20: 群发稿water：短信的内容写了两次：第21行已写，请只留一个"},
		{"no template", "    template: notice-sms\n", "", draft + ":21: 群发稿water：没有写 template：请补上"},
		{"unknown template", "notice-sms", "notice-fax", draft + ":21: 群发稿water：没有模板“notice-fax”：请写 templates.yaml 里的模板编号"},
		{"template of another channel", "template: notice-sms", "template: notice-template", draft + ":21: 群发稿water：模板notice-template是微信模板消息的，不能用于短信：请换一个模板"},
		{"template for staff", "template: notice-sms", "template: staff-urgent", draft + ":21: 群发稿water：模板staff-urgent只用来提醒工作人员，不能发给居民：请换一个模板"},
		{"url of an SMS", "    template: notice-sms\n", "    template: notice-sms\n    url: https://example.com\n", draft + ":22: 群发稿water：没有“url”这一项，可以写 template、data"},
		{"url of no web", "https://example.com/water", "ftp://example.com", draft + ":19: 群发稿water：url 应以 https:// 开头"},
		{"long url", "https://example.com/water", "https://" + strings.Repeat("x", 1020), draft + ":19: 群发稿water：url 有1028字节，微信最多收1024字节（一个汉字3字节）：请缩短"},

		{"value without a variable", "      committee:", "      when: 今天\n      committee:", draft + ":23: 群发稿water：没有“when”这一项，可以写 committee、title"},
		{"variable without a value", "      committee: 示例水站2030年5月6日\n", "", draft + ":23: 群发稿water：没有写 committee：请补上"},
		{"empty value", "committee: 示例水站2030年5月6日", "committee: ''", draft + ":23: 群发稿water：committee 是空的：请填写"},
		{"value as a number", "committee: 示例水站2030年5月6日", "committee: 2030", draft + ":23: 群发稿water：committee 不是文字：请用引号括起来"},
		{"long value", "committee: 示例水站2030年5月6日", "committee: " + strings.Repeat("水", 36), draft + ":23: 群发稿water：短信的 committee 发不出去：“谁”有36个字，最多35个字"},
		{"long thing", "5月8日8时至18时东街停水", strings.Repeat("水", 21), draft + ":17: 群发稿water：微信模板消息的 thing1 发不出去：“事项”有21个字，最多20个字"},
		{"time of no form", `"08:00~18:00"`, "上午", draft + ":11: 群发稿water：微信订阅通知的 time2 发不出去：“时间”应写成“2030年5月8日 09:00”，两个时间之间用“~”"},
		{"value not approved", "const4: 停水", "const4: 停电", draft + ":13: 群发稿water：微信订阅通知的 const4 发不出去：“类别”只能是批准过的值：停水、来水"},
		{"address in an SMS", "东街、柳巷停水\n", "详见www.example.com\n", draft + ":24: 群发稿water：短信的 title 发不出去：“什么事”有网址，短信变量里不能有网址"},
		{"mobile number in an SMS", "东街、柳巷停水\n", "致电19900000001\n", draft + ":24: 群发稿water：短信的 title 发不出去：“什么事”有手机号，通知短信里只能有座机、400或95开头的号码"},
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
		{"", "broadcasts/water.yaml:1: 群发稿water：没有写 messages（各渠道的内容）：请至少写一个渠道：subscription、template、sms"},
		{"messages: {}\n", "broadcasts/water.yaml:6: 群发稿water：messages（各渠道的内容）是空的：请至少写一个渠道：subscription、template、sms"},
		{"messages:\n  sms: {template: notice-sms}\n", "broadcasts/water.yaml:7: 群发稿water：没有写 data（模板的变量）：请填写“committee”、“title”"},
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
		"{and: [{area: 示例镇}, {street: 东街道}, {committee: C001}, {tag: 一楼}, {not: {or: [{all: true}]}}]}")
	lib, problems := Load(files)
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	want := Audience{And: []Audience{{Area: "示例镇"}, {Street: "东街道"}, {Committee: "C001"}, {Tag: "一楼"}, {Not: &Audience{Or: []Audience{{All: true}}}}}}
	if got := lib.Drafts["water"].Audience; !reflect.DeepEqual(got, want) {
		t.Errorf("audience: %+v", got)
	}
}

// A city that sends no broadcasts has neither templates nor drafts.
func TestLoadWithoutBroadcasts(t *testing.T) {
	plain := func() fstest.MapFS {
		files := town(t)
		maps.DeleteFunc(files, func(name string, _ *fstest.MapFile) bool { return strings.HasPrefix(name, "emergencies/") })
		return files
	}
	files := plain()
	delete(files, "templates.yaml")
	delete(files, "broadcasts/water.yaml")
	lib, problems := Load(files)
	if len(problems) > 0 || len(lib.Templates) > 0 || len(lib.Drafts) > 0 {
		t.Errorf("got %v, %v, %v", problems, lib.Templates, lib.Drafts)
	}
	files = plain()
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
