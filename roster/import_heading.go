package roster

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"towncrier/phone"
)

// headingRows is how many rows with something in them are looked at for the heading: titles and the like may stand above it.
const headingRows = 10

// form is what a table may hold.
type form struct {
	names [][]string // by field, the headings that people write, the one that messages use first
	needs [][]int    // of each of these fields one is needed
}

// columns says what a row names, if it is the heading.
type columns struct {
	row      int   // its number; two rows may be the heading together, then that of the lower one
	at       []int // by field, where it is; -1 when nowhere
	headings []string
	unknown  []string // headings that mean nothing here
	known    int      // how many mean something
	missing  [][]int  // of form.needs
	twice    string   // in Chinese, "" when no field has two columns
}

func (c columns) complete() bool { return len(c.missing) == 0 && c.twice == "" }

// read finds the fields in a row.
func (f form) read(number int, cells []string) columns {
	c := columns{row: number, at: make([]int, len(f.names))}
	for field := range c.at {
		c.at[field] = -1
	}
	for i, heading := range cells {
		heading = PlainCell(heading)
		c.headings = append(c.headings, strings.Join(strings.Fields(heading), ""))
		field, ok := f.fieldOf(heading)
		switch {
		case ok && c.at[field] >= 0:
			c.twice = fmt.Sprintf("%s列和%s列都是“%s”：请只留一列", ColumnName(c.at[field]), ColumnName(i), f.names[field][0])
		case ok:
			c.at[field] = i
			c.known++
		case heading != "" && !slices.Contains(ourColumns, heading):
			c.unknown = append(c.unknown, c.headings[i])
		}
	}
	for _, need := range f.needs {
		if !slices.ContainsFunc(need, func(field int) bool { return c.at[field] >= 0 }) {
			c.missing = append(c.missing, need)
		}
	}
	return c
}

// fieldOf knows a heading by its letters: case, spaces, marks and what is in parentheses, such as （必填）, do not matter.
func (f form) fieldOf(heading string) (field int, ok bool) {
	key := headingKey(heading)
	for field, names := range f.names {
		for _, name := range names {
			if headingKey(name) == key {
				return field, true
			}
		}
	}
	return 0, false
}

func headingKey(heading string) string {
	if before, _, ok := strings.Cut(strings.ReplaceAll(heading, "（", "("), "("); ok && strings.TrimSpace(before) != "" {
		heading = before
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}

// find finds the heading: the first row that names all that is needed, alone or together with the row above it, as in a table
// whose headings are merged over two rows. When the row below does so too, it is that one.
func (f form) find(sheet Table) (columns, error) {
	var found, best columns
	var first, above Row
	rows := 0
	for row, err := range sheet.Rows() {
		if err != nil {
			return columns{}, err
		}
		if row.blank() {
			continue
		}
		if rows++; rows > headingRows {
			break
		}
		row.Cells = slices.Clone(row.Cells)
		if rows == 1 {
			first = row
		}
		c := f.read(row.Number, row.Cells)
		if joined := f.read(row.Number, joinHeadings(above.Cells, row.Cells)); !c.complete() && joined.known > c.known && 2*c.known >= filledCells(row.Cells) && c.known > 0 {
			c = joined
		}
		switch {
		case c.complete() && len(row.Faults) > 0:
			return columns{}, fmt.Errorf("第%d行应是表头，但无法读取：%s", row.Number, row.Faults[0].Text)
		case c.complete():
			found = c
		case found.row > 0:
			return found, nil
		case c.known > best.known:
			best = c
		}
		above = row
	}
	switch {
	case found.row > 0:
		return found, nil
	case rows == 0:
		return columns{}, ErrEmptyTable
	}
	missing := best.missing
	if best.row == 0 {
		missing = f.needs
	}
	return columns{}, &noHeading{f.refuse(first, best, missing), missing}
}

// noHeading says that no row is the heading. Its text is in Chinese.
type noHeading struct {
	text    string
	missing [][]int
}

func (e *noHeading) Error() string { return e.text }

// joinHeadings are headings of two rows: where the lower one is empty, the upper one counts.
func joinHeadings(upper, lower []string) []string {
	joined := make([]string, max(len(upper), len(lower)))
	for i := range joined {
		if joined[i] = (Row{Cells: lower}).Cell(i); PlainCell(joined[i]) == "" {
			joined[i] = (Row{Cells: upper}).Cell(i)
		}
	}
	return joined
}

func filledCells(cells []string) (n int) {
	for _, cell := range cells {
		if PlainCell(cell) != "" {
			n++
		}
	}
	return n
}

// refuse says that no row is the heading, what the first row is instead, and which row is most like one.
func (f form) refuse(first Row, best columns, missing [][]int) string {
	if best.twice != "" && len(best.missing) == 0 {
		return fmt.Sprintf("第%d行是表头，但%s", best.row, best.twice)
	}
	text := ""
	if best.row != first.Number {
		text = fmt.Sprintf("第%d行%s，不像表头。", first.Number, quoteRow(first.Cells))
	}
	if best.row > 0 {
		var known []string
		for _, at := range best.at {
			if at >= 0 {
				known = append(known, best.headings[at])
			}
		}
		text += fmt.Sprintf("第%d行像是表头（有%s），但缺少下列各列：", best.row, strings.Join(known, "、"))
	} else {
		if filledCells(first.Cells) == 1 && strings.ContainsAny(strings.Join(first.Cells, ""), "，、｜|") {
			text += "各列之间似乎不是用英文逗号隔开的，请改用英文逗号“,”，或另存为 .xlsx。"
		}
		text += fmt.Sprintf("前%d行都没有找到表头。表头应有下列各列：", headingRows)
	}
	for _, need := range missing {
		text += "\n  " + f.describe(need)
	}
	return text
}

// describe names a column that is needed: 居委会代码 或 居委会（也可写作 社区代码、…）.
func (f form) describe(need []int) string {
	var names, others []string
	for _, field := range need {
		names = append(names, f.names[field][0])
		for _, name := range f.names[field][1:] {
			if name[0] >= 0x80 { // officials need no English ones
				others = append(others, name)
			}
		}
	}
	text := strings.Join(names, " 或 ")
	if len(others) > 0 {
		text += "（也可写作 " + strings.Join(others, "、") + "）"
	}
	return text
}

// quoteRow shows what a row begins with, unless that is somebody's data.
func quoteRow(cells []string) string {
	for _, cell := range cells {
		text := strings.Join(strings.Fields(PlainCell(cell)), " ")
		if text == "" {
			continue
		}
		if phone.In(strings.Join(cells, " | ")) || strings.ContainsFunc(text, unicode.IsControl) {
			return "像是一位居民"
		}
		if short := []rune(text); len(short) > 30 {
			text = string(short[:30]) + "…"
		}
		return "是“" + text + "”"
	}
	return "是空的"
}
