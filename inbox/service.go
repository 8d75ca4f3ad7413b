package inbox

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/plaintext"
	"towncrier/problem"
)

// Limits on what is filed and answered.
const (
	// MaxText is the most characters a filing may have. A message in WeChat has about 600; the bot files no more.
	MaxText = 2000
	// A person may file so much, whatever the kind: an official reads each of them.
	TicketsAnHour = 5
	TicketsADay   = 20
	// RepliesADay bounds the tickets of one number that replies by SMS, and MaxReplies the characters of one of them: while
	// it is open, what the number sends goes into it.
	RepliesADay = 3
	MaxReplies  = 1000
	// noteMessages is how long it is known which ticket a message was filed as: far longer than a platform repeats one.
	noteMessages = 7 * 24 * time.Hour
	// MaxAnswer is the most characters of an answer. 600 Chinese characters are 1800 bytes, which leaves room for the
	// sentence before them in a reply of 2048 bytes.
	MaxAnswer      = 600
	maxAnswerBytes = 3 * MaxAnswer
	// compareGroups bounds how many open groups a new question is compared with, the newest first: 500 take a few
	// milliseconds.
	compareGroups = 500
)

// Inbox files what residents ask and takes the answers. Safe for concurrent use.
type Inbox struct {
	store Store
	now   func() time.Time
}

// New makes an Inbox over store. now is the clock, time.Now outside tests.
func New(store Store, now func() time.Time) *Inbox {
	return &Inbox{store: store, now: now}
}

// File keeps a matter and gives it its number. A question joins the open group of its like; one that its asker filed
// already is not filed twice, and the first ticket is returned. At may be zero: it is filed now.
func (b *Inbox) File(ctx context.Context, f Filing) (Ticket, error) {
	f.Text, f.Where = clean(f.Text), clean(f.Where)
	switch {
	case f.Kind != Suggestion && f.Kind != Question && f.Kind != Handoff:
		return Ticket{}, fmt.Errorf("file: unknown kind %q, want %s, %s or %s", f.Kind, Suggestion, Question, Handoff)
	case f.From == "":
		return Ticket{}, errors.New("file: the asker's id is empty")
	case f.Text == "" && f.Kind != Handoff: // who asks for a person need not say why
		return Ticket{}, errors.New("file: the text is empty")
	case utf8.RuneCountInString(f.Text) > MaxText:
		return Ticket{}, fmt.Errorf("file: the text has more than %d characters", MaxText)
	}
	if f.At.IsZero() {
		f.At = b.now()
	}
	f.Limits = []Limit{{TicketsAnHour, time.Hour}, {TicketsADay, 24 * time.Hour}}
	group := ""
	if f.Kind == Question {
		open, err := b.store.OpenQuestions(ctx, compareGroups)
		if err != nil {
			return Ticket{}, fmt.Errorf("file: look for like questions: %w", err)
		}
		group = closest(f.Text, open)
	}
	t, err := b.store.Add(ctx, f, group, due(f.At))
	if err != nil {
		return Ticket{}, fmt.Errorf("file: %w", err)
	}
	return t, nil
}

// Append adds to an open ticket what its asker writes. ErrNoTicket when the ticket is not theirs, no longer open, or full.
func (b *Inbox) Append(ctx context.Context, a Addition) (Ticket, error) {
	if a.Text = clean(a.Text); a.From == "" || a.Text == "" {
		return Ticket{}, errors.New("append to a ticket: there is no asker or no text")
	}
	if a.At.IsZero() {
		a.At = b.now()
	}
	t, err := b.store.Append(ctx, a, MaxText)
	if err != nil {
		return Ticket{}, fmt.Errorf("append to %q: %w", a.Number, err)
	}
	return t, nil
}

// FileReply keeps a reply by SMS for a person to read. What one number sends while its ticket is open goes into that ticket,
// up to MaxReplies characters, and is counted beyond; so one number never fills the inbox. *TooMany when it had RepliesADay
// tickets within a day.
func (b *Inbox) FileReply(ctx context.Context, r SMSReply) (Ticket, error) {
	if r.Text = clean(r.Text); r.From == "" || r.Text == "" {
		return Ticket{}, errors.New("file a reply: it has no number or no text")
	}
	if r.At.IsZero() {
		r.At = b.now()
	}
	t, err := b.store.AddReply(ctx, r, due(r.At), MaxReplies, []Limit{{RepliesADay, 24 * time.Hour}})
	if err != nil {
		return Ticket{}, fmt.Errorf("file a reply: %w", err)
	}
	return t, nil
}

// Collect returns answers that the asker has not been told, oldest first, and marks them told in reply to a message: it returns them
// again when that comes again. message is "" for none.
func (b *Inbox) Collect(ctx context.Context, from, message string) ([]Ticket, error) {
	return b.store.CollectFor(ctx, from, message, b.now())
}

// Forget removes the asker from every ticket; the tickets stay, without their author.
func (b *Inbox) Forget(ctx context.Context, from string) error {
	return b.store.Forget(ctx, from)
}

// CountOf is how many tickets somebody filed that are kept.
func (b *Inbox) CountOf(ctx context.Context, from string) (int, error) {
	return b.store.CountOf(ctx, from)
}

// Empty takes out of somebody's tickets who they are, what they wrote and what they were answered; open ones are closed.
func (b *Inbox) Empty(ctx context.Context, from string) error {
	return b.store.Empty(ctx, from, b.now())
}

// Expire deletes tickets that were settled before keep ago, at most limit, and says how many.
func (b *Inbox) Expire(ctx context.Context, keep time.Duration, limit int) (int, error) {
	return b.store.Expire(ctx, b.now().Add(-keep), b.now().Add(-noteMessages), limit)
}

// Answer answers number, and returns how many tickets that were: several when one person asked alike. owner is the official who answers, as
// it shall be shown to colleagues; actor is the same for the audit log. It returns ErrSecond when several people asked,
// ErrNoReply, ErrNoTicket, ErrAnswered, ErrClosed or an *problem.Invalid, wrapped.
func (b *Inbox) Answer(ctx context.Context, actor audit.Actor, number, owner, answer string) (int, error) {
	answer, err := b.checked(ctx, number, answer)
	if err != nil {
		return 0, err
	}
	n, err := b.store.AnswerOne(ctx, b.act(actor, "ticket.answer", number), clean(owner), answer)
	if err != nil {
		return 0, fmt.Errorf("answer %q: %w", number, err)
	}
	return n, nil
}

// Propose keeps an answer to all who asked alike, in place of one proposed before, until a second person approves it. Its
// errors are those of Answer, but for ErrSecond.
func (b *Inbox) Propose(ctx context.Context, actor audit.Actor, number, owner, answer string) (Proposal, error) {
	answer, err := b.checked(ctx, number, answer)
	if err != nil {
		return Proposal{}, err
	}
	return b.propose(ctx, actor, number, owner, answer)
}

// ProposeClosing is Propose of no answer: once approved, the tickets are closed.
func (b *Inbox) ProposeClosing(ctx context.Context, actor audit.Actor, number, owner string) (Proposal, error) {
	return b.propose(ctx, actor, number, owner, "")
}

func (b *Inbox) propose(ctx context.Context, actor audit.Actor, number, owner, answer string) (Proposal, error) {
	p := Proposal{ID: strings.ToLower(rand.Text()[:10]), Answer: answer, Owner: clean(owner), Actor: actor, At: b.now()}
	if err := b.store.Propose(ctx, b.act(actor, "ticket.propose", number), p); err != nil {
		return Proposal{}, fmt.Errorf("propose how %q ends: %w", number, err)
	}
	return p, nil
}

// Proposal is the answer that waits for approval; ErrProposal when there is none.
func (b *Inbox) Proposal(ctx context.Context, number string) (Proposal, error) {
	t, err := b.store.Get(ctx, number)
	if err != nil {
		return Proposal{}, fmt.Errorf("show the proposal for %q: %w", number, err)
	}
	return b.store.Proposal(ctx, t.Group)
}

// Approve sends a proposed answer to all who asked, or closes their tickets, as was proposed, and returns how many tickets that were. id is the Proposal's that was
// read. It returns ErrOwn to the person who proposed it, ErrProposal when it was replaced, ErrNoTicket, ErrAnswered or ErrClosed.
func (b *Inbox) Approve(ctx context.Context, actor audit.Actor, number, id string) (int, error) {
	n, err := b.store.Approve(ctx, b.act(actor, "ticket.approve", number), id)
	if err != nil {
		return 0, fmt.Errorf("approve the answer to %q: %w", number, err)
	}
	return n, nil
}

// StopSender has stop, which stops texts to a number, called with the number that wrote a reply, and closes the ticket. It
// returns ErrNoTicket, ErrNoNumber, or stop's error.
func (b *Inbox) StopSender(ctx context.Context, actor audit.Actor, number, owner string, stop func(context.Context, phone.Number) error) error {
	t, err := b.store.Get(ctx, number)
	if err == nil && t.Phone == "" {
		err = ErrNoNumber
	}
	if err == nil {
		err = stop(ctx, t.Phone)
	}
	if err == nil {
		_, err = b.store.SetClosed(ctx, b.act(actor, "ticket.stop", number), clean(owner))
	}
	if err != nil && !errors.Is(err, ErrClosed) {
		return fmt.Errorf("stop texts to who wrote %q: %w", number, err)
	}
	return nil
}

// checked is an answer that can be sent to the resident who filed number.
func (b *Inbox) checked(ctx context.Context, number, answer string) (string, error) {
	answer = strings.TrimSpace(plaintext.Lines(answer))
	if err := checkAnswer(answer); err != nil {
		return "", err
	}
	t, err := b.store.Get(ctx, number)
	if err == nil && t.Kind == Reply {
		err = ErrNoReply
	}
	if err != nil {
		return "", fmt.Errorf("answer %q: %w", number, err)
	}
	return answer, nil
}

// Close ends number without an answer, and returns how many tickets that were: several when one person asked alike. Its errors are
// those of Answer: what several people asked is closed as it is answered, by two.
func (b *Inbox) Close(ctx context.Context, actor audit.Actor, number, owner string) (int, error) {
	n, err := b.store.CloseOne(ctx, b.act(actor, "ticket.close", number), clean(owner))
	if err != nil {
		return 0, fmt.Errorf("close %q: %w", number, err)
	}
	return n, nil
}

// Standard notes which intent was begun to answer number, and what was asked alike, from now on.
func (b *Inbox) Standard(ctx context.Context, actor audit.Actor, number, intent string) error {
	if err := b.store.SetIntent(ctx, b.act(actor, "ticket.standard", number), intent); err != nil {
		return fmt.Errorf("make %q a standard answer: %w", number, err)
	}
	return nil
}

const (
	// KnownFor is how long a question that was filed and answered is one on which changes of the content are tried.
	KnownFor = 90 * 24 * time.Hour
	// maxKnown bounds these: so many take some 0.3 s of a trial.
	maxKnown = 3000
)

// Known are the questions that were filed within KnownFor, and were answered or made a standard answer: the newest first.
func (b *Inbox) Known(ctx context.Context) ([]Ticket, error) {
	return b.store.Questions(ctx, b.now().Add(-KnownFor), maxKnown)
}

func (b *Inbox) act(actor audit.Actor, action, number string) audit.Act {
	return audit.Act{Actor: actor, Action: action, Subject: number, At: b.now()}
}

// List returns tickets in the order of filing, or ErrCursor.
func (b *Inbox) List(ctx context.Context, f Filter) ([]Ticket, error) {
	return b.store.List(ctx, f)
}

// Show returns a ticket and the others of its group in the order of filing: an answer to it answers them too.
func (b *Inbox) Show(ctx context.Context, number string) (t Ticket, like []Ticket, err error) {
	t, err = b.store.Get(ctx, number)
	if err != nil {
		return Ticket{}, nil, fmt.Errorf("show %q: %w", number, err)
	}
	group, err := b.store.List(ctx, Filter{Group: t.Group})
	if err != nil {
		return Ticket{}, nil, fmt.Errorf("show %q: %w", number, err)
	}
	for _, other := range group {
		if other.Number != t.Number {
			like = append(like, other)
		}
	}
	return t, like, nil
}

func checkAnswer(answer string) error {
	wrong := func(format string, args ...any) error {
		return &problem.Invalid{Field: "answer", Reason: fmt.Sprintf(format, args...)}
	}
	if answer == "" {
		return wrong("没有填写，请写给居民看的答复")
	}
	if !utf8.ValidString(answer) {
		return wrong("不是有效的 UTF-8 文字，请用 UTF-8 编码")
	}
	for _, r := range answer {
		if unsafe(r) {
			return wrong("里面有看不见的控制字符（%U）：除换行外都要去掉", r)
		}
	}
	if n := utf8.RuneCountInString(answer); n > MaxAnswer || len(answer) > maxAnswerBytes {
		return wrong("有%d个字（%d字节），一条答复最多%d个字（%d字节），请写短一些", n, len(answer), MaxAnswer, maxAnswerBytes)
	}
	return nil
}

// unsafe reports runes that could rewrite the reader's screen: controls other than a line break, and
// the marks that turn the direction of writing.
func unsafe(r rune) bool {
	return unicode.IsControl(r) && r != '\n' || unicode.Is(unicode.Bidi_Control, r)
}

// clean makes what somebody wrote safe to show; what they meant is kept.
func clean(s string) string {
	s = strings.ReplaceAll(strings.ToValidUTF8(s, "\uFFFD"), "\r\n", "\n")
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		switch {
		case r == '\t' || r == '\r':
			return ' '
		case unsafe(r):
			return -1
		}
		return r
	}, s))
}
