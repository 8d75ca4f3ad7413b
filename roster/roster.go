// Package roster knows whom the city may reach, and on what terms.
package roster

import (
	"context"
	"time"
)

// Choices keeps what residents decided about receiving notices, as an append-only record: the newest entry counts.
// Implementations seal the resident's id and are safe for concurrent use.
type Choices interface {
	Set(ctx context.Context, from string, wants bool, at time.Time) error
	// Wants is the newest choice; known is false when the resident never chose.
	Wants(ctx context.Context, from string) (wants, known bool, err error)
	Forget(ctx context.Context, from string) error
}
