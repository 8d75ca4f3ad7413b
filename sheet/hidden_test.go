package sheet_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"
)

// row writes cells from column A on.
func writeRow(t testing.TB, book *excelize.File, sheet, at string, cells ...any) {
	t.Helper()
	if err := book.SetSheetRow(sheet, at, &cells); err != nil {
		t.Fatal(err)
	}
}

// TestSheetReadsWhatIsSeen is about what a spreadsheet hides: it is left out, and said.
func TestSheetReadsWhatIsSeen(t *testing.T) {
	three := func(book *excelize.File) {
		writeRow(t, book, "Sheet1", "A1", "手机号", "备注", "小区")
		writeRow(t, book, "Sheet1", "A2", "19900000001", "甲", "幸福苑")
		writeRow(t, book, "Sheet1", "A3", "19900000002", "乙", "槐荫里")
	}
	patched := func(old, new string) string {
		return repack(t, workbook(t, three), "xl/worksheets/sheet1.xml", func(b []byte) []byte {
			if !strings.Contains(string(b), old) {
				t.Fatalf("no %s in %s", old, b)
			}
			return []byte(strings.Replace(string(b), old, new, 1))
		})
	}
	made := func(change func(book *excelize.File) error) string {
		return workbook(t, func(book *excelize.File) {
			three(book)
			if err := change(book); err != nil {
				t.Fatal(err)
			}
		})
	}
	const (
		rowNote    = "有1行被隐藏或筛掉（第2行），没有读取：取消隐藏和筛选、保存后再导入，才会读取"
		columnNote = "有1列被隐藏（B列），没有读取：取消隐藏、保存后再导入，才会读取"
	)
	all := [][]string{{"手机号", "备注", "小区"}, {"19900000001", "甲", "幸福苑"}, {"19900000002", "乙", "槐荫里"}}
	noRow2 := [][]string{all[0], all[2]}
	noColumnB := [][]string{{"手机号", "", "小区"}, {"19900000001", "", "幸福苑"}, {"19900000002", "", "槐荫里"}}
	for name, c := range map[string]struct {
		path  string
		rows  [][]string
		notes []string
	}{
		"nothing hidden": {workbook(t, three), all, nil},
		"a hidden row":   {made(func(book *excelize.File) error { return book.SetRowVisible("Sheet1", 2, false) }), noRow2, []string{rowNote}},
		"columns to the right": {patched("<sheetData>", `<cols><col min="2" max="99999999999" hidden="1"/></cols><sheetData>`),
			[][]string{{"手机号", "", ""}, {"19900000001", "", ""}, {"19900000002", "", ""}}, []string{"有2列被隐藏（B、C列），没有读取：取消隐藏、保存后再导入，才会读取"}},
		"a row of no height":   {patched(`<row r="2"`, `<row r="2" customHeight="1" ht="0"`), noRow2, []string{rowNote}},
		"true instead of 1":    {patched(`<row r="2"`, `<row r="2" hidden='true'`), noRow2, []string{rowNote}},
		"a line break before":  {patched(`<row r="2"`, "<row r=\"2\"\n\thidden = \"1\""), noRow2, []string{rowNote}},
		"a hidden empty row":   {made(func(book *excelize.File) error { return book.SetRowVisible("Sheet1", 5, false) }), append(slices.Clone(all), nil), nil},
		"a hidden column":      {made(func(book *excelize.File) error { return book.SetColVisible("Sheet1", "B", false) }), noColumnB, []string{columnNote}},
		"a column of no width": {patched(`<sheetData>`, `<cols><col min="2" max="2" width="0" customWidth="1"/></cols><sheetData>`), noColumnB, []string{columnNote}},
		"columns of no width by default": {patched(`<sheetData>`, `<sheetFormatPr defaultColWidth="0"/><cols><col min="1" max="1" width="9"/><col min="3" max="9" width="9"/></cols><sheetData>`),
			noColumnB, []string{columnNote}},
		"empty columns hidden": {made(func(book *excelize.File) error { return book.SetColVisible("Sheet1", "E:XFD", false) }), all, nil},
		"a hidden sheet behind": {made(func(book *excelize.File) error {
			_, err := book.NewSheet("旧表")
			return errors.Join(err, book.SetSheetVisible("旧表", false))
		}), all, []string{"只读取工作表“Sheet1”，没有读取：旧表（隐藏）"}},
		"a very hidden sheet first": {made(func(book *excelize.File) error {
			_, err := book.NewSheet("名单")
			writeRow(t, book, "名单", "A1", "手机号")
			book.SetActiveSheet(1)
			return errors.Join(err, book.SetSheetVisible("Sheet1", false, true))
		}), [][]string{{"手机号"}}, []string{"只读取工作表“名单”，没有读取：Sheet1（隐藏）"}},
		"a chart sheet behind": {made(func(book *excelize.File) error {
			return book.AddChartSheet("图", &excelize.Chart{Type: excelize.Col, Series: []excelize.ChartSeries{{Name: "Sheet1!$A$1", Values: "Sheet1!$A$2:$A$3"}}})
		}), all, []string{"只读取工作表“Sheet1”，没有读取：图（不是表格）"}},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, c.path)
			if !slices.Equal(s.Notes, c.notes) {
				t.Errorf("notes %q, want %q", s.Notes, c.notes)
			}
			for range 2 {
				if got := read(t, s); !slices.EqualFunc(got, c.rows, slices.Equal) {
					t.Errorf("read %q\nwant %q", got, c.rows)
				}
			}
		})
	}
}

// TestSheetNamesTheFirstHiddenRows counts them all.
func TestSheetNamesTheFirstHiddenRows(t *testing.T) {
	s := open(t, workbook(t, func(book *excelize.File) {
		for row := 1; row <= 9; row++ {
			writeRow(t, book, "Sheet1", "A"+string(rune('0'+row)), "x")
			if err := book.SetRowVisible("Sheet1", row, row < 3); err != nil {
				t.Fatal(err)
			}
		}
	}))
	if want := "有7行被隐藏或筛掉（第3、4、5、6、7行等），没有读取：取消隐藏和筛选、保存后再导入，才会读取"; len(s.Notes) != 1 || s.Notes[0] != want {
		t.Errorf("notes %q, want %q", s.Notes, want)
	}
}

// TestSheetShowsMergedCells: what is merged over rows counts for each of them, as a person reads it.
func TestSheetShowsMergedCells(t *testing.T) {
	s := open(t, workbook(t, func(book *excelize.File) {
		writeRow(t, book, "Sheet1", "A1", "花名册", "covered")
		writeRow(t, book, "Sheet1", "A2", "居委会", "姓名")
		writeRow(t, book, "Sheet1", "A3", "东城", "甲")
		writeRow(t, book, "Sheet1", "A4", "covered", "乙")
		writeRow(t, book, "Sheet1", "A5", nil, nil)
		writeRow(t, book, "Sheet1", "A6", nil, "丙")
		writeRow(t, book, "Sheet1", "A7", nil, "丁")
		for _, ref := range [][2]string{{"A1", "B1"}, {"A3", "A6"}} {
			if err := book.MergeCell("Sheet1", ref[0], ref[1]); err != nil {
				t.Fatal(err)
			}
		}
	}))
	want := [][]string{{"花名册", ""}, {"居委会", "姓名"}, {"东城", "甲"}, {"东城", "乙"}, {}, {"东城", "丙"}, {"", "丁"}}
	got := read(t, s)
	for i := range got {
		if len(got[i]) == 1 && got[i][0] == "花名册" {
			got[i] = append(got[i], "")
		}
		if i == 4 && strings.Join(got[i], "") == "" {
			got[i] = nil
		}
	}
	if !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("read %q\nwant %q", got, want)
	}
}

// TestSheetShowsTheFirstOfOverlappingMerges: of merged cells that overlap, as no spreadsheet writes them, the first covers the other.
func TestSheetShowsTheFirstOfOverlappingMerges(t *testing.T) {
	s := open(t, sheetOf(t, `<row r="1"><c r="A1"><v>1</v></c><c r="B1"><v>2</v></c></row>`, `<row r="#"><c r="C#"><v>3</v></c></row>`, 2,
		`<mergeCells><mergeCell ref="A1:B2"/><mergeCell ref="B1:B3"/></mergeCells>`))
	want := [][]string{{"1", ""}, {"1", "", "3"}, {"", "2", "3"}}
	if got := read(t, s); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("read %q\nwant %q", got, want)
	}
}

// TestSheetReadsStrictXML reads Strict Open XML, comments, and a > inside an attribute.
func TestSheetReadsStrictXML(t *testing.T) {
	strict := func(b []byte) []byte {
		text := strings.NewReplacer("http://schemas.openxmlformats.org/spreadsheetml/2006/main", "http://purl.oclc.org/ooxml/spreadsheetml/main",
			"http://schemas.openxmlformats.org/officeDocument/2006/relationships", "http://purl.oclc.org/ooxml/officeDocument/relationships").Replace(string(b))
		return []byte(text)
	}
	path := plainBook(t)
	for _, part := range []string{"xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"} {
		path = repack(t, path, part, strict)
	}
	if got := read(t, open(t, path)); len(got) != 500 || got[499][0] != "19900000499" {
		t.Errorf("Strict Open XML: %d rows", len(got))
	}
	commented := repack(t, plainBook(t), "xl/worksheets/sheet1.xml", func(b []byte) []byte {
		return []byte(strings.Replace(string(b), "<sheetData>", "<!-- a > b --><!----><sheetData>", 1))
	})
	commented = repack(t, commented, "xl/worksheets/sheet1.xml", func(b []byte) []byte {
		return []byte(strings.Replace(string(b), `<row r="2">`, `<row r="2" note="it's a > b">`, 1))
	})
	if got := read(t, open(t, commented)); len(got) != 500 || got[499][0] != "19900000499" {
		t.Errorf("with comments: %d rows", len(got))
	}
}
