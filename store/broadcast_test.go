package store_test

import (
	"testing"

	"towncrier/broadcast/broadcasttest"
	"towncrier/store/storetest"
)

func TestBroadcasts(t *testing.T) {
	broadcasttest.Run(t, func(t *testing.T, test func(*testing.T, broadcasttest.Open)) {
		for name, fresh := range databases {
			t.Run(name, func(t *testing.T) {
				setting, sealer := fresh(t), storetest.Sealer(t)
				test(t, func() broadcasttest.Process {
					db, raw := storetest.Open(t, setting, sealer), byHand(t, name, setting)
					return broadcasttest.Process{Store: db.Broadcasts(), Roster: db.Roster(), Audited: func(t testing.TB) (n int) {
						t.Helper()
						if err := raw.QueryRowContext(t.Context(), `SELECT count(*) FROM audit`).Scan(&n); err != nil {
							t.Fatal(err)
						}
						return n
					}}
				})
			})
		}
	})
}
