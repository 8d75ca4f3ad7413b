package city

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"towncrier/intents"
)

// Outcome is what becomes of a question that begins a conversation.
type Outcome struct {
	Decision intents.Decision
	Intents  []string // that answers, or those that the menu offers; none when the question is declined
	Text     string   // what the resident reads: the answer with its source, or the menu; "" when the question is declined
}

// Verdict is how a question fares after a change.
type Verdict string

const (
	Worse  Verdict = "worse"
	Better Verdict = "better"
	Other  Verdict = "other" // as good as before, in other words or by another intent
)

// Label is what an official reads.
func (v Verdict) Label() string {
	return map[Verdict]string{Worse: "变差", Better: "变好", Other: "答复不同"}[v]
}

// Difference is a known question that a change answers otherwise.
type Difference struct {
	Question      intents.Question
	Verdict       Verdict
	Before, After Outcome
}

// Known are the questions on which a change of before to after is tried: those that after knows, those that only before knows, so
// that a question is not taken away unseen together with its answer, and those that residents filed. Of these no intent is known to be right that
// neither city has.
func Known(before, after *City, filed []intents.Question) []intents.Question {
	var all []intents.Question
	kept := map[string]bool{}
	add := func(q intents.Question) {
		if !kept[q.Text] {
			kept[q.Text], all = true, append(all, q)
		}
	}
	for _, some := range [][]intents.Question{after.Questions, before.Questions} {
		for _, q := range some {
			add(q)
		}
	}
	for _, q := range filed {
		if !before.answers(&q) && !after.answers(&q) {
			q.Topic = ""
		}
		add(q)
	}
	return all
}

// Compare asks both cities each question, as of now, and gives those of which the outcomes differ: the worse first, then the better, each as
// questions has them.
//
//	the outcome                                                 is worth
//	a right intent answers; or it is declined, where that is right    4
//	the menu offers a right intent                                    3
//	it is declined although an intent would be right                  2
//	the menu offers no right intent                                   1
//	a wrong intent answers                                            0
//
// A question of which after has no right intent any more is rightly declined by it. One of which nobody said which intent is right fares worse when
// an answer becomes a menu, or either is declined; better it never fares, since what answers it now may be wrong.
func Compare(ctx context.Context, before, after *City, questions []intents.Question, now time.Time) ([]Difference, error) {
	var all []Difference
	for _, q := range questions {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		m := before.Matcher.Match(q.Text, intents.Context{})
		d := Difference{Question: q, Before: before.outcome(m, q.Text, now)}
		if after.Matcher != before.Matcher {
			m = after.Matcher.Match(q.Text, intents.Context{})
		}
		d.After = after.outcome(m, q.Text, now)
		if d.Before.equal(d.After) {
			continue
		}
		d.Verdict = d.verdict(after)
		all = append(all, d)
	}
	order := []Verdict{Worse, Better, Other}
	slices.SortStableFunc(all, func(a, b Difference) int {
		return slices.Index(order, a.Verdict) - slices.Index(order, b.Verdict)
	})
	return all, nil
}

func (d *Difference) verdict(after *City) Verdict {
	q := &d.Question
	if q.Topic == "" {
		if d.After.Decision < d.Before.Decision { // Decline, Clarify, Answer
			return Worse
		}
		return Other
	}
	right := *q
	if !after.answers(q) {
		right.Also = append(slices.Clone(q.Also), intents.OutOfScope)
	}
	switch was, is := d.Before.worth(q), d.After.worth(&right); {
	case is < was:
		return Worse
	case is > was:
		return Better
	}
	return Other
}

// mostTried bounds the utterances that Lost tries: these take some 3 s.
const mostTried = 20_000

// Lost are the utterances that both cities teach for one intent and that after answers worse, as when another intent has drawn them to itself. Of a
// very large city an even choice is tried, and none that is among the known questions.
func Lost(ctx context.Context, before, after *City, known []intents.Question, now time.Time) ([]Difference, error) {
	if after.Matcher == before.Matcher {
		return nil, nil
	}
	skip := map[string]bool{}
	for _, q := range known {
		skip[q.Text] = true
	}
	var kept []intents.Question
	for _, id := range slices.Sorted(maps.Keys(after.Intents)) {
		in, was := after.Intents[id], before.Intents[id]
		if was == nil {
			continue
		}
		taught := map[string]bool{}
		for _, u := range was.Utterances {
			taught[u] = true
		}
		for i, u := range in.Utterances {
			if taught[u] && !skip[u] {
				kept = append(kept, intents.Question{Text: u, Topic: id, File: in.File, Line: in.Lines[fmt.Sprintf("utterances[%d]", i)]})
			}
		}
	}
	var tried []intents.Question
	for i, q := range kept {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if n := max(len(kept), mostTried); i*mostTried/n == (i+1)*mostTried/n {
			continue
		}
		if m := after.Matcher.Match(q.Text, intents.Context{}); m.Decision != intents.Answer || m.Ranked[0].ID != q.Topic {
			tried = append(tried, q)
		}
	}
	all, err := Compare(ctx, before, after, tried, now)
	return slices.DeleteFunc(all, func(d Difference) bool { return d.Verdict != Worse }), err
}

// answers reports whether the city has an intent that is right for q.
func (c *City) answers(q *intents.Question) bool {
	return slices.ContainsFunc(append([]string{q.Topic}, q.Also...), func(id string) bool { return c.Intents[id] != nil })
}

func (o Outcome) equal(p Outcome) bool {
	return o.Decision == p.Decision && o.Text == p.Text && slices.Equal(o.Intents, p.Intents)
}

// worth is by the table of Compare.
func (o Outcome) worth(q *intents.Question) int {
	right := slices.ContainsFunc(o.Intents, q.Right)
	switch {
	case o.Decision == intents.Answer && right, o.Decision == intents.Decline && q.MayDecline():
		return 4
	case o.Decision == intents.Clarify && right:
		return 3
	case o.Decision == intents.Decline:
		return 2
	case o.Decision == intents.Clarify:
		return 1
	}
	return 0
}

// outcome is what the bot makes of a match at the beginning of a conversation, less the related questions that it offers below an answer.
func (c *City) outcome(m intents.Match, question string, now time.Time) Outcome {
	o := Outcome{Decision: m.Decision}
	switch m.Decision {
	case intents.Answer:
		o.Intents = []string{m.Ranked[0].ID}
		o.Text = c.answer(c.Intents[m.Ranked[0].ID], m, question, now)
	case intents.Clarify:
		o.Intents = m.Options
		var b strings.Builder
		for i, id := range m.Options {
			fmt.Fprintf(&b, "%d. %s\n", i+1, c.Intents[id].Title)
		}
		o.Text = b.String()
	}
	return o
}

// answer is the text of an intent's answer to a question; of one with a table, what the bot says of its rows, or what it asks.
func (c *City) answer(in *intents.Intent, m intents.Match, question string, now time.Time) string {
	card, _ := c.Card(in.ID, now)
	card, _ = c.Quote(card, nil, 0, question, m)
	general := c.compose([]Card{card}, nil)
	if len(in.Slots) == 0 || c.IsStopped(in.ID) {
		return general
	}
	slot := in.Slots[0]
	found := c.LookUp(slot, m.Slots[slot.Name], question)
	var texts []string
	for _, row := range append(found.Rows, found.Which...) {
		texts = append(texts, c.Fill(slot.Found, row))
	}
	isThere := len(c.List(slot).Rows) > 0
	switch {
	case len(texts) > 0:
		return strings.Join(texts, "\n\n")
	case found.Missing > 0 && isThere:
		return slot.Unknown
	case found.Missing > 0:
		return slot.Unknown + "\n\n" + general
	case isThere && DeniesList(card.Body):
		return slot.Ask
	}
	return general + "\n\n" + slot.Ask
}
