package content

import (
	"strings"
	"testing"
	"time"
)

const burstMain = "emergencies/water.yaml"

func TestLoadRefusesAnEmergency(t *testing.T) {
	for _, c := range []struct{ name, old, new, want string }{
		{"another id", "id: water\n", "id: water2\n", "编号“water2”与文件名不一致"},
		{"no topic", "topic: water", "topic: nothing", "主题"},
		{"a field twice", "{id: where,", "{id: what,", "项目what写了两次"},
		{"a field of a name that is taken", "{id: what,", "{id: ended,", "项目编号“ended”不对"},
		{"no such kind", "kind: time, optional", "kind: date, optional", "类别“date”不对"},
		{"optional without words", ", unsaid: 恢复供水的时间还没有公布", "", "optional: true（可以不填）和 unsaid（不填时说什么）要一起写"},
		{"said without its value", "预计{until}恢复供水", "预计恢复供水", "said 里要有填写的内容：请写 {until}"},
		{"a field that is none", "关于{where}停水的公告", "关于{place}停水的公告", "没有“{place}”这一项"},
		{"a form that is none", "{since.full}", "{since.long}", "没有“{since.long}”这一项"},
		{"a form of a text", "关于{where}停水的公告", "关于{where.day}停水的公告", "没有“{where.day}”这一项"},
		{"a passage that is none", "公告：{1}{2}{3}", "公告：{1}{2}{3}{4}", "没有“{4}”这一项"},
		{"a brace alone", "关于{where}停水的公告", "关于{where停水的公告", "有多余的花括号"},
		{"a silence of nothing", "answer:\n  title", "silent: [{unless: [赔]}]\nanswer:\n  title", "没有写 about"},
		{"a silence of a field", "answer:\n  title", "silent: [{about: \"{where}\", unless: [赔]}]\nanswer:\n  title", "about 里不能有花括号"},
		{"a silence without its words", "answer:\n  title", "silent: [{about: 赔偿}]\nanswer:\n  title", "没有写 unless"},
		{"no time of its end", "{ended.full}", "昨天", "段落里要有结束的时间"},
		{"the end in the beginning", "{where}{what}，", "{where}{what}，{ended}", "没有“{ended}”这一项"},
		{"no such template", "template: notice-sms", "template: notice-mms", "没有模板“notice-mms”"},
		{"a template of another channel", "template: notice-sms", "template: notice-template", "模板notice-template是微信模板消息的，不是短信的"},
		{"no utterances", "  utterances:", "  utterance:", "没有“utterance”这一项"},
		{"a length that is none", "max: 12", "max: many", "max 应为1到60的数字"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			edit(t, files, burstMain, c.old, c.new)
			lib, problems := Load(files)
			if problems.Faults() == 0 || !strings.HasPrefix(problems[0].File, burstMain) || !strings.Contains(problems.Error(), c.want) || lib.Emergencies["water"] != nil {
				t.Errorf("got %v, want %s", problems, c.want)
			}
		})
	}
}

// TestMoments reads times as officials write them, at noon of a day in December.
func TestMoments(t *testing.T) {
	now := time.Date(2026, time.December, 30, 12, 0, 0, 0, time.FixedZone("", 8*60*60))
	for text, want := range map[string]string{
		"19:00": "2026-12-30 19:00", "19时": "2026-12-30 19:00", "7点半": "2026-12-30 07:30", "19时30分": "2026-12-30 19:30", "１９：００": "2026-12-30 19:00",
		"明天6:00": "2026-12-31 06:00", "明天 6点": "2026-12-31 06:00", "后天0:05": "2027-01-01 00:05", "今天23:59": "2026-12-30 23:59",
		"2026-12-31 08:00": "2026-12-31 08:00", "2026年12月31日8时": "2026-12-31 08:00", "12月31日8点": "2026-12-31 08:00", "1月1日8时": "2027-01-01 08:00", "2026-12-31T08:00": "2026-12-31 08:00",
		"": "", "24:00": "", "19:60": "", "2026-02-30 08:00": "", "昨天": "", "19:00后": "", "9999-01-01 00:00": "",
	} {
		at, ok := readMoment(text, now)
		if got := at.Format(kept); ok != (want != "") || ok && got != want {
			t.Errorf("%q is %s, %v, want %q", text, got, ok, want)
		}
	}
}

// TestEmergencySaysWhatItIsSilentOf: of what no field speaks, the answer says so, and of nothing else.
func TestEmergencySaysWhatItIsSilentOf(t *testing.T) {
	lib, problems := Load(Embedded())
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	at := time.Date(2026, time.November, 30, 20, 0, 0, 0, time.FixedZone("", 8*60*60))
	for _, c := range []struct{ id, advice, want string }{
		{"water", "请提前储水", "请提前储水。公告没有写送水、电话、赔偿。"},
		{"water", "到示例小区南门送水车接水", "接水。公告没有写电话、赔偿。"},
		{"water", "有事拨示例水站的热线", "热线。公告没有写送水、赔偿。"},
		{"water", "有事找示例水站0000-5550123", "0000-5550123。公告没有写送水、赔偿。"},
		{"water", "有事找12345，损失由示例水站补偿", "补偿。公告没有写送水。"},
		{"water", "送水车每天8时来，影响300户", "300户。公告没有写电话、赔偿。"},
		{"power", "请关好电器", "请关好电器。公告没有写电话、赔偿。"},
		{"road", "请绕行示例西路，公交照常", "照常。公告没有写电话、赔偿。"},
		{"road", "请勿靠近", "请勿靠近。公告没有写绕行路线、公交、电话、赔偿。"},
	} {
		template := lib.Emergencies[c.id]
		values := template.Samples()
		values["advice"] = c.advice
		filled, err := template.Fill(lib, values, at)
		if err != nil || !strings.HasSuffix(filled.Says.Answer, c.want) {
			t.Errorf("%s: %v\n%s", c.advice, err, filled.Says.Answer)
		}
		if over := filled.Ends.Over(at).Answer; !strings.HasSuffix(over, "公告没有写赔偿。") {
			t.Error(over)
		}
	}
}
