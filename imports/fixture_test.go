package imports_test

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/imports"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

const (
	numbers = "1990000"
	heading = "手机号,居委会代码,小区,依据,同意时间\n"
	good    = "19900000001,C01,,同意,2023-11-01\n"
	bad     = "1990000,C01,,同意,2023-11-01\n"
)

// fixture is a service over real rows, in a folder that it can be opened on again.
type fixture struct {
	*imports.Service
	t      testing.TB
	db     *store.DB
	roster *roster.Roster
	path   string
	sealer *seal.Sealer
	passed atomic.Int64 // of the clock
	may    atomic.Bool  // whether uploaders may import
	asked  func()       // before each answer
	stop   func()       // of the service that is open

	wasAway atomic.Int64 // how often the database was missed
}

func newFixture(t testing.TB, db *store.DB) *fixture {
	f := &fixture{t: t, db: db, path: t.TempDir(), sealer: storetest.Sealer(t), asked: func() {}}
	f.may.Store(true)
	f.roster = roster.New(roster.Config{Store: db.Roster(), Now: f.now})
	for _, code := range []string{"C01", "C02"} {
		if _, err := f.roster.PutCommittee(t.Context(), audit.Local("test"), roster.Committee{Code: code, Name: "示例社区" + code}); err != nil {
			t.Fatal(err)
		}
	}
	return f
}

// lite is a fixture on SQLite that is open.
func lite(t testing.TB, limits imports.Limits) *fixture {
	f := newFixture(t, storetest.One(t))
	f.open(nil, limits)
	return f
}

func (f *fixture) now() time.Time {
	return time.Date(2023, 12, 1, 4, 0, 0, 0, time.UTC).Add(time.Duration(f.passed.Load()))
}

func (f *fixture) away(err error) bool {
	away := store.Away(err)
	if away {
		f.wasAway.Add(1)
	}
	return away
}

func (f *fixture) pass(d time.Duration) { f.passed.Add(int64(d)) }

// open opens a service on the folder, with another importer unless that is nil.
func (f *fixture) open(to roster.Importer, limits imports.Limits) {
	f.t.Helper()
	if to == nil {
		to = f.db.Roster()
	}
	s, err := imports.Open(imports.Config{Folder: f.path, Sealer: f.sealer, Roster: f.roster, Importer: to, Away: f.away, Audit: f.db.Audit(), Now: f.now, Limits: limits,
		Log: slog.New(slog.DiscardHandler), May: func(context.Context, imports.Upload) (bool, error) { f.asked(); return f.may.Load(), nil }})
	if err != nil {
		f.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	f.stop = sync.OnceFunc(func() { cancel(); running.Wait(); s.Close() })
	f.t.Cleanup(f.stop)
	f.Service = s
}

func (f *fixture) take(by, file string) (imports.Import, error) {
	i, _, err := f.Take(f.t.Context(), imports.Upload{Kind: imports.Residents, By: by}, strings.NewReader(file))
	return i, err
}

// until waits for an import to be in a state.
func (f *fixture) until(by, id string, state imports.State) imports.Import {
	f.t.Helper()
	i := f.await(by, id, state, imports.Failed)
	if i.State != state {
		f.t.Fatalf("%s %q, want %s", i.State, i.Problem, state)
	}
	return i
}

// ended waits for an import's end.
func (f *fixture) ended(by, id string) imports.Import {
	f.t.Helper()
	return f.await(by, id, imports.Done, imports.Failed)
}

func (f *fixture) await(by, id string, states ...imports.State) imports.Import {
	f.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(time.Millisecond) {
		i, err := f.Find(by, id)
		if err != nil {
			f.t.Fatal(err)
		}
		if slices.Contains(states, i.State) {
			return i
		}
		if time.Now().After(deadline) {
			f.t.Fatalf("%s, want %v", i.State, states)
		}
	}
}

func (f *fixture) judged(by, file string) imports.Import {
	f.t.Helper()
	i, err := f.take(by, file)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.until(by, i.ID, imports.Judged)
}

func (f *fixture) start(by, id string, all bool) {
	f.t.Helper()
	if _, err := f.Start(by, id, all, func(int) error { return nil }); err != nil {
		f.t.Fatal(err)
	}
}

// wantFiles says how many files there are, of which nothing may be readable.
func (f *fixture) wantFiles(when string, want int) {
	f.t.Helper()
	var files []string
	for _, path := range f.files("*") {
		content, err := os.ReadFile(path)
		if err != nil {
			f.t.Fatal(err)
		}
		if bytes.Contains(content, []byte(numbers)) {
			f.t.Errorf("%s: a number can be read in %s", when, path)
		}
		if name := filepath.Base(path); name != "lock" {
			files = append(files, name)
		}
	}
	if len(files) != want {
		f.t.Errorf("%s: %q, want %d files", when, files, want)
	}
}

func (f *fixture) files(pattern string) []string {
	paths, _ := filepath.Glob(filepath.Join(f.path, "*", pattern))
	return paths
}

// audited are the entries of actions that begin so, the oldest first.
func (f *fixture) audited(prefix string) (all []audit.Entry) {
	f.t.Helper()
	entries, err := f.db.Audit().List(f.t.Context(), 0, 1000, audit.Filter{})
	if err != nil {
		f.t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Action, prefix) {
			all = append([]audit.Entry{e}, all...)
		}
	}
	return all
}
