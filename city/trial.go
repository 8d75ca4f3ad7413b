package city

import (
	"io/fs"
	"sync"
	"time"

	"towncrier/problem"
)

// trialKept is how long the city of a folder that was tried is kept: drafts are judged, compared and published one after another, and
// training its matcher takes most of each.
const trialKept = time.Minute

// trials are the folders that officials try. One at a time is trained, so that residents are answered meanwhile.
type trials struct {
	one sync.Mutex // held while a folder is loaded

	mu     sync.Mutex
	last   *City
	forget *time.Timer
}

// Try loads a folder that is not in force, as Load does.
func (l *Live) Try(fsys fs.FS) (*City, problem.List) {
	l.trials.one.Lock()
	defer l.trials.one.Unlock()
	c, problems := l.like(fsys).Reload(fsys, l.now())
	if c != nil && c.Matcher != l.Current().Matcher {
		l.trials.keep(c)
	}
	return c, problems
}

// like is a city whose matcher serves for a folder: the last that was tried when it learnt the same, else the one that answers now.
func (l *Live) like(fsys fs.FS) *City {
	l.trials.mu.Lock()
	defer l.trials.mu.Unlock()
	if last := l.trials.last; last != nil && last.learnt == lessons(fsys) {
		return last
	}
	return l.Current()
}

func (t *trials) keep(c *City) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.last = c
	if t.forget == nil {
		t.forget = time.AfterFunc(trialKept, func() {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.last = nil
		})
	}
	t.forget.Reset(trialKept)
}

// Differences compares what two folders answer to the questions that either knows: how many were asked, and those that are answered otherwise.
// When one of the folders is at fault it says with what, and compares nothing.
func (l *Live) Differences(before, after fs.FS) (asked int, all []Difference, problems problem.List) {
	was, problems := l.Try(before)
	if was == nil {
		return 0, nil, problems
	}
	is, problems := l.Try(after)
	if is == nil {
		return 0, nil, problems
	}
	known := Known(was, is)
	return len(known), Compare(was, is, known, l.now()), nil
}

// Worse are the texts of the known questions that after answers worse than before.
func (l *Live) Worse(before, after fs.FS) ([]string, error) {
	_, all, problems := l.Differences(before, after)
	var worse []string
	for _, d := range all {
		if d.Verdict == Worse {
			worse = append(worse, d.Question.Text)
		}
	}
	return worse, problems.Err()
}
