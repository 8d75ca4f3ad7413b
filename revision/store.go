package revision

import (
	"context"
	"time"

	"towncrier/audit"
)

// Step is one more revision.
type Step struct {
	After    int    // the number of the revision that must be the newest, 0 for none
	First    Folder // becomes revision 1, of kind Taken, when After is 0; else nil
	Revision Revision
	Folder   Folder // of Revision
	Version  int    // of its draft, as it was looked at
}

// Store keeps revisions and drafts. Every method is one transaction: a process that dies in one leaves nothing of it. Safe for concurrent
// use, by several processes.
type Store interface {
	// Head is the newest revision; the zero Revision when there is none.
	Head(ctx context.Context) (Revision, error)
	// Revision is one by its number, or ErrNoRevision.
	Revision(ctx context.Context, number int) (Revision, error)
	// Revisions are at most limit before a number, 0 for all, the newest first.
	Revisions(ctx context.Context, before, limit int) ([]Revision, error)
	// Folder is one of a revision, or the base of a draft.
	Folder(ctx context.Context, digest Digest) (Folder, error)
	// KeepFolder keeps one that a draft is to be based on.
	KeepFolder(ctx context.Context, f Folder) error
	// Append adds a revision, and marks its draft, when it has one, published: ErrMoved when another than After is the newest, StatusError
	// when the draft is not submitted, ErrHash when it is another version of it.
	Append(ctx context.Context, step Step, act audit.Act) error

	// AddDraft keeps a new draft and the folder that it is based on, and gives it an ID, which becomes the act's subject. Of an Import that
	// a draft is, which is Open or Submitted, it gives that one and keeps nothing. ErrMoved when its Committee has one that is.
	AddDraft(ctx context.Context, d Draft, base Folder, act audit.Act) (Draft, error)
	// Draft is one by its ID, or ErrNoDraft.
	Draft(ctx context.Context, id string) (Draft, error)
	// Drafts are at most limit of the statuses, all when there are none, and of a committee, "" for everybody's, without their changes' texts,
	// changed before a draft, "" for the first; the newest first.
	Drafts(ctx context.Context, statuses []Status, committee, after string, limit int) ([]Draft, error)
	// Tried notes when somebody tried to submit a draft. It changes nothing of it.
	Tried(ctx context.Context, id string, at time.Time) error
	// Upcoming are at most limit drafts that are Submitted, or Open and were tried at since or later, without their changes' texts, the newest first.
	Upcoming(ctx context.Context, since time.Time, limit int) ([]Draft, error)
	// ChangeDraft has decide change a draft, whose version grows, while nobody else does.
	ChangeDraft(ctx context.Context, id string, act audit.Act, decide func(*Draft) error) (Draft, error)
}
