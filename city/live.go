package city

import (
	"context"
	"io/fs"
	"log/slog"
	"sync/atomic"
	"time"

	"towncrier/content"
	"towncrier/problem"
)

const (
	// pollEvery is short against the minute in which an official looks whether an edit took effect, and a poll is a
	// few dozen stats.
	pollEvery = 2 * time.Second
	// logged bounds the events of one refused edit: a folder copied over the wrong one has hundreds of problems.
	logged = 20
)

// Live is the city that answers now. Current may be called by any number of goroutines while Watch swaps it.
type Live struct {
	// OnReload, when set before Watch, is told of every edit that was taken (ok) or refused, with what was found.
	OnReload func(ok bool, problems problem.List)

	fsys    fs.FS
	now     func() time.Time
	log     *slog.Logger
	current atomic.Pointer[City]
	taken   stamp // of the folder, before it was last read
}

// NewLive loads a city folder. The Live is nil when the problems hold a fault. Without Watch it never changes, which
// is what an embedded folder wants.
func NewLive(fsys fs.FS, now func() time.Time, log *slog.Logger) (*Live, problem.List) {
	l := &Live{fsys: fsys, now: now, log: log, taken: stampOf(fsys)}
	c, problems := Load(fsys, now())
	if c == nil {
		return nil, problems
	}
	l.current.Store(c)
	return l, problems
}

// Current is the last City that passed its check, never nil. Hold it for one message, not longer.
func (l *Live) Current() *City { return l.current.Load() }

// Watch polls the folder until ctx ends and takes every edit that passes its check; one that does not is logged and
// the good content keeps answering, less the notices that the edit withdraws. A change is read only after two polls saw the same, and only taken when it is
// still the same after reading, so that a half-copied folder is not judged. Call it once.
func (l *Live) Watch(ctx context.Context) {
	tick := time.NewTicker(pollEvery)
	defer tick.Stop()
	last := l.taken
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		seen := stampOf(l.fsys)
		settled := seen == last
		last = seen
		if seen != l.taken && settled {
			l.reload(seen)
		}
	}
}

// reload judges the folder as it was when it had the stamp seen.
func (l *Live) reload(seen stamp) {
	c, problems := Load(l.fsys, l.now())
	if stampOf(l.fsys) != seen {
		return // edited while it was read: the next settled poll reads it again
	}
	l.taken = seen
	if c != nil {
		l.current.Store(c)
		l.log.Info("content reloaded", "intents", len(c.Intents), "notices", len(c.Library.Notices), "warnings", len(problems))
	} else {
		l.refuse(problems)
		l.withdraw()
	}
	if l.OnReload != nil {
		l.OnReload(c != nil, problems)
	}
}

// withdraw takes of a folder that was refused what must not wait: that a notice is withdrawn. Whatever else is wrong in the
// folder, answers and broadcasts that rest on it stop.
func (l *Live) withdraw() {
	before := l.current.Load()
	after := before.Withdraw(content.WithdrawnIn(l.fsys))
	if after == before {
		return
	}
	l.current.Store(after)
	for id, n := range after.Library.Notices {
		if n != before.Library.Notices[id] {
			l.log.Warn("notice withdrawn although the edit is refused: nothing is answered from it any more", "notice", id)
		}
	}
}

func (l *Live) refuse(problems problem.List) {
	l.log.Error("content edit refused, the last good content keeps answering", "faults", problems.Faults())
	left := logged
	for _, p := range problems {
		if p.Warning {
			continue
		}
		if left--; left < 0 {
			return
		}
		l.log.Error("content fault", "file", p.File, "line", p.Line, "problem", p.Text)
	}
}
