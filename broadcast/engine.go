package broadcast

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"towncrier/content"
)

// Queue has an Engine's Send called with chunks, soon, in some process. It may lose chunks and hand them on twice: the rows
// are the truth. Chunks of emergencies stand in a queue of their own, which goes first.
type Queue interface {
	Chunk(ctx context.Context, c Chunk, emergency bool) error
	// Waiting is how many chunks of a queue wait; those under way are not counted.
	Waiting(ctx context.Context, emergency bool) (int, error)
}

// RateLimiter keeps to what a channel's provider takes a second, over all processes. Messages are reserved before they are claimed, so that
// nothing is claimed which cannot go yet.
type RateLimiter interface {
	// Rate is how many messages of a channel go a second; 0 is without limit.
	Rate(Channel) int
	// Reserve waits until least messages may go, or as many as a second brings when that is fewer, and says how many of most do: at least
	// 1. Emergencies go before others. The error is that ctx ended before.
	Reserve(ctx context.Context, channel Channel, least, most int, emergency bool) (int, error)
	// Return gives back what was reserved and is not used.
	Return(ctx context.Context, channel Channel, messages int, emergency bool)
}

// EngineConfig is what an Engine stands on.
type EngineConfig struct {
	Service   *Service
	Store     Store
	Providers map[Channel]Provider // of the channels that are on
	Queue     Queue
	Rates     RateLimiter // nil is without limits
	Log       *slog.Logger
	AskAgain  time.Duration // between two readings by which a provider knows nothing of a message; 0 means 5 minutes
	Lease     time.Duration // how long claimed deliveries are one caller's, calls included; 0 means LongestLease, and so does more
	// Meet makes somebody a resident with WeChat only, unless they are one already. A follower who agreed to notifications in an article may
	// never have written to the account. Nil forgets the consent of unknown followers.
	Meet func(ctx context.Context, openid string) error
	// Breakers bound the calls under way; channels of one provider share one. A channel without one is claimed for at any time.
	Breakers map[Channel]*Breaker
}

// Engine moves broadcasts on: Tick sees to what time brings, Send gives a chunk to a provider, ResolveDoubts finds out about what is
// in doubt, and the rest take in what providers report. Every step is won in the Store by one caller, so any number of processes
// may run each of them at any time, and be killed at any moment. Safe for concurrent use.
type Engine struct {
	EngineConfig
	now func() time.Time

	mu        sync.Mutex
	cooldowns map[Channel]cooldown
	warned    map[Channel]time.Time // that a rate cannot be reached
	servedAt  time.Time             // when this process last said on which channels it sends
	content   *content.Library      // for which this process has last looked at what rests on notices
	lookedAt  time.Time             // when it did
}

// NewEngine makes an Engine that uses its Service's clock and content.
func NewEngine(c EngineConfig) *Engine {
	c.AskAgain, c.Lease = cmp.Or(c.AskAgain, 5*time.Minute), min(cmp.Or(c.Lease, LongestLease), LongestLease)
	return &Engine{EngineConfig: c, now: c.Service.Now, cooldowns: make(map[Channel]cooldown), warned: make(map[Channel]time.Time)}
}

const (
	// tickFor bounds a Tick, so that another process takes over within it when this one is killed.
	tickFor = 10 * time.Second
	// roomEvery is how often a Tick looks whether the queue has room: 300 chunks of a fast provider last 300 ms.
	roomEvery = 50 * time.Millisecond
	// page is how many broadcasts are listed at once.
	page = 200
)

// Tick takes every broadcast as far as it goes now: begins what is due, freezes audiences, queues chunks, and ends what is
// settled or too late. It returns when there is nothing more to do, or after ten seconds; call it every second or two. The error
// joins what went wrong, each broadcast's by itself.
func (e *Engine) Tick(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, tickFor)
	defer cancel()
	e.serve(ctx)
	t := &tick{Engine: e, queues: make(map[bool]*queueState), reached: make(map[broadcastChannel]int64), ended: make(map[broadcastChannel]bool), queued: make(map[broadcastChannel]time.Time)}
	faults := []error{e.ground(ctx), e.recur(ctx), e.sweep(ctx), e.closeOver(ctx)}
	for ctx.Err() == nil {
		if err := e.ground(ctx); err != nil { // each time: a notice is withdrawn in a moment, a tick lasts ten seconds
			faults = append(faults, err)
			break
		}
		moved, waits, err := t.pass(ctx)
		if err != nil {
			faults = append(faults, err)
			break
		}
		if moved {
			continue
		}
		if !waits {
			break
		}
		select {
		case <-time.After(roomEvery):
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		return nil // what was cut off is taken up by the next
	}
	return errors.Join(faults...)
}

// tick is the state of one Tick.
type tick struct {
	*Engine
	queues  map[bool]*queueState           // by emergency
	reached map[broadcastChannel]int64     // the last delivery in a queued chunk
	ended   map[broadcastChannel]bool      // all chunks of now are queued
	queued  map[broadcastChannel]time.Time // when chunks were queued, where a rate is kept to

	// Of this pass:
	tallies   map[string]counts // of what is being sent
	pendingOn map[Channel]int   // that have something pending
}

// broadcastChannel names a broadcast's deliveries on one channel.
type broadcastChannel struct {
	broadcast string
	channel   Channel
}

// pass takes every broadcast one step. moved says that something happened, waits that the queue is full.
func (t *tick) pass(ctx context.Context) (moved, waits bool, err error) {
	var live []Broadcast
	for _, status := range []Status{Scheduled, Held, Paused, Freezing, Sending} {
		found, err := t.list(ctx, status)
		if err != nil {
			return false, false, err
		}
		live = append(live, found...)
	}
	// Emergencies first, then the oldest release.
	slices.SortStableFunc(live, func(a, b Broadcast) int {
		if a.Emergency != b.Emergency {
			if a.Emergency {
				return -1
			}
			return 1
		}
		return a.ReleasedAt.Compare(b.ReleasedAt)
	})
	for _, l := range t.queues {
		l.known = false
	}
	if err := t.look(ctx, live); err != nil {
		return false, false, err
	}
	var faults []error
	for _, b := range live {
		m, w, err := t.advance(ctx, b)
		moved, waits = moved || m, waits || w
		if err != nil && !errors.Is(err, ErrState) { // somebody else was first
			faults = append(faults, fmt.Errorf("broadcast %s: %w", b.ID, err))
		}
	}
	return moved, waits, errors.Join(faults...)
}

// look sees where the deliveries are of what is being sent.
func (t *tick) look(ctx context.Context, live []Broadcast) (err error) {
	t.tallies, t.pendingOn = make(map[string]counts), make(map[Channel]int)
	for _, b := range live {
		if b.Status != Sending {
			continue
		}
		if t.tallies[b.ID], err = t.counts(ctx, b.ID); err != nil {
			return fmt.Errorf("broadcast %s: %w", b.ID, err)
		}
		for channel, by := range t.tallies[b.ID] {
			if by[Pending] > 0 {
				t.pendingOn[channel]++
			}
		}
	}
	return nil
}

// advance takes one broadcast one step.
func (t *tick) advance(ctx context.Context, b Broadcast) (moved, waits bool, err error) {
	switch b.Status {
	case Scheduled:
		after, err := t.Service.Start(ctx, b.ID)
		return err == nil && after.Status != b.Status, false, err
	case Held, Paused:
		if t.now().Before(b.Deadline()) {
			return false, false, nil
		}
		return false, false, t.Service.Lapse(ctx, b.ID)
	case Freezing:
		if !t.now().Before(b.Deadline()) {
			return false, false, t.Service.Lapse(ctx, b.ID)
		}
		return true, false, t.freeze(ctx, b)
	case Sending:
		return t.dispatch(ctx, b)
	}
	return false, false, nil
}

// list is every broadcast in a status.
func (e *Engine) list(ctx context.Context, status Status) (all []Broadcast, err error) {
	for after := ""; ; {
		found, next, err := e.Store.List(ctx, Filter{Statuses: []Status{status}}, after, page)
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
		if next == "" {
			return all, nil
		}
		after = next
	}
}

// groundEvery is how often what rests on notices is looked at while the content stays the same.
const groundEvery = 5 * time.Second

// ground stops, brings back and cancels what rests on notices, when the content has changed or time may have.
func (e *Engine) ground(ctx context.Context) error {
	lib, now := e.Service.Content(), e.now()
	e.mu.Lock()
	age := now.Sub(e.lookedAt)
	known := lib == e.content && age >= 0 && age < groundEvery
	e.mu.Unlock()
	if known {
		return nil
	}
	done, err := e.Service.Ground(ctx)
	if done != (Grounded{}) {
		e.Log.Warn("what broadcasts and series rest on has changed", "stopped", done.Stopped, "back", done.Back, "cancelled", done.Cancelled)
	}
	if err == nil {
		e.mu.Lock()
		e.content, e.lookedAt = lib, now
		e.mu.Unlock()
	}
	return err
}

func (e *Engine) recur(ctx context.Context) error {
	n, err := e.Service.Recur(ctx)
	if n > 0 {
		e.Log.Info("occurrences of series made", "broadcasts", n)
	}
	return err
}

// closeRows is how many deliveries one transaction closes: well under 50 ms on SQLite.
const closeRows = 500

// closeOver ends what was not sent of broadcasts that were cancelled or expired. Until a doubt is settled, something may come back
// to one that is over: what turns out not to have been sent is unsent again.
func (e *Engine) closeOver(ctx context.Context) error {
	for status, to := range map[Status]State{Cancelled: Withdrawn, Expired: Lapsed} {
		over, _, err := e.Store.List(ctx, Filter{Statuses: []Status{status}, Unsent: true}, "", page) // more of them are left to the next tick
		if err != nil {
			return err
		}
		for _, b := range over {
			for ctx.Err() == nil {
				n, err := e.Store.Close(ctx, b.ID, to, e.now(), closeRows)
				if err != nil {
					return fmt.Errorf("broadcast %s: %w", b.ID, err)
				}
				if n < closeRows {
					break
				}
			}
		}
	}
	return nil
}
