package store_test

import (
	"database/sql"
	"testing"

	"towncrier/audit/audittest"
	"towncrier/store/storetest"
)

var drivers = map[string]string{"SQLite": "sqlite", "PostgreSQL": "pgx"}

// byHand opens a database past the store, as somebody with its password could.
func byHand(t testing.TB, name, setting string) *sql.DB {
	t.Helper()
	raw, err := sql.Open(drivers[name], setting)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	return raw
}

func TestAudit(t *testing.T) {
	audittest.Run(t, func(t *testing.T, test func(*testing.T, func() audittest.Log, func(string))) {
		for name, fresh := range databases {
			t.Run(name, func(t *testing.T) {
				setting, sealer := fresh(t), storetest.Sealer(t)
				open := func() audittest.Log { return storetest.Open(t, setting, sealer).Audit() }
				test(t, open, func(query string) {
					raw := byHand(t, name, setting)
					if _, err := raw.ExecContext(t.Context(), query); err != nil {
						t.Fatalf("%s: %v", query, err)
					}
				})
			})
		}
	})
}
