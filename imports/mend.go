package imports

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"

	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sheet"
)

// mostMended is how many cells and rows of a file are corrected here. A file with more faults is mended where it was made.
const mostMended = 20_000

// Correction is what stands in a cell of a bad row instead of what the file says.
type Correction struct {
	Row, Column int // Column is -1 for the whole row, which is left out then
	Text        string
}

// Mend corrects cells of an import's bad rows, and has its file judged again. Whatever was corrected before stays.
func (s *Service) Mend(ctx context.Context, by, id string, corrections []Correction) (Import, error) {
	s.mu.Lock()
	j, err := s.mendable(by, id, corrections)
	if err != nil {
		s.mu.Unlock()
		return Import{}, err
	}
	act := s.act(j, "import.mend", fmt.Sprintf("corrections=%d", len(corrections)))
	s.mu.Unlock()
	if err := s.cfg.Audit.Record(ctx, act); err != nil {
		return Import{}, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if j, err = s.mendable(by, id, corrections); err != nil {
		return Import{}, err
	}
	all, err := s.folder.corrections(j.key)
	if err != nil {
		return Import{}, err
	}
	all = merged(all, corrections)
	if len(all) > mostMended {
		return Import{}, &problem.Invalid{Field: "cells", Reason: fmt.Sprintf("改正的地方太多：一个文件最多%d处，请下载有问题的行，改好再上传", mostMended)}
	}
	if err := s.folder.keepCorrections(j.key, all); err != nil {
		return Import{}, err
	}
	if err := s.folder.remove(j.key, faults, badRows); err != nil {
		return Import{}, err
	}
	for _, c := range corrections {
		j.mended.Add(c.Row)
	}
	j.Mended, j.MendedAt = len(all), s.cfg.Now()
	j.State, j.Read, j.Judgement, j.index, j.bad = Queued, 0, Judgement{}, nil, badList{}
	s.enqueue(j)
	return s.view(j), nil
}

// mendable is the import that can be corrected so. It is called with mu held.
func (s *Service) mendable(by, id string, corrections []Correction) (*job, error) {
	j, err := s.find(by, id)
	switch {
	case err != nil:
		return nil, err
	case j.State != Judged:
		return nil, stateError("现在不能改正：这个文件" + j.State.Label())
	}
	for i, c := range corrections {
		field := fmt.Sprintf("cells[%d].cell", i)
		if c.Column < 0 {
			field = "leave_out"
		}
		switch {
		case !j.bad.rows.Has(c.Row) && !j.mended.Has(c.Row):
			return nil, &problem.Invalid{Field: field, Reason: fmt.Sprintf("第%d行没有问题：只能改正有问题的行", c.Row)}
		case c.Column >= sheet.MaxColumns:
			return nil, &problem.Invalid{Field: field, Reason: fmt.Sprintf("没有这一列：最多%d列", sheet.MaxColumns)}
		}
	}
	return j, nil
}

// merged are corrections by row and column: of those of one cell the last.
func merged(before, now []Correction) []Correction {
	all := slices.Concat(before, now)
	slices.Reverse(all)
	byCell := func(a, b Correction) int { return cmp.Or(cmp.Compare(a.Row, b.Row), cmp.Compare(a.Column, b.Column)) }
	slices.SortStableFunc(all, byCell)
	return slices.CompactFunc(all, func(a, b Correction) bool { return byCell(a, b) == 0 })
}

func (f folder) keepCorrections(key string, all []Correction) error {
	w, err := f.create(key, mended)
	if err != nil {
		return err
	}
	defer w.discard()
	if err := json.NewEncoder(w).Encode(all); err != nil {
		return err
	}
	return w.keepAs(key, mended)
}

// corrections are those of an import, none when there are none.
func (f folder) corrections(key string) (all []Correction, err error) {
	sealed, closer, err := f.openPiece(key, mended)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer closer.Close()
	return all, json.NewDecoder(io.NewSectionReader(sealed, 0, sealed.Size())).Decode(&all)
}

// correct puts corrections of a row into it.
func correct(row roster.Row, corrections []Correction) roster.Row {
	for _, c := range corrections {
		if c.Row != row.Number {
			continue
		}
		if c.Column < 0 {
			return roster.Row{Number: row.Number}
		}
		for len(row.Cells) <= c.Column {
			row.Cells = append(row.Cells, "")
		}
		row.Cells[c.Column] = c.Text
		row.Faults = slices.DeleteFunc(row.Faults, func(f roster.CellFault) bool { return f.Column == c.Column })
	}
	return row
}
