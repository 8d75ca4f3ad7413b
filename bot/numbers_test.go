package bot

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestChoice(t *testing.T) {
	const none, outside = -2, -1
	for text, want := range map[string]int{
		"1": 0, "１": 0, "一": 0, "①": 0, "第一个": 0, "第 1 个": 0, "1.": 0, "1、": 0, "(1)": 0, "【1】": 0, "选1": 0,
		"2。": 1, "第二个": 1, "选2": 1, "我选第二个": 1, "我要第2条": 1, "二": 1, "第二个吧": 1, "2号": 1, "㈡": 1,
		"看第三个": 2, "三": 2, "最后一个": 2, "3⃣": 2, "上面第三个": 2,
		"0": outside, "4": outside, "9": outside, "十": outside, "99": outside, "十一": outside, "第七个": outside,
		"12345": none, "120": none, "2020": none, "1、2": none, "一户能养几只": none, "1号楼漏水": none, "第二个问题是什么": none,
		"三路里": none, "": none, "二十": none, "1.5": none, "-": none,
	} {
		got, ok := choice(fold(text), 3)
		if !ok {
			got = none
		}
		if got != want {
			t.Errorf("choice(%q) of 3 = %d, want %d", text, got, want)
		}
	}
}

func TestChoices(t *testing.T) {
	for text, want := range map[string][]int{
		"2和3": {1, 2}, "1、2": {0, 1}, "1 2": {0, 1}, "１，３": {0, 2}, "一和二都说说": {0, 1}, "第一个跟第三个": {0, 2}, "1,2,3都要吧": {0, 1, 2},
		"都要": {0, 1, 2}, "全部": {0, 1, 2}, "前两个": {0, 1}, "3和3": {2}, "1和9": {},
	} {
		got, ok := choices(text, fold(text), 3)
		if !ok || !slices.Equal(got, want) {
			t.Errorf("choices(%q) of 3 = %v, %t, want %v", text, got, ok, want)
		}
	}
	for _, text := range []string{"1", "第二个", "12", "1号楼和2号楼", "一户几只和多少钱", "2020年和2021年", "和", ""} {
		if got, ok := choices(text, fold(text), 3); ok {
			t.Errorf("choices(%q) = %v, want none", text, got)
		}
	}
}

func TestUrgent(t *testing.T) {
	for _, text := range []string{"我妈晕倒了", "着火了！！", "孩子掉河里了", "掉进水里了", "喘不上气", "我爸胸口疼", "煤气泄漏", "不想活了", "狗正在咬人", "有人打架", "出车祸了",
		"喝农药了", "小孩抽搐"} {
		if !urgent.MatchString(fold(text)) {
			t.Errorf("%q is not taken for urgent", text)
		}
	}
	for _, text := range []string{"遛狗要牵绳吗", "急救多久能到", "狗咬人罚多少", "中风去哪康复", "老人体检去哪", "消防谁管", "飞线充电", "燃气灶打不着火", "想死你们了", "我们小区改了没", "气温多少"} {
		if urgent.MatchString(fold(text)) {
			t.Errorf("%q is taken for urgent", text)
		}
	}
}

func TestCleanKeepsWhatWasMeant(t *testing.T) {
	for in, want := range map[string]string{
		"  遛狗\t要不要\r牵绳 \n": "遛狗 要不要 牵绳",
		"第一行\n第二行":         "第一行\n第二行",
		"a\x00b\x1bc":      "a b c",
		"\xff\xfe狗":        "狗",
		"\u202e狗\u200b":    "狗",
		" \n ":             "",
	} {
		if got := clean(in); got != want {
			t.Errorf("clean(%q) = %q, want %q", in, got, want)
		}
	}
	long := clean(strings.Repeat("狗", 20_000))
	if n := utf8.RuneCountInString(long); n != maxRunes {
		t.Errorf("20,000 characters became %d, want %d", n, maxRunes)
	}
}

func TestFitKeepsTheLastLine(t *testing.T) {
	body := strings.Repeat("改造内容。", 300)
	s := draft{lead: "先说一句。", tail: "再说一句。"}
	s.Text = body + "\n来源：盐湖区"
	got := s.fit(2048)
	if len(got) > 2048 || !utf8.ValidString(got) || !strings.HasSuffix(got, "……\n来源：盐湖区") {
		t.Errorf("%d bytes, ends with %q", len(got), got[max(0, len(got)-40):])
	}
	s.Text = "短。"
	if got, want := s.fit(2048), "先说一句。\n\n短。\n\n再说一句。"; got != want {
		t.Errorf("fit = %q, want %q", got, want)
	}
	if got := s.fit(len("短。\n\n再说一句。")); got != "短。\n\n再说一句。" {
		t.Errorf("the lead goes first, got %q", got)
	}
	if got := s.fit(len("短。")); got != "短。" {
		t.Errorf("then the tail, got %q", got)
	}
}

func TestCorrectionNeedsItsWords(t *testing.T) {
	for text, want := range map[string]string{
		"不是，我问的是总投资": "总投资", "不对": "", "不是这个": "", "不是这个，我想问办狗证": "办狗证", "你理解错了！": "",
		"答非所问": "", "我不是问这个": "", "不是的，是流浪狗": "流浪狗", "不是我问的": "", "我问的不是这个": "", "错了，我要问车棚": "车棚",
		"不是不是": "", "没问你这个": "", "你答的不对": "", "上面说错了，应该是中医": "中医", "更正一下，问的是骨科": "骨科",
	} {
		loc := correction.FindStringIndex(text)
		if loc == nil {
			t.Errorf("%q is not taken for a correction", text)
			continue
		}
		rest := text[loc[1]:]
		if rest = rest[len(intended.FindString(rest)):]; rest != want {
			t.Errorf("%q means %q, want %q", text, rest, want)
		}
	}
	for _, text := range []string{"不是本地户口能办狗证吗", "不是说11月底前登记吗", "不是我的狗咬人怎么办", "不对狗拴绳怎么办", "是不是要登记", "错过登记怎么办"} {
		if correction.MatchString(text) {
			t.Errorf("%q is taken for a correction", text)
		}
	}
}

func TestOpening(t *testing.T) {
	for text, want := range map[string]string{
		"我要提意见，路灯坏了": "路灯坏了", "我想反映一下问题：楼下垃圾没人收": "楼下垃圾没人收", "我要提意见": "",
		"你好，我想提个建议，公园多装几个垃圾桶": "公园多装几个垃圾桶", "路灯坏了": "路灯坏了",
	} {
		if got := text[len(opening.FindString(text)):]; got != want {
			t.Errorf("%q leaves %q, want %q", text, got, want)
		}
	}
}

func TestSeams(t *testing.T) {
	for text, want := range map[string]int{
		"遛狗要不要牵绳？另外老旧小区总投资多少": 2, "遛狗要牵绳吗，办狗证多少钱": 2, "急救多久能到？顺便问一下家庭医生怎么签约": 2,
		"改造的小区还有多少个没有完成": 1, "一户能养几只狗，还有流浪狗谁来管": 2, "遛狗要不要牵绳": 1,
	} {
		n := 0
		for _, p := range seams.Split(text, -1) {
			if l, _ := letters(p); l >= minPart {
				n++
			}
		}
		if n != want {
			t.Errorf("%q has %d parts, want %d", text, n, want)
		}
	}
}
