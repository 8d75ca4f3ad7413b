package city

import (
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/content"
	"towncrier/intents"
)

func TestDeniesList(t *testing.T) {
	for text, want := range map[string]bool{
		"已公布的消息没有列出小区名单，也没有写各小区什么时候改。":    true,
		"按公告，分两批改造；具体是哪些小区，公告没有写。":        true,
		"公告没有写具体是哪些小区。":                   true,
		"名单尚未公布，请以今后的公告为准。":               true,
		"各接种点的地址还没公布。":                    true,
		"没有名单，请向社区询问。":                    true,
		"停水时开放3个临时取水点，免费取水。公告没有写送水上门的办法。": false,
		"没有交物业费也能改。名单见下。":                 false,
	} {
		if got := DeniesList(text); got != want {
			t.Errorf("%s: %v", text, got)
		}
	}
}

// TestAnswerThatDeniesItsTableIsPointedOut: such an answer is not said while its table has rows, and its author reads so.
func TestAnswerThatDeniesItsTableIsPointedOut(t *testing.T) {
	files := town(t)
	edit(t, files, "intents/water.point.yaml", "免费取水，请自带水桶。", "公告没有列出各取水点的名单。")
	c, problems := Load(files, fresh)
	if c == nil || !strings.Contains(problems.Error(), "答复说没有公布名单，而 tables/waterpoints.csv 有3行") {
		t.Errorf("got %v", problems)
	}
	header, _, _ := strings.Cut(string(files["tables/waterpoints.csv"].Data), "\n")
	files["tables/waterpoints.csv"] = &fstest.MapFile{Data: []byte(header + "\n")}
	if c, problems = Load(files, fresh); c == nil || strings.Contains(problems.Error(), "名单") {
		t.Errorf("of an empty table: %v", problems)
	}
}

// TestAlike: one character may be another or left out; what orders or numbers names may not.
func TestAlike(t *testing.T) {
	files := content.WithRows(town(t), "waterpoints", "阳光花园,,甲处,,示例\n演示小区甲,,乙处,,示例\n示例街1号院,,丙处,,示例\n")
	c := load(t, files, fresh)
	slot := intents.Slot{Table: "waterpoints"}
	for said, want := range map[string]string{
		"阳光花国在哪取水": "阳光花园", "阳台花园的取水点": "", "槐数取水点几点开": "槐树取水点", "阳光公园": "阳光花园",
		"阳光花缘": "阳光花园", "养光花元": "阳光花园", "1号院的取水点在哪": "示例街1号院", "新阳光花园": "阳光花园",
		"演示小区庚的取水点": "", "示例街2号院": "", "2号院": "", "11号院": "", "建设路1号院": "", "我住1号院": "示例街1号院", "在哪取水": "", "月光花园": "", "花园": "",
	} {
		var names []string
		for _, row := range c.Alike(slot, said) {
			names = append(names, row.Values["name"])
		}
		if got := strings.Join(names, "、"); got != want {
			t.Errorf("%s: %q, want %q", said, got, want)
		}
	}
}
