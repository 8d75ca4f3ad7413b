package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
)

// Take seals a file as it comes. The same person's same file, with the same said about it, is the same import: one that is under way is given as
// it is, any other is judged anew. isNew says that there was none. An error of from is returned as it is.
func (s *Service) Take(ctx context.Context, u Upload, from io.Reader) (taken Import, isNew bool, err error) {
	if err := s.reserve(u.By); err != nil {
		return Import{}, false, err
	}
	defer s.free(u.By)
	digest := sha256.New()
	incoming, err := s.folder.receive(io.TeeReader(from, digest))
	if err != nil {
		return Import{}, false, err
	}
	defer incoming.discard()
	id := u.id(digest.Sum(nil))

	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.jobs[id]
	if j != nil && j.State.waits() {
		return s.shown(j), false, nil
	}
	if err := s.folder.remove(id); err != nil {
		return Import{}, false, err
	}
	if err := incoming.keep(id); err != nil {
		return Import{}, false, err
	}
	isNew = j == nil
	j = &job{Import: Import{ID: id, Upload: u, At: s.cfg.Now(), State: Queued}}
	s.queue(j)
	return s.shown(j), isNew, nil
}

// id is the same for the same file with the same said about it. It tells nothing of the file.
func (u Upload) id(digest []byte) string {
	w := u.Whole
	all := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %q %q %q %x", u.By, u.Kind, w.Own, w.Committee, w.Basis, w.Date, digest))
	return hex.EncodeToString(all[:16])
}

// reserve is ErrBusy when there is no room for another file.
func (s *Service) reserve(by string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	own, all := s.receiving[by], 0
	for _, n := range s.receiving {
		all += n
	}
	for _, j := range s.jobs {
		if j.State == Done || s.over(j) {
			continue
		}
		all++
		if j.By == by {
			own++
		}
	}
	if own >= maxOwn || all >= maxAll {
		return ErrBusy
	}
	s.receiving[by]++
	return nil
}

func (s *Service) free(by string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.receiving[by]--; s.receiving[by] == 0 {
		delete(s.receiving, by)
	}
}
