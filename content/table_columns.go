package content

import (
	"regexp"
	"slices"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// CommitteeColumn is the column of a table that says whose a row is, by the committee's code. A table need not have it.
const CommitteeColumn = "committee"

// TableForm says what officials call a table and its columns, as city.yaml describes them.
type TableForm struct {
	ID      string // of tables/ID.csv
	Name    string
	Columns []Column
}

// Column is one of a table.
type Column struct {
	ID   string   // as the file and templates have it
	Name string   // as officials read it
	Also []string // what else stands above it in spreadsheets
	Year bool     // it holds years
}

// Heads are all the names that the column has in spreadsheets, the one that officials read first.
func (c Column) Heads() []string { return append([]string{c.Name, c.ID}, c.Also...) }

// usual are columns that any table may have, for a city that calls them nothing else.
var usual = []Column{
	{ID: "name", Name: "名称", Also: []string{"小区", "小区名称", "院落名称", "点位名称"}},
	{ID: "aliases", Name: "别名", Also: []string{"又名", "曾用名", "其他名称", "俗称"}},
	{ID: CommitteeColumn, Name: "居委会", Also: []string{"居委会代码", "社区", "社区名称", "所属社区", "社区代码"}},
	{ID: "source", Name: "来源", Also: []string{"资料来源", "数据来源", "出处"}},
}

// TableNamed is what the city calls a table, its id when it calls it nothing.
func (c City) TableNamed(id string) TableForm {
	if i := slices.IndexFunc(c.Tables, func(f TableForm) bool { return f.ID == id }); i >= 0 {
		return c.Tables[i]
	}
	return TableForm{ID: id, Name: id}
}

// TableColumns are the columns that a table may have, in the order of its file: those that it has, then those that the city names, then
// the usual ones. present is nil for a table that is not there yet.
func (c City) TableColumns(id string, present *Table) []Column {
	form := c.TableNamed(id)
	taken := map[string]bool{}
	for _, column := range form.Columns {
		for _, head := range column.Heads() {
			taken[head] = true
		}
	}
	known := slices.Clone(form.Columns)
	for _, column := range usual {
		if slices.ContainsFunc(form.Columns, func(f Column) bool { return f.ID == column.ID }) {
			continue
		}
		column.Also = slices.DeleteFunc(slices.Clone(column.Also), func(head string) bool { return taken[head] })
		if taken[column.Name] {
			column.Name = column.ID
		}
		known = append(known, column)
	}
	var all []Column
	if present != nil {
		for _, id := range present.Columns {
			if i := slices.IndexFunc(known, func(k Column) bool { return k.ID == id }); i >= 0 {
				all = append(all, known[i])
				known = slices.Delete(known, i, i+1)
			} else {
				all = append(all, Column{ID: id, Name: id})
			}
		}
	}
	return append(all, known...)
}

// tableID is a table's: the name of its file.
var tableID = regexp.MustCompile(`^[a-z][a-z0-9_-]{0,31}$`)

// tables reads what a city calls its tables.
func (m mapping) tables() []TableForm {
	var forms []TableForm
	for _, node := range m.list("tables") {
		t, ok := newMapping(m.file, node, m.problems, "id", "name", "columns")
		if !ok {
			continue
		}
		form := TableForm{ID: t.text("id"), Name: t.text("name")}
		switch {
		case form.ID == "":
		case !tableID.MatchString(form.ID):
			m.problems.Addf(m.file, t.at("id"), "表的编号应为1到32个小写字母、数字、- 或 _，以字母开头：tables/编号.csv")
		case slices.ContainsFunc(forms, func(f TableForm) bool { return f.ID == form.ID }):
			m.problems.Addf(m.file, t.at("id"), "表 %s 写了两次：请只留一处", form.ID)
		}
		form.Columns = t.columns()
		forms = append(forms, form)
	}
	return forms
}

// columns reads a table's. No two have a name in common: a spreadsheet's heading must mean one.
func (m mapping) columns() []Column {
	var all []Column
	heads := map[string]int{}
	claim := func(head string, line int) {
		if first, taken := heads[head]; taken && first != line {
			m.problems.Addf(m.file, line, "表头“%s”在第%d行已经用过：一个表头只能指一列", head, first)
		}
		heads[head] = line
	}
	for _, node := range m.list("columns") {
		c, ok := newMapping(m.file, node, m.problems, "id", "name", "also", "kind")
		if !ok {
			continue
		}
		column := Column{ID: c.text("id"), Name: c.text("name")}
		if strings.ContainsAny(column.ID, "{}[]") {
			m.problems.Addf(m.file, c.at("id"), "列的编号里不能有括号：模板用括号写列名")
		}
		for _, node := range c.list("also") {
			if s, ok := node.(*ast.StringNode); ok && strings.TrimSpace(s.Value) != "" {
				column.Also = append(column.Also, strings.TrimSpace(s.Value))
			} else {
				m.problems.Addf(m.file, lineOf(node), "also：写表格里可能用的表头，如 小区名称")
			}
		}
		switch kind, ok := c.optional("kind"); {
		case kind == "year":
			column.Year = true
		case ok && kind != "":
			m.problems.Addf(m.file, c.at("kind"), "kind 只能写 year（这一列是年份），或者不写")
		}
		for _, head := range column.Heads() {
			claim(head, c.line)
		}
		all = append(all, column)
	}
	return all
}
