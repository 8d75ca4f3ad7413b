package intents

import (
	"crypto/sha256"
	"encoding/json"
)

// Lessons are a digest of all that a Matcher is made of. Two sets of the same lessons give the same Matcher, whatever else they say: an answer
// may be corrected, and nothing is trained again.
type Lessons [sha256.Size]byte

// LessonsOf are what Train would make a Matcher of.
func LessonsOf(set *Set, gazetteer map[string][]Entry) (sum Lessons) {
	type slot struct{ Name, Table string }
	type taught struct {
		ID, Title                                    string
		Written                                      int
		Utterances, FollowUps, Urgent, Whole, Quotes []string
		Slots                                        []slot
	}
	all := make([]taught, len(set.Intents))
	for i, in := range set.Intents {
		all[i] = taught{ID: in.ID, Title: in.Title, Utterances: in.Utterances, FollowUps: in.FollowUps, Urgent: in.Urgent, Whole: in.Whole, Quotes: in.Quotes, Written: in.Written}
		for _, s := range in.Slots {
			all[i].Slots = append(all[i].Slots, slot{s.Name, s.Table})
		}
	}
	h := sha256.New()
	if err := json.NewEncoder(h).Encode([]any{all, set.Lexicon, set.Fillers, set.Negatives, gazetteer}); err != nil {
		panic(err) // texts and lists of them: nothing that JSON lacks
	}
	h.Sum(sum[:0])
	return sum
}

// Lessons are what m was made of.
func (m *Matcher) Lessons() Lessons { return m.lessons }
