package store_test

import (
	"database/sql"
	"errors"
	"net/url"
	"strings"
	"testing"

	"towncrier/store"
	"towncrier/store/storetest"
)

// TestProbeWriteSeesReadOnly has a PostgreSQL that answers and takes no writes, as a standby, and databases that do.
func TestProbeWriteSeesReadOnly(t *testing.T) {
	for name, fresh := range databases {
		if err := storetest.Open(t, fresh(t), storetest.Sealer(t)).ProbeWrite(t.Context(), noon); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	setting, sealer := storetest.Postgres(t), storetest.Sealer(t)
	storetest.Open(t, setting, sealer)
	raw, err := sql.Open("pgx", setting)
	if err != nil {
		t.Fatal(err)
	}
	defer raw.Close()
	u, err := url.Parse(setting)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), `ALTER DATABASE `+strings.TrimPrefix(u.Path, "/")+` SET default_transaction_read_only = on`); err != nil {
		t.Fatal(err)
	}
	db := storetest.Open(t, setting, sealer)
	if err := db.Ping(t.Context()); err != nil {
		t.Errorf("it does not answer: %v", err)
	}
	if err := db.ProbeWrite(t.Context(), noon); !errors.Is(err, store.ErrReadOnly) {
		t.Errorf("read-only: %v", err)
	}
}
