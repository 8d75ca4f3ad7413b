package city

import (
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"towncrier/content"
	"towncrier/intents"
)

// TestBegin: a city begins with a folder that loads, names nothing of any other city, and says of personal data what this program does with them.
func TestBegin(t *testing.T) {
	const name, area = "示例通", "示例市示例区"
	files, err := content.Begin(name, area)
	if err != nil {
		t.Fatal(err)
	}
	c, problems := Load(files, fresh)
	if c == nil || len(problems) != 1 || problems[0].File != "notices" {
		t.Fatal(problems)
	}
	if c.Library.City.Name != name || c.Library.City.Area != area {
		t.Errorf("%+v", c.Library.City)
	}
	others := regexp.MustCompile(`盐湖|运城|邻里通|\{name\}|\{area\}`)
	err = fs.WalkDir(files, ".", func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		text, err := fs.ReadFile(files, path)
		if found := others.Find(text); found != nil {
			t.Errorf("%s says %s", path, found)
		}
		if !content.Holds(path) {
			t.Errorf("%s is none of a city's files", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
	ships, problems := embedded()
	if ships == nil {
		t.Fatal(problems)
	}
	same := func(what, ours, theirs string) {
		if want := strings.NewReplacer(ships.Library.City.Name, name, ships.Library.City.Area, area).Replace(theirs); ours != want {
			t.Errorf("%s:\n%s\nwant, as the city that ships has it:\n%s", what, ours, want)
		}
	}
	same("privacy", c.Library.City.Privacy, ships.Library.City.Privacy)
	same("privacy_binding", c.Library.City.PrivacyBinding, ships.Library.City.PrivacyBinding)
	same("chat.privacy", c.Intents["chat.privacy"].Answer, ships.Intents["chat.privacy"].Answer)
	for id, in := range ships.Intents {
		if begun := c.Intents[id]; in.Action != intents.NoAction && (begun == nil || begun.Action != in.Action) {
			t.Errorf("nothing does %s", in.Action)
		}
	}
	for text, want := range map[string]string{"转人工": "chat.human", "你们存了我什么信息": "chat.mine", "不要再给我发短信了": "chat.optout", "我要提个意见": "suggest.submit",
		"办健康证要多少钱": "", "养狗要登记吗": "", "今天天气怎么样": ""} {
		m := c.Matcher.Match(text, intents.Context{})
		got := ""
		if m.Decision == intents.Answer {
			got = m.Ranked[0].ID
		}
		if got != want {
			t.Errorf("%s is answered by %q, want %q", text, got, want)
		}
	}
	for _, good := range []string{"12345", "通", "示例 App（试用）", "true", strings.Repeat("长", 30)} {
		files, err := content.Begin(good, good)
		if err != nil {
			t.Fatal(err)
		}
		if problems := Check(files, fresh); problems.Faults() > 0 {
			t.Errorf("a city is called %q: %v", good, problems)
		}
		if lib, _ := content.Load(files); lib.City.Name != good || lib.City.Area != good {
			t.Errorf("a city called %q is %q of %q", good, lib.City.Name, lib.City.Area)
		}
	}
	for _, bad := range []string{"", " 通", "名: 称", "名\"称", "名称\n二", "{area}", "<b>通</b>", strings.Repeat("长", 31)} {
		if _, err := content.Begin(bad, area); err == nil || !strings.Contains(err.Error(), "名称") {
			t.Errorf("a city is called %q: %v", bad, err)
		}
		if _, err := content.Begin(name, bad); err == nil {
			t.Errorf("an area is called %q", bad)
		}
	}
}
