package app

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"time"

	"towncrier/cmd/towncrier/doctor"
	"towncrier/problem/retry"
)

const (
	// lookEvery is how often checks are made while nothing is wrong.
	lookEvery = time.Hour
	// lookAgain and the longer pauses up to lookAgainAtMost are for as long as something is: who mends it sees so soon.
	lookAgain, lookAgainAtMost = time.Minute, 10 * time.Minute
)

// rounds makes checks at the server's start and from then on, and says in the log what is new. Serving waits for none of it.
type rounds struct {
	checks  []doctor.Check
	observe func(check string, wrong bool)
	log     *slog.Logger
	now     chan struct{} // has one when somebody wants a look

	mu    sync.Mutex
	last  []doctor.Result      // nil before the first
	since map[string]time.Time // by check, when it came to be as it is
}

func newRounds(checks []doctor.Check, observe func(check string, wrong bool), log *slog.Logger) *rounds {
	for _, c := range checks {
		observe(c.Name, false)
	}
	return &rounds{checks: checks, observe: observe, log: log, now: make(chan struct{}, 1), since: map[string]time.Time{}}
}

// soon has the checks made without waiting for their time.
func (r *rounds) soon() {
	select {
	case r.now <- struct{}{}:
	default:
	}
}

// states are those of all checks: unchecked before the first look.
func (r *rounds) states() map[string]doctor.State {
	r.mu.Lock()
	defer r.mu.Unlock()
	all := map[string]doctor.State{}
	for _, c := range r.checks {
		all[c.Name] = doctor.Unchecked
	}
	for _, result := range r.last {
		all[result.Check] = result.State
	}
	return all
}

// run makes checks until ctx ends.
func (r *rounds) run(ctx context.Context) {
	again := retry.Doubling(lookAgain, lookAgainAtMost)
	for {
		results := doctor.Run(ctx, r.checks)
		if ctx.Err() != nil {
			return
		}
		if r.take(ctx, results) {
			again = retry.Doubling(lookAgain, lookAgainAtMost)
		}
		pause := lookEvery
		if slices.ContainsFunc(results, func(result doctor.Result) bool { return result.State.Wrong() }) {
			pause = again()
		}
		select {
		case <-ctx.Done():
			return
		case <-r.now:
		case <-time.After(pause):
		}
	}
}

// take keeps results, and logs what is wrong now and was not before, and what is not wrong any more. It says whether there was any.
func (r *rounds) take(ctx context.Context, results []doctor.Result) (changed bool) {
	r.mu.Lock()
	before := wrong(r.last)
	for i, result := range results {
		if r.last == nil || r.last[i].State != result.State {
			r.since[result.Check] = time.Now()
		}
	}
	r.last = results
	r.mu.Unlock()
	after := wrong(results)
	for _, result := range results {
		r.observe(result.Check, result.State.Wrong())
		for _, f := range result.Findings {
			if !f.State.Wrong() || before[about{result.Check, f.Of}].State == f.State {
				continue
			}
			level := slog.LevelWarn
			if f.State == doctor.Fault {
				level = slog.LevelError
			}
			r.log.Log(ctx, level, "a check failed", "check", result.Check, "problem", f.What, "remedy", f.Remedy)
			changed = true
		}
	}
	for key, f := range before {
		if _, still := after[key]; !still {
			r.log.InfoContext(ctx, "a check that failed passes", "check", key.check, "was", f.What)
			changed = true
		}
	}
	return changed
}

// about is what a finding is about. What it says may change from look to look, as free space does, and is not said again for that.
type about struct{ check, of string }

// wrong are the findings that somebody has to do something about.
func wrong(results []doctor.Result) map[about]doctor.Finding {
	all := map[about]doctor.Finding{}
	for _, result := range results {
		for _, f := range result.Findings {
			if f.State.Wrong() {
				all[about{result.Check, f.Of}] = f
			}
		}
	}
	return all
}
