package content

import (
	"os"
	"slices"
	"testing"
	"time"

	"towncrier/problem"
)

// patience is far above what a file of fuzzing's sizes takes, and far below what a quadratic reader would.
const patience = 5 * time.Second

func seed(f *testing.F, file string, more ...string) {
	data, err := os.ReadFile("../testdata/littletown/" + file)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	for _, s := range more {
		f.Add([]byte(s))
	}
}

func FuzzLoadNotice(f *testing.F) {
	seed(f, "notices/W1.md", "", "---\n---\n", "---\nid: &a [*a]\n---\n1. x", "---\n? - - -\n---\n", "---\n\"\n---\n1.\t\n2. ",
		"---\nid: |\n  W1\n---\n", "---\n<<: {id: W1}\n---\n1. 一\n", "---\n'': !!binary x\n---\n")
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > MaxFile {
			return
		}
		var problems problem.List
		began := time.Now()
		n := parseNotice("notices/W1.md", src, &problems)
		if took := time.Since(began); took > patience {
			t.Errorf("%d bytes took %v", len(src), took)
		}
		if problems.Faults() > 0 {
			return
		}
		if n.ID != "W1" || n.Headline == "" || len(n.Passages) == 0 {
			t.Errorf("no fault was found in %+v", n)
		}
		for i, p := range n.Passages {
			if slices.ContainsFunc(n.Passages[:i], func(o Passage) bool { return o.Number == p.Number }) {
				t.Errorf("passage %d is numbered %d, as another is", i+1, p.Number)
			}
		}
	})
}

func FuzzLoadTable(f *testing.F) {
	seed(f, "tables/waterpoints.csv", "", "name,aliases,source", "name,aliases,source\n\"", "name,aliases,source\n,,\n", "name,aliases,source\nx,|,y\n")
	f.Fuzz(func(t *testing.T, src []byte) {
		if len(src) > MaxFile {
			return
		}
		var problems problem.List
		began := time.Now()
		table := parseTable("tables/waterpoints.csv", src, &problems)
		if took := time.Since(began); took > patience {
			t.Errorf("%d bytes took %v", len(src), took)
		}
		if problems.Faults() > 0 {
			return
		}
		for _, row := range table.Rows {
			if row.Values["name"] == "" || row.Values["source"] == "" || len(row.Values) != len(table.Columns) {
				t.Errorf("no fault was found in %+v", row)
			}
		}
	})
}
