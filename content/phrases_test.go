package content

import (
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/problem"
)

func phrasesOf(text string) (map[string]string, problem.List) {
	var problems problem.List
	own, _ := loadPhrases(fstest.MapFS{phrasesFile: {Data: []byte(text)}}, &problems)
	return own, problems
}

// TestBuiltInPhrasesAreSound holds them to what a city's own are held to.
func TestBuiltInPhrasesAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range Phrases() {
		if seen[p.ID] || p.Use == "" {
			t.Errorf("%+v", p)
		}
		seen[p.ID] = true
		if own, problems := phrasesOf(p.ID + ": |-\n  " + strings.ReplaceAll(p.Text, "\n", "\n  ")); len(problems) > 0 || own[p.ID] != p.Text {
			t.Errorf("%s: %v, %q", p.ID, problems, own[p.ID])
		}
	}
	lib := &Library{Phrases: map[string]string{"mine_phone": "{来源}登记的手机号：{手机号}"}}
	if got := lib.Say("mine_phone", "199****0001", "您{手机号}"); got != "您{手机号}登记的手机号：199****0001" {
		t.Error(got)
	}
	if got := lib.Say("ticket", "7"); got != "已登记，编号是7。有答复会在这里告诉您。" {
		t.Error(got)
	}
}

// TestAPhraseKeepsItsPlaces: what loses or invents something to fill in, is too long for a message, or holds markup, is refused in Chinese.
func TestAPhraseKeepsItsPlaces(t *testing.T) {
	for text, want := range map[string]string{
		"ticket: 已登记。":                          "ticket：少了{编号}",
		"ticket: 编号{编号}，再说一次：{编号}。":             "ticket：{编号}写了2次",
		"nonsense: 请看{编号}。":                     "nonsense：多了{编号}",
		"nonsense: 请看{。":                        "nonsense：花括号要成对",
		"nonsense: '<a href=\"x\">点这里</a>'":     "有网页或 Markdown 标记（<a）",
		"nonsense: \"看\\u202e不见\"":              "看不见的字符",
		"nonsense: " + strings.Repeat("长", 201): "最多600字节（约200个汉字）",
		"nonsense: ''":                          "nonsense",
		"nothing_like_it: 好":                    "nothing_like_it",
		"nonsense: 好\nnonsense: 不好":             "nonsense",
		"- nonsense":                            "",
		"nonsense: [好]":                         "nonsense",
	} {
		if _, problems := phrasesOf(text); problems.Faults() == 0 || !strings.Contains(problems.Error(), want) {
			t.Errorf("%s: %v", text, problems)
		}
	}
	if own, problems := phrasesOf("{}\n"); len(own) > 0 || len(problems) > 0 {
		t.Errorf("%v, %v", own, problems)
	}
	if lib, problems := Load(os.DirFS("yuncheng")); problems.Faults() > 0 || lib.Phrases != nil {
		t.Error(problems)
	}
}
