package bot

import (
	"regexp"
	"slices"
	"strings"

	"towncrier/city"
	"towncrier/intents"
)

// numbered takes a bare number, or several: off the menu that is open, or with an honest word when there is none.
func (x *exchange) numbered() (draft, bool) {
	menu := x.known(x.st.Menu)
	picks, ok := choices(x.said, x.key, len(menu))
	if !ok {
		i, one := choice(x.key, len(menu))
		if ok = one; i >= 0 {
			picks = []int{i}
		}
	}
	switch {
	case !ok:
		return draft{}, false
	case len(menu) == 0:
		return plain(x.say("no_menu")), true
	case len(picks) == 0:
		return x.clarify(x.say("out_of_range"), menu, 0), true
	case len(picks) == 1:
		return x.answered(menu[picks[0]], 1, nil, true), true
	}
	ids := make([]string, len(picks))
	for i, p := range picks {
		ids[i] = menu[p]
	}
	return x.together(ids, 1), true
}

// asking introduces a menu.
func (x *exchange) asking(options []string) string {
	if len(options) == 1 {
		return x.say("is_it")
	}
	return x.say("menu_open")
}

// onlyOne takes a yes or a no to a menu of a single entry.
func (x *exchange) onlyOne() (draft, bool) {
	menu := x.known(x.st.Menu)
	switch {
	case !x.st.Asked || len(menu) != 1:
		return draft{}, false
	case saysYes(x.key):
		return x.answered(menu[0], 1, nil, true), true
	case saysNo(x.key) || among(x.key, "不是", "不对"):
		return x.noneOfThese(), true
	}
	return draft{}, false
}

func (x *exchange) noneOfThese() draft {
	x.open(nil, false)
	x.st.Runners = nil
	s := plain(x.say("unclear"))
	if x.st.Offer.Text != "" {
		x.st.Step = StepOffer
		s.tail = x.say("offer")
		x.keep("")
	}
	return s
}

// named takes words off the menu: those of a title, or a question that could be one of its entries.
func (x *exchange) named() (draft, bool) {
	menu := x.known(x.st.Menu)
	if len(menu) == 0 {
		return draft{}, false
	}
	if saysNoneOfThese(x.key) {
		return x.noneOfThese(), true
	}
	if x.st.Asked && saysNo(x.key) {
		x.open(nil, false)
		return plain(x.say("no_offer")), true
	}
	m := x.meaning(x.said)
	if _, certain := sure(m); certain {
		return draft{}, false
	}
	if id, ok := x.titled(menu); ok {
		return x.answered(id, 1, nil, true), true
	}
	if m.Decision != intents.Clarify {
		return draft{}, false
	}
	both := slices.DeleteFunc(x.known(m.Options), func(id string) bool { return !slices.Contains(menu, id) })
	if len(both) != 1 {
		return draft{}, false
	}
	x.match = m
	return x.answered(both[0], m.Confidence, nil, true), true
}

// titled finds the one entry whose title contains the words.
func (x *exchange) titled(menu []string) (string, bool) {
	if n, _ := letters(x.key); n < 2 {
		return "", false
	}
	found := ""
	for _, id := range menu {
		title := fold(x.city.Intents[id].Title)
		if !strings.Contains(title, x.key) && !strings.Contains(x.key, title) {
			continue
		}
		if found != "" {
			return "", false
		}
		found = id
	}
	return found, found != ""
}

// correction matches words that take back the last reading. They end there, at a pause, or before "I asked":
// 不是本地户口能办吗 and 不是说11月底前吗 are questions.
var correction = regexp.MustCompile(`^(?:` +
	`(?:(?:不是)+的?|不对|错了|错啦|不不|不是(?:问|说)?这个?(?:意思|问题)?|(?:你|您)?(?:理解|搞|弄|听|看|答|回答)错了|(?:你|您)?(?:答|回答|说)的?不(?:对|是)(?:这个)?|答非所问|牛头不对马嘴|都?说了不是|(?:上面|刚才|我)说错了|更正(?:一下)?|` +
	`(?:我|俺)?(?:不是|没)(?:问|说)(?:的是)?(?:你)?(?:这个|这|你说的)?|(?:我|俺)?(?:问|说|要)的不是这个?)(?:$|[\s,，。.！!、；;啊呀]+)|` +
	`(?:不是这个|不是|不对|错了)(?:我|俺)(?:是)?(?:想|要)?(?:问|说)(?:的是|的|是)?[\s,，。.！!]*)`)

// intended matches what introduces the right question.
var intended = regexp.MustCompile(`^(?:(?:我|俺)?(?:刚才)?(?:是)?(?:想|要)?[问問说說](?:的)?(?:是)?|(?:我|俺)的意思是|应该是|是)[\s,，:：]*`)

// more takes a request about the last answer: to hear it again, to go on, to have it plainer. Everything published was
// said, so the related questions are what is left.
func (x *exchange) more() (draft, bool) {
	if saysElse(x.key) {
		x.open(nil, false)
		x.st.Topics = nil
		return plain(x.say("no_offer")), true
	}
	card, ok := x.city.Card(x.st.topic(), x.now)
	lead := x.say("no_more")
	switch {
	case !ok:
		return draft{}, false
	case saysAgain(x.key):
		if last := len(x.st.Told) - 1; last >= 0 && len(card.Quotes) > 0 {
			page := x.toldOf(card, x.st.Told[last:])
			later := len(x.untold(card))
			if x.st.Told = x.st.Told[:last]; len(page) > 0 {
				return x.quotation(card, page, later), true
			}
		}
		s := x.answered(card.Topic, 1, nil, false)
		s.lead = ""
		return s, true
	case saysMore(x.key) && x.st.Told != nil:
		if x.city.IsStopped(card.Topic) {
			return x.answered(card.Topic, 1, nil, false), true
		}
		for _, id := range x.st.Topics {
			if card, _ := x.city.Card(id, x.now); len(x.untold(card)) > 0 {
				return x.quotation(card, x.untold(card), 0), true
			}
		}
	case saysLost(x.key):
		lead = x.say("plainer")
	case !saysMore(x.key):
		return draft{}, false
	}
	if related := x.known(card.Related); len(related) > 0 {
		s := x.clarify(lead, related, 0)
		s.tail = ""
		return s, true
	}
	return draft{}, false
}

// near is how far below the best reading another may score and still be worth offering. Scores live between -2 and 2;
// what is meant lies within half a point of the best in nine of ten questions that the matcher is unsure of.
const near = 0.6

// nearest are the readings of an unsure match that are worth offering, best first. Small talk is never among them.
func (x *exchange) nearest(m intents.Match) []string {
	var ids []string
	for _, r := range m.Ranked {
		if len(ids) == city.MaxRelated || m.Ranked[0].Score-r.Score > near {
			break
		}
		if x.city.Intents[r.ID] != nil && !x.acts(r.ID) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

// remember keeps what to offer when the resident says that m was read wrongly. Most wrong readings are a neighbour of
// the right one, so of a sure match the best of its own domain (the part of an ID before the dot) are kept; of an
// unsure one those that the menu did not show.
func (x *exchange) remember(m intents.Match) {
	x.st.Runners = nil
	if len(m.Ranked) == 0 || m.Decision == intents.Decline {
		return
	}
	domain, _, _ := strings.Cut(m.Ranked[0].ID, ".")
	for _, r := range m.Ranked[1:] {
		of, _, _ := strings.Cut(r.ID, ".")
		if len(x.st.Runners) == city.MaxRelated {
			return
		}
		if of == domain && !slices.Contains(m.Options, r.ID) && x.city.Intents[r.ID] != nil && !x.acts(r.ID) {
			x.st.Runners = append(x.st.Runners, r.ID)
		}
	}
}

// corrected takes back the last reading: what follows is read afresh, or the next-best readings are offered.
func (x *exchange) corrected() (draft, bool) {
	fresh := len(x.st.Topics) == 0 && len(x.st.Menu) == 0 && len(x.st.Runners) == 0
	loc := correction.FindStringIndex(x.said)
	explicit := intended.FindStringIndex(x.said)
	switch {
	case fresh && loc != nil && loc[1] == len(x.said): // nothing left to take back
		return x.unclear(), true
	case fresh:
		return draft{}, false
	case loc != nil:
	case explicit != nil && strings.Contains(x.said[:explicit[1]], "的是"): // 我问的是…
		loc = []int{0, 0}
	default:
		return draft{}, false
	}
	rest := x.said[loc[1]:]
	rest = rest[len(intended.FindString(rest)):]
	wrong, runners := x.st.Topics, x.known(x.st.Runners)
	x.st.Runners = nil
	x.open(nil, false)
	n, _ := letters(rest)
	if n >= 2 { // most often a neighbour was meant: 我问的是谁出钱
		m := x.meaning(rest)
		if id, ok := sure(m); ok && !slices.Contains(wrong, id) {
			x.said, x.key = rest, fold(rest)
			return x.respond(m), true
		}
	}
	x.st.Topics = nil
	if n >= 2 {
		m := x.meaning(rest)
		if id, ok := sure(m); !ok || !slices.Contains(wrong, id) {
			x.said, x.key = rest, fold(rest)
			return x.respond(m), true
		}
		x.remember(m)
		runners = x.st.Runners
	}
	runners = slices.DeleteFunc(runners, func(id string) bool { return slices.Contains(wrong, id) })
	if len(runners) == 0 {
		return x.unclear(), true
	}
	return x.clarify(x.say("instead"), runners, 0), true
}
