package api

import (
	"sync"
	"time"
)

// maxThrottled bounds what is remembered: when there is no room, what was remembered is forgotten, and said once more.
const maxThrottled = 4096

// throttle tells of things that are alike once within a span, and counts the others. Safe for concurrent use.
type throttle struct {
	span time.Duration
	mu   sync.Mutex
	seen map[string]*told
}

type told struct {
	since  time.Time
	passed int
}

// tell says whether a thing is to be told, and how many like it were passed over since the last one that was.
func (t *throttle) tell(like string, now time.Time) (tell bool, passed int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if one := t.seen[like]; one != nil {
		if now.Sub(one.since) < t.span {
			one.passed++
			return false, 0
		}
		passed = one.passed
	}
	if t.seen == nil || len(t.seen) >= maxThrottled {
		t.seen = map[string]*told{}
	}
	t.seen[like] = &told{since: now}
	return true, passed
}
