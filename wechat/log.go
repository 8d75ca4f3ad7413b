package wechat

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"time"
)

// quietFor is how long one kind of log line waits for its next.
const quietFor = time.Minute

// quiet lets one log line a minute and kind through, so that nobody outside can fill the log. Kinds are constants of ours,
// never text from outside. Safe for concurrent use.
type quiet struct {
	mu    sync.Mutex
	kinds map[string]heldBack
}

type heldBack struct {
	until time.Time
	lines int
}

// allow says whether a line of this kind may be written at now, and how many were held back since the last.
func (q *quiet) allow(kind string, now time.Time) (held int, ok bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	k := q.kinds[kind]
	// A clock that was set back must not keep a kind silent.
	if now.Before(k.until) && k.until.Sub(now) <= quietFor {
		k.lines++
		q.kinds[kind] = k
		return 0, false
	}
	if q.kinds == nil {
		q.kinds = map[string]heldBack{}
	}
	q.kinds[kind] = heldBack{until: now.Add(quietFor)}
	return k.lines, true
}

type messageIDKey struct{}

// MessageID is the id that follows one message through the log, "" outside of one. It is derived from the platform's ids
// under the account's token and leads back to nobody.
func MessageID(ctx context.Context) string {
	id, _ := ctx.Value(messageIDKey{}).(string)
	return id
}

// panicText keeps what the runtime says of a panic. Any other value may hold what a resident wrote.
func panicText(p any) string {
	if e, ok := p.(runtime.Error); ok {
		return e.Error()
	}
	return fmt.Sprintf("%T", p)
}
