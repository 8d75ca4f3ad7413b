package revision

import (
	"context"
	"errors"
	"fmt"
)

// Overlay appends a revision that put makes of whatever is in force, so that nothing which came in between is lost: next says what kind it
// is, of which notice, and who answers for it; by is who acts. What two people signed is the caller's affair. Done twice it is done once: put returns nil
// when the folder in force has it already.
func (s *Service) Overlay(ctx context.Context, by string, next Revision, action string, put func(head Folder) Folder) (r Revision, err error) {
	for range again {
		if r, err = s.overlay(ctx, by, next, action, put); !errors.Is(err, ErrMoved) {
			return r, err
		}
	}
	return r, err
}

func (s *Service) overlay(ctx context.Context, by string, next Revision, action string, put func(Folder) Folder) (Revision, error) {
	head, before, err := s.Head(ctx)
	if err != nil {
		return Revision{}, err
	}
	after := put(before)
	if after == nil {
		return s.of(ctx, next, head)
	}
	if err := after.fits(); err != nil {
		return Revision{}, err
	}
	if problems := s.Judge(after.FS()); problems.Faults() > 0 {
		return Revision{}, &FaultsError{problems}
	}
	return s.append(ctx, head, before, Step{Revision: next, Folder: after}, s.act(by, action, ""))
}

// of is the newest revision of the kind and notice of next.
func (s *Service) of(ctx context.Context, next, head Revision) (Revision, error) {
	const most = 200
	all, err := s.Store.Revisions(ctx, 0, most)
	if err != nil {
		return Revision{}, fmt.Errorf("list revisions: %w", err)
	}
	for _, r := range all {
		if r.Kind == next.Kind && r.Notice == next.Notice {
			return r, nil
		}
	}
	return head, nil
}
