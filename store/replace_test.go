package store_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

// cityFile makes a closed database with one ticket in it.
func cityFile(t *testing.T, path string, key []byte) (ticket string) {
	t.Helper()
	db, err := store.Open(t.Context(), path, boxOf(t, key))
	if err != nil {
		t.Fatal(err)
	}
	if ticket, err = fileTicket(t.Context(), db, "路灯不亮"); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return ticket
}

// TestReplace puts a database in the place of another, whose process was killed with all of its rows in the journal: it is kept whole.
func TestReplace(t *testing.T) {
	dir := t.TempDir()
	path, fresh, aside := filepath.Join(dir, "city.db"), filepath.Join(dir, "fresh.db"), filepath.Join(dir, "aside.db")
	oldKey, newKey := seal.NewKey(), seal.NewKey()
	killed := filepath.Join(t.TempDir(), "city.db")
	writer := storetest.Open(t, killed, boxOf(t, oldKey))
	last, err := fileTicket(t.Context(), writer, "路灯不亮")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"", "-wal"} { // as they stand at that instant
		bytes, err := os.ReadFile(killed + part)
		if err == nil {
			err = os.WriteFile(path+part, bytes, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	fromBackup := cityFile(t, fresh, newKey)

	held, err := store.Hold(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if holds, known := held.Contents(t.Context()); !known || holds.Tickets != 1 {
		t.Errorf("the database that is there: %+v, %t", holds, known)
	}
	if db, err := store.Open(t.Context(), path, boxOf(t, oldKey)); err == nil {
		db.Close()
		t.Error("a held database was opened")
	}
	if err := held.Replace(t.Context(), fresh, aside); err != nil {
		t.Fatal(err)
	}
	if err := held.Close(); err != nil {
		t.Fatal(err)
	}
	var left []string
	names, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		left = append(left, name.Name())
	}
	if got := strings.Join(left, " "); got != "aside.db city.db stops.log" {
		t.Errorf("left in the folder: %s", got)
	}
	whole(t, path, newKey, []string{fromBackup})
	whole(t, aside, oldKey, []string{last})
}

func TestHoldRefusesWhatIsInUse(t *testing.T) {
	path := storetest.SQLite(t)
	storetest.Open(t, path, storetest.Sealer(t))
	if held, err := store.Hold(t.Context(), path); !errors.Is(err, store.ErrInUse) {
		t.Errorf("held %v, %v", held, err)
	}
}

// TestReplaceWhatDoesNotOpen: what is left of a database is kept with the journal beside it, which would ruin another one.
func TestReplaceWhatDoesNotOpen(t *testing.T) {
	for name, c := range map[string]struct {
		there  map[string]string
		damage bool
	}{
		"nothing":           {},
		"an empty file":     {there: map[string]string{"city.db": ""}},
		"only its journal":  {there: map[string]string{"city.db-wal": "rows"}},
		"something damaged": {there: map[string]string{"city.db": strings.Repeat("告示", 5000)}, damage: true},
	} {
		t.Run(name, func(t *testing.T) {
			dir, key := t.TempDir(), seal.NewKey()
			for file, content := range c.there {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			path, fresh := filepath.Join(dir, "city.db"), filepath.Join(dir, "fresh.db")
			ticket := cityFile(t, fresh, key)
			held, err := store.Hold(t.Context(), path)
			if err != nil {
				t.Fatal(err)
			}
			if _, known := held.Contents(t.Context()); known || (held.Damage != nil) != c.damage {
				t.Errorf("known %t, damage %v", known, held.Damage)
			}
			if err := errors.Join(held.Replace(t.Context(), fresh, filepath.Join(dir, "aside.db")), held.Close()); err != nil {
				t.Fatal(err)
			}
			whole(t, path, key, []string{ticket})
			for file, content := range c.there {
				kept, err := os.ReadFile(filepath.Join(dir, strings.Replace(file, "city", "aside", 1)))
				if err != nil || string(kept) != content {
					t.Errorf("%s was not kept: %v", file, err)
				}
			}
		})
	}
}
