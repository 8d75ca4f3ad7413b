package imports

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"towncrier/seal"
)

// Pieces of an import on disk, the files KEY.piece: each upload has a random key of its own. Each piece is sealed.
const (
	uploaded = "file"   // as it came
	faults   = "faults" // a JSON object a line
	badRows  = "bad"    // a JSON object a line
	mended   = "mended" // JSON: what stands in cells instead
	record   = "record" // what is needed to go on, and what came of it
)

const lockName = "lock"

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
		lock, err := os.OpenFile(filepath.Join(at, lockName), os.O_RDWR|os.O_CREATE, 0o600)
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

func (f folder) at(key, piece string) string { return filepath.Join(f.path, key+"."+piece) }

func (f folder) has(key, piece string) bool {
	_, err := os.Stat(f.at(key, piece))
	return err == nil
}

// remove removes pieces of an import, all when none is named.
func (f folder) remove(key string, pieces ...string) (err error) {
	if len(pieces) == 0 {
		pieces = []string{record, uploaded, mended, faults, badRows} // what has no record is removed at the next start
	}
	for _, piece := range pieces {
		if gone := os.Remove(f.at(key, piece)); !errors.Is(gone, fs.ErrNotExist) {
			err = errors.Join(err, gone)
		}
	}
	return err
}

// removeBut removes everything but what keep wants.
func (f folder) removeBut(keep func(key, piece string) bool) (err error) {
	entries, err := os.ReadDir(f.path)
	for _, e := range entries {
		key, piece, _ := strings.Cut(e.Name(), ".")
		if e.Name() != lockName && !keep(key, piece) {
			err = errors.Join(err, os.Remove(filepath.Join(f.path, e.Name())))
		}
	}
	return err
}

// sizes are the bytes that each import takes, by key.
func (f folder) sizes() (map[string]int64, error) {
	entries, err := os.ReadDir(f.path)
	sizes := map[string]int64{}
	for _, e := range entries {
		if info, err := e.Info(); err == nil { // else it went meanwhile
			key, _, _ := strings.Cut(e.Name(), ".")
			sizes[key] += info.Size()
		}
	}
	return sizes, err
}
