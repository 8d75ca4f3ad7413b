package storetest

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"towncrier/seal"
	"towncrier/store"
)

// One opens a fresh SQLite database with a key of its own.
func One(t testing.TB) *store.DB {
	t.Helper()
	return Open(t, FreshSQLite(t), Sealer(t))
}

// FreshSQLite is the path of a file that has the current schema, and is otherwise as one that nobody has opened: whoever opens it first
// founds its key ring. It is copied from a first one, since taking every step of the schema takes many times longer.
func FreshSQLite(t testing.TB) string {
	t.Helper()
	file, err := firstSQLite()
	if err != nil {
		t.Fatal(err)
	}
	path := SQLite(t)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, file, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

var firstSQLite = sync.OnceValues(func() (_ []byte, err error) {
	dir, err := os.MkdirTemp("", "towncrier-first-")
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	path := filepath.Join(dir, "towncrier.db")
	if err := found(path, "sqlite"); err != nil {
		return nil, err
	}
	return os.ReadFile(path)
})

// FreshPostgres is the URL of a database as FreshSQLite's.
func FreshPostgres(t testing.TB) string {
	t.Helper()
	if err := firstPostgres(); err != nil {
		t.Fatal(err)
	}
	return postgresLike(t, firstName)
}

const firstName = "first"

var firstPostgres = sync.OnceValue(func() error {
	server, err := started()
	if err != nil {
		return err
	}
	if err := server.exec(context.Background(), "CREATE DATABASE "+firstName); err != nil {
		return err
	}
	return found(server.url(firstName), "pgx")
})

// found makes the schema, and takes away what the first who opens a database adds.
func found(setting, driver string) (err error) {
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		return err
	}
	db, err := store.Open(context.Background(), setting, sealer)
	if err != nil {
		return err
	}
	if err := db.Close(); err != nil {
		return err
	}
	raw, err := sql.Open(driver, setting)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, raw.Close()) }()
	for _, table := range strings.Fields("seal_key audit_mark") {
		if _, err := raw.Exec("DELETE FROM " + table); err != nil {
			return fmt.Errorf("empty %s: %w", table, err)
		}
	}
	return nil
}
