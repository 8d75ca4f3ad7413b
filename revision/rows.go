package revision

import (
	"context"
	"errors"
	"fmt"
)

// Rows are what a committee hands in for a table.
type Rows struct {
	Committee string
	Title     string // of the draft, when one is begun
	Path      string // of the table
	// Write makes the table's next text of a folder's; its error is the caller's own.
	Write func(there Folder) ([]byte, error)
	// Own are the names of the committee's rows in a folder's table.
	Own func(there Folder) []string
	Try bool // nothing is kept
}

// ErrSameRows says that what was handed in changes nothing.
var ErrSameRows = errors.New("和现在的表完全一样：没有要改的行")

// HandIn makes of a committee's rows a draft of the committee's own: the one that it has, put on what is in force, or else a new one. Rows
// that it handed in before are replaced; what an author added to that draft stays.
func (s *Service) HandIn(ctx context.Context, by string, rows Rows) (d Draft, err error) {
	for range 3 { // times that somebody changes the draft meanwhile
		if d, err = s.handIn(ctx, by, rows); !errors.Is(err, ErrMoved) {
			return d, err
		}
	}
	return d, err
}

func (s *Service) handIn(ctx context.Context, by string, rows Rows) (Draft, error) {
	head, err := s.keptHead(ctx)
	if err != nil {
		return Draft{}, err
	}
	has, err := s.Store.Drafts(ctx, []Status{Open, Submitted}, rows.Committee, "", 1)
	if err != nil {
		return Draft{}, fmt.Errorf("look for a committee's draft: %w", err)
	}
	if len(has) == 0 {
		d := Draft{Title: rows.Title, Committee: rows.Committee}
		if err := rows.into(&d, head); err != nil || rows.Try {
			return d, err
		}
		if len(d.Changes) == 0 {
			return Draft{}, ErrSameRows
		}
		return s.begin(ctx, by, d, head)
	}
	seen, base, err := s.DraftOn(ctx, has[0].ID)
	if err != nil {
		return Draft{}, err
	}
	next := seen
	if err := next.rebase(base, head, Choice{Keep: rows.kept(base.With(seen.Changes), head)}); err != nil {
		return Draft{}, err
	}
	if err := rows.into(&next, head); err != nil || rows.Try {
		return next, err
	}
	return s.edit(ctx, by, seen.ID, "content.change", func(d *Draft, _ Folder) error {
		if d.Version != seen.Version {
			return ErrMoved
		}
		d.Base, d.Changes = next.Base, next.Changes
		return nil
	})
}

// kept are the committee's rows, of which it does not matter what was published of them: the new ones take their place.
func (r Rows) kept(folders ...Folder) (keep []string) {
	for _, f := range folders {
		for _, name := range r.Own(f) {
			keep = append(keep, rowOf(r.Path, name))
		}
	}
	return keep
}

// into puts the rows into a draft that is based on head.
func (r Rows) into(d *Draft, head Folder) error {
	text, err := r.Write(head.With(d.Changes))
	if err != nil {
		return err
	}
	d.set(Change{Path: r.Path, Text: text}, head)
	return head.With(d.Changes).fits()
}
