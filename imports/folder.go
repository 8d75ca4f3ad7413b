package imports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"towncrier/roster"
	"towncrier/seal"
)

// Parts of an import on disk: ID.part. Each is sealed.
const (
	filePart   = "file"   // as it was uploaded
	faultsPart = "faults" // a JSON object a line
	badPart    = "bad"    // CSV
	recordPart = "record" // what is needed to go on, and what came of it
)

// folder is where a server keeps imports.
type folder struct {
	path   string
	sealer *seal.Sealer
	lock   *os.File
}

// takeFolder takes a folder below path that no other process has, and empties those of processes that are gone.
func takeFolder(path string, sealer *seal.Sealer) (f folder, err error) {
	const most = 16
	for n := range most {
		at := filepath.Join(path, fmt.Sprint(n+1))
		if _, err := os.Stat(at); f.path != "" && errors.Is(err, fs.ErrNotExist) {
			break
		}
		if err := os.MkdirAll(at, 0o700); err != nil {
			return f, err
		}
		lock, err := os.OpenFile(filepath.Join(at, "lock"), os.O_RDWR|os.O_CREATE, 0o600)
		if err != nil {
			return f, err
		}
		switch err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
		case err != nil:
			lock.Close() // of a server that runs
		case f.path == "":
			f = folder{at, sealer, lock}
		default:
			left := folder{at, sealer, lock}
			if err := errors.Join(left.removeBut(func(string, string) bool { return false }), left.close()); err != nil {
				return f, err
			}
		}
	}
	if f.path == "" {
		return f, fmt.Errorf("%s: %d servers keep imports there", path, most)
	}
	return f, nil
}

func (f folder) close() error { return f.lock.Close() }

func (f folder) at(id, part string) string { return filepath.Join(f.path, id+"."+part) }

func (f folder) has(id, part string) bool {
	_, err := os.Stat(f.at(id, part))
	return err == nil
}

// remove removes parts of an import, all when none is named.
func (f folder) remove(id string, parts ...string) (err error) {
	if len(parts) == 0 {
		parts = []string{filePart, faultsPart, badPart, recordPart}
	}
	for _, part := range parts {
		if gone := os.Remove(f.at(id, part)); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// removeBut removes everything but what keep wants.
func (f folder) removeBut(keep func(id, part string) bool) (err error) {
	entries, err := os.ReadDir(f.path)
	for _, e := range entries {
		id, part, _ := strings.Cut(e.Name(), ".")
		if e.Name() != "lock" && !keep(id, part) {
			err = errors.Join(err, os.Remove(filepath.Join(f.path, e.Name())))
		}
	}
	return err
}

// sealedWriter seals a file, which is no import's until keepAs.
type sealedWriter struct {
	*seal.FileWriter
	file   *os.File
	folder folder
}

func (f folder) create() (*sealedWriter, error) {
	file, err := os.CreateTemp(f.path, "incoming-")
	if err != nil {
		return nil, err
	}
	w, err := f.sealer.NewFile(file, "import")
	if err != nil {
		return nil, errors.Join(err, file.Close(), os.Remove(file.Name()))
	}
	return &sealedWriter{w, file, f}, nil
}

// keepAs ends the file, and makes it a part of an import.
func (w *sealedWriter) keepAs(id, part string) error {
	if err := errors.Join(w.Close(), w.file.Close()); err != nil {
		return err
	}
	return os.Rename(w.file.Name(), w.folder.at(id, part))
}

// discard removes what was not kept.
func (w *sealedWriter) discard() {
	w.file.Close()
	os.Remove(w.file.Name())
}

// incoming is an uploaded file that is not an import's yet.
type incoming struct{ *sealedWriter }

func (i incoming) keep(id string) error { return i.keepAs(id, filePart) }

// receive seals what comes from r.
func (f folder) receive(r io.Reader) (incoming, error) {
	w, err := f.create()
	if err != nil {
		return incoming{}, err
	}
	if _, err := io.CopyBuffer(w, struct{ io.Reader }{r}, make([]byte, 64<<10)); err != nil {
		w.discard()
		if errors.Is(err, syscall.ENOSPC) {
			err = roster.ErrNoRoom
		}
		return incoming{}, err
	}
	return incoming{w}, nil
}

// openPart is a sealed part, and what closes it.
func (f folder) openPart(id, part string) (*seal.File, io.Closer, error) {
	file, err := os.Open(f.at(id, part))
	if err != nil {
		return nil, nil, err
	}
	info, err := file.Stat()
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	sealed, err := f.sealer.OpenFile(file, info.Size(), "import")
	if err != nil {
		return nil, nil, errors.Join(err, file.Close())
	}
	return sealed, file, nil
}

const recordPurpose = "import.record"

// writeRecord notes where an import is, for after the process.
func (f folder) writeRecord(i Import) error {
	text, err := json.Marshal(i)
	if err != nil {
		return err
	}
	path := f.at(i.ID, recordPart)
	if err := os.WriteFile(path+".new", f.sealer.Seal(recordPurpose, string(text)), 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}

// records are those that can be read; what cannot be is of another key, or half written.
func (f folder) records() (all []Import) {
	paths, _ := filepath.Glob(f.at("*", recordPart)) // only a malformed pattern is an error
	for _, path := range paths {
		sealed, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		text, err := f.sealer.Open(recordPurpose, sealed)
		if err != nil {
			continue
		}
		var kept Import
		if err := json.Unmarshal([]byte(text), &kept); err == nil {
			all = append(all, kept)
		}
	}
	return all
}
