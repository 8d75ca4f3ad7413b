package api_test

import (
	"fmt"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestWhatIsSigned: every field that is hashed is listed with a label, the difference to what was submitted before is told field by field,
// and who can approve is named.
func TestWhatIsSigned(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 12 {
			r.agreeing(n+1, here)
		}
		id := r.draft(staff.Author, sendsToAll)
		at := "/broadcasts/" + id
		signed := r.do(staff.Approver, "GET", at+"/signed", "")
		if s := signed.is(200); s["intact"] != false || !strings.Contains(signed.body, "送审时统计") {
			t.Errorf("of a draft: %s", signed.body)
		}
		if d := r.do(staff.Approver, "GET", at+"/difference", "").is(200); d["from"] != nil || d["to"] != nil || len(d["changes"].([]any)) > 0 {
			t.Errorf("of a draft: %v", d)
		}
		r.act(staff.Author, id, "submit", "", "submitted")
		if d := r.do(staff.Approver, "GET", at+"/difference", "").is(200); d["label"] != "首次送审" {
			t.Errorf("of the first: %v", d)
		}
		s := r.do(staff.Approver, "GET", at+"/signed", "").is(200)
		if s["intact"] != true || len(s["groups"].([]any)) != 7 {
			t.Errorf("signed %v", s)
		}
		for _, g := range s["groups"].([]any) {
			for _, f := range g.(map[string]any)["fields"].([]any) {
				if f := f.(map[string]any); f["label"] == "" || f["field"] == "size" && f["value"] != "约10人" {
					t.Errorf("%v", f)
				}
			}
		}
		r.act(staff.Approver, id, "reject", `{"why":"请改短"}`, "draft")
		b := r.do(staff.Author, "GET", at, "").is(200)
		version := int(b["version"].(float64))
		r.do(staff.Author, "PUT", at, fmt.Sprintf(`{"version":%d,"proposal":%s}`, version, strings.Replace(proposed, `"title":"`, `"title":"又`, 1))).is(200)
		r.act(staff.Author, id, "submit", "", "submitted")

		d := r.do(staff.Approver, "GET", at+"/difference", "").is(200)
		var titles []any
		for _, c := range d["changes"].([]any) {
			if c := c.(map[string]any); c["field"] == "title" {
				titles = append(titles, c["fate_label"], c["label"], c["group_label"])
			}
		}
		if fmt.Sprint(titles) != "[改 标题 基本情况]" || !strings.HasPrefix(d["label"].(string), "与第1次送审相比，有") || d["from"].(map[string]any)["act_label"] != "送审" {
			t.Errorf("difference %v", d)
		}
		r.do(staff.Approver, "GET", at+"/difference?from=0", "").problem(422, "invalid", "query.from")

		var told []string
		for _, v := range r.do(staff.Auditor, "GET", at+"/revisions", "").is(200)["items"].([]any) {
			v := v.(map[string]any)
			told = append(told, fmt.Sprint(v["act"], " ", v["by"], " ", v["submission"]))
		}
		want := "[submit author-1 2 edit author-1 <nil> reject approver-1 <nil> submit author-1 1 new author-1 <nil>]"
		if fmt.Sprint(told) != want {
			t.Errorf("told %v", told)
		}
		for _, role := range []staff.Role{staff.Author, staff.Approver} {
			if page := r.do(role, "GET", at+"/approvers", "").is(200); !strings.Contains(fmt.Sprint(page["items"]), "approver-1") || strings.Contains(fmt.Sprint(page["items"]), "author-1") {
				t.Errorf("who can approve: %v", page)
			}
		}
	})
}

// TestTwoSignatures: the first leaves it submitted and says who signed; the same person is refused the second.
func TestTwoSignatures(t *testing.T) {
	each(t, func(r *fixture) {
		r.broadcasts.Approvals = 2
		for n := range 12 {
			r.agreeing(n+1, here)
		}
		other := r.hire(staff.Person{ID: "approver-2", Name: "另一位", Role: staff.Approver})
		id := r.draft(staff.Author, sendsToAll)
		at := "/broadcasts/" + id
		hash := `{"hash":"` + r.act(staff.Author, id, "submit", "", "submitted")["hash"].(string) + `"}`
		if b := r.act(staff.Approver, id, "approve", hash, "submitted"); b["reviewer"] != "approver-1" || b["signatures"] != 2.0 || b["approver"] != nil {
			t.Errorf("%v", b)
		}
		r.do(staff.Approver, "POST", at+"/approve", hash).problem(409, "signed")
		tasks := func(got answer) bool { return strings.Contains(got.body, id) }
		if tasks(r.do(staff.Approver, "GET", "/me/tasks", "")) || !tasks(r.as(other, "GET", "/me/tasks", "")) {
			t.Error("it waits for who signed it, or not for another")
		}
		if b := r.as(other, "POST", at+"/approve", hash).is(200); b["status"] != "approved" || b["reviewer"] != "approver-1" || b["approver"] != "approver-2" {
			t.Errorf("%v", b)
		}
	})
}
