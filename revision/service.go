package revision

import (
	"context"
	"encoding/hex"
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

// Newest is the number of the revision in force, 0 while there is none.
func (s *Service) Newest(ctx context.Context) (int, error) {
	head, err := s.Store.Head(ctx)
	return head.Number, err
}

// mostSubmitted bounds the submitted drafts that are looked at.
const mostSubmitted = 50

// submitted are the drafts that may be published next, the newest first: those that were submitted on what is in force.
func (s *Service) submitted(ctx context.Context) ([]Draft, error) {
	head, err := s.Store.Head(ctx)
	if err != nil {
		return nil, err
	}
	all, err := s.Store.Drafts(ctx, []Status{Submitted}, "", "", mostSubmitted)
	return slices.DeleteFunc(all, func(d Draft) bool { return head.Number > 0 && d.Base != head.Folder }), err
}

// Submitted are the hashes, in hexadecimal, of drafts that may be published next, at most most, the newest first.
func (s *Service) Submitted(ctx context.Context, most int) ([]string, error) {
	all, err := s.submitted(ctx)
	var hashes []string
	for _, d := range all[:min(len(all), most)] {
		hashes = append(hashes, hex.EncodeToString(d.Hash))
	}
	return hashes, err
}

// Prospect is the folder that such a draft leads to, or ErrNoDraft.
func (s *Service) Prospect(ctx context.Context, hash string) (fs.FS, error) {
	all, err := s.submitted(ctx)
	if err != nil {
		return nil, err
	}
	for _, d := range all {
		if hex.EncodeToString(d.Hash) == hash {
			d, base, err := s.DraftOn(ctx, d.ID)
			if err != nil {
				return nil, err
			}
			return base.With(d.Changes).FS(), nil
		}
	}
	return nil, ErrNoDraft
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
