package sheet

import (
	"archive/zip"
	"errors"
	"fmt"
	"slices"

	"towncrier/roster"
)

// What one cell, row or table of an XLSX file may hold. Excel admits 32,767 characters in a cell: 96 KiB of Chinese.
const (
	maxCellXML  = 256 << 10
	maxRowXML   = 1 << 20
	maxTexts    = 4_000_000
	maxFormulas = 10_000
	maxMerges   = 100_000

	totalRows, totalColumns = 1 << 20, 1 << 14 // of a sheet, as Excel has them
)

// scanSheet passes over a sheet's XML without keeping it: it refuses what would take memory, and finds the formulas, what is
// merged, and what is hidden.
func scanSheet(part *zip.File) (sheetShape, error) {
	scan := sheetScan{sheetShape: sheetShape{formulas: map[int][]int{}}}
	err := scanXML(part, func(tag xmlTag, text []byte) error { return scan.visit(tag, len(text)) })
	switch {
	case errors.Is(err, errForbidden):
		err = fmt.Errorf("第%d行：%w", scan.row, err)
	case err == nil && scan.root != "/worksheet":
		err = errBrokenXML
	}
	slices.SortStableFunc(scan.merges, byFirstRow)
	return scan.sheetShape, err
}

// sheetScan is a scan under way.
type sheetScan struct {
	sheetShape
	row, column, cells, nFormulas int
	inCell, inRow                 int  // bytes of text
	open                          bool // inside a cell: extensions after the table have elements called f too
	rowHidden, rowFilled          bool
	root                          string // the last tag
}

func (s *sheetScan) visit(tag xmlTag, text int) error {
	s.inCell += text
	s.inRow += text
	if s.inCell > maxCellXML || s.inRow > maxRowXML {
		place := "第1行之前的内容"
		if s.row > 0 {
			place = fmt.Sprintf("单元格%s%d或它所在的行内容", roster.ColumnName(max(s.column, 0)), s.row)
		}
		return errors.New(place + "过大：请清除")
	}
	s.root = string(tag.name)
	switch s.root {
	case "sheetFormatPr": // it stands before the columns
		if tag.zero("defaultColWidth") {
			for column := range s.hidden {
				s.hidden[column] = true
			}
		}
	case "col":
		s.hideColumns(tag)
	case "row":
		return s.beginRow(tag)
	case "c":
		return s.beginCell(tag)
	case "/c":
		s.open = false
	case "v", "is":
		s.foundValue(tag)
	case "f":
		if !s.open {
			break
		}
		if s.nFormulas++; s.nFormulas > maxFormulas {
			return fmt.Errorf("超过%d个公式：请复制表格，只粘贴数值", maxFormulas)
		}
		s.formulas[s.row] = append(s.formulas[s.row], s.column)
	case "mergeCell":
		ref, _ := tag.attr("ref")
		if m, ok := newMergedRange(string(ref)); ok {
			s.merges = append(s.merges, m)
		}
		if len(s.merges) > maxMerges {
			return fmt.Errorf("超过%d个合并单元格：请取消合并", maxMerges)
		}
	}
	return nil
}

func (s *sheetScan) hideColumns(tag xmlTag) {
	from, ok := tag.number("min")
	to, ok2 := tag.number("max")
	if !ok || !ok2 || from < 1 {
		return
	}
	for column := from - 1; column < min(to, MaxColumns); column++ {
		s.hidden[column] = tag.yes("hidden") || tag.zero("width")
	}
}

func (s *sheetScan) beginRow(tag xmlTag) error {
	s.row++
	if n, ok := tag.number("r"); ok {
		s.row = n
	}
	if s.row <= s.last || s.row > totalRows {
		return errBrokenXML
	}
	s.last = s.row
	s.column, s.cells, s.inRow, s.inCell = -1, 0, 0, 0
	s.rowFilled = false
	if s.rowHidden = tag.yes("hidden") || tag.zero("ht"); s.rowHidden {
		s.hiddenRows.Add(s.row)
	}
	return nil
}

func (s *sheetScan) beginCell(tag xmlTag) error {
	s.column++
	if ref, ok := tag.attr("r"); ok {
		column, row, ok := cellPlace(ref)
		if !ok || row != s.row {
			return errBrokenXML
		}
		s.column = column
	}
	if s.cells++; s.cells > totalColumns {
		return errBrokenXML
	}
	s.inCell, s.open = 0, !tag.empty()
	return nil
}

// cellPlace reads where a cell is: B7 is column 1 from 0, row 7.
func cellPlace(ref []byte) (column, row int, ok bool) {
	i := 0
	for ; i < len(ref) && i < 4; i++ {
		c := ref[i] &^ ('a' - 'A')
		if c < 'A' || c > 'Z' {
			break
		}
		column = 26*column + int(c-'A') + 1
	}
	for _, c := range ref[i:] {
		if c < '0' || c > '9' || row > totalRows {
			return 0, 0, false
		}
		row = 10*row + int(c-'0')
	}
	return column - 1, row, column >= 1 && column <= totalColumns && row >= 1 && row <= totalRows
}

// foundValue notes that something stands where nobody sees it.
func (s *sheetScan) foundValue(tag xmlTag) {
	switch {
	case !s.open || tag.empty():
	case s.rowHidden && !s.rowFilled:
		s.rowFilled = true
		s.filledRows.add(s.row)
	case !s.rowHidden && s.hiddenColumn(s.column):
		s.filledCols[s.column] = true
	}
}
