package sms

import (
	"context"
	"time"
)

// Store keeps texts and what came back about them. Implementations seal personal data, are safe for concurrent use by
// several processes, and each method happens whole or not at all.
type Store interface {
	// Begin makes t Sending until the lease ends, at most LongestSend from now, when it is new (by its OutID) or Pending; won is then true. Otherwise it
	// changes nothing, and state is where t stands. A new text is kept of the resident who has its number, if any.
	Begin(ctx context.Context, kind Kind, t Text, now, until time.Time) (state State, won bool, err error)
	// End records the outcome of a call that Begin allowed. A receipt that was faster keeps its word; the handle is
	// kept in any case, and receipts that wait for it become due: woken counts them.
	End(ctx context.Context, outID string, o Outcome, at time.Time) (woken int, err error)
	// Sweep settles what nobody else will: Sending whose lease ended becomes Doubtful; codes that are Pending since
	// pendingBefore become Failed, "late"; what is Accepted or Doubtful since unknownBefore becomes Unknown. limit bounds
	// how many of each. A lease of a clock that was hours ahead has ended.
	Sweep(ctx context.Context, now, pendingBefore, unknownBefore time.Time, limit int) (Swept, error)

	// Keep stores what was pushed, all of it or nothing. An element that is kept already is not kept again; n counts the
	// new ones.
	Keep(ctx context.Context, elements []Element, at time.Time) (n int, err error)
	// Claim leases unhandled elements that are due, the longest due first: no other caller gets them before until. What waits
	// for longer than LongestWait was put off by a clock that was ahead, and is due. One that cannot be opened is leased too; the error says so, and the others are returned beside it.
	Claim(ctx context.Context, limit int, now, until time.Time) ([]Inbound, error)
	// Apply moves the texts that these receipts are about, and marks the receipts handled. Those that no text is known for
	// are returned, unhandled. Delivered is never overwritten.
	Apply(ctx context.Context, receipts []Inbound, at time.Time) (unmatched []Inbound, err error)
	// Handled marks elements as done with.
	Handled(ctx context.Context, ids []int64, at time.Time) error
	// Later makes unhandled elements due at another time, at most LongestWait from now.
	Later(ctx context.Context, ids []int64, due time.Time) error
	// StopRates counts replies that stopped texts after minute and after day, and texts sent after day; those of a broadcast
	// count until a day after its end.
	StopRates(ctx context.Context, minute, day time.Time) (inMinute, inDay, sent int, err error)
	// Prune deletes at most limit receipts that came before receipts, and replies that came before replies. As many texts
	// that were begun before receipts forget their number; those of no resident yet become the one's who has it.
	Prune(ctx context.Context, receipts, replies time.Time, limit int) (Pruned, error)
}

// Outcome is how a call ended.
type Outcome struct {
	State  State  // Accepted, Failed, Doubtful, or Pending when it may be tried again
	Handle string // of an accepted call
	Code   string // the provider's, or ours: "late"
}

// Element is one thing that the provider pushed: a receipt or a reply, the other is nil.
type Element struct {
	Receipt *Receipt `json:",omitempty"`
	Reply   *Reply   `json:",omitempty"`
}

// Inbound is a kept Element, leased to one caller.
type Inbound struct {
	ID int64
	Element
	ReceivedAt time.Time
	Tries      int // how often it was claimed, this time included
}

// Swept counts what a Sweep settled.
type Swept struct{ Doubtful, Unknown, Failed int }

// Pruned counts what a Prune deleted.
type Pruned struct {
	Receipts  int // all
	Unmatched int // of them: never matched with a text
	Replies   int
	Numbers   int // texts that forgot theirs
}
