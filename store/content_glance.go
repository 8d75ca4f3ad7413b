package store

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"

	"towncrier/revision"
)

// ContentInForce is the newest revision in the database that setting names, and its folder; the zero Revision while there is none, and when
// there is no database yet.
func ContentInForce(ctx context.Context, setting string) (r revision.Revision, f revision.Folder, err error) {
	err = LookAtContent(ctx, setting, func(kept revision.Store) error {
		if r, err = kept.Head(ctx); err != nil || r.Number == 0 {
			return err
		}
		f, err = kept.Folder(ctx, r.Folder)
		return err
	})
	return r, f, err
}

// LookAtContent has look read the revisions in the database that setting names; it is not called when there is no database yet, or none that
// can have any. As Look, it makes, migrates and writes nothing, beside a server or not, and needs no key.
func LookAtContent(ctx context.Context, setting string, look func(revision.Store) error) (err error) {
	var db *sql.DB
	dialect, hasTable := sqliteDialect, `SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = $1`
	if strings.Contains(setting, "://") {
		cfg, err := pgx.ParseConfig(setting)
		if err != nil {
			return hidePassword(setting, err)
		}
		db, dialect = stdlib.OpenDB(*cfg), postgresDialect
		hasTable = `SELECT count(*) FROM pg_catalog.pg_tables WHERE schemaname = current_schema() AND tablename = $1`
		defer func() {
			if err != nil {
				err = hidePassword(setting, err)
			}
		}()
	} else {
		if info, err := os.Stat(setting); errors.Is(err, os.ErrNotExist) || err == nil && info.Size() == 0 {
			return nil
		}
		if db, err = openFile(setting); err != nil {
			return err
		}
	}
	db.SetMaxOpenConns(1)
	defer func() { err = errors.Join(err, db.Close()) }()
	if dialect.embedded {
		if _, err := db.ExecContext(ctx, `PRAGMA query_only = 1`); err != nil {
			return wrapSQLite(setting, wrapDamage(err))
		}
	}
	var there int
	if err := db.QueryRowContext(ctx, hasTable, "content_revision").Scan(&there); err != nil || there == 0 {
		return wrap("look for the content in force", err)
	}
	return look(&Content{&DB{connections: &connections{dialect: dialect, read: db}}})
}
