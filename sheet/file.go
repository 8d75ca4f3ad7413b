// Package sheet reads tables from files and writes them: XLSX, and text as spreadsheets write it (CSV). It knows nothing of what stands
// in them.
//
// It reads and writes XLSX itself, although a library for that exists, because a file of residents is personal data and a server has 256 MiB
// for it: of a workbook of 200,000 rows excelize takes 316 MiB and four times as long, and unpacks 51 MiB to disk where anybody can read
// them; this package takes 30 MiB and seals what it keeps on disk (docs/measurements.md). Tests hold the two against each other.
package sheet

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/roster"
)

// Limits of a file that is read. What goes beyond them is a problem with its place, never memory.
const (
	MaxColumns = 100
	maxCell    = 4 << 10  // bytes of UTF-8 in a cell
	maxLine    = 64 << 10 // bytes of UTF-8 in a row of text
	maxRows    = 5_000_000
)

// File is a table in a file: XLSX, or text as spreadsheets write it (CSV). It is a roster.Table. Its rows can be read again and again. Its
// owner closes it. Of a workbook the first sheet that can be seen is read, without the rows and columns that are hidden there: what
// nobody sees, nobody has checked.
type File struct {
	Notes  []string // in Chinese: what the file holds and is not read, other sheets and what is hidden. The reader must be told
	Hidden []string // of Notes, those of hidden rows and columns

	date1904 bool
	source   *source
	size     int64
	file     *os.File // the same, when Open opened it
	changed  time.Time
	format   string
	read     func(yield func(roster.Row, error) bool)
	close    func() error
}

var _ roster.Table = (*File)(nil)

// Open opens the file at path and finds out how it is written: by its bytes, not by its name. Text may be UTF-8, GBK,
// GB18030 or UTF-16, with or without a byte-order mark, separated by commas, semicolons or tabs, with any line ends. The whole
// file is looked at: a file whose first lines are ASCII may turn out as GBK at its end. Errors are in Chinese.
func Open(path string) (*File, error) {
	info, err := os.Stat(path) // before it is opened: a pipe would wait for its writer
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s：不是普通文件：文件要读两遍，不能是管道或文件夹", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	if info, err = file.Stat(); err != nil {
		return nil, errors.Join(err, file.Close())
	}
	s, err := Read(context.Background(), file, info.Size(), "")
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s：%w", path, err), file.Close())
	}
	s.file, s.changed = file, info.ModTime()
	return s, nil
}

// Read is Open for what is not at a path: it stays as it is while it is read. When ctx ends, so do Read and Rows, soon and with its error. What
// does not fit into memory of a workbook is in the folder temp, "" for the system's, sealed and without a name.
func Read(ctx context.Context, from io.ReaderAt, size int64, temp string) (*File, error) {
	s := &File{source: &source{from: from, ctx: ctx}, size: size, close: func() error { return nil }}
	if err := s.open(temp); err != nil {
		return nil, s.source.cause(err)
	}
	return s, nil
}

func (s *File) open(temp string) error {
	head := make([]byte, 16)
	n, err := s.source.ReadAt(head, 0)
	if err != nil && err != io.EOF {
		return err
	}
	head = head[:n]
	if n == 0 {
		return roster.ErrEmptyTable
	}
	if bytes.HasPrefix(head, []byte("PK\x03\x04")) || bytes.HasPrefix(head, []byte("PK\x05\x06")) {
		return s.openXLSX(temp)
	}
	if what := binaryKind(head); what != "" {
		return errors.New(what)
	}
	return s.openText()
}

// TextRows are the rows of a text that spreadsheets wrote, as Open would read them from a file. Errors are in Chinese.
func TextRows(text string) (iter.Seq2[roster.Row, error], error) {
	s := &File{source: &source{from: strings.NewReader(text), ctx: context.Background()}, size: int64(len(text))}
	if err := s.openText(); err != nil {
		return nil, err
	}
	return s.Rows(), nil
}

// Format says how the file is written, for people: "CSV，UTF-8，逗号分隔".
func (s *File) Format() string { return s.format }

// Rows reads the file from its beginning. It ends at the first error, after which nothing follows. Hidden rows are left out,
// so that the numbers of rows may have gaps; hidden columns are empty.
func (s *File) Rows() iter.Seq2[roster.Row, error] {
	return func(yield func(roster.Row, error) bool) {
		for row, err := range s.read {
			if err == nil && row.Number > maxRows {
				err = fmt.Errorf("超过%d行：请分成几个文件", maxRows)
			}
			if err != nil {
				yield(roster.Row{}, s.source.cause(err))
				return
			}
			if !yield(checkCells(row), nil) {
				return
			}
		}
	}
}

// checkCells empties and reports what no cell may hold.
func checkCells(row roster.Row) roster.Row {
	if len(row.Cells) > MaxColumns {
		row.Faults = append(row.Faults, roster.CellFault{Column: -1, Text: fmt.Sprintf("超过%d列：请删除多余的列", MaxColumns)})
		row.Cells = row.Cells[:MaxColumns]
	}
	for i, cell := range row.Cells {
		if fault := cellFault(cell); fault != "" {
			row.Faults = append(row.Faults, roster.CellFault{Column: i, Text: fault})
			row.Cells[i] = ""
		}
	}
	return row
}

func cellFault(cell string) string {
	if len(cell) > maxCell {
		return fmt.Sprintf("单元格内容过长（超过%d字节）：请缩短", maxCell)
	}
	ascii := true
	for i := range len(cell) {
		switch c := cell[i]; {
		case c == 0:
			return "单元格含有空字符（NUL），文件可能已损坏：请重新保存"
		case c >= utf8.RuneSelf:
			ascii = false
		}
	}
	if !ascii && (!utf8.ValidString(cell) || strings.Contains(cell, string(utf8.RuneError))) {
		return "有无法识别的字节，文件编码不一致或已损坏：请重新保存"
	}
	return ""
}

// Close closes the file.
func (s *File) Close() error {
	if s.file == nil {
		return s.close()
	}
	return errors.Join(s.close(), s.file.Close())
}

// Date1904 implements roster.Table.
func (s *File) Date1904() bool { return s.date1904 }

// Bytes implements roster.Table.
func (s *File) Bytes() io.Reader { return io.NewSectionReader(s.source, 0, s.size) }

// Unchanged implements roster.Table.
func (s *File) Unchanged() error {
	if s.file == nil {
		return nil
	}
	info, err := s.file.Stat()
	if err != nil {
		return err
	}
	if info.Size() != s.size || !info.ModTime().Equal(s.changed) {
		return roster.ErrChangedTable
	}
	return nil
}
