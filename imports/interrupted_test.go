package imports_test

import (
	"context"
	"errors"
	"net"
	"os"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/imports"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/store/storetest"
)

// heldImporter stops in an import's first transaction, whatever became of its context, until it is released.
type heldImporter struct {
	roster.Importer
	reached, release chan struct{}
}

func (h heldImporter) WriteSlice(ctx context.Context, id string, slice roster.ImportSlice, wrote func(roster.ImportCounts)) error {
	h.reached <- struct{}{}
	<-h.release
	return h.Importer.WriteSlice(ctx, id, slice, wrote)
}

// left is what a server that is killed now leaves on disk, with the same rows.
func (f *fixture) left() *fixture {
	left := &fixture{t: f.t, db: f.db, roster: f.roster, path: f.t.TempDir(), sealer: f.sealer, asked: func() {}}
	left.may.Store(true)
	if err := os.CopyFS(left.path, os.DirFS(f.path)); err != nil {
		f.t.Error(err)
	}
	return left
}

func (f *fixture) residents() int {
	f.t.Helper()
	stats, err := f.roster.Stats(f.t.Context(), "")
	if err != nil {
		f.t.Fatal(err)
	}
	return stats.Residents
}

// TestDeletedImportStaysAway: one that is deleted while it is under way does not go on when the server is killed before its worker hears of it. The
// same file may come again at once, and what the worker removes is not that.
func TestDeletedImportStaysAway(t *testing.T) {
	f := newFixture(t, storetest.Open(t, storetest.SQLite(t), storetest.Sealer(t)))
	held := heldImporter{f.db.Roster(), make(chan struct{}), make(chan struct{})}
	f.open(held, imports.Limits{})
	id := f.judged("admin", heading+good).ID
	f.start("admin", id, true)
	<-held.reached
	if err := f.Remove(t.Context(), audit.Staff("admin"), "admin", id); err != nil {
		t.Fatal(err)
	}
	left := f.left()
	left.open(nil, imports.Limits{})
	if all := left.List(""); len(all) != 0 {
		t.Errorf("after a kill %+v are there again", all)
	}
	left.wantFiles("after a kill", 0)

	again, err := f.take("admin", heading+good)
	if err != nil || again.ID != id {
		t.Fatalf("the same file again: %s, not %s, %v", again.ID, id, err)
	}
	close(held.release)
	f.until("admin", id, imports.Judged)
	if n := f.residents(); n != 0 {
		t.Errorf("%d residents of a deleted import", n)
	}
	go func() { <-held.reached }()
	f.start("admin", id, true)
	f.until("admin", id, imports.Done)
}

// TestImportWritesWhatWasJudged: when other rows are bad by the time at which it is written, nothing is written, and it says how it is now.
func TestImportWritesWhatWasJudged(t *testing.T) {
	f := lite(t, imports.Limits{})
	const other = "19900000002,C02,,同意,2023-11-01\n"
	for name, file := range map[string]string{"all rows are bad": heading + other + bad, "some are": heading + good + other + bad} {
		i := f.judged("admin", file)
		if err := f.roster.DeleteCommittee(t.Context(), audit.Local("test"), "C02"); err != nil {
			t.Fatal(err)
		}
		f.start("admin", i.ID, false)
		failed := f.ended("admin", i.ID)
		if failed.State != imports.Failed || failed.Bad != i.Bad+1 || !strings.Contains(failed.Problem, "居委会的登记有变动") {
			t.Errorf("%s: %s %q, %d bad", name, failed.State, failed.Problem, failed.Bad)
		}
		if n := f.residents(); n != 0 {
			t.Errorf("%s: %d residents", name, n)
		}
		if _, err := f.roster.PutCommittee(t.Context(), audit.Local("test"), roster.Committee{Code: "C02", Name: "示例社区C02"}); err != nil {
			t.Fatal(err)
		}
	}
}

// crashOnce ends the database in the middle of an import.
type crashOnce struct {
	roster.Importer
	crash func()
}

func (c crashOnce) WriteSlice(ctx context.Context, id string, slice roster.ImportSlice, wrote func(roster.ImportCounts)) error {
	return c.Importer.WriteSlice(ctx, id, slice, func(counts roster.ImportCounts) { wrote(counts); c.crash() })
}

// TestImportWaitsForTheDatabase: a file that is judged or imported while PostgreSQL is away is judged or imported when it is back.
func TestImportWaitsForTheDatabase(t *testing.T) {
	server := storetest.Start(t)
	f := newFixture(t, storetest.Open(t, server.URL(), storetest.Sealer(t)))
	crash := server.Crash
	f.open(crashOnce{f.db.Roster(), func() { crash(); crash = func() {} }}, imports.Limits{})
	server.Crash()
	i, err := f.take("admin", people(6000))
	if err != nil {
		t.Fatal(err)
	}
	waits := func() {
		t.Helper()
		for deadline := time.Now().Add(30 * time.Second); f.wasAway.Swap(0) == 0; time.Sleep(time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal("nobody misses the database")
			}
		}
		server.Restart(t)
	}
	waits()
	f.until("admin", i.ID, imports.Judged)

	f.wasAway.Store(0) // it may have been missed again while it started
	f.start("admin", i.ID, true)
	waits()
	if done := f.until("admin", i.ID, imports.Done); done.Resumed == 0 || done.Counts != (roster.ImportCounts{Added: 6000}) {
		t.Errorf("in the end %+v, on from %d", done.Counts, done.Resumed)
	}
	if n := f.residents(); n != 6000 {
		t.Errorf("%d residents", n)
	}
	if acts := f.audited("import.stop"); len(acts) != 0 {
		t.Errorf("audited as an end: %+v", acts)
	}
}

// unheard is an importer that finishes, and whose answer is lost once.
type unheard struct {
	roster.Importer
	lost   *bool
	before func()
	after  func()
}

func (u unheard) FinishImport(ctx context.Context, id string, act audit.Act) error {
	if *u.lost {
		return u.Importer.FinishImport(ctx, id, act)
	}
	*u.lost = true
	u.before()
	err := u.Importer.FinishImport(ctx, id, act)
	u.after()
	return errors.Join(err, &net.OpError{Op: "read", Err: syscall.ECONNRESET})
}

// TestImportIsFinishedOnce: what came of an import is told as it was, also when the server is killed, or the database gone, at its very end.
func TestImportIsFinishedOnce(t *testing.T) {
	f := newFixture(t, storetest.Open(t, storetest.SQLite(t), storetest.Sealer(t)))
	var left []*fixture
	leave := func() { left = append(left, f.left()) }
	f.open(unheard{f.db.Roster(), new(bool), leave, leave}, imports.Limits{})
	id := f.judged("admin", heading+good).ID
	f.start("admin", id, true)
	want := roster.ImportCounts{Added: 1}
	if done := f.until("admin", id, imports.Done); done.Counts != want {
		t.Errorf("the answer was lost: %+v", done.Counts)
	}
	for n, killed := range left {
		killed.open(nil, imports.Limits{})
		if done := killed.until("admin", id, imports.Done); done.Counts != want || done.Written != 1 {
			t.Errorf("killed at its end (%d): %+v", n, done.Counts)
		}
	}
	if acts := f.audited("roster.import"); len(acts) != 2 {
		t.Errorf("audited %+v", acts)
	}
}

// TestWhatIsGoneIsSaid: after a restart, and at the end of a file's life, it is said that the list of faults and the bad rows are removed.
func TestWhatIsGoneIsSaid(t *testing.T) {
	f := lite(t, imports.Limits{})
	id := f.judged("admin", heading+good+bad).ID
	f.start("admin", id, false)
	f.until("admin", id, imports.Done)
	f.stop()
	f.open(nil, imports.Limits{})
	i, err := f.Find("admin", id)
	if err != nil || i.Bad != 1 || i.Counts.Added != 1 {
		t.Fatalf("after a restart: %+v, %v", i, err)
	}
	if _, _, err := f.Faults("admin", id, "", "", 10); !errors.Is(err, imports.ErrState) || !strings.Contains(err.Error(), "重新启动") {
		t.Errorf("faults: %v", err)
	}
	if _, err := f.BadRows("admin", id, sheet.CSV); !errors.Is(err, imports.ErrState) || !strings.Contains(err.Error(), "重新启动") {
		t.Errorf("bad rows: %v", err)
	}
}

// TestCommitteesGoOn: what came of an import of committees is told as it was planned, also when some were written before an interruption.
func TestCommitteesGoOn(t *testing.T) {
	f := newFixture(t, storetest.Open(t, storetest.SQLite(t), storetest.Sealer(t)))
	var asks atomic.Int64
	f.asked = func() { f.may.Store(asks.Add(1) != 3) } // it is asked before judging, before writing, and after each committee
	f.open(nil, imports.Limits{})
	i, _, err := f.Take(t.Context(), imports.Upload{Kind: imports.Committees, By: "admin"}, strings.NewReader("代码,名称\nC11,甲社区\nC12,乙社区\nC13,丙社区\n"))
	if err != nil {
		t.Fatal(err)
	}
	f.until("admin", i.ID, imports.Judged)
	f.start("admin", i.ID, true)
	if failed := f.ended("admin", i.ID); failed.State != imports.Failed || failed.Written != 1 {
		t.Fatalf("%s, %d written", failed.State, failed.Written)
	}
	f.start("admin", i.ID, true)
	if done := f.until("admin", i.ID, imports.Done); done.Counts != (roster.ImportCounts{Added: 3}) || done.Written != 3 {
		t.Errorf("%+v, %d written", done.Counts, done.Written)
	}
}
