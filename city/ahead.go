package city

import (
	"context"
	"errors"
	"time"

	"towncrier/intents"
	"towncrier/problem"
)

// mostAhead are the drafts whose matchers are trained before they are published.
const mostAhead = 3

// ahead trains what drafts that are submitted, or about to be, would be answered with, so that their publication has but to take it: training
// takes seconds for a large city, and a revision is to be in force everywhere within two. It ends with ctx.
func (l *Live) ahead(ctx context.Context, revisions Revisions) {
	tick := time.NewTicker(followEvery)
	defer tick.Stop()
	ready := map[string]intents.Lessons{} // by the name of a draft
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		names, err := revisions.Upcoming(ctx, mostAhead)
		if err != nil {
			continue // Follow, which reads in the same place, says so
		}
		upcoming := make(map[string]intents.Lessons, len(names))
		for _, name := range names {
			lessons, known := ready[name]
			if !known || !l.has(lessons) {
				if lessons, err = l.prepare(ctx, revisions, name); err != nil {
					continue // the next look tries again
				}
			}
			upcoming[name] = lessons
		}
		ready = upcoming
	}
}

// has says whether a matcher of some lessons is here, and has it kept. The zero Lessons are of a draft that cannot be loaded.
func (l *Live) has(lessons intents.Lessons) bool {
	return lessons == intents.Lessons{} || l.Current().Matcher.Lessons() == lessons || l.trained.keep(lessons)
}

// prepare trains the matcher of a draft. Its lessons are zero when the draft cannot be loaded: its publication says why.
func (l *Live) prepare(ctx context.Context, revisions Revisions, name string) (lessons intents.Lessons, err error) {
	folder, err := revisions.Prospect(ctx, name)
	if err != nil {
		return lessons, err
	}
	c, err := l.Try(ctx, folder)
	if _, faulty := errors.AsType[problem.List](err); faulty {
		return lessons, nil
	}
	if err != nil {
		return lessons, err
	}
	l.log.Info("a draft of the content is ready to be published", "draft", name)
	return c.Matcher.Lessons(), nil
}
