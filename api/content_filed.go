package api

import (
	"context"

	"towncrier/city"
	"towncrier/inbox"
	"towncrier/intents"
)

// minSaid is the fewest characters that must be left of a filed question for a change to be tried on it.
const minSaid = 2

// FiledQuestions gives the questions that residents filed lately, and officials answered or made standard answers, as known ones of a
// city: without who asked, and without numbers, names and addresses.
func FiledQuestions(live *city.Live, tickets *inbox.Inbox) func(context.Context) ([]intents.Question, error) {
	return func(ctx context.Context) ([]intents.Question, error) {
		all, err := tickets.Known(ctx)
		if err != nil {
			return nil, err
		}
		words := live.Current().Words()
		var questions []intents.Question
		for _, t := range all {
			if text, said := words.Blank(t.Text); said >= minSaid {
				questions = append(questions, intents.Question{Text: text, Topic: t.Intent, Told: words.Answer(t.Answer)})
			}
		}
		return questions, nil
	}
}
