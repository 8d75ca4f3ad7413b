package sheet_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"towncrier/sheet"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// table is what every file of TestSheetReadsWhatSpreadsheetsWrite holds.
var table = [][]string{
	{"手机号", "居委会", "小区", "标签", "备注"},
	{"19900000001", "示例社区居委会", "幸福苑", "独居、高龄", `他说"好"`},
	{"19900000002", "示例社区居委会", "槐荫里, 东区", "", "两行\n备注"},
	{"19900000003", "示例社区居委会", "丽景花园", "鎏金", "㐂"},
}

// writeText writes rows as Excel does: CRLF, cells with a separator, a quote or a line break in quotes.
func writeText(rows [][]string, comma string) string {
	var b strings.Builder
	for _, row := range rows {
		for i, cell := range row {
			if i > 0 {
				b.WriteString(comma)
			}
			if strings.ContainsAny(cell, comma+"\"\n") {
				cell = `"` + strings.ReplaceAll(cell, `"`, `""`) + `"`
			}
			b.WriteString(cell)
		}
		b.WriteString("\r\n")
	}
	return b.String()
}

func encoded(t testing.TB, to encoding.Encoding, text string) string {
	t.Helper()
	out, err := to.NewEncoder().String(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

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

func set(t testing.TB, book *excelize.File, cell string, value any) {
	t.Helper()
	if err := book.SetCellValue("Sheet1", cell, value); err != nil {
		t.Fatal(err)
	}
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

// read returns every row's cells, and the faults as "number: text".
func read(t testing.TB, s *sheet.File) (rows [][]string) {
	t.Helper()
	for row, err := range s.Rows() {
		if err != nil {
			t.Fatal(err)
		}
		if len(row.Faults) > 0 {
			t.Fatalf("row %d: %+v", row.Number, row.Faults)
		}
		rows = append(rows, slices.Clone(row.Cells))
	}
	return rows
}

func TestSheetReadsWhatSpreadsheetsWrite(t *testing.T) {
	narrow := [][]string{table[0], table[1]} // GBK has no 㐂
	utf16 := func(e unicode.Endianness) encoding.Encoding { return unicode.UTF16(e, unicode.UseBOM) }
	for name, c := range map[string]struct {
		content, format string
		rows            [][]string
	}{
		"UTF-8":                           {writeText(table, ","), "CSV，UTF-8，逗号分隔", table},
		"UTF-8 with a mark":               {"\ufeff" + writeText(table, ","), "CSV，UTF-8，逗号分隔", table},
		"GBK":                             {encoded(t, simplifiedchinese.GBK, writeText(narrow, ",")), "CSV，GB18030，逗号分隔", narrow},
		"GB18030":                         {encoded(t, simplifiedchinese.GB18030, writeText(table, ",")), "CSV，GB18030，逗号分隔", table},
		"UTF-16LE":                        {encoded(t, utf16(unicode.LittleEndian), writeText(table, ",")), "CSV，UTF-16LE，逗号分隔", table},
		"UTF-16BE":                        {encoded(t, utf16(unicode.BigEndian), writeText(table, ";")), "CSV，UTF-16BE，分号分隔", table},
		"Excel Unicode text":              {encoded(t, utf16(unicode.LittleEndian), writeText(table, "\t")), "CSV，UTF-16LE，制表符分隔", table},
		"semicolons, UTF-8":               {writeText(table, ";"), "CSV，UTF-8，分号分隔", table},
		"tabs, GBK":                       {encoded(t, simplifiedchinese.GBK, writeText(narrow, "\t")), "CSV，GB18030，制表符分隔", narrow},
		"line feeds alone":                {strings.ReplaceAll(writeText(narrow, ","), "\r\n", "\n"), "CSV，UTF-8，逗号分隔", narrow},
		"carriage returns alone":          {strings.ReplaceAll(writeText(narrow[:2], ","), "\r\n", "\r"), "CSV，UTF-8，逗号分隔", narrow},
		"sep= of Excel":                   {"sep=;\r\n" + writeText(narrow, ";"), "CSV，UTF-8，分号分隔", narrow},
		"sep= with a bar":                 {"\ufeffSEP=|\n" + writeText(narrow, "|"), "CSV，UTF-8，|分隔", narrow},
		"UTF-16LE without a mark":         {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), writeText(table, ",")), "CSV，UTF-16LE，逗号分隔", table},
		"UTF-16BE without a mark":         {encoded(t, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), writeText(table, "\t")), "CSV，UTF-16BE，制表符分隔", table},
		"UTF-16LE with a low byte of NUL": {encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "手机,小区\r\n1,一\r\n"), "CSV，UTF-16LE，逗号分隔", [][]string{{"手机", "小区"}, {"1", "一"}}},
		"a title above semicolons":        {"花名册\r\n" + writeText(narrow, ";"), "CSV，UTF-8，分号分隔", append([][]string{{"花名册"}}, narrow...)},
		"no break at the end":             {strings.TrimSuffix(writeText(table, ","), "\r\n"), "CSV，UTF-8，逗号分隔", table},
		"GBK at its end only": {strings.Repeat("19900000001,C001\r\n", 9000) + encoded(t, simplifiedchinese.GBK, "19900000001,幸福苑\r\n"),
			"CSV，GB18030，逗号分隔", append(slices.Repeat([][]string{{"19900000001", "C001"}}, 9000), []string{"19900000001", "幸福苑"})},
	} {
		t.Run(name, func(t *testing.T) {
			s := open(t, save(t, "residents.csv", c.content))
			if s.Format() != c.format {
				t.Errorf("format %q, want %q", s.Format(), c.format)
			}
			for range 2 { // it can be read again
				if got := read(t, s); !slices.EqualFunc(got, c.rows, slices.Equal) {
					t.Fatalf("read %q\nwant %q", got, c.rows)
				}
			}
		})
	}
}

func TestSheetReadsXLSX(t *testing.T) {
	path := workbook(t, func(book *excelize.File) {
		for i, row := range table {
			cells := make([]any, len(row))
			for j, cell := range row {
				cells[j] = cell
			}
			if err := book.SetSheetRow("Sheet1", "A"+string(rune('1'+i)), &cells); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := book.NewSheet("去年"); err != nil {
			t.Fatal(err)
		}
	})
	s := open(t, path)
	if want := []string{"只读取工作表“Sheet1”，没有读取：去年"}; s.Format() != "XLSX，工作表“Sheet1”" || !slices.Equal(s.Notes, want) {
		t.Errorf("format %q, notes %q", s.Format(), s.Notes)
	}
	want := slices.Clone(table)
	want[2] = slices.Clone(want[2])
	if got := read(t, s); !slices.EqualFunc(got, want, slices.Equal) {
		t.Errorf("read %q\nwant %q", got, want)
	}
}
