package residents

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/roster"
)

// What one page shows: so many rows, the first columns and those with faults, and as much of a cell.
const (
	rowsAtOnce   = 40
	firstColumns = 16
	longestShown = 40
	// longestField is as much as mend takes.
	longestField = 500
)

// column is one of the sheet: A, and its heading.
type column struct{ Letter, Heading string }

// badRow is a row of the sheet with a cell in each column.
type badRow struct {
	wire.ImportRow
	Sheet []sheetCell
}

// sheetCell is a cell as the page shows it. One with a fault is a field.
type sheetCell struct {
	wire.ImportCell
	Field string // its name; "" when it has no fault
}

// fieldOf is the name of the field for a cell, leaveOut that of the box for a row.
func fieldOf(cell string) string { return "cell-" + cell }

const leaveOut = "leave-out"

// was is the name of what a field held at first.
func was(field string) string { return "was-" + field }

// readRows reads the bad rows that the page shows.
func (p *importPage) readRows(v *page.Visit) error {
	rows, err := listRows.Do(v, api.ImportRowsInput{Following: api.Following{After: v.Query("after")}, ID: p.ID, Limit: rowsAtOnce, Kind: p.OfKind})
	if err != nil {
		return err
	}
	p.tabs()
	columns := p.columnsOf(rows.Items)
	for _, at := range columns {
		c := column{Letter: roster.ColumnName(at)}
		if at < len(p.Headings) {
			c.Heading = p.Headings[at]
		}
		p.Columns = append(p.Columns, c)
	}
	for _, row := range rows.Items {
		p.Lines = append(p.Lines, p.lineOf(row, columns))
	}
	p.Pager.Note = fmt.Sprintf("每页%d行", rowsAtOnce)
	if v.Query("after") != "" {
		p.Pager.First = importPath(p.ID) + page.Query("kind", p.OfKind)
	}
	if rows.Next != "" {
		p.Pager.Next = importPath(p.ID) + page.Query("kind", p.OfKind, "after", rows.Next)
	}
	return nil
}

// columnsOf are the columns that are shown, from 0.
func (p *importPage) columnsOf(rows []wire.ImportRow) (columns []int) {
	shown := map[int]bool{}
	for at := range min(len(p.Headings), firstColumns) {
		shown[at] = true
	}
	for _, row := range rows {
		for _, cell := range row.Cells {
			if at, _, ok := roster.ParseCell(cell.Cell); ok && (at < firstColumns || len(cell.Faults) > 0) {
				shown[at] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(shown))
}

func (p *importPage) lineOf(row wire.ImportRow, columns []int) badRow {
	r := badRow{ImportRow: row, Sheet: make([]sheetCell, len(columns))}
	for _, cell := range row.Cells {
		column, _, _ := roster.ParseCell(cell.Cell)
		at := slices.Index(columns, column)
		if at < 0 {
			continue
		}
		one := sheetCell{ImportCell: cell}
		if len(cell.Faults) > 0 {
			one.Field = fieldOf(cell.Cell)
			held := strings.Join(strings.Fields(cell.Text), " ") // an input has one line
			if one.Masked = cell.Masked || utf8.RuneCountInString(held) > longestField; one.Masked {
				held = ""
			}
			if p.Value(was(one.Field)) == "" {
				p.Set(was(one.Field), held)
			}
			if len(p.Values(one.Field)) == 0 {
				p.Set(one.Field, held)
			}
		}
		if runes := []rune(one.Text); len(runes) > longestShown {
			one.Text = string(runes[:longestShown]) + "…"
		}
		r.Sheet[at] = one
	}
	return r
}

// tabs are the kinds of faults.
func (p *importPage) tabs() {
	p.Tabs = page.Tabs{Label: "问题的种类", Tabs: []page.Tab{{Label: "全部", Path: importPath(p.ID), Count: strconv.Itoa(p.Import.Faults), Current: p.OfKind == ""}}}
	for _, kind := range p.FaultKinds {
		p.Tabs.Tabs = append(p.Tabs.Tabs, page.Tab{Label: kind.Kind, Path: importPath(p.ID) + page.Query("kind", kind.Kind), Count: strconv.Itoa(kind.N), Current: p.OfKind == kind.Kind})
	}
}

// corrections are what was written into the fields of cells.
func corrections(form url.Values) (m wire.MendImport) {
	for name := range form {
		cell, is := strings.CutPrefix(name, fieldOf(""))
		if text := form.Get(name); is && text != form.Get(was(name)) {
			m.Cells = append(m.Cells, wire.MendedCell{Cell: cell, Text: text})
		}
	}
	slices.SortFunc(m.Cells, func(a, b wire.MendedCell) int { return strings.Compare(a.Cell, b.Cell) })
	for _, text := range form[leaveOut] {
		if row, err := strconv.Atoi(text); err == nil {
			m.LeaveOut = append(m.LeaveOut, row)
		}
	}
	return m
}

// fieldsOf are the fields of what corrections makes of a form.
func (p *importPage) fieldsOf(form url.Values) map[string]string {
	fields := map[string]string{}
	for i, cell := range corrections(form).Cells {
		for _, part := range []string{"cell", "text"} {
			fields[fmt.Sprintf("body.cells[%d].%s", i, part)] = fieldOf(cell.Cell)
		}
	}
	return fields
}

func doMend(v *page.Visit) (page.Result, error) {
	i, err := mend.Do(v, api.MendImportInput{ID: v.Path("id"), Body: corrections(v.Form)})
	if err != nil {
		return refusedImport(v, err)
	}
	settled(v, i)
	return page.See(importPath(i.ID) + page.Query("kind", v.Query("kind"), "done", "import-mended")), nil
}
