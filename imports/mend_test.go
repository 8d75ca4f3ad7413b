package imports_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/imports"
	"towncrier/imports/importstest"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sheet"
	"towncrier/store/storetest"
)

// faulty is a workbook with every kind of fault, judged.
func (f *fixture) faulty(rows, share int) (imports.Import, importstest.Roster) {
	f.t.Helper()
	for _, c := range importstest.Committees {
		if _, err := f.roster.PutCommittee(f.t.Context(), audit.Local("test"), c); err != nil {
			f.t.Fatal(err)
		}
	}
	file := importstest.WriteRoster(f.t, filepath.Join(f.t.TempDir(), "roster.xlsx"), rows, share)
	text, err := os.ReadFile(file.Path)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.judged("admin", string(text)), file
}

// TestEveryKindOfFault: each of 37 kinds is reported at the row and column that spreadsheets show, with what is wrong and what would be right,
// and counted by its kind.
func TestEveryKindOfFault(t *testing.T) {
	f := lite(t, imports.Limits{})
	if len(importstest.Faults) != 37 {
		t.Fatalf("%d kinds of faults", len(importstest.Faults))
	}
	i, file := f.faulty(40, 40)
	if i.Rows != 40 || i.Bad != 37 || i.Good() != 3 || fmt.Sprint(i.Unknown) != "[姓名]" {
		t.Errorf("%d rows, %d bad, unknown %q", i.Rows, i.Bad, i.Unknown)
	}
	want := map[string]int{}
	for _, fault := range importstest.Faults {
		want[fault.Kind]++
	}
	if fmt.Sprint(i.Kinds) != fmt.Sprint(want) {
		t.Errorf("by kind %v, want %v", i.Kinds, want)
	}
	found, _, err := f.Faults("admin", i.ID, "", "", 100)
	if err != nil || len(found) != 37 {
		t.Fatalf("%d faults, %v", len(found), err)
	}
	for _, p := range found {
		fault, there := file.Bad[p.Cell]
		column, row, ok := roster.ParseCell(p.Cell)
		if !there || !ok || row != p.Row || p.Kind != fault.Kind || !strings.Contains(p.Text, fault.Says) || !strings.Contains(p.Text, fault.Right) {
			t.Errorf("%+v, want %+v", p, fault)
		}
		if heading := (roster.Row{Cells: i.Headings}).Cell(column); p.Column != heading {
			t.Errorf("%s is in column %q, want %q", p.Cell, p.Column, heading)
		}
	}

	// The rows are found with their cells, page by page, and by kind.
	rows, after := map[int]roster.BadRow{}, ""
	for pages := 1; ; pages++ {
		heading, page, next, err := f.Rows("admin", i.ID, "", after, 10)
		if err != nil || heading.Phone != importstest.Phone || len(page) > 10 {
			t.Fatalf("%d rows, %+v, %v", len(page), heading, err)
		}
		for _, row := range page {
			rows[row.Number] = row
		}
		if after = next; after == "" {
			if pages != 4 {
				t.Errorf("%d pages", pages)
			}
			break
		}
	}
	if r := rows[6]; len(rows) != 37 || r.Cells[importstest.Phone] != "1990000" || len(r.Problems) != 1 || r.Problems[0].Cell != "B6" {
		t.Errorf("%d rows; row 6: %+v", len(rows), r)
	}
	if _, page, next, err := f.Rows("admin", i.ID, "日期有误", "", 100); err != nil || len(page) != want["日期有误"] || next != "" {
		t.Errorf("%d rows with bad dates, %q, %v", len(page), next, err)
	}
	for _, after := range []string{"x", "0", "-1"} {
		if _, _, _, err := f.Rows("admin", i.ID, "", after, 10); !errors.Is(err, problem.ErrCursor) {
			t.Errorf("after %q: %v", after, err)
		}
	}
}

// TestMend: bad rows are corrected without the file, judged again with all the others, and imported as they are corrected. The corrections
// can be read nowhere, and are gone with the file.
func TestMend(t *testing.T) {
	f := lite(t, imports.Limits{})
	i, _ := f.faulty(40, 40)
	correct := func(all ...imports.Correction) imports.Import {
		t.Helper()
		if _, err := f.Mend(t.Context(), "admin", i.ID, all); err != nil {
			t.Fatal(err)
		}
		return f.until("admin", i.ID, imports.Judged)
	}
	f.pass(imports.Life - 1)
	var all []imports.Correction
	for n := range importstest.Faults {
		row := n + 5
		if row == 6 { // a number too short
			continue
		}
		for column, value := range importstest.Good(n) {
			text := fmt.Sprint(value)
			if value == nil {
				text = ""
			}
			all = append(all, imports.Correction{Row: row, Column: column, Text: text})
		}
	}
	if i = correct(all...); i.Bad != 1 || i.Faults != 1 || i.Mended != len(all) {
		t.Fatalf("mended all but one: %d bad, %d faults, %d mended", i.Bad, i.Faults, i.Mended)
	}
	f.pass(imports.Life - 1) // it lives on while somebody works at it
	for _, wrong := range []imports.Correction{{Row: 44, Column: 1, Text: "x"}, {Row: 4, Column: 1}, {Row: 6, Column: sheet.MaxColumns}, {Row: 43, Column: -1}} {
		if _, err := f.Mend(t.Context(), "admin", i.ID, []imports.Correction{wrong}); !errors.As(err, new(*problem.Invalid)) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
	if _, err := f.Mend(t.Context(), "other", i.ID, all); !errors.Is(err, imports.ErrNoImport) {
		t.Errorf("somebody else: %v", err)
	}
	f.wantFiles("corrected", 4) // the file, what was corrected, the faults, the bad rows
	// What was corrected can be corrected once more, wrongly too; the last word counts. A row can be left out.
	if i = correct(imports.Correction{Row: 7, Column: importstest.Phone, Text: "1990000"}); i.Bad != 2 {
		t.Errorf("%d bad", i.Bad)
	}
	if i = correct(imports.Correction{Row: 7, Column: importstest.Phone, Text: "19900000077"}, imports.Correction{Row: 6, Column: -1}); i.Bad != 0 || i.Rows != 39 {
		t.Errorf("%d bad of %d", i.Bad, i.Rows)
	}
	f.start("admin", i.ID, true)
	if i = f.until("admin", i.ID, imports.Done); i.Counts != (roster.ImportCounts{Added: 39}) {
		t.Errorf("imported %+v", i.Counts)
	}
	f.wantFiles("imported", 2) // the faults, of which there are none, and the record
	if _, err := f.Mend(t.Context(), "admin", i.ID, all); !errors.Is(err, imports.ErrState) {
		t.Errorf("after the import: %v", err)
	}
	if r, err := f.roster.FindByPhone(t.Context(), "19900000077"); err != nil || r.Community != "幸福苑" {
		t.Errorf("%+v, %v", r.Community, err)
	}
	if acts := f.audited("import.mend"); len(acts) != 3 || acts[2].Detail != "corrections=2" || acts[2].Subject != i.ID {
		t.Errorf("audited %+v", acts)
	}
}

// TestMendedImportGoesOn: what was corrected counts also when the server is stopped while the rows are written.
func TestMendedImportGoesOn(t *testing.T) {
	f := newFixture(t, storetest.One(t))
	reached := make(chan int)
	f.open(stoppingImporter{f.db.Roster(), reached}, imports.Limits{})
	i := f.judged("admin", people(6000)+bad)
	if _, err := f.Mend(t.Context(), "admin", i.ID, []imports.Correction{{Row: 6002, Column: 0, Text: numbers + "9999"}}); err != nil {
		t.Fatal(err)
	}
	f.until("admin", i.ID, imports.Judged)
	f.start("admin", i.ID, true)
	<-reached
	f.stop()
	f.open(nil, imports.Limits{})
	if i = f.until("admin", i.ID, imports.Done); i.Resumed == 0 || i.Counts != (roster.ImportCounts{Added: 6001}) {
		t.Errorf("went on from %d: %+v", i.Resumed, i.Counts)
	}
	f.wantFiles("in the end", 2)
}

// TestBadRowsAsAWorkbook: they come in either format, and a number stays a text.
func TestBadRowsAsAWorkbook(t *testing.T) {
	f := lite(t, imports.Limits{})
	i, _ := f.faulty(40, 40)
	write, err := f.BadRows("admin", i.ID, sheet.XLSX)
	if err != nil {
		t.Fatal(err)
	}
	var book bytes.Buffer
	if err := write(&book); err != nil {
		t.Fatal(err)
	}
	again := f.judged("admin", book.String())
	if again.Rows != 37 || !strings.HasPrefix(again.Format, "XLSX") || again.Kinds["日期有误"] != i.Kinds["日期有误"] {
		t.Errorf("%+v", again.Judgement)
	}
}
