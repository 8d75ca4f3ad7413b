package store_test

import (
	"database/sql"
	"errors"
	"net/url"
	"os"
	"reflect"
	"strings"
	"testing"

	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestProbeWriteSeesTheStopsLog has a stops.log that cannot be written, and one that was moved away.
func TestProbeWriteSeesTheStopsLog(t *testing.T) {
	eachLostCity(t, func(c *lostCity) {
		before := c.read()
		c.must(c.db.ProbeWrite(c.Context(), noon))
		if after := c.read(); !reflect.DeepEqual(before, after) {
			c.Error("it wrote a line")
		}
		c.must(os.Rename(c.log, c.log+".1"))
		c.must(c.db.ProbeWrite(c.Context(), noon))
		if info, err := os.Stat(c.log); err != nil || info.Size() == 0 {
			c.Errorf("it does not say since when it is kept: %v", err)
		}
		c.must(os.Remove(c.log))
		c.must(os.Mkdir(c.log, 0o700)) // nobody can write there
		if err := c.db.ProbeWrite(c.Context(), noon); err == nil || !strings.Contains(err.Error(), "nobody can stop texts: stops.log cannot be written") {
			c.Errorf("a log that cannot be written: %v", err)
		}
		c.must(os.Remove(c.log))
		c.must(os.Symlink("/dev/full", c.log))
		if err := c.db.ProbeWrite(c.Context(), noon); !errors.Is(err, roster.ErrNoRoom) {
			c.Errorf("a full disk: %v", err)
		}
	})
}

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
