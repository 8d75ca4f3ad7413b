package api_test

import (
	"fmt"
	"testing"

	"towncrier/staff"
)

// TestCopy: a copy says the same to the same people, is its own author's draft, and has no time; what was copied stays as it was.
func TestCopy(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		id := r.approved(staff.Author, `{"title":"停水","audience":{"committee":"`+here+`"},"send_at":"2023-11-14T02:00:00Z","window":"09:00-18:00"}`)
		was := r.do(staff.Author, "GET", "/broadcasts/"+id, "").is(200)
		made := r.do(staff.Author, "POST", "/broadcasts/"+id+"/copy", "")
		b := made.is(201)
		if made.header.Get("Location") != "/api/v1/broadcasts/"+b["id"].(string) || b["id"] == id || b["status"] != "draft" || b["hash"] != nil || b["approver"] != nil {
			r.t.Errorf("copied: %v", b)
		}
		want := was["proposal"].(map[string]any)
		delete(want, "send_at")
		if fmt.Sprint(b["proposal"]) != fmt.Sprint(want) {
			r.t.Errorf("copied %v, want %v", b["proposal"], want)
		}
		if is := r.do(staff.Author, "GET", "/broadcasts/"+id, "").is(200); is["status"] != "approved" || is["version"] != was["version"] {
			r.t.Errorf("what was copied is now %v", is)
		}

		// A committee copies what the city sends to its residents, to them.
		r.do(staff.Committee, "POST", "/broadcasts/"+id+"/copy", "").problem(404, "not-found")
		city := r.approved(staff.Author, sendsToAll)
		r.act(staff.Author, city, "schedule", "", "scheduled")
		own := r.do(staff.Committee, "POST", "/broadcasts/"+city+"/copy", "").is(201)["proposal"].(map[string]any)
		if own["committee"] != here || fmt.Sprint(own["audience"]) != "map[committee:"+here+"]" {
			r.t.Errorf("a committee's copy: %v", own)
		}
	})
}
