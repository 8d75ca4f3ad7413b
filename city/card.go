package city

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/content"
	"towncrier/intents"
)

// MaxRelated is how many related questions a reply offers: more are not read on a phone.
const MaxRelated = 3

// dated is a card and the day that it was composed for.
type dated struct {
	day  content.Date
	card Card
}

// Card is the answer of an intent for the day that now is in the city; false when there is no such intent. It is
// composed once a day.
func (c *City) Card(id string, now time.Time) (Card, bool) {
	in := c.Intents[id]
	if in == nil {
		return Card{}, false
	}
	day := content.DateOf(now.In(c.zone))
	last, _ := c.cards.Load(id)
	d, ok := last.(dated)
	if !ok || d.day != day {
		d = dated{day, c.card(in, day)}
		c.cards.Store(id, d)
	}
	card := d.card
	card.Related, card.Cites = slices.Clone(card.Related), slices.Clone(card.Cites)
	return card, true
}

// IsStopped says whether nothing is answered by an intent any more, since a notice that it cites is withdrawn: it is offered to nobody.
func (c *City) IsStopped(id string) bool {
	in := c.Intents[id]
	return in != nil && slices.ContainsFunc(in.Citations, func(cite intents.Citation) bool {
		n := c.Library.Notices[cite.Notice] // nil where the folder is faulty, and is being checked
		return n != nil && isWithdrawn(n)
	})
}

// IsPast says whether an intent cites a notice that is withdrawn, or superseded by another.
func (c *City) IsPast(id string) bool {
	in := c.Intents[id]
	return in != nil && slices.ContainsFunc(in.Citations, func(cite intents.Citation) bool {
		n := c.Library.Notices[cite.Notice]
		return n != nil && n.Status != content.InForce
	})
}

func (c *City) card(in *intents.Intent, day content.Date) Card {
	card := Card{Topic: in.ID, Body: in.Answer, Related: slices.DeleteFunc(slices.Clone(in.FollowUps), c.IsStopped)}
	card.Related = card.Related[:min(len(card.Related), MaxRelated)]
	var notices []*content.Notice // distinct, in order of citation
	for i, cite := range in.Citations {
		n := c.Library.Notices[cite.Notice]
		card.Cites = append(card.Cites, Cite{
			Notice: n.ID, Passage: cite.Passage,
			Headline: n.Headline, Issuer: n.Issuer, Publisher: n.Publisher, Date: n.Date.ISO(),
		})
		if i < len(in.Quotes) {
			card.Quotes = append(card.Quotes, Quote{card.Cites[i], in.Quotes[i]})
		}
		if !slices.Contains(notices, n) {
			notices = append(notices, n)
		}
	}
	var sources, fresh []string
	for _, n := range notices {
		// The parts of one paper have one source and may have one review-by date.
		if line := source(n); !slices.Contains(sources, line) {
			sources = append(sources, line)
		}
		if line := c.freshness(n, day); line != "" && !slices.Contains(fresh, line) {
			fresh = append(fresh, line)
		}
	}
	card.Source = strings.Join(sources, "\n")
	card.Freshness = strings.Join(fresh, "\n")
	if i := slices.IndexFunc(notices, isWithdrawn); i >= 0 {
		card.Body = c.withdrawnBody(notices[i], in.Answer)
		card.Freshness, card.Quotes = "", nil
	}
	if strings.Contains(card.Body, "推定") { // it is said once an answer
		card.Source = strings.ReplaceAll(card.Source, yearInferred, "")
	}
	card, _ = c.Quote(card, nil, 0, "", intents.Match{})
	return card
}

// yearInferred marks a date of which the paper prints no year.
const yearInferred = "，年份为推定"

func isWithdrawn(n *content.Notice) bool { return n.Status == content.Withdrawn }

// Source is the source line of a notice, "" for an id that has none: the issuer, the date, and where it was printed.
func (c *City) Source(notice string) string {
	if n := c.Library.Notices[notice]; n != nil {
		return source(n)
	}
	return ""
}

// source dates the statement, not the paper, which may be a later one.
func source(n *content.Notice) string {
	day := n.Date.String()
	if n.YearInferred {
		day += yearInferred
	}
	return fmt.Sprintf("%s（%s），见%s", n.Issuer, day, titled(n.Publisher))
}

// titled puts a name between title marks unless it has its own.
func titled(s string) string {
	if strings.Contains(s, "《") {
		return "“" + s + "”"
	}
	return "《" + s + "》"
}

// freshness is what a reader must know about the age of a notice that is still quoted; "" while it is current.
func (c *City) freshness(n *content.Notice, day content.Date) string {
	if n.Status == content.Superseded {
		next := c.Library.Successor(n)
		if next == nil { // what replaced it was withdrawn
			return "这条消息已被新的公告取代，而新的公告也已撤回，请以今后的公告为准。"
		}
		return fmt.Sprintf("这条消息已被%s发布的%s取代，请以新公告为准。", next.Date, titled(next.Headline))
	}
	if n.ReviewBy.Before(day) {
		return fmt.Sprintf("这条消息已过复核日期（%s），情况可能有变化，请以最新公告为准。", n.ReviewBy)
	}
	return ""
}

// dangers are the contacts, by their ID in the city's contacts file, that are for danger alone.
var dangers = []string{"police", "fire", "emergency", "traffic"}

// withdrawnBody states nothing that the notice said. It sends people to the city's general contact, the first in its file, and
// to those that the answer named. A number for danger is given as one.
func (c *City) withdrawnBody(n *content.Notice, answer string) string {
	body := fmt.Sprintf("这个问题原来依据的公告%s已经撤回，目前没有可以依据的公告，无法答复。", titled(n.Headline))
	if next := c.Library.Successor(n); next != nil {
		body = fmt.Sprintf("这个问题原来依据的公告%s已经撤回，请以%s%s发布的%s为准。", titled(n.Headline), next.Issuer, next.Date, titled(next.Headline))
	}
	var turn, danger []string
	for i, contact := range c.Library.Contacts {
		named := maskPhone(answer, contact.Phone) != answer
		switch number := contact.Name + contact.Phone; {
		case named && slices.Contains(dangers, contact.ID):
			danger = append(danger, number)
		case named, i == 0:
			turn = append(turn, number)
		}
	}
	if len(turn) > 0 {
		body += "需要时请拨打" + strings.Join(turn, "、") + "。"
	}
	if len(danger) > 0 {
		body += "正在发生危险的，请马上拨打" + strings.Join(danger, "、") + "。"
	}
	return body
}

// Render makes one reply of several cards, at most MaxReply bytes of UTF-8, with the intents that its numbered list
// offers, in the printed order. To fit, it first drops related questions; a card that still does not fit is left out
// whole and offered as the first number, so that an answer never stands without its source and freshness. Load refuses
// content of which a single card would not fit; a longer one, with text added by the caller, is cut at the end.
func (c *City) Render(cards ...Card) (text string, options []string) {
	if len(cards) == 0 {
		return "", nil
	}
	for shown := len(cards); shown > 0; shown-- {
		rest := cards[shown:]
		for n := MaxRelated; n >= min(len(rest), MaxRelated); n-- {
			options = c.offered(cards[:shown], rest, n)
			if text = c.compose(cards[:shown], options); len(text) <= MaxReply {
				return text, options
			}
		}
	}
	text = c.compose(cards[:1], nil)
	return strings.ToValidUTF8(text[:min(len(text), MaxReply)], ""), nil
}

// offered are at most n questions: the cards that are left out first, then the related ones of those shown, by turns.
func (c *City) offered(shown, rest []Card, n int) []string {
	var ids []string
	add := func(id string) {
		known := slices.Contains(ids, id) || slices.ContainsFunc(shown, func(s Card) bool { return s.Topic == id })
		if len(ids) < n && !known && c.Intents[id] != nil {
			ids = append(ids, id)
		}
	}
	for _, card := range rest {
		add(card.Topic)
	}
	for i := range MaxRelated {
		for _, card := range shown {
			if i < len(card.Related) {
				add(card.Related[i])
			}
		}
	}
	return ids
}

func (c *City) compose(cards []Card, options []string) string {
	var b strings.Builder
	b.Grow(MaxReply)
	for i, card := range cards {
		if i > 0 {
			b.WriteString("\n\n")
		}
		b.WriteString(card.Body)
		sep := "\n\n"
		for _, label := range []struct{ name, text string }{{"来源：", card.Source}, {"提示：", card.Freshness}} {
			if label.text != "" {
				b.WriteString(sep + label.name + strings.ReplaceAll(label.text, "\n", "\n"+label.name))
				sep = "\n"
			}
		}
	}
	if len(options) > 0 {
		b.WriteString("\n\n相关问题（回复数字）：")
		for i, id := range options {
			fmt.Fprintf(&b, "\n%d. %s", i+1, c.Intents[id].Title)
		}
	}
	return b.String()
}
