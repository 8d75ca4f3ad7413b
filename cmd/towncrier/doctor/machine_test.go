package doctor_test

import (
	"context"
	"math"
	"os"
	"path/filepath"
	"testing"

	"towncrier/cmd/towncrier/doctor"
	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestRoom(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		name          string
		path          string
		little, least uint64
		want          string
	}{
		{"enough", dir, 1, 1, "ok are free on the disk of"},
		{"not made yet", filepath.Join(dir, "new", "data"), 1, 1, "ok are free on the disk of"},
		{"little", dir, math.MaxUint64, 1, "warning MiB are free / make room there"},
		{"too little", dir, math.MaxUint64, math.MaxUint64, "fault MiB are free / make room there"},
	} {
		finds(t, c.name, doctor.Room(doctor.Folder{Path: c.path, For: "the database", Little: c.little, Least: c.least}), c.want)
	}
}

func TestLimits(t *testing.T) {
	finds(t, "enough", doctor.Limits(1, 1), "ok files open", "ok memory")
	finds(t, "too few files", doctor.Limits(1<<40, 1), "warning connections / LimitNOFILE", "ok memory")
}

// TestRedis asks a real server that is set up well and badly.
func TestRedis(t *testing.T) {
	for name, c := range map[string]struct {
		args []string
		want string
	}{
		"without a limit": {nil, "ok what it holds may be lost"},
		"that forgets":    {[]string{"--maxmemory", "100mb", "--maxmemory-policy", "allkeys-lru"}, "warning forgets keys (maxmemory-policy allkeys-lru) / noeviction"},
		"that is full":    {[]string{"--maxmemory", "1mb"}, "warning of its 1 MiB in use / maxmemory"},
	} {
		client, closeAll, err := kv.Open(t.Context(), kvtest.Start(t, c.args...).URL())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeAll() })
		finds(t, name, doctor.Redis(func(ctx context.Context) (kv.Server, error) { return kv.Inspect(ctx, client) }), c.want)
	}
}

// TestDatabase looks at databases in the states in which a person has to do something, and in those in which serving begins with one.
func TestDatabase(t *testing.T) {
	check := func(setting string, key []byte) doctor.Check {
		return doctor.Database("TOWNCRIER_DATA", func(ctx context.Context) (store.Glance, error) {
			sealer, err := seal.New(key)
			if err != nil {
				return store.Glance{}, err
			}
			return store.Look(ctx, setting, sealer)
		})
	}
	setting, key := storetest.SQLite(t), seal.NewKey()
	finds(t, "none yet", check(setting, key), "ok there is no database yet")
	sealer, err := seal.New(key)
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), setting, sealer)
	if err != nil {
		t.Fatal(err)
	}
	finds(t, "beside a server", check(setting, key), "ok opens with the key")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	finds(t, "another key", check(setting, seal.NewKey()), "fault TOWNCRIER_KEY / TOWNCRIER_DATA")
	finds(t, "no database", check(filepath.Join(t.TempDir(), "none", "x.db"), key), "ok there is no database yet")
	text := filepath.Join(t.TempDir(), "text.db")
	if err := os.WriteFile(text, []byte("this is no database, though it is long enough to be one of the kind"), 0o600); err != nil {
		t.Fatal(err)
	}
	finds(t, "no SQLite file", check(text, key), "fault is not a SQLite database / TOWNCRIER_DATA")
	finds(t, "no server", check("postgres://nobody:secret@127.0.0.1:1/none?sslmode=disable", key), "fault connect to PostgreSQL / TOWNCRIER_DATA")

	log := filepath.Join(filepath.Dir(setting), "stops.log")
	finds(t, "a log", doctor.StopsLog(log), "ok can be written")
	finds(t, "no log yet", doctor.StopsLog(log+".1"), "ok no")
	finds(t, "a folder for a log", doctor.StopsLog(filepath.Dir(log)), "fault nobody can stop texts / TOWNCRIER_DATA")
}
