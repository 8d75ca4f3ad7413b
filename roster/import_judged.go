package roster

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
)

// MaxRows is how many rows a file may have below its heading; empty ones do not count.
const MaxRows = 1_000_000

// Judged is what reading a file told, before anything of it is written: of residents or of committees.
type Judged struct {
	Rows    int            // that hold something, below the heading
	Bad     int            // of these, how many cannot be imported
	Kinds   map[string]int // problems by kind; a row may have several
	Unknown []string       // headings that mean nothing, and are passed over

	sheet   Table
	heading columns
	last    int    // row number
	bad     RowSet // numbers of rows with a problem
}

// Good is how many rows can be imported.
func (j *Judged) Good() int { return j.Rows - j.Bad }

// Left is a digest of which rows are bad. While it is the same the same rows of a file are imported.
func (j *Judged) Left() string {
	h := sha256.New()
	for _, rows := range j.bad {
		h.Write(binary.LittleEndian.AppendUint64(nil, rows))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// read has each row below the heading judged, and reports every problem as it is found, by row and column.
func (j *Judged) read(ctx context.Context, judge func(Row) ([]RowProblem, error), report func(RowProblem)) error {
	for row, err := range j.sheet.Rows() {
		if err == nil && row.Number%1024 == 0 {
			err = ctx.Err()
		}
		if err != nil {
			return err
		}
		j.last = row.Number
		if row.Number <= j.heading.row || row.blank() {
			continue
		}
		if j.Rows++; j.Rows > MaxRows {
			return fmt.Errorf("超过%d行：请分成几个文件", MaxRows)
		}
		problems, err := judge(row)
		if err != nil {
			return err
		}
		if len(problems) == 0 {
			continue
		}
		j.Bad++
		j.bad.Add(row.Number)
		slices.SortStableFunc(problems, byColumn)
		for _, problem := range problems {
			j.Kinds[problem.Kind]++
			report(problem)
		}
	}
	return nil
}

// byColumn is the order of problems of one row: what is wrong with the whole row comes first.
func byColumn(a, b RowProblem) int {
	return cmp.Or(cmp.Compare(len(a.Cell), len(b.Cell)), strings.Compare(a.Cell, b.Cell))
}

// problem is what is wrong in a column of a row, -1 for the whole row.
func (c columns) problem(row, column int, kind, text string) RowProblem {
	p := RowProblem{Row: row, Kind: kind, Text: text}
	if column >= 0 {
		p.Cell = fmt.Sprint(ColumnName(column), row)
	}
	if column >= 0 && column < len(c.headings) {
		p.Column = c.headings[column]
	}
	return p
}

// Headings are what stands in the heading, by column.
func (j *Judged) Headings() []string { return j.heading.headings }
