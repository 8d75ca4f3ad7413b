package inbox

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// What a caller can tell apart with errors.Is.
var (
	// ErrOpen says that a ticket to be reopened has not ended.
	ErrOpen = errors.New("这条留言还没有结束，不用重新打开")
	// ErrGone says that nobody is left who could be answered.
	ErrGone = errors.New("提问的人都已取消关注，或者删除了信息，答复送不到：不能重新打开")
	// ErrAllSeparate says that nothing would be left of a group.
	ErrAllSeparate = errors.New("至少要留一条：请保留与这个问题相同的留言，只分出不同的")
)

const (
	// HoldFor is how long somebody who looks at a matter has it.
	HoldFor = 10 * time.Minute
	// MaxNote is the most characters of a note.
	MaxNote = 500
	// reached is how long after somebody wrote the platform lets them be written to.
	reached = 48 * time.Hour
)

// Hold is who has a matter. Anybody may take it over.
type Hold struct {
	By    audit.Actor // "" when nobody has it
	Name  string
	Until time.Time // zero when it was handed to them: until somebody takes it over
}

// Note is what a colleague wrote for colleagues.
type Note struct {
	Name string
	Text string
	At   time.Time
}

// Group is a matter as lists show it.
type Group struct {
	Ticket        // the first
	Tickets  int  // of its like, this one included
	Proposed bool // an answer waits for approval
	Hold     Hold
}

// Reach says whether the asker can be told an answer.
type Reach string

const (
	ReachNow   Reach = "now"    // they wrote within the time that the platform allows
	ReachLater Reach = "later"  // perhaps not before they write again
	ReachNone  Reach = "nobody" // they left
)

var reachLabels = map[Reach]string{ReachNow: "现在能送到", ReachLater: "居民再发消息时送到", ReachNone: "已不能送达"}

// Label is what an official reads for it, in Chinese.
func (r Reach) Label() string { return reachLabels[r] }

// Reach says whether an answer given now is told at once. Somebody may have written after they filed the ticket: then it is, too.
func (t Ticket) Reach(now time.Time) Reach {
	switch {
	case t.Gone:
		return ReachNone
	case now.Sub(t.FiledAt) < reached:
		return ReachNow
	}
	return ReachLater
}

// Groups is a page of matters, each by its first ticket, and the cursor of the next, "" at the end. Text is as Find's.
func (b *Inbox) Groups(ctx context.Context, f Filter, text string) ([]Group, string, error) {
	if f.HeldBy != "" {
		f.HeldAt = b.now()
	}
	if text == "" {
		limit := cmp.Or(f.Limit, 100)
		f.Limit = limit + 1
		all, err := b.store.Groups(ctx, f, b.now())
		if err != nil || len(all) <= limit {
			return all, "", err
		}
		return all[:limit], all[limit-1].Number, nil
	}
	f.First = true
	found, next, err := b.Find(ctx, f, text)
	if err != nil {
		return nil, "", err
	}
	groups := make([]Group, 0, len(found))
	for _, t := range found {
		g, err := b.store.Groups(ctx, Filter{Group: t.Number, Limit: 1}, b.now())
		if err != nil {
			return nil, "", err
		}
		groups = append(groups, g...)
	}
	return groups, next, nil
}

// Work is who has a matter, and what colleagues wrote about it.
func (b *Inbox) Work(ctx context.Context, group string) (Hold, []Note, error) {
	return b.store.Work(ctx, group, b.now())
}

// Take has somebody who looks at a matter hold it for HoldFor. When another has it, it stays theirs unless over is set.
func (b *Inbox) Take(ctx context.Context, actor audit.Actor, number, name string, over bool) (Hold, error) {
	return b.hold(ctx, b.act(actor, "ticket.hold", number), Hold{actor, clean(name), b.now().Add(HoldFor)}, over)
}

// HandOn gives a matter to a colleague, who has it until somebody takes it over.
func (b *Inbox) HandOn(ctx context.Context, actor audit.Actor, number string, to audit.Actor, name string) (Hold, error) {
	return b.hold(ctx, b.act(actor, "ticket.hand", number), Hold{By: to, Name: clean(name)}, true)
}

func (b *Inbox) hold(ctx context.Context, act audit.Act, wanted Hold, over bool) (Hold, error) {
	h, err := b.store.Hold(ctx, act, wanted, over)
	if err != nil {
		return Hold{}, fmt.Errorf("hold %q: %w", act.Subject, err)
	}
	return h, nil
}

// Note keeps a note for colleagues. The error may be an *problem.Invalid.
func (b *Inbox) Note(ctx context.Context, actor audit.Actor, number, name, text string) error {
	text = clean(text)
	wrong := func(reason string) error { return &problem.Invalid{Field: "text", Reason: reason} }
	switch n := utf8.RuneCountInString(text); {
	case n == 0:
		return wrong("没有填写，请写给同事看的话")
	case n > MaxNote:
		return wrong(fmt.Sprintf("有%d个字，最多%d个字", n, MaxNote))
	case phone.In(text):
		return wrong(phone.Unfit)
	}
	act := b.act(actor, "ticket.note", number)
	if err := b.store.AddNote(ctx, act, Note{clean(name), text, act.At}); err != nil {
		return fmt.Errorf("note on %q: %w", number, err)
	}
	return nil
}

// Separate takes tickets that ask something else out of number's group: each stands alone from then on. An answer that was proposed
// is gone. It does nothing about tickets that are not in the group. ErrAllSeparate.
func (b *Inbox) Separate(ctx context.Context, actor audit.Actor, number string, numbers []string) error {
	if err := b.store.Separate(ctx, b.act(actor, "ticket.separate", number), numbers); err != nil {
		return fmt.Errorf("separate from %q: %w", number, err)
	}
	return nil
}

// Reopen has number, and what ended with it, wait for an answer again, and returns how many tickets that are. The answer that it had stays as a
// note. ErrOpen, ErrGone.
func (b *Inbox) Reopen(ctx context.Context, actor audit.Actor, number, name string) (int, error) {
	t, err := b.store.Get(ctx, number)
	if err != nil {
		return 0, fmt.Errorf("reopen %q: %w", number, err)
	}
	text := "重新打开。此前由" + t.Owner + "关闭，没有答复。"
	if t.Status == Answered {
		text = "重新打开。此前" + t.Owner + "的答复：\n" + t.Answer
	}
	act := b.act(actor, "ticket.reopen", number)
	n, err := b.store.Reopen(ctx, act, due(act.At), Note{clean(name), text, act.At})
	if err != nil {
		return 0, fmt.Errorf("reopen %q: %w", number, err)
	}
	return n, nil
}

// Earlier is a ticket that was answered, and how like its question is to another, up to 1.
type Earlier struct {
	Ticket
	Likeness float64
}

const (
	// earlierLike is how like an earlier question must be for its answer to be shown, and lookBack how many are compared: to open so many
	// texts takes some 20 ms.
	earlierLike = 0.4
	lookBack    = 1000
)

// Earlier are the answers to the questions most like a ticket's, at most limit, each text of an answer once.
func (b *Inbox) Earlier(ctx context.Context, t Ticket, limit int) ([]Earlier, error) {
	all, err := b.store.Questions(ctx, b.now().Add(-KnownFor), lookBack)
	if err != nil {
		return nil, fmt.Errorf("look for earlier answers: %w", err)
	}
	var found []Earlier
	asked := core(t.Text)
	for _, other := range all {
		if other.Group == t.Group || strings.TrimSpace(other.Answer) == "" {
			continue
		}
		if s := similarity(asked, core(other.Text)); s >= earlierLike {
			found = append(found, Earlier{other, s})
		}
	}
	slices.SortStableFunc(found, func(a, b Earlier) int { return cmp.Compare(b.Likeness, a.Likeness) })
	said := map[string]bool{}
	found = slices.DeleteFunc(found, func(e Earlier) bool {
		again := said[e.Answer]
		said[e.Answer] = true
		return again
	})
	return found[:min(limit, len(found))], nil
}
