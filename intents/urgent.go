package intents

import (
	"math"
	"slices"
	"strings"
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
		return taken[k] || slices.ContainsFunc(words, func(w string) bool { return strings.Contains(k, w) })
	})
}

// prefer answers from an urgent intent what no other answers for certain.
func (m *Matcher) prefer(s *scratch, match *Match) {
	if match.Decision == Answer || len(m.urgent) == 0 {
		return
	}
	said := string(s.text)
	for i, r := range match.Ranked {
		if slices.ContainsFunc(m.urgent, func(u urgentWord) bool { return u.id == r.ID && strings.Contains(said, u.word) }) {
			match.Ranked = slices.Insert(slices.Delete(slices.Clone(match.Ranked), i, i+1), 0, r)
			match.Decision, match.Options, match.Confidence = Answer, nil, math.Max(match.Confidence, m.calibration.Answer)
			return
		}
	}
}
