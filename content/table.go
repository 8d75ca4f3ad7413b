package content

import (
	"bytes"
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"towncrier/plaintext"
	"towncrier/problem"
)

// requiredColumns are what every table has; the rest are the city's own.
var requiredColumns = []string{"name", "aliases", "source"}

// maxColumns bounds the header.
const maxColumns = 64

func parseTable(file string, src []byte, problems *problem.List) *Table {
	t := &Table{Name: strings.TrimSuffix(path.Base(file), ".csv"), File: file}
	r := csv.NewReader(bytes.NewReader(src))
	r.FieldsPerRecord = -1 // widths are compared below, so that every row is reported and not the first alone
	header, err := r.Read()
	if err == io.EOF {
		problems.Addf(file, 1, "文件是空的：第一行写各列的名称，至少要有 %s", strings.Join(requiredColumns, "、"))
		return t
	}
	if err != nil {
		addCSV(file, err, problems)
		return t
	}
	t.Columns = trimAll(header)
	if !t.checkHeader(problems) {
		return t
	}
	names := map[string]int{} // every name and alias -> its line
	for before := len(*problems); ; {
		if problems.Enough(file, 0, before) {
			return t
		}
		record, err := r.Read()
		if err == io.EOF {
			return t
		}
		if err != nil {
			addCSV(file, err, problems)
			return t
		}
		line, _ := r.FieldPos(0)
		if len(record) != len(t.Columns) {
			problems.Addf(file, line, "这一行有%d格，表头有%d列：请补齐或删去多余的格", len(record), len(t.Columns))
			continue
		}
		row := Row{Line: line, Values: make(map[string]string, len(record))}
		for i, value := range trimAll(record) {
			row.Values[t.Columns[i]] = value
		}
		t.checkRow(row, names, problems)
		t.Rows = append(t.Rows, row)
	}
}

func addCSV(file string, err error, problems *problem.List) {
	line := 0
	if e, ok := errors.AsType[*csv.ParseError](err); ok {
		line = e.Line
	}
	problems.Addf(file, line, "引号没有成对，或者写在了格子中间：有引号的格子，整个用半角的引号括起来，里面的引号写两个")
}

func trimAll(fields []string) []string {
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	return fields
}

func (t *Table) checkHeader(problems *problem.List) bool {
	if len(t.Columns) > maxColumns {
		problems.Addf(t.File, 1, "有%d列，最多%d列：请删去用不到的列", len(t.Columns), maxColumns)
		return false
	}
	ok := true
	for _, want := range requiredColumns {
		if !slices.Contains(t.Columns, want) {
			problems.Addf(t.File, 1, "缺少 %s 这一列：每个表都要有 %s", want, strings.Join(requiredColumns, "、"))
			ok = false
		}
	}
	for i, column := range t.Columns {
		switch {
		case column == "":
			problems.Addf(t.File, 1, "第%d列没有名称：请在第一行写上", i+1)
			ok = false
		case strings.ContainsAny(column, "{}[]"):
			problems.Addf(t.File, 1, "列名%s里有括号：{}[] 只用在引用列名的文字里，请去掉", plaintext.Quote(column))
			ok = false
		case slices.Index(t.Columns, column) < i:
			problems.Addf(t.File, 1, "列名%s写了两次：请改一个", plaintext.Quote(column))
			ok = false
		}
	}
	return ok
}

// checkRow sees that a row can be shown, and that a name or alias leads to one row.
func (t *Table) checkRow(row Row, names map[string]int, problems *problem.List) {
	for _, column := range t.Columns {
		if unfit := plaintext.Unfit(row.Values[column]); unfit != "" {
			problems.Addf(t.File, row.Line, "%s 不能这样写：%s", column, unfit)
		} else if strings.ContainsAny(row.Values[column], "\r\n") {
			problems.Addf(t.File, row.Line, "%s 里有换行：请写成一行", column)
		}
	}
	for _, column := range []string{"name", "source"} {
		if row.Values[column] == "" {
			problems.Addf(t.File, row.Line, "%s 没有填写", column)
		}
	}
	if row.Values["name"] != "" {
		t.claim(row.Values["name"], "名称", row.Line, names, problems)
	}
	if row.Values["aliases"] == "" {
		return
	}
	for alias := range strings.SplitSeq(row.Values["aliases"], "|") {
		if alias = strings.TrimSpace(alias); alias == "" {
			problems.Addf(t.File, row.Line, "有空的别名：别名之间只用一个 | 隔开")
			continue
		}
		t.claim(alias, "别名", row.Line, names, problems)
	}
}

func (t *Table) claim(name, what string, line int, names map[string]int, problems *problem.List) {
	if first, taken := names[name]; taken {
		problems.Addf(t.File, line, "%s%s写了两次：第%d行已写，请改一个", what, plaintext.Quote(name), first)
		return
	}
	names[name] = line
}

// Aliases are the other names of the row's name.
func (r Row) Aliases() []string {
	if r.Values["aliases"] == "" {
		return nil
	}
	return trimAll(strings.Split(r.Values["aliases"], "|"))
}

// Names are the row's name and its aliases.
func (r Row) Names() []string { return append([]string{r.Values["name"]}, r.Aliases()...) }

// WithRows is base with more lines at the end of tables/NAME.csv, which base must have: how a rehearsal shows
// look-ups that the real folder leaves to its officials.
func WithRows(base fs.FS, table, rows string) fs.FS {
	return withRows{base, "tables/" + table + ".csv", rows}
}

type withRows struct {
	fs.FS
	file, rows string
}

func (w withRows) Open(name string) (fs.File, error) {
	f, err := w.FS.Open(name)
	if err != nil || name != w.file {
		return f, err
	}
	return appended{f, io.MultiReader(f, strings.NewReader("\n"+w.rows))}, nil
}

// appended reads past the end of its file; its Stat is the file's own.
type appended struct {
	fs.File
	r io.Reader
}

func (a appended) Read(p []byte) (int, error) { return a.r.Read(p) }
