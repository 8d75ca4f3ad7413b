package imports_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/imports"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/sheet"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestImportLeavesNothing: nothing of a file can be read on disk while it is there, and it is gone after its life, after its import, when its
// owner deletes it, and when the server starts. What came of it is told some minutes longer.
func TestImportLeavesNothing(t *testing.T) {
	f := lite(t, imports.Limits{})
	const file = heading + good + bad
	id := f.judged("admin", file).ID
	f.wantFiles("judged", 3) // the file, the faults and the bad rows
	f.pass(imports.Life - time.Second)
	f.Sweep(t.Context())
	f.wantFiles("within its life", 3)
	f.pass(time.Second)
	if _, err := f.Find("admin", id); !errors.Is(err, imports.ErrNoImport) {
		t.Errorf("after its life: %v", err)
	}
	f.Sweep(t.Context())
	f.wantFiles("after its life", 0)

	id = f.judged("admin", file).ID
	if err := f.Remove(t.Context(), audit.Staff("admin"), "admin", id); err != nil {
		t.Fatal(err)
	}
	f.wantFiles("deleted", 0)
	if acts := f.audited("import.delete"); len(acts) != 1 || acts[0].Subject != id || acts[0].Actor != "staff:admin" || !strings.Contains(acts[0].Detail, "state=judged") {
		t.Errorf("audited %+v", acts)
	}

	id = f.judged("admin", file).ID
	f.pass(imports.Life - time.Minute)
	f.start("admin", id, false)
	f.until("admin", id, imports.Done)
	f.wantFiles("after the import", 3) // the faults, the bad rows, the record
	f.pass(time.Minute)
	f.Sweep(t.Context())
	f.wantFiles("after the file's life", 1)
	if i, err := f.Find("admin", id); err != nil || i.Counts.Added != 1 {
		t.Errorf("what came of it: %+v, %v", i.Counts, err)
	}
	f.pass(time.Hour)
	f.Sweep(t.Context())
	f.wantFiles("in the end", 0)

	f.judged("admin", file)
	f.stop()
	f.open(nil, imports.Limits{})
	f.wantFiles("after a start", 0)
}

// stoppingImporter lets the first transactions of an import be written, and then waits for its end.
type stoppingImporter struct {
	roster.Importer
	reached chan int
}

func (s stoppingImporter) WriteSlice(ctx context.Context, id string, slice roster.ImportSlice, wrote func(roster.ImportCounts)) error {
	rows := 0
	return s.Importer.WriteSlice(ctx, id, slice, func(c roster.ImportCounts) {
		wrote(c)
		rows += c.Rows()
		select {
		case s.reached <- rows:
			<-ctx.Done()
		case <-ctx.Done():
		}
	})
}

// people is a file of so many residents: with 6,000 more than the first transaction takes.
func people(many int) string {
	var file strings.Builder
	file.WriteString(heading)
	for n := range many {
		fmt.Fprintf(&file, "%s%04d,C01,,同意,2023-11-01\n", numbers, n)
	}
	return file.String()
}

// TestImportGoesOn: one that was under way when the server stopped goes on by itself, and everybody is there once.
func TestImportGoesOn(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		f := newFixture(t, open())
		reached := make(chan int)
		f.open(stoppingImporter{f.db.Roster(), reached}, imports.Limits{})
		id := f.judged("admin", people(6000)).ID
		f.start("admin", id, true)
		written := <-reached
		f.stop()
		if written == 0 || written >= 6000 {
			t.Fatalf("stopped after %d rows", written)
		}
		f.open(nil, imports.Limits{})
		i := f.until("admin", id, imports.Done)
		if i.Resumed < written || i.Counts != (roster.ImportCounts{Added: 6000}) {
			t.Errorf("went on from %d (%d were written): %+v", i.Resumed, written, i.Counts)
		}
		stats, err := f.roster.Stats(t.Context(), "")
		if err != nil || stats.Residents != 6000 {
			t.Errorf("%d residents, %v", stats.Residents, err)
		}
		var acts []string
		for _, e := range append(f.audited("import."), f.audited("roster.import")...) {
			acts = append(acts, e.Action)
			if e.Subject != id {
				t.Errorf("%s is of %q", e.Action, e.Subject)
			}
		}
		if got := fmt.Sprint(acts); got != "[import.resume roster.import roster.import.done]" {
			t.Errorf("audited %s", got)
		}
	})
}

// TestImportOfSomebodyDisabled: an import stops when the person who uploaded it may not import any more, and is not even read when that was before.
func TestImportOfSomebodyDisabled(t *testing.T) {
	f := newFixture(t, storetest.One(t))
	reached := make(chan int)
	f.open(stoppingImporter{f.db.Roster(), reached}, imports.Limits{})
	id := f.judged("admin", people(6000)).ID
	f.may.Store(false)
	f.start("admin", id, true)
	i := f.until("admin", id, imports.Failed)
	if i.Written != 0 || !strings.Contains(i.Problem, "已停用") {
		t.Errorf("%d written, %q", i.Written, i.Problem)
	}
	if acts := f.audited("import.stop"); len(acts) != 1 || acts[0].Subject != id {
		t.Errorf("audited %+v", acts)
	}
	f.may.Store(true)
	f.start("admin", id, true)
	<-reached
	f.stop()

	f.may.Store(false)
	f.open(nil, imports.Limits{})
	if i := f.until("admin", id, imports.Failed); i.Counts.Rows() != 0 || !strings.Contains(i.Problem, "已停用") {
		t.Errorf("after a start of the server: %+v %q", i.Counts, i.Problem)
	}
	if i, err := f.take("admin", heading+good); err != nil {
		t.Fatal(err)
	} else if i := f.until("admin", i.ID, imports.Failed); i.Rows != 0 {
		t.Errorf("judged: %d rows", i.Rows)
	}
}

// watchedImporter stops allowing after the first transactions.
type watchedImporter struct {
	roster.Importer
	first func()
}

func (s watchedImporter) WriteSlice(ctx context.Context, id string, slice roster.ImportSlice, wrote func(roster.ImportCounts)) error {
	return s.Importer.WriteSlice(ctx, id, slice, func(c roster.ImportCounts) { s.first(); wrote(c) })
}

// TestImportStopsBetweenTransactions: what was written before somebody was disabled stays, and no more comes.
func TestImportStopsBetweenTransactions(t *testing.T) {
	f := newFixture(t, storetest.One(t))
	f.open(watchedImporter{f.db.Roster(), func() { f.may.Store(false) }}, imports.Limits{})
	id := f.judged("admin", people(6000)).ID
	f.start("admin", id, true)
	i := f.until("admin", id, imports.Failed)
	stats, err := f.roster.Stats(t.Context(), "")
	if err != nil || stats.Residents == 0 || stats.Residents >= 6000 || i.Written > stats.Residents {
		t.Errorf("%d residents, %d written, %v", stats.Residents, i.Written, err)
	}
}

// fullOnce is an importer whose disk is full once.
type fullOnce struct {
	roster.Importer
	full *bool
}

func (f fullOnce) WriteSlice(ctx context.Context, id string, slice roster.ImportSlice, wrote func(roster.ImportCounts)) error {
	if *f.full {
		*f.full = false
		return roster.ErrNoRoom
	}
	return f.Importer.WriteSlice(ctx, id, slice, wrote)
}

// TestFailedImportStartsAgain: from where it was, and without a new life.
func TestFailedImportStartsAgain(t *testing.T) {
	f := newFixture(t, storetest.One(t))
	full := true
	f.open(fullOnce{f.db.Roster(), &full}, imports.Limits{})
	first := f.judged("admin", heading+good)
	f.pass(time.Minute)
	f.start("admin", first.ID, true)
	failed := f.until("admin", first.ID, imports.Failed)
	if !strings.Contains(failed.Problem, "磁盘已满") {
		t.Errorf("%q", failed.Problem)
	}
	f.pass(time.Minute)
	f.start("admin", first.ID, true)
	done := f.until("admin", first.ID, imports.Done)
	if !done.At.Equal(first.At) || !done.StartedAt.Equal(failed.StartedAt) || !done.Ends().Equal(first.Ends()) || done.Counts.Added != 1 {
		t.Errorf("first %+v\nthen %+v", first, done)
	}
}

// TestRoomForImports: three of a person, of which the oldest that has ended, or was only judged, makes room for a new one; bytes and the disk are bounded, too.
func TestRoomForImports(t *testing.T) {
	f := lite(t, imports.Limits{})
	var ids []string
	for n := range 4 {
		id := f.judged("admin", heading+good+fmt.Sprint(n)).ID
		f.start("admin", id, false)
		f.until("admin", id, imports.Done)
		f.pass(time.Second)
		ids = append(ids, id)
	}
	if _, err := f.Find("admin", ids[0]); !errors.Is(err, imports.ErrNoImport) || len(f.List("admin")) != 3 {
		t.Errorf("the oldest: %v, beside %d", err, len(f.List("admin"))-1)
	}
	f.wantFiles("three that are done", 9)
	ids = nil
	for n := range 4 {
		ids = append(ids, f.judged("admin", heading+good+fmt.Sprint("x", n)).ID)
		f.pass(time.Second)
	}
	if _, err := f.Find("admin", ids[0]); !errors.Is(err, imports.ErrNoImport) || len(f.List("admin")) != 3 {
		t.Errorf("the oldest that was only judged: %v, beside %d", err, len(f.List("admin"))-1)
	}
	f.judged("other", heading+good)
	if got := len(f.List("")); got != 4 {
		t.Errorf("%d of everybody", got)
	}

	for name, c := range map[string]struct {
		limits imports.Limits
		want   error
	}{
		"bytes of a person": {imports.Limits{Own: 1 << 20}, imports.ErrBusy},
		"bytes of all":      {imports.Limits{All: 1 << 20}, imports.ErrBusy},
		"the disk":          {imports.Limits{Free: 1 << 60}, roster.ErrNoRoom},
	} {
		f := lite(t, c.limits)
		if _, err := f.take("admin", heading+good); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		f.wantFiles(name, 0)
	}
}

// TestPiecesAreOfTheirImport: a piece that stands in another's place does not open.
func TestPiecesAreOfTheirImport(t *testing.T) {
	f := lite(t, imports.Limits{})
	for n, by := range []string{"admin", "other"} {
		f.judged(by, heading+good+bad+fmt.Sprint(n))
	}
	files := f.files("*.bad")
	if len(files) != 2 {
		t.Fatalf("%q", files)
	}
	a, err := os.ReadFile(files[0])
	if err == nil {
		err = os.WriteFile(files[1], a, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	opened := 0
	for _, by := range []string{"admin", "other"} {
		write, err := f.BadRows(by, f.List(by)[0].ID, sheet.CSV)
		if err != nil {
			t.Fatal(err)
		}
		if write(io.Discard) == nil {
			opened++
		}
	}
	if opened != 1 {
		t.Errorf("%d open, want the one in its place", opened)
	}
}

// TestImportIsNamedByAKey: without the key nobody learns from an import's name what its file says.
func TestImportIsNamedByAKey(t *testing.T) {
	var ids []string
	for range 2 {
		f := newFixture(t, storetest.One(t))
		if len(ids) > 0 {
			other, err := seal.New(seal.NewKey())
			if err != nil {
				t.Fatal(err)
			}
			f.sealer = other
		}
		f.open(nil, imports.Limits{})
		ids = append(ids, f.judged("admin", heading+good).ID)
	}
	if ids[0] == ids[1] {
		t.Error("two keys give one name")
	}
}

// slowBook is a workbook that takes some time to be looked at.
func slowBook(t *testing.T) string {
	t.Helper()
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="a" r:id="r"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="r" Target="a.xml"/></Relationships>`,
		"xl/a.xml":                   "<worksheet><sheetData>" + strings.Repeat("<x/>", 10_000_000) + "</sheetData></worksheet>",
	} {
		w, err := to.Create(name)
		if err == nil {
			_, err = io.WriteString(w, text)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// TestJudgingEnds: when it takes too long, and when its import is deleted, also while a workbook is opened; the same file may come again at once.
func TestJudgingEnds(t *testing.T) {
	book := slowBook(t)
	f := lite(t, imports.Limits{Judging: 10 * time.Millisecond})
	i, err := f.take("admin", book)
	if err != nil {
		t.Fatal(err)
	}
	if i = f.until("admin", i.ID, imports.Failed); !strings.Contains(i.Problem, "检查用时超过") {
		t.Errorf("%q", i.Problem)
	}

	f = lite(t, imports.Limits{})
	for range 3 {
		if i, err = f.take("admin", book); err != nil {
			t.Fatal(err)
		}
		f.until("admin", i.ID, imports.Judging)
		if err := f.Remove(t.Context(), audit.Staff("admin"), "admin", i.ID); err != nil {
			t.Fatal(err)
		}
	}
	f.judged("admin", heading+good) // it is behind the others
	f.wantFiles("after they were deleted", 2)
}
