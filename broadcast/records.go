package broadcast

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/roster"
)

// Records is the part of Store that a Service needs. Implementations are safe for concurrent use by several processes; each
// method happens whole or not at all, and its acts are audited with it.
type BroadcastStore interface {
	// Create adds a broadcast. One that has a Series is added only once for its DueAt: created says whether this call did.
	Create(ctx context.Context, b Broadcast, act audit.Act) (created bool, err error)
	Get(ctx context.Context, id string) (Broadcast, error) // ErrNoBroadcast
	// Change lets decide change a broadcast: nobody else changes it in between. The store adds 1 to Version; Frozen, FrozenAt and
	// ForgottenAt are not decide's to write. decide must not block or use the store, and may run again when the transaction has to; an error of
	// it is returned and nothing is changed. Acts of it without an Action are not audited; when there is no act at all,
	// nothing is written.
	Change(ctx context.Context, id string, decide func(*Broadcast) ([]audit.Act, error)) (Broadcast, error)
	// Delete removes a broadcast of which nothing was sent, and what refers to it, its revisions included, unless decide refuses; the act is audited with it. decide is
	// as Change's.
	Delete(ctx context.Context, id string, decide func(Broadcast) (audit.Act, error)) error
	// Revisions are a broadcast's or a series', the oldest first. One is written with the version whose Revision it is.
	Revisions(ctx context.Context, id string) ([]Revision, error)
	// List is newest first, from after a cursor that it gave before; next is "" at the end.
	List(ctx context.Context, f Filter, after string, limit int) (found []Broadcast, next string, err error)
	// CountByStatus counts what List would find, all pages together, whatever its status.
	CountByStatus(ctx context.Context, f Filter) (map[Status]int, error)
	// Coming are the city's broadcasts that may go and whose audience is not whole yet.
	Coming(ctx context.Context) ([]Broadcast, error)
	// HasRecipients says whether a committee's residents were among a broadcast's recipients when these were written down.
	HasRecipients(ctx context.Context, id, committee string) (bool, error)
	// Reaches says whether a scope has anybody in it.
	Reaches(ctx context.Context, s Scope) (bool, error)

	// Candidates lists residents in the order of their registration, after a cursor, "" for the start. Lists are the ids of
	// the uploaded lists that the audience names; since is from when Recent counts. next is "" at the end. Nothing is unsealed.
	Candidates(ctx context.Context, lists []string, since time.Time, after string, limit int) (found []Candidate, next string, err error)

	// AudienceCounts counts a scope's residents by what its planner goes by, without unsealing anything. It reads every resident.
	AudienceCounts(ctx context.Context, s Scope) ([]Bucket, error)
	// FacetCounts counts residents by what an audience can be chosen by, in no order. It reads every resident.
	FacetCounts(ctx context.Context) ([]FacetCount, error)
	// Sample is up to limit residents of a scope, in which everybody is as likely as everybody else.
	Sample(ctx context.Context, s Scope, limit int) ([]Candidate, error)
	// Absent are those of some single conditions by list, committee, street or area that name none there is. For a committee, by code,
	// there are no lists but its own.
	Absent(ctx context.Context, conditions []Rule, committee string) ([]Rule, error)

	// Committees are all that there are, by code.
	Committees(ctx context.Context) ([]roster.Committee, error)

	// TakeTest counts a test send of asker's to recipient, both staff ids, against the most that each may make and get within
	// 24 hours: ErrTests beyond it. hash is a keyed hash of the address.
	TakeTest(ctx context.Context, asker, recipient, address string, at time.Time, most int) (hash string, err error)

	// KeepTest keeps a test send that is about to be made.
	KeepTest(ctx context.Context, t Test) error
	// SettleTest keeps what a test's call came to, unless a receipt was earlier.
	SettleTest(ctx context.Context, outID string, o Outcome, now time.Time) error
	// Tests are a broadcast's, newest first, at most limit. Receipts changes them, too.
	Tests(ctx context.Context, id string, limit int) ([]Test, error)

	// Tally counts deliveries as they stand.
	Tally(ctx context.Context, id string) ([]Count, error)
	// Arrivals counts by minute and channel what was accepted, arrived and did not, from the minute of an instant on, in their order.
	Arrivals(ctx context.Context, id string, since time.Time) ([]Arrival, error)
	// Reasons counts suppressed deliveries of round 1 by reason: residents who got nothing on a channel, and why.
	Reasons(ctx context.Context, id string) (map[Reason]int, error)
	// Failures counts failed and undelivered deliveries by channel, state, class and code, the most frequent first; Meaning is "".
	Failures(ctx context.Context, id string) ([]Failure, error)
	// NewestFailures are deliveries that failed or did not arrive lately: of each state at most limit, those written down last; Meaning is "".
	NewestFailures(ctx context.Context, id string, limit int) ([]NewFailure, error)
	// Billed counts the delivered texts of which it is known as how many parts they are billed.
	Billed(ctx context.Context, id string) (Billed, error)
	// Doubles counts recipients that more than one delivery may have reached: accepted, delivered, in doubt or unknown.
	Doubles(ctx context.Context, id string) (int, error)
	// CommitteeCounts counts the deliveries to residents who are a committee's now, as Tally, Reasons, Failures and Doubles count all.
	CommitteeCounts(ctx context.Context, id, committee string) (CommitteeCounts, error)
	// Resend writes deliveries of round for recipients who had no delivery of an earlier round sent and whose last one
	// is failed or undelivered: the first channel pending, the others planned, as in round 1. It handles at most limit
	// recipients after one, and says how many it took up, and after which recipient to go on; next is 0 at the end. Done twice it changes
	// nothing.
	Resend(ctx context.Context, id string, round int, after int64, limit int, now time.Time) (added int, next int64, err error)

	// Missed counts the recipients that Resend of round would take up.
	Missed(ctx context.Context, id string, round int) (int, error)

	// FallBack makes the next channel pending for recipients with an unknown delivery, unless something else of theirs may have arrived
	// or is under way; in a broadcast that is Sending, Paused or Done. It looks at up to limit deliveries after one, and says how many
	// recipients it took up and behind which delivery to go on; next is 0 at the end. Done twice it changes nothing.
	FallBack(ctx context.Context, id string, after int64, limit int, now time.Time) (added int, next int64, err error)
	// Lost counts the recipients that FallBack would take up.
	Lost(ctx context.Context, id string) (int, error)

	// PutSeries adds a series of Version 0, or replaces the one of that ID and Version, else ErrChanged; it is kept with 1 more.
	PutSeries(ctx context.Context, s Series, act audit.Act) error
	GetSeries(ctx context.Context, id string) (Series, error) // ErrNoBroadcast
	ListSeries(ctx context.Context) ([]Series, error)         // by ID

	// Deliveries is in the order of their ids, from after one, 0 for the start; next is 0 at the end.
	Deliveries(ctx context.Context, id string, f DeliveryFilter, after int64, limit int) (found []Delivery, next int64, err error)
	// Reach counts recipients by their committee, of one committee when its code is not "".
	Reach(ctx context.Context, id, committee string) ([]Reach, error)

	ListStore
	Retention
}

// Count is how many deliveries of a channel are in a state.
type Count struct {
	Channel Channel
	State   State
	N       int
}
