package sheet

import (
	"context"
	"io"
)

// source is the bytes of a file for as long as somebody wants them. It keeps the first error of reading them, which readers of archives and
// of XML would take for damage of the file. It is for one goroutine at a time.
type source struct {
	from   io.ReaderAt
	ctx    context.Context // io.ReaderAt has no place for one
	failed error
}

func (s *source) ReadAt(p []byte, at int64) (n int, err error) {
	if err = s.ctx.Err(); err == nil {
		n, err = s.from.ReadAt(p, at)
	}
	if err != nil && err != io.EOF && s.failed == nil {
		s.failed = err
	}
	return n, err
}

// cause is why err came: the source's own error when there is one.
func (s *source) cause(err error) error {
	if s.failed != nil {
		return s.failed
	}
	return err
}
