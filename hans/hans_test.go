package hans_test

import (
	"testing"

	"towncrier/hans"
)

func simplified(text string) string {
	runes := []rune(text)
	for i, r := range runes {
		runes[i] = hans.Simplify(r)
	}
	return string(runes)
}

func TestSimplify(t *testing.T) {
	for text, want := range map[string]string{
		"我們小區什麼時候改造，電動車充電樁誰來裝？":  "我们小区什么时候改造，电动车充电桩谁来装？",
		"遛狗要牽繩嗎，罰多少錢":            "遛狗要牵绳吗，罚多少钱",
		"臺灣、台灣；頭髮、發現；後面、皇后":      "台湾、台湾；头发、发现；后面、皇后",
		"裡面、裏面、這裡；瞭解；著急；乾淨":      "里面、里面、这里；了解；着急；干净",
		"佈告、佔道、僱人、週日、遊園、讚、籤名、癒合": "布告、占道、雇人、周日、游园、赞、签名、愈合",
		"説、緑、産、閲、顔、録、爲、眞、衞、鷄":    "说、绿、产、阅、颜、录、为、真、卫、鸡", // older and Japanese print
		"么、里、后、系、抬、她、回覆、覆蓋":      "么、里、后、系、抬、她、回覆、覆盖", "妳好": "你好",
		"Ａa1，🐕 𠮷": "Ａa1，🐕 𠮷",
	} {
		if got := simplified(text); got != want {
			t.Errorf("%s -> %s, want %s", text, got, want)
		}
		if got := simplified(want); got != want {
			t.Errorf("%s, which is simplified, -> %s", want, got)
		}
	}
}

// TestTraditional flags what nobody writes in simplified Chinese, and none of what is in use there.
func TestTraditional(t *testing.T) {
	for _, r := range "們區時動電樁誰裝牽繩罰錢臺髮發後裡裏淨佈佔僱週遊讚籤癒説緑産爲喫搵" {
		if !hans.Traditional(r) {
			t.Errorf("%c is not flagged", r)
		}
	}
	for _, r := range "们区时动著乾徵瞭藉夥覆於氾脩么里后系抬喆堃镕龘㙟a1。🐕𠮷" {
		if hans.Traditional(r) {
			t.Errorf("%c is flagged", r)
		}
	}
}

// TestOneStepIsEnough: the simplified form of a character has none but itself, so that text is comparable after one pass.
func TestOneStepIsEnough(t *testing.T) {
	n := 0
	for r := rune(hans.First); r <= hans.Last; r++ {
		s := hans.Simplify(r)
		if s != r {
			n++
		}
		if hans.Simplify(s) != s {
			t.Errorf("%c -> %c -> %c", r, s, hans.Simplify(s))
		}
	}
	if n < 4000 {
		t.Errorf("%d characters have a simplified form, want over 4000", n)
	}
}
