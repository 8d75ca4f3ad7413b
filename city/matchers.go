package city

import (
	"io/fs"
	"slices"
	"sync"
	"time"

	"towncrier/intents"
	"towncrier/problem"
)

const (
	// matcherKept is how long a matcher is kept after it was last asked for: drafts are judged, compared and published one after another, and
	// training takes most of each.
	matcherKept = time.Minute
	// mostMatchers are kept beside the one that answers: those of drafts that wait for publication, and of one that is written. One of 600
	// intents takes some 40 MiB.
	mostMatchers = mostAhead + 1
)

// matchers are those that were trained here and may be asked for again. The zero value has none.
type matchers struct {
	mu  sync.Mutex
	all []*kept // the one that was asked for last comes last
}

type kept struct {
	lessons intents.Lessons
	matcher func() *intents.Matcher // trains it once, whoever asks first
	forget  *time.Timer
}

// load is Load, for a folder of which much may be as it was before: a matcher of the same lessons is not trained again.
func (l *Live) load(fsys fs.FS) (*City, problem.List) {
	return loadWith(fsys, l.now(), func(set *intents.Set, gazetteer map[string][]intents.Entry) *intents.Matcher {
		lessons := intents.LessonsOf(set, gazetteer)
		if now := l.Current().Matcher; now.Lessons() == lessons {
			return now
		}
		return l.trained.of(lessons, func() *intents.Matcher { return intents.Train(set, gazetteer) })
	})
}

// of is the matcher of some lessons. Who asks while it is being trained waits for that.
func (m *matchers) of(lessons intents.Lessons, train func() *intents.Matcher) *intents.Matcher {
	m.mu.Lock()
	k := m.find(lessons)
	if k == nil {
		k = &kept{lessons: lessons, matcher: sync.OnceValue(train)}
		k.forget = time.AfterFunc(matcherKept, func() { m.drop(k) })
		m.all = append(m.all, k)
		if len(m.all) > mostMatchers {
			m.all = slices.Delete(m.all, 0, 1)
		}
	}
	m.mu.Unlock()
	return k.matcher()
}

// keep keeps a matcher for longer, and is false when there is none of the lessons.
func (m *matchers) keep(lessons intents.Lessons) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.find(lessons) != nil
}

// find is the matcher of some lessons, or nil; it is kept for longer.
func (m *matchers) find(lessons intents.Lessons) *kept {
	i := slices.IndexFunc(m.all, func(k *kept) bool { return k.lessons == lessons })
	if i < 0 {
		return nil
	}
	k := m.all[i]
	m.all = append(slices.Delete(m.all, i, i+1), k)
	k.forget.Reset(matcherKept)
	return k
}

func (m *matchers) drop(k *kept) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.all = slices.DeleteFunc(m.all, func(other *kept) bool { return other == k })
}
