package page_test

import (
	"strings"
	"testing"

	"towncrier/desk/page"
)

// TestDiff: what stays and goes is the text before, what stays and comes is the text after, and no more is marked than changed.
func TestDiff(t *testing.T) {
	long := strings.Repeat("第一行\n", 3000)
	for _, c := range []struct{ before, after, marked string }{
		{"", "", ""},
		{"", "新", "+新"},
		{"旧", "", "-旧"},
		{"将于11月开展", "将于11月底前开展", "+底前"},
		{"12月1日 09:00", "12月2日 10:00", "-1+2+1-9"},
		{"😀好", "😁好", "-😀+😁"},
		{long + "末", long + "尾", "-末+尾"},
		{"甲\n" + long + "乙\n", "丙\n" + long + "丁\n", "-甲\n" + long + "乙\n+丙\n" + long + "丁\n"},
	} {
		var before, after, marked strings.Builder
		for _, change := range page.Diff(c.before, c.after) {
			switch change.Kind {
			case "same":
				before.WriteString(change.Text)
				after.WriteString(change.Text)
			case "cut":
				before.WriteString(change.Text)
				marked.WriteString("-" + change.Text)
			case "add":
				after.WriteString(change.Text)
				marked.WriteString("+" + change.Text)
			}
		}
		if before.String() != c.before || after.String() != c.after {
			t.Errorf("%.20q -> %.20q is lost", c.before, c.after)
		}
		if marked.String() != c.marked {
			t.Errorf("%.20q -> %.20q marks %.40q, want %.40q", c.before, c.after, marked.String(), c.marked)
		}
	}
}
