package roster_test

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"towncrier/roster"
)

func planCommittees(t *testing.T, file string, known ...roster.Committee) (*roster.CommitteePlan, []roster.RowProblem) {
	t.Helper()
	var problems []roster.RowProblem
	p, err := roster.PlanCommittees(t.Context(), open(t, save(t, "c.csv", file)), known, func(p roster.RowProblem) { problems = append(problems, p) })
	if err != nil {
		t.Fatal(err)
	}
	return p, problems
}

// TestPlanOfCommittees: rows are counted as rows, faults have their column and cell, and a committee with a fault is left out with all its rows.
func TestPlanOfCommittees(t *testing.T) {
	p, problems := planCommittees(t, "居委会一览表,,,\n代码,名称,街道,小区\n"+
		"C001,东城社区,一街,甲园\nC001,,,乙园\nC002,西城社区,一街,丙园\n,,,\nC002,西城,一街,丁园\nC 3,南城社区,,\nC004,,,\nC005,北城社区,二街,\n",
		roster.Committee{Code: "C005", Name: "北城社区", Street: "二街"})
	var said []string
	for _, p := range problems {
		said = append(said, p.Column+p.Cell)
	}
	if got := fmt.Sprint(said); got != "[名称B7 代码A8 名称B9]" {
		t.Errorf("problems at %s: %+v", got, problems)
	}
	if p.Rows != 7 || p.Bad != 4 || p.Good() != 3 || p.Planned != (roster.ImportCounts{Added: 1, Unchanged: 1}) {
		t.Errorf("%d rows, %d bad, planned %+v", p.Rows, p.Bad, p.Planned)
	}
	if len(p.Changes) != 1 || p.Changes[0].Code != "C001" || p.Changes[0].Rows != 2 || fmt.Sprint(p.Changes[0].Communities) != "[乙园 甲园]" {
		t.Errorf("changes %+v", p.Changes)
	}

	bad := writeBad(t, p)
	if !strings.Contains(bad, "5,同一居委会的第7行有问题，整个居委会没有导入,C002,西城社区,一街,丙园") || strings.Count(bad, "\n") != 5 {
		t.Errorf("bad rows:\n%s", bad)
	}
	mended := strings.NewReplacer(",西城,", ",西城社区,", "C 3", "C003", "C004,,", "C004,中城社区,").Replace(bad)
	if again, problems := planCommittees(t, mended); again.Bad != 0 || again.Planned.Added != 3 {
		t.Errorf("mended: %+v %+v\n%s", again.Planned, problems, mended)
	}
}

// TestPlanOfCommitteesIsBounded: a table that is none of committees does not fill the memory.
func TestPlanOfCommitteesIsBounded(t *testing.T) {
	for name, row := range map[string]string{"good": "C%d,社区\n", "bad": "C%d,\n"} {
		var file strings.Builder
		file.WriteString("代码,名称\n")
		for n := range 20_001 {
			fmt.Fprintf(&file, row, n)
		}
		_, err := roster.PlanCommittees(t.Context(), open(t, save(t, "c.csv", file.String())), nil, func(roster.RowProblem) {})
		if err == nil || !strings.Contains(err.Error(), "超过20000个居委会") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestCommitteeInManyRows: its communities may stand one in each row, in any order and again and again, at most as many as a committee may have. What a
// row costs does not grow with how many there are.
func TestCommitteeInManyRows(t *testing.T) {
	const rows = 50_000
	var file strings.Builder
	file.WriteString("代码,名称,小区\n")
	for n := range rows {
		fmt.Fprintf(&file, "C001,东城社区,小区%03d\n", (n*7)%roster.MaxCommunities)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	p, problems := planCommittees(t, file.String())
	runtime.ReadMemStats(&after)
	if perRow := (after.TotalAlloc - before.TotalAlloc) / rows; perRow > 4096 {
		t.Errorf("%d bytes a row", perRow)
	}
	if len(problems) > 0 || p.Rows != rows || len(p.Changes) != 1 || p.Changes[0].Rows != rows || len(p.Changes[0].Communities) != roster.MaxCommunities || !slices.IsSorted(p.Changes[0].Communities) {
		t.Errorf("%d rows, problems %v, changes %d", p.Rows, problems, len(p.Changes))
	}
	file.WriteString("C001,东城社区,再一个小区\n")
	if p, problems = planCommittees(t, file.String()); len(problems) != 1 || problems[0].Row != rows+2 || problems[0].Column != "小区" || p.Bad != rows+1 {
		t.Errorf("one more: %+v, %d bad", problems, p.Bad)
	}
}
