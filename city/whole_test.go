package city

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/city/citytest"
	"towncrier/content"
	"towncrier/intents"
)

// withBus is the city that ships, or the second one, with a notice of which all is quoted.
func withBus(t *testing.T, shipped bool, more ...string) (fstest.MapFS, *City) {
	t.Helper()
	files := town(t)
	if shipped {
		var err error
		if files, err = citytest.Copy(content.Embedded()); err != nil {
			t.Fatal(err)
		}
	}
	lib, _ := content.Load(files)
	citytest.Bus(files, lib.City.Area, more...)
	return files, load(t, files, fresh)
}

// TestWholeAnswersWhatNoPartDoes: what asks of a matter is answered with all of it, unless it asks for a part nearly word for word; what asks
// of something else is not.
func TestWholeAnswersWhatNoPartDoes(t *testing.T) {
	files, c := withBus(t, true, "遇有恶劣天气的，校车停开，另行通知。")
	edit(t, files, "matching/negatives.txt", "\n", "\n校车通到我们村吗\n")
	negative := load(t, files, fresh)
	for q, want := range map[string]string{
		"校车几点发车":        "bus.when", // as it is taught
		"请问校车几点发车呀":     "bus.when",
		"校车上让不让带滑板车":    "bus.what", // likest to a part, and nothing of it is taught
		"校车绕远了要不要多掏钱":   "bus.what", // a name of it alone
		"接送车卡丢了咋办":      "bus.what",
		"娃的乘车卡寻不见了":     "bus.what", // what stands in it
		"遛狗不拴绳咋办":       "dog.leash",
		"公积金怎么提取":       "",
		"今天天气咋样":        "",
		"小区啥时候改造，停车位咋弄": "renovation",
		"小区北边灯不亮了":      "", // 区北 stands in it, but between words
	} {
		m := c.Matcher.Match(q, intents.Context{})
		got := ""
		if m.Decision == intents.Answer {
			got = m.Ranked[0].ID
		}
		if want == "renovation" && strings.HasPrefix(got, "bus.") || want != "renovation" && got != want {
			t.Errorf("%s: %s, want %s", q, got, want)
		}
	}
	for _, now := range []*City{c, negative} {
		if m := now.Matcher.Match("校车通到我们村吗", intents.Context{}); m.Decision != intents.Answer || m.Ranked[0].ID != "bus.what" {
			t.Errorf("a negative that says the name of a matter: %v %v", m.Decision, m.Ranked[0])
		}
	}
}

// TestWholeIsOfferedOnNoWord: a city that was taught little is sure of much; a question that says nothing of the matter gets a menu.
func TestWholeIsOfferedOnNoWord(t *testing.T) {
	_, c := withBus(t, false)
	for _, q := range []string{"养老金一个月多少钱", "狗证要交多少钱", "火车几点到"} {
		if m := c.Matcher.Match(q, intents.Context{}); m.Decision == intents.Answer && strings.HasPrefix(m.Ranked[0].ID, "bus.") {
			t.Errorf("%s is answered by %s", q, m.Ranked[0].ID)
		}
	}
}

// TestWholeIsQuoted with its source, each passage word for word, and with the promise that nothing else is written.
func TestWholeIsQuoted(t *testing.T) {
	_, c := withBus(t, false)
	card, _ := c.Card("bus.what", fresh)
	text, _ := c.Render(card)
	for _, p := range c.Library.Notices["BUS"].Passages {
		if !strings.Contains(text, "\n"+p.Text+"\n") {
			t.Errorf("%q is not quoted in\n%s", p.Text, text)
		}
	}
	if !strings.Contains(text, c.Library.Say("whole_all")) || !strings.Contains(text, "来源：示例县第一小学（2030年5月1日）") {
		t.Errorf("%s", text)
	}
}

// TestWholeTooLongForOneReply: what is like the question comes first, the rest is asked for, and both together are the notice.
func TestWholeTooLongForOneReply(t *testing.T) {
	var more []string
	for i := range 30 {
		more = append(more, fmt.Sprintf("第%d条路线的说明：学生在站点按指定的位置排队候车，家长在黄线以外等候，校车停稳以后再上车，上车后系好安全带。", i+1))
	}
	_, c := withBus(t, false, more...)
	card, _ := c.Card("bus.what", fresh)
	const question = "校车卡丢了去哪补"
	m := c.Matcher.Match(question, intents.Context{})
	var told []string
	var rest []int // nil for all
	for page := 1; ; page++ {
		shown, places := c.Quote(card, rest, 0, question, m)
		if rest == nil {
			for i := range card.Quotes {
				rest = append(rest, i)
			}
		}
		left := slices.DeleteFunc(rest, func(i int) bool { return slices.Contains(places, i) })
		text, _ := c.Render(shown)
		if len(text) > MaxReply {
			t.Fatalf("page %d weighs %d bytes", page, len(text))
		}
		if page == 1 && !strings.Contains(text, "工本费10元") {
			t.Errorf("what is asked about is not on the first page: %s", text)
		}
		if says := strings.Contains(text, "回复“更多”"); says != (len(left) > 0) {
			t.Errorf("page %d: %d are left, and it says so: %v", page, len(left), says)
		}
		told = append(told, strings.Split(shown.Body, "\n")...)
		if rest = left; len(rest) == 0 {
			break
		}
	}
	for _, p := range c.Library.Notices["BUS"].Passages {
		if n := len(told) - len(slices.DeleteFunc(slices.Clone(told), func(line string) bool { return strings.Contains(line, p.Text) })); n != 1 {
			t.Errorf("%q is told %d times", p.Text, n)
		}
	}
}

// TestWholeIsChecked: it quotes all of a notice, or residents take what it leaves out for unwritten.
func TestWholeIsChecked(t *testing.T) {
	const file = "intents/bus.what.yaml"
	for name, c := range map[string]struct{ old, new, want string }{
		"a passage is left out":     {"BUS#4, BUS#5", "BUS#4", "没有引用 BUS#5：整份公告的问答要引用公告的每一段"},
		"no passage is cited":       {"citations: [BUS#1, BUS#2, BUS#3, BUS#4, BUS#5]", "action: thanks", "没有写 citations"},
		"it is silent":              {"whole:", "silent: true\nwhole:", "不能同时写 action、slots、silent 或 urgent"},
		"a word that names nothing": {"[校车, 接送车]", "[校车, 车]", "整份公告的叫法“车”太短"},
	} {
		files := town(t)
		citytest.Bus(files, "示例镇")
		edit(t, files, file, c.old, c.new)
		if _, problems := Load(files, fresh); !strings.Contains(problems.Error(), c.want) {
			t.Errorf("%s: %v", name, problems)
		}
	}
	files := town(t)
	citytest.Bus(files, "示例镇")
	edit(t, files, file, "[校车, 接送车]", "[校车, 登记]")
	edit(t, files, "notices/BUS.md", "status: in_force", "status: withdrawn")
	if c, problems := Load(files, fresh); c == nil || !strings.Contains(problems.Error(), "叫法“登记”哪份公告都会写到") {
		t.Error(problems)
	} else if card, _ := c.Card("bus.what", fresh); !strings.Contains(card.Body, "已经撤回") || strings.Contains(card.Body, "工本费") {
		t.Errorf("a withdrawn notice is quoted: %s", card.Body)
	}
	files = town(t)
	citytest.Bus(files, "示例镇", strings.Repeat("这一段很长很长", 110))
	if _, problems := Load(files, fresh); !strings.Contains(problems.Error(), "BUS#6 太长，一条回复放不下") {
		t.Error(problems)
	}
}

// TestWholeOfSeveralMattersOfOneName asks which is meant, unless the text says more of one; the name alone is no negative any more.
func TestWholeOfSeveralMattersOfOneName(t *testing.T) {
	files := town(t)
	citytest.Bus(files, "示例镇")
	second := strings.NewReplacer("BUS", "BUS2", "bus.", "bus2.", "第一小学", "第二小学", "[校车, 接送车]", "[第二小学校车]", "乙小区", "丙小区", "title: 校车", "title: 第二小学校车", "- 校车", "- 第二小学校车", "坐校车", "坐第二小学校车", "说说校车", "说说第二小学校车")
	for _, path := range []string{"notices/BUS.md", "intents/bus.what.yaml"} {
		files[strings.NewReplacer("BUS", "BUS2", "bus.", "bus2.").Replace(path)] = &fstest.MapFile{Data: []byte(second.Replace(string(files[path].Data)))}
	}
	edit(t, files, "matching/negatives.txt", "\n", "\n接送车\n校车呢\n")
	edit(t, files, "intents/bus.when.yaml", "校车什么时候发车", "接送车什么时候发车")
	c := load(t, files, fresh)
	for q, want := range map[string]string{
		"校车上让不让带滑板车": "[bus.what bus2.what]",
		"校车呢":        "[bus.what bus2.what]",
		"接送车":        "bus.what",
		"第二小学校车让不让带滑板车": "bus2.what",
	} {
		m := c.Matcher.Match(q, intents.Context{})
		got := fmt.Sprint(m.Options)
		if m.Decision == intents.Answer {
			got = m.Ranked[0].ID
		}
		if got != want {
			t.Errorf("%s: %v %s, want %s", q, m.Decision, got, want)
		}
	}
	for q, want := range map[string]string{"校车几点发车": "[bus2.what]", "接送车什么时候发车": "[]"} { // a part of one
		if m := c.Matcher.Match(q, intents.Context{}); m.Decision != intents.Answer || m.Ranked[0].ID != "bus.when" || fmt.Sprint(m.Options) != want {
			t.Errorf("%s: %v %s %v, want %s", q, m.Decision, m.Ranked[0].ID, m.Options, want)
		}
	}
	const both = "第二小学校车让不让带滑板车，接送车卡丢了咋补"
	if m := c.Matcher.Match(both, intents.Context{}); m.Decision != intents.Answer || fmt.Sprint(m.Ranked[0].ID, m.Options) != "bus2.what[bus.what]" {
		t.Errorf("%s: %v %s %v", both, m.Decision, m.Ranked[0].ID, m.Options)
	}
}
