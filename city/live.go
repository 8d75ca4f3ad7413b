package city

import (
	"context"
	"io/fs"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing/fstest"
	"time"

	"towncrier/content"
	"towncrier/intents"
	"towncrier/problem"
)

const (
	// pollEvery is short against the minute in which an official looks whether an edit took effect, and a poll is a
	// few dozen stats.
	pollEvery = 2 * time.Second
	// logged bounds the events of one refused edit: a folder copied over the wrong one has hundreds of problems.
	logged = 20
)

// Live is the city that answers now: of the newest revision, or of the folder while there is none. Current may be called by any number of
// goroutines while Watch and Follow swap it.
type Live struct {
	// OnReload, when set before Watch and Follow, is told of every edit that was taken (ok) or refused, with what was found.
	OnReload func(ok bool, problems problem.List)
	// Filed, when set before folders are tried, are the questions that residents filed lately and officials answered, without who asked.
	Filed func(ctx context.Context) ([]intents.Question, error)

	fsys    fs.FS
	now     func() time.Time
	log     *slog.Logger
	current atomic.Pointer[City]
	number  atomic.Int64 // of the revision that answers here, 0 for the folder
	refused atomic.Int64 // the number of a newer one that this program does not take, 0 for none
	trained matchers
	trying  chan struct{} // full while a draft is tried

	// gone are the notices that were withdrawn in the folder when the first revision was made of it: later ones decide about them. Nil until
	// that is known.
	gone atomic.Pointer[[]string]

	mu    sync.Mutex // held while another city is made
	taken stamp      // of the folder, before it was last read
	good  fs.FS      // the folder as it was when it last passed its check
}

// NewLive loads a city folder. The Live is nil when the problems hold a fault. Without Watch it never changes, which
// is what an embedded folder wants.
func NewLive(fsys fs.FS, now func() time.Time, log *slog.Logger) (*Live, problem.List) {
	l := newLive(fsys, now, log)
	c, problems := Load(fsys, now())
	if c == nil {
		return nil, problems
	}
	l.current.Store(c)
	l.good = snapshot(fsys)
	return l, problems
}

// Folder is the folder as it was when it last passed its check; it never changes.
func (l *Live) Folder() fs.FS {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.good
}

// snapshot is a copy of a city's files. One that cannot be read any more is left out: the next poll sees that.
func snapshot(fsys fs.FS) fs.FS {
	files := fstest.MapFS{} // the standard library's fs.FS in memory
	for _, pattern := range content.Layout {
		names, _ := fs.Glob(fsys, pattern) // the pattern is sound
		for _, name := range names {
			if text, err := fs.ReadFile(fsys, name); err == nil && content.Holds(name) {
				files[name] = &fstest.MapFile{Data: text, Mode: 0o644}
			}
		}
	}
	return files
}

func newLive(fsys fs.FS, now func() time.Time, log *slog.Logger) *Live {
	return &Live{fsys: fsys, now: now, log: log, taken: stampOf(fsys), trying: make(chan struct{}, 1)}
}

// Current is the last City that passed its check, never nil. Hold it for one message, not longer.
func (l *Live) Current() *City { return l.current.Load() }

// Revision is the number of the revision that answers here, 0 while it is the folder.
func (l *Live) Revision() int { return int(l.number.Load()) }

// Refused is the number of the newest revision when this program does not take it, and an older one answers; else 0.
func (l *Live) Refused() int { return int(l.refused.Load()) }

// seen is the number of the newest revision that was looked at, 0 while there is none.
func (l *Live) seen() int { return max(l.Revision(), l.Refused()) }

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
	l.mu.Lock()
	defer l.mu.Unlock()
	c, problems := l.load(l.fsys)
	good := snapshot(l.fsys)
	if stampOf(l.fsys) != seen {
		return // edited while it was read: the next settled poll reads it again
	}
	l.taken = seen
	if number := l.seen(); number > 0 {
		l.log.Warn("the content folder was edited, and is not in force: import it to publish it", "in_force", number)
		l.withdraw()
		return
	}
	if c != nil {
		l.good = good
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
	after := before.Withdraw(l.withdrawn())
	if after == before {
		return
	}
	l.current.Store(after)
	for id, n := range after.Library.Notices {
		if n != before.Library.Notices[id] {
			l.log.Warn("notice withdrawn although the edit is not taken: nothing is answered from it any more", "notice", id)
		}
	}
}

// withdrawn are the notices that the folder withdraws, less those that revisions decide about.
func (l *Live) withdrawn() []string {
	all, gone := content.WithdrawnIn(l.fsys), l.gone.Load()
	if gone == nil {
		return all
	}
	return slices.DeleteFunc(all, func(id string) bool { return slices.Contains(*gone, id) })
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
