package roster

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"
	"unicode/utf8"
)

// Limits of a file that is read. What goes beyond them is a problem with its place, never memory.
const (
	maxCell    = 4 << 10  // bytes of UTF-8 in a cell
	maxLine    = 64 << 10 // bytes of UTF-8 in a row of text
	maxColumns = 100
	maxRows    = 5_000_000
)

// Sheet is a table in a file: XLSX, or text as spreadsheets write it (CSV). Its rows can be read again and again. Its owner
// closes it.
type Sheet struct {
	Unread   []string // names of a workbook's other sheets: only the first is read
	Date1904 bool     // day numbers count from 1904, as old Macs did

	file    *os.File
	size    int64
	changed time.Time
	format  string
	read    func(yield func(SheetRow, error) bool)
	close   func() error
}

// SheetRow is one row. Cells is good until the next row is read; the texts in it stay.
type SheetRow struct {
	Number int // from 1, as spreadsheets count: an empty line is a row, a line break inside quotes is not
	Cells  []string
	// Faults are places that could not be read; the cells there are empty.
	Faults []CellFault
}

// CellFault is what is wrong with one cell of a row. Column counts from 0; -1 means the whole row.
type CellFault struct {
	Column int
	Text   string // in Chinese: officials read it
}

// OpenSheet opens the file at path and finds out how it is written: by its bytes, not by its name. Text may be UTF-8 with or
// without a byte-order mark, GBK or GB18030, or UTF-16 with a mark, separated by commas, semicolons or tabs. The whole file
// is looked at: a file whose first lines are ASCII may turn out as GBK at its end.
func OpenSheet(path string) (*Sheet, error) {
	info, err := os.Stat(path) // before it is opened: a pipe would wait for its writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s: not a plain file: it is read twice, so it cannot be a pipe or a folder", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	s, err := detect(file)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", path, err), file.Close())
	}
	return s, nil
}

func detect(file *os.File) (*Sheet, error) {
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	s := &Sheet{file: file, size: info.Size(), changed: info.ModTime(), close: func() error { return nil }}
	head := make([]byte, 8)
	n, err := file.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch head = head[:n]; {
	case n == 0:
		return nil, errors.New("the file is empty: want a heading row and a row for each resident")
	case bytes.HasPrefix(head, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")): // OLE compound file
		return nil, errors.New("an old Excel file (.xls) or one with a password: save it as .xlsx or CSV without a password")
	case bytes.HasPrefix(head, []byte("PK\x03\x04")), bytes.HasPrefix(head, []byte("PK\x05\x06")):
		return s, s.openXLSX()
	}
	return s, s.openText()
}

// Format says how the file is written, for people: "CSV, GB18030, comma".
func (s *Sheet) Format() string { return s.format }

// Rows reads the file from its beginning. It ends at the first error, after which nothing follows.
func (s *Sheet) Rows() iter.Seq2[SheetRow, error] {
	return func(yield func(SheetRow, error) bool) {
		for row, err := range s.read {
			if err == nil && row.Number > maxRows {
				err = fmt.Errorf("more than %d rows: split the file", maxRows)
			}
			if err != nil {
				yield(SheetRow{}, err)
				return
			}
			if !yield(checkCells(row), nil) {
				return
			}
		}
	}
}

// checkCells empties and reports what no cell may hold.
func checkCells(row SheetRow) SheetRow {
	if len(row.Cells) > maxColumns {
		row.Faults = append(row.Faults, CellFault{-1, fmt.Sprintf("有%d列，最多%d列", len(row.Cells), maxColumns)})
		row.Cells = row.Cells[:maxColumns]
	}
	for i, cell := range row.Cells {
		if fault := cellFault(cell); fault != "" {
			row.Faults = append(row.Faults, CellFault{i, fault})
			row.Cells[i] = ""
		}
	}
	return row
}

func cellFault(cell string) string {
	if len(cell) > maxCell {
		return fmt.Sprintf("单元格内容过长（%d字节，最多%d字节）", len(cell), maxCell)
	}
	ascii := true
	for i := range len(cell) {
		switch c := cell[i]; {
		case c == 0:
			return "单元格含有空字符（NUL），文件可能已损坏"
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	if !ascii && (!utf8.ValidString(cell) || strings.Contains(cell, string(utf8.RuneError))) {
		return "有无法识别的字节，文件编码不一致或已损坏"
	}
	return ""
}

// Close closes the file.
func (s *Sheet) Close() error { return errors.Join(s.close(), s.file.Close()) }

// columnName is a column as spreadsheets name it: 0 is A, 26 is AA.
func columnName(column int) string {
	var name []byte
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = append([]byte{byte('A' + (n-1)%26)}, name...)
	}
	return string(name)
}
