// Package inbox holds what a person must answer: suggestions, questions that no published notice answers, and
// hand-offs. Like questions share a group, so that one answer serves all who asked.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// What a caller can tell apart with errors.Is.
var (
	ErrNoTicket = problem.NotFound("没有这个编号的留言：请核对编号")
	ErrAnswered = errors.New("这条留言已经答复")
	ErrClosed   = errors.New("这条留言已经关闭")
	// ErrUnreachable is for a Teller: the asker cannot be pushed to now, and will be told when they next write.
	ErrUnreachable = errors.New("现在联系不上提问的居民")
	// ErrSecond says that several people asked: an answer to them, or that they get none, is proposed, and a second person approves it.
	ErrSecond = errors.New("有多人问了同一件事：请先拟稿，再由同事批准")
	// ErrOwn says that the person who proposed an answer may not approve it.
	ErrOwn = errors.New("这是您自己拟的答复：须由另一位同事批准")
	// ErrProposal says that there is no such proposed answer, or not any more.
	ErrProposal = errors.New("没有这份待批准的答复，或者已经换成了新的：请重新查看这条留言")
	// ErrNoReply is for a reply by SMS: no template carries a free answer to a number.
	ErrNoReply = errors.New("短信回复不能在这里答复：可以停发短信，或者关闭这条留言")
	// ErrNoNumber says that a ticket did not come by SMS, or that its number's owner was erased.
	ErrNoNumber = errors.New("这条留言没有手机号，不能停发短信")
)

// TooMany says that somebody filed as much as they may for now.
type TooMany struct{ Wait time.Duration }

func (e *TooMany) Error() string {
	return fmt.Sprintf("留言太频繁：请等%s", e.Wait.Round(time.Second))
}

// Kind is why a ticket exists.
type Kind string

const (
	Suggestion Kind = "suggestion"
	Question   Kind = "question" // declined by the bot, filed because the resident said yes or because it recurs
	Handoff    Kind = "handoff"
	Reply      Kind = "reply" // to a text, by SMS, and no stop word
)

// Status is where a ticket stands.
type Status string

const (
	Open     Status = "open"
	Answered Status = "answered" // Answer is set; ToldAt says whether the asker knows
	Closed   Status = "closed"   // ended without an answer to the asker
	// AnyStatus is of a Filter: every ticket.
	AnyStatus Status = "any"
)

// Filing is what the bot hands in.
type Filing struct {
	From  string // the asker's platform id; sealed at rest
	Kind  Kind
	Text  string // what the resident wrote; sealed at rest
	Where string // the place that a suggestion is about; sealed at rest, "" when not given
	Topic string // the nearest intent, "" when none
	At    time.Time
	// Message names the resident's message: filed again from the same message with the same text, as after a crash, it is
	// the first ticket. "" when there is no such message.
	Message string
	Limits  []Limit // what this person may file, this included; File sets it
}

// Limit is how much somebody may file within a time.
type Limit struct {
	N   int
	Per time.Duration
}

// Addition is what the asker of a ticket adds to it.
type Addition struct {
	From    string // as of Filing
	Number  string // of the ticket
	Text    string
	At      time.Time
	Message string // as of Filing
}

// SMSReply is a reply to a text that no machine understands.
type SMSReply struct {
	From    phone.Number
	Text    string
	At      time.Time
	Message string // as of Filing
}

// Ticket is one filed matter. Times are UTC, to the millisecond; a zero time means that it has not happened.
type Ticket struct {
	Number     string // shown to the resident, unique for ever
	Kind       Kind
	Status     Status
	Text       string
	Where      string
	Topic      string
	Group      string // number of the first ticket of its like; its own number when it is the first
	Owner      string // the person who answered or closed it; "" until then
	FiledAt    time.Time
	DueAt      time.Time
	Answer     string
	AnsweredAt time.Time
	ClosedAt   time.Time
	ToldAt     time.Time // zero until the asker was told
	// Phone wrote a Reply: it prints masked. "" for other kinds, and once its owner was erased.
	Phone    phone.Number
	Messages int    // replies that a Reply stands for, 1 for other kinds; not all of them are in Text
	Intent   string // that a draft of content was begun with, to answer its question from now on; "" for none
	Gone     bool   // nobody is left who could be told: they unfollowed, or were erased
}

// Proposal is an answer to several askers that waits for a second person.
type Proposal struct {
	ID     string      // of this text: another proposal has another
	Answer string      // "" proposes to close their tickets without one
	Owner  string      // the person who proposes it, as shown to colleagues
	Actor  audit.Actor // the same for the audit log; may not approve it
	At     time.Time
}

// Pending is an answer on its way to its asker, leased to one caller.
type Pending struct {
	Ticket Ticket
	From   string    // opened from its seal for this one delivery; never logged
	Tries  int       // how often it was claimed, this time included
	Until  time.Time // when the lease ends
}

// Filter narrows List.
type Filter struct {
	Group  string // every ticket of this group, whatever its status unless Status is set too
	Status Status // "" means Open, unless Group is set; or AnyStatus
	Kind   Kind   // "" means every kind
	// Instants of which a zero one is no bound: the first that counts, and the first that does not.
	FiledFrom, FiledBefore time.Time
	DueFrom, DueBefore     time.Time
	// By leaves only tickets that this person answered or closed, ByName those of before tickets knew By.
	By     audit.Actor
	ByName string
	// Proposed leaves only tickets with an answer that waits for approval.
	Proposed bool
	// HeldBy leaves only those that somebody has at HeldAt.
	HeldBy audit.Actor
	HeldAt time.Time
	First  bool   // only the first ticket of each group
	Newest bool   // the newest first
	After  string // number of a ticket: only those behind it in the order of List, even if it has changed since
	Limit  int    // 0 means 100
}

// Counts are how many tickets there are.
type Counts struct {
	Statuses map[Status]int
	// Of the open ones. Overdue are past their day, the oldest since OverdueSince; Today are due today.
	Kinds          map[Kind]int
	Overdue, Today int
	OverdueSince   time.Time // when the first of them was due; zero for none
	Proposed       int       // groups with an answer that waits for approval
}

// Proposed is a proposal with the first ticket of its group.
type Proposed struct {
	Ticket   string // number
	Proposal Proposal
}

// Store keeps tickets. Implementations are safe for concurrent use by several processes, and each method happens
// whole or not at all.
type Store interface {
	// Add files a ticket and gives it its number. It joins group when that names the first ticket of a group that is
	// still open, and starts a group of its own otherwise. When the asker has an open ticket in group already, that
	// one is returned and nothing is filed.
	// A message that was filed before is not filed again: its ticket is returned. *TooMany when a limit forbids it.
	Add(ctx context.Context, f Filing, group string, due time.Time) (Ticket, error)
	// AddReply files a reply by SMS. While a number has an open ticket, what it sends is added to that one: text keeps at
	// most most runes, messages counts all. *TooMany when a new ticket would break a limit.
	AddReply(ctx context.Context, r SMSReply, due time.Time, most int, limits []Limit) (Ticket, error)
	// Append adds text, as a line of its own, to an open ticket of its asker's that keeps at most most runes. A message that was
	// appended before is not again. ErrNoTicket when there is no such ticket, or no room in it.
	Append(ctx context.Context, a Addition, most int) (Ticket, error)
	// OpenQuestions lists the first ticket of every open group of questions, newest first, at most limit.
	OpenQuestions(ctx context.Context, limit int) ([]Ticket, error)
	Get(ctx context.Context, number string) (Ticket, error) // ErrNoTicket
	// List is in the order of filing, or the newest first. ErrCursor when no ticket has the number After.
	List(ctx context.Context, f Filter) ([]Ticket, error)
	// Groups are those of List that are the first of their like, with how they stand now.
	Groups(ctx context.Context, f Filter, now time.Time) ([]Group, error)
	// Hold gives the open group that act.Subject belongs to to somebody, and returns who has it then: whoever had it at act.At keeps it unless
	// take is set. Who holds on, and who looks at what was handed to them, changes nothing that is audited. ErrNoTicket, ErrAnswered, ErrClosed.
	Hold(ctx context.Context, act audit.Act, wanted Hold, take bool) (Hold, error)
	// Work is who has a group now, and its notes, the oldest first.
	Work(ctx context.Context, group string, now time.Time) (Hold, []Note, error)
	// AddNote keeps a note on the group that act.Subject belongs to. ErrNoTicket.
	AddNote(ctx context.Context, act audit.Act, n Note) error
	// Separate makes open tickets of the group that act.Subject belongs to groups of their own; a proposal for the group goes. Numbers that are not
	// in it are passed over. ErrAllSeparate; ErrNoTicket, ErrAnswered, ErrClosed.
	Separate(ctx context.Context, act audit.Act, numbers []string) error
	// Reopen has the whole group that act.Subject belongs to wait for an answer again, and keeps a note on it. ErrOpen, ErrGone, ErrNoTicket.
	Reopen(ctx context.Context, act audit.Act, due time.Time, n Note) (int, error)
	// Counts counts tickets; what is due before today is overdue.
	Counts(ctx context.Context, today, tomorrow time.Time) (Counts, error)
	// Proposed lists answers that somebody other than actor proposed, the oldest first.
	Proposed(ctx context.Context, actor audit.Actor, limit int) ([]Proposed, error)
	// SetAnswer answers every open ticket of the group that act.Subject belongs to, at act.At, and returns how many; act is
	// audited with it, that count as its Detail. Of several callers one wins; the others get ErrAnswered or ErrClosed.
	SetAnswer(ctx context.Context, act audit.Act, owner, answer string) (int, error)
	// AnswerOne is SetAnswer while only one person asked, and ErrSecond otherwise.
	AnswerOne(ctx context.Context, act audit.Act, owner, answer string) (int, error)
	// CloseOne is SetClosed while only one person asked, and ErrSecond otherwise.
	CloseOne(ctx context.Context, act audit.Act, owner string) (int, error)
	// Propose keeps an answer for the open group that act.Subject belongs to, in place of one before. ErrNoTicket,
	// ErrAnswered, ErrClosed.
	Propose(ctx context.Context, act audit.Act, p Proposal) error
	// Proposal is what waits for a group; ErrProposal when nothing does.
	Proposal(ctx context.Context, group string) (Proposal, error)
	// Approve answers the group with its proposal, or closes it without an answer, as the proposal says. It is then gone. ErrProposal when id is not the proposal's, ErrOwn when
	// act.Actor proposed it; else as SetAnswer.
	Approve(ctx context.Context, act audit.Act, id string) (int, error)
	// SetClosed ends every open ticket of the group that act.Subject belongs to, without an answer; all else as SetAnswer.
	SetClosed(ctx context.Context, act audit.Act, owner string) (int, error)
	// ClaimUntold leases answered tickets whose asker is not told yet, oldest answer first: no other caller gets them
	// before until, which is at most Lease from now: a lease of a clock that was hours ahead is none. A ticket that Defer put off,
	// or whose asker was forgotten, is left out.
	ClaimUntold(ctx context.Context, limit int, now, until time.Time) ([]Pending, error)
	// Told marks the asker as told, even when another process holds the lease: the message was sent.
	Told(ctx context.Context, number string, at time.Time) error
	// Defer gives up on pushing: the asker is told when they next write. It does nothing once p's lease has passed to
	// another caller.
	Defer(ctx context.Context, p Pending) error
	// CollectFor returns this asker's untold answers, oldest first, and marks them told in reply to a message; "" for none. When the
	// same message comes again, as after a crash, it returns them again. One that is leased at that moment is left to its lessee, so
	// that nobody is told twice.
	CollectFor(ctx context.Context, from, message string, at time.Time) ([]Ticket, error)
	// SetIntent notes for the group that act.Subject belongs to which intent was begun to answer it. ErrNoTicket.
	SetIntent(ctx context.Context, act audit.Act, intent string) error
	// Questions are those that were filed since and were answered, and whatever was filed since and has an intent: the newest first, at most limit.
	Questions(ctx context.Context, since time.Time, limit int) ([]Ticket, error)
	// Forget removes every trace of the asker; tickets stay without author.
	Forget(ctx context.Context, from string) error
	// CountOf is how many tickets somebody filed that are kept.
	CountOf(ctx context.Context, from string) (int, error)
	// Empty is Forget, and takes what they wrote and were answered out of their tickets; open ones are closed.
	Empty(ctx context.Context, from string, at time.Time) error
	// Expire deletes groups of which everything was answered or closed before, at most limit tickets, and notes of messages
	// that came before messages.
	Expire(ctx context.Context, before, messages time.Time, limit int) (tickets int, err error)
}

// chinaTime is the one civil time of the country, without daylight saving since 1991: a fixed offset is exact and
// needs no zone database.
var chinaTime = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day is the civil date in China of an instant, as a ticket's number begins with it: 20231113.
func Day(at time.Time) string { return at.In(chinaTime).Format("20060102") }

// Number is the nth ticket's number of a day, n counted from 1: 20231113-0042. It has five digits after the hyphen
// from the 10,000th of a day on.
func Number(day string, n int) string { return fmt.Sprintf("%s-%04d", day, n) }
