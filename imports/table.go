package imports

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"

	"towncrier/roster"
	"towncrier/sheet"
)

// table is an uploaded file as a roster.Table, with what was corrected. Its rows are counted as they are read.
type table struct {
	*sheet.File
	sealed io.Closer
	read   func(rows int)

	corrections []Correction // by row
}

// Bytes implements roster.Table: a file that was corrected is another one.
func (t *table) Bytes() io.Reader {
	if len(t.corrections) == 0 {
		return t.File.Bytes()
	}
	text, _ := json.Marshal(t.corrections) // numbers and texts
	return io.MultiReader(t.File.Bytes(), bytes.NewReader(text))
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
	corrections, err := s.folder.corrections(j.key)
	if err != nil {
		return nil, errors.Join(err, file.Close(), closer.Close())
	}
	return &table{file, closer, func(rows int) {
		s.change(func() { j.Read = max(j.Read, rows) })
	}, corrections}, nil
}

func (t *table) close() error { return errors.Join(t.File.Close(), t.sealed.Close()) }

// Rows implements roster.Table.
func (t *table) Rows() iter.Seq2[roster.Row, error] {
	return func(yield func(roster.Row, error) bool) {
		n, left := 0, t.corrections
		for row, err := range t.File.Rows() {
			if n++; n%1024 == 0 {
				t.read(n)
			}
			of := 0
			for of < len(left) && left[of].Row <= row.Number {
				of++
			}
			row, left = correct(row, left[:of]), left[of:]
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
