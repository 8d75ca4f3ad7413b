package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"towncrier/seal"
	"towncrier/sms"
)

func openHeld(t *testing.T) *DB {
	t.Helper()
	box, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "held.db"), box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// TestSMSStrangersDoNotWait has SQLite's writer held while receipts come that are about no text.
func TestSMSStrangersDoNotWait(t *testing.T) {
	db := openHeld(t)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	err := db.transact(ctx, func(*sql.Tx) error {
		strange := []sms.Inbound{{ID: 1, Element: sms.Element{Receipt: &sms.Receipt{OutID: "nobody's", Handle: "900"}}}}
		unmatched, err := db.SMS().Apply(ctx, strange, time.Now())
		if err == nil && len(unmatched) != 1 {
			err = fmt.Errorf("unmatched: %v, want the one receipt", unmatched)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestSMSKeptTogether has pushes wait for SQLite's writer, and finds them in one line, which is committed together.
func TestSMSKeptTogether(t *testing.T) {
	db := openHeld(t)
	const pushes = 5
	leave, err := db.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range pushes {
		all.Go(func() {
			one := []sms.Element{{Receipt: &sms.Receipt{OutID: fmt.Sprint("text ", i), Raw: fmt.Sprint(i)}}}
			if n, err := db.SMS().Keep(t.Context(), one, time.Now()); n != 1 || err != nil {
				t.Errorf("kept %d: %v", n, err)
			}
		})
	}
	waiting := func() int {
		db.pushes.mu.Lock()
		defer db.pushes.mu.Unlock()
		return len(db.pushes.queue)
	}
	for deadline := time.Now().Add(10 * time.Second); waiting() < pushes-1 && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	behind := waiting() // all but the first, which leads
	leave()
	all.Wait()
	if behind != pushes-1 {
		t.Errorf("%d works waited to be committed with the first, want %d", behind, pushes-1)
	}
}
