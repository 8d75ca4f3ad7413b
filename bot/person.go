package bot

import (
	"errors"
	"strings"
	"time"

	"towncrier/inbox"
	"towncrier/intents"
)

// handOver files that a person is wanted, once an hour and conversation, and returns what to say of it. What the resident writes
// next goes to that person.
func (x *exchange) handOver() string {
	if x.bot.cfg.Inbox == nil {
		return x.say("trial")
	}
	if x.handedOver() {
		x.st.Step = StepPerson
		return ""
	}
	ticket, err := x.hand(inbox.Filing{Kind: inbox.Handoff, Text: x.said, Topic: x.st.topic()})
	if many, ok := errors.AsType[*inbox.TooMany](err); ok {
		return x.say("too_many_handed", span(many.Wait))
	}
	if err != nil {
		x.fault("hand-off is not filed", err)
		return x.say("not_handed")
	}
	x.handed(ticket)
	x.st.Step = StepPerson
	return x.say("handed_over", ticket.Number)
}

// handedOver reports whether a person was asked for within the hour.
func (x *exchange) handedOver() bool {
	return x.st.Handed != 0 && x.now.Unix()-x.st.Handed < int64(time.Hour/time.Second)
}

func (x *exchange) handed(t inbox.Ticket) {
	x.st.Handed, x.st.Handoff = x.now.Unix(), t.Number
	x.done = true
}

// shortCommand is the most letters of a message that is a command in the middle of something else: 我想看看存了我的什么信息.
const shortCommand = 12

// askingPerson takes what a resident who asked for a person wants to ask. It always goes to the person, and is answered besides when
// something published answers it. A command or a greeting is none.
func (x *exchange) askingPerson() (draft, bool) {
	if saysNo(x.key) || saysRecord(x.key) || among(x.key, "确认", "提交") {
		return draft{}, false
	}
	n, _ := letters(x.said)
	if _, number := choice(x.key, len(x.st.Menu)); number && len(x.st.Menu) > 0 {
		return x.aside(StepPerson), true
	}
	if in := x.sureOf(); in != nil && in.Action != intents.NoAction && n <= shortCommand {
		return x.aside(StepPerson), true
	}
	if n < 2 || noise(x.key) || saysHeard(x.key) || saysYes(x.key) || isFiller(x.key) {
		x.st.Step = StepPerson
		return plain(x.say("person_waits")), true
	}
	told, kept := x.tellPerson()
	if !kept {
		x.st.Step = StepPerson
		return x.flow(intents.Human, told), true
	}
	s := x.flow(intents.Human, told)
	m := x.meaning(x.said)
	if id, certain := sure(m); certain && !x.acts(id) {
		s = x.respond(m)
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+told, "\n\n")
	}
	if x.st.Draft.Text != "" {
		s.tail = strings.TrimPrefix(s.tail+"\n\n"+x.say("draft_waits"), "\n\n")
	}
	return s, true
}

// tellPerson adds the message to the ticket by which a person was asked for, or files another when that takes nothing more, and
// returns what to say of it.
func (x *exchange) tellPerson() (told string, kept bool) {
	ticket, err := x.bot.cfg.Inbox.Append(x.ctx, inbox.Addition{From: x.msg.From, Number: x.st.Handoff, Text: x.said, At: x.at(), Message: x.msg.ID})
	if errors.Is(err, inbox.ErrNoTicket) {
		ticket, err = x.hand(inbox.Filing{Kind: inbox.Handoff, Text: x.said, Topic: x.st.topic()})
	}
	if many, ok := errors.AsType[*inbox.TooMany](err); ok {
		return x.say("too_many_handed", span(many.Wait)), false
	}
	if err != nil {
		x.fault("what is asked of a person is not kept", err)
		return x.say("not_noted"), false
	}
	x.handed(ticket)
	return x.say("with_person", ticket.Number), true
}
