package broadcast

import (
	"context"
	"sync"
	"time"
)

type mayCallKey struct{}

// WithMayCall gives the calls that are made under ctx a condition beside those that it has: may says whether one may begin now.
func WithMayCall(ctx context.Context, may func(context.Context) bool) context.Context {
	before, ok := ctx.Value(mayCallKey{}).(func(context.Context) bool)
	if !ok {
		return context.WithValue(ctx, mayCallKey{}, may)
	}
	return context.WithValue(ctx, mayCallKey{}, func(ctx context.Context) bool { return before(ctx) && may(ctx) })
}

// MayCall says whether a call under ctx may begin now. A Provider asks it last of all, when the call has its connection and nothing is
// left to wait for: a process that waited may have been stopped meanwhile for longer than its lease, and somebody else may have made the call. A
// call that may not begin is not made: its message is Pending, without a class.
func MayCall(ctx context.Context) bool {
	may, ok := ctx.Value(mayCallKey{}).(func(context.Context) bool)
	return !ok || may(ctx)
}

// heldClaim is a claim as its caller knows it. Safe for concurrent use.
type heldClaim struct {
	*Engine
	claim   int64
	claimed time.Time // before it was claimed

	mu    sync.Mutex
	known time.Time // when it certainly was still the caller's
}

// holds says whether a call may begin under the claim: it is young enough by every clock and, once a second, by the rows.
//
// By the clock alone it could be another's: clocks differ, and may be set back while a process is stopped. The rows need not be read for
// every call. Between the end of a lease and another call lie two questions to the provider, AskAgain apart, so what was the caller's so
// short a time ago has not been sent by another.
func (t *heldClaim) holds(ctx context.Context) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.young() {
		return false
	}
	asked := t.now()
	if age := since(t.known, asked); age < 0 || age > min(lookEvery, t.AskAgain) {
		ctx, cancel := context.WithTimeout(ctx, t.claimFor())
		defer cancel()
		ours, err := t.Store.Holds(ctx, t.claim)
		if err != nil || !ours {
			return false
		}
		t.known = asked
	}
	return t.young()
}

// young says that calls may begin, so that they end before the lease does. Nothing waits between a claim and its calls, half a lease is
// ample.
func (t *heldClaim) young() bool {
	age := since(t.claimed, t.now())
	return age >= 0 && age < t.Lease/2
}

// since is how much later now is, by the wall clock or the monotonic one, whichever says more. While a machine sleeps only the wall clock
// goes on. It is below 0 when the wall clock was set back.
func since(then, now time.Time) time.Duration {
	wall := now.Round(0).Sub(then.Round(0))
	if wall < 0 {
		return wall
	}
	return max(wall, now.Sub(then))
}
