package store

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"towncrier/roster"
)

// diskFull is PostgreSQL's SQLSTATE disk_full.
const diskFull = "53100"

// wrapFull says that there is no room at where, when that is what err is about. It is a noRoom then.
func wrapFull(err error, where string) error {
	if err == nil || errors.Is(err, roster.ErrNoRoom) || !isFull(err, where) {
		return err
	}
	return &noRoom{where, err}
}

// noRoom is roster.ErrNoRoom as operators read it: where there is none.
type noRoom struct {
	where string
	cause error // nil when the file system itself told
}

func (e *noRoom) Error() string {
	text := "the file system is full: make room for " + e.where + ", nothing that was kept is lost"
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return text
}

func (e *noRoom) Unwrap() []error {
	if e.cause == nil {
		return []error{roster.ErrNoRoom}
	}
	return []error{roster.ErrNoRoom, e.cause}
}

func isFull(err error, where string) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code == diskFull
	}
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok {
		return false
	}
	switch e.Code() & 0xff {
	case sqlite3.SQLITE_FULL:
		return true
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN: // of its journal and the index of that, SQLite does not say why
		return noRoomBeside(where)
	}
	return false
}

// noRoomBeside tries to write a page beside the file at path.
func noRoomBeside(path string) bool {
	f, err := os.CreateTemp(filepath.Dir(path), ".towncrier-*")
	if err == nil {
		_, err = f.Write(make([]byte, 1<<16))
		err = errors.Join(err, f.Sync(), f.Close(), os.Remove(f.Name()))
	}
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}
