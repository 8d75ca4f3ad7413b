package imports

import (
	"context"
	"crypto/rand"
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
	defer s.release(u.By)
	digest, key := sha256.New(), rand.Text()
	file, err := s.folder.receive(io.TeeReader(from, digest), key)
	if err != nil {
		return Import{}, false, err
	}
	defer file.discard()
	id := s.idOf(u, digest.Sum(nil))

	s.mu.Lock()
	defer s.mu.Unlock()
	j := s.jobs[id]
	if j != nil && j.State.active() {
		return s.view(j), false, nil
	}
	if err := file.keepAs(key, uploaded); err != nil {
		return Import{}, false, err
	}
	if isNew = j == nil; !isNew {
		if err := s.folder.remove(j.key); err != nil {
			return Import{}, false, err
		}
	}
	j = &job{Import: Import{ID: id, Upload: u, At: s.cfg.Now(), State: Queued}, key: key}
	s.enqueue(j)
	return s.view(j), isNew, nil
}

// idOf is the same for the same file with the same said about it. Without the key it tells nothing of the file, which may be one number.
func (s *Service) idOf(u Upload, digest []byte) string {
	w := u.Whole
	all := fmt.Sprintf("%q %q %q %q %q %q %x", u.By, u.Kind, w.Own, w.Committee, w.Basis, w.Date, digest)
	return hex.EncodeToString(s.cfg.Sealer.Find("import.id", all)[:16])
}
