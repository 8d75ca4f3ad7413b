package content

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

func TestTablesMergeByRow(t *testing.T) {
	const base = "name,aliases,status,source\n甲小区,甲,已改造,名单\n乙小区,,未列入,名单\n丙小区,,未列入,名单\n"
	keepNone := func(string) Side { return Undecided }
	for _, c := range []struct {
		what, mine, theirs, want string
		conflicts                []string
	}{
		{"rows of both sides", "name,aliases,status,source\n甲小区,甲,已改造,名单\n乙小区,,已列入,名单\n丁小区,,已改造,名单\n丙小区,,未列入,名单\n",
			"name,aliases,status,source\n丙小区,,已改造,名单\n甲小区,甲,已改造,名单\n乙小区,,未列入,名单\n",
			"name,aliases,status,source\n丙小区,,已改造,名单\n甲小区,甲,已改造,名单\n乙小区,,已列入,名单\n丁小区,,已改造,名单\n", nil},
		{"a row that one removed", "name,aliases,status,source\n甲小区,甲,已改造,名单\n丙小区,,未列入,名单\n", base,
			"name,aliases,status,source\n甲小区,甲,已改造,名单\n丙小区,,未列入,名单\n", nil},
		{"a column of each", "name,aliases,status,year,source\n甲小区,甲,已改造,1998,名单\n乙小区,,未列入,,名单\n丙小区,,未列入,,名单\n",
			"name,aliases,committee,status,source\n甲小区,甲,,已改造,名单\n乙小区,,C01,未列入,名单\n丙小区,,,未列入,名单\n",
			"name,aliases,committee,status,year,source\n甲小区,甲,,已改造,1998,名单\n乙小区,,C01,未列入,,名单\n丙小区,,,未列入,,名单\n", nil},
		{"one row of both", strings.Replace(base, "乙小区,,未列入", "乙小区,,已列入", 1), strings.Replace(base, "乙小区,,未列入", "乙小区,,已改造", 1), "", []string{"乙小区"}},
		{"changed here, removed there", strings.Replace(base, "乙小区,,未列入", "乙小区,,已列入", 1), strings.Replace(base, "乙小区,,未列入,名单\n", "", 1), "", []string{"乙小区"}},
		{"the same on both sides", base + "丁小区,,已改造,名单\n", base + "丁小区,,已改造,名单\n", base + "丁小区,,已改造,名单\n", nil},
	} {
		got, conflicts, ok := MergeTables([]byte(base), []byte(c.mine), []byte(c.theirs), keepNone)
		if !ok || !slices.Equal(conflicts, c.conflicts) || c.want != "" && string(got) != c.want {
			t.Errorf("%s: %v %v\n%s", c.what, ok, conflicts, got)
		}
		kept, conflicts, _ := MergeTables([]byte(base), []byte(c.mine), []byte(c.theirs), func(string) Side { return Mine })
		if len(c.conflicts) > 0 && (!strings.Contains(string(kept), "乙小区,,已列入") || conflicts != nil) {
			t.Errorf("%s, kept: %v\n%s", c.what, conflicts, kept)
		}
	}
	if _, _, ok := MergeTables([]byte(base), []byte("甲\n"), []byte(base), keepNone); ok {
		t.Error("merged what is no table")
	}
}

// TestMergeLosesNothing: what only one side changed is as that side has it, and whatever both changed is named.
func TestMergeLosesNothing(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		draw := func(what string) map[string]string {
			return rapid.MapOf(rapid.SampledFrom([]string{"甲", "乙", "丙", "丁"}), rapid.SampledFrom([]string{"", "1", "2"})).Draw(r, what)
		}
		file := func(rows map[string]string) []byte {
			text := "name,aliases,status,source\n"
			for _, name := range slices.Sorted(maps.Keys(rows)) {
				text += fmt.Sprintf("%s,,%s,名单\n", name, rows[name])
			}
			return []byte(text)
		}
		rows := func(text []byte) map[string]string {
			table, problems := ReadTable("tables/t.csv", text)
			if problems.Faults() > 0 {
				r.Fatal(problems)
			}
			all := map[string]string{}
			for _, row := range table.Rows {
				all[row.Values["name"]] = row.Values["status"]
			}
			return all
		}
		base, mine, theirs := draw("base"), draw("mine"), draw("theirs")
		text, conflicts, ok := MergeTables(file(base), file(mine), file(theirs), func(string) Side { return Undecided })
		if !ok {
			r.Fatal("no tables")
		}
		got := rows(text)
		for _, name := range []string{"甲", "乙", "丙", "丁"} {
			at := func(rows map[string]string) string {
				if v, ok := rows[name]; ok {
					return "=" + v
				}
				return ""
			}
			b, m, h := at(base), at(mine), at(theirs)
			switch {
			case m != b && h != b && m != h:
				if !slices.Contains(conflicts, name) {
					r.Errorf("%s is no conflict", name)
				}
			case slices.Contains(conflicts, name) || m != b && at(got) != m || m == b && at(got) != h:
				r.Errorf("%s: %q %q %q is %q", name, b, m, h, at(got))
			}
		}
	})
}

func TestColumnsOfTables(t *testing.T) {
	city := City{Tables: []TableForm{{ID: "renovation", Name: "改造", Columns: []Column{{ID: "name", Name: "小区"}, {ID: "status", Name: "改造状态"}}}}}
	named := func(id string, present *Table) (all []string) {
		for _, c := range city.TableColumns(id, present) {
			all = append(all, c.ID+" "+c.Name)
		}
		return all
	}
	for _, c := range []struct {
		got  []string
		want string
	}{
		{named("renovation", &Table{Columns: []string{"name", "电话", "source"}}), "name 小区, 电话 电话, source 来源, status 改造状态, aliases 别名, committee 居委会"},
		{named("renovation", nil), "name 小区, status 改造状态, aliases 别名, committee 居委会, source 来源"},
		{named("other", nil), "name 名称, aliases 别名, committee 居委会, source 来源"},
	} {
		if got := strings.Join(c.got, ", "); got != c.want {
			t.Errorf("%s, want %s", got, c.want)
		}
	}
}

func TestFormsOfTablesAreChecked(t *testing.T) {
	for says, form := range map[string]string{
		"表的编号应为":    "{id: 改造, name: 改造}",
		"写了两次":      "{id: waterpoints, name: 取水点}\n  - {id: waterpoints, name: 取水点}",
		"一个表头只能指一列": "{id: a, name: 甲, columns: [{id: name, name: 名称},\n    {id: spot, name: 位置, also: [名称]}]}",
		"kind 只能写":  "{id: a, name: 甲, columns: [{id: name, name: 名称, kind: number}]}",
		"模板用括号写列名":  "{id: a, name: 甲, columns: [{id: '{x}', name: 名称}]}",
	} {
		files := town(t)
		text := string(files["city.yaml"].Data)
		before, _, _ := strings.Cut(text, "tables:")
		files["city.yaml"].Data = []byte(before + "tables:\n  - " + form + "\n")
		if _, problems := Load(files); problems.Faults() != 1 || !strings.Contains(problems.Error(), says) {
			t.Errorf("%s: %v", form, problems)
		}
	}
}

func TestCellsOfTablesAreOneLineOfText(t *testing.T) {
	for cell, says := range map[string]string{"<a href=x>甲</a>": "标记", `"甲` + "\n" + `乙"`: "换行", "甲\u200b": "看不见"} {
		_, problems := ReadTable("tables/t.csv", []byte("name,aliases,status,source\n甲小区,,"+cell+",名单\n"))
		if problems.Faults() != 1 || !strings.Contains(problems.Error(), says) {
			t.Errorf("%q: %v", cell, problems)
		}
	}
}
