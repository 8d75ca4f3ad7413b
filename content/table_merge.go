package content

import (
	"bytes"
	"encoding/csv"
	"maps"
	"path"
	"slices"
	"strings"

	"towncrier/plaintext"
	"towncrier/problem"
)

// TablePath is the path of a table's file.
func TablePath(id string) string { return path.Join("tables", id+".csv") }

// IsTable says whether a file of a city's folder is a table.
func IsTable(file string) bool {
	ok, _ := path.Match("tables/*.csv", file) // the pattern is sound
	return ok
}

// ReadTable reads a table's file.
func ReadTable(file string, text []byte) (*Table, problem.List) {
	var problems problem.List
	text, err := plaintext.Decode(text)
	if err != nil {
		problems.Addf(file, 0, "读不出来：%v", plaintext.Chinese(err))
		return nil, problems
	}
	t := parseTable(file, text, &problems)
	return t, problems
}

// Format is the table's file. Read again it is the same table.
func (t *Table) Format() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b) // a buffer takes all
	w.Write(t.Columns)
	for _, row := range t.Rows {
		w.Write(row.In(t.Columns))
	}
	w.Flush()
	return b.Bytes()
}

// In are the row's values in columns.
func (r Row) In(columns []string) []string {
	values := make([]string, len(columns))
	for i, column := range columns {
		values[i] = r.Values[column]
	}
	return values
}

// same says whether two rows say the same; nil is no row. A column that a table lacks is empty.
func (r *Row) same(o *Row) bool {
	if r == nil || o == nil {
		return r == o
	}
	filled := func(values map[string]string) map[string]string {
		values = maps.Clone(values)
		maps.DeleteFunc(values, func(_, value string) bool { return value == "" })
		return values
	}
	return maps.Equal(filled(r.Values), filled(o.Values))
}

// byName finds rows by their names.
func (t *Table) byName() map[string]*Row {
	rows := make(map[string]*Row, len(t.Rows))
	for i := range t.Rows {
		rows[t.Rows[i].Values["name"]] = &t.Rows[i]
	}
	return rows
}

// TableChanges is what becomes of a table's rows.
type TableChanges struct {
	Added, Removed []Row
	Changed        [][2]Row // before and after
}

// Changes is what next makes of t; nil is an empty table.
func (t *Table) Changes(next *Table) (c TableChanges) {
	if t == nil {
		t = &Table{}
	}
	before, after := t.byName(), next.byName()
	for _, row := range next.Rows {
		switch old := before[row.Values["name"]]; {
		case old == nil:
			c.Added = append(c.Added, row)
		case !old.same(&row):
			c.Changed = append(c.Changed, [2]Row{*old, row})
		}
	}
	for _, row := range t.Rows {
		if after[row.Values["name"]] == nil {
			c.Removed = append(c.Removed, row)
		}
	}
	return c
}

// Side is whose change counts of a row, or an entry, that two people changed, each otherwise.
type Side int

const (
	Undecided Side = iota
	Mine
	Theirs
)

// MergeTables makes of a table's file what mine and theirs both made of base, row by row; nil is a table that was not there. conflicts are
// the names of rows that both changed, each otherwise, and for which side decides nothing. Not ok says that one of them is no table.
func MergeTables(base, mine, theirs []byte, side func(name string) Side) (merged []byte, conflicts []string, ok bool) {
	var all [3]*Table
	for i, text := range [][]byte{base, mine, theirs} {
		all[i] = &Table{}
		if text == nil {
			continue
		}
		var problems problem.List
		if all[i], problems = ReadTable("", text); problems.Faults() > 0 {
			return nil, nil, false
		}
	}
	b, m, t := all[0].byName(), all[1].byName(), all[2].byName()
	out := &Table{}
	take := func(name string) {
		was, ours, others := b[name], m[name], t[name]
		row := others
		switch {
		case ours.same(was) || ours.same(others):
		case others.same(was) || side(name) == Mine:
			row = ours
		case side(name) == Theirs:
		default:
			conflicts = append(conflicts, name)
		}
		if row != nil {
			out.Rows = append(out.Rows, *row)
		}
	}
	for _, row := range all[2].Rows {
		take(row.Values["name"])
	}
	for _, row := range all[1].Rows {
		if name := row.Values["name"]; t[name] == nil {
			take(name)
		}
	}
	out.Columns = mergedColumns(all[0].Columns, all[1].Columns, all[2].Columns, out.Rows)
	return out.Format(), conflicts, true
}

// mergedColumns are theirs and those that mine has new, without those that either took away, unless a row has something there.
func mergedColumns(base, mine, theirs []string, rows []Row) []string {
	all := slices.Clone(theirs)
	for i, column := range mine {
		if slices.Contains(all, column) {
			continue
		}
		at := len(all) // behind the column that it stands behind in mine
		if i > 0 {
			if j := slices.Index(all, mine[i-1]); j >= 0 {
				at = j + 1
			}
		}
		all = slices.Insert(all, at, column)
	}
	return slices.DeleteFunc(all, func(column string) bool {
		gone := slices.Contains(base, column) && !(slices.Contains(mine, column) && slices.Contains(theirs, column))
		return gone && !slices.ContainsFunc(rows, func(r Row) bool { return strings.TrimSpace(r.Values[column]) != "" })
	})
}
