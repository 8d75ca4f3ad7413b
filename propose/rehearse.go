package propose

import (
	"slices"

	"towncrier/intents"
)

// rounds of rehearsal, and of what went wrong in each, every how many-th is taught: a few teach their like.
var rounds = []int{3, 2, 1}

// sure is the confidence from which an answer is not left to chance.
const sure = 0.95

// rehearse asks a matcher that learnt what is taught so far what else people may say, and teaches what it does not answer rightly: that is
// what the proposals would be confused by, in this city. more is by question.
func (a answerer) rehearse(all []Proposal, more map[string][]string) {
	for _, every := range rounds {
		m := intents.Train(a.with(all), nil)
		for i := range all {
			p := &all[i]
			wrong := 0
			more[p.Question.ID] = slices.DeleteFunc(more[p.Question.ID], func(u string) bool {
				if got := m.Match(u, intents.Context{}); got.Confidence >= sure && got.Ranked[0].ID == p.ID {
					return false
				}
				wrong++
				if wrong%every != 0 {
					return false
				}
				p.Utterances = append(p.Utterances, u)
				return true
			})
		}
	}
}

// with is what the city teaches, and the proposals. What it answers otherwise is one class with what it does not answer: neither is theirs.
func (a answerer) with(all []Proposal) *intents.Set {
	set := &intents.Set{}
	if a.city.Set != nil {
		*set = *a.city.Set
	}
	others := set.Intents
	set.Intents = nil
	for i := range all {
		set.Intents = append(set.Intents, &all[i].Intent)
	}
	raised := map[string]bool{}
	for _, r := range Raised(set.Negatives, a.notice, []Subject{a.subject}) {
		raised[r] = true
	}
	set.Negatives = slices.DeleteFunc(slices.Clone(set.Negatives), func(n string) bool { return raised[n] })
	for _, in := range others {
		set.Negatives = append(set.Negatives, in.Utterances...)
	}
	return set
}
