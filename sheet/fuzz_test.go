package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"towncrier/roster"
	"towncrier/sheet"
)

// FuzzCSV reads whatever bytes as a file of residents.
func FuzzCSV(f *testing.F) {
	text := writeText([][]string{{"手机号", "居委会代码", "依据", "同意时间", "小区"}, {"19900000001", "C001", "同意", "2023-11-13", "幸福,\"苑\"\n"}}, ",")
	f.Add([]byte(text))
	f.Add([]byte("\ufeff" + text))
	f.Add([]byte(encoded(f, simplifiedchinese.GBK, text)))
	f.Add([]byte(encoded(f, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), strings.ReplaceAll(text, ",", "\t"))))
	f.Add([]byte("a;\"b\nc"))
	f.Add([]byte("\xff\xfe\x00"))
	f.Add([]byte("手机号,居委会,依据,日期\n1.99E+10,,,45243.5\n'+86 199 0000 0001,示例,应急,2023年11月13日\n"))
	f.Fuzz(func(t *testing.T, content []byte) { readAnything(t, "a.csv", content) })
}

// FuzzXLSX reads whatever a worksheet's XML may hold; the archive around it is whole, so that the XML is reached.
func FuzzXLSX(f *testing.F) {
	book := workbook(f, func(book *excelize.File) {
		set(f, book, "A1", "手机号")
		set(f, book, "A2", 19900000001)
	})
	whole, err := os.ReadFile(book)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(whole, []byte(`<worksheet><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>手机号</t></is></c></row></sheetData></worksheet>`))
	f.Add(whole, []byte(`<x:worksheet xmlns:x="a"><x:sheetData><x:row><x:c><x:f>1+1</x:f><x:v>2</x:v></x:c></x:row></x:sheetData></x:worksheet>`))
	f.Add(whole, []byte(`<worksheet><sheetData><row r="1048577"><c r="ZZZZ1"/></row>`))
	f.Add(whole[:len(whole)/2], []byte(`<worksheet/>`))
	f.Fuzz(func(t *testing.T, file, sheet []byte) {
		readAnything(t, "a.xlsx", file)
		if path := filepath.Join(t.TempDir(), "b.xlsx"); os.WriteFile(path, repacked(t, whole, sheet), 0o600) == nil {
			readPath(t, path)
		}
	})
}

// repacked is the workbook with another sheet in it.
func repacked(t *testing.T, whole, sheet []byte) []byte {
	from, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range from.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			err = errors.Join(err, to.Copy(f))
		}
	}
	w, createErr := to.Create("xl/worksheets/sheet1.xml")
	if err = errors.Join(err, createErr); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(sheet); err != nil {
		t.Fatal(err)
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func readAnything(t *testing.T, name string, content []byte) {
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	readPath(t, path)
}

// readPath holds what is true of every file: rows count up, problems have a place, and a row is good or bad.
func readPath(t *testing.T, path string) {
	table, err := sheet.Open(path)
	if err != nil {
		return
	}
	defer table.Close()
	last := 0
	for row, err := range table.Rows() {
		if err != nil {
			break
		}
		if row.Number <= last || len(row.Cells) > 100 {
			t.Fatalf("row %d after %d, %d cells", row.Number, last, len(row.Cells))
		}
		last = row.Number
	}
	rows := map[int]bool{}
	plan, err := roster.PlanImport(t.Context(), table, []roster.Committee{{Code: "C001", Name: "东城社区居委会"}}, roster.WholeSheet{}, time.Date(2023, 12, 1, 4, 0, 0, 0, time.UTC), func(p roster.RowProblem) {
		if p.Row < 1 || p.Row > last || p.Text == "" || p.Kind == "" {
			t.Fatalf("a problem without a place: %+v", p)
		}
		rows[p.Row] = true
	})
	if err == nil && (plan.Bad != len(rows) || plan.Rows > last) {
		t.Fatalf("%d bad rows, %d residents; problems in %d rows of %d", plan.Bad, plan.Rows, len(rows), last)
	}
}
