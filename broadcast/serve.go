package broadcast

import (
	"context"
	"time"
)

const (
	// serveEvery is how often a process says on which channels it sends.
	serveEvery = time.Minute
	// servedWithin is how old the last such word may be while a channel counts as served.
	servedWithin = 5 * time.Minute
)

// serve says on which channels this process sends. Whatever the engine does calls it: ticks and chunks reach every process within a minute.
func (e *Engine) serve(ctx context.Context) {
	now := e.now()
	e.mu.Lock()
	age := now.Sub(e.servedAt)
	due := age < 0 || age >= serveEvery
	if due {
		e.servedAt = now
	}
	e.mu.Unlock()
	var channels []Channel
	for _, channel := range cheapest {
		if e.Providers[channel] != nil {
			channels = append(channels, channel)
		}
	}
	if !due || len(channels) == 0 {
		return
	}
	if err := e.Store.Serve(ctx, channels, now); err != nil && ctx.Err() == nil {
		e.Log.Warn("it could not be written down on which channels this process sends", "err", err)
	}
}

// elsewhere says whether another process sends on a channel on which this one does not.
func (e *Engine) elsewhere(ctx context.Context, channel Channel) (bool, error) {
	if e.Providers[channel] != nil {
		return false, nil
	}
	at, err := e.Store.Served(ctx, channel)
	return err == nil && !at.IsZero() && e.now().Sub(at).Abs() < servedWithin, err // further on: said by a clock that was ahead
}
