package store_test

import (
	"sync"
	"testing"

	"towncrier/broadcast"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestCountsKeepNobodyWaiting: however many audiences are counted at once, a connection is there for everybody else.
func TestCountsKeepNobodyWaiting(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		rows := db.Broadcasts()
		before := db.ReaderWaits()
		var counts sync.WaitGroup
		for range 60 {
			counts.Go(func() {
				scope := broadcast.Scope{Rule: broadcast.Rule{All: true}}
				if _, err := rows.AudienceCounts(t.Context(), scope); err != nil {
					t.Error(err)
				}
			})
		}
		for range 20 {
			if err := db.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		}
		counts.Wait()
		if waits := db.ReaderWaits() - before; waits > 0 {
			t.Errorf("somebody waited for a connection %d times", waits)
		}
	})
}
