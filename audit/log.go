package audit

import (
	"context"
	"errors"
	"time"
)

// Log is the record as it is read and kept. Entries are added by whatever changes rows, in the same transaction. Safe for
// concurrent use.
type Log interface {
	// List returns entries, the newest first. after is the Seq of the last entry of the page before, 0 for the first page.
	List(ctx context.Context, after int64, limit int, f Filter) ([]Entry, error)
	// Verify reads the whole log, in slices, while others write to it, and returns its newest entry's mark. A log that
	// does not hold is a *Broken. progress, unless nil, hears how many entries of how many have been read.
	Verify(ctx context.Context, progress func(done, total int64)) (Mark, error)
	// Head is the newest entry's mark, Seq 0 for none, without reading the log: to note it outside, for Holds. A mark that
	// was changed by hand is a *Broken.
	Head(ctx context.Context) (Mark, error)
	// Holds says whether the log still has an entry that was noted outside: *Broken when it has another or none in its
	// place, ErrPruned when the entry is older than what is kept. It proves nothing without Verify.
	Holds(ctx context.Context, noted Mark) error
	// Prune deletes the entries before an instant, the oldest first, in slices; what is left still verifies. It refuses an
	// instant within MinRetention of act.At with ErrRetention, and records act, with the count as its Detail, when it
	// deleted anything.
	Prune(ctx context.Context, before time.Time, act Act) (deleted int64, err error)
}

// Filter selects entries; an empty field selects all.
type Filter struct {
	Actor   Actor
	Action  string
	Subject string
	// From is the first instant that counts, Before the first that does not; a zero one is no bound.
	From, Before time.Time
}

// ErrPruned says that a noted entry cannot be compared any more.
var ErrPruned = errors.New("the noted entry is older than the log is kept: compare a newer one")

// ErrRetention refuses to delete what must be kept.
var ErrRetention = errors.New("the audit log is kept for at least a year")

// MinRetention is how long an entry is kept at the least: a year, also a leap year.
const MinRetention = 366 * 24 * time.Hour
