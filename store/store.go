// Package store keeps every domain's rows in SQL: one SQLite file by default, or PostgreSQL. Each domain has a type of
// its own that implements that domain's interface; they share one DB.
//
// Instants are kept as milliseconds since 1970 UTC, so that both databases compare them alike. Personal data is kept
// sealed and found by its HMAC.
package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"sync/atomic"

	"towncrier/seal"
)

// DB is an open database whose schema is current. It is safe for concurrent use, by several processes too. Its owner
// closes it.
type DB struct {
	*dialect
	where string // the SQLite file's path, or words for the server
	write *sql.DB
	read  *sql.DB // the same as write on PostgreSQL
	// scan is for what reads every resident or recipient. It has connections of its own, so that nobody else waits for one meanwhile.
	scan   *sql.DB
	sealer *seal.Sealer
	stop   func()    // ends followKeys and foldJournal; nil before
	untold *sql.Stmt // whether an asker has answers to be told: asked for every message, so compiled once (11 us, not 36)

	// writerLock is held by the one transaction that SQLite's writer serves. Those that wait for it get it in their order; database/sql
	// gives its connection to any of them, so that beside an import, slice after slice, somebody would wait for long. nil on PostgreSQL.
	writerLock chan struct{}

	opened atomic.Bool // the sealer has the database's keys

	stops *stopsLog // nil: none is kept
}

// Open opens the database that setting names, creates or migrates its schema, and loads its key ring into sealer, which must
// have the master key that the ring is wrapped under. A sealer serves one database; keys that other processes make are taken
// up until Close. setting is a postgres:// or postgresql:// URL, or the path of a SQLite file, which is made
// together with its folder, for this user only. Errors never carry the URL's password.
//
// Stops, their ends and erasures are written to a stops.log, too, before they are done. It stands beside a SQLite file, unless an Option
// names another; for PostgreSQL one has to.
//
// A database that is being put back from a backup is ErrMarking.
func Open(ctx context.Context, setting string, sealer *seal.Sealer, options ...Option) (*DB, error) {
	db, err := openMigrated(ctx, setting, sealer)
	if err != nil {
		return nil, err
	}
	if db.embedded {
		WithStopsLog(filepath.Join(filepath.Dir(db.where), StopsLogName))(db)
	}
	for _, option := range options {
		option(db)
	}
	if _, marking, err := readRestore(ctx, db.read); err != nil || marking {
		return nil, errors.Join(orElse(err, ErrMarking), db.Close())
	}
	return db, nil
}

// Option is something about a database that Open cannot know.
type Option func(*DB)

// WithStopsLog names the file to which stops, their ends and erasures are written.
func WithStopsLog(path string) Option {
	return func(db *DB) { db.stops = &stopsLog{path: path, sealer: db.sealer} }
}

func openMigrated(ctx context.Context, setting string, sealer *seal.Sealer) (*DB, error) {
	db, err := open(ctx, setting)
	if err != nil {
		return nil, err
	}
	db.sealer = sealer
	if err := db.prepare(ctx); err != nil {
		if sqliteCode(err) != 0 {
			err = wrapSQLite(setting, wrapFull(err, db.where))
		}
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) prepare(ctx context.Context) (err error) {
	if err := db.migrate(ctx); err != nil {
		return err
	}
	if err := db.openRing(ctx); err != nil {
		return err
	}
	db.opened.Store(true)
	unfollow, leave := db.followKeys(), db.foldJournal()
	db.stop = func() { unfollow(); leave() }
	if db.untold, err = db.read.PrepareContext(ctx, toTell); err != nil {
		return wrap("prepare", err)
	}
	return db.tuneSQLite(ctx)
}

func open(ctx context.Context, setting string) (*DB, error) {
	scheme, _, isURL := strings.Cut(setting, "://")
	switch {
	case setting == "":
		return nil, errors.New("the database setting is empty: want the path of a SQLite file or a postgres:// URL")
	case scheme == "postgres" || scheme == "postgresql":
		return openPostgres(ctx, setting)
	case isURL:
		return nil, fmt.Errorf("unknown database scheme %q: want the path of a SQLite file or a postgres:// URL", scheme)
	}
	return openSQLite(ctx, setting)
}

// Kind names the database: SQLite or PostgreSQL.
func (db *DB) Kind() string { return db.kind }

// Ping reports whether the database answers a query on its own rows, within ctx.
func (db *DB) Ping(ctx context.Context) error {
	var one int
	if err := db.read.QueryRowContext(ctx, `SELECT id FROM seal_key WHERE id = 0`).Scan(&one); err != nil {
		return fmt.Errorf("%s does not answer: %w", db.kind, err)
	}
	return nil
}

// Stats describes the connections that write, for metrics.
func (db *DB) Stats() sql.DBStats { return db.write.Stats() }

// Close waits for queries that run and closes the connections.
func (db *DB) Close() error {
	if db.stop != nil {
		db.stop()
	}
	return errors.Join(db.scan.Close(), db.read.Close(), db.write.Close()) // the writer last: it folds the journal into the file
}

// beginner begins transactions: a pool, or a connection of it.
type beginner interface {
	BeginTx(context.Context, *sql.TxOptions) (*sql.Tx, error)
}

// transact runs do in a transaction, which is rolled back when do fails.
func (db *DB) transact(ctx context.Context, do func(*sql.Tx) error) error {
	leave, err := db.enter(ctx)
	if err != nil {
		return wrap("begin", err)
	}
	defer leave()
	return db.transactOn(ctx, db.write, do)
}

// enter waits for the writer lock; leave gives it back.
func (db *DB) enter(ctx context.Context) (leave func(), err error) {
	if db.writerLock == nil {
		return func() {}, nil
	}
	select {
	case db.writerLock <- struct{}{}:
		return func() { <-db.writerLock }, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (db *DB) transactOn(ctx context.Context, on beginner, do func(*sql.Tx) error) (err error) {
	defer func() { err = wrapFull(err, db.where) }()
	var tx *sql.Tx
	err = whenFree(ctx, func() (err error) {
		tx, err = on.BeginTx(ctx, nil)
		return err
	})
	if err != nil {
		return wrap("begin", err)
	}
	defer tx.Rollback() // does nothing after a commit
	if err := do(tx); err != nil {
		return err
	}
	return wrap("commit", tx.Commit())
}

// exec runs one statement that writes, in a transaction of its own.
func (db *DB) exec(ctx context.Context, query string, args ...any) (result sql.Result, err error) {
	leave, err := db.enter(ctx)
	if err != nil {
		return nil, err
	}
	defer leave()
	err = whenFree(ctx, func() (err error) {
		result, err = db.write.ExecContext(ctx, query, args...)
		return err
	})
	return result, wrapFull(err, db.where)
}
