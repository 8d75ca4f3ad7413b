package imports

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strconv"

	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sheet"
)

var errTooManyBad = errors.New("the bad rows take more than is kept")

// badRow is a line of the piece badRows. Its first line is a roster.BadHeading.
type badRow struct {
	Number   int           `json:"n"`
	Cells    []string      `json:"c"`
	Problems []problemLeft `json:"p,omitempty"`
	Note     string        `json:"w,omitempty"`
}

// problemLeft is a roster.RowProblem without what its row says.
type problemLeft struct {
	Column string `json:"h,omitempty"`
	Cell   string `json:"a,omitempty"`
	Kind   string `json:"k"`
	Text   string `json:"t"`
}

// badList knows where the rows of the piece badRows are.
type badList struct {
	rows  roster.RowSet // which they are
	all   int
	index []int64 // where each badApart-th one is
}

// badApart is how far apart the rows are whose places are known by heart.
const badApart = 500

// keepBad keeps the rows that are left out, to be mended, unless they are too many.
func (s *Service) keepBad(j *job, heading roster.BadHeading, rows iter.Seq2[roster.BadRow, error]) (list badList, err error) {
	w, err := s.folder.create(j.key, badRows)
	if err != nil {
		return list, err
	}
	defer w.discard()
	out := &lineWriter{to: bufio.NewWriter(w)}
	err = out.write(heading)
	for row, failed := range rows {
		if err = errors.Join(err, failed); err != nil {
			break
		}
		if list.all%badApart == 0 {
			list.index = append(list.index, out.size)
		}
		list.all++
		list.rows.Add(row.Number)
		line := badRow{Number: row.Number, Cells: row.Cells, Note: row.Note}
		for _, p := range row.Problems {
			line.Problems = append(line.Problems, problemLeft{p.Column, p.Cell, p.Kind, p.Text})
		}
		if err = out.write(line); err != nil {
			break
		}
	}
	if errors.Is(err, errTooManyBad) {
		return badList{}, s.folder.remove(j.key, badRows)
	}
	if err = errors.Join(err, out.to.Flush()); err != nil {
		return badList{}, err
	}
	return list, w.keepAs(j.key, badRows)
}

// lineWriter writes a JSON value a line, maxBadRows bytes at most.
type lineWriter struct {
	to   *bufio.Writer
	size int64
}

func (w *lineWriter) write(value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return err
	}
	if w.size += int64(len(text)) + 1; w.size > maxBadRows {
		return errTooManyBad
	}
	_, err = w.to.Write(append(text, '\n'))
	return err
}

// BadRows is what writes the rows that were left out as a table, with what is wrong in front.
func (s *Service) BadRows(by, id, format string) (write func(io.Writer) error, err error) {
	key, _, err := s.findBad(by, id)
	if err != nil {
		return nil, err
	}
	return func(w io.Writer) error {
		kept, err := s.openBad(key)
		if err != nil {
			return err
		}
		defer kept.closer.Close()
		out, err := sheet.NewWriter(w, format)
		if err != nil {
			return err
		}
		return errors.Join(roster.WriteBadRows(out, kept.heading, kept.rows(0)), out.Close())
	}, nil
}

// Rows are at most limit of the rows that are left out, of those with a problem of one kind unless that is "", behind those that next said
// before. next is "" at the end.
func (s *Service) Rows(by, id, kind, after string, limit int) (heading roster.BadHeading, page []roster.BadRow, next string, err error) {
	from := 0
	if after != "" {
		if from, err = strconv.Atoi(after); err != nil || from < 1 {
			return heading, nil, "", problem.ErrCursor
		}
	}
	key, list, err := s.findBad(by, id)
	if err != nil {
		return heading, nil, "", err
	}
	kept, err := s.openBad(key)
	if err != nil {
		return heading, nil, "", ErrNoImport // it was sent again, or removed, just now
	}
	defer kept.closer.Close()
	n := from / badApart * badApart
	if n >= list.all {
		return kept.heading, nil, "", nil
	}
	for row, err := range kept.rows(list.index[n/badApart]) {
		if err != nil {
			return heading, nil, "", err
		}
		ofKind := kind == "" || slices.ContainsFunc(row.Problems, func(p roster.RowProblem) bool { return p.Kind == kind })
		switch {
		case n < from, !ofKind:
		case len(page) == limit:
			return kept.heading, page, strconv.Itoa(n), nil
		default:
			page = append(page, row)
		}
		n++
	}
	return kept.heading, page, "", nil
}

// findBad finds the bad rows of an import.
func (s *Service) findBad(by, id string) (key string, list badList, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(by, id)
	switch {
	case err != nil:
		return "", list, err
	case j.State == Queued || j.State == Judging:
		return "", list, stateError("还没有检查完")
	case j.Bad == 0:
		return "", list, stateError("没有有问题的行")
	case j.gone:
		return "", list, errGone
	case !s.folder.has(j.key, badRows):
		return "", list, stateError(fmt.Sprintf("有问题的行没有另存（超过%d MiB）：请在原表里改正，再上传", maxBadRows>>20))
	}
	return j.key, j.bad, nil
}

// keptBad is the piece badRows, opened.
type keptBad struct {
	heading roster.BadHeading
	start   int64 // of its first row
	piece   io.ReaderAt
	size    int64
	closer  io.Closer
}

func (s *Service) openBad(key string) (kept keptBad, err error) {
	sealed, closer, err := s.folder.openPiece(key, badRows)
	if err != nil {
		return kept, err
	}
	kept = keptBad{piece: sealed, size: sealed.Size(), closer: closer}
	first, err := bufio.NewReader(io.NewSectionReader(sealed, 0, sealed.Size())).ReadBytes('\n')
	if err == nil {
		kept.start = int64(len(first))
		err = json.Unmarshal(first, &kept.heading)
	}
	if err != nil {
		closer.Close()
	}
	return kept, err
}

// rows are those from a place on, from the first one when it is 0.
func (k keptBad) rows(at int64) iter.Seq2[roster.BadRow, error] {
	at = max(at, k.start)
	return func(yield func(roster.BadRow, error) bool) {
		lines := bufio.NewReaderSize(io.NewSectionReader(k.piece, at, k.size-at), 64<<10)
		for {
			text, err := lines.ReadBytes('\n')
			if err == io.EOF {
				return
			}
			var line badRow
			if err == nil {
				err = json.Unmarshal(text, &line)
			}
			row := roster.BadRow{Number: line.Number, Cells: line.Cells, Note: line.Note}
			for _, p := range line.Problems {
				row.Problems = append(row.Problems, roster.RowProblem{Row: line.Number, Column: p.Column, Cell: p.Cell, Kind: p.Kind, Text: p.Text})
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
