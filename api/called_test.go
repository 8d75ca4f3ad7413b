package api_test

import (
	"net/url"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestNamesAreTaken: wherever a committee, a colleague or a topic is named, its name is taken for its id, and one that is not there is refused
// by the field, with what is there.
func TestNamesAreTaken(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		id := r.agreeing(2, there).ID
		const name, author, nobody = "示例社区" + there, "职员author", "无名"
		q := url.QueryEscape
		count := func(as staff.Role, path string, want int) {
			t.Helper()
			if got := len(r.do(as, "GET", path, "").is(200)["items"].([]any)); got != want {
				t.Errorf("%s lists %d, want %d", path, got, want)
			}
		}
		count(staff.Admin, "/residents?committee="+q(name), 1)
		if got := r.do(staff.Admin, "GET", "/stats?committee="+q(name), "").is(200); got["residents"] != 1.0 {
			t.Errorf("stats of %s: %v", name, got)
		}
		if csv := r.do(staff.Admin, "GET", "/residents.csv?committee="+q(name), ""); strings.Count(csv.body, "199****") != 1 || strings.Contains(csv.body, here) {
			t.Errorf("an export of %s: %s", name, csv.body)
		}
		if got := r.do(staff.Admin, "PATCH", "/residents/"+id, `{"committee":"`+name+`"}`).is(200); got["committee"] != there {
			t.Errorf("moved to %v", got)
		}
		if got := r.do(staff.Admin, "POST", "/staff", `{"id":"li","name":"李","role":"committee","committee":"`+name+`"}`).is(201); got["committee"] != there {
			t.Errorf("added %v", got)
		}
		if got := r.do(staff.Admin, "PATCH", "/staff/li", `{"committee":"示例社区`+here+`"}`).is(200); got["committee"] != here {
			t.Errorf("changed %v", got)
		}
		preferred := r.do(staff.Admin, "PUT", "/residents/"+id+"/preferences", `{"topic":"停水与取水","wants":false}`).is(200)["preferences"].([]any)
		if topic := preferred[len(preferred)-1].(map[string]any)["topic"]; topic != "water" {
			t.Errorf("prefers %v", preferred)
		}
		r.draft(staff.Author, sendsToAll)
		count(staff.Author, "/broadcasts?author="+q(author), 1)
		count(staff.Author, "/broadcasts?author=author-1", 1)
		count(staff.Author, "/broadcasts?approver="+q(author), 0)
		count(staff.Auditor, "/audit?action=broadcast.new&actor="+q(author), 1)
		count(staff.Auditor, "/audit?action=staff.add&subject="+q("李"), 1)
		count(staff.Auditor, "/audit?action=committee.put&subject="+q(name), 1)
		count(staff.Auditor, "/audit?actor=local:test&action=committee.put", 2)

		for path, field := range map[string]string{
			"/residents?committee=": "committee", "/residents.csv?committee=": "committee", "/stats?committee=": "committee",
			"/broadcasts?author=": "author", "/broadcasts/counts?approver=": "approver", "/series?author=": "author",
			"/audit?actor=": "actor", "/audit?subject=": "subject", "/audit?actor=local:": "actor",
		} {
			kind := "invalid"
			if field == "committee" {
				kind = "no-committee"
			}
			refused := r.do(staff.Admin, "GET", path+q(nobody), "")
			if refused.problem(422, kind, "query."+field); !strings.Contains(refused.body, nobody) {
				t.Errorf("%s does not say which: %s", path, refused.body)
			}
		}
		r.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0009","committee":"`+nobody+`"}`).problem(422, "no-committee", "body.committee")
		r.do(staff.Admin, "POST", "/staff", `{"id":"lu","name":"卢","role":"committee","committee":"`+nobody+`"}`).problem(422, "no-committee", "body.committee")
		r.do(staff.Admin, "PUT", "/residents/"+id+"/preferences", `{"topic":"`+nobody+`","wants":false}`).problem(422, "invalid", "body.topic")
		// Whether there is another committee is not told to a committee.
		for _, other := range []string{name, there, nobody} {
			r.do(staff.Committee, "GET", "/residents?committee="+q(other), "").problem(403, "not-your-committee", "query.committee")
			r.do(staff.Committee, "POST", "/residents", `{"phone":"`+numbers+`0009","committee":"`+other+`"}`).problem(403, "not-your-committee", "body.committee")
		}
		count(staff.Committee, "/residents?committee="+q("示例社区"+here), 1)
	})
}
