package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/unicode"

	"towncrier/roster"
	"towncrier/sheet"
)

// repack copies an XLSX file, with one part changed or added.
func repack(t *testing.T, path, part string, change func([]byte) []byte) string {
	t.Helper()
	from, err := zip.OpenReader(path)
	if err != nil {
		t.Fatal(err)
	}
	defer from.Close()
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	write := func(name string, content []byte) {
		w, err := to.Create(name)
		if err == nil {
			_, err = w.Write(content)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	found := false
	for _, f := range from.File {
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		content, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if f.Name == part {
			content, found = change(content), true
		}
		write(f.Name, content)
	}
	if !found {
		write(part, change(nil))
	}
	if err := to.Close(); err != nil {
		t.Fatal(err)
	}
	return save(t, "residents.xlsx", out.String())
}

// bomb is a workbook that declares a sheet of 2 GiB.
func bomb(t *testing.T) string {
	whole, err := zip.OpenReader(plainBook(t))
	if err != nil {
		t.Fatal(err)
	}
	defer whole.Close()
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	for _, f := range whole.File {
		if f.Name != "xl/worksheets/sheet1.xml" {
			err = errors.Join(err, to.Copy(f))
		}
	}
	w, createErr := to.CreateRaw(&zip.FileHeader{Name: "xl/worksheets/sheet1.xml", Method: zip.Deflate, UncompressedSize64: 2 << 30, CompressedSize64: 5})
	if err = errors.Join(err, createErr); err == nil {
		_, err = w.Write([]byte("\x01\x00\x00\xff\xff"))
	}
	if err = errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
	return save(t, "residents.xlsx", out.String())
}

// zipOf is an archive with one empty file in it.
func zipOf(t *testing.T, name string) string {
	var out bytes.Buffer
	to := zip.NewWriter(&out)
	_, err := to.Create(name)
	if err = errors.Join(err, to.Close()); err != nil {
		t.Fatal(err)
	}
	return save(t, "a.zip", out.String())
}

func plainBook(t *testing.T) string {
	return workbook(t, func(book *excelize.File) {
		for i := range 500 {
			set(t, book, fmt.Sprintf("A%d", i+1), fmt.Sprintf("1990000%04d", i))
		}
	})
}

func contentOf(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// firstError is what opening the file or reading its rows ends with.
func firstError(path string) error {
	s, err := sheet.Open(path)
	if err != nil {
		return err
	}
	defer s.Close()
	for _, err := range s.Rows() {
		if err != nil {
			return err
		}
	}
	return nil
}

func TestSheetRefusesWholeFiles(t *testing.T) {
	const sheet = "xl/worksheets/sheet1.xml"
	replace := func(old, new string) func([]byte) []byte {
		return func(b []byte) []byte {
			if !bytes.Contains(b, []byte(old)) {
				t.Fatalf("no %s in %s", old, b[:200])
			}
			return bytes.Replace(b, []byte(old), []byte(new), 1)
		}
	}
	zeros := func(n int) func([]byte) []byte { return func([]byte) []byte { return make([]byte, n) } }
	whole := string(contentOf(t, plainBook(t)))
	locked := workbook(t, func(book *excelize.File) {})
	if book, err := excelize.OpenFile(locked); err != nil || book.SaveAs(locked, excelize.Options{Password: "secret"}) != nil {
		t.Fatal("cannot lock the workbook", err)
	}
	for name, c := range map[string]struct{ path, want string }{
		"empty":                   {save(t, "a.csv", ""), "文件是空的"},
		"old Excel":               {save(t, "a.xlsx", "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"+strings.Repeat("\x00", 600)), "旧版 Excel 文件（.xls）或有密码的文件"},
		"password":                {locked, "旧版 Excel 文件（.xls）或有密码的文件"},
		"cut short":               {save(t, "a.xlsx", whole[:len(whole)*2/3]), "XLSX 文件已损坏"},
		"a web page named .xls":   {save(t, "a.xls", "\r\n<html><body><table><tr><td>手机号</td></tr></table></body></html>"), "网页（HTML）"},
		"a web page in UTF-16":    {save(t, "a.xls", encoded(t, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM), "<table><tr><td>手机号</td></tr></table>")), "网页（HTML）"},
		"an archived web page":    {save(t, "a.xls", "MIME-Version: 1.0\r\n"), "网页（MHTML）"},
		"XML of Excel 2003":       {save(t, "a.xls", "<?xml version=\"1.0\"?><Workbook><Worksheet><Table/></Worksheet></Workbook>"), "XML 文件"},
		"PDF":                     {save(t, "a.xlsx", "%PDF-1.7"), "PDF 文件"},
		"Word":                    {repack(t, zipOf(t, "word/document.xml"), "x", zeros(1)), "Word 文件"},
		"OpenDocument":            {zipOf(t, "content.xml"), "OpenDocument"},
		"a binary workbook":       {zipOf(t, "xl/workbook.bin"), ".xlsb"},
		"a table in an archive":   {zipOf(t, "花名册.xlsx"), "请先解压"},
		"an archive":              {zipOf(t, "readme.txt"), "不是 Excel 写的 .xlsx"},
		"all sheets hidden":       {repack(t, plainBook(t), "xl/workbook.xml", replace(`name="Sheet1"`, `name="Sheet1" state="veryHidden"`)), "没有能看到的工作表：Sheet1（隐藏）"},
		"another ZIP":             {repack(t, plainBook(t), "xl/workbook.xml", func([]byte) []byte { return []byte("<a/>") }), "没有工作表"},
		"bomb of a table":         {bomb(t), "超过1024 MiB"},
		"cell of 10 MB":           {repack(t, plainBook(t), sheet, replace("</c>", "<v>"+strings.Repeat("9", 10<<20)+"</v></c>")), "单元格A1或它所在的行内容过大"},
		"shared text of 10 MB":    {repack(t, plainBook(t), "xl/sharedStrings.xml", replace("19900000001", strings.Repeat("9", 10<<20))), "有单元格内容过大"},
		"broken off":              {repack(t, plainBook(t), sheet, func(b []byte) []byte { return b[:len(b)/2] }), "XML 已损坏"},
		"damaged inside":          {repack(t, plainBook(t), sheet, replace(`<c r="A300"`, `<c r="A300" &`)), "XML 已损坏"},
		"rows out of order":       {repack(t, plainBook(t), sheet, replace(`<row r="300"`, `<row r="3"`)), "XML 已损坏"},
		"a forbidden character":   {repack(t, plainBook(t), sheet, replace("</v></c></row></sheetData>", "&#0;</v></c></row></sheetData>")), "第500行：有 XML 不允许的字符"},
		"an unknown entity":       {repack(t, plainBook(t), sheet, replace("</v></c></row></sheetData>", "&none;</v></c></row></sheetData>")), "第500行：有 XML 不允许的字符"},
		"a control character":     {repack(t, plainBook(t), "xl/sharedStrings.xml", replace("19900000499", "1990000\x010499")), "文件的第500个文本：有 XML 不允许的字符"},
		"bytes that are no UTF-8": {repack(t, plainBook(t), "xl/sharedStrings.xml", replace("19900000499", "1990000\xff0499")), "文件的第500个文本：有 XML 不允许的字符"},
		"DOCTYPE":                 {repack(t, plainBook(t), sheet, replace("<worksheet", "<!DOCTYPE x><worksheet")), "XML 已损坏"},
		"a row beyond all":        {repack(t, plainBook(t), sheet, replace(`<row r="300"`, `<row r="99999999999"`)), "XML 已损坏"},
		"a row without a number":  {repack(t, plainBook(t), sheet, replace(`<row r="300"`, `<row r="x"`)), "XML 已损坏"},
		"text before the rows":    {repack(t, plainBook(t), sheet, replace("<sheetData>", "<sheetData>"+strings.Repeat("9", 10<<20))), "第1行之前的内容过大"},
		"no XML of a workbook":    {repack(t, plainBook(t), "xl/workbook.xml", replace("<sheets>", "&none;<sheets>")), "XLSX 文件里的 xl/workbook.xml 已损坏：请重新保存"},
		"UTF-32":                  {save(t, "a.csv", "\xff\xfe\x00\x00a\x00\x00\x00"), "UTF-32"},
		"a quote that stays open": {save(t, "a.csv", "手机号,小区\r\n19900000001,\"幸福苑\r\n"+strings.Repeat("19900000002,x\r\n", 9000)), "第2行：有一个引号没有结束"},
		"first line of 10 MB":     {save(t, "a.csv", strings.Repeat("x", 10<<20)), "第1行超过"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := firstError(c.path); err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("error %v, want one that says %q", err, c.want)
			}
		})
	}
}

// TestSheetNamesBadPlaces is about what spoils a cell or a row: the rest of the file is read.
func TestSheetNamesBadPlaces(t *testing.T) {
	formula := workbook(t, func(book *excelize.File) {
		set(t, book, "A1", "手机号")
		set(t, book, "A2", "19900000001")
		if err := book.SetCellFormula("Sheet1", "B2", `HYPERLINK("http://example.com")`); err != nil {
			t.Fatal(err)
		}
		set(t, book, "A3", "19900000002")
	})
	twice := repack(t, workbook(t, func(book *excelize.File) { set(t, book, "A3", "19900000002") }), "xl/worksheets/sheet1.xml", func(b []byte) []byte {
		return bytes.Replace(b, []byte(`<c r="A3"`), []byte(`<c r="A3"><v>1</v></c><c r="A3"`), 1)
	})
	for name, c := range map[string]struct {
		path   string
		number int
		fault  roster.CellFault
		rows   int
	}{
		"formula":        {formula, 2, roster.CellFault{Column: 1, Text: "单元格B2是公式，请改为数值（复制后选择性粘贴）"}, 3},
		"cell of 10 MB":  {save(t, "a.csv", "a,b\n1,"+strings.Repeat("x", 10<<20)+"\n2,y\n"), 2, roster.CellFault{Column: -1, Text: "整行超过65536字节"}, 3},
		"cell of 5 KB":   {save(t, "a.csv", "a,b\n1,"+strings.Repeat("x", 5000)+"\n2,y\n"), 2, roster.CellFault{Column: 1, Text: "单元格内容过长（超过4096字节）：请缩短"}, 3},
		"a cell twice":   {twice, 3, roster.CellFault{Column: 0, Text: "单元格A3在文件里有2个，文件已损坏：请重新保存"}, 3},
		"300 columns":    {save(t, "a.csv", "a,b\n1"+strings.Repeat(",", 299)+"\n2,y\n"), 2, roster.CellFault{Column: -1, Text: "超过100列：请删除多余的列"}, 3},
		"NUL":            {save(t, "a.csv", "a,b\n1,x\x00y\n2,y\n"), 2, roster.CellFault{Column: 1, Text: "单元格含有空字符（NUL），文件可能已损坏：请重新保存"}, 3},
		"broken UTF-8":   {save(t, "a.csv", "手机号码,小区名称\n1,幸福\xe8苑\n2,槐荫里\n"), 2, roster.CellFault{Column: 1, Text: "有无法识别的字节，文件编码不一致或已损坏：请重新保存"}, 3},
		"broken GB18030": {save(t, "a.csv", "\xca\xd6\xbb\xfa,\xd0\xa1\xc7\xf8\n1,\xd0\xff\n2,y\n"), 2, roster.CellFault{Column: 1, Text: "有无法识别的字节，文件编码不一致或已损坏：请重新保存"}, 3},
		"a lone UTF-16 surrogate": {save(t, "a.csv", "\xff\xfea\x00,\x00b\x00\n\x001\x00,\x00\x00\xd8\n\x002\x00,\x00y\x00\n\x00"), 2,
			roster.CellFault{Column: 1, Text: "有无法识别的字节，文件编码不一致或已损坏：请重新保存"}, 3},
	} {
		t.Run(name, func(t *testing.T) {
			rows := 0
			for row, err := range open(t, c.path).Rows() {
				if err != nil {
					t.Fatal(err)
				}
				rows++
				if row.Number != rows {
					t.Errorf("row %d is called %d", rows, row.Number)
				}
				switch {
				case row.Number != c.number && len(row.Faults) > 0:
					t.Errorf("row %d: %+v", row.Number, row.Faults)
				case row.Number == c.number && (len(row.Faults) != 1 || row.Faults[0] != c.fault):
					t.Errorf("row %d: %+v, want %+v", row.Number, row.Faults, c.fault)
				}
			}
			if rows != c.rows {
				t.Errorf("%d rows, want %d", rows, c.rows)
			}
		})
	}
}

// TestSheetRefusesPipe gives up at once: opening a pipe would wait for somebody to write to it.
func TestSheetRefusesPipe(t *testing.T) {
	path := filepath.Join(t.TempDir(), "residents.csv")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	refused := make(chan error, 1)
	go func() { refused <- firstError(path) }()
	select {
	case err := <-refused:
		if err == nil || !strings.Contains(err.Error(), "不是普通文件") {
			t.Errorf("error %v, want one that says that it is no plain file", err)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("a pipe is waited for")
	}
}
