package propose

import (
	"strings"

	"towncrier/intents"
)

// maxTitle is how many characters of a question stand for it in a menu.
const maxTitle = 30

// FromQuestions is an intent that answers what residents asked: the questions are its utterances, each once. Its citations are for its
// author to fill, and so is answer when it is "": until then no folder that has it passes its check.
func FromQuestions(id string, questions []string, answer string) Proposal {
	p := Proposal{Intent: intents.Intent{ID: id, File: "intents/" + id + ".yaml", Answer: strings.TrimSpace(answer)}}
	seen := map[string]bool{}
	for _, q := range questions {
		if key := intents.Key(q); key != "" && !seen[key] {
			seen[key] = true
			p.Utterances = append(p.Utterances, q)
		}
	}
	if len(p.Utterances) > 0 {
		title := []rune(strings.TrimRight(p.Utterances[0], "。？！?!，,"))
		p.Title = string(title[:min(len(title), maxTitle)])
	}
	return p
}

// WithAlike is the intent with other ways to ask the same, which stand apart until its author has looked at them.
func (p Proposal) WithAlike(city City) Proposal {
	p.Proposed = Alike(p.Intent, city)
	return p
}
