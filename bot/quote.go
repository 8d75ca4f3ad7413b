package bot

import (
	"slices"

	"towncrier/city"
	"towncrier/intents"
)

// quote fits passages that a card quotes into a reply, as city.Quote does, and keeps which were told. They are kept by their marks: what is
// written anew or put in between while a conversation goes on is not told yet.
func (x *exchange) quote(card city.Card, from []int, later int, question string, m intents.Match) city.Card {
	card, shown := x.city.Quote(card, from, later, question, m)
	if shown != nil {
		var page []uint32
		for _, i := range shown {
			page = append(page, markOf(card.Quotes[i].Text))
		}
		x.st.Told = append(x.st.Told, page)
	}
	return card
}

// toldOf are the places where a card has passages of which pages have the marks.
func (x *exchange) toldOf(card city.Card, pages [][]uint32) (all []int) {
	for i, q := range card.Quotes {
		if slices.Contains(slices.Concat(pages...), markOf(q.Text)) {
			all = append(all, i)
		}
	}
	return all
}

// untold are the places of the passages that the last answer had no room for.
func (x *exchange) untold(card city.Card) (all []int) {
	told := x.toldOf(card, x.st.Told)
	for i := range card.Quotes {
		if !slices.Contains(told, i) {
			all = append(all, i)
		}
	}
	return all
}

// quotation goes on with an answer, or tells a reply of it again.
func (x *exchange) quotation(card city.Card, from []int, later int) draft {
	card = x.quote(card, from, later, "", intents.Match{})
	s := draft{Reply: Reply{Kind: Answered, Topic: card.Topic, Confidence: 1, Cites: card.Cites}}
	text, menu := x.city.Render(card)
	x.open(menu, false)
	s.Text = text
	return s
}

// onlyInForce is the one of several whole notices of one name that is neither withdrawn nor superseded.
func (x *exchange) onlyInForce(options []string) (string, bool) {
	if slices.ContainsFunc(options, func(id string) bool { return x.city.Intents[id].Whole == nil }) {
		return "", false
	}
	current := slices.DeleteFunc(slices.Clone(options), x.city.IsPast)
	if len(current) != 1 || len(options) == 1 {
		return "", false
	}
	return current[0], true
}
