package broadcast

import (
	"context"
	"fmt"
	"slices"
	"time"

	"towncrier/problem"
)

// Revision is what a broadcast or a series said when an official wrote, submitted or judged it. Everything in it reads as it did then.
type Revision struct {
	Version    int64
	Act        Step
	By         string // staff id
	At         time.Time
	Why        string // of a return
	Lines      []Line // nil of an approval and a return, which are of the version before
	Submission int    // 1 of the first that was submitted; 0 of another act
	// Replaces is since when an edit by the same person, with nothing after it, is not kept beside this one; zero keeps every one.
	Replaces time.Time
}

// together is how long the edits of one person are one revision: somebody who writes saves every minute.
const together = 10 * time.Minute

func (s *Service) revision(by Official, act Step, lines []Line) *Revision {
	return &Revision{Act: act, By: by.ID, At: s.instant(), Lines: lines}
}

// readAs are names for what is kept. Only who may use a list learns its title.
func (s *Service) readAs(ctx context.Context, p Proposal) (reading, error) {
	names, err := s.Names(ctx, Official{}, p)
	names.lists = nil
	return s.reading(names), err
}

// Revisions are a broadcast's, the newest first. ErrCitys for one that the official may look at only: what was drafted and returned is not
// theirs to read.
func (s *Service) Revisions(ctx context.Context, by Official, id string) ([]Revision, error) {
	if _, err := s.Get(ctx, by, id); err != nil {
		return nil, err
	}
	return s.revisions(ctx, id, Submits)
}

// SeriesRevisions are a series', the newest first. Whatever is written of a series is submitted.
func (s *Service) SeriesRevisions(ctx context.Context, by Official, id string) ([]Revision, error) {
	if _, err := s.GetSeries(ctx, by, id); err != nil {
		return nil, err
	}
	return s.revisions(ctx, id, Drafts, Edits)
}

func (s *Service) revisions(ctx context.Context, id string, submits ...Step) ([]Revision, error) {
	all, err := s.Store.Revisions(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("list revisions: %w", err)
	}
	n := 0
	for i := range all {
		if slices.Contains(submits, all[i].Act) {
			n++
			all[i].Submission = n
		}
	}
	slices.Reverse(all)
	return all, nil
}

// Between says which versions are compared. A zero is what was submitted last for To, and what was submitted before that for From.
type Between struct {
	From, To int64
	Now      bool // To is what it says now, with today's templates and passages
}

// ErrNoRevision is of a version that is not kept.
var ErrNoRevision = problem.NotFound("没有保存这一版：请在修改记录里选一版")

// Difference is what became of one version in another.
type Difference struct {
	From, To Revision // zero when there is none; To of Now has no version
	Changes  []Change // nil when there is no From
}

// Differences compares two versions of a broadcast.
func (s *Service) Differences(ctx context.Context, by Official, id string, between Between) (Difference, error) {
	all, err := s.Revisions(ctx, by, id)
	if err != nil {
		return Difference{}, err
	}
	return difference(all, between, func() ([]Line, error) {
		now, err := s.Signed(ctx, by, id)
		return now.Lines, err
	})
}

// SeriesDifferences compares two versions of a series.
func (s *Service) SeriesDifferences(ctx context.Context, by Official, id string, between Between) (Difference, error) {
	all, err := s.SeriesRevisions(ctx, by, id)
	if err != nil {
		return Difference{}, err
	}
	return difference(all, between, func() ([]Line, error) {
		now, err := s.SignedSeries(ctx, by, id)
		return now.Lines, err
	})
}

// difference compares two of all, newest first.
func difference(all []Revision, between Between, now func() ([]Line, error)) (d Difference, err error) {
	if between.Now {
		if d.To.Lines, err = now(); err != nil {
			return d, err
		}
	} else if d.To, err = pick(all, between.To); err != nil {
		return d, err
	}
	older := all
	if i := slices.IndexFunc(all, func(r Revision) bool { return r.Version == d.To.Version }); i >= 0 && between.From == 0 {
		older = all[i+1:]
	}
	if d.From, err = pick(older, between.From); err != nil || d.From.Version == 0 || d.To.Lines == nil {
		return d, err
	}
	d.Changes = changes(d.From.Lines, d.To.Lines)
	return d, nil
}

// pick is what was said in a version: an approval or a return judged what stands below it. Version 0 is the newest that was submitted, if
// there is one.
func pick(all []Revision, version int64) (Revision, error) {
	for _, r := range all {
		if version == 0 && r.Submission > 0 || version > 0 && r.Version <= version && r.Lines != nil {
			return r, nil
		}
	}
	if version == 0 {
		return Revision{}, nil
	}
	return Revision{}, ErrNoRevision
}
