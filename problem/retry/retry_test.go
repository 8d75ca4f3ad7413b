package retry

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

var errAway = errors.New("away")

func TestDoTriesUntilNoPauseIsWanted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		var at []time.Duration
		pause := Doubling(time.Second, 5*time.Second)
		err := Do(t.Context(), func() (time.Duration, error) {
			at = append(at, time.Since(start))
			if len(at) == 6 {
				return 0, nil
			}
			return pause(), errAway
		})
		if want := []time.Duration{0, time.Second, 3 * time.Second, 7 * time.Second, 12 * time.Second, 17 * time.Second}; err != nil || !slices.Equal(at, want) {
			t.Errorf("tried at %v, want %v: %v", at, want, err)
		}
	})
}

func TestDoReturnsTheLastError(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if err := Do(t.Context(), func() (time.Duration, error) { return 0, errAway }); err != errAway {
			t.Errorf("given up: %v", err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 90*time.Second)
		defer cancel()
		tries := 0
		err := Do(ctx, func() (time.Duration, error) { tries++; return time.Minute, errAway })
		if err != errAway || tries != 2 {
			t.Errorf("ended after %d tries: %v", tries, err)
		}
	})
}
