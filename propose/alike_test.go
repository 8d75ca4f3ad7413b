package propose

import (
	"slices"
	"testing"

	"towncrier/content"
	"towncrier/intents"
)

// TestQuestionsAskedAlike: of what residents asked once, other ways to ask the same are proposed, each once, and none that the city has or another
// answer takes.
func TestQuestionsAskedAlike(t *testing.T) {
	set, problems := intents.Load(content.Embedded())
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	taught := map[string]bool{}
	for _, in := range set.Intents {
		for _, u := range in.Utterances {
			taught[intents.Key(u)] = true
		}
	}
	for _, n := range set.Negatives {
		taught[intents.Key(n)] = true
	}
	questions := map[string]string{
		"篮球场晚上几点关灯": "篮球场晚上啥时候关灯", "电动车能上楼吗": "电动车让不让上楼", "楼道灯坏了找谁修": "楼道灯坏了谁来修", "老人吃饭多少钱": "老人吃饭要花多少钱",
		"孩子打疫苗要带啥": "孩子打疫苗要带什么东西", "居住证咋办": "居住证怎么办", "图书馆周末开门不": "图书馆周末开不开门", "暖气不热咋回事": "暖气不热是啥原因",
		"公交卡在哪充值": "公交卡去哪里充值", "高龄补贴啥时候发": "高龄补贴什么时候发", "四价的多钱": "四价的多少钱", "流浪狗归谁管呀？": "流浪狗该找谁",
		"请问残疾证年审需要哪些材料": "残疾证年审要带啥", "门口的路灯不亮了": "门口的路灯咋不亮了", "有没有免费停车场": "有免费停车场吗",
	}
	for asked, want := range questions {
		in := intents.Intent{ID: "asked.x", Utterances: []string{asked}}
		all := Alike(in, City{Set: set})
		if 1+len(all) < intents.MinUtterances {
			t.Errorf("%s: only %q", asked, all)
		}
		if !slices.Contains(all, want) {
			t.Errorf("%s: %q, want %s", asked, all, want)
		}
		seen := map[string]bool{intents.Key(asked): true}
		for _, u := range all {
			if key := intents.Key(u); seen[key] || taught[key] {
				t.Errorf("%s: %s is there already", asked, u)
			} else {
				seen[key] = true
			}
		}
		taken := all[0]
		if again := Alike(in, City{Set: set, Answers: func(u string) (string, bool) { return "another", u == taken }}); slices.Contains(again, taken) {
			t.Errorf("%s: %s is proposed though another answers it", asked, taken)
		}
		in.Utterances = append(in.Utterances, all...)
		if again := Alike(in, City{Set: set}); len(again) > enoughAlike-len(in.Utterances) && len(again) > 0 {
			t.Errorf("%s: %q once more", asked, again)
		}
	}
}
