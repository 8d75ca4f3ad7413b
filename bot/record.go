package bot

import (
	"context"
	"errors"
	"strings"
	"time"

	"towncrier/inbox"
	"towncrier/intents"
	"towncrier/unanswered"
)

const (
	// filedPerHour bounds the declined questions of one conversation that reach the inbox unasked: what a resident asks to
	// have recorded finds room below inbox.TicketsAnHour.
	filedPerHour = 3
	// minFiled is the fewest Chinese characters of a question that is worth an official's time unasked.
	minFiled = 4
	// plausible is the least confidence at which the nearest topics are shown beside a decline.
	plausible = 0.25
)

// decline says that nothing published answers, what can be asked, and that the question can be recorded.
//
// A question is filed at once and with its asker: they wrote it to be answered, and the official who answers it can then reach
// them; the inbox keeps one ticket a person and question, so that asking twice or saying 记录 adds none. A resident who says 不用
// gives up the number, not the answer, and is told so. What has not the form of a question or an errand (small talk,
// noise, insults, numbers) is not filed unasked, and at most filedPerHour of one conversation are.
func (x *exchange) decline(m intents.Match) draft {
	x.open(nil, false)
	s := draft{Reply: Reply{Kind: Declined, Confidence: m.Confidence, Text: x.say("declined")}}
	if n, han := letters(x.key); onlyDigits(x.key) || noise(x.key) || n < 2 || han == 0 && !strings.Contains(x.said, " ") {
		s.Text = x.say("nonsense")
		s.tail = x.say("ask_help")
		return s
	}
	nearest := ""
	if m.Confidence >= plausible {
		if ids := x.nearest(m); len(ids) > 0 {
			nearest = ids[0]
			s.Text += "\n\n" + x.say("nearest") + x.menu(ids)
			x.open(ids, false)
		}
	}
	switch in := x.byAction(intents.Help); {
	case nearest != "" || in == nil:
	case !x.st.Helped: // what can be asked is told in full once; after that it takes a word to see it again
		x.st.Helped = true
		s.Text += "\n\n" + in.Answer
	default:
		s.Text += x.say("ask_help")
	}
	x.offer(nearest, "")
	s.Text += "\n\n" + x.say("offer")
	if x.fileUnasked() {
		x.st.Offer.Filed = true
		s.Text = strings.TrimSuffix(s.Text, x.say("offer")) + x.say("filed")
	} else {
		x.keep(placeIn(m))
	}
	return s
}

// offer keeps the question until the resident says whether to record it.
func (x *exchange) offer(nearest, flow string) {
	x.st.Step = StepOffer
	x.st.Offer = Offer{Text: x.said, Topic: nearest, Flow: flow}
}

// record files the question that was offered to be recorded.
func (x *exchange) record() draft {
	topic := x.st.Offer.Flow
	if topic == "" {
		topic = x.suggestID()
	}
	s, filed := x.file(inbox.Filing{Kind: inbox.Question, Text: x.st.Offer.Text, Topic: x.st.Offer.Topic}, topic, "记录")
	if filed {
		if id := x.st.Offer.Kept; id != 0 {
			if err := x.bot.cfg.Unanswered.Forget(x.ctx, id); err != nil {
				x.fault("a filed question is kept as unanswered too", err)
			}
		}
		x.st.Offer = Offer{}
	}
	return s
}

const (
	// minSaid is the fewest characters that must be left of a question without its asker for anybody to learn something from it.
	minSaid = 2
	// keepWait bounds keeping it: the answer does not need it.
	keepWait = 500 * time.Millisecond
)

// keep keeps the question on offer without its asker: it is not filed. When nothing is left of it to read, that it was asked is kept.
func (x *exchange) keep(place string) {
	if x.bot.cfg.Unanswered == nil || x.st.Offer.Kept != 0 {
		return
	}
	text, said := x.city.Words().Blank(x.st.Offer.Text)
	if said < minSaid {
		text = ""
	}
	ctx, cancel := context.WithTimeout(x.ctx, keepWait)
	defer cancel()
	id, err := x.bot.cfg.Unanswered.Keep(ctx, unanswered.Asked{Asker: x.msg.From, At: x.at(), Topic: x.st.Offer.Topic, Place: place, Text: text})
	if err != nil {
		x.fault("unanswered question", err)
	}
	x.st.Offer.Kept = id
}

// placeIn is the one row of a table that a question names, "" for none or several.
func placeIn(m intents.Match) string {
	place := ""
	for _, v := range m.Slots {
		switch {
		case len(v.Entries) == 0:
		case len(v.Entries) > 1 || place != "" && place != v.Entries[0]:
			return ""
		default:
			place = v.Entries[0]
		}
	}
	return place
}

// file hands in and tells the ticket's number; filed is false when there is none.
func (x *exchange) file(f inbox.Filing, topic, again string) (s draft, filed bool) {
	if x.bot.cfg.Inbox == nil {
		return x.flowing(topic, x.say("trial")), true
	}
	ticket, err := x.hand(f)
	if many, ok := errors.AsType[*inbox.TooMany](err); ok {
		return x.flowing(topic, x.say("too_many_filed", span(many.Wait))), false
	}
	if err != nil {
		x.fault("ticket is not filed", err)
		return x.flowing(topic, x.say("not_filed", again)), false
	}
	x.done = true
	return x.flowing(topic, x.say("ticket", ticket.Number)), true
}

// fileUnasked files a declined question within the hour's bound, and reports whether it is filed.
func (x *exchange) fileUnasked() bool {
	_, han := letters(x.said)
	if x.bot.cfg.Inbox == nil || x.lost || han < minFiled || !looksAsked(x.said) && !errand.in(x.said) {
		return false
	}
	now := x.now.Unix()
	var recent []int64
	for _, at := range x.st.Filed {
		if now-at < int64(time.Hour/time.Second) {
			recent = append(recent, at)
		}
	}
	x.st.Filed = recent
	if len(recent) >= filedPerHour {
		return false
	}
	_, err := x.hand(inbox.Filing{Kind: inbox.Question, Text: x.said, Topic: x.st.Offer.Topic})
	if _, many := errors.AsType[*inbox.TooMany](err); many {
		return false
	}
	if err != nil {
		x.fault("declined question is not filed", err)
		return false
	}
	x.st.Filed = append(x.st.Filed, now)
	x.done = true
	return true
}

// hand hands a matter of this message in.
func (x *exchange) hand(f inbox.Filing) (inbox.Ticket, error) {
	f.From, f.At, f.Message = x.msg.From, x.at(), x.msg.ID
	return x.bot.cfg.Inbox.File(x.ctx, f)
}

// at is when the resident wrote.
func (x *exchange) at() time.Time {
	if x.msg.At.IsZero() {
		return x.now
	}
	return x.msg.At
}
