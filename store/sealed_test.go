package store_test

import (
	"bytes"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

const (
	resident = "oGone-2f8c1d0e7b6a5940312f"
	other    = "oKept-94c2b1a07f6e5d382910"
)

// fill writes what two residents said and were told, and returns what must not be readable anywhere.
func fill(t *testing.T, db *store.DB) (plain [][]byte) {
	t.Helper()
	for i, from := range []string{resident, other} {
		for n := range 200 { // many pages, so that rows move between them
			text, where := fmt.Sprintf("电话19900001234请回电%d-%d", i, n), fmt.Sprintf("河东街%d号", n)
			ticket, err := db.Inbox().Add(t.Context(), inbox.Filing{From: from, Kind: inbox.Suggestion, Text: text, Where: where, At: noon}, "", noon)
			if err != nil {
				t.Fatal(err)
			}
			if n%2 == 0 {
				if _, err := db.Inbox().SetAnswer(t.Context(), audit.Act{Subject: ticket.Number, At: noon}, "王", "答复在此"); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	return [][]byte{[]byte(resident), []byte(other), []byte("19900001234"), []byte("河东街"), []byte("答复在此")}
}

// traces reads, with a connection of its own, the bytes by which a resident is kept.
func traces(t *testing.T, driver, setting string) (out [][]byte) {
	t.Helper()
	raw, err := sql.Open(driver, setting)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	rows, err := raw.QueryContext(t.Context(),
		`SELECT asker FROM ticket WHERE asker IS NOT NULL UNION ALL SELECT asker_id FROM ticket WHERE asker_id IS NOT NULL`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var b []byte
		if err := rows.Scan(&b); err != nil {
			t.Fatal(err)
		}
		out = append(out, b)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

// files is every byte of a SQLite database and its journal.
func files(t *testing.T, path string) (all []byte) {
	t.Helper()
	names, err := filepath.Glob(path + "*")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, b...)
	}
	return all
}

func forget(t *testing.T, db *store.DB, from string) {
	t.Helper()
	if err := db.Inbox().Forget(t.Context(), from); err != nil {
		t.Fatal(err)
	}
}

func TestFileHoldsNothingReadable(t *testing.T) {
	path := storetest.SQLite(t)
	db := storetest.Open(t, path, storetest.Sealer(t))
	plain := fill(t, db)
	raw := files(t, path)
	if !bytes.Contains(raw, []byte("20231113-0001")) {
		t.Fatal("the test does not see the rows")
	}
	for _, p := range plain {
		if bytes.Contains(raw, p) {
			t.Errorf("the file holds %q in the clear", p)
		}
	}
}

func TestForgottenLeavesNoByteInTheFile(t *testing.T) {
	path := storetest.SQLite(t)
	db := storetest.Open(t, path, storetest.Sealer(t))
	fill(t, db)
	before := traces(t, "sqlite", path)
	forget(t, db, resident)
	kept := make(map[string]bool)
	for _, b := range traces(t, "sqlite", path) {
		kept[string(b)] = true
	}
	raw := files(t, path)
	gone := 0
	for _, b := range before {
		switch {
		case kept[string(b)]:
			if !bytes.Contains(raw, b) {
				t.Fatal("the test does not see the rows that stay")
			}
		case bytes.Contains(raw, b):
			t.Errorf("%x is still in the file", b[:8])
		default:
			gone++
		}
	}
	if want := 200 + 200; gone != want { // an HMAC and a seal a row
		t.Errorf("%d traces are gone, want %d", gone, want)
	}
}

func TestForgottenLeavesNoByteInTheRows(t *testing.T) {
	setting, sealer := storetest.Postgres(t), storetest.Sealer(t)
	db := storetest.Open(t, setting, sealer)
	fill(t, db)
	forget(t, db, resident)
	forget(t, db, other)
	if left := traces(t, "pgx", setting); len(left) > 0 {
		t.Errorf("%d traces are left", len(left))
	}
	tickets, err := db.Inbox().List(t.Context(), inbox.Filter{Status: inbox.Open, Limit: 1000})
	if err != nil || len(tickets) != 200 || !strings.Contains(tickets[0].Text, "请回电") {
		t.Errorf("%d open tickets are left, want all 200: %v", len(tickets), err)
	}
}

// TestDamagedRowIsAnError alters one sealed byte: what is read is an error with the ticket's number, never other text.
func TestDamagedRowIsAnError(t *testing.T) {
	path := storetest.SQLite(t)
	db := storetest.Open(t, path, storetest.Sealer(t))
	ticket, err := db.Inbox().Add(t.Context(), inbox.Filing{From: resident, Kind: inbox.Question, Text: "问题", At: noon}, "", noon)
	if err != nil {
		t.Fatal(err)
	}
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	if _, err := raw.ExecContext(t.Context(), `UPDATE ticket SET text = place`); err != nil {
		t.Fatal(err)
	}
	_, err = db.Inbox().Get(t.Context(), ticket.Number)
	if err == nil || !strings.Contains(err.Error(), ticket.Number) || !strings.Contains(err.Error(), seal.ErrSealed.Error()) {
		t.Errorf("a sealed value in another column: %v", err)
	}
}
