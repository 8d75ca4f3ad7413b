package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// ErrInUse says that other processes have the database open, or this one has.
var ErrInUse = errors.New("the database is in use: stop every `towncrier serve` and every other command on it, then run this again")

var (
	errFindingBusy    = errors.New("the finding key is being changed: start again when `towncrier key rotate --find` has ended")
	errFindingChanged = errors.New("the finding key was changed since this process started: restart it")
)

// findingLock is a lock of PostgreSQL, shared by every connection as long as it lives. A change of the finding key holds it alone,
// so that no connection serves a process that makes hashes by the key before. SQLite needs none: a connection to a file with a
// write-ahead log shares the lock of the file while it is open, and an exclusive one gets it alone.
const findingLock = 0x746f776e66696e64

// aloneWithin is how long is waited for connections that end: they do so a moment after they were closed.
const aloneWithin = 2 * time.Second

// openAlone opens a database that exists for one connection, beside which there is no other, in this process or any: else it is
// ErrInUse. Others cannot open it meanwhile. On SQLite there is no pool that reads.
func openAlone(ctx context.Context, setting string) (*connections, error) {
	if strings.Contains(setting, "://") {
		return openPostgresAlone(ctx, setting)
	}
	path, err := filepath.Abs(setting)
	if err != nil {
		return nil, wrap("database file", err)
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path, 0, url.Values{
		"_txlock": {"immediate"},
		"_pragma": {"locking_mode(EXCLUSIVE)", "synchronous(FULL)", "foreign_keys(1)", "secure_delete(1)"},
	}))
	if err != nil {
		return nil, fmt.Errorf("database file %s: %w", path, err)
	}
	pool.SetMaxOpenConns(1)
	err = untilFree(ctx, ErrInUse, func() (bool, error) {
		var version int
		err := pool.QueryRowContext(ctx, `PRAGMA schema_version`).Scan(&version) // reads the file, and so locks it
		if isBusy(err) {
			return false, nil
		}
		return true, err
	})
	if err != nil {
		return nil, errors.Join(err, pool.Close())
	}
	return &connections{dialect: sqliteDialect, where: path, write: pool}, nil
}

func openPostgresAlone(ctx context.Context, setting string) (*connections, error) {
	cfg, err := pgx.ParseConfig(setting)
	if err != nil {
		return nil, hidePassword(setting, wrap("database URL", err))
	}
	pool := stdlib.OpenDB(*cfg, stdlib.OptionAfterConnect(func(ctx context.Context, conn *pgx.Conn) error {
		return takeFinding(ctx, conn, `SELECT pg_try_advisory_lock($1)`, ErrInUse)
	}))
	pool.SetMaxOpenConns(1)
	if err := pool.PingContext(ctx); err != nil {
		return nil, errors.Join(hidePassword(setting, err), pool.Close())
	}
	return &connections{dialect: postgresDialect, where: "the PostgreSQL server", write: pool, read: pool}, nil
}
