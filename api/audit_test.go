package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/staff"
)

// TestAuditAsAFile: the file has what the list has under the same filters, no cell acts as a formula, and who took it is on record.
func TestAuditAsAFile(t *testing.T) {
	each(t, func(r *fixture) {
		r.do(staff.Admin, "POST", "/staff", `{"id":"wang","name":"=王","role":"author"}`).is(201)
		rows := r.do(staff.Auditor, "GET", "/audit.csv?action="+url.QueryEscape("添加工作人员")+"&subject=wang", "").table()
		if len(rows) != 2 || strings.Join(rows[0], " ") != "序号 时间 操作 谁 账号 关于 编号 详情 来自 校验值" {
			t.Fatalf("%q", rows)
		}
		row := rows[1]
		if row[2] != "添加工作人员" || row[4] != "staff:admin-1" || strings.HasPrefix(row[5], "=") || !strings.Contains(row[5], "=王") || row[6] != "wang" || len(row[9]) != 64 {
			t.Errorf("%q", row)
		}
		if taken := r.do(staff.Auditor, "GET", "/audit?limit=1", "").is(200)["items"].([]any)[0].(map[string]any); taken["detail_label"] != "格式：csv，操作：添加工作人员，关于：wang" {
			t.Errorf("what was taken is not on record: %v", taken)
		}
		before := r.do(staff.Auditor, "GET", "/audit?limit=200", "").is(200)["items"].([]any)
		rows = r.do(staff.Auditor, "GET", "/audit.csv", "").table()
		if len(rows) != len(before)+2 || rows[1][2] != "导出审计日志" || rows[1][4] != "staff:auditor-1" {
			t.Errorf("%d rows for %d entries, the newest %q", len(rows), len(before), rows[1])
		}
		for i, e := range before {
			if entry := e.(map[string]any); rows[i+2][9] != entry["hash"] || rows[i+2][2] != entry["action_label"] {
				t.Errorf("row %d is %q, entry %v", i, rows[i+2], entry)
			}
		}
		r.do(staff.Auditor, "GET", "/audit.csv?actor=nobody", "").problem(422, "invalid", "query.actor")
		r.do(staff.Author, "GET", "/audit.csv", "").problem(403, "right")
		if slices.ContainsFunc(r.trail("staff:author-1"), func(e audit.Entry) bool { return e.Action == "audit.export" }) {
			t.Error("an export that was refused is on record as done")
		}
	})
}
