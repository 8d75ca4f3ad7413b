package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"towncrier/seal"
)

// Glance is what a look at a database finds that changes nothing in it.
type Glance struct {
	Missing  bool      // there is no file, or nothing in it: nothing else is known
	Schema   int64     // its version; 0 when nobody has opened it yet
	Newest   int64     // what Open migrates to
	Marking  bool      // it is being put back from a backup
	ReadOnly bool      // it takes no writes
	Clock    time.Time // what the server takes the time to be; zero for SQLite
}

// Look looks at the database that setting names without making, migrating or writing to it, beside a server or not. It fails when the database
// cannot be read, or not with the sealer's key. Errors never carry the URL's password.
func Look(ctx context.Context, setting string, sealer *seal.Sealer) (g Glance, err error) {
	if strings.Contains(setting, "://") {
		return lookPostgres(ctx, setting, sealer)
	}
	if info, err := os.Stat(setting); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
		return Glance{Missing: true, Newest: NewestSchema()}, nil
	}
	file, err := openFile(setting)
	if err != nil {
		return g, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	if _, err := file.ExecContext(ctx, `PRAGMA query_only = 1`); err != nil {
		return g, wrapSQLite(setting, wrapDamage(err))
	}
	if err := g.read(ctx, file, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`, sealer); err != nil {
		return g, wrapSQLite(setting, wrapDamage(err))
	}
	g.ReadOnly = !writable(setting) || !writable(filepath.Dir(setting))
	return g, nil
}

// lookPostgres makes one connection, which takes no part in the locks of those that write.
func lookPostgres(ctx context.Context, setting string, sealer *seal.Sealer) (g Glance, err error) {
	cfg, err := pgx.ParseConfig(setting)
	if err != nil {
		return g, hidePassword(setting, err)
	}
	server := stdlib.OpenDB(*cfg)
	server.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, server.Close()) }()
	err = server.QueryRowContext(ctx, `SELECT clock_timestamp(), pg_is_in_recovery() OR current_setting('default_transaction_read_only') = 'on'`).Scan(&g.Clock, &g.ReadOnly)
	if err != nil {
		return g, hidePassword(setting, wrap("connect to PostgreSQL", err))
	}
	return g, g.read(ctx, server, `SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1`, sealer)
}

// read reads the schema's version, and proves the key. hasTable counts the tables of a name.
func (g *Glance) read(ctx context.Context, db *sql.DB, hasTable string, sealer *seal.Sealer) error {
	g.Newest = NewestSchema()
	var there int
	if err := db.QueryRowContext(ctx, hasTable, "goose_db_version").Scan(&there); err != nil || there == 0 {
		return err
	}
	if err := db.QueryRowContext(ctx, `SELECT COALESCE(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&g.Schema); err != nil {
		return err
	}
	if g.Schema != g.Newest { // what follows is not read in the forms of other versions
		return nil
	}
	var err error
	if _, g.Marking, err = readRestore(ctx, db); err != nil {
		return err
	}
	keys, err := readKeys(ctx, db)
	if err != nil || len(keys) == 0 {
		return err
	}
	if err := sealer.Load(keys); errors.Is(err, seal.ErrMaster) {
		return errWrongKey
	} else if err != nil {
		return fmt.Errorf("the keys cannot be read: %w", err)
	}
	return nil
}

// writable says whether this user may write a file, or files into a folder.
func writable(path string) bool {
	const write = 2
	return syscall.Access(path, write) == nil
}

// Clock is what PostgreSQL takes the time to be; SQLite has no clock of its own, and says the zero time.
func (db *DB) Clock(ctx context.Context) (at time.Time, err error) {
	if db.embedded {
		return at, nil
	}
	err = db.read.QueryRowContext(ctx, `SELECT clock_timestamp()`).Scan(&at)
	return at, err
}
