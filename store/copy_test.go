package store_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

// fileTicket files a ticket and returns its number once it is kept.
func fileTicket(ctx context.Context, db *store.DB, text string) (string, error) {
	ticket, err := db.Inbox().Add(ctx, inbox.Filing{From: resident, Kind: inbox.Question, Text: text, At: noon}, "", noon)
	return ticket.Number, err
}

// TestCopyBesideWriters copies a database again and again while three writers go on: every copy holds all that was acknowledged before
// it began, is whole in structure and references, and its audit log verifies under the key; without the key it does not open.
func TestCopyBesideWriters(t *testing.T) {
	path, key := storetest.SQLite(t), seal.NewKey()
	sealer := boxOf(t, key)
	db := storetest.Open(t, path, sealer)
	kept := make(chan string, 100_000)
	ctx, end := context.WithCancel(t.Context())
	var writers sync.WaitGroup
	for w := range 3 {
		writers.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				number, err := fileTicket(ctx, db, "路灯不亮")
				if err == nil {
					c := roster.Committee{Code: fmt.Sprintf("C-%d-%d", w, n), Name: "示例社区居委会"}
					_, err = db.Roster().PutCommittee(ctx, c, audit.Act{Actor: audit.Local("test"), Action: "committee.put", Subject: c.Code, At: noon})
				}
				if err != nil {
					if ctx.Err() == nil {
						t.Error(err)
					}
					return
				}
				kept <- number
			}
		})
	}
	var acknowledged []string
	for n := range 5 {
		for more := 5 + len(kept); more > 0; more-- { // at least five since the last copy
			acknowledged = append(acknowledged, <-kept)
		}
		began := time.Now()
		to := filepath.Join(t.TempDir(), "copy?#%20&.db")
		asOf, err := store.CopyTo(t.Context(), path, to)
		if err != nil {
			t.Fatal(err)
		}
		if asOf.Before(began.Add(-time.Millisecond)) || asOf.After(time.Now()) {
			t.Errorf("copied between %s and now as of %s", began, asOf)
		}
		if info, err := os.Stat(to); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the copy: %v, %v", info, err)
		}
		if err := store.Undamaged(t.Context(), to); err != nil {
			t.Error(err)
		}
		holds, err := store.ContentsOf(t.Context(), to)
		if err != nil {
			t.Fatal(err)
		}
		if holds.Tickets < int64(len(acknowledged)) || holds.Audit == 0 || !strings.HasPrefix(holds.AuditHead, fmt.Sprintf("%d:", holds.Audit)) {
			t.Errorf("copy %d holds %+v, %d tickets were acknowledged before", n, holds, len(acknowledged))
		}
		if _, err := store.Open(t.Context(), to, storetest.Sealer(t)); err == nil || !strings.Contains(err.Error(), "TOWNCRIER_KEY") {
			t.Errorf("the copy opened under another key: %v", err)
		}
		whole(t, to, key, acknowledged)
	}
	end()
	writers.Wait()
}

func boxOf(t *testing.T, key []byte) *seal.Sealer {
	t.Helper()
	sealer, err := seal.New(key)
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

// whole opens a copy: it has these tickets, which open under the key, and an audit log that verifies.
func whole(t *testing.T, path string, key []byte, tickets []string) {
	t.Helper()
	db, err := store.Open(t.Context(), path, boxOf(t, key))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	for _, number := range tickets {
		if ticket, err := db.Inbox().Get(t.Context(), number); err != nil || ticket.Text != "路灯不亮" {
			t.Fatalf("ticket %s: %q, %v", number, ticket.Text, err)
		}
	}
	head, err := db.Audit().Verify(t.Context(), nil)
	if err != nil {
		t.Errorf("the copy's audit log: %v", err)
	}
	if holds, err := store.ContentsOf(t.Context(), path); err != nil || holds.AuditHead != head.String() {
		t.Errorf("the copy holds %+v, %v; its audit log ends at %s", holds, err, head)
	}
}

// TestCopyTakesTheSchemaAsItIs: a copy made by a newer towncrier can be the way back to the one before.
func TestCopyTakesTheSchemaAsItIs(t *testing.T) {
	path, sealer := storetest.SQLite(t), storetest.Sealer(t)
	storetest.Open(t, path, sealer)
	raw := byHand(t, "SQLite", path)
	if _, err := raw.ExecContext(t.Context(), `DELETE FROM goose_db_version WHERE version_id > 53`); err != nil {
		t.Fatal(err)
	}
	to := filepath.Join(t.TempDir(), "copy.db")
	if _, err := store.CopyTo(t.Context(), path, to); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string]string{"the copy": to, "the database": path} {
		if holds, err := store.ContentsOf(t.Context(), file); err != nil || holds.Schema != 53 {
			t.Errorf("%s: %+v, %v; want schema version 53", name, holds, err)
		}
	}
}

func TestCopyRefuses(t *testing.T) {
	dir := t.TempDir()
	file := func(name, content string) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	good := filepath.Join(dir, "good.db")
	storetest.Open(t, good, storetest.Sealer(t))
	for name, c := range map[string]struct {
		from, to string
		is       error
		says     string
	}{
		"a server":              {"postgres://u:s3cret@h/db", "copy", store.ErrNotSQLite, ""},
		"a missing file":        {filepath.Join(dir, "none.db"), "copy", fs.ErrNotExist, ""},
		"an empty file":         {file("empty.db", ""), "copy", nil, "is empty"},
		"another file":          {file("text.db", strings.Repeat("告示", 5000)), "copy", nil, "not a SQLite database"},
		"a target that exists":  {good, file("there.db", "keep me"), fs.ErrExist, ""},
		"a folder that is none": {good, filepath.Join(dir, "none", "copy.db"), fs.ErrNotExist, ""},
	} {
		if c.to == "copy" {
			c.to = filepath.Join(t.TempDir(), "copy.db")
		}
		_, err := store.CopyTo(t.Context(), c.from, c.to)
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "s3cret") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if kept, err := os.ReadFile(filepath.Join(dir, "there.db")); err != nil || string(kept) != "keep me" {
		t.Errorf("the file that was there holds %q, %v", kept, err)
	}
}

// TestUndamagedFindsDamage overwrites a page, and takes a row away that others refer to.
func TestUndamagedFindsDamage(t *testing.T) {
	copyOf := func() string {
		t.Helper()
		path, to := storetest.SQLite(t), filepath.Join(t.TempDir(), "copy.db")
		db := storetest.Open(t, path, storetest.Sealer(t))
		for n := range 200 {
			c := roster.Committee{Code: fmt.Sprintf("C-%d", n), Name: strings.Repeat("示例社区居委会", 20)}
			if _, err := db.Roster().PutCommittee(t.Context(), c, audit.Act{Actor: audit.Local("test"), Action: "committee.put", Subject: c.Code, At: noon}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := store.CopyTo(t.Context(), path, to); err != nil {
			t.Fatal(err)
		}
		return to
	}
	page := copyOf()
	bytes, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 3 * 4096 {
		bytes[len(bytes)-4*4096+i] ^= 0xff
	}
	if err := os.WriteFile(page, bytes, 0o600); err != nil {
		t.Fatal(err)
	}
	reference := copyOf()
	if _, err := byHand(t, "SQLite", reference).ExecContext(t.Context(),
		`PRAGMA foreign_keys = 0; INSERT INTO community (committee, name) VALUES ('C-none', '示例小区')`); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{"a page": page, "a reference": reference} {
		if err := store.Undamaged(t.Context(), path); !errors.Is(err, store.ErrDamaged) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestPlainCopyAfterQuietMinutes: within a minute of the last write the file alone, without its journal, holds everything, though another
// process is about to write for as long: nobody waits for the journal to be folded in, nor does that wait for anybody.
func TestPlainCopyAfterQuietMinutes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		path, key := storetest.SQLite(t), seal.NewKey()
		db, err := store.Open(t.Context(), path, boxOf(t, key))
		if err != nil {
			t.Fatal(err)
		}
		defer db.Close()
		var kept []string
		for range 5 {
			number, err := fileTicket(t.Context(), db, "路灯不亮")
			if err != nil {
				t.Fatal(err)
			}
			kept = append(kept, number)
		}
		other, err := byHand(t, "SQLite", path).Conn(t.Context())
		if err == nil {
			_, err = other.ExecContext(t.Context(), `BEGIN IMMEDIATE`)
		}
		if err != nil {
			t.Fatal(err)
		}
		defer other.Close()
		time.Sleep(time.Minute)
		synctest.Wait()
		alone := filepath.Join(t.TempDir(), "alone.db")
		bytes, err := os.ReadFile(path)
		if err == nil {
			err = os.WriteFile(alone, bytes, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		whole(t, alone, key, kept)
	})
}

// TestCopyOfAHeldDatabase waits as long as every other command does, and says why it failed.
func TestCopyOfAHeldDatabase(t *testing.T) {
	path := storetest.SQLite(t)
	cityFile(t, path, seal.NewKey())
	held, err := store.Hold(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer held.Close()
	_, err = store.CopyTo(t.Context(), path, filepath.Join(t.TempDir(), "copy.db"))
	if err == nil || !strings.Contains(err.Error(), "is held by another process") {
		t.Errorf("copied: %v", err)
	}
}
