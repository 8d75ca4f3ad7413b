package store_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestLookChangesNothing looks at a database that is not there yet, at one that is, and with another key.
func TestLookChangesNothing(t *testing.T) {
	for name, fresh := range map[string]func(testing.TB) string{"SQLite": storetest.SQLite, "PostgreSQL": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			setting, key := fresh(t), seal.NewKey()
			before, err := store.Look(t.Context(), setting, boxUnder(t, key))
			if err != nil || before.Schema != 0 || before.Newest == 0 || before.ReadOnly || before.Missing != (name == "SQLite") {
				t.Errorf("before it is made: %+v, %v", before, err)
			}
			db, err := store.Open(t.Context(), setting, boxUnder(t, key))
			if err != nil {
				t.Fatal(err)
			}
			if beside, err := store.Look(t.Context(), setting, boxUnder(t, key)); err != nil || beside.Schema != beside.Newest || beside.Marking {
				t.Errorf("beside a server: %+v, %v", beside, err)
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			if name == "SQLite" {
				folder := filepath.Dir(setting)
				left, _ := os.ReadDir(folder)
				if _, err := store.Look(t.Context(), setting, boxUnder(t, key)); err != nil {
					t.Error(err)
				}
				if after, _ := os.ReadDir(folder); len(after) != len(left) {
					t.Errorf("a look leaves %v, there was %v", after, left)
				}
			}
			if _, err := store.Look(t.Context(), setting, boxUnder(t, seal.NewKey())); err == nil || !strings.Contains(err.Error(), "TOWNCRIER_KEY") {
				t.Errorf("with another key: %v", err)
			}
		})
	}
}
