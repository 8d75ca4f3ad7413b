package roster

import (
	"errors"
	"io"
	"iter"
	"strconv"
	"strings"
)

// Table is a table in a file, as an adapter reads it. Its rows can be read again and again.
type Table interface {
	// Rows reads the file from its beginning. It ends at the first error, after which nothing follows. Rows that nobody sees are left
	// out, so that the numbers may have gaps.
	Rows() iter.Seq2[Row, error]
	// Date1904 says whether day numbers count from 1904, as old Macs did.
	Date1904() bool
	// Bytes are the file's, from its beginning.
	Bytes() io.Reader
	// Unchanged fails when the file is not as it was when it was opened.
	Unchanged() error
}

// Row is one row. Cells is good until the next row is read; the texts in it stay.
type Row struct {
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

// Cell is what stands in a column, "" beyond the last one.
func (r Row) Cell(column int) string {
	if column < len(r.Cells) {
		return r.Cells[column]
	}
	return ""
}

// blank reports whether nothing stands in the row.
func (r Row) blank() bool {
	for _, cell := range r.Cells {
		if cell != "" && PlainCell(cell) != "" {
			return false
		}
	}
	return len(r.Faults) == 0
}

// Errors of tables. Officials read them.
var (
	ErrEmptyTable   = errors.New("文件是空的：应有一行表头，下面每行一条内容")
	ErrChangedTable = errors.New("文件在读取时被改动：请重新导入")
)

// TableWriter writes a table, row by row. What is written is good once Close returned nil.
type TableWriter interface {
	Format() string // such as csv, for the audit log
	Write(cells []string) error
	Close() error
}

// ColumnName is a column as spreadsheets name it: 0 is A, 26 is AA.
func ColumnName(column int) string {
	var name []byte
	for n := column + 1; n > 0; n = (n - 1) / 26 {
		name = append([]byte{byte('A' + (n-1)%26)}, name...)
	}
	return string(name)
}

// ParseCell reads the name of a cell: B7 is column 1 of row 7.
func ParseCell(name string) (column, row int, ok bool) {
	digits := strings.TrimLeft(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
	row, err := strconv.Atoi(digits)
	letters := name[:len(name)-len(digits)]
	if err != nil || row < 1 || digits[0] == '0' || digits[0] == '+' || letters == "" || len(letters) > 3 {
		return 0, 0, false
	}
	for _, letter := range []byte(letters) {
		column = 26*column + int(letter-'A') + 1
	}
	return column - 1, row, true
}

// RowSet is a set of row numbers, a bit each: a file may have millions.
type RowSet []uint64

// Add puts a row into the set.
func (s *RowSet) Add(row int) {
	for len(*s) <= row/64 {
		*s = append(*s, 0)
	}
	(*s)[row/64] |= 1 << (row % 64)
}

// Has says whether a row is in the set.
func (s RowSet) Has(row int) bool { return row/64 < len(s) && s[row/64]&(1<<(row%64)) != 0 }
