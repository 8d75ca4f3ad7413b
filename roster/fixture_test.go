package roster_test

import (
	"errors"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"towncrier/roster"
	"towncrier/sheet"
)

// save writes a file for the length of a test.
func save(t testing.TB, name, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// workbook makes an XLSX file.
func workbook(t testing.TB, fill func(*excelize.File)) string {
	t.Helper()
	book := excelize.NewFile()
	defer book.Close()
	fill(book)
	path := filepath.Join(t.TempDir(), "residents.xlsx")
	if err := book.SaveAs(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func open(t testing.TB, path string) *sheet.File {
	t.Helper()
	s, err := sheet.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// writeBad is the file of the rows that a plan leaves out.
func writeBad(t testing.TB, p interface {
	BadRows() (roster.BadHeading, iter.Seq2[roster.BadRow, error])
}) string {
	t.Helper()
	var text strings.Builder
	out, err := sheet.NewWriter(&text, sheet.CSV)
	if err != nil {
		t.Fatal(err)
	}
	heading, rows := p.BadRows()
	if err := errors.Join(roster.WriteBadRows(out, heading, rows), out.Close()); err != nil {
		t.Fatal(err)
	}
	return text.String()
}

// row writes cells from column A on.
func writeRow(t testing.TB, book *excelize.File, sheet, at string, cells ...any) {
	t.Helper()
	if err := book.SetSheetRow(sheet, at, &cells); err != nil {
		t.Fatal(err)
	}
}
