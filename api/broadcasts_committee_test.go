package api_test

import (
	"slices"
	"strings"
	"testing"

	"towncrier/broadcast"
	"towncrier/staff"
)

func TestCommitteeSendsToItsOwn(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		r.agreeing(2, there)
		own := r.draft(staff.Committee, sendsToAll)
		if p := r.do(staff.Committee, "GET", "/broadcasts/"+own+"/preview", "").is(200); p["residents"] != nil || p["residents_label"] != "少于10人" {
			r.t.Errorf("a committee's everybody: %v", p)
		}
		for _, away := range []string{there, "C09"} {
			r.do(staff.Committee, "POST", "/broadcasts", `{"draft":"water","proposal":{"committee":"`+away+`"}}`).
				problem(403, "not-your-committee", "body.proposal.committee")
			r.do(staff.Committee, "PUT", "/broadcasts/"+own, `{"version":1,"proposal":{"title":"x","audience":{"all":true},"committee":"`+away+`"}}`).
				problem(403, "not-your-committee", "body.proposal.committee")
		}
		theirs, citys := r.draft(staff.Author, `{"committee":"`+there+`"}`), r.draft(staff.Author, sendsToAll)
		for _, id := range []string{theirs, citys} {
			for _, path := range []string{"", "/preview", "/report", "/reach", "/deliveries"} {
				r.do(staff.Committee, "GET", "/broadcasts/"+id+path, "").problem(404, "not-found")
			}
			for step, body := range map[string]string{"submit": "", "schedule": "", "pause": "", "resume": "", "cancel": `{"why":"x"}`, "resend": "", "fallback": "",
				"test": `{"channel":"sms"}`} {
				r.do(staff.Committee, "POST", "/broadcasts/"+id+"/"+step, body).problem(404, "not-found")
			}
			r.do(staff.Committee, "PUT", "/broadcasts/"+id, `{"version":1,"proposal":{"title":"x","audience":{"all":true}}}`).problem(404, "not-found")
		}
		for path, want := range map[string]int{"": 1, "?committee=" + here: 1, "?committee=" + there: 0, "?author=author-1": 0} {
			if got := r.do(staff.Committee, "GET", "/broadcasts"+path, "").is(200)["items"].([]any); len(got) != want {
				r.t.Errorf("%s: %v, want %d", path, got, want)
			}
		}
		if got := pages(r, "/broadcasts?limit=1", "id", func(int) {}); !slices.Equal(got, []string{citys, theirs, own}) {
			r.t.Errorf("all: %v", got)
		}
		r.do(staff.Admin, "GET", "/broadcasts?after=!", "").problem(400, "cursor", "query.after")
	})
}

// TestCommitteeForwards walks a committee's official from the city's draft to whom it reached: somebody of the city approves, and
// nobody of another committee is ever seen.
func TestCommitteeForwards(t *testing.T) {
	each(t, func(r *fixture) {
		mine := r.agreeing(1, here)
		other := r.agreeing(2, there)
		for n := range 9 {
			r.resident(3+n, here)
		}
		if drafts := r.do(staff.Committee, "GET", "/drafts", "").is(200)["items"].([]any); drafts[0].(map[string]any)["id"] != "water" {
			r.t.Errorf("drafts %v", drafts)
		}
		id := r.draft(staff.Committee, sendsToAll)
		at := "/broadcasts/" + id
		preview := r.do(staff.Committee, "GET", at+"/preview", "")
		if preview.is(200); strings.Contains(preview.body, other.ID) || !strings.Contains(preview.body, mine.ID) || strings.Contains(preview.body, "199****0002") {
			r.t.Errorf("preview %s", preview.body)
		}
		hash := r.act(staff.Committee, id, "submit", "", "submitted")["hash"].(string)
		r.do(staff.Committee, "POST", at+"/approve", `{"hash":"`+hash+`"}`).problem(403, "right")
		r.act(staff.Approver, id, "approve", `{"hash":"`+hash+`"}`, "approved")
		r.act(staff.Committee, id, "schedule", "", "scheduled")
		r.begin(id)
		r.deliver(id, broadcast.Delivered)
		for _, path := range []string{"/deliveries", "/reach", "/report"} {
			if got := r.do(staff.Committee, "GET", at+path, ""); strings.Contains(got.body, other.ID) || got.is(200) == nil {
				r.t.Errorf("%s: %s", path, got.body)
			}
		}
		rows := r.do(staff.Committee, "GET", at+"/deliveries", "").is(200)["items"].([]any)
		if one := rows[0].(map[string]any); len(rows) != 10 || one["resident"] != mine.ID || one["phone"] != "199****0001" || one["state"] != "delivered" {
			r.t.Errorf("deliveries %v", rows)
		}

		// What the city has scheduled for its residents it finds too, so that it can prepare; it can do nothing to it.
		city := r.approved(staff.Author, sendsToAll)
		if got := r.do(staff.Committee, "GET", "/broadcasts", "").is(200)["items"].([]any); len(got) != 1 {
			r.t.Errorf("before the city has scheduled it: %v", got)
		}
		r.do(staff.Committee, "GET", "/broadcasts/"+city+"/preview", "").problem(404, "not-found")
		r.act(staff.Author, city, "schedule", "", "scheduled")
		if got := pagesOf(r, staff.Committee, "/broadcasts"); !slices.Equal(got, []string{city, id}) {
			r.t.Errorf("a committee finds %v", got)
		}
		coming := r.do(staff.Committee, "GET", "/broadcasts/"+city+"/preview", "")
		if p := coming.is(200); p["residents"] != 10.0 || p["hash"] != nil || strings.Contains(coming.body, other.ID) {
			r.t.Errorf("a committee's preview of the city's: %s", coming.body)
		}
		r.begin(city)
		r.deliver(city, broadcast.Delivered, broadcast.Delivered)
		r.do(staff.Committee, "GET", "/broadcasts/"+city, "").is(200)
		report := r.do(staff.Committee, "GET", "/broadcasts/"+city+"/report", "").is(200)
		if report["committee"] != here || report["delivered"] != 1.0 || report["cost"].(map[string]any)["amount"] != 0.0 {
			r.t.Errorf("a committee's report on the city's: %v", report)
		}
		if all := r.do(staff.Author, "GET", "/broadcasts/"+city+"/report", "").is(200); all["delivered"] != 2.0 || all["committee"] != nil {
			r.t.Errorf("the city's own report: %v", all)
		}
		r.do(staff.Committee, "GET", "/broadcasts/"+city+"/signed", "").is(200)
		for _, path := range []string{"/revisions", "/difference"} { // what the city drafted and returned
			r.do(staff.Committee, "GET", "/broadcasts/"+city+path, "").problem(403, "not-yours")
		}
		r.do(staff.Committee, "POST", "/broadcasts/"+city+"/pause", "").problem(403, "not-yours")
		r.do(staff.Committee, "POST", "/broadcasts/"+city+"/cancel", `{"why":"x"}`).problem(403, "not-yours")
	})
}

// pagesOf is the ids of a list's first page.
func pagesOf(r *fixture, role staff.Role, path string) (ids []string) {
	r.t.Helper()
	for _, one := range r.do(role, "GET", path, "").is(200)["items"].([]any) {
		ids = append(ids, one.(map[string]any)["id"].(string))
	}
	return ids
}
