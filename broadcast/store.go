package broadcast

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/phone"
)

// Reached is the Reason of a channel that is not needed any more: a receipt of another one came late.
const Reached Reason = "reached"

// Store keeps broadcasts and the ledger of their deliveries. Implementations are safe for concurrent use by several
// processes and do each method whole or not at all; methods that take a limit do that much in one transaction, so that
// nobody else waits for long. The tally changes with the rows that it counts. Numbers and openids are sealed; where they are
// handed out it is said.
type Store interface {
	BroadcastStore
	DeliveryStore
	AudienceStore
}

// Ledger is the part of Store that an engine needs: every step is won by one caller.
type DeliveryStore interface {
	Get(ctx context.Context, id string) (Broadcast, error)
	Change(ctx context.Context, id string, decide func(*Broadcast) ([]audit.Act, error)) (Broadcast, error)
	List(ctx context.Context, f Filter, after string, limit int) (found []Broadcast, next string, err error)
	Candidates(ctx context.Context, lists []string, since time.Time, after string, limit int) (found []Candidate, next string, err error)
	Tally(ctx context.Context, id string) ([]Count, error)

	// FreezeCursor says behind which candidate freezing goes on, "" for the first, and whether the audience is whole.
	FreezeCursor(ctx context.Context, id string) (after string, whole bool, err error)
	// Freeze writes a slice's recipients and deliveries of round 1, adds them to Frozen and moves the cursor from After to
	// Next. The slice that has Next "" makes the audience whole: FrozenAt is now. Nothing is written when the cursor is not
	// After, or the broadcast is not Freezing: then written is false. Candidates who are recipients already, or are gone, are passed over.
	Freeze(ctx context.Context, id string, s Slice, now time.Time) (written bool, err error)

	// Chunks divides the deliveries of a channel that are pending, due, and behind a delivery, into ranges of size rows, at
	// most limit of them, for tasks. The last may hold fewer. Rows between two ends may be in any state; Claim looks.
	Chunks(ctx context.Context, id string, channel Channel, after int64, size, limit int, now time.Time) ([]Chunk, error)
	// Claim takes the chunk's first rows that are pending and due, at most most of them and ClaimRows, in a broadcast that is Sending, for a call that ends before until:
	// pending -> sending, committed, before their addresses are unsealed. A resident with a WeChat call that is under way, or in
	// doubt and younger than a lease, is passed over: until the call is over. Residents whose address is gone, or who opted out since freezing began, are not in Messages: their row is
	// suppressed, as Gone or OptedOut, and the next channel is pending. Without Messages and Next there is nothing to do.
	Claim(ctx context.Context, c Chunk, most int, now, until time.Time) (Claimed, error)
	// Holds says whether a claim is still its caller's: its lease was not ended by a Sweep, and its broadcast is Sending.
	Holds(ctx context.Context, claim int64) (bool, error)
	// RecordOutcomes writes the outcomes of deliveries that a claim or Doubts handed out, the tally, and what is pending instead, all at
	// once. A row that is neither sending nor in doubt under that claim any more (a receipt came first, or another call
	// was made) keeps its state. So does a template message in doubt that a call which ended too late says it did not send:
	// to ask about one is to repeat it.
	RecordOutcomes(ctx context.Context, settled []Settled, now time.Time) error
	// Receipts applies what providers report. matched says which belong to a delivery; one that changes nothing, because it is
	// doubled or older than what is known, is matched too. A receipt that is earlier than the call's answer is taken.
	Receipts(ctx context.Context, receipts []Receipt, now time.Time) (matched []bool, err error)
	// Doubts hands out deliveries in doubt whose provider is to be asked, until when nobody else gets them, oldest first. Among them are those that
	// nobody can ask about, because the address of the call is not their resident's any more.
	Doubts(ctx context.Context, channel Channel, now, until time.Time, limit int) ([]Doubtful, error)
	// Sweep looks at up to limit claims for each of its counts.
	Sweep(ctx context.Context, now, unknownBefore time.Time, limit int) (Swept, error)
	// Close turns up to limit deliveries that are pending or planned into to, Withdrawn or Lapsed, in a broadcast that is
	// Cancelled or Expired, and says how many: fewer than limit when there is nothing more to do.
	Close(ctx context.Context, id string, to State, now time.Time, limit int) (n int, err error)
	Resend(ctx context.Context, id string, round int, after int64, limit int, now time.Time) (added int, next int64, err error)
	// Serve records that a process sends on channels, Served when one last said so of a channel; zero when none did.
	Serve(ctx context.Context, channels []Channel, now time.Time) error
	Served(ctx context.Context, channel Channel) (time.Time, error)
}

// AudienceStore is the part of Store about the residents that an audience can name, and what was sent to them.
type AudienceStore interface {
	// DeliveriesTo is what was planned for a resident, by subject id, newest first; Withdrawn, Suppressed and Planned ones left out.
	DeliveriesTo(ctx context.Context, subject string, limit int) ([]Delivery, error)
	// Recount counts the rows themselves, sorted as Tally is, to check that the two are equal. It reads every row.
	Recount(ctx context.Context, id string) ([]Count, error)

	// Subscribe records that a follower agreed to a template's notifications in the long term, or does no more. It is forgotten
	// with their openid. known is false, and nothing is kept, when no resident has the openid.
	Subscribe(ctx context.Context, openid, template string, agreed bool, at time.Time) (known bool, err error)
}

// Slice is a part of an audience, decided.
type Slice struct {
	After, Next string // cursors of Candidates
	Recipients  []Recipient
}

// Recipient is what was decided about a candidate.
type Recipient struct {
	Subject  string
	Channels []Channel // in the order in which they are tried
	Reason   Reason    // why there is no channel; then a suppressed row says so
}

// Chunk is a range of delivery ids, both ends in it, of which a task claims what is to be sent on the channel.
type Chunk struct {
	Broadcast string  `json:"broadcast"`
	Channel   Channel `json:"channel"`
	From      int64   `json:"from"`
	To        int64   `json:"to"`
}

// ClaimRows is how many deliveries one claim takes at most: as many as a call of the SMS provider takes. They are what is in doubt
// when a process dies.
const ClaimRows = 100

// Claimed is a lease on deliveries. Messages are personal data.
type Claimed struct {
	ID        int64
	Broadcast string
	Channel   Channel
	OutID     string // of the whole call, for a provider that takes one a batch
	Messages  []OutboundMessage
	Next      int64 // the delivery from which the chunk may hold more; 0 at its end
}

// Settled is the outcome of one delivery.
type Settled struct {
	Delivery int64
	Claim    int64
	Outcome  Outcome // Unknown too, when nobody can be asked. Wait with InDoubt is how long until the provider is asked, or asked again
	Asked    bool    // the provider was asked about it; else it is what the call itself came to
	Absent   bool    // with InDoubt: the provider was asked and knows nothing of it
}

// Doubtful is a delivery of which nobody knows whether it was accepted. It is personal data.
type Doubtful struct {
	OutboundMessage
	Broadcast string
	Channel   Channel
	Claim     int64
	CallOutID string // of the whole call, as Claimed.OutID was
	Handle    string // "" when no answer came
	Absent    int    // how often the provider said that it knows nothing
	Gone      bool   // the resident has another address by now, or none: without Phone and OpenID
	OptedOut  bool   // the resident said no since freezing began
}

// Receipt is a provider's report on a message. It is personal data.
type Receipt struct {
	Channel Channel
	State   State        // Delivered or Undelivered
	Handle  string       // the provider's: BizId, msgid
	OutID   string       // ours, of the call; SMS only
	Phone   phone.Number // SMS: which message of the call
	OpenID  string       // WeChat: when no handle does, names the call to them of which the answer is not known; until it is, the word is kept
	Class   string
	Code    string
	Parts   int // SMS, Delivered: as how many the text is billed; 0 when the provider does not say
}

// Swept counts what time did.
type Swept struct {
	Doubtful int // leases that ended: their deliveries are in doubt
	Unknown  int // accepted or in doubt since before unknownBefore
	Lost     int // beyond Fallback.Wait, or unknown for NewsWithin, where the official chose so: the next channel is pending
	Claims   int // that were looked at; go on while there are as many as limit
}

// DeliveryFilter narrows Deliveries. Its zero value is every one.
type DeliveryFilter struct {
	State   State
	Channel Channel
	Round   int
	// Committee is a code: only residents who are of that committee today.
	Committee string
}
