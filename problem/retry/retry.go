// Package retry tries again, with pauses between.
package retry

import (
	"context"
	"time"
)

// Do calls try until it says that it needs no other pause, or ctx ends, and returns the last error.
func Do(ctx context.Context, try func() (pause time.Duration, err error)) error {
	for {
		pause, err := try()
		if pause <= 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(pause):
		}
	}
}

// Doubling gives pauses for Do: first, twice that, and so on, up to longest.
func Doubling(first, longest time.Duration) func() time.Duration {
	next := first
	return func() time.Duration {
		pause := next
		next = min(2*pause, longest)
		return pause
	}
}
