package intents

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestNormalise(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"simplified stays", "遛狗要牵绳吗", "遛狗要牵绳吗"},
		{"traditional", "遛狗沒有牽繩會不會被罰", "遛狗没有牵绳会不会被罚"},
		{"么 stays", "什么 什麼", "什么什么"},
		{"Taiwan and Hong Kong forms", "裡面著火喫飯", "里面着火吃饭"},
		{"full width and case", "ＡＢＣ　１２３", "abc 123"},
		{"tone marks", "Yǎng gǒu lǜsè", "yang gou lvse"},
		{"punctuation is one boundary", "你好！！！？请问……", "你好 请问"},
		{"emoji and joiners", "狗👨‍👩‍👧🐶狗\ufe0f", "狗 狗"},
		{"spaces between characters", "遛 狗 要 牵 绳", "遛狗要牵绳"},
		{"control characters", "狗\x00\x07\u200b\u202e证", "狗 证"},
		{"invalid UTF-8", "狗\xff\xfe证", "狗 证"},
		{"nothing", " \t\n。。。🙂", ""},
		{"beyond the basic plane", "狗𠀀证", "狗 证"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := string(normalise(c.text, nil)); got != c.want {
				t.Errorf("normalise(%q) = %q, want %q", c.text, got, c.want)
			}
		})
	}
}

func TestNormaliseIsBounded(t *testing.T) {
	if n := len(normalise(strings.Repeat("狗", 20_000), nil)); n != maxRunes {
		t.Errorf("kept %d characters, want %d", n, maxRunes)
	}
	if got := clip("狗证\xff绳", 2); got != "狗证" || !utf8.ValidString(got) {
		t.Errorf("clip cut to %q", got)
	}
}

func TestStrip(t *testing.T) {
	fillers := newTrie()
	for _, w := range []string{"请问", "请问一下", "啊", "就是"} {
		add(fillers, []rune(w), 0)
	}
	for text, want := range map[string]string{
		"请问一下狗证啊就是咋办": "狗证咋办",
		"啊啊请问":        "啊啊请问", // nothing else: it stays
	} {
		if got := string(strip([]rune(text), fillers, nil)); got != want {
			t.Errorf("strip(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestSegment(t *testing.T) {
	h := chinese()
	names := make([]string, len(h.syllables)+1)
	for name, s := range h.syllables {
		names[s] = name
	}
	for text, want := range map[string]string{
		"yanggoubuqiansheng": "yang gou bu qian sheng",
		"xian":               "xian",
		"xianshi":            "xian shi",
		"nvhai":              "nv hai",
		"zhuanrengong":       "zhuan ren gong",
		"wifi":               "",
		"test":               "",
		"ng":                 "",
		"":                   "",
	} {
		got, ok := h.segment([]rune(text), nil)
		var words []string
		for _, s := range got {
			words = append(words, names[s])
		}
		if strings.Join(words, " ") != want || ok != (want != "") {
			t.Errorf("segment(%q) = %q, %v, want %q", text, words, ok, want)
		}
	}
	if _, ok := h.segment([]rune(strings.Repeat("a", 5000)), nil); ok {
		t.Error("a run of 5000 letters was taken for pinyin")
	}
}

func TestReadings(t *testing.T) {
	h := chinese()
	for r, want := range map[rune][]string{'狗': {"gou"}, '绿': {"lv", "lu"}, '行': {"xing", "hang", "heng"}, '和': {"he", "hu", "huo"}} {
		var ids []syllable
		for _, name := range want {
			ids = append(ids, h.syllables[name])
		}
		got := h.read(r)
		if !slices.Equal(got[:len(ids)], ids) {
			t.Errorf("read(%c) = %v, want %v %v", r, got, want, ids)
		}
	}
	if got := h.read('x'); got != [maxReadings]syllable{} {
		t.Errorf("a Latin letter reads %v", got)
	}
	if n := len(h.syllables); n < 400 || n >= int(nameSound) {
		t.Errorf("%d syllables: too few for Chinese, or so many that they meet the marks", n)
	}
}

func TestNumbers(t *testing.T) {
	for text, want := range map[string]uint64{
		"11": 11, "十一": 11, "二十": 20, "二十三": 23, "一百零五": 105, "两千": 2000, "二〇二三": 2023, "2023": 2023, "三千一百二十": 3120,
	} {
		units := split(normalise(text, nil), nil, nil)
		if len(units) != 1 || units[0].r != numberMark || units[0].value != want {
			t.Errorf("%s is %+v, want the number %d", text, units, want)
		}
	}
	if units := split([]rune("一户几只"), nil, nil); units[0].r != '一' {
		t.Error("a single numeral is a character like any other")
	}
}
