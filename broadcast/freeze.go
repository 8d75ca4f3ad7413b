package broadcast

import (
	"context"
	"time"
)

const (
	// freezeSlice is how many candidates one transaction decides about: about 10 ms of SQLite's only writer, for which receipts wait, too.
	freezeSlice = 200
	// urgentSlice is the same of an emergency: less is spent on each candidate, and receipts wait for 50 ms.
	urgentSlice = 1000
	// freezeFor is how long slices are written one after another before other broadcasts are looked at, which costs more than a slice.
	freezeFor = 300 * time.Millisecond
)

// freeze writes down the next slices of an audience. When another process was faster nothing changes, and the next pass goes on
// behind what that one wrote.
func (e *Engine) freeze(ctx context.Context, b Broadcast) error {
	after, whole, err := e.Store.FreezeCursor(ctx, b.ID)
	if err != nil {
		return err
	}
	for begun := time.Now(); !whole; {
		slice, err := e.slice(ctx, b, after)
		if err != nil {
			return err
		}
		if written, err := e.Store.Freeze(ctx, b.ID, slice, e.now()); err != nil || !written {
			return err
		}
		after, whole = slice.Next, slice.Next == ""
		if !whole && time.Since(begun) >= freezeFor {
			return nil
		}
	}
	now, err := e.Service.Whole(ctx, b.ID)
	if err != nil {
		return err
	}
	e.Log.Info("audience frozen", "broadcast", b.ID, "recipients", now.Frozen, "approved", now.Size, "status", now.Status)
	return nil
}

// slice decides about the candidates behind a cursor.
func (e *Engine) slice(ctx context.Context, b Broadcast, after string) (Slice, error) {
	var since time.Time
	if e.Service.Cap > 0 {
		since = e.now().Add(-e.Service.CapPeriod)
	}
	size := freezeSlice
	if b.Emergency {
		size = urgentSlice
	}
	candidates, next, err := e.Store.Candidates(ctx, b.Audience.Lists(), since, after, size)
	if err != nil {
		return Slice{}, err
	}
	slice := Slice{After: after, Next: next}
	planner := e.Service.Planner(b)
	for _, c := range candidates {
		if b.Reaches(c) {
			plan := planner.Plan(c)
			slice.Recipients = append(slice.Recipients, Recipient{Subject: c.Subject, Channels: plan.Channels, Reason: plan.Reason})
		}
	}
	return slice, nil
}
