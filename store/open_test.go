package store_test

import (
	"context"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"towncrier/audit"
	"towncrier/porttest"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

var (
	databases = map[string]func(testing.TB) string{"SQLite": storetest.FreshSQLite, "PostgreSQL": storetest.FreshPostgres}
	unmade    = map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres}
)

// A row to keep, and who keeps it.
var (
	example = roster.Committee{Code: "C-1", Name: "示例社区居委会"}
	put     = audit.Act{Actor: audit.Local("test"), Action: "committee.put", Subject: example.Code, At: noon}
)

func TestOpenMakesPrivateFile(t *testing.T) {
	path := storetest.SQLite(t)
	db := storetest.Open(t, path, storetest.Sealer(t))
	if err := db.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]fs.FileMode{filepath.Dir(path): 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", filepath.Base(name), got, want)
		}
	}
	left, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".towncrier-*"))
	if err != nil || len(left) > 0 {
		t.Errorf("left behind: %q, %v", left, err)
	}
}

func TestOpenTakesAnyFileName(t *testing.T) {
	path := filepath.Join(t.TempDir(), "邻里 通?#%20&mode=memory.db")
	storetest.Open(t, path, storetest.Sealer(t))
	if info, err := os.Stat(path); err != nil || info.Size() == 0 {
		t.Fatalf("%v, %v: the rows are elsewhere", info, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct{ setting, want string }{
		"nothing":               {"", "empty"},
		"another scheme":        {"mysql://u:p@h/db", `unknown database scheme "mysql"`},
		"a folder":              {dir, "is a folder"},
		"under a file":          {filepath.Join(file("plain", "x"), "db"), "folder"},
		"a short text":          {file("short.db", "hello"), "not a SQLite database"},
		"a long text":           {file("long.db", strings.Repeat("告示", 5000)), "not a SQLite database"},
		"a port that is a word": {"postgres://u@h:port/db", "postgres://user:password@host:5432/name"},
	} {
		db, err := store.Open(t.Context(), c.setting, storetest.Sealer(t))
		if err == nil {
			db.Close()
			t.Errorf("%s: opened", name)
			continue
		}
		if !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q does not say %q", name, err, c.want)
		}
	}
	if got, err := os.ReadFile(filepath.Join(dir, "short.db")); err != nil || string(got) != "hello" {
		t.Errorf("a file that is not ours was changed: %q, %v", got, err)
	}
}

func TestErrorsHidePassword(t *testing.T) {
	address := porttest.Hold(t)
	for _, setting := range []string{
		"postgres://u:s3cret@" + address + "/db?sslmode=disable",
		"postgres://u:s3cret@ho st/db",
		"postgres://u:s3%zzcret@" + address + "/db",
		"postgresql://u:s3cret@" + address + "/db?sslmode=never",
		"postgres://" + address + "/db?user=u&password=s3cret&sslmode=disable",
		"postgres://u:s3%63ret@h:port/db",
		"postgres://u:s3cret@h:port/db",
		"mysql://u:s3cret@h/db",
	} {
		_, err := store.Open(t.Context(), setting, storetest.Sealer(t))
		if err == nil {
			t.Fatalf("%s was opened", setting)
		}
		for _, secret := range []string{"s3cret", "s3%63ret", "s3%zzcret"} {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("%s: %q", setting, err)
			}
		}
	}
}

func TestOpenTwiceKeepsRows(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting, sealer := fresh(t), storetest.Sealer(t)
			first, err := store.Open(t.Context(), setting, sealer)
			if err != nil {
				t.Fatal(err)
			}
			if first.Kind() != name {
				t.Errorf("kind %q, want %q", first.Kind(), name)
			}
			if _, err := first.Roster().PutCommittee(t.Context(), example, put); err != nil {
				t.Fatal(err)
			}
			if err := first.Close(); err != nil {
				t.Fatal(err)
			}
			if err := first.Ping(t.Context()); err == nil {
				t.Error("a closed database answers")
			}
			kept, err := storetest.Open(t, setting, sealer).Roster().Committee(t.Context(), example.Code)
			if err != nil || kept.Name != example.Name {
				t.Errorf("after opening again: %+v, %v", kept, err)
			}
		})
	}
}

func TestManyProcessesMigrateAtOnce(t *testing.T) {
	for name, fresh := range unmade {
		t.Run(name, func(t *testing.T) {
			setting, sealer := fresh(t), storetest.Sealer(t)
			var all sync.WaitGroup
			for range 5 {
				all.Go(func() {
					db, err := store.Open(t.Context(), setting, sealer)
					if err != nil {
						t.Error(err)
						return
					}
					defer db.Close()
					if _, err := db.Roster().PutCommittee(t.Context(), example, put); err != nil {
						t.Error(err)
					}
				})
			}
			all.Wait()
		})
	}
}

func TestOpenRefusesAnotherKey(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting := fresh(t)
			storetest.Open(t, setting, storetest.Sealer(t))
			_, err := store.Open(t.Context(), setting, storetest.Sealer(t))
			if err == nil || !strings.Contains(err.Error(), "TOWNCRIER_KEY") {
				t.Errorf("another key: %v", err)
			}
		})
	}
}

func TestOpenRefusesNewerSchema(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting, sealer := fresh(t), storetest.Sealer(t)
			storetest.Open(t, setting, sealer)
			raw, err := sql.Open(drivers[name], setting)
			if err != nil {
				t.Fatal(err)
			}
			defer raw.Close()
			newer := `INSERT INTO goose_db_version (version_id, is_applied) VALUES (999, true)`
			if _, err := raw.ExecContext(t.Context(), newer); err != nil {
				t.Fatal(err)
			}
			_, err = store.Open(t.Context(), setting, sealer)
			if err == nil || !strings.Contains(err.Error(), "schema version 999") {
				t.Errorf("a newer schema: %v", err)
			}
		})
	}
}

// TestOpenRefusesGaps opens a database that a towncrier migrated which had not all of the steps below the last.
func TestOpenRefusesGaps(t *testing.T) {
	for name, fresh := range databases {
		for _, c := range []struct{ gap, want string }{
			{"version_id IN (22, 52)", "schema version 86, and lacks 22, 52 below it"},
			{"version_id IN (52, 85, 86)", "schema version 80, and lacks 52 below it"}, // 85 and 86 were still to be taken
		} {
			t.Run(name+" without "+c.gap, func(t *testing.T) {
				setting, sealer := fresh(t), storetest.Sealer(t)
				storetest.Open(t, setting, sealer)
				raw, err := sql.Open(drivers[name], setting)
				if err != nil {
					t.Fatal(err)
				}
				defer raw.Close()
				if _, err := raw.ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id > 86 OR `+c.gap); err != nil {
					t.Fatal(err)
				}
				_, err = store.Open(t.Context(), setting, sealer)
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("opened: %v; want %q", err, c.want)
				}
			})
		}
	}
}

func TestOpenCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for name, fresh := range databases {
		if db, err := store.Open(ctx, fresh(t), storetest.Sealer(t)); !errors.Is(err, context.Canceled) {
			if err == nil {
				db.Close()
			}
			t.Errorf("%s: %v, want context.Canceled", name, err)
		}
	}
}
