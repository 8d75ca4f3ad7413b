package store_test

import (
	"database/sql"
	"sync"
	"testing"
	"time"

	"towncrier/store/storetest"
)

// TestConnectionsAreKept asks PostgreSQL much at once, again and again: the same connections answer. Each new one is a process of the
// server.
func TestConnectionsAreKept(t *testing.T) {
	setting := storetest.Postgres(t)
	db := storetest.Open(t, setting, storetest.Sealer(t))
	raw, err := sql.Open("pgx", setting)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	sessions := func() (n int) {
		t.Helper()
		if err := raw.QueryRowContext(t.Context(), `SELECT sessions FROM pg_stat_database WHERE datname = current_database()`).Scan(&n); err != nil {
			t.Fatal(err)
		}
		return n
	}
	ask := func() {
		var all sync.WaitGroup
		for range 32 {
			all.Go(func() {
				if err := db.ProbeWrite(t.Context(), time.Now()); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
	}
	ask()
	before := sessions()
	for range 20 {
		ask()
	}
	if more := sessions() - before; more > 20 {
		t.Errorf("%d more connections were made for 640 questions", more)
	}
}

// TestStatementsAreNotCompiled: PostgreSQL would compile each statement whose cost it guesses too high, which takes far longer than ours do.
func TestStatementsAreNotCompiled(t *testing.T) {
	setting, sealer := storetest.Postgres(t), storetest.Sealer(t)
	for url, want := range map[string]string{setting: "off", setting + "&jit=on": "on"} {
		if got := storetest.Open(t, url, sealer).Setting(t.Context(), "jit"); got != want {
			t.Errorf("jit is %q, want %q", got, want)
		}
	}
}
