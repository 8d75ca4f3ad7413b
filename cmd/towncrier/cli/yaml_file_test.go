package cli

import (
	"strings"
	"testing"
	"unicode"
)

// TestFaultsOfYAML says in Chinese, with the line and the field, what is wrong with a file and what would be right.
func TestFaultsOfYAML(t *testing.T) {
	for text, want := range map[string]string{
		"title: 停水\ntopci: dogs\n":                            "第2行：没有“topci”这一项，可以写 id、version、title、topic、cites",
		"title: 停水\naudience:\n  and:\n    - {tagg: 党员}\n":    "第4行：没有“tagg”这一项，可以写 all、area、street、committee、community、tag",
		"messages:\n  短信:\n    tmplate: x\n":                  "第3行：没有“tmplate”这一项，可以写 template、data、url",
		"title: 停水\naudience:\n  all: 是\n":                    "第3行：all 应写 true（是）或 false（否）",
		"title: 停水\naudience: 全体居民\n":                         "第2行：audience 下面应写一组项目",
		"title: 停水\ncites: N2#1\n":                            "第2行：cites 应写列表：每行一项",
		"title: [停水]\n":                                       "第1行：title 应写一段文字",
		"title: 停水\ntitle: 停电\n":                              "第2行：“title”写了两次",
		"title: 停水\ntopic：dogs\nwindow: 09:00-18:00\n":        "全角的“：”",
		"title: 停水\nmessages:\n  短信：\n    template: x\n":      "全角的“：”",
		"title: 停水\ntopic:dogs\nwindow: 09:00-18:00\n":        "冒号后面要空一格",
		"title: 停水\naudience:\n\tall: true\n":                 "第3行：缩进里有制表符（Tab），请改用空格",
		"title: \"停水\ntopic: dogs\n":                          "引号没有成对",
		"title: 停水\ncites: [N2#1\n":                           "括号没有成对",
		"title: 停水\n  topic: dogs\n":                          "第",
		"version: 很多\n":                                       "第1行：version 应写整数",
		"title: 停水\nfallback: {wait: 30m, doubtful: maybe}\n": "doubtful 应写 true（是）或 false（否）",
	} {
		var f proposalFile
		err := readYAML([]byte(text), &f)
		if err == nil {
			t.Errorf("%q is read as %+v", text, f)
			continue
		}
		said := err.Error()
		if !strings.HasPrefix(said, "第") || !strings.Contains(said, want) || strings.Contains(said, "cannot") || !strings.ContainsFunc(said, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%q: %s\nwant %s", text, said, want)
		}
	}
}
