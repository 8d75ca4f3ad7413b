package imports

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sheet"
)

const (
	// maxFaults are kept one by one; a wrong column makes one in each row. Beyond them they are counted.
	maxFaults = 200_000
	// faultsApart is how far apart the places are that are known by heart.
	faultsApart = 500
)

// faultList writes down faults as they are found.
type faultList struct {
	*sealedWriter
	out         *bufio.Writer
	index       []int64
	size        int64
	all, listed int
	err         error
}

func (s *Service) newFaults() (*faultList, error) {
	w, err := s.folder.create()
	if err != nil {
		return nil, err
	}
	return &faultList{sealedWriter: w, out: bufio.NewWriter(w)}, nil
}

func (l *faultList) add(p roster.RowProblem) {
	if l.all++; l.listed == maxFaults || l.err != nil {
		return
	}
	if l.listed%faultsApart == 0 {
		l.index = append(l.index, l.size)
	}
	l.listed++
	text, err := json.Marshal(p)
	if err == nil {
		_, err = l.out.Write(append(text, '\n'))
	}
	l.size += int64(len(text)) + 1
	l.err = err
}

func (l *faultList) keepAs(id, part string) error {
	if l.err == nil {
		l.err = l.out.Flush()
	}
	if l.err != nil {
		return l.err
	}
	return l.sealedWriter.keepAs(id, part)
}

// Faults are at most limit of an import's, by row and column, of one kind unless that is "", behind those that next said before. next is ""
// at the end.
func (s *Service) Faults(by, id, kind, after string, limit int) (page []roster.RowProblem, next string, err error) {
	from := 0
	if after != "" {
		if from, err = strconv.Atoi(after); err != nil || from < 1 {
			return nil, "", problem.ErrCursor
		}
	}
	s.mu.Lock()
	j, err := s.find(by, id)
	if err != nil {
		s.mu.Unlock()
		return nil, "", err
	}
	listed, index := j.Listed, j.index
	s.mu.Unlock()
	if from >= listed {
		return nil, "", nil
	}
	sealed, closer, err := s.folder.openPart(id, faultsPart)
	if err != nil {
		return nil, "", ErrNoImport // it was sent again, or removed, just now
	}
	defer closer.Close()
	n := from / faultsApart * faultsApart
	lines := bufio.NewReader(io.NewSectionReader(sealed, index[n/faultsApart], sealed.Size()))
	for ; n < listed; n++ {
		line, err := lines.ReadString('\n')
		if err != nil {
			return nil, "", err
		}
		if n < from || !strings.Contains(line, kind) {
			continue
		}
		var p roster.RowProblem
		if err := json.Unmarshal([]byte(line), &p); err != nil {
			return nil, "", err
		}
		if kind != "" && p.Kind != kind {
			continue
		}
		if len(page) == limit {
			return page, strconv.Itoa(n), nil
		}
		page = append(page, p)
	}
	return page, "", nil
}

// writeBad writes the rows that are left out, to be mended and sent again.
func (s *Service) writeBad(id string, plan *roster.Plan) error {
	w, err := s.folder.create()
	if err != nil {
		return err
	}
	defer w.discard()
	buffered := bufio.NewWriter(w)
	out, err := sheet.NewWriter(buffered, sheet.CSV)
	if err != nil {
		return err
	}
	if err := plan.WriteBad(out); err != nil {
		return err
	}
	if err := out.Close(); err != nil {
		return err
	}
	if err := buffered.Flush(); err != nil {
		return err
	}
	return w.keepAs(id, badPart)
}

// BadRows is what writes the rows that were left out as CSV, with what is wrong in front.
func (s *Service) BadRows(by, id string) (write func(io.Writer) error, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, err := s.find(by, id)
	switch {
	case err != nil:
		return nil, err
	case j.State == Queued || j.State == Judging:
		return nil, stateError("还没有检查完")
	case j.Kind == Committees:
		return nil, stateError("居委会的表只列出问题：请在原表里改正")
	case !s.folder.has(id, badPart):
		return nil, stateError("没有有问题的行")
	}
	return func(w io.Writer) error {
		sealed, closer, err := s.folder.openPart(id, badPart)
		if err != nil {
			return err
		}
		defer closer.Close()
		_, err = io.Copy(w, io.NewSectionReader(sealed, 0, sealed.Size()))
		return err
	}, nil
}
