package bot

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"towncrier/inbox"
	"towncrier/intents"
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
// A question is filed at once and with its asker: they wrote it to be answered, and whoever answers it can then reach
// them; the inbox keeps one ticket a person and question, so that asking twice or saying 记录 adds none. Who says 不用
// gives up the number, not the answer, and is told so. What has not the form of a question or an errand (small talk,
// noise, insults, numbers) is not filed unasked, and at most filedPerHour of one conversation are.
func (t *turn) decline(m intents.Match) say {
	t.open(nil, false)
	s := say{Reply: Reply{Kind: Declined, Confidence: m.Confidence, Text: sayDeclined}}
	if n, han := letters(t.key); onlyDigits(t.key) || noise(t.key) || n < 2 || han == 0 && !strings.Contains(t.said, " ") {
		s.Text = sayNonsense
		s.tail = sayAskHelp
		return s
	}
	nearest := ""
	if m.Confidence >= plausible {
		if ids := t.nearest(m); len(ids) > 0 {
			nearest = ids[0]
			s.Text += "\n\n" + sayNearest + t.menu(ids)
			t.open(ids, false)
		}
	}
	switch in := t.byAction(intents.Help); {
	case nearest != "" || in == nil:
	case !t.st.Helped: // what can be asked is told in full once; after that it takes a word to see it again
		t.st.Helped = true
		s.Text += "\n\n" + in.Answer
	default:
		s.Text += sayAskHelp
	}
	t.offer(nearest, "")
	s.Text += "\n\n" + sayOffer
	if t.fileUnasked() {
		t.st.Offer.Filed = true
		s.Text = strings.TrimSuffix(s.Text, sayOffer) + sayFiled
	}
	return s
}

// offer keeps the question until the resident says whether to record it.
func (t *turn) offer(nearest, flow string) {
	t.st.Step = StepOffer
	t.st.Offer = Offer{Text: t.said, Topic: nearest, Flow: flow}
}

// record files the question that was offered to be recorded.
func (t *turn) record() say {
	topic := t.st.Offer.Flow
	if topic == "" {
		topic = t.suggestID()
	}
	s, filed := t.file(inbox.Filing{Kind: inbox.Question, Text: t.st.Offer.Text, Topic: t.st.Offer.Topic}, topic, "记录")
	if filed {
		t.st.Offer = Offer{}
	}
	return s
}

// file hands in and tells the ticket's number; filed is false when there is none.
func (t *turn) file(f inbox.Filing, topic, again string) (s say, filed bool) {
	if t.bot.cfg.Inbox == nil {
		return t.flowing(topic, sayTrial), true
	}
	ticket, err := t.hand(f)
	if many, ok := errors.AsType[*inbox.TooMany](err); ok {
		return t.flowing(topic, fmt.Sprintf(sayTooManyFiled, span(many.Wait))), false
	}
	if err != nil {
		t.fault("ticket is not filed", err)
		return t.flowing(topic, fmt.Sprintf(sayNotFiled, again)), false
	}
	t.done = true
	return t.flowing(topic, fmt.Sprintf(sayTicket, ticket.Number)), true
}

// fileUnasked files a declined question within the hour's bound, and reports whether it is filed.
func (t *turn) fileUnasked() bool {
	_, han := letters(t.said)
	if t.bot.cfg.Inbox == nil || t.lost || han < minFiled || !looksAsked(t.said) && !errand.in(t.said) {
		return false
	}
	now := t.now.Unix()
	var recent []int64
	for _, at := range t.st.Filed {
		if now-at < int64(time.Hour/time.Second) {
			recent = append(recent, at)
		}
	}
	t.st.Filed = recent
	if len(recent) >= filedPerHour {
		return false
	}
	_, err := t.hand(inbox.Filing{Kind: inbox.Question, Text: t.said, Topic: t.st.Offer.Topic})
	if _, many := errors.AsType[*inbox.TooMany](err); many {
		return false
	}
	if err != nil {
		t.fault("declined question is not filed", err)
		return false
	}
	t.st.Filed = append(t.st.Filed, now)
	t.done = true
	return true
}

// handOver files that a person is wanted, once an hour and conversation, and returns what to say of it.
func (t *turn) handOver() string {
	if t.bot.cfg.Inbox == nil {
		return sayTrial
	}
	if t.st.Handed != 0 && t.now.Unix()-t.st.Handed < int64(time.Hour/time.Second) {
		return ""
	}
	ticket, err := t.hand(inbox.Filing{Kind: inbox.Handoff, Text: t.said, Topic: t.st.topic()})
	if many, ok := errors.AsType[*inbox.TooMany](err); ok {
		return fmt.Sprintf(sayTooManyHanded, span(many.Wait))
	}
	if err != nil {
		t.fault("hand-off is not filed", err)
		return sayNotHanded
	}
	t.st.Handed = t.now.Unix()
	t.done = true
	return fmt.Sprintf(sayHandedOver, ticket.Number)
}

// hand hands a matter of this message in.
func (t *turn) hand(f inbox.Filing) (inbox.Ticket, error) {
	f.From, f.At, f.Message = t.msg.From, t.at(), t.msg.ID
	return t.bot.cfg.Inbox.File(t.ctx, f)
}

// at is when the resident wrote.
func (t *turn) at() time.Time {
	if t.msg.At.IsZero() {
		return t.now
	}
	return t.msg.At
}
