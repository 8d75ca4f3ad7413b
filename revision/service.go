package revision

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"time"

	"towncrier/problem"
)

// Config is what a Service stands on.
type Config struct {
	Store Store
	// Base is the folder in force while there is no revision.
	Base func() (Folder, error)
	// Judge says what is wrong with a city's folder.
	Judge func(fs.FS) problem.List
	// Worse names the known questions that after answers worse than before; nil knows none.
	Worse func(ctx context.Context, before, after Folder) ([]string, error)
	// Stops names what is to be sent and stops when after comes into force in the place of before; nil knows of nothing.
	Stops func(ctx context.Context, before, after Folder) ([]string, error)
	Now   func() time.Time
}

// Service is the life of drafts and revisions, as officials direct it; the caller has checked their rights. Every change is audited with it.
// Safe for concurrent use.
type Service struct{ Config }

// NewService makes a Service.
func NewService(c Config) *Service { return &Service{c} }

// Head is the revision in force and its folder. Number is 0, and nothing else of it set but Folder, while there is none.
func (s *Service) Head(ctx context.Context) (Revision, Folder, error) {
	head, err := s.Store.Head(ctx)
	if err != nil {
		return Revision{}, nil, fmt.Errorf("read the revision in force: %w", err)
	}
	if head.Number == 0 {
		f, err := s.Base()
		if err != nil {
			return Revision{}, nil, err
		}
		return Revision{Folder: f.Digest()}, f, nil
	}
	f, err := s.Store.Folder(ctx, head.Folder)
	if err != nil {
		return Revision{}, nil, fmt.Errorf("read the folder in force: %w", err)
	}
	return head, f, nil
}

// Newest is the number of the revision in force, 0 while there is none, and when it was made.
func (s *Service) Newest(ctx context.Context) (number int, made time.Time, err error) {
	head, err := s.Store.Head(ctx)
	return head.Number, head.At, err
}

const (
	// mostUpcoming bounds the drafts that are looked at.
	mostUpcoming = 50
	// triedFor is how long after somebody tried to submit a draft it is upcoming.
	triedFor = time.Minute
)

// upcoming are the drafts that may be published next, the newest first: those on what is in force that are submitted, or about to be.
func (s *Service) upcoming(ctx context.Context) ([]Draft, error) {
	head, err := s.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Upcoming(ctx, s.Now().Add(-triedFor), mostUpcoming)
	return slices.DeleteFunc(all, func(d Draft) bool { return head.Number > 0 && d.Base != head.Folder }), err
}

// Upcoming names the drafts that may be published next, at most most, the newest first. A draft that is changed has another name.
func (s *Service) Upcoming(ctx context.Context, most int) (names []string, err error) {
	all, err := s.upcoming(ctx)
	for _, d := range all[:min(len(all), most)] {
		names = append(names, d.name())
	}
	return names, err
}

// name is what a draft is called as it is now.
func (d Draft) name() string { return fmt.Sprintf("%s@%d", d.ID, d.Version) }

// Prospect is the folder that such a draft leads to, or ErrNoDraft.
func (s *Service) Prospect(ctx context.Context, name string) (fs.FS, error) {
	all, err := s.upcoming(ctx)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(d Draft) bool { return d.name() == name })
	if i < 0 {
		return nil, ErrNoDraft
	}
	d, base, err := s.DraftOn(ctx, all[i].ID)
	if err != nil {
		return nil, err
	}
	return base.With(d.Changes).FS(), nil
}

// Published says whether some revision has a folder of this digest.
func (s *Service) Published(ctx context.Context, folder Digest) (bool, error) {
	const page = 200
	for before := 0; ; {
		all, err := s.Store.Revisions(ctx, before, page)
		if err != nil || len(all) == 0 {
			return false, err
		}
		if slices.ContainsFunc(all, func(r Revision) bool { return r.Folder == folder }) {
			return true, nil
		}
		if before = all[len(all)-1].Number; before == 1 {
			return false, nil
		}
	}
}

// Folder is the folder of a revision.
func (s *Service) Folder(ctx context.Context, number int) (fs.FS, error) {
	r, err := s.Store.Revision(ctx, number)
	if err != nil {
		return nil, err
	}
	f, err := s.Store.Folder(ctx, r.Folder)
	if err != nil {
		return nil, err
	}
	return f.FS(), nil
}
