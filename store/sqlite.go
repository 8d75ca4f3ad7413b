package store

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"time"

	"towncrier/problem/retry"

	sqlite3 "modernc.org/sqlite/lib"
)

const (
	// sqliteBusy is how long a connection waits for another process's write: WeChat waits five seconds for a reply.
	sqliteBusy = 4 * time.Second
	// lockPoll is how often it asks meanwhile.
	lockPoll = 500 * time.Microsecond
	// sqliteReaders read beside the one writer without waiting for it (write-ahead log).
	sqliteReaders = 4
	// foldEvery is how often the journal is folded into the file. What was committed before that stands in the file alone, so that even a
	// plain copy of it holds all but the last moments.
	foldEvery = 30 * time.Second
	// journalLimit is what a journal that grew beside a long reader keeps of its room.
	journalLimit = 16 << 20
)

func openSQLite(ctx context.Context, path string) (*connections, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, wrap("database file", err)
	}
	if err := createFile(path); err != nil {
		return nil, err
	}
	write, err := sql.Open("sqlite", sqliteDSN(path, sqliteBusy, url.Values{
		"_txlock": {"immediate"}, // a transaction that reads before it writes could not upgrade beside another writer
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)",
			fmt.Sprintf("journal_size_limit(%d)", journalLimit)},
	}))
	if err != nil {
		return nil, fmt.Errorf("database file %s: %w", path, err)
	}
	write.SetMaxOpenConns(1)
	if err := connectSQLite(ctx, write); err != nil {
		return nil, errors.Join(wrapSQLite(path, err), write.Close())
	}
	read, err := sql.Open("sqlite", sqliteDSN(path, sqliteBusy, url.Values{"_pragma": {"query_only(1)"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("database file %s: %w", path, err), write.Close())
	}
	read.SetMaxOpenConns(sqliteReaders)
	read.SetMaxIdleConns(sqliteReaders)
	scan, err := sql.Open("sqlite", sqliteDSN(path, sqliteBusy, url.Values{"_pragma": {"query_only(1)"}}))
	if err != nil {
		return nil, errors.Join(fmt.Errorf("database file %s: %w", path, err), read.Close(), write.Close())
	}
	scan.SetMaxOpenConns(scanners)
	scan.SetConnMaxIdleTime(scanIdle)
	return &connections{dialect: sqliteDialect, where: path, write: write, read: read, scan: scan, writerLock: make(chan struct{}, 1)}, nil
}

// sqliteDSN names a file for connections that wait so long for another process.
func sqliteDSN(path string, wait time.Duration, q url.Values) string {
	q.Set("mode", "rw") // createFile made it, with the right permissions
	q.Add("_pragma", fmt.Sprintf("busy_timeout(%d)", wait.Milliseconds()))
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + q.Encode()
}

// connectSQLite makes the first connection. Two processes that switch a new file to the write-ahead log at once can
// both be told that it is busy, without the wait that other statements get: so ask again.
func connectSQLite(ctx context.Context, db *sql.DB) error {
	ctx, cancel := context.WithTimeout(ctx, sqliteBusy)
	defer cancel()
	return retry.Do(ctx, func() (time.Duration, error) {
		err := db.PingContext(ctx)
		if sqliteCode(err) != sqlite3.SQLITE_BUSY {
			return 0, err
		}
		return 10 * time.Millisecond, err
	})
}

// createFile makes the folder and an empty file at path, for this user only, unless they are there; the journal that
// SQLite keeps beside the file inherits its permissions. The file is linked into place closed: closing a descriptor
// of a database file would drop the locks that this process holds on it.
func createFile(path string) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return wrap("make the database's folder", err)
	}
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return fmt.Errorf("database file %s is a folder: name a file in it", path)
	}
	empty, err := os.CreateTemp(dir, ".towncrier-*")
	if err != nil {
		return wrap("the database's folder must be writable, SQLite keeps its journal there", err)
	}
	defer os.Remove(empty.Name())
	if err := empty.Close(); err != nil {
		return wrap("make the database file", err)
	}
	if err := os.Link(empty.Name(), path); err != nil && !errors.Is(err, fs.ErrExist) {
		return wrap("make the database file", err)
	}
	return nil
}

func wrapSQLite(path string, err error) error {
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

// tuneSQLite makes the connection that writes ask by whenFree for a writer's lock that another process has.
func (c *connections) tuneSQLite(ctx context.Context) error {
	if !c.embedded {
		return nil
	}
	_, err := c.write.ExecContext(ctx, `PRAGMA busy_timeout = 0`)
	return err
}

// transactInBulk is transact for many rows that were checked by the caller: SQLite does not check them against CHECK
// clauses and foreign keys, which took 40 % of an import's time. What it writes must hold to them.
func (c *connections) transactInBulk(ctx context.Context, do func(*sql.Tx) error) error {
	if !c.embedded {
		return c.transact(ctx, do)
	}
	leave, err := c.enter(ctx)
	if err != nil {
		return err
	}
	defer leave()
	conn, err := c.write.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, `PRAGMA foreign_keys = 0; PRAGMA ignore_check_constraints = 1; PRAGMA cache_size = -16384`); err != nil {
		return err
	}
	err = c.transactOn(ctx, conn, do)
	_, back := conn.ExecContext(context.WithoutCancel(ctx), `PRAGMA foreign_keys = 1; PRAGMA ignore_check_constraints = 0`)
	if back != nil {
		conn.Raw(func(any) error { return driver.ErrBadConn }) // nobody else may get it as it is
	}
	return errors.Join(err, back)
}

// foldJournal folds SQLite's journal into the file now and then until stop. It waits neither for readers nor for writers, and nobody waits
// for it: what they hold back is left to the next time.
func (c *connections) foldJournal() (stop func()) {
	if !c.embedded {
		return func() {}
	}
	return every(foldEvery, func(ctx context.Context) { _, _ = c.scan.ExecContext(ctx, `PRAGMA wal_checkpoint(PASSIVE)`) })
}

// scrubAfter empties SQLite's journal when an erasure changed rows: they are overwritten in the file (secure_delete),
// but the journal would keep their old bytes until it is used again. Another process's reader can hold it back; then
// the next erasure or the last Close does it. PostgreSQL leaves dead rows to its autovacuum.
func (c *connections) scrubAfter(ctx context.Context, erased sql.Result) error {
	n, err := erased.RowsAffected()
	if err != nil || n == 0 || !c.embedded {
		return err
	}
	err = whenFree(ctx, func() error {
		var held bool
		var pages, folded int
		err := c.write.QueryRowContext(ctx, `PRAGMA wal_checkpoint(TRUNCATE)`).Scan(&held, &pages, &folded)
		if err == nil && held {
			return errHeld
		}
		return err
	})
	if err != nil && !isBusy(err) {
		return wrap("empty the journal", wrapFull(err, c.where))
	}
	return nil
}
