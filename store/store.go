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
	"time"

	"towncrier/seal"
)

// DB is an open database whose schema is current. It is safe for concurrent use, by several processes too. Its owner
// closes it.
type DB struct {
	*connections
	ring   *keyRing
	sealer *seal.Sealer // the ring's
	auditChain
	numberIndex
	stop   func()    // ends what runs beside; nil before
	untold *sql.Stmt // whether an asker has answers to be told: asked for every message, so compiled once (11 us, not 36)
	stops  *stopsLog // nil: none is kept
}

func newDB(c *connections, ring *keyRing) *DB {
	ring.connections = c
	return &DB{connections: c, ring: ring, sealer: ring.sealer, auditChain: auditChain{ring.sealer, c.lock}, numberIndex: numberIndex{ring.sealer, c.hashes}}
}

// Open opens the database that setting names, creates or migrates its schema, and loads its key ring into sealer, which must
// have the master key that the ring is wrapped under. A sealer serves one database; keys that other processes make are taken
// up until Close. setting is a postgres:// or postgresql:// URL, or the path of a SQLite file, which is made
// together with its folder, for this user only. Errors never carry the URL's password.
//
// Stops, their ends and erasures are written to a stops.log, too, before they are done. It stands beside a SQLite file, unless an Option
// names another; for PostgreSQL one has to. Beside a SQLite file it is begun when it is missing or empty; where else it stands, a server
// begins it (BeginStopsLog).
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
	if db.embedded {
		err = db.BeginStopsLog(time.Now())
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

// BeginStopsLog has stops.log say since when it is kept, when it is missing or empty: a server does so when it starts. A command that works
// on PostgreSQL may be started in another folder, and begins none there; what it does it writes down.
func (db *DB) BeginStopsLog(now time.Time) error { return db.stops.begin(now) }

// Option is something about a database that Open cannot know.
type Option func(*DB)

// WithStopsLog names the file to which stops, their ends and erasures are written.
func WithStopsLog(path string) Option {
	return func(db *DB) { db.stops = &stopsLog{path: path, sealer: db.sealer} }
}

// WithoutStopsLog is for a database in which nobody stops anything: it is only looked at.
func WithoutStopsLog() Option { return func(db *DB) { db.stops = nil } }

func openMigrated(ctx context.Context, setting string, sealer *seal.Sealer) (*DB, error) {
	ring := &keyRing{sealer: sealer}
	c, err := open(ctx, setting, ring)
	if err != nil {
		return nil, err
	}
	db := newDB(c, ring)
	if err := db.prepare(ctx); err != nil {
		if sqliteCode(err) != 0 {
			err = wrapSQLite(setting, wrapFull(err, db.where))
		}
		return nil, errors.Join(err, db.Close())
	}
	return db, nil
}

func (db *DB) prepare(ctx context.Context) (err error) {
	if err := (&migration{db.connections}).run(ctx); err != nil {
		return err
	}
	if err := db.ring.open(ctx); err != nil {
		return err
	}
	unfollow, leave := db.ring.follow(), db.foldJournal()
	db.stop = func() { unfollow(); leave() }
	if db.untold, err = db.read.PrepareContext(ctx, toTell); err != nil {
		return wrap("prepare", err)
	}
	return db.tuneSQLite(ctx)
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
	return db.close()
}
