package api_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/sheet"
	"towncrier/staff"
)

// table demands a file of rows, as spreadsheets open it.
func (a answer) table() [][]string {
	a.t.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
		a.t.Fatalf("%s: %d %v %s", a.what, a.status, a.header, a.body)
	}
	text, marked := strings.CutPrefix(a.body, "\ufeff")
	if !marked || !strings.HasSuffix(text, "\r\n") {
		a.t.Errorf("%s: %q", a.what, a.body)
	}
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	if err != nil {
		a.t.Fatal(err)
	}
	return rows
}

// workbook demands an XLSX file of rows.
func workbook(t testing.TB, a answer) (rows [][]string) {
	t.Helper()
	if a.status != http.StatusOK || a.header.Get("Content-Type") != sheet.ContentType(sheet.XLSX) || !strings.HasSuffix(a.header.Get("Content-Disposition"), ".xlsx") {
		t.Fatalf("%s: %d %v", a.what, a.status, a.header)
	}
	book, err := excelize.OpenReader(strings.NewReader(a.body))
	if err == nil {
		rows, err = book.GetRows(book.GetSheetName(0))
	}
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

// TestReportsAsFiles: the files say and hide what the answers do, in words that officials read, and are on record.
func TestReportsAsFiles(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 12 {
			r.agreeing(n, here)
		}
		r.agreeing(12, there)
		id := r.approved(staff.Author, `{"title":"=cmd|' /C calc'!A0","audience":{"all":true}}`)
		r.act(staff.Author, id, "schedule", "", "scheduled")
		r.begin(id)
		states := slices.Repeat([]broadcast.State{broadcast.Accepted}, 12)
		r.deliver(id, append(states, broadcast.Failed)...)
		at := "/broadcasts/" + id

		rows := r.do(staff.Author, "GET", at+"/deliveries.csv", "").table()
		if len(rows) != 14 || strings.Join(rows[0], " ") != "序号 渠道 轮次 状态 原因 错误码 平台编号 提交次数 提交时间 更新时间" ||
			strings.Join(rows[1], " ") != "1 短信 1 已提交，等待回执   biz-1 1 2023-11-13 12:00:00 2023-11-13 12:00:00" ||
			rows[13][3] != "提交失败" || rows[13][5] != "MK:0001" {
			r.t.Errorf("an author's: %q", rows)
		}
		rows = r.do(staff.Admin, "GET", at+"/deliveries.csv?state="+"提交失败", "").table()
		if len(rows) != 2 || rows[0][1] != "居民编号" || rows[1][2] != "199****0012" || len(rows[1][1]) != 32 {
			r.t.Errorf("an admin's: %q", rows)
		}
		if rows := r.do(staff.Committee, "GET", at+"/deliveries.csv", "").table(); len(rows) != 13 || rows[1][2] != "199****0000" {
			r.t.Errorf("a committee's: %q", rows)
		}

		report := fmt.Sprint(r.do(staff.Author, "GET", at+"/report.csv", "").table())
		for _, want := range []string{"[类别 渠道 项目 数值]", "[群发  编号 " + id + "]", "[群发  标题 '=cmd|' /C calc'!A0]", "[群发  发送范围 全体居民]", "[投递 短信 已提交，等待回执 12]",
			"[投递 短信 提交失败 1]", "[投递  未了结 12]", "[失败原因 短信 提交失败：", "（MK:0001） 1]", "[费用 短信 最多 "} {
			if !strings.Contains(report, want) {
				r.t.Errorf("the report lacks %s: %s", want, report)
			}
		}
		if own := fmt.Sprint(r.do(staff.Committee, "GET", at+"/report.csv", "").table()); !strings.Contains(own, "[群发  只统计社区 C01]") || strings.Contains(own, "费用") ||
			!strings.Contains(own, "[投递 短信 已提交，等待回执 12]") {
			r.t.Errorf("a committee's report: %s", own)
		}
		// C02 has one, so that C01 is not told to the last either.
		if reach := fmt.Sprint(r.do(staff.Auditor, "GET", at+"/reach.csv", "").table()); reach != "[[社区代码 社区 接收人 已送达 可能收到 待发送 未收到] "+
			"[C01 示例社区C01 不单独显示 不显示 不显示 不显示 不显示] [C02 示例社区C02 少于10人 不显示 不显示 不显示 不显示]]" {
			r.t.Errorf("by committee: %s", reach)
		}
		for _, what := range []string{"report", "reach", "deliveries"} { // the same, for spreadsheets
			got := r.do(staff.Author, "GET", at+"/"+what+".xlsx", "")
			rows, want := workbook(r.t, got), r.do(staff.Author, "GET", at+"/"+what+".csv", "").table()
			if last := len(want) - 1; len(rows) != len(want) || !slices.Equal(rows[0], want[0]) || !slices.Equal(rows[last], want[last]) {
				r.t.Errorf("%s as XLSX: %v, want %v", what, rows, want)
			}
		}
		for action, want := range map[string]int{"broadcast.deliveries": 3, "broadcast.report": 2, "broadcast.reach": 1} {
			acts, err := r.db.Audit().List(r.t.Context(), 0, 100, audit.Filter{Action: action, Subject: id})
			if err != nil || len(acts) != want+2 || acts[0].Detail != "format=csv" || acts[1].Detail != "format=xlsx" {
				r.t.Errorf("%s: %v, %v", action, acts, err)
			}
		}

		few := r.approved(staff.Author, `{"audience":{"committee":"`+there+`"}}`)
		r.act(staff.Author, few, "schedule", "", "scheduled")
		r.begin(few)
		r.do(staff.Author, "GET", "/broadcasts/"+few+"/deliveries.csv", "").problem(403, "few")
		if report := fmt.Sprint(r.do(staff.Author, "GET", "/broadcasts/"+few+"/report.csv", "").table()); !strings.Contains(report, "[群发  统计 接收人少于10人，不显示数字]") || strings.Contains(report, "投递") {
			r.t.Errorf("of few: %s", report)
		}
		for _, file := range []string{"/deliveries.csv", "/report.csv", "/reach.csv"} {
			r.do(staff.Committee, "GET", "/broadcasts/BAAAAAAAAAA"+file, "").problem(404, "not-found")
		}
		r.do(staff.Author, "GET", at+"/deliveries.csv?state=x", "").problem(422, "invalid", "query.state")
	})
}
