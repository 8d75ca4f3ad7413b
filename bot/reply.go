package bot

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"time"

	"towncrier/city"
	"towncrier/inbox"
	"towncrier/intents"
	"towncrier/roster"
)

// Config is what a Bot works with.
type Config struct {
	City       func() *city.City // the content in force now; asked once a message
	Sessions   Sessions
	Inbox      Inbox            // nil files nothing, and residents are told so
	Unanswered Unanswered       // nil keeps nothing of what is declined and not filed
	Roster     Roster           // nil keeps nothing of a resident, and they are told so
	Codes      Codes            // nil binds no number, and residents are told so
	Colleagues Colleagues       // nil takes nobody for a member of staff
	Sent       roster.Texts     // nil knows of nothing that was sent
	Now        func() time.Time // nil is time.Now
	Log        *slog.Logger     // nil is slog.Default()
}

// Bot holds conversations. Safe for concurrent use. Of two messages of one resident handled at the same time the one
// that ends last leaves the dialogue's state; each reply is right for the state that it began with.
type Bot struct{ cfg Config }

// New makes a Bot of cfg.
func New(cfg Config) *Bot {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.Log == nil {
		cfg.Log = slog.Default()
	}
	return &Bot{cfg}
}

// Reply answers one message. It fails only when no content is loaded or ctx is over before it began: with a broken
// session store, inbox or roster the resident is answered all the same, from the message alone, and is
// never told that something was kept when it was not.
func (b *Bot) Reply(ctx context.Context, msg Message) (Reply, error) {
	if err := ctx.Err(); err != nil {
		return Reply{}, err
	}
	c := b.cfg.City()
	if c == nil {
		return Reply{}, errors.New("reply: no content is loaded")
	}
	if msg.Kind == Unfollow {
		b.forget(ctx, msg.From)
		return Reply{Kind: Silence}, nil
	}
	if text, ok := b.colleague(ctx, msg); ok {
		return Reply{Kind: Flowing, Text: text}, nil
	}
	t := &exchange{bot: b, ctx: ctx, city: c, msg: msg, now: b.cfg.Now()}
	before, loaded := t.load()
	t.st = before
	r := t.withAnswers(t.handle(), before)
	if loaded && !t.gone {
		if err := b.cfg.Sessions.Save(ctx, msg.From, t.st); err != nil {
			t.fault("conversation is not kept", err)
		}
	}
	return r, nil
}

// colleague takes what a member of staff does about their own account.
func (b *Bot) colleague(ctx context.Context, msg Message) (text string, ok bool) {
	if b.cfg.Colleagues == nil {
		return "", false
	}
	ctx, cancel := context.WithTimeout(ctx, collectWait)
	defer cancel()
	var err error
	switch msg.Kind {
	case Scan, Follow:
		text, ok, err = b.cfg.Colleagues.Scanned(ctx, msg.From, msg.Text)
	case Text:
		text, ok, err = b.cfg.Colleagues.Said(ctx, msg.From, msg.Text)
	}
	if err != nil {
		(&exchange{bot: b, ctx: ctx, msg: msg}).fault("what a member of staff did about their account is lost", err)
	}
	return text, ok
}

// forget deletes what is known of a resident who left: the platform's rule for accounts, and the city's promise.
func (b *Bot) forget(ctx context.Context, from string) {
	t := &exchange{bot: b, ctx: ctx, msg: Message{From: from}}
	if err := b.cfg.Sessions.Delete(ctx, from); err != nil {
		t.fault("conversation is not deleted", err)
	}
	if b.cfg.Colleagues != nil {
		if err := b.cfg.Colleagues.Left(ctx, from); err != nil {
			t.fault("account is not taken from a member of staff", err)
		}
	}
	if b.cfg.Inbox != nil {
		if err := b.cfg.Inbox.Forget(ctx, from); err != nil {
			t.fault("asker is not removed from tickets", err)
		}
	}
	if b.cfg.Roster != nil {
		if err := b.cfg.Roster.Unfollow(ctx, from); err != nil && !errors.Is(err, roster.ErrNoResident) {
			t.fault("what came from the platform is not deleted", err)
		}
	}
}

// exchange is one message and its reply, while the message is handled.
type exchange struct {
	bot      *Bot
	ctx      context.Context
	city     *city.City
	msg      Message
	now      time.Time
	st       State
	redacted               // said are the message's words, cleaned, without personal numbers
	key      string        // said, folded: what short replies are compared by
	match    intents.Match // the last reading
	done     bool          // something was filed or recorded: the exchange cannot be taken back
	lost     bool          // the conversation could not be loaded
	gone     bool          // the conversation was deleted at the resident's wish
	again    bool          // the open question was put off before

	meant      *intents.Match // memory of meaning, for this text and topic
	meantText  string
	meantTopic string
}

// load returns the conversation so far. A store that fails is logged once and not asked to save.
func (x *exchange) load() (State, bool) {
	st, err := x.bot.cfg.Sessions.Load(x.ctx, x.msg.From)
	if err != nil {
		x.fault("conversation is not loaded", err)
		x.lost = true
		return State{Version: stateVersion}, false
	}
	if st.Version != stateVersion {
		st = State{Version: stateVersion}
	}
	return st, true
}

// fault logs what went wrong inside. The resident's id is taken out of the error, should an adapter have put it in.
func (x *exchange) fault(what string, err error) {
	text := err.Error()
	if x.msg.From != "" {
		text = strings.ReplaceAll(text, x.msg.From, "[resident]")
	}
	x.bot.cfg.Log.ErrorContext(x.ctx, what, "err", text)
}

// withAnswers puts the answers of officials in front of a reply. Those that do not fit wait in the conversation. When
// not even one fits beside the reply it is told alone, and the message is taken back as if it had not been read;
// what was filed already is not taken back, then the answer waits instead.
func (x *exchange) withAnswers(s draft, before State) Reply {
	r := s.Reply
	r.Text = s.fit(city.MaxReply)
	waiting := x.collect()
	if len(waiting) == 0 {
		x.st.Waiting = nil
		return r
	}
	text, n := "", 0
	for _, w := range waiting {
		if len(text)+len(w)+len("\n\n")+len(r.Text) > city.MaxReply {
			break
		}
		text += w + "\n\n"
		n++
	}
	x.st.Waiting = waiting[n:]
	if n > 0 || x.done {
		r.Text = text + r.Text
		return r
	}
	x.st = before
	x.st.Waiting = waiting[1:]
	alone := x.flowing(x.suggestID(), waiting[0])
	alone.tail = x.say("send_again")
	alone.Text = alone.fit(city.MaxReply)
	return alone.Reply
}

// collectWait bounds the look for answers of officials: a database that hangs must not hold up an answer that does not
// need it.
const collectWait = 500 * time.Millisecond

// maxWaiting bounds what State holds of officials' answers: eight of at most 1.9 KiB.
const maxWaiting = 8

// collect returns the texts of the answers that this resident has not been told, the oldest first.
func (x *exchange) collect() []string {
	waiting := x.st.Waiting
	if x.bot.cfg.Inbox == nil || x.lost {
		return waiting
	}
	ctx, cancel := context.WithTimeout(x.ctx, collectWait)
	defer cancel()
	tickets, err := x.bot.cfg.Inbox.Collect(ctx, x.msg.From, x.msg.ID)
	if err != nil {
		x.fault("answers of officials are not collected", err)
		return waiting
	}
	for _, ticket := range tickets {
		if len(waiting) == maxWaiting {
			x.bot.cfg.Log.ErrorContext(x.ctx, "answer was not told: too many at once", "ticket", ticket.Number)
			continue
		}
		waiting = append(waiting, inbox.AnswerText(ticket))
	}
	return waiting
}

// byAction finds the intent that triggers a behaviour; nil when the city has none. Of several the first by ID counts.
func (x *exchange) byAction(a intents.Action) *intents.Intent {
	var found *intents.Intent
	for _, in := range x.city.Intents {
		if in.Action == a && (found == nil || in.ID < found.ID) {
			found = in
		}
	}
	return found
}
