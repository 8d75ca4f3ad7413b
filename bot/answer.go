package bot

import (
	"cmp"
	"fmt"
	"hash/crc32"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"towncrier/city"
	"towncrier/intents"
)

// draft is a reply before it is fitted to the platform's limit.
type draft struct {
	Reply
	lead string // said before Text when it fits
	tail string // said after Text when it fits
}

// answered composes one intent's card. second names what else the message may have asked: it is offered instead of the
// related questions. chosen says that the intent came off the menu, which then stays open unless another is shown.
func (x *exchange) answered(id string, confidence float64, second []string, chosen bool) draft {
	in := x.city.Intents[id]
	card, ok := x.city.Card(id, x.now)
	if in == nil || !ok {
		return x.unclear()
	}
	if len(second) > 0 {
		card.Related = nil
	}
	var s draft
	switch {
	case len(in.Slots) > 0:
		question := x.said
		if chosen && x.st.Asked && !x.names(in, question) {
			question = x.st.Offer.Text // of which the menu was
		}
		s = x.lookUp(in, card, confidence, question)
	case in.Action != intents.NoAction:
		s = x.act(in, card, confidence)
	default:
		s = x.stated(card, confidence, chosen)
	}
	if len(second) > 0 {
		s.tail = x.say("second") + x.menu(second)
		x.open(second, false)
	}
	return s
}

// stated is the answer of an intent that states something published, or that nothing is.
func (x *exchange) stated(card city.Card, confidence float64, chosen bool) draft {
	x.st.Told = nil
	if len(card.Quotes) > 0 {
		question, m := x.said, x.match
		if chosen && x.st.Asked { // of which the menu was
			question += "\n" + x.st.Offer.Text
			m = x.city.Matcher.Match(x.st.Offer.Text, intents.Context{})
		}
		card = x.quote(card, nil, 0, question, m)
	}
	s := draft{Reply: Reply{Kind: Answered, Topic: card.Topic, Confidence: confidence, Cites: card.Cites}}
	if slices.Contains(x.st.Topics, card.Topic) && slices.Contains(x.st.Said, markOf(card.Body)) && !x.callsForHelp(card.Body) {
		s.lead = x.say("again")
		if x.city.Intents[card.Topic].Urgent != nil { // another question about it, more likely than the same
			s.lead = x.say("again_urgent")
		}
	}
	text, menu := x.city.Render(card)
	if len(menu) > 0 || !chosen {
		x.open(menu, false)
	}
	s.Text = text
	x.st.Topics, x.st.Said = []string{card.Topic}, []uint32{markOf(card.Body)}
	return s
}

// markOf tells the text of an answer from another's: content changes while a conversation goes on.
func markOf(body string) uint32 { return crc32.ChecksumIEEE([]byte(body)) }

// together answers several questions in one reply. What does not fit, and what needs a detail first, is offered by number.
func (x *exchange) together(ids []string, confidence float64) draft {
	first := ids[0]
	if i := slices.IndexFunc(ids, func(id string) bool { return x.hasSlots(id) || x.acts(id) }); i >= 0 {
		return x.answered(first, confidence, ids[1:], false)
	}
	var cards []city.Card
	var quoted [][]uint32
	for _, id := range ids {
		if card, ok := x.city.Card(id, x.now); ok {
			x.st.Told = nil
			cards = append(cards, x.quote(card, nil, 0, x.said, x.match))
			quoted = append(quoted, slices.Concat(x.st.Told...))
		}
	}
	if len(cards) == 0 {
		return x.unclear()
	}
	text, menu := x.city.Render(cards...)
	x.open(menu, false)
	r := Reply{Kind: Answered, Topic: cards[0].Topic, Confidence: confidence, Text: text}
	x.st.Topics, x.st.Said, x.st.Told = nil, nil, nil
	for i, card := range cards {
		if i > 0 && !strings.Contains(text, card.Body) {
			continue
		}
		x.st.Topics, x.st.Said = append(x.st.Topics, card.Topic), append(x.st.Said, markOf(card.Body))
		if quoted[i] != nil {
			x.st.Told = append(x.st.Told, quoted[i])
		}
		for _, c := range card.Cites {
			if !slices.Contains(r.Cites, c) {
				r.Cites = append(r.Cites, c)
			}
		}
	}
	return draft{Reply: r}
}

// act does what an intent of the conversation itself is for.
func (x *exchange) act(in *intents.Intent, card city.Card, confidence float64) draft {
	s := draft{Reply: Reply{Kind: Answered, Topic: in.ID, Confidence: confidence, Cites: card.Cites}}
	if in.Action != intents.Greet && in.Action != intents.Help {
		card.Related = nil // the menu that is open stays
	}
	text, menu := x.city.Render(card)
	s.Text = text
	if len(menu) > 0 {
		x.open(menu, false)
	}
	switch in.Action {
	case intents.Greet:
		s.tail = x.city.Library.City.Privacy
	case intents.Source:
		return x.source(s)
	case intents.Human:
		s.Handoff = true
		s.tail = x.handOver()
	case intents.OptOut:
		return x.optOut(s)
	case intents.OptIn:
		return x.optIn(s)
	case intents.Bind:
		return x.bind(s)
	case intents.Place:
		return x.place(s)
	case intents.Subscribe:
		return x.subscribe(s)
	case intents.Mine:
		return x.personalData(s)
	case intents.Erase:
		return x.erase(s)
	case intents.Suggest:
		return x.suggest(in, confidence)
	}
	return s
}

// source tells where the last answer came from: which table, and of each notice headline and passages.
func (x *exchange) source(s draft) draft {
	var parts []string
	if in := x.city.Intents[x.st.topic()]; in != nil && len(in.Slots) > 0 {
		if list := x.city.List(in.Slots[0]); len(list.Rows) > 0 {
			parts = append(parts, x.sayList("list_is", list))
		}
	}
	var cites []city.Cite
	for _, id := range x.st.Topics {
		card, _ := x.city.Card(id, x.now)
		if len(parts) > 0 && city.DeniesList(card.Body) {
			continue // it is not said
		}
		if len(card.Quotes) > 0 { // as many as were told
			card.Cites = nil
			for _, i := range x.toldOf(card, x.st.Told) {
				card.Cites = append(card.Cites, card.Quotes[i].Cite)
			}
		}
		for _, c := range card.Cites {
			if !slices.Contains(cites, c) {
				cites = append(cites, c)
			}
		}
	}
	if len(cites) > 0 {
		parts = append(parts, x.passages(cites))
	}
	if len(parts) > 0 {
		s.Text, s.Cites = strings.Join(parts, "\n\n"), cites
	}
	return s
}

// passages names what is cited: a line a notice.
func (x *exchange) passages(cites []city.Cite) string {
	slices.SortFunc(cites, func(a, b city.Cite) int {
		return cmp.Or(strings.Compare(a.Notice, b.Notice), cmp.Compare(a.Passage, b.Passage))
	})
	text := x.say("source_of")
	for len(cites) > 0 {
		first, passages := cites[0], ""
		for len(cites) > 0 && cites[0].Notice == first.Notice {
			passages += "、" + strconv.Itoa(cites[0].Passage)
			cites = cites[1:]
		}
		text += fmt.Sprintf("\n%s：《%s》（本服务摘要第%s段）", x.city.Source(first.Notice), first.Headline, strings.TrimPrefix(passages, "、"))
	}
	return text
}

// clarify opens a menu of what may have been meant.
func (x *exchange) clarify(lead string, options []string, confidence float64) draft {
	x.open(options, true)
	return draft{
		Reply: Reply{Kind: Clarified, Options: options, Confidence: confidence, Text: lead + x.menu(options)},
		tail:  x.say("menu_hint"),
	}
}

// menu numbers the titles of intents, one a line.
func (x *exchange) menu(ids []string) string {
	var b strings.Builder
	for i, id := range ids {
		fmt.Fprintf(&b, "\n%d. %s", i+1, x.city.Intents[id].Title)
	}
	return b.String()
}

// open replaces the menu on the resident's screen.
func (x *exchange) open(ids []string, asked bool) {
	x.st.Menu, x.st.Asked = ids, asked
}

func (x *exchange) unclear() draft {
	return draft{Reply: Reply{Kind: Declined, Text: x.say("unclear")}, tail: x.say("ask_help")}
}

// fit joins the parts of a reply within limit bytes: what is not essential goes first, then the middle of the text,
// so that its beginning and its last lines, where the source stands, survive.
func (s draft) fit(limit int) string {
	for _, parts := range [][]string{{s.lead, s.Text, s.tail}, {s.Text, s.tail}, {s.Text}} {
		parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
		if text := strings.Join(parts, "\n\n"); len(text) <= limit {
			return text
		}
	}
	const gap = "……"
	body, end := s.Text, ""
	if i := strings.LastIndex(s.Text, "\n"); i >= 0 && len(s.Text)-i < limit/2 {
		body, end = s.Text[:i], s.Text[i:]
	}
	cut := limit - len(end) - len(gap)
	for cut > 0 && !utf8.RuneStart(body[cut]) {
		cut--
	}
	return body[:cut] + gap + end
}
