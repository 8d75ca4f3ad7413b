package kv

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// Limits counts what somebody does against a rate, for every process together. Keys are digests of the names that are
// counted. Safe for concurrent use.
type Limits struct{ client redis.UniversalClient }

// NewLimits counts in client's Redis, by Redis's own clock.
func NewLimits(client redis.UniversalClient) *Limits {
	return &Limits{client}
}

// Limit is a rate and how much of it may be used at once.
type Limit struct {
	Rate  int // each Per, in the long run
	Per   time.Duration
	Burst int // at once, after a time of rest
}

// Take uses cost of name's limit, or nothing when there is not so much left: then it returns how long until there is, and
// otherwise 0.
func (l *Limits) Take(ctx context.Context, name string, limit Limit, cost int) (time.Duration, error) {
	if cost > limit.Burst {
		cost = limit.Burst + 1 // there never are so many
	}
	n, after, err := l.bucket(name, limit).take(ctx, cost, cost, nil)
	if err != nil {
		return 0, fmt.Errorf("count against a limit: %w", err)
	}
	if n == cost {
		return 0, nil
	}
	return max(after, time.Millisecond), nil
}

// Return gives back cost of name's limit, which Take used for what came to nothing.
func (l *Limits) Return(ctx context.Context, name string, limit Limit, cost int) error {
	if err := l.bucket(name, limit).give(ctx, cost, nil); err != nil {
		return fmt.Errorf("count against a limit: %w", err)
	}
	return nil
}

func (l *Limits) bucket(name string, limit Limit) bucket {
	return bucket{l.client, limitKey(name), limit, limit.Burst}
}

// limitKey shows nothing of what is counted.
func limitKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "towncrier:rate:{" + base64.RawURLEncoding.EncodeToString(sum[:16]) + "}"
}
