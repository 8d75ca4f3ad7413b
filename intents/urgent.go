package intents

import (
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// An intent with urgent words is of an emergency that is under way. Until it is over, whoever says one of them asks about it, unless
// another intent answers for certain.

// urgentWord is one, as texts are read, and whose it is.
type urgentWord struct {
	word string
	id   string
}

// yield takes from the other intents the utterances that an urgent one has, and from the negatives these and all that hold one of its words.
func yield(set *Set) {
	taken := map[string]bool{}
	var words []string
	for _, in := range set.Intents {
		if in.Urgent == nil {
			continue
		}
		for _, u := range in.Utterances {
			taken[key(u)] = true
		}
		for _, w := range in.Urgent {
			words = append(words, key(w))
		}
	}
	if len(taken) == 0 {
		return
	}
	for _, in := range set.Intents {
		if in.Urgent == nil {
			in.Utterances = slices.DeleteFunc(in.Utterances, func(u string) bool { return taken[key(u)] })
		}
	}
	set.Negatives = slices.DeleteFunc(set.Negatives, func(n string) bool {
		k := key(n)
		return taken[k] || slices.ContainsFunc(words, func(w string) bool { return says(k, w) })
	})
}

// prefer answers from an urgent intent what no other answers for certain.
func (m *Matcher) prefer(s *scratch, match *Match) {
	if len(m.urgent) == 0 {
		return
	}
	said := string(s.text)
	for i, r := range match.Ranked {
		if slices.ContainsFunc(m.urgent, func(u urgentWord) bool { return u.id == r.ID && says(said, u.word) }) {
			match.lead(i, m.calibration.Answer)
			return
		}
	}
}

// lead makes the i-th of a ranking the first, which answers with at least this confidence.
func (m *Match) lead(i int, least float64) {
	first := m.Ranked[i]
	m.Ranked = slices.Insert(slices.Delete(slices.Clone(m.Ranked), i, i+1), 0, first)
	m.Decision, m.Options, m.Confidence = Answer, nil, math.Max(m.Confidence, least)
}

// longerWords are everyday words that begin within another: 停电动车 is no 停电, and 没水平 no 没水.
var longerWords = strings.Fields("电动 电瓶 电车 电单车 电摩 电驴 电三轮 电梯 电话 电视 电脑 电影 电池 电表 电费 电卡 电磁 电器 电显示 水果 水平 水费 水表 水泥 水电 水彩 路灯 路由 路费 路线 气球 气质 气味")

// says reports whether a text says a word, and not only the beginning of a longer one. A word of signs only is said by nobody.
func says(text, word string) bool {
	if word == "" {
		return false
	}
	for from := 0; ; {
		i := strings.Index(text[from:], word)
		if i < 0 {
			return false
		}
		end := from + i + len(word)
		_, last := utf8.DecodeLastRuneInString(word)
		if !slices.ContainsFunc(longerWords, func(w string) bool { return strings.HasPrefix(text[end-last:], w) }) {
			return true
		}
		from = end
	}
}

// SaysUrgent reports whether a text says a word of an emergency.
func SaysUrgent(text string, words []string) bool {
	said := key(text)
	return slices.ContainsFunc(words, func(w string) bool { return says(said, key(w)) })
}
