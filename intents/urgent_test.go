package intents

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// TestUrgentComesFirst: while an intent has urgent words, its utterances are its own, whoever has them too, and who says one of its words is
// answered from it unless another answer is certain.
func TestUrgentComesFirst(t *testing.T) {
	files := folder()
	set, problems := Load(files)
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	taken, declined := set.Intents[0].Utterances[0], set.Negatives[0]
	word := string([]rune(declined)[:2])
	said := []string{taken, declined, "停水停到几点", "啥时候来水", "哪里停水", "停水了怎么办", "为什么停水", "咋停水了", "要停多久的水", "几点能来水"}
	const file = "intents/urgent.water.yaml"
	files[file] = &fstest.MapFile{Data: []byte("id: urgent.water\ntitle: 停水到几点\nurgent: [停水, " + word + "]\nutterances:\n  - " + strings.Join(said, "\n  - ") +
		"\nanswer: 停水到20时。\ncitations: [N2#1]\n")}
	set, problems = Load(files)
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	m := Train(set, nil)
	for _, q := range []string{taken, declined, "停水停到几点", "小区停水的事有人管没有"} {
		if got := m.Match(q, Context{}); got.Decision != Answer || got.Ranked[0].ID != "urgent.water" {
			t.Errorf("%s: %v %v", q, got.Decision, got.Ranked[:1])
		}
	}
	other := set.Intents[slices.IndexFunc(set.Intents, func(in *Intent) bool { return in.Urgent == nil })]
	if got := m.Match(other.Utterances[0], Context{}); got.Decision != Answer || got.Ranked[0].ID != other.ID {
		t.Errorf("%s: %v %v", other.Utterances[0], got.Decision, got.Ranked[:1])
	}
	files[file].Data = []byte(strings.Replace(string(files[file].Data), "urgent: [停水,", "urgent: [。,", 1))
	if _, problems := Load(files); !strings.Contains(problems.Error(), "应急的词“。”太短") {
		t.Error(problems)
	}
	files[file].Data = []byte(strings.Replace(string(files[file].Data), "urgent: [。,", "# [", 1))
	if _, problems := Load(files); problems.Faults() == 0 {
		t.Error("two intents without urgent words have the same utterance")
	}
}

func TestSaysUrgent(t *testing.T) {
	words := []string{"停电", "没水", "来电", "修路"}
	for text, want := range map[string]bool{
		"停电停到几点": true, "啥时候来电": true, "没水了": true, "停電了": true, "能停电动车吗，停电了": true,
		"能停电动车吗": false, "哪能停电瓶车": false, "没水平": false, "来电显示": false, "修路灯找谁": false,
	} {
		if SaysUrgent(text, words) != want {
			t.Errorf("%s: %v", text, !want)
		}
	}
}

// TestWordOfSignsOnly is said by nobody, whatever the text begins with.
func TestWordOfSignsOnly(t *testing.T) {
	if SaysUrgent("电话打不通", []string{"|"}) {
		t.Error("a word of which nothing is left is said")
	}
}
