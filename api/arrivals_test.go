package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/staff"
)

// TestArrivals: what happened to deliveries, in the minute in which it happened, and never otherwise afterwards.
func TestArrivals(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 12 {
			r.agreeing(n, here)
		}
		id := r.approved(staff.Author, sendsToAll)
		arrivals := func(query string) (string, map[string]any) {
			r.t.Helper()
			a := r.do(staff.Author, "GET", "/broadcasts/"+id+"/arrivals"+query, "").is(200)
			var lines []string
			for _, item := range a["items"].([]any) {
				i := item.(map[string]any)
				lines = append(lines, fmt.Sprintf("%.16s %v %v %v %v", i["at"], i["channel"], i["accepted"], i["delivered"], i["failed"]))
			}
			return strings.Join(lines, "; "), a
		}
		if got, a := arrivals(""); got != "" || a["begun_at"] != nil || a["span"] != "minute" {
			r.t.Errorf("before it began: %v", a)
		}
		r.act(staff.Author, id, "schedule", "", "scheduled")
		r.begin(id)
		r.deliver(id, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted,
			broadcast.Accepted, broadcast.Accepted, broadcast.InDoubt, broadcast.Failed, broadcast.Failed)
		const sent = "2023-11-13T04:00 sms 9 0 2"
		if got, _ := arrivals(""); got != sent {
			r.t.Errorf("sent: %s", got)
		}

		// Receipts come: half an hour later two that arrived and one that did not; two hours later that one did, after all.
		report := func(n int, state broadcast.State) {
			matched, err := r.ledger.Receipts(r.t.Context(), []broadcast.Receipt{{Channel: broadcast.SMS, State: state, Handle: "biz-1",
				Phone: phone.Number(fmt.Sprintf("%s%04d", numbers, n))}}, r.now.Now())
			if err != nil || !matched[0] {
				r.t.Fatal(matched, err)
			}
		}
		accepted := r.do(staff.Auditor, "GET", "/broadcasts/"+id+"/deliveries?state=accepted", "").is(200)["items"].([]any)
		if len(accepted) != 9 {
			r.t.Fatal(accepted)
		}
		r.now.pass(30 * time.Minute)
		report(0, broadcast.Delivered)
		report(1, broadcast.Delivered)
		report(2, broadcast.Undelivered)
		report(0, broadcast.Delivered) // doubled
		r.now.pass(90 * time.Minute)
		report(2, broadcast.Delivered)
		minutes, a := arrivals("?span=minute")
		if want := sent + "; 2023-11-13T04:30 sms 0 2 1; 2023-11-13T06:00 sms 0 1 0"; minutes != want || a["final_until"] != "2023-11-13T05:59:00Z" ||
			a["status"] != "sending" || a["begun_at"] != "2023-11-13T04:00:00Z" {
			r.t.Errorf("by minute: %v", a)
		}
		if got, a := arrivals(""); got != minutes || a["span"] != "minute" {
			r.t.Errorf("of two hours: %v", a)
		}
		if got, _ := arrivals("?span=每小时"); got != "2023-11-13T04:00 sms 9 2 3; 2023-11-13T06:00 sms 0 1 0" {
			r.t.Errorf("by hour: %s", got)
		}
		if got, _ := arrivals("?span=day"); got != "2023-11-12T16:00 sms 9 3 3" { // the city's midnight
			r.t.Errorf("by day: %s", got)
		}
		if got, _ := arrivals("?span=minute&since=2023-11-13T04:30:59Z"); !strings.HasPrefix(got, "2023-11-13T04:30 sms 0 2 1; ") {
			r.t.Errorf("since: %s", got)
		}
		r.now.pass(20 * time.Hour)
		report(3, broadcast.Delivered)
		if got, a := arrivals(""); a["span"] != "hour" || !strings.HasPrefix(got, "2023-11-13T04:00 sms 9 2 3; ") {
			r.t.Errorf("of a day: %v", a)
		}

		// A committee learns it of its own only; of few nothing is counted.
		r.do(staff.Committee, "GET", "/broadcasts/"+id+"/arrivals", "").problem(403, "not-yours")
		r.do(staff.Committee, "GET", "/broadcasts/BAAAAAAAAAA/arrivals", "").problem(404, "not-found")
		own := r.draft(staff.Committee, sendsToAll)
		r.do(staff.Committee, "GET", "/broadcasts/"+own+"/arrivals", "").is(200)
		r.do(staff.Author, "GET", "/broadcasts/"+id+"/arrivals?span=week", "").problem(422, "invalid", "query.span")
	})
}

// TestArrivalsOfFew: when each of nine got it is nobody's to know.
func TestArrivalsOfFew(t *testing.T) {
	r := lite(t)
	for n := range 9 {
		r.agreeing(n, here)
	}
	id := r.approved(staff.Author, sendsToAll)
	r.act(staff.Author, id, "schedule", "", "scheduled")
	r.begin(id)
	r.deliver(id, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted,
		broadcast.Accepted, broadcast.Accepted)
	if a := r.do(staff.Author, "GET", "/broadcasts/"+id+"/arrivals", "").is(200); a["few"] != true || len(a["items"].([]any)) != 0 {
		t.Errorf("of nine: %v", a)
	}
}
