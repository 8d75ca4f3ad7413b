package city

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/intents"
)

// An intent of a whole matter says its answer, as an opening, and then quotes each passage that it cites. A reply may not hold them all: then
// those that are most like the question are quoted, in the notice's order, and the resident is told that there is more.

// Quote fits passages that a card quotes into a reply: first those that are most like the question of which m is the reading. from are the
// places, in card.Quotes, of those to choose from, nil for all; later is how many others the resident is not told yet. shown are the places of
// those that are quoted. A card that quotes nothing stays as it is.
func (c *City) Quote(card Card, from []int, later int, question string, m intents.Match) (fitted Card, shown []int) {
	in := c.Intents[card.Topic]
	if in == nil || len(card.Quotes) == 0 {
		return card, nil
	}
	if from == nil {
		for i := range card.Quotes {
			from = append(from, i)
		}
	}
	body := func(places []int) string {
		closing := c.Library.Say("whole_rest")
		if more := len(from) - len(places) + later; more > 0 {
			closing = c.Library.Say("whole_more", strconv.Itoa(more))
		} else if len(places) == len(card.Quotes) {
			closing = c.Library.Say("whole_all")
		}
		return card.quoting(in.Answer, places, closing)
	}
	if shown = from; !c.fits(card, body(shown), beside) {
		shown = nil
		like := c.likeness(card, question, m)
		for _, i := range slices.SortedStableFunc(slices.Values(from), func(a, b int) int {
			return cmp.Or(cmp.Compare(like[b], like[a]), cmp.Compare(len(card.Quotes[a].Text), len(card.Quotes[b].Text)))
		}) {
			more := slices.Sorted(slices.Values(append(slices.Clone(shown), i)))
			if shown == nil || c.fits(card, body(more), beside) { // one alone fits, or Load refuses it
				shown = more
			}
		}
	}
	card.Body, card.Cites = body(shown), nil
	for _, i := range shown {
		card.Cites = append(card.Cites, card.Quotes[i].Cite)
	}
	return card, shown
}

// beside is what is left of a reply for what is said before and after passages: numbers to call, a menu of related questions.
const beside = 100

// fits reports whether a card with this body leaves so much of a reply.
func (c *City) fits(card Card, body string, room int) bool {
	card.Body = body
	return len(c.compose([]Card{card}, nil))+room <= MaxReply
}

// quoting is a body that quotes some passages. A heading that goes with several that follow each other is said once.
func (card Card) quoting(opening string, places []int, closing string) string {
	var b strings.Builder
	b.WriteString(opening)
	before := ""
	for _, i := range places {
		heading, rest := headed(card.Quotes[i].Text)
		if heading != "" && heading == before {
			b.WriteString(rest)
			continue
		}
		before = heading
		b.WriteString("\n" + card.Quotes[i].Text)
	}
	b.WriteString("\n" + closing)
	return b.String()
}

// maxHeading is the most characters of a heading before a statement: 停水时间：….
const maxHeading = 18

// headed parts a statement from the heading before it.
func headed(text string) (heading, rest string) {
	heading, rest, ok := strings.Cut(text, "：")
	if !ok || utf8.RuneCountInString(heading) > maxHeading || strings.ContainsAny(heading, "，。；") {
		return "", text
	}
	return heading, rest
}

// likeness is how much each passage that a card quotes has in common with a question: pairs of characters, rare ones above others, and what the
// likeliest of the intents on parts of the matter rest on.
func (c *City) likeness(card Card, question string, m intents.Match) []float64 {
	like := make([]float64, len(card.Quotes))
	for _, pair := range pairs(question) {
		var in []int
		for i, q := range card.Quotes {
			if strings.Contains(q.Text, pair) {
				in = append(in, i)
			}
		}
		for _, i := range in {
			like[i] += 1 / float64(len(in))
		}
	}
	for i, q := range card.Quotes {
		if preamble.MatchString(q.Text) {
			like[i]--
		}
	}
	matter, _, _ := strings.Cut(card.Topic, ".")
	share := 1.0
	for _, r := range m.Ranked {
		part := c.Intents[r.ID]
		if part == nil || part.Whole != nil || part.Silent || !strings.HasPrefix(r.ID, matter+".") {
			continue
		}
		for i, q := range card.Quotes {
			if slices.Contains(part.Citations, intents.Citation{Notice: q.Cite.Notice, Passage: q.Cite.Passage}) {
				like[i] += share
			}
		}
		share /= 2
	}
	return like
}

// preamble is how a notice begins before it says what it is about, and how it takes its leave.
var preamble = regexp.MustCompile(`如下[：:。]?$|^(?:近来|近期|为了?|根据|按照|广大)[^。0-9]*。?$|(?:谅解|支持|配合|转告)[。！]?$`)

func isWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// pairs are the neighbouring characters of a text, each pair once.
func pairs(text string) (all []string) {
	var before rune
	for _, r := range text {
		if isWord(before) && isWord(r) && !slices.Contains(all, string([]rune{before, r})) {
			all = append(all, string([]rune{before, r}))
		}
		before = r
	}
	return all
}
