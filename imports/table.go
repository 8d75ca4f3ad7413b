package imports

import (
	"context"
	"errors"
	"io"
	"iter"

	"towncrier/roster"
	"towncrier/sheet"
)

// table is an uploaded file as a roster.Table, whose rows are counted as they are read.
type table struct {
	*sheet.File
	sealed io.Closer
	read   func(rows int)
}

// open opens an import's file, for as long as ctx is there.
func (s *Service) open(ctx context.Context, j *job) (*table, error) {
	sealed, closer, err := s.folder.openPiece(j.key, uploaded)
	if err != nil {
		return nil, err
	}
	file, err := sheet.Read(ctx, sealed, sealed.Size(), s.folder.path)
	if err != nil {
		closer.Close()
		return nil, unreadable{err}
	}
	return &table{file, closer, func(rows int) {
		s.change(func() { j.Read = max(j.Read, rows) })
	}}, nil
}

func (t *table) close() error { return errors.Join(t.File.Close(), t.sealed.Close()) }

// Rows implements roster.Table.
func (t *table) Rows() iter.Seq2[roster.Row, error] {
	return func(yield func(roster.Row, error) bool) {
		n := 0
		for row, err := range t.File.Rows() {
			if n++; n%1024 == 0 {
				t.read(n)
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
