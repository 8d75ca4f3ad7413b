package intents

import (
	"slices"
	"testing"
)

func TestSlots(t *testing.T) {
	set := &Set{
		Intents: []*Intent{{ID: "renovation.community", Slots: []Slot{{Name: "community", Table: "renovation"}}}},
		Lexicon: []Concept{{"改造", []string{"改"}}, {"老旧小区", []string{"老小区"}}},
		Fillers: []string{"请问"},
	}
	gazetteer := map[string][]Entry{"renovation": {
		{Name: "红星小区", Aliases: []string{"红星"}},
		{Name: "纺织厂家属院", Aliases: []string{"纺织院", "家属院一号"}},
		{Name: "电厂家属院", Aliases: []string{"家属院一号"}},
		{Name: "示例街1号院"}, {Name: "示例街2号院", Aliases: []string{"示例街东院"}}, {Name: "示例街12号院"}, {Name: "示例里A区"}, {Name: "示例里B区"}, {Name: "示例里"},
		{Name: "甲小区"}, {Name: "锦绣苑东区"}, {Name: "锦绣苑西区"},
	}}
	m := Train(set, gazetteer)
	for _, c := range []struct {
		text    string
		topic   string
		entries []string
		words   string
	}{
		{text: "红星小区改了没", entries: []string{"红星小区"}, words: "红星小区"},
		{text: "红星改了没", entries: []string{"红星小区"}, words: "红星"},
		{text: "紅星小區什麼時候改", entries: []string{"红星小区"}, words: "红星小区"},
		{text: "鸿兴小区改了没", entries: []string{"红星小区"}, words: "鸿兴小区"}, // homophones
		{text: "hong xing xiao qu gai le mei", entries: []string{"红星小区"}},
		{text: "家属院一号改不改", entries: []string{"纺织厂家属院", "电厂家属院"}, words: "家属院一号"},
		{text: "示例街1号院改了没", entries: []string{"示例街1号院"}, words: "示例街号院"},
		{text: "示例街２号院改了没", entries: []string{"示例街2号院"}, words: "示例街号院"},
		{text: "示例街十二号院改了没", entries: []string{"示例街12号院"}, words: "示例街号院"},
		{text: "示例里a区改了没", entries: []string{"示例里A区"}, words: "示例里区"},
		{text: "示例里B区改了没", entries: []string{"示例里B区"}, words: "示例里区"},
		{text: "示例里C区改了没", entries: []string{"示例里"}, words: "示例里"},
		{text: "锦绣花园什么时候改造", words: "锦绣花园"}, // not in the table
		{text: "我们是化肥厂家属院的", words: "化肥厂家属院"},
		{text: "庚小区改造了没", words: "庚小区"},
		{text: "我住B小区，啥时候改", words: "小区"},
		{text: "3号小区改没改", words: "号小区"},
		{text: "12号院改造了没", words: "号院"},
		{text: "三号院改造了没", words: "号院"},
		{text: "建设路5号院排上没", words: "建设路号院"},
		{text: "东方花园北区改不改", words: "东方花园北区"},
		{text: "锦绣花园二期改不改", words: "锦绣花园二期"},
		{text: "锦绣小区庚改了没", words: "锦绣小区庚"},
		{text: "示例街3号院改了没", words: "示例街号院"},
		{text: "jin xiu hua yuan gai zao le mei", words: "花园"},
		{text: "wo zhu zai jinxiuhuayuan", words: "花园"},
		{text: "women xiao qu shen me shi hou gai zao"},
		{text: "lao jiu xiao qu gai zao"},
		{text: "几号院能改"},
		{text: "我们院3号楼改不改"},
		{text: "甲方是哪个小区的"},
		{text: "御沁园改造了没", words: "御沁园"},
		{text: "请问凤凰城什么时候能改", words: "凤凰城"},
		{text: "建设里轮到没", words: "建设里"},
		{text: "御沁园在哪"},
		{text: "我们这里改造了没"},
		{text: "公园啥时候改"},
		{text: "示例街二号院改了没", entries: []string{"示例街2号院"}, words: "示例街号院"},
		{text: "甲小区改了没", entries: []string{"甲小区"}, words: "甲小区"},
		{text: "jia xiao qu gai le mei", entries: []string{"甲小区"}},
		{text: "我家小区改了没"}, // which sounds like it
		{text: "wo jia xiao qu gai le mei"},
		{text: "锦绣苑改了没", entries: []string{"锦绣苑东区", "锦绣苑西区"}, words: "锦绣苑"},
		{text: "锦绣苑东区改了没", entries: []string{"锦绣苑东区"}, words: "锦绣苑东区"},
		{text: "锦绣苑北区改了没", words: "锦绣苑北区"},
		{text: "新红星小区改了没", words: "新红星小区"},
		{text: "我们老红星小区改了没", words: "老红星小区"},
		{text: "河东红星小区改不改", entries: []string{"红星小区"}, words: "红星小区"},
		{text: "楼下红星小区改不改", entries: []string{"红星小区"}, words: "红星小区"},
		{text: "东方明珠城", topic: "renovation.community", words: "东方明珠城"},
		{text: "东方明珠城"},
		{text: "我们小区改了没"},
		{text: "这个小区能改吗"},
		{text: "俺小区改不改"},
		{text: "老旧小区改造"},
		{text: "老小区怎么改"},
		{text: "全市有多少小区"},
		{text: "医院在哪里"},
		{text: "乡镇卫生院"},
		{text: "小区"},
		{text: ""},
	} {
		got, ok := m.Match(c.text, Context{Topic: c.topic}).Slots["community"]
		if ok != (c.words != "" || c.entries != nil) || !slices.Equal(got.Entries, c.entries) || got.Text != c.words {
			t.Errorf("%q: slot %+v, want %v %q", c.text, got, c.entries, c.words)
		}
	}
}

// An unlisted name must not disturb the ranking: any two names rank alike.
func TestNamesAreMasked(t *testing.T) {
	m := shipped()
	a, b := m.Match("金桂花园什么时候改造", Context{}), m.Match("玉龙家属院什么时候改造", Context{})
	if !slices.Equal(a.Ranked, b.Ranked) {
		t.Errorf("%v and %v", a.Ranked[:3], b.Ranked[:3])
	}
	if a.Ranked[0].ID != "renovation.community" {
		t.Errorf("ranked %v first", a.Ranked[0])
	}
}

// TestSeveralNames: a text may name more than one, listed or not; the first that is listed comes first.
func TestSeveralNames(t *testing.T) {
	set := &Set{Intents: []*Intent{{ID: "renovation.community", Slots: []Slot{{Name: "community", Table: "renovation"}}}}}
	m := Train(set, map[string][]Entry{"renovation": {{Name: "红星小区"}, {Name: "电厂家属院"}}})
	for text, want := range map[string][]string{
		"红星小区和电厂家属院改了没":     {"红星小区", "电厂家属院"},
		"庚小区、红星小区改了没":       {"红星小区", "庚小区"},
		"锦绣花园跟庚小区哪个先改":      {"锦绣花园", "庚小区"},
		"红星小区改了没，我说的是红星小区呀": {"红星小区", "红星小区"},
	} {
		v := m.Match(text, Context{}).Slots["community"]
		got := []string{v.Text}
		for _, o := range v.Others {
			got = append(got, o.Text)
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", text, got, want)
		}
	}
}
