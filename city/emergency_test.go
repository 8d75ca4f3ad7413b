package city

import (
	"strings"
	"testing"
)

// TestEmergencyTemplatesAreFilled: a template of which nothing right could come is a fault of the folder, before anybody needs it.
func TestEmergencyTemplatesAreFilled(t *testing.T) {
	const water = "emergencies/water.yaml"
	for _, c := range []struct{ name, old, new, want string }{
		{"a sample that is too long", "sample: 东街、柳巷", "sample: 东街、柳巷、北街、南街、西街", "用样例填写时不对：fields.where：哪里停水：有14个字，最多12个字"},
		{"a message that is too long", "{where}{since}起停水，{until}", "{where}{since}起停水，{until}，{advice}，{advice}", "短信的“什么事”"},
		{"a figure that no passage prints", "公告：{1}{2}{3}", "公告：{1}{2}{3}影响300户。", "300户"},
		{"a message without its source", `committee: "{issuer}{declared.day}"`, "committee: 东街停水", "用样例填写后："},
		{"an utterance twice", "    - 停水到几点\n", "    - 停水到几点\n    - 停水到几点？\n", "问法“停水到几点？”已写在 emergencies/water.yaml"},
		{"an utterance of another template", "    - 停水到几点\n", "    - 停水到几点\n    - 停电到几点\n", "问法“停电到几点”已写在 emergencies/power.yaml"},
		{"too few utterances", "停电停到几点, 停电到几点, 啥时候来电,", "停电停到几点,", "用样例填写后："},
		{"a word that is too short", "words: [停水,", "words: [水,", "words 的每一项写至少2个字的文字"},
		{"a title that no menu holds", "title: 哪里停水、停到几点", "title: 哪里停水、停到几点、要停多久、什么时候来水呢", "标题有"},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := town(t)
			file := water
			if c.name == "too few utterances" {
				file = "emergencies/power.yaml"
			}
			edit(t, files, file, c.old, c.new)
			city, problems := Load(files, fresh)
			if city != nil || !strings.HasPrefix(problems[0].File, "emergencies/") || !strings.Contains(problems.Error(), c.want) {
				t.Errorf("got %v, want %s", problems, c.want)
			}
		})
	}
}
