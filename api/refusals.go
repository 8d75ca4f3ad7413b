package api

import (
	"sync"
	"time"
)

// maxRefusals bounds what is remembered: when there is no room, what was remembered is forgotten, and said once more.
const maxRefusals = 4096

// refusals collapses refusals that are alike: within a span one is told, and the others are counted. Safe for concurrent use.
type refusals struct {
	span time.Duration
	mu   sync.Mutex
	seen map[string]*refusal
}

type refusal struct {
	since  time.Time
	passed int
}

// tell says whether a refusal is to be told, and how many like it were passed over since the last one that was.
func (r *refusals) tell(like string, now time.Time) (tell bool, passed int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one := r.seen[like]; one != nil {
		if now.Sub(one.since) < r.span {
			one.passed++
			return false, 0
		}
		passed = one.passed
	}
	if r.seen == nil || len(r.seen) >= maxRefusals {
		r.seen = map[string]*refusal{}
	}
	r.seen[like] = &refusal{since: now}
	return true, passed
}
