// Package tables reads the spreadsheets in which officials hand in look-up tables: which column is which, what is wrong in which cell, and
// whose a row is.
package tables

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/content"
	"towncrier/plaintext"
	"towncrier/roster"
)

// Limits of what is handed in.
const (
	maxFaults = 100 // told at once
	maxValue  = 200 // characters of a cell
)

// Table is what a sheet goes into.
type Table struct {
	City       content.City
	ID         string
	Present    *content.Table     // nil while there is none
	Committees []roster.Committee // that there are
	Own        string             // the code of the one committee whose rows the sheet has; "" for a sheet of all rows
}

// Fault is what is wrong with a cell.
type Fault struct {
	Cell string // as spreadsheets name it, B7; "" for the whole table
	Text string // what is wrong and what to do, in Chinese
}

// Faults are those of a sheet.
type Faults struct {
	First []Fault
	More  int // that are not among them
}

func (f *Faults) Error() string {
	var b strings.Builder
	for _, fault := range f.First {
		b.WriteString("\n" + fault.Cell + "：" + fault.Text)
	}
	return fmt.Sprintf("表格里有%d处问题，请逐个修改：%s", len(f.First)+f.More, b.String())
}

func (f *Faults) add(cell, format string, args ...any) {
	if len(f.First) == maxFaults {
		f.More++
		return
	}
	f.First = append(f.First, Fault{cell, fmt.Sprintf(format, args...)})
}

// reader is a reading under way.
type reader struct {
	Table
	columns []content.Column
	heading roster.Heading
	order   []int // of the columns, as the sheet has them; those that it lacks first
	faults  Faults
	owner   func(content.Row) string
	find    func(said string) (code, wrong string)
	others  map[string]bool // names and aliases of rows that the sheet leaves alone
	names   map[string]string
	size    int // of the rows so far, as they are kept
}

// Read makes the next table of what a sheet has: all of its rows, or those of one committee, whose other rows stay. The error is *Faults, or
// says in Chinese what makes the file unreadable as a whole.
func (t Table) Read(sheet roster.Table) (*content.Table, error) {
	r := reader{Table: t, columns: t.City.TableColumns(t.ID, t.Present), owner: t.owner(), find: roster.CommitteeFinder(t.Committees),
		others: map[string]bool{}, names: map[string]string{}}
	if err := r.findHeading(sheet); err != nil {
		return nil, err
	}
	kept, replaced := r.present()
	for _, row := range kept {
		for _, name := range row.Names() {
			r.others[name] = true
		}
		r.size += sizeOf(row)
	}
	r.missing(replaced)
	var rows []content.Row
	for row, err := range sheet.Rows() {
		switch {
		case err != nil:
			return nil, err
		case row.Number <= r.heading.Row || blank(row):
			continue
		}
		next := r.row(row)
		if r.size += sizeOf(next); r.size > content.MaxFile {
			return nil, fmt.Errorf("表太大：整理成 CSV 后超过%d MiB，从第%d行起放不下。请删去答复用不到的列和行，或者分成几张表", content.MaxFile>>20, row.Number)
		}
		rows = append(rows, next)
	}
	if len(r.faults.First) > 0 {
		return nil, &r.faults
	}
	next := r.table(rows)
	if _, problems := content.ReadTable(next.File, next.Format()); problems.Faults() > 0 { // of rows that the sheet leaves alone, or of its columns together
		return nil, fmt.Errorf("这样写进去，表还有错，请先改正：\n%w", problems.OnlyFaults())
	}
	return next, nil
}

func blank(row roster.Row) bool {
	return len(row.Faults) == 0 && !slices.ContainsFunc(row.Cells, func(cell string) bool { return roster.PlainCell(cell) != "" })
}

// sizeOf is how many bytes a row takes, about.
func sizeOf(row content.Row) (n int) {
	for _, value := range row.Values {
		n += len(value) + 1
	}
	return n
}

// findHeading finds the heading, and takes the columns of a table that is new, and that the city does not describe, as they are called.
func (r *reader) findHeading(sheet roster.Table) (err error) {
	heads := make([][]string, len(r.columns))
	var needed []int
	for i, column := range r.columns {
		heads[i] = column.Heads()
		if column.ID == "name" || column.ID == "source" {
			needed = append(needed, i)
		}
	}
	if r.heading, err = roster.FindHeading(sheet, heads, needed); err != nil {
		return err
	}
	free := r.Present == nil && len(r.City.TableNamed(r.ID).Columns) == 0
	for at, heading := range r.heading.Headings {
		switch {
		case heading == "" || slices.Contains(r.heading.At, at):
		case free && !strings.ContainsAny(heading, "{}[]") && utf8.RuneCountInString(heading) <= 32:
			r.columns = append(r.columns, content.Column{ID: heading, Name: heading})
			r.heading.At = append(r.heading.At, at)
		case free:
			r.faults.add(cellName(at, r.heading.Row), "这个表头不能作列名：请写32个字以内，不要括号")
		default:
			r.faults.add(cellName(at, r.heading.Row), "这一列表里没有：表头应为%s之一，用不到的列请删去", r.known())
		}
	}
	for i := range r.columns {
		r.order = append(r.order, i)
	}
	slices.SortStableFunc(r.order, func(a, b int) int { return r.heading.At[a] - r.heading.At[b] })
	return nil
}

// known are the headings that are read.
func (r *reader) known() string {
	var names []string
	for _, column := range r.columns {
		names = append(names, column.Name)
	}
	return strings.Join(names, "、")
}

// owner says whose a row is: the committee that it names, or else the one committee in whose list of communities its name is; "" for nobody's.
func (t Table) owner() func(content.Row) string {
	of := map[string]string{}
	for _, c := range t.Committees {
		for _, community := range c.Communities {
			if other, taken := of[community]; taken && other != c.Code {
				of[community] = "" // two committees' cannot be told apart
			} else if !taken {
				of[community] = c.Code
			}
		}
	}
	return func(row content.Row) string {
		if code := row.Values[content.CommitteeColumn]; code != "" {
			return code
		}
		return of[row.Values["name"]]
	}
}

// Owned are the rows of one committee.
func (t Table) Owned(committee string) (rows []content.Row) {
	owner := t.owner()
	if t.Present != nil {
		for _, row := range t.Present.Rows {
			if owner(row) == committee {
				rows = append(rows, row)
			}
		}
	}
	return rows
}

// present parts the rows that are there into those that the sheet leaves alone and those that it replaces.
func (r *reader) present() (kept, replaced []content.Row) {
	if r.Present == nil {
		return nil, nil
	}
	for _, row := range r.Present.Rows {
		if r.Own != "" && r.owner(row) != r.Own {
			kept = append(kept, row)
		} else {
			replaced = append(replaced, row)
		}
	}
	return kept, replaced
}

// missing refuses a sheet without a column in which rows that it replaces have something.
func (r *reader) missing(replaced []content.Row) {
	for i, column := range r.columns {
		if r.heading.At[i] >= 0 || r.Own != "" && column.ID == content.CommitteeColumn {
			continue
		}
		n := 0
		for _, row := range replaced {
			if row.Values[column.ID] != "" {
				n++
			}
		}
		if n > 0 {
			r.faults.add("", "缺少“%s”一列，现在的表里有%d行填了它：请在第%d行的表头里补上这一列，不改的照抄", column.Name, n, r.heading.Row)
		}
	}
}

// row reads a row and says what is wrong with it.
func (r *reader) row(row roster.Row) content.Row {
	out := content.Row{Line: row.Number, Values: make(map[string]string, len(r.columns))}
	wrong := map[int]bool{}
	for _, fault := range row.Faults {
		if fault.Column < 0 {
			r.faults.add(fmt.Sprintf("第%d行", row.Number), "%s", fault.Text)
			continue
		}
		if slices.Contains(r.heading.At, fault.Column) {
			wrong[fault.Column] = true
			r.faults.add(cellName(fault.Column, row.Number), "%s", fault.Text)
		}
	}
	for _, i := range r.order {
		at, column := r.heading.At[i], r.columns[i]
		if at < 0 || wrong[at] {
			continue
		}
		value, reason := r.value(column, row.Cell(at))
		if reason != "" {
			r.faults.add(cellName(at, row.Number), "%s：%s", column.Name, reason)
			wrong[at] = true
			continue
		}
		out.Values[column.ID] = value
	}
	for _, i := range r.order {
		if at := r.heading.At[i]; !wrong[at] {
			r.check(out, r.columns[i], cellName(max(at, 0), row.Number))
		}
	}
	return out
}

var year = regexp.MustCompile(`^(1[89][0-9]{2}|20[0-9]{2})(?:年|\.0)?$`)

// value is what a cell says, or why it cannot say that.
func (r *reader) value(column content.Column, cell string) (value, reason string) {
	value = roster.PlainCell(cell)
	if column.ID == "aliases" {
		value = strings.Join(aliases(value), "|")
	}
	switch unfit := plaintext.Unfit(value); {
	case strings.ContainsFunc(value, breaks):
		return "", "不能换行，也不能有看不见的控制字符：请写成一行"
	case utf8.RuneCountInString(value) > maxValue:
		return "", fmt.Sprintf("太长：最多%d个字", maxValue)
	case unfit != "":
		return "", unfit
	case strings.HasPrefix(value, "="):
		return "", "是公式：请改为数值（复制后选择性粘贴）"
	case column.Year && value != "":
		found := year.FindStringSubmatch(value)
		if found == nil {
			return "", "应为四位数的年份，如 1998；设成日期格式的单元格请改成文本"
		}
		return found[1], ""
	case column.ID == content.CommitteeColumn:
		return r.committee(value)
	case column.ID == "name" && strings.Contains(value, "|"):
		return "", "不能有竖线 |：别的叫法写在别名一列"
	}
	return value, ""
}

func breaks(c rune) bool { return unicode.In(c, unicode.Cc, unicode.Zl, unicode.Zp) }

// committee is the code of the committee that a cell names.
func (r *reader) committee(said string) (code, reason string) {
	if said == "" {
		return r.Own, ""
	}
	code, wrong := r.find(said)
	if r.Own != "" && code != r.Own {
		return "", "不是本居委会（" + r.Own + "）：只能填报本居委会的行，请删去这一行"
	}
	return code, wrong
}

// aliases are the other names in a cell, which people part in many ways.
func aliases(cell string) (all []string) {
	for alias := range strings.FieldsFuncSeq(cell, func(c rune) bool { return strings.ContainsRune("|｜、,，;；\n\r", c) }) {
		if alias = strings.TrimSpace(alias); alias != "" && !slices.Contains(all, alias) {
			all = append(all, alias)
		}
	}
	return all
}

// check says what is wrong with a value that only the row, or the table, shows.
func (r *reader) check(row content.Row, column content.Column, cell string) {
	value, head := row.Values[column.ID], column.Name
	switch column.ID {
	case "source":
		if value == "" {
			r.faults.add(cell, "%s没有填写：请写明这一行从哪里来，如哪个部门的哪份名单", head)
		}
	case "name":
		if value == "" {
			r.faults.add(cell, "%s没有填写", head)
			return
		}
		r.claim(value, head, cell)
		if r.Own != "" && r.foreign(value) {
			r.faults.add(cell, "登记在别的居委会名下：只能填报本居委会（%s）的行，请删去这一行；登记有误的，请管理员更正居委会的小区", r.Own)
		}
	case "aliases":
		for _, alias := range row.Aliases() {
			r.claim(alias, head, cell)
		}
	case content.CommitteeColumn:
		if r.Own != "" {
			row.Values[column.ID] = r.Own // also in a sheet without the column
		}
	}
}

// claim sees that a name or alias leads to one row.
func (r *reader) claim(name, head, cell string) {
	switch first, taken := r.names[name]; {
	case taken && first == cell:
		r.faults.add(cell, "%s：同一个名称写了两次，请只留一个", head)
	case taken:
		r.faults.add(cell, "%s：与%s里的名称或别名相同，居民问起来分不清是哪一行，请改", head, first)
	case r.others[name]:
		r.faults.add(cell, "%s：表里已有不归本居委会的一行用了这个名称或别名：请核对；确是本居委会的，请撰稿员在那一行的居委会一列写明", head)
	default:
		r.names[name] = cell
	}
}

// foreign says that a community stands in other committees' lists, and not in that of the sheet's committee.
func (r *reader) foreign(community string) bool {
	elsewhere := false
	for _, c := range r.Committees {
		if slices.Contains(c.Communities, community) {
			if c.Code == r.Own {
				return false
			}
			elsewhere = true
		}
	}
	return elsewhere
}

// table puts the rows in: a row where the one of its name was, a new one at the end.
func (r *reader) table(rows []content.Row) *content.Table {
	next := &content.Table{Name: r.ID, File: content.TablePath(r.ID)}
	for i, column := range r.columns {
		present := r.Present != nil && slices.Contains(r.Present.Columns, column.ID)
		always := slices.Contains([]string{"name", "aliases", "source"}, column.ID) || r.Own != "" && column.ID == content.CommitteeColumn
		filled := slices.ContainsFunc(rows, func(row content.Row) bool { return row.Values[column.ID] != "" })
		if present || always || filled || r.Present == nil && r.heading.At[i] >= 0 {
			next.Columns = append(next.Columns, column.ID)
		}
	}
	if r.Own == "" || r.Present == nil {
		next.Rows = rows
		return next
	}
	handed := map[string]content.Row{}
	for _, row := range rows {
		handed[row.Values["name"]] = row
	}
	for _, row := range r.Present.Rows {
		name := row.Values["name"]
		if r.owner(row) != r.Own {
			next.Rows = append(next.Rows, row)
		} else if now, ok := handed[name]; ok {
			next.Rows = append(next.Rows, now)
			delete(handed, name)
		}
	}
	for _, row := range rows {
		if _, left := handed[row.Values["name"]]; left {
			next.Rows = append(next.Rows, row)
		}
	}
	return next
}

func cellName(column, row int) string { return fmt.Sprintf("%s%d", roster.ColumnName(column), row) }
