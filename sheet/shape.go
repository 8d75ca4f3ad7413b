package sheet

import (
	"fmt"
	"slices"
	"strings"

	"towncrier/roster"
)

// sheetShape is what a look at a sheet's XML told.
type sheetShape struct {
	last     int           // number of the last row
	formulas map[int][]int // columns, from 0, by row number
	merges   []mergedRange // by first row

	hiddenRows roster.RowSet
	hidden     [MaxColumns]bool // columns
	filledRows filled           // of the hidden rows, those with a value
	filledCols [MaxColumns]bool // of the hidden columns, those with a value
}

// filled counts rows and keeps the numbers of the first.
type filled struct {
	n     int
	first []int
}

func (f *filled) add(row int) {
	if f.n++; len(f.first) < 5 {
		f.first = append(f.first, row)
	}
}

func (s *sheetShape) hiddenColumn(column int) bool { return column < MaxColumns && s.hidden[column] }

// notes say what of the sheet is not read, since nobody sees it.
func (s *sheetShape) notes() (notes []string) {
	if n := s.filledRows.n; n > 0 {
		var rows []string
		for _, row := range s.filledRows.first {
			rows = append(rows, fmt.Sprint(row))
		}
		which := "第" + strings.Join(rows, "、") + "行"
		if n > len(rows) {
			which += "等"
		}
		notes = append(notes, fmt.Sprintf("有%d行被隐藏或筛掉（%s），没有读取：取消隐藏和筛选、保存后再导入，才会读取", n, which))
	}
	var columns []string
	for column, hasValue := range s.filledCols {
		if hasValue {
			columns = append(columns, roster.ColumnName(column))
		}
	}
	if len(columns) > 0 {
		notes = append(notes, fmt.Sprintf("有%d列被隐藏（%s列），没有读取：取消隐藏、保存后再导入，才会读取", len(columns), strings.Join(columns, "、")))
	}
	return notes
}

// mergedRange is cells that are shown as one, with what stands in the first of them. Columns count from 0, rows from 1.
type mergedRange struct{ column, row, lastColumn, lastRow int }

func newMergedRange(ref string) (m mergedRange, ok bool) {
	from, to, ok := strings.Cut(ref, ":")
	if !ok {
		return m, false
	}
	column, row, ok := cellPlace([]byte(from))
	lastColumn, lastRow, ok2 := cellPlace([]byte(to))
	if !ok || !ok2 || lastColumn < column || lastRow < row || column >= MaxColumns {
		return m, false
	}
	return mergedRange{column, row, min(lastColumn, MaxColumns-1), lastRow}, true
}

func byFirstRow(a, b mergedRange) int { return a.row - b.row }

// mergedCells shows rows as a person sees them: what is merged over several rows stands in each, and what a merged cell covers
// is nowhere. A row that has nothing else stays empty.
type mergedCells struct {
	all  []mergedRange // those that are still to come, by first row
	last int           // row that any of them reached so far
	open [MaxColumns]struct {
		mergedRange
		value string
	}
}

func (m *mergedCells) show(row *roster.Row) {
	for len(m.all) > 0 && m.all[0].row <= row.Number {
		if next := m.all[0]; next.row == row.Number {
			m.last = max(m.last, next.lastRow)
			m.open[next.column].mergedRange = next
			m.open[next.column].value = row.Cell(next.column)
		}
		m.all = m.all[1:]
	}
	if m.last < row.Number {
		return
	}
	var below []int // columns whose value comes from a row above
	for column := 0; column < MaxColumns; column++ {
		open := &m.open[column]
		if open.lastRow < row.Number {
			continue
		}
		for c := column; c <= open.lastColumn && c < len(row.Cells); c++ {
			if c > column || open.row < row.Number {
				row.Cells[c] = ""
			}
		}
		if open.row < row.Number && open.value != "" {
			below = append(below, column)
		}
		column = open.lastColumn // what another one covers, as no spreadsheet writes it, is not seen
	}
	if len(below) == 0 || !slices.ContainsFunc(row.Cells, func(cell string) bool { return roster.PlainCell(cell) != "" }) {
		return
	}
	for _, column := range below {
		for len(row.Cells) <= column {
			row.Cells = append(row.Cells, "")
		}
		row.Cells[column] = m.open[column].value
	}
}
