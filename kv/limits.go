package kv

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"

	"github.com/go-redis/redis_rate/v10"
	"github.com/redis/go-redis/v9"
)

// Limits counts what somebody does against a rate, for every process together. Keys are digests of the names that are
// counted. Safe for concurrent use.
type Limits struct{ rate *redis_rate.Limiter }

// NewLimits counts in client's Redis, by Redis's own clock.
func NewLimits(client redis.UniversalClient) *Limits {
	return &Limits{redis_rate.NewLimiter(client)}
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
	ctx, cancel := context.WithTimeout(ctx, wait)
	defer cancel()
	r, err := l.rate.AllowN(ctx, limitKey(name), limit.redis(), cost)
	if err != nil {
		return 0, fmt.Errorf("count against a limit: %w", err)
	}
	if r.Allowed >= cost {
		return 0, nil
	}
	return max(r.RetryAfter, time.Millisecond), nil
}

func (l Limit) redis() redis_rate.Limit {
	return redis_rate.Limit{Rate: l.Rate, Period: l.Per, Burst: l.Burst}
}

// limitKey stands behind the library's own prefix, rate:.
func limitKey(name string) string {
	sum := sha256.Sum256([]byte(name))
	return "towncrier:" + base64.RawURLEncoding.EncodeToString(sum[:16])
}
