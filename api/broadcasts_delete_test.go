package api_test

import (
	"strings"
	"testing"

	"towncrier/staff"
)

func TestDraftsAreDeleted(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		list := r.do(staff.Author, "POST", "/lists", `{"title":"名单"}`).is(201)["id"].(string)
		id := r.draft(staff.Author, `{"audience":{"list":"`+list+`"}}`)
		at := "/broadcasts/" + id
		second := r.hire(staff.Person{ID: "author-2", Name: "另一位", Role: staff.Author})

		r.do(staff.Approver, "DELETE", at, "").problem(403, "right")
		r.do(staff.Admin, "DELETE", at, "").problem(403, "right")
		r.do(staff.Committee, "DELETE", at, "").problem(404, "not-found")
		others := r.as(second, "DELETE", at, "")
		others.problem(403, "not-writer")
		r.do(staff.Author, "DELETE", "/lists/"+list, "").problem(409, "in-use")

		for range 2 { // asked again under its key it is done once
			if gone := r.do(staff.Author, "DELETE", at, "", "Idempotency-Key", "once"); gone.status != 204 {
				t.Fatalf("%d %s", gone.status, gone.body)
			}
		}
		r.do(staff.Author, "GET", at, "").problem(404, "not-found")
		r.do(staff.Author, "DELETE", at, "").problem(404, "not-found")
		if act := r.do(staff.Auditor, "GET", "/audit?action=broadcast.delete", "").is(200)["items"].([]any); len(act) != 1 || act[0].(map[string]any)["subject"] != id {
			t.Errorf("audited %v", act)
		}
		if gone := r.do(staff.Author, "DELETE", "/lists/"+list, ""); gone.status != 204 {
			t.Errorf("a list that nothing names: %d %s", gone.status, gone.body)
		}

		waits := r.draft(staff.Author, sendsToAll)
		r.act(staff.Author, waits, "submit", "", "submitted")
		refused := r.do(staff.Author, "DELETE", "/broadcasts/"+waits, "")
		if refused.problem(409, "state"); !strings.Contains(refused.body, "待审批") || !strings.Contains(refused.body, "取消") {
			t.Errorf("refused: %s", refused.body)
		}
		r.act(staff.Approver, waits, "reject", `{"why":"再改改"}`, "draft")
		if gone := r.do(staff.Author, "DELETE", "/broadcasts/"+waits, ""); gone.status != 204 {
			t.Errorf("what was given back: %d %s", gone.status, gone.body)
		}
	})
}
