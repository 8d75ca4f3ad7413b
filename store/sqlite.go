package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// sqliteBusy is how long a connection waits for another process's write: WeChat waits five seconds for a reply.
	sqliteBusy = 4 * time.Second
	// sqliteReaders read beside the one writer without waiting for it (write-ahead log).
	sqliteReaders = 4
)

func openSQLite(ctx context.Context, path string) (*DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("database file: %w", err)
	}
	if err := createFile(path); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, url.Values{
		"_txlock": {"immediate"}, // a transaction that reads before it writes could not upgrade beside another writer
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)"},
	}))
	if err != nil {
		return nil, fmt.Errorf("database file %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := connectSQLite(ctx, write); err != nil {
		return nil, errors.Join(explainSQLite(path, err), write.Close())
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, url.Values{"_pragma": {"query_only(1)"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("database file %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	return &DB{kind: "SQLite", write: write, read: read}, nil
}

func sqliteDSN(path string, q url.Values) string {
	q.Set("mode", "rw") // createFile made it, with the right permissions
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", sqliteBusy.Milliseconds()))
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// connectSQLite makes the first connection. Two processes that switch a new file to the write-ahead log at once can
// both be told that it is busy, without the wait that other statements get: so ask again.
func connectSQLite(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, sqliteBusy)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if sqliteCode(err) != sqlite3.SQLITE_BUSY {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// createFile makes the folder and an empty file at path, for this user only, unless they are there; the journal that
// SQLite keeps beside the file inherits its permissions. The file is linked into place closed: closing a descriptor
// of a database file would drop the locks that this process holds on it.
func createFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("make the database's folder: %w", err)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("database file %s is a folder: name a file in it", path)
	}
	empty, err := os.CreateTemp(dir, ".towncrier-*")
	if err != nil {
		return fmt.Errorf("the database's folder must be writable, SQLite keeps its journal there: %w", err)
	}
	defer os.Remove(empty.Name())
	if err := empty.Close(); err != nil {
		return fmt.Errorf("make the database file: %w", err)
	}
	if err := os.Link(empty.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("make the database file: %w", err)
	}
	return nil
}

func explainSQLite(path string, err error) error {
	switch sqliteCode(err) {
	case sqlite3.SQLITE_NOTADB:
		return fmt.Errorf("%s is not a SQLite database: name another file, or move this one away", path)
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM:
		return fmt.Errorf("%s cannot be read and written by this user: %w", path, err)
	case sqlite3.SQLITE_BUSY:
		return fmt.Errorf("%s is held by another process for more than %s: %w", path, sqliteBusy, err)
	}
	return fmt.Errorf("open database file %s: %w", path, err)
}

// sqliteCode is the primary result code, 0 when err is not SQLite's.
func sqliteCode(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code() & 0xff
	}
	return 0
}

// scrubAfter empties SQLite's journal when an erasure changed rows: they are overwritten in the file (secure_delete),
// but the journal would keep their old bytes until it is used again. Another process's reader can hold it back; then
// the next erasure or the last Close does it. PostgreSQL leaves dead rows to its autovacuum.
func (db *DB) scrubAfter(ctx context.Context, erased sql.Result) error {
	n, err := erased.RowsAffected()
	if err != nil || n == 0 || db.read == db.write {
		return err
	}
	_, err = db.write.ExecContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`)
	if err != nil && sqliteCode(err) != sqlite3.SQLITE_BUSY {
		return fmt.Errorf("empty the journal: %w", err)
	}
	return nil
}
