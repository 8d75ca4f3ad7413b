package city

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/intents"
	"towncrier/problem"
)

func TestLoadRefuses(t *testing.T) {
	const (
		stop  = "intents/water.stop.yaml"
		point = "intents/water.point.yaml"
		rule  = "intents/water.rule.yaml"
		greet = "intents/chat.greet.yaml"
	)
	for _, c := range []struct {
		name, file, old, new string
		want                 string // the beginning of the one fault
	}{
		{"no such notice", stop, "W1#1", "W9#1", stop + ":20: 问答water.stop：依据 W9#1 不对：没有公告W9，请核对编号"},
		{"no such passage", "intents/library.card.yaml", "L1#3", "L1#4", "intents/library.card.yaml:17: 问答library.card：依据 L1#4 不对：公告L1只有第1到3段，请核对段落号"},
		{"no citation", rule, "citations: [W1#3]\n", "", rule + ":15: "},
		{"a figure", stop, "320余户", "330余户", stop + ":17: 问答water.stop：写了“330余户”：" + unprinted},
		{"a figure of another passage", rule, "48小时", "21天", rule + ":15: 问答water.rule：写了“21天”：" + unprinted},
		{"a figure in full width", stop, "320余户", "３３０余户", stop + ":17: 问答water.stop：写了“330余户”：" + unprinted},
		{"a figure in Chinese numerals", stop, "320余户", "五百余户", stop + ":17: 问答water.stop：写了“五百余户”：" + unprinted},
		{"a contact's number as a sum", stop, "涉及320余户", "罚款19900000001元", stop + ":17: 问答water.stop：写了“19900000001元”：" + unprinted},
		{"a phone of nobody", stop, "19900000002", "19900000003", stop + ":17: 问答water.stop：写了“19900000003”：" + unprinted},
		{"a date", stop, "5月8日", "5月9日", stop + ":17: 问答water.stop：写了“5月9日”：" + unprinted},
		{"a date of two dates", "intents/library.hours.yaml", "4月23日", "2030年4月23日", "intents/library.hours.yaml:16: 问答library.hours：写了“2030年4月23日”：" + unprinted},
		{"a time in Chinese numerals", stop, "涉及320余户", "晚上十点恢复", stop + ":17: 问答water.stop：写了“十点”：" + unprinted},
		{"half an hour more", stop, "8时至18时", "8点半至18时", stop + ":17: 问答water.stop：写了“半”：" + unprinted},
		{"a sum without its unit", stop, "涉及320余户", "最多罚三百", stop + ":17: 问答water.stop：写了“三百”：" + unprinted},
		{"a sum in numerals of accounts", stop, "涉及320余户", "罚款伍佰元", stop + ":17: 问答water.stop：写了“五百元”：" + unprinted},
		{"a sum in digits of mathematics", stop, "涉及320余户", "罚款𝟑𝟎元", stop + ":17: 问答water.stop：写了“30元”：" + unprinted},
		{"a sum in Arabic digits", stop, "涉及320余户", "罚款٣٠元", stop + ":17: 问答water.stop：写了“30元”：" + unprinted},
		{"a share", stop, "涉及320余户", "水压降三成", stop + ":17: 问答water.stop：写了“三成”：" + unprinted},
		{"a figure in a title", stop, "什么时候停水", "停水48小时", stop + ":2: 问答water.stop：写了“48小时”：" + unprinted},
		{"a link", stop, "涉及320余户", "请看 pay.example.net/x", stop + ":17: 问答water.stop：写了网址“pay.example.net”：引用的段落和联系方式里都没有，也不在 city.yaml 的 hosts 里，请核对"},
		{"a figure in the menu", "menu.yaml", "什么时候停水", "停水48小时", "menu.yaml:4: 公众号菜单：按钮名称写了“48小时”：所开的问答引用的段落里没有，请删去"},
		{"a document", rule, "《示例镇供水约定》", "《示例镇供水条例》", rule + ":15: 问答water.rule：写了“示例镇供水条例”：" + unprinted},
		{"a quoted name", "intents/library.hours.yaml", "“亲子角”", "“老人角”", "intents/library.hours.yaml:16: 问答library.hours：写了“老人角”：" + unprinted},
		{"a quoted name of another notice", rule, "依据", "亲子角依据", rule + ":15: 问答water.rule：写了“亲子角”：" + unprinted},
		{"an institution", stop, "示例水站的公告", "示例镇水务局的公告", stop + ":17: 问答water.stop：写了“示例镇水务局”：" + unprinted},
		{"a figure in a slot's question", point, "您问哪一个", "共有9处，您问哪一个", point + ":23: 问答water.point：写了“9处”：" + unprinted},
		{"a figure in a slot's template", point, "{name}在", "{name}供水5吨，在", point + ":24: 问答water.point：写了“5吨”：" + unprinted},
		{"a figure in a slot's last word", point, "没有登记", "12小时后登记", point + ":25: 问答water.point：写了“12小时”：" + unprinted},
		{"a figure in a greeting", greet, "您好", "您好，今天停水320余户", greet + ":15: 问答chat.greet：写了“320余户”：没有写 citations（依据）的答复里只能有联系方式里的号码和名称：请写依据的段落，或者删去"},
		{"a document in a greeting", greet, "您好", "您好，请看《小镇年鉴》", greet + ":15: 问答chat.greet：写了“小镇年鉴”：没有写 citations（依据）的答复里只能有联系方式里的号码和名称：请写依据的段落，或者删去"},
		{"no such table", point, "table: waterpoints", "table: wells", point + ":22: 问答water.point：没有 tables/wells.csv 这个表：请核对名称"},
		{"no such column", point, "{spot}", "{street}", point + ":24: 问答water.point：found 里写了 {street}，tables/waterpoints.csv 只有这些列：name、aliases、spot、opens、source"},
		{"open bracket", point, "开放]", "开放", point + ":24: 问答water.point：found 写得不对：[ 没有对应的 ]"},
		{"closing bracket", point, "[，{opens}", "，{opens}", point + ":24: 问答water.point：found 写得不对：] 前面没有对应的开头"},
		{"nested brackets", point, "[，{opens}", "[[，{opens}", point + ":24: 问答water.point：found 写得不对：[ ] 里又写了 [：可以省去的部分不能套在一起"},
		{"open brace", point, "{spot}", "{spot", point + ":24: 问答water.point：found 写得不对：{ 没有对应的 }：列名写成 {name}"},
		{"long title", greet, "打个招呼", strings.Repeat("招", 21), greet + ":2: 问答chat.greet：标题有21个字，菜单一行最多20个字：请缩短"},
		{"what was taken out", greet, "您好", "×女士您好", greet + ":15: 问答chat.greet：答复里有“×”：这里去掉了居民的号码、姓名或地址，请改写成对所有人的答复，或者删去"},
		{"long answer", greet, "您好", strings.Repeat("好", 680), greet + ":15: 问答chat.greet：整条回复（答复加来源和选项）有2154字节，最多2048字节（一个汉字3字节）：请把答复缩短106字节"},
		{"one byte too long", greet, "您好", strings.Repeat("好", 644) + "xxx", greet + ":15: 问答chat.greet：整条回复（答复加来源和选项）有2049字节，最多2048字节（一个汉字3字节）：请把答复缩短1字节"},
		{"too long once stale", rule, "依据", strings.Repeat("x", 1706) + "依据", rule + ":15: 问答water.rule：整条回复（答复加来源和选项）有2049字节，最多2048字节（一个汉字3字节）：请把答复缩短1字节"},
		{"long with its slot", point, "没有登记", strings.Repeat("好", 600), point + ":16: 问答water.point：整条回复（答复加来源和选项）连同 slots[0].unknown 有2238字节，最多2048字节（一个汉字3字节）：请把答复缩短190字节"},
		{"menu topic", "menu.yaml", "library.hours", "library.years", "menu.yaml:6: 公众号菜单：没有问答“library.years”：菜单的 topic 请写有的问答的编号"},
		{"what content refuses", "notices/W1.md", "id: W1", "id: W1\nid: W1", "notices/W1.md:3: 公告W1：“id”写了两次：第2行已写，请只留一个"},
		{"what intents refuse", greet, "id: chat.greet", "id: chat.greet\ncolour: red", greet + ":2: 问答chat.greet：没有“colour”这一项，可以写 action、answer、citations、follow_ups、id、proposed、silent、slots、title、urgent、utterances、whole"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			edit(t, files, c.file, c.old, c.new)
			city, problems := Load(files, fresh)
			if city != nil {
				t.Error("a City was returned with faults")
			}
			if len(problems) != 1 || !strings.HasPrefix(problems[0].String(), c.want) {
				t.Errorf("got %q, want one fault that begins %q", problems, c.want)
			}
		})
	}
}

// TestAnswerMayHaveTheMarkThatItsNoticePrints: there it stands for no resident.
func TestAnswerMayHaveTheMarkThatItsNoticePrints(t *testing.T) {
	files := town(t)
	edit(t, files, "notices/W1.md", "320余户", "××街320余户")
	edit(t, files, "intents/water.stop.yaml", "320余户", "××街320余户")
	if problems := Check(files, fresh); problems.Faults() > 0 {
		t.Error(problems)
	}
}

// TestTimesAreOneHoweverTheyAreWritten: 8:00, 8：00, 8时, 8点 and 八点 are one time, in a notice and in an answer.
func TestTimesAreOneHoweverTheyAreWritten(t *testing.T) {
	for _, printed := range []string{"8时至18时", "8:00至18:00", "08：00—18：00", "八点到十八点"} {
		for _, said := range []string{"8时至18时", "8:00～18:00", "上午8点到18点", "八点到18点"} {
			files := town(t)
			edit(t, files, "notices/W1.md", "8时至18时", printed)
			edit(t, files, "intents/water.stop.yaml", "8时至18时", said)
			delete(files, "broadcasts/water.yaml")
			if problems := Check(files, fresh); problems.Faults() > 0 {
				t.Errorf("%s printed, %s said: %v", printed, said, problems)
			}
		}
	}
}

// TestPhrasesStateNoFiguresOfTheirOwn: nothing that is cited prints them.
func TestPhrasesStateNoFiguresOfTheirOwn(t *testing.T) {
	files := town(t)
	files["phrases.yaml"] = &fstest.MapFile{Data: []byte("nonsense: 请拨打19900000001。\nno_number: 不是11位，以13到19开头。今晚23时停水。\n")}
	problems := Check(files, fresh)
	if len(problems) != 1 || problems[0].Line != 2 || !strings.Contains(problems[0].Text, "no_number：写了“23时”") {
		t.Errorf("%v, want that 23时 is refused", problems)
	}
}

func TestLoadTakesAReplyThatJustFits(t *testing.T) {
	files := town(t)
	edit(t, files, "intents/chat.greet.yaml", "您好", strings.Repeat("好", 644)+"xx")
	load(t, files, fresh)
}

func TestLoadWarns(t *testing.T) {
	for _, c := range []struct {
		name, file, old, new string
		now                  time.Time
		want                 string
	}{
		{"review date", "notices/W1.md", "id: W1", "id: W1", time.Date(2030, time.September, 1, 0, 0, 0, 0, time.FixedZone("", 8*3600)),
			"notices/W1.md:9: 提醒：公告W1：复核日期 2030-08-31 已过"},
		// In the town it is already 1 September.
		{"review date by the town's clock", "notices/W1.md", "id: W1", "id: W1", time.Date(2030, time.August, 31, 16, 0, 0, 0, time.UTC),
			"notices/W1.md:9: 提醒：公告W1：复核日期 2030-08-31 已过"},
		{"withdrawn", "notices/L1.md", "in_force", "withdrawn", fresh,
			"intents/library.card.yaml:17: 提醒：问答library.card：所引的公告都已被取代或撤回"},
		{"superseded", "notices/L1.md", "in_force", "superseded\nsuperseded_by: W1", fresh,
			"intents/library.card.yaml:17: 提醒：问答library.card：所引的公告都已被取代或撤回"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			edit(t, files, c.file, c.old, c.new)
			city, problems := Load(files, c.now)
			wanted := func(p problem.Problem) bool { return strings.HasPrefix(p.String(), c.want) }
			if city == nil || !slices.ContainsFunc(problems, wanted) {
				t.Errorf("got %v, want a City and %q", problems, c.want)
			}
		})
	}
	if _, problems := Load(town(t), time.Date(2030, time.August, 31, 15, 59, 59, 0, time.UTC)); len(problems) > 0 {
		t.Errorf("on the review date itself: %v", problems)
	}
}

func TestLoadReportsEverythingAtOnce(t *testing.T) {
	files := town(t)
	edit(t, files, "city.yaml", "name:", "names:")
	edit(t, files, "intents/library.hours.yaml", "1200册", "900册")
	edit(t, files, "intents/water.stop.yaml", "W1#1", "W1#1, W1#7")
	edit(t, files, "tables/waterpoints.csv", "石桥头", "大槐树")
	_, problems := Load(files, fresh)
	want := []string{"city.yaml:2: ", "city.yaml:2: 城市设置：没有写 name", "intents/library.hours.yaml:16: ", "intents/water.stop.yaml:20: ", "tables/waterpoints.csv:3: "}
	if len(problems) != len(want) {
		t.Fatalf("got %q", problems)
	}
	for i, w := range want {
		if !strings.HasPrefix(problems[i].String(), w) {
			t.Errorf("problem %d is %q, want %q", i, problems[i], w)
		}
	}
}

// The second city comes from its folder alone.
func TestTownSpeaksOfItselfOnly(t *testing.T) {
	c := load(t, town(t), fresh)
	for id, in := range c.Intents {
		card, _ := c.Card(id, fresh)
		text, _ := c.Render(card)
		for _, slot := range in.Slots {
			text += slot.Ask + slot.Unknown
			for _, row := range c.Library.Tables[slot.Table].Rows {
				text += c.Fill(slot.Found, row)
			}
		}
		for _, name := range []string{"运城", "盐湖", "邻里通", "小区", "community", "12345"} {
			if strings.Contains(text, name) {
				t.Errorf("%s speaks of %s: %s", id, name, text)
			}
		}
	}
	if m := c.Matcher.Match("今天怎么断水了，东街", intents.Context{}); len(m.Ranked) != len(c.Intents) {
		t.Errorf("the matcher ranks %d of %d intents", len(m.Ranked), len(c.Intents))
	}
}
