package city

import (
	"context"
	"time"

	"towncrier/intents"
)

// mostAhead are the drafts whose matchers are trained before they are published.
const mostAhead = 3

// ahead trains what submitted drafts would be answered with, so that their publication has but to take it: training takes seconds for a large
// city, and a revision is to be in force everywhere within two. It ends with ctx.
func (l *Live) ahead(ctx context.Context, revisions Revisions) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	ready := map[string]intents.Lessons{} // by the hash of a draft
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		hashes, err := revisions.Submitted(ctx, mostAhead)
		if err != nil {
			continue // Follow, which reads in the same place, says so
		}
		waiting := make(map[string]intents.Lessons, len(hashes))
		for _, hash := range hashes {
			lessons, known := ready[hash]
			if !known || !l.has(lessons) {
				if lessons, err = l.prepare(ctx, revisions, hash); err != nil {
					continue // the next look tries again
				}
			}
			waiting[hash] = lessons
		}
		ready = waiting
	}
}

// has says whether a matcher of some lessons is here, and has it kept. The zero Lessons are of a draft that cannot be loaded.
func (l *Live) has(lessons intents.Lessons) bool {
	return lessons == intents.Lessons{} || l.Current().Matcher.Lessons() == lessons || l.trained.keep(lessons)
}

// prepare trains the matcher of a submitted draft. Its lessons are zero when the draft cannot be loaded: its publication says why.
func (l *Live) prepare(ctx context.Context, revisions Revisions, hash string) (lessons intents.Lessons, err error) {
	folder, err := revisions.Prospect(ctx, hash)
	if err != nil {
		return lessons, err
	}
	if c, _ := l.Try(folder); c != nil {
		l.log.Info("a draft of the content is ready to be published", "hash", hash[:12])
		lessons = c.Matcher.Lessons()
	}
	return lessons, nil
}
