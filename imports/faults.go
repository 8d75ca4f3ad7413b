package imports

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"towncrier/problem"
	"towncrier/roster"
)

// errGone says why what an import counts cannot be seen any more.
const errGone = stateError("问题清单和有问题的行已经删除（文件到期，或者服务器重新启动过）：请重新上传原来的文件，再检查一遍")

const (
	// mostFaults are kept one by one; a wrong column makes one in each row. Beyond them, and beyond maxFaults bytes, they are counted.
	mostFaults = 200_000
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
	full        bool
	err         error
}

func (s *Service) newFaults(j *job) (*faultList, error) {
	w, err := s.folder.create(j.key, faults)
	if err != nil {
		return nil, err
	}
	return &faultList{sealedWriter: w, out: bufio.NewWriter(w)}, nil
}

func (l *faultList) add(p roster.RowProblem) {
	if l.all++; l.full || l.err != nil {
		return
	}
	text, err := json.Marshal(p)
	if err != nil {
		l.err = err
		return
	}
	text = append(text, '\n')
	if l.full = l.listed == mostFaults || l.size+int64(len(text)) > maxFaults; l.full {
		return
	}
	if l.listed%faultsApart == 0 {
		l.index = append(l.index, l.size)
	}
	l.listed++
	l.size += int64(len(text))
	_, l.err = l.out.Write(text)
}

func (l *faultList) keepAs(key, piece string) error {
	if l.err == nil {
		l.err = l.out.Flush()
	}
	if l.err != nil {
		return l.err
	}
	return l.sealedWriter.keepAs(key, piece)
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
	listed, index, key, lost := j.Listed, j.index, j.key, j.gone && j.Faults > 0
	s.mu.Unlock()
	if lost {
		return nil, "", errGone
	}
	if from >= listed {
		return nil, "", nil
	}
	sealed, closer, err := s.folder.openPiece(key, faults)
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
