package store

import (
	"context"
	"database/sql"
	"errors"
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

// TestSMSPushLeavesTheLine: a push whose time is over before its turn is not kept, and nobody waits for it any more.
func TestSMSPushLeavesTheLine(t *testing.T) {
	db := openHeld(t)
	leave, err := db.enter(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	keep := func(ctx context.Context, id string) error {
		_, err := db.SMS().Keep(ctx, []sms.Element{{Receipt: &sms.Receipt{OutID: id, Raw: id}}}, time.Now())
		return err
	}
	var all sync.WaitGroup
	all.Go(func() { // leads, and stays
		if err := keep(t.Context(), "text 0"); err != nil {
			t.Error(err)
		}
	})
	led := func() bool {
		db.pushes.mu.Lock()
		defer db.pushes.mu.Unlock()
		return db.pushes.busy && len(db.pushes.queue) == 0
	}
	for deadline := time.Now().Add(time.Minute); !led() && time.Now().Before(deadline); {
		time.Sleep(time.Millisecond)
	}
	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan error)
	go func() { gone <- keep(ctx, "text 1") }()
	cancel()
	select {
	case err := <-gone:
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%v, want it cancelled", err)
		}
	case <-time.After(time.Minute):
		t.Error("it waits for a turn that it does not want")
	}
	leave()
	all.Wait()
	var kept int
	if err := db.read.QueryRowContext(t.Context(), `SELECT count(*) FROM sms_inbound`).Scan(&kept); err != nil || kept != 1 {
		t.Errorf("%d kept, %v; want 1", kept, err)
	}
}
