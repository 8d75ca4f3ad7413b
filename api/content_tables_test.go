package api_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

const pointsHeading = "取水点,别名,位置,开放时间,来源\n"

// points is the table of the second city as officials hand it in.
const points = pointsHeading + "槐树取水点,大槐树、老槐树,东街槐树下,8时至18时,示例水站登记（虚构）\n石桥取水点,石桥头,石桥北头,,示例水站登记（虚构）\n戏台取水点,,戏台西侧,9时至17时,示例水站登记（虚构）\n"

// of lists the names in an answer's list.
func of(m map[string]any, list string) (names []string) {
	for _, v := range m[list].([]any) {
		names = append(names, v.(string))
	}
	return names
}

// TestTableIsWrittenAsASpreadsheet: shown first, refused cell by cell, written, and given out to be handed in again, as text and as a workbook.
func TestTableIsWrittenAsASpreadsheet(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("取水点")
	at := draft + "/tables/取水点"
	before := r.do(staff.Author, "GET", at, "")
	if before.status != 200 || !strings.HasPrefix(before.body, "\ufeff取水点,别名,位置,开放时间,来源,居委会\r\n槐树取水点,大槐树|老槐树,东街槐树下,8时至18时,示例水站登记（虚构）,\r\n") {
		t.Errorf("%q", before.body)
	}
	next := strings.Replace(points, "9时至17时", "9时至16时", 1) + "河边取水点,,河边,,示例水站登记（虚构）\n"
	next = strings.Replace(next, "石桥取水点,石桥头,石桥北头,,示例水站登记（虚构）\n", "", 1)
	shown := r.do(staff.Author, "PUT", at+"?preview=true", next).is(200)
	counts := shown["counts"].(map[string]any)
	changed := shown["changed"].([]any)[0].(map[string]any)
	if shown["table"] != "waterpoints" || shown["name"] != "取水点" || shown["draft"] != nil || !slices.Equal(of(shown, "added"), []string{"河边取水点"}) || !slices.Equal(of(shown, "removed"), []string{"石桥取水点"}) ||
		changed["row"] != "戏台取水点" || changed["column"] != "开放时间" || changed["before"] != "9时至17时" || changed["after"] != "9时至16时" || counts["changed"] != 1.0 || shown["rows"] != 3.0 {
		t.Errorf("%v", shown)
	}
	if again := r.do(staff.Author, "GET", at, ""); again.body != before.body {
		t.Errorf("a preview was written: %s", again.body)
	}

	r.do(staff.Author, "PUT", at, next).problem(409, "conflict", "")
	file := r.do(staff.Author, "GET", draft+"/file?path=tables/waterpoints.csv", "").is(200)
	was := "?was=" + file["digest"].(string)
	refused := r.do(staff.Author, "PUT", at+was, pointsHeading+"槐树取水点,,<b>东街</b>,,示例\n槐树取水点,,,,\n")
	refused.problem(422, "cells", "body.C2", "body.A3", "body.E3")
	for _, want := range []string{"位置：有网页或 Markdown 标记", "与A2里的名称或别名相同", "E3：来源没有填写", "什么都没有改动"} {
		if !strings.Contains(refused.body, want) {
			t.Errorf("no %s in %s", want, refused.body)
		}
	}
	r.do(staff.Author, "PUT", at+was, "没有表头\n").problem(422, "invalid", "body")
	r.do(staff.Author, "PUT", at+was, strings.Repeat("长", 2<<20)).problem(422, "invalid", "body")
	r.do(staff.Author, "PUT", at+was, filtered(t)).problem(422, "invalid", "body")
	r.do(staff.Author, "PUT", draft+"/tables/..%2Fcity"+was, next).problem(422, "invalid", "path.name")
	r.do(staff.Author, "GET", draft+"/tables/nowhere", "").problem(404, "not-found", "")

	written := r.do(staff.Author, "PUT", at+was, next).is(200)
	if files := written["draft"].(map[string]any)["files"].([]any); len(files) != 1 || files[0] != "tables/waterpoints.csv" {
		t.Errorf("%v", written)
	}
	mine := r.do(staff.Author, "GET", draft+"/file?path=tables/waterpoints.csv", "").is(200)
	if mine["digest"] != written["digest"] {
		t.Errorf("%v, want %v", mine["digest"], written["digest"])
	}
	for _, format := range []string{"csv", "xlsx"} {
		out := r.do(staff.Author, "GET", at+"?format="+format, "")
		if out.status != 200 || out.header.Get("Content-Disposition") != "attachment; filename=waterpoints."+format {
			t.Errorf("%v", out.header)
		}
		same := r.do(staff.Author, "PUT", at+"?was="+mine["digest"].(string), out.body).is(200)
		if same["digest"] != mine["digest"] || len(same["changed"].([]any)) > 0 {
			t.Errorf("%s given out and handed in again: %v", format, same)
		}
	}
	r.publishDraft(draft)
	if got := r.do(staff.Auditor, "GET", "/content/revisions/0/tables/waterpoints", ""); !strings.Contains(got.body, "河边取水点") {
		t.Errorf("%s", got.body)
	}
}

// filtered is a workbook in which a filter hides a row.
func filtered(t *testing.T) string {
	t.Helper()
	book := excelize.NewFile()
	for i, row := range [][]any{{"取水点", "别名", "位置", "开放时间", "来源"}, {"槐树取水点", "", "东街", "", "示例"}, {"石桥取水点", "", "石桥", "", "示例"}} {
		if err := book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := errors.Join(book.SetRowVisible("Sheet1", 3, false), book.Write(&b)); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// TestCommitteeHandsInItsRows, which become a draft of its own; it touches no other row, no other file and no other draft.
func TestCommitteeHandsInItsRows(t *testing.T) {
	each(t, func(r *fixture) {
		for code, name := range map[string]string{here: "演示第一社区居委会", there: "演示第二社区居委会"} {
			if _, err := r.roster.PutCommittee(t.Context(), audit.Local("test"), roster.Committee{Code: code, Name: name}); err != nil {
				t.Fatal(err)
			}
		}
		other := r.hire(staff.Person{ID: "committee-2", Name: "别处", Role: staff.Committee, Committee: there})
		const path = "/content/tables/waterpoints"
		theirs := r.as(other, "PUT", path, pointsHeading+"河边取水点,,河边,,示例\n").is(200)["draft"].(map[string]any)["id"].(string)
		citys := strings.TrimPrefix(r.beginContent("全市的稿"), "/content/drafts/")

		if shown := r.do(staff.Committee, "PUT", path+"?preview=true", pointsHeading+"桥东取水点,,桥东,,示例\n").is(200); shown["draft"] != nil || !slices.Equal(of(shown, "added"), []string{"桥东取水点"}) {
			t.Errorf("%v", shown)
		}
		made := r.do(staff.Committee, "PUT", path, pointsHeading+"桥东取水点,,桥东,,示例\n桥西取水点,,桥西,,示例\n").is(200)
		d := made["draft"].(map[string]any)
		mine := "/content/drafts/" + d["id"].(string)
		if d["committee"] != here || d["committee_name"] != "演示第一社区居委会" || d["title"] != "演示第一社区居委会填报：取水点" {
			t.Errorf("%v", d)
		}
		var listed []string
		for _, item := range r.do(staff.Committee, "GET", "/content/drafts", "").is(200)["items"].([]any) {
			listed = append(listed, item.(map[string]any)["id"].(string))
		}
		if !slices.Equal(listed, []string{d["id"].(string)}) {
			t.Errorf("a committee's list: %v", listed)
		}
		for _, id := range []string{theirs, citys} {
			for _, what := range []string{"", "/changes", "/differences", "/file?path=tables/waterpoints.csv", "/tables/waterpoints"} {
				r.do(staff.Committee, "GET", "/content/drafts/"+id+what, "").problem(404, "not-found", "")
			}
			r.do(staff.Committee, "GET", "/content/drafts?after="+id, "").problem(400, "cursor", "query.after")
		}
		for _, id := range []string{theirs, citys, d["id"].(string)} {
			for _, do := range [][2]string{{"PUT", "/tables/waterpoints"}, {"PUT", "/file?path=notices/X.md"}, {"DELETE", "/file?path=notices/L1.md"}, {"POST", "/submit"}, {"POST", "/publish"},
				{"POST", "/rebase"}, {"POST", "/drop"}, {"POST", "/return"}} {
				r.do(staff.Committee, do[0], "/content/drafts/"+id+do[1], "{}").problem(403, "right", "")
			}
		}
		r.do(staff.Committee, "PUT", "/content/tables/nowhere", points).problem(404, "not-found", "")

		// Its file is its rows, all of them: what it leaves out goes, and nobody else's does.
		again := r.do(staff.Committee, "PUT", path, "取水点,位置,来源,居委会\n桥东取水点,桥东头,示例,演示第一社区\n").is(200)
		if again["draft"].(map[string]any)["id"] != d["id"] || !slices.Equal(of(again, "removed"), []string{"桥西取水点"}) || again["rows"] != 4.0 {
			t.Errorf("%v", again)
		}
		refused := r.do(staff.Committee, "PUT", path, pointsHeading+"槐树取水点,,,,示例\n桥南取水点,老槐树,,,示例\n")
		refused.problem(422, "cells", "body.A2", "body.B3")
		r.do(staff.Committee, "PUT", path, "取水点,位置,来源,居委会\n桥南取水点,桥南,示例,"+there+"\n").problem(422, "cells", "body.D2")
		if own := r.do(staff.Committee, "GET", mine+"/tables/取水点", ""); strings.Count(own.body, "\n") != 2 || !strings.Contains(own.body, "桥东取水点") {
			t.Errorf("its own rows: %s", own.body)
		}

		// Both committees' drafts are submitted and published by others, one after the other.
		for who, waits := range map[staff.Role]int{staff.Author: 2, staff.Approver: 0, staff.Committee: 0} {
			if tasks := r.do(who, "GET", "/me/tasks", ""); strings.Count(tasks.body, `"content-handed-in"`) != waits {
				t.Errorf("what was handed in waits for %s, %d wanted: %s", who, waits, tasks.body)
			}
		}
		r.publishDraft("/content/drafts/" + theirs)
		r.do(staff.Author, "POST", mine+"/submit", "{}").problem(409, "stale", "")
		r.do(staff.Author, "POST", mine+"/rebase", "{}").is(200)
		sent := r.do(staff.Author, "POST", mine+"/submit", "{}").is(200)
		r.do(staff.Approver, "POST", mine+"/return", `{"why":"请写开放时间"}`).is(200)
		tasks := r.do(staff.Committee, "GET", "/me/tasks", "")
		if !strings.Contains(tasks.body, `"content-returned"`) || !strings.Contains(tasks.body, "请写开放时间") {
			t.Errorf("%s", tasks.body)
		}
		r.do(staff.Committee, "PUT", path, "取水点,位置,来源,开放时间\n桥东取水点,桥东头,示例,全天\n").is(200)
		r.do(staff.Approver, "POST", mine+"/publish", `{"hash":"`+sent["hash"].(string)+`"}`).problem(409, "state", "")
		r.publishDraft(mine)
		now := r.do(staff.Auditor, "GET", "/content/revisions/0/tables/waterpoints", "")
		for _, want := range []string{"槐树取水点", "河边取水点,,河边,,示例," + there, "桥东取水点,,桥东头,全天,示例," + here} {
			if !strings.Contains(now.body, want) {
				t.Errorf("%s is not in\n%s", want, now.body)
			}
		}
		r.do(staff.Committee, "PUT", path, "取水点,位置,来源,开放时间\n桥东取水点,桥东头,示例,全天\n").problem(409, "empty", "")
	})
}

// TestTwoAuthorsOfOneTable: the rows of both are in, and one that both changed is named.
func TestTwoAuthorsOfOneTable(t *testing.T) {
	r := lite(t)
	first, second := r.beginContent("甲"), r.beginContent("乙")
	r.rewrite(first, "tables/waterpoints.csv", "8时至18时", "8时至17时")
	r.rewrite(second, "tables/waterpoints.csv", "8时至18时", "全天")
	r.rewrite(second, "tables/waterpoints.csv", "9时至17时", "9时至16时")
	r.publishDraft(first)
	const row = "tables/waterpoints.csv#槐树取水点"
	refused := r.do(staff.Author, "POST", second+"/rebase", "{}")
	var p struct{ Errors []struct{ Message string } }
	if err := json.Unmarshal([]byte(refused.body), &p); err != nil || refused.status != 409 || len(p.Errors) != 1 || !strings.Contains(p.Errors[0].Message, row) {
		t.Errorf("%d %s", refused.status, refused.body)
	}
	r.do(staff.Author, "POST", second+"/rebase", `{"keep":["`+row+`"]}`).is(200)
	r.publishDraft(second)
	if now := r.do(staff.Auditor, "GET", "/content/revisions/0/tables/waterpoints", ""); !strings.Contains(now.body, "全天") || !strings.Contains(now.body, "9时至16时") {
		t.Errorf("%s", now.body)
	}
}

// TestLargeSheets are refused in words, at the row from which they are too large.
func TestLargeSheets(t *testing.T) {
	r := lite(t)
	at := r.beginContent("大") + "/tables/waterpoints"
	var b strings.Builder
	b.WriteString(pointsHeading)
	for i := range 8_000 {
		fmt.Fprintf(&b, "取水点%d,,%s,,示例\n", i, strings.Repeat("位", 60))
	}
	refused := r.do(staff.Author, "PUT", at, b.String())
	if refused.problem(422, "invalid", "body"); !strings.Contains(refused.body, "行起放不下") {
		t.Errorf("%s", refused.body)
	}
	if huge := r.do(staff.Author, "PUT", at, strings.Repeat("a,b,c\n", 20<<20/6)); !strings.Contains(huge.body, "文件超过4 MiB") {
		t.Errorf("%d %s", huge.status, huge.body)
	}
}
