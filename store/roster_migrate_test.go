package store_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"towncrier/roster"
	"towncrier/seal"
	"towncrier/store/storetest"
)

// TestChoicesBecomeResidents migrates a database in which residents had chosen about notices: they find what they chose.
func TestChoicesBecomeResidents(t *testing.T) {
	for name, c := range map[string]struct {
		dialect goose.Dialect
		folder  string
		fresh   func(testing.TB) string
	}{
		"SQLite":     {goose.DialectSQLite3, "sqlite", storetest.SQLite},
		"PostgreSQL": {goose.DialectPostgres, "postgres", storetest.Postgres},
	} {
		t.Run(name, func(t *testing.T) {
			setting, sealer := c.fresh(t), storetest.Sealer(t)
			if name == "SQLite" {
				if err := os.MkdirAll(filepath.Dir(setting), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			raw := byHand(t, name, setting)
			steps, err := goose.NewProvider(c.dialect, raw, os.DirFS("migrations/"+c.folder))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := steps.UpTo(t.Context(), 1); err != nil {
				t.Fatal(err)
			}
			choose := func(openid string, wants int, at time.Time) {
				t.Helper()
				_, err := raw.ExecContext(t.Context(), `INSERT INTO choice (resident, resident_id, wants, chosen_at) VALUES ($1, $2, $3, $4)`,
					sealer.Find("choice.resident", openid), sealedAs(sealer, openid), wants, at.UnixMilli())
				if err != nil {
					t.Fatal(err)
				}
			}
			choose(resident, 1, noon)
			choose(other, 1, noon)
			choose(resident, 0, noon.Add(time.Hour))
			r := roster.New(roster.Config{Store: storetest.Open(t, setting, sealer).Roster(), Now: time.Now})
			for openid, wants := range map[string]bool{resident: false, other: true} {
				who, err := r.Me(t.Context(), openid)
				if err != nil {
					t.Fatal(err)
				}
				if who.Wants("water", roster.WeChat) != wants || who.OpenID != openid || !who.CreatedAt.Equal(noon) || (len(who.Consents) == 1) != wants {
					t.Errorf("carried over: %+v", who)
				}
			}
		})
	}
}

// sealedAs is how an openid was kept by a choice.
func sealedAs(sealer *seal.Sealer, openid string) []byte {
	return sealer.Seal("choice.resident_id", openid)
}
