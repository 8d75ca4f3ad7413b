package store

import (
	"context"
	"database/sql"
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"towncrier/seal"
	"towncrier/sms"
)

func openHeld(t *testing.T) *DB {
	t.Helper()
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	db, err := Open(t.Context(), filepath.Join(t.TempDir(), "held.db"), sealer)
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
