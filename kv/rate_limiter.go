package kv

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/broadcast"
)

// RateLimiter keeps to what providers take a second, for every process together, and lets emergencies go first. While Redis is away each
// process keeps to the whole rate by itself: a provider that is asked too much says so, and what it refused goes again. It is a
// broadcast.RateLimiter. Safe for concurrent use.
type RateLimiter struct {
	client   redis.UniversalClient
	channels map[broadcast.Channel]*channelRate
	log      *slog.Logger
	away     sync.Once
}

var _ broadcast.RateLimiter = (*RateLimiter)(nil)

const (
	// grantsEach is how long messages accrue before they are given out together: one message at a time would be a call of the provider and a
	// transaction each.
	grantsEach = 100 * time.Millisecond
	// standBack is how long others wait when an emergency of the same process does.
	standBack = 50 * time.Millisecond
	// aloneFor is how long a process goes by itself before it asks a Redis again that did not answer.
	aloneFor = time.Second
)

// channelRate is a rate that channels of one provider share, and the callers that wait for it in this process.
type channelRate struct {
	shared bucket
	least  int // messages that are given out together

	asking chan struct{} // one token, of the caller that asks Redis
	alone  time.Time     // until when Redis is taken to be away; only the caller with the token uses it

	mu       sync.Mutex
	own      own
	notUntil time.Time // Redis said that there are none before
	first    int       // emergencies that wait
}

// second is how many messages of a call a second brings.
func (r *channelRate) second() int { return min(r.shared.limit.Rate, broadcast.ClaimRows) }

// NewRateLimiter takes messages a second by channel; WeChat's two channels share theirs. Channels without a rate are not limited.
func NewRateLimiter(client redis.UniversalClient, perSecond map[broadcast.Channel]int, log *slog.Logger) (*RateLimiter, error) {
	p := &RateLimiter{client: client, channels: make(map[broadcast.Channel]*channelRate), log: log}
	providers := make(map[string]*channelRate)
	for channel, n := range perSecond {
		if n < 1 {
			return nil, fmt.Errorf("rate of %s is %d messages a second, want at least 1", channel, n)
		}
		name := string(channel)
		if channel == broadcast.Template || channel == broadcast.Subscription {
			name = "wechat" // which counts them together
		}
		if r := providers[name]; r != nil {
			p.channels[channel] = r
			continue
		}
		// A fifth of a second at once keeps what a provider's own second sees near the rate. While calls are slow a call's worth may
		// accrue, for the next to carry, and a little more: a caller that comes a moment late for it would have lost that moment.
		limit, idle := Limit{Rate: n, Per: time.Second, Burst: max(n/5, min(n, broadcast.ClaimRows)+max(n/10, 1))}, max(n/5, 1)
		r := &channelRate{
			shared: bucket{client, limitKey("pace:" + name), limit, idle},
			least:  max(n*int(grantsEach/time.Millisecond)/1000, 1),
			own:    own{limit: limit, idle: idle},
			asking: make(chan struct{}, 1),
		}
		p.channels[channel], providers[name] = r, r
	}
	return p, nil
}

// Rate implements broadcast.RateLimiter.
func (p *RateLimiter) Rate(channel broadcast.Channel) int {
	if r := p.channels[channel]; r != nil {
		return r.shared.limit.Rate
	}
	return 0
}

// Reserve implements broadcast.RateLimiter.
func (p *RateLimiter) Reserve(ctx context.Context, channel broadcast.Channel, least, most int, emergency bool) (int, error) {
	r := p.channels[channel]
	if r == nil {
		return most, ctx.Err()
	}
	if emergency {
		r.mu.Lock()
		r.first++
		r.mu.Unlock()
		defer func() {
			r.mu.Lock()
			r.first--
			r.mu.Unlock()
		}()
	}
	for {
		n, after, err := p.ask(ctx, r, least, most, emergency)
		if n > 0 || err != nil {
			return n, err
		}
		select {
		case <-time.After(after):
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// ask takes what there is, or says when to ask again. One caller at a time asks Redis: what it is told goes for the others too.
func (p *RateLimiter) ask(ctx context.Context, r *channelRate, least, most int, emergency bool) (n int, after time.Duration, err error) {
	select {
	case r.asking <- struct{}{}:
		defer func() { <-r.asking }()
	case <-ctx.Done():
		return 0, 0, ctx.Err()
	}
	r.mu.Lock()
	left, behind := time.Until(r.notUntil), r.first > 0 && !emergency
	r.mu.Unlock()
	switch {
	case behind:
		return 0, standBack, nil
	case left > 0:
		return 0, left, nil
	}
	least, alone := min(max(r.least, min(least, r.second())), most), time.Now().Before(r.alone)
	if !alone {
		n, after, err = r.shared.take(ctx, least, most, &queue{emergency})
		if ctx.Err() != nil && err != nil {
			return 0, 0, ctx.Err()
		}
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if err != nil {
		p.away.Do(func() { p.log.Warn("rates of providers are kept by each process: Redis does not answer", "err", err) })
		r.alone = time.Now().Add(aloneFor)
	}
	if alone || err != nil {
		n, after = r.own.take(time.Now(), least, most)
	}
	if n == 0 {
		after = max(after, time.Millisecond)
		r.notUntil = time.Now().Add(after)
	}
	return n, after, nil
}

// Return implements broadcast.RateLimiter. What Redis does not take back accrues anew.
func (p *RateLimiter) Return(ctx context.Context, channel broadcast.Channel, messages int, emergency bool) {
	r := p.channels[channel]
	if r == nil || messages < 1 {
		return
	}
	if err := r.shared.give(context.WithoutCancel(ctx), messages, &queue{emergency}); err != nil {
		r.mu.Lock()
		r.own.give(messages)
		r.mu.Unlock()
	}
}
