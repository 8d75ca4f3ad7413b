package kv

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"golang.org/x/time/rate"

	"towncrier/broadcast"
)

// Pace keeps to what providers take a second, for every process together. While Redis is away each process keeps to the
// whole rate by itself: a provider that is asked too much says so, and what it refused goes again. It is a broadcast.Pace.
// Safe for concurrent use.
type Pace struct {
	limits *Limits
	lanes  map[broadcast.Channel]lane
	log    *slog.Logger
	away   sync.Once
}

var _ broadcast.Pace = (*Pace)(nil)

// lane is a channel's rate, and the same inside the process.
type lane struct {
	limit Limit
	local *rate.Limiter
}

// NewPace takes letters a second by channel. Channels without a rate are not limited.
func NewPace(client redis.UniversalClient, perSecond map[broadcast.Channel]int, log *slog.Logger) (*Pace, error) {
	p := &Pace{limits: NewLimits(client), lanes: make(map[broadcast.Channel]lane), log: log}
	for channel, n := range perSecond {
		if n < 1 {
			return nil, fmt.Errorf("rate of %s is %d letters a second, want at least 1", channel, n)
		}
		// A fifth of a second at once keeps calls going between two looks, and what a provider's own second sees near the rate.
		burst := max(n/5, 1)
		p.lanes[channel] = lane{Limit{Rate: n, Per: time.Second, Burst: burst}, rate.NewLimiter(rate.Limit(n), burst)}
	}
	return p, nil
}

// Wait implements broadcast.Pace.
func (p *Pace) Wait(ctx context.Context, channel broadcast.Channel, letters int) error {
	l, limited := p.lanes[channel]
	if !limited {
		return ctx.Err()
	}
	for letters > 0 {
		n := min(letters, l.limit.Burst)
		wait, err := p.limits.Take(ctx, "pace:"+string(channel), l.limit, n)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil:
			p.away.Do(func() { p.log.Warn("rates of providers are kept by each process: Redis does not answer", "err", err) })
			if err := l.local.WaitN(ctx, n); err != nil {
				return fmt.Errorf("wait for a provider's rate: %w", err)
			}
		case wait > 0:
			select {
			case <-time.After(wait):
			case <-ctx.Done():
				return ctx.Err()
			}
			continue
		}
		letters -= n
	}
	return nil
}
