package inbox

import "testing"

// pairs are what residents might ask that no notice answers; joined says whether one answer shall serve both.
var pairs = []struct {
	a, b   string
	joined bool
}{
	{"小区充电桩什么时候装", "请问小区充电桩啥时候能装呀？", true},
	{"小区充电桩什么时候装", "我们小区的充电桩何时装？", true},
	{"公交卡在哪里充值", "请问公交卡在哪里可以充值呢", true},
	{"怎么申请公租房", "如何申请公租房？", true},
	{"停水了怎么办", "停水怎么办啊！！！", true},
	{"老年证怎么办理", "您好，老年证如何办理？", true},
	{"ＷｉＦｉ密码是多少", "wifi密码多少", true},
	{"图书馆几点关门", "图书馆几点关门啊", true},
	{"市图书馆几点关门", "图书馆几点关门", true},
	{"垃圾桶太少了能不能加几个", "垃圾桶太少了，加几个", true},

	{"东城什么时候供暖", "西城什么时候供暖", false},
	{"供暖什么时候开始", "供暖什么时候结束", false},
	{"2号楼电梯坏了", "3号楼电梯坏了", false},
	{"人民路小学门口的路灯坏了什么时候修", "解放路小学门口的路灯坏了什么时候修", false},
	{"怎么申请公租房", "怎么退公租房", false},
	{"老年证怎么办理", "残疾证怎么办理", false},
	{"公交卡在哪里充值", "公交卡在哪里退", false},
	{"小区充电桩什么时候装", "小区电梯什么时候装", false},
	{"图书馆几点关门", "图书馆几点开门", false},
	{"供暖", "东城供暖", false},
	{"停水", "停水了可以报销吗", false},
	{"电梯", "电梯坏了谁来修", false},
	{"12路公交车几点末班", "21路公交车几点末班", false},
	{"？？？", "！！！", false},
	{"在吗", "请问", false},
	{"图书馆几点关门", "东城图书馆几点关门", false},
	{"医保断缴能补缴吗", "医保断缴三个月能补缴吗", false},

	// The price of the threshold: one answer would serve, and two will be written.
	{"怎么申请公租房", "申请公租房怎么弄", false},
	{"小区充电桩什么时候装", "什么时候给小区装充电桩", false},
}

func TestLikeness(t *testing.T) {
	for _, p := range pairs {
		s := similarity(core(p.a), core(p.b))
		if s != similarity(core(p.b), core(p.a)) {
			t.Errorf("%q and %q: the order matters", p.a, p.b)
		}
		if joined := s >= likeness; joined != p.joined {
			t.Errorf("%q and %q: %.2f, joined %v, want %v", p.a, p.b, s, joined, p.joined)
		}
		t.Logf("%.2f %v %s / %s", s, p.joined, p.a, p.b)
	}
}

func TestClosest(t *testing.T) {
	groups := []Ticket{
		{Number: "1", Text: "图书馆几点关门"},
		{Number: "2", Text: "市图书馆几点关门"},
		{Number: "3", Text: "？"},
	}
	for text, want := range map[string]string{
		"请问图书馆几点关门？": "1",
		"市图书馆几点关门了":  "2", // of two that are like it, the nearer
		"图书馆怎么办证":    "",
		"？":          "",
		"":           "",
	} {
		if got := closest(text, groups); got != want {
			t.Errorf("%q: group %q, want %q", text, got, want)
		}
	}
}

func FuzzSimilarity(f *testing.F) {
	for _, p := range pairs {
		f.Add(p.a, p.b)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		s := similarity(core(a), core(b))
		if s < 0 || s > 1 || s != similarity(core(b), core(a)) {
			t.Errorf("%q and %q: %v", a, b, s)
		}
		if len(core(a)) > 0 && similarity(core(a), core(a)) != 1 {
			t.Errorf("%q is not like itself", a)
		}
	})
}
