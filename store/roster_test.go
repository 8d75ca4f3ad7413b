package store_test

import (
	"testing"

	"towncrier/roster/rostertest"
	"towncrier/store/storetest"
)

func TestRoster(t *testing.T) {
	rostertest.Run(t, func(t *testing.T, test func(*testing.T, rostertest.Open)) {
		for name, fresh := range databases {
			t.Run(name, func(t *testing.T) {
				setting, sealer := fresh(t), storetest.Sealer(t)
				test(t, func() (rostertest.Keeper, func(*testing.T) int) {
					raw := byHand(t, name, setting)
					return storetest.Open(t, setting, sealer).Roster(), func(t *testing.T) (n int) {
						t.Helper()
						if err := raw.QueryRowContext(t.Context(), `SELECT count(*) FROM audit`).Scan(&n); err != nil {
							t.Fatal(err)
						}
						return n
					}
				})
			})
		}
	})
}
