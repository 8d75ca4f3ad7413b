package api_test

import (
	"slices"
	"testing"

	"towncrier/staff"
)

// TestSessions: everybody sees and ends their own, an admin anybody's, at once; and nobody another's under their own name.
func TestSessions(t *testing.T) {
	each(t, func(r *fixture) {
		key := r.hire(staff.Person{ID: "author-7", Name: "职员己", Role: staff.Author})
		var tokens []string
		for range 2 {
			token, _, err := r.signin.Rehearse(t.Context(), "author-7", "192.0.2.1", "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0")
			if err != nil {
				t.Fatal(err)
			}
			tokens = append(tokens, token)
			r.now.pass(1e9)
		}
		listed := func(key, path string) (ids []string) {
			t.Helper()
			for _, item := range r.as(key, "GET", path, "").is(200)["items"].([]any) {
				item := item.(map[string]any)
				if item["browser"] != "Windows电脑上的火狐浏览器" || item["address"] != "192.0.2.1" {
					t.Errorf("%v", item)
				}
				ids = append(ids, item["id"].(string))
			}
			return ids
		}
		ids := listed(key, "/me/sessions")
		if len(ids) != 2 || !slices.Equal(ids, listed(r.key[staff.Admin], "/staff/author-7/sessions")) {
			t.Fatalf("listed %q", ids)
		}
		r.do(staff.Approver, "DELETE", "/me/sessions/"+ids[0], "").problem(404, "not-found")
		r.do(staff.Admin, "DELETE", "/staff/nobody/sessions/"+ids[0], "").problem(404, "not-found")
		r.as(key, "DELETE", "/me/sessions/"+ids[0], "").is(204)
		r.do(staff.Admin, "DELETE", "/staff/author-7/sessions/"+ids[1], "").is(204)
		for _, token := range tokens {
			if _, _, err := r.signin.Resume(t.Context(), token); err == nil {
				t.Error("a session goes on that was ended")
			}
		}
		if again, _, err := r.signin.Rehearse(t.Context(), "author-7", "192.0.2.1", ""); err != nil || len(again) == 0 {
			t.Error(err)
		}
		for _, item := range r.do(staff.Auditor, "GET", "/staff", "").is(200)["items"].([]any) {
			if p := item.(map[string]any); (p["last_sign_in_at"] != nil) != (p["id"] == "author-7") {
				t.Errorf("last sign-in: %v", p)
			}
		}
	})
}
