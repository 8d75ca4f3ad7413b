// Package storetest runs tests on real databases: SQLite files, and a private PostgreSQL that the test binary starts
// and stops. A package that uses PostgreSQL has
//
//	func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }
package storetest

import (
	"context"
	"crypto/rand"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"towncrier/seal"
	"towncrier/store"
)

// Each runs test as a subtest on a fresh SQLite file and on a fresh PostgreSQL database. Every call of open is one more
// process's worth of connections to that database, closed when the subtest ends.
func Each(t *testing.T, test func(t *testing.T, open func() *store.DB)) {
	t.Helper()
	for _, kind := range []struct {
		name  string
		fresh func(testing.TB) string
	}{{"SQLite", FreshSQLite}, {"PostgreSQL", FreshPostgres}} {
		t.Run(kind.name, func(t *testing.T) {
			setting, sealer := kind.fresh(t), Sealer(t)
			test(t, func() *store.DB { return Open(t, setting, sealer) })
		})
	}
}

// Open opens a database for the length of a test.
func Open(t testing.TB, setting string, sealer *seal.Sealer) *store.DB {
	t.Helper()
	db, err := store.Open(t.Context(), setting, sealer)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return db
}

// Sealer makes a sealer with a key of its own.
func Sealer(t testing.TB) *seal.Sealer {
	t.Helper()
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// SQLite is the path of a file that does not exist yet.
func SQLite(t testing.TB) string {
	return filepath.Join(t.TempDir(), "data", "towncrier.db")
}

// Postgres is the URL of an empty database, dropped when the test ends. The test fails when PostgreSQL is not
// installed.
func Postgres(t testing.TB) string {
	t.Helper()
	return postgresLike(t, "template1")
}

// postgresLike is the URL of a copy of a database, dropped when the test ends.
func postgresLike(t testing.TB, of string) string {
	t.Helper()
	server, err := started()
	if err != nil {
		t.Fatal(err)
	}
	name := "t" + strings.ToLower(rand.Text())
	if err := server.exec(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+of); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := server.exec(context.WithoutCancel(t.Context()), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Error(err)
		}
	})
	return server.url(name)
}

func (s *postgres) exec(ctx context.Context, query string) error {
	conn, err := pgx.Connect(ctx, s.url("postgres"))
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, query)
	return err
}

// Copy copies a database that nobody has open, as a backup does that is put back beside it.
func Copy(t testing.TB, setting string) string {
	t.Helper()
	if !strings.Contains(setting, "://") {
		path := filepath.Join(t.TempDir(), "towncrier.db")
		if _, err := store.CopyTo(t.Context(), setting, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	server, err := started()
	if err != nil {
		t.Fatal(err)
	}
	return postgresLike(t, server.name(setting))
}
