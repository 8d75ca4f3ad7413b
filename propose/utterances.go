package propose

import (
	"slices"
	"strings"
	"unicode/utf8"

	"towncrier/intents"
)

// Subject is what an author proposes answers about.
type Subject struct {
	ID   string   // the beginning of the intents' ids
	Name string   // as residents say it: 停水
	Also []string // other ways to say it
}

// maxWays of saying a subject are used.
const maxWays = 6

// ways are how people say a subject: its name, what its author added, and what the lexicon has for it.
func (s Subject) ways(lexicon []intents.Concept) []string {
	all := append([]string{s.Name}, s.Also...)
	add := func(word string) {
		if word != "" && utf8.RuneCountInString(word) <= 2*maxSubject && !slices.Contains(all, word) {
			all = append(all, word)
		}
	}
	for _, c := range lexicon {
		if c.Name == s.Name || slices.Contains(c.Variants, s.Name) {
			add(c.Name)
			for _, v := range c.Variants {
				add(v)
			}
		}
	}
	if len(all) > maxWays {
		all = all[:maxWays]
	}
	return all
}

// Utterances are what people say when they ask a question of a subject: the forms of the question, in which the ways to say the subject take turns.
func Utterances(s Subject, q Question, lexicon []intents.Concept) []string {
	var all []string
	ways := s.ways(lexicon)
	for i, form := range forms[q.ID] {
		all = append(all, strings.ReplaceAll(form, "%s", ways[i%len(ways)]))
	}
	return distinct(all)
}

func distinct(all []string) (kept []string) {
	seen := map[string]bool{}
	for _, u := range all {
		if !seen[u] {
			kept = append(kept, u)
		}
		seen[u] = true
	}
	return kept
}

// Taken is an utterance that another intent already answers.
type Taken struct{ Utterance, Intent string }

// TakenOf points out what another intent already answers surely.
func TakenOf(utterances []string, answers func(text string) (intent string, sure bool)) (taken []Taken) {
	for _, u := range utterances {
		if id, sure := answers(u); sure {
			taken = append(taken, Taken{u, id})
		}
	}
	return taken
}
