package api_test

import (
	"fmt"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/staff"
)

// TestProgress: what a page that watches a broadcast is shown, of how much there is, how fast it goes, and what failed last; of few people nothing.
func TestProgress(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 12 {
			r.agreeing(n, here)
		}
		r.agreeing(12, there)
		id := r.approved(staff.Author, sendsToAll)
		progress := func(role staff.Role) map[string]any {
			return r.do(role, "GET", "/broadcasts/"+id+"/progress", "").is(200)
		}
		counts := func(p map[string]any) string {
			return fmt.Sprint(p["status"], " ", p["messages"], " ", p["given"], " ", p["delivered"], " ", p["settled"], " ", p["failed"])
		}
		if p := progress(staff.Auditor); counts(p) != "approved 0 0 0 0 0" || p["version"] != 3.0 {
			r.t.Errorf("before it begins: %v", p)
		}
		r.act(staff.Author, id, "schedule", "", "scheduled")
		r.begin(id)
		r.now.pass(30 * time.Second)
		r.deliver(id, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted, broadcast.Accepted,
			broadcast.Accepted, broadcast.Accepted, broadcast.Pending, broadcast.Failed, broadcast.Failed, broadcast.Failed)
		r.now.pass(30 * time.Second)
		p := progress(staff.Author)
		if got := counts(p); got != "sending 13 9 0 3 3" {
			r.t.Errorf("sent: %s", got)
		}
		if fmt.Sprint(p["rate"]) != "9" || p["ends"] == nil || p["frozen"] != 13.0 {
			r.t.Errorf("9 in a minute, and one is left: %v", p)
		}
		if want := "[map[at:2023-11-13T04:00:30Z channel:sms channel_label:短信 class:number code:MK:0001 code_label:手机空号、停机、关机或不在服务区 state:failed state_label:提交失败]]"; fmt.Sprint(p["newest"]) != want {
			r.t.Errorf("the newest failure is told once: %v", p["newest"])
		}
		r.now.pass(2 * time.Second)
		if p := progress(staff.Committee); counts(p) != "sending 12 9 0 2 2" || p["committee"] != here || p["rate"] != 0.0 {
			r.t.Errorf("a committee's: %v", p)
		}

		// A receipt, late news of a failure, and a pause: what never falls has not.
		matched, err := r.ledger.Receipts(r.t.Context(), []broadcast.Receipt{{Channel: broadcast.SMS, State: broadcast.Delivered, Handle: "biz-1",
			Phone: phone.Number(numbers + "0000")}}, r.now.Now())
		if err != nil || !matched[0] {
			r.t.Fatal(matched, err)
		}
		r.act(staff.Author, id, "pause", "", "paused")
		r.now.pass(2 * time.Second)
		if p := progress(staff.Author); counts(p) != "paused 13 9 1 4 3" || p["rate"] != 0.0 || p["ends"] != nil {
			r.t.Errorf("paused: %v", p)
		}

		few := r.approved(staff.Author, `{"audience":{"committee":"`+there+`"}}`)
		r.act(staff.Author, few, "schedule", "", "scheduled")
		r.begin(few)
		id = few
		if p := progress(staff.Author); p["few"] != true || counts(p) != "sending <nil> <nil> <nil> <nil> <nil>" || len(p["counts"].([]any)) != 0 {
			r.t.Errorf("of few: %v", p)
		}
	})
}

// TestResendSaysToHowMany before anybody presses the button; and once everything is sent again, to nobody.
func TestResendSaysToHowMany(t *testing.T) {
	each(t, func(r *fixture) {
		states := make([]broadcast.State, 30)
		for n := range states {
			r.agreeing(n, here)
			if states[n] = broadcast.Delivered; n < 11 {
				states[n] = broadcast.Failed
			}
		}
		id := r.approved(staff.Author, sendsToAll)
		r.act(staff.Author, id, "schedule", "", "scheduled")
		r.begin(id)
		r.deliver(id, states...)
		report := func() string {
			p := r.do(staff.Author, "GET", "/broadcasts/"+id+"/report", "").is(200)
			return fmt.Sprintf("%v%v %v%v", p["resend"], p["resend_label"], p["fallback"], p["fallback_label"])
		}
		if got := report(); got != "00人 00人" {
			r.t.Errorf("while it is sending: %s", got)
		}
		if err := r.broadcasts.Finish(r.t.Context(), id); err != nil {
			r.t.Fatal(err)
		}
		if got := report(); got != "1111人 00人" {
			r.t.Errorf("when it is done: %s", got)
		}
		if again := r.do(staff.Author, "POST", "/broadcasts/"+id+"/resend", "").is(200); again["recipients"] != 11.0 {
			r.t.Errorf("resent to %v", again)
		}
		if got := report(); got != "00人 00人" {
			r.t.Errorf("when it was sent again: %s", got)
		}
	})
}
