package imports

import (
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"towncrier/roster"
	"towncrier/seal"
)

// purposeOf binds a piece to its upload, and to what it is: no other opens in its place.
func purposeOf(key, piece string) string { return "import." + key + "." + piece }

// sealedWriter seals a file, which is no import's until keepAs.
type sealedWriter struct {
	*seal.FileWriter
	file   *os.File
	folder folder
}

func (f folder) create(key, piece string) (*sealedWriter, error) {
	file, err := os.CreateTemp(f.path, "incoming-")
	if err != nil {
		return nil, err
	}
	w, err := f.sealer.NewFile(file, purposeOf(key, piece))
	if err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	return &sealedWriter{w, file, f}, nil
}

// keepAs ends the file, and makes it a piece of an import.
func (w *sealedWriter) keepAs(key, piece string) error {
	if err := errors.Join(w.Close(), w.file.Close()); err != nil {
		return err
	}
	return os.Rename(w.file.Name(), w.folder.at(key, piece))
}

// discard removes what was not kept.
func (w *sealedWriter) discard() {
	w.file.Close()
	os.Remove(w.file.Name())
}

// receive seals the file that comes from r.
func (f folder) receive(r io.Reader, key string) (*sealedWriter, error) {
	w, err := f.create(key, uploaded)
	if err != nil {
		return nil, err
	}
	if _, err := io.CopyBuffer(w, struct{ io.Reader }{r}, make([]byte, 64<<10)); err != nil {
		w.discard()
		if errors.Is(err, syscall.ENOSPC) {
			err = roster.ErrNoRoom
		}
		return nil, err
	}
	return w, nil
}

// openPiece is a sealed piece, and what closes it.
func (f folder) openPiece(key, piece string) (*seal.File, io.Closer, error) {
	file, err := os.Open(f.at(key, piece))
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	sealed, err := f.sealer.OpenFile(file, info.Size(), purposeOf(key, piece))
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return sealed, file, nil
}

// kept is a record as it is read back.
type kept struct {
	Import
	Key       string
	Finishing *finishing
}

// writeRecord notes where an import is, for after the process.
func (f folder) writeRecord(j *job) error {
	text, err := json.Marshal(kept{j.Import, j.key, j.finishing})
	if err != nil {
		return err
	}
	path := f.at(j.key, record)
	if err := os.WriteFile(path+".new", f.sealer.Seal(purposeOf(j.key, record), string(text)), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// records are those that can be read; what cannot be is of another ring or upload, or half written.
func (f folder) records() (all []kept) {
	paths, _ := filepath.Glob(f.at("*", record)) // only a malformed pattern is an error
	for _, path := range paths {
		sealed, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		key, _, _ := strings.Cut(filepath.Base(path), ".")
		text, err := f.sealer.Open(purposeOf(key, record), sealed)
		if err != nil {
			continue
		}
		var k kept
		if err := json.Unmarshal([]byte(text), &k); err == nil && k.Key == key {
			all = append(all, k)
		}
	}
	return all
}
