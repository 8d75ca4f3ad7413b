package emergency

import (
	"context"

	"towncrier/audit"
)

// Store keeps emergencies. Every method is one transaction, and an act is audited with it. Safe for concurrent use, by several processes.
type Store interface {
	Add(ctx context.Context, e Emergency, act audit.Act) error
	Get(ctx context.Context, id string) (Emergency, error) // ErrNone
	// Change has decide change an emergency, whose version grows, while nobody else does. It is written unless there is an error; an act
	// without an Action is not audited.
	Change(ctx context.Context, id string, decide func(*Emergency) (audit.Act, error)) (Emergency, error)
	// List is at most limit of the statuses, all when there are none, declared before one, "" for the first; the newest first.
	List(ctx context.Context, statuses []Status, after string, limit int) ([]Emergency, error)
}
