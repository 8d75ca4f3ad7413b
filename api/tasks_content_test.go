package api_test

import (
	"strings"
	"testing"
	"time"

	"towncrier/staff"
)

// TestTasksOfContent: what waits to be published, what came back, what may still be undone, and what nobody has looked through in time.
func TestTasksOfContent(t *testing.T) {
	each(t, func(r *fixture) {
		r.follow()
		author, approver, worker, auditor := r.key[staff.Author], r.key[staff.Approver], r.key[staff.Committee], r.key[staff.Auditor]
		wants := func(what, ofAuthor, ofApprover string) {
			t.Helper()
			if a, b, rest := r.waits(author), r.waits(approver), r.waits(worker)+r.waits(auditor); a != ofAuthor || b != ofApprover || rest != "" {
				t.Errorf("%s: %q waits for the author, %q for the approver, %q for others", what, a, b, rest)
			}
		}
		draft := r.beginContent("图书屋增加图书")
		r.rewrite(draft, libraryNotice, "1200册", "1300册")
		r.rewrite(draft, libraryHours, "1200册", "1300册")
		wants("a draft", "", "")
		r.do(staff.Author, "POST", draft+"/submit", "{}").is(200)
		wants("submitted", "", "content-approve D1")
		r.do(staff.Approver, "POST", draft+"/return", `{"why":"请写明来源"}`).is(200)
		wants("returned", "content-returned D1", "")
		r.publishDraft(draft)
		wants("published", "", "")

		r.do(staff.Author, "POST", "/content/notices/L1/withdraw", "{}").is(200)
		wants("withdrawn", "", "content-undo L1")
		if got := r.as(approver, "GET", "/me/tasks", ""); !strings.Contains(got.body, "职员author撤回；撤错了的，13:00以前可以恢复") {
			t.Errorf("%s", got.body)
		}
		r.do(staff.Approver, "POST", "/content/notices/L1/reinstate", "{}").is(200)
		wants("brought back", "", "")
		r.do(staff.Author, "POST", "/content/notices/L1/withdraw", "{}").is(200)
		r.now.pass(61 * time.Minute)
		wants("too late", "", "")
		r.now.pass(7 * 366 * 24 * time.Hour)
		if got := r.as(r.hire(staff.Person{ID: "author-9", Name: "职员丁", Role: staff.Author}), "GET", "/me/tasks", ""); !strings.Contains(got.body, `"kind":"notices-overdue"`) || !strings.Contains(got.body, `"n":1`) {
			t.Errorf("years later: %s", got.body)
		}
	})
}

// TestTasksOfContentBehindMany: what colleagues begin later hides nothing that waits.
func TestTasksOfContentBehindMany(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("图书屋增加图书")
	r.rewrite(draft, libraryNotice, "1200册", "1300册")
	r.rewrite(draft, libraryHours, "1200册", "1300册")
	r.do(staff.Author, "POST", draft+"/submit", "{}").is(200)
	for range 201 {
		if _, err := r.content.Revisions.Draft(t.Context(), "author-8", "另一份"); err != nil {
			t.Fatal(err)
		}
	}
	if got := r.waits(r.key[staff.Approver]); got != "content-approve D1" {
		t.Errorf("%q waits", got)
	}
}
