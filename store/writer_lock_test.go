package store

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
)

// TestWriterLock has many wait for SQLite's writer, one after the other, and sees them served in that order.
func TestWriterLock(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		db, err := open(t.Context(), filepath.Join(t.TempDir(), "lock.db"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer db.close()
		hold := make(chan struct{})
		ended := make(chan error)
		go func() {
			ended <- db.transact(t.Context(), func(*sql.Tx) error { <-hold; return nil })
		}()
		synctest.Wait()
		const writers = 20
		var served, want []int // by one at a time
		for i := range writers {
			want = append(want, i)
			go func() {
				ended <- db.transact(t.Context(), func(*sql.Tx) error { served = append(served, i); return nil })
			}()
			synctest.Wait() // it stands in the line
		}
		close(hold)
		for range writers + 1 {
			if err := <-ended; err != nil {
				t.Error(err)
			}
		}
		if !slices.Equal(served, want) {
			t.Errorf("served %v, want %v", served, want)
		}
	})
}
