package broadcast

import (
	"testing"
	"time"
	"unsafe"
)

// asleep is t on a machine that slept meanwhile: its wall clock went on, its monotonic clock stood. Package time has no way to make such
// a time: the wall clock's seconds stand above the 30 bits of nanoseconds in its first word.
func asleep(t *testing.T, at time.Time, slept time.Duration) time.Time {
	t.Helper()
	*(*uint64)(unsafe.Pointer(&at)) += uint64(slept/time.Second) << 30
	return at
}

// TestAgeOfALease is by the clock that says more: a machine that slept, or was frozen, woke with a monotonic clock that knows nothing of
// it, and a wall clock that is set says nothing.
func TestAgeOfALease(t *testing.T) {
	then := time.Now()
	for name, c := range map[string]struct {
		now  time.Time
		want time.Duration
	}{
		"both clocks went on":           {then.Add(5 * time.Second), 5 * time.Second},
		"the machine slept":             {asleep(t, then.Add(time.Second), 55*time.Second), 56 * time.Second},
		"the wall clock was set back":   {asleep(t, then.Add(time.Second), -55*time.Second), -54 * time.Second},
		"it went slower than time does": {asleep(t, then.Add(5*time.Second), -3*time.Second), 5 * time.Second},
	} {
		if got := since(then, c.now); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}
