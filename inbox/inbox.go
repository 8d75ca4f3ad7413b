// Package inbox holds what a person must answer: suggestions, questions that no published notice answers, and
// hand-offs. Like questions share a group, so that one answer serves all who asked.
package inbox

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
)

// What a caller can tell apart with errors.Is.
var (
	ErrNotFound = errors.New("no ticket has this number")
	ErrAnswered = errors.New("the ticket is answered already")
	ErrClosed   = errors.New("the ticket is closed")
	ErrCursor   = errors.New("not a ticket to go on after: start again without one")
	// ErrUnreachable is for a Teller: the asker cannot be pushed to now, and will be told when they next write.
	ErrUnreachable = errors.New("the asker cannot be reached now")
)

// InvalidError names what was handed in wrongly. It never holds the value.
type InvalidError struct {
	Field  string // "answer"
	Reason string // what is wrong and what would be right
}

func (e *InvalidError) Error() string { return e.Field + ": " + e.Reason }

// Kind is why a ticket exists.
type Kind string

const (
	Suggestion Kind = "suggestion"
	Question   Kind = "question" // declined by the bot, filed because the resident said yes or because it recurs
	Handoff    Kind = "handoff"
)

// Status is where a ticket stands.
type Status string

const (
	Open     Status = "open"
	Answered Status = "answered" // Answer is set; ToldAt says whether the asker knows
	Closed   Status = "closed"   // ended without an answer to the asker
)

// Filing is what the bot hands in.
type Filing struct {
	From  string // the asker's platform id; sealed at rest
	Kind  Kind
	Text  string // what the resident wrote; sealed at rest
	Where string // the place that a suggestion is about; sealed at rest, "" when not given
	Topic string // the nearest intent, "" when none
	At    time.Time
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
	Owner      string // who answered or closed it; "" until then
	FiledAt    time.Time
	DueAt      time.Time
	Answer     string
	AnsweredAt time.Time
	ClosedAt   time.Time
	ToldAt     time.Time // zero until the asker was told
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
	Status Status // "" means Open, unless Group is set
	Kind   Kind   // "" means every kind
	After  string // number of a ticket: only those behind it in the order of List; whatever became of it since
	Limit  int    // 0 means 100
}

// Store keeps tickets. Implementations are safe for concurrent use by several processes, and each method happens
// whole or not at all.
type Store interface {
	// Add files a ticket and gives it its number. It joins group when that names the first ticket of a group that is
	// still open, and starts a group of its own otherwise. When the asker has an open ticket in group already, that
	// one is returned and nothing is filed.
	Add(ctx context.Context, f Filing, group string, due time.Time) (Ticket, error)
	// OpenQuestions lists the first ticket of every open group of questions, newest first, at most limit.
	OpenQuestions(ctx context.Context, limit int) ([]Ticket, error)
	Get(ctx context.Context, number string) (Ticket, error) // ErrNotFound
	// List is in the order of filing. ErrCursor when no ticket has the number After.
	List(ctx context.Context, f Filter) ([]Ticket, error)
	// SetAnswer answers every open ticket of the group that act.Subject belongs to, at act.At, and returns how many; act is
	// audited with it, that count as its Detail. Of several callers one wins; the others get ErrAnswered or ErrClosed.
	SetAnswer(ctx context.Context, act audit.Act, owner, answer string) (int, error)
	// SetClosed ends every open ticket of the group that act.Subject belongs to; all else as SetAnswer.
	SetClosed(ctx context.Context, act audit.Act, owner string) (int, error)
	// ClaimUntold leases answered tickets whose asker is not told yet, oldest answer first: no other caller gets them
	// before until. A ticket that Defer put off, or whose asker was forgotten, is left out.
	ClaimUntold(ctx context.Context, limit int, now, until time.Time) ([]Pending, error)
	// Told marks the asker as told, whoever holds the lease: what was said was said.
	Told(ctx context.Context, number string, at time.Time) error
	// Defer gives up on pushing: the asker is told when they next write. It does nothing once p's lease has passed to
	// another caller.
	Defer(ctx context.Context, p Pending) error
	// CollectFor returns this asker's untold answers, oldest first, and marks them told. One that is leased at that
	// moment is left to its lessee, so that nobody is told twice.
	CollectFor(ctx context.Context, from string, at time.Time) ([]Ticket, error)
	// Forget removes every trace of the asker; tickets stay without author.
	Forget(ctx context.Context, from string) error
}

// chinaTime is the one civil time of the country, without daylight saving since 1991: a fixed offset is exact and
// needs no zone database.
var chinaTime = time.FixedZone("Asia/Shanghai", 8*60*60)

// Day is the civil date in China of an instant, as a ticket's number begins with it: 20231113.
func Day(at time.Time) string { return at.In(chinaTime).Format("20060102") }

// Number is the nth ticket's number of a day, n counted from 1: 20231113-0042. It has five digits after the hyphen
// from the 10,000th of a day on.
func Number(day string, n int) string { return fmt.Sprintf("%s-%04d", day, n) }
