package sheet_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towncrier/sheet"

	"github.com/xuri/excelize/v2"
)

// bigBook has more shared texts than stay in memory.
func bigBook(t *testing.T, people int) string {
	remark := strings.Repeat("备注", 120)
	return workbook(t, func(book *excelize.File) {
		for i := range people {
			row := []any{fmt.Sprintf("1990000%04d", i), fmt.Sprint(remark, i)}
			if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// TestSheetLeavesNothingUnpacked reads a workbook whose texts do not fit into memory: what is on disk has no name, so that it goes with the
// process however that ends, and cannot be read.
func TestSheetLeavesNothingUnpacked(t *testing.T) {
	const people = 8_000
	temp := t.TempDir()
	t.Setenv("TMPDIR", temp)
	path := bigBook(t, people)
	s, err := sheet.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	if got := read(t, s); len(got) != people || got[people-1][0] != fmt.Sprintf("1990000%04d", people-1) || !strings.HasSuffix(got[people-1][1], fmt.Sprint("备注", people-1)) {
		t.Errorf("%d rows, the last %.40s", len(got), got[len(got)-1])
	}
	if left, _ := filepath.Glob(filepath.Join(temp, "towncrier*")); len(left) > 0 {
		t.Errorf("left are %q", left)
	}
	spilled := 0
	open, _ := filepath.Glob("/proc/self/fd/*")
	for _, fd := range open {
		if name, _ := os.Readlink(fd); strings.HasPrefix(name, temp) && strings.Contains(name, "texts") {
			spilled++
			if content, err := os.ReadFile(fd); err != nil || len(content) < 4<<20 || bytes.Contains(content, []byte("1990000")) || bytes.Contains(content, []byte("备注")) {
				t.Errorf("%d bytes are on disk that can be read, %v", len(content), err)
			}
		}
	}
	if spilled == 0 && len(open) > 0 {
		t.Error("nothing was spilled: the test shows nothing")
	}
}

// TestSheetReadsAsExcelDoes holds every way in which a cell may hold its value against what excelize reads, which is another's work.
func TestSheetReadsAsExcelDoes(t *testing.T) {
	path := workbook(t, func(book *excelize.File) {
		writeRow(t, book, "Sheet1", "A1", "手机号", 19900000001, 1.5, true, "a & <b> \"c\"", " 前后 ", "两行\n的", "_x0041_", "制表\t符", 1e15, "")
		writeRow(t, book, "Sheet1", "A3", nil, nil, "第三列")
		if err := book.SetCellRichText("Sheet1", "A4", []excelize.RichTextRun{{Text: "东城"}, {Text: "社区", Font: &excelize.Font{Bold: true}}}); err != nil {
			t.Fatal(err)
		}
	})
	path = repack(t, path, "xl/worksheets/sheet1.xml", func(b []byte) []byte {
		return []byte(strings.Replace(string(b), "</sheetData>", `<row r="7"><c r="A7" t="inlineStr"><is><t>行内&#x4E2D;&amp;</t><rPh><t>yīn</t></rPh></is></c>`+
			`<c t="str"><v>结果</v></c><c r="D7" t="e"><v>#N/A</v></c><c r="E7" t="d"><v>2023-11-13T00:00:00Z</v></c><c r="F7"/><c r="G7"><v></v></c></row>`+
			`<x:row xmlns:x="a"><x:c r="B8"><x:v>8</x:v></x:c></x:row></sheetData>`, 1))
	})
	book, err := excelize.OpenFile(path, excelize.Options{RawCellValue: true})
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	want, err := book.GetRows("Sheet1")
	if err != nil {
		t.Fatal(err)
	}
	got := read(t, open(t, path))
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("read  %q\nexcelize %q", got, want)
	}
}

// TestSheetNamesMissingTexts: a cell that names a text that is not there is a fault of that cell.
func TestSheetNamesMissingTexts(t *testing.T) {
	path := repack(t, plainBook(t), "xl/worksheets/sheet1.xml", func(b []byte) []byte { return bytes.Replace(b, []byte("<v>7</v>"), []byte("<v>700</v>"), 1) })
	for row, err := range open(t, path).Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if broken := len(row.Faults) > 0; broken != (row.Number == 8) {
			t.Errorf("row %d: %+v", row.Number, row.Faults)
		}
	}
}

// TestSheetWritesWhatIsRead writes what is hard to write, and reads it back, with excelize too.
func TestSheetWritesWhatIsRead(t *testing.T) {
	rows := [][]string{
		{"手机号", "备注"},
		{"19900000001", "a & <b> \"c\" 'd'"},
		{"", "前面是空的"},
		{"_x0041_", "两行\n的\t与\x0b控制符\r"},
		{"𠮷", " 前后空格 "},
	}
	var out bytes.Buffer
	w, err := sheet.NewWriter(&out, sheet.XLSX)
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		if err := w.Write(row); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	table, err := sheet.Read(t.Context(), bytes.NewReader(out.Bytes()), int64(out.Len()), "")
	if err != nil {
		t.Fatal(err)
	}
	defer table.Close()
	if got := read(t, table); !slices.EqualFunc(got, rows, slices.Equal) {
		t.Errorf("read     %q\nwritten %q", got, rows)
	}
	book, err := excelize.OpenReader(&out)
	if err != nil {
		t.Fatal(err)
	}
	defer book.Close()
	if got, err := book.GetRows("Sheet1"); err != nil || !slices.EqualFunc(got, rows, slices.Equal) {
		t.Errorf("excelize %q, %v\nwritten  %q", got, err, rows)
	}
}
