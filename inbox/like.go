package inbox

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// likeness is the least share of common character pairs at which two questions count as one. Everybody in a group
// gets the same answer, so a wrong pair is worse than a missed one, which costs one more answer. At 0.9 a word of two
// characters before a question (a place, a day) keeps it apart from the question without it, up to nine characters
// of substance; one character more is still the same (市图书馆 and 图书馆). The test's table shows where this falls.
const likeness = 0.9

// closest is the number of the open group that asks what text asks, or "".
func closest(text string, groups []Ticket) string {
	want, best, number := core(text), 0.0, ""
	for _, g := range groups {
		if s := similarity(want, core(g.Text)); s >= likeness && s > best {
			best, number = s, g.Number
		}
	}
	return number
}

// light is what a question can lose and still ask the same.
var light = strings.NewReplacer(
	"什么时候", "何时", "啥时候", "何时", "几时", "何时",
	"怎么样", "怎么", "咋样", "怎么", "如何", "怎么", "咋", "怎么",
	"为什么", "为何", "为啥", "为何",
	"你好", "", "您好", "", "请问", "", "麻烦", "", "一下", "", "我想", "", "问问", "", "知道", "",
	"可不可以", "", "能不能", "", "要不要", "", "是不是", "", "有没有", "有", "可以", "",
)

const lightRunes = "的了吗呢啊吧呀么嘛哦哈请您你我们咱想问要能会得该是在这那都就还也个"

// core is what a question is about: folded, without punctuation, politeness and particles.
func core(text string) []rune {
	folded := strings.ToLower(norm.NFKC.String(text))
	folded = strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, folded)
	return []rune(strings.Map(func(r rune) rune {
		if strings.ContainsRune(lightRunes, r) {
			return -1
		}
		return r
	}, light.Replace(folded)))
}

// similarity is the Dice coefficient of the character pairs of two cores: 1 for the same, 0 for nothing in common. It is
// 0 as well where the digits differ, and for a swap, where each holds a character that the other lacks: that is a
// different place, number or thing (bus 12 for 21, east for west), however much of the wording is the same.
func similarity(a, b []rune) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	if string(a) == string(b) {
		return 1
	}
	if digits(a) != digits(b) || lacks(a, b) && lacks(b, a) {
		return 0
	}
	pairs := make(map[[2]rune]int)
	for i := 1; i < len(a); i++ {
		pairs[[2]rune{a[i-1], a[i]}]++
	}
	common := 0
	for i := 1; i < len(b); i++ {
		p := [2]rune{b[i-1], b[i]}
		if pairs[p] > 0 {
			pairs[p]--
			common++
		}
	}
	total := len(a) + len(b) - 2
	if total == 0 {
		return 0
	}
	return 2 * float64(common) / float64(total)
}

func digits(core []rune) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsNumber(r) {
			return r
		}
		return -1
	}, string(core))
}

// lacks reports whether a holds a character more often than b.
func lacks(a, b []rune) bool {
	left := make(map[rune]int)
	for _, r := range b {
		left[r]++
	}
	for _, r := range a {
		if left[r]--; left[r] < 0 {
			return true
		}
	}
	return false
}
