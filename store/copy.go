package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	sqlite3 "modernc.org/sqlite/lib"

	"towncrier/audit"
)

// ErrNotSQLite says that a database is no SQLite file: a server has means of its own for copies.
var ErrNotSQLite = errors.New("the database is no SQLite file")

// ErrDamaged says that a database file is not as SQLite left it.
var ErrDamaged = errors.New("the database file is damaged")

// Contents are what a database holds, in counts that a person knows. Its form as JSON is kept in backups.
type Contents struct {
	Schema     int64   `json:"schema"`
	Keys       []int64 `json:"keys"` // that seal and find
	Residents  int64   `json:"residents"`
	Tickets    int64   `json:"tickets"`
	Broadcasts int64   `json:"broadcasts"`
	Deliveries int64   `json:"deliveries"`
	Audit      int64   `json:"audit"`      // entries of the audit log
	AuditHead  string  `json:"audit_head"` // the newest of them, as SEQ:HASH
}

// CopyTo copies the SQLite database that setting names to a new file at path. The copy is the database as
// it was at one instant, while others go on reading and writing: all that was committed before asOf is in it. It has the schema that the
// database has, so that it can be made before a newer towncrier migrates that, and needs no key. What was deleted is not in it.
func CopyTo(ctx context.Context, setting, path string) (asOf time.Time, err error) {
	if strings.Contains(setting, "://") {
		return asOf, ErrNotSQLite
	}
	if info, err := os.Stat(setting); err != nil {
		return asOf, fmt.Errorf("copy the database: %w", err)
	} else if info.Size() == 0 {
		return asOf, fmt.Errorf("copy the database: %s is empty", setting)
	}
	empty, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) // SQLite would let others read it
	if err == nil {
		err = empty.Close()
	}
	if err != nil {
		return asOf, fmt.Errorf("copy the database: %w", err)
	}
	from, err := openFile(setting)
	if err != nil {
		return asOf, err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	if err := from.PingContext(ctx); err != nil {
		return asOf, wrapSQLite(setting, err)
	}
	asOf = time.Now().UTC().Truncate(time.Millisecond)
	if _, err := from.ExecContext(ctx, `VACUUM INTO $1`, path); err != nil {
		if isFull(err, path) {
			err = fmt.Errorf("%w: make room for %s", syscall.ENOSPC, path)
		}
		return asOf, fmt.Errorf("copy %s: %w", setting, wrapDamage(err))
	}
	return asOf, nil
}

// Undamaged looks at a SQLite file that nobody writes to: ErrDamaged when its structure or a reference in it is broken.
func Undamaged(ctx context.Context, path string) error {
	return readFile(path, func(file *sql.DB) error { return undamaged(ctx, file) })
}

// ContentsOf counts what a SQLite file holds, whatever its schema. It needs no key.
func ContentsOf(ctx context.Context, path string) (c Contents, err error) {
	err = readFile(path, func(file *sql.DB) (err error) {
		c, err = contents(ctx, file)
		return err
	})
	return c, err
}

func readFile(path string, do func(*sql.DB) error) error {
	file, err := openFile(path)
	if err != nil {
		return err
	}
	if err := errors.Join(do(file), file.Close()); err != nil {
		return fmt.Errorf("%s: %w", path, wrapDamage(err))
	}
	return nil
}

// LastInstant is the newest at which something is known to have happened: the zero time when nothing is. A server writes one four times a minute.
func (db *DB) LastInstant(ctx context.Context) (time.Time, error) {
	var at sql.NullInt64
	err := db.read.QueryRowContext(ctx, `SELECT max(at) FROM (SELECT at FROM write_probe WHERE at > 0 UNION ALL SELECT at FROM audit) AS known`).Scan(&at)
	if err != nil {
		return time.Time{}, fmt.Errorf("find the newest instant: %w", err)
	}
	return instant(at), nil
}

// openFile opens a file that exists on a connection of its own.
func openFile(path string) (*sql.DB, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fmt.Errorf("database file: %w", err)
	}
	file, err := sql.Open("sqlite", sqliteDSN(path, sqliteBusy, url.Values{}))
	if err != nil {
		return nil, fmt.Errorf("database file %s: %w", path, err)
	}
	file.SetMaxOpenConns(1)
	return file, nil
}

// wrapDamage is err, as ErrDamaged when SQLite means that.
func wrapDamage(err error) error {
	if code := sqliteCode(err); code == sqlite3.SQLITE_CORRUPT || code == sqlite3.SQLITE_NOTADB {
		return fmt.Errorf("%w: %w", ErrDamaged, err)
	}
	return err
}

func undamaged(ctx context.Context, file *sql.DB) error {
	var said string
	if err := file.QueryRowContext(ctx, `PRAGMA quick_check(1)`).Scan(&said); err != nil {
		return err
	}
	if said != "ok" {
		return fmt.Errorf("%w: %s", ErrDamaged, said)
	}
	var table, parent string
	err := file.QueryRowContext(ctx, `SELECT "table", "parent" FROM pragma_foreign_key_check LIMIT 1`).Scan(&table, &parent)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return err
	}
	return fmt.Errorf("%w: a row of %s refers to one of %s that is not there", ErrDamaged, table, parent)
}

// contents are those of a SQLite database. What its schema has no table for is none.
func contents(ctx context.Context, db *sql.DB) (c Contents, err error) {
	for _, t := range []struct {
		name string
		rows *int64
	}{{"resident", &c.Residents}, {"ticket", &c.Tickets}, {"broadcast", &c.Broadcasts}, {"delivery", &c.Deliveries}, {"audit", &c.Audit}} {
		var there bool
		err := db.QueryRowContext(ctx, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`, t.name).Scan(&there)
		if err == nil && there {
			err = db.QueryRowContext(ctx, `SELECT count(*) FROM `+t.name).Scan(t.rows)
		}
		if err != nil {
			return c, fmt.Errorf("count what the database holds: %w", err)
		}
	}
	var head audit.Mark
	err = db.QueryRowContext(ctx, `SELECT max(version_id), COALESCE((SELECT seq FROM audit_mark WHERE name = $1), 0),
		(SELECT hash FROM audit_mark WHERE name = $1) FROM goose_db_version WHERE is_applied`, headMark).Scan(&c.Schema, &head.Seq, &head.Hash)
	if err != nil {
		return c, fmt.Errorf("count what the database holds: %w", err)
	}
	c.AuditHead = head.String()
	c.Keys, err = scalars[int64](db.QueryContext(ctx, `SELECT id FROM seal_key ORDER BY id`))
	if err != nil {
		return c, fmt.Errorf("count what the database holds: %w", err)
	}
	return c, nil
}
