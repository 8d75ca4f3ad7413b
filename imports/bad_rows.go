package imports

import (
	"bufio"
	"errors"
	"fmt"
	"io"

	"towncrier/roster"
	"towncrier/sheet"
)

var errTooManyBad = errors.New("the bad rows take more than is kept")

// writeBad keeps the rows that are left out, to be mended and sent again, unless they are too many.
func (s *Service) writeBad(j *job, write func(roster.TableWriter) error) error {
	w, err := s.folder.create(j.key, badRows)
	if err != nil {
		return err
	}
	defer w.discard()
	buffered := bufio.NewWriter(&limitedWriter{w, maxBadRows})
	out, err := sheet.NewWriter(buffered, sheet.CSV)
	if err != nil {
		return err
	}
	if err = write(out); err == nil {
		err = errors.Join(out.Close(), buffered.Flush())
	}
	if errors.Is(err, errTooManyBad) {
		return s.folder.remove(j.key, badRows)
	}
	if err != nil {
		return err
	}
	return w.keepAs(j.key, badRows)
}

// limitedWriter takes so many bytes more.
type limitedWriter struct {
	io.Writer
	left int
}

func (w *limitedWriter) Write(p []byte) (int, error) {
	if w.left -= len(p); w.left < 0 {
		return 0, errTooManyBad
	}
	return w.Writer.Write(p)
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
	case j.Bad == 0:
		return nil, stateError("没有有问题的行")
	case j.gone:
		return nil, errGone
	case !s.folder.has(j.key, badRows):
		return nil, stateError(fmt.Sprintf("有问题的行没有另存（超过%d MiB）：请在原表里改正，再上传", maxBadRows>>20))
	}
	key := j.key
	return func(w io.Writer) error {
		sealed, closer, err := s.folder.openPiece(key, badRows)
		if err != nil {
			return err
		}
		defer closer.Close()
		_, err = io.Copy(w, io.NewSectionReader(sealed, 0, sealed.Size()))
		return err
	}, nil
}
