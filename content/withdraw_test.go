package content

import (
	"bytes"
	"strings"
	"testing"
	"testing/fstest"

	"towncrier/problem"
)

const inForce = `---
id: N1
headline: 停水通知
issuer: 示例镇供水所
publisher: 示例镇报
date: 2026-11-01
year_inferred: false
area: 示例镇
review_by: 2027-11-01
status: in_force  # 每年复核
---

1. 今天停水。
2. status: in_force 是正文里的字。
`

// TestWithdrawChangesNothingElse: whatever way a notice's front matter is written, it is withdrawn, still loads, and says the same.
func TestWithdrawChangesNothingElse(t *testing.T) {
	for name, src := range map[string]string{
		"plain":         inForce,
		"CRLF":          strings.ReplaceAll(inForce, "\n", "\r\n"),
		"CR":            strings.ReplaceAll(inForce, "\n", "\r"),
		"byte order":    "\ufeff" + inForce,
		"quoted":        strings.Replace(inForce, "status: in_force", `"status": "in_force"`, 1),
		"superseded":    strings.Replace(inForce, "status: in_force", "superseded_by: N9\nstatus: superseded", 1),
		"flow":          "---\n{id: N1, headline: 停水通知, issuer: 示例镇供水所, publisher: 示例镇报, date: 2026-11-01, year_inferred: false, area: 示例镇, review_by: 2027-11-01, status: in_force}\n---\n\n1. 今天停水。\n2. status: in_force 是正文里的字。\n",
		"multiple line": strings.Replace(inForce, "status: in_force  # 每年复核", "status:\n  in_force", 1),
	} {
		for _, successor := range []string{"", "N2"} {
			t.Run(name+successor, func(t *testing.T) {
				var problems problem.List
				before := parseNotice("notices/N1.md", normalise([]byte(src)), &problems)
				out := Withdraw([]byte(src), successor)
				after := parseNotice("notices/N1.md", normalise(out), &problems)
				if problems.Faults() > 0 {
					t.Fatalf("%v in\n%s", problems, out)
				}
				if after.Status != Withdrawn || after.SupersededBy != successor {
					t.Errorf("status %s, successor %q", after.Status, after.SupersededBy)
				}
				if got := WithdrawnIn(fstest.MapFS{"notices/N1.md": {Data: out}}); len(got) != 1 {
					t.Errorf("not seen as withdrawn:\n%s", out)
				}
				if string(after.Format()) != string(withStatus(before, successor).Format()) {
					t.Errorf("says something else:\n%s", out)
				}
				if again := Withdraw(out, successor); !bytes.Equal(again, out) {
					t.Errorf("withdrawn again it is\n%s", again)
				}
			})
		}
	}
}

func withStatus(n *Notice, successor string) *Notice {
	other := *n
	other.Status, other.SupersededBy = Withdrawn, successor
	return &other
}

// TestFormatIsParsed: a notice that was written by Format parses to the same notice.
func TestFormatIsParsed(t *testing.T) {
	n := &Notice{ID: "N1", Headline: `"引号": 与 # 井号`, Issuer: "- 横线", Publisher: "2026", Date: Date{2026, 11, 1}, YearInferred: true,
		Area: "yes", ReviewBy: Date{2027, 1, 1}, Status: Superseded, SupersededBy: "N2", Passages: []Passage{{1, "甲：1. 2。", 0}, {2, "---", 0}}}
	var problems problem.List
	got := parseNotice("notices/N1.md", n.Format(), &problems)
	if problems.Faults() > 0 || !bytes.Equal(got.Format(), n.Format()) || got.Headline != n.Headline || got.Area != n.Area {
		t.Errorf("%v\n%s\n%s", problems, n.Format(), got.Format())
	}
}
