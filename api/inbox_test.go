package api_test

import (
	"strings"
	"testing"

	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

func TestReplyBySMSIsReadAndItsNumberStopped(t *testing.T) {
	each(t, func(r *fixture) {
		const number = phone.Number(numbers + "0042")
		reply, err := r.inbox.FileReply(r.t.Context(), inbox.SMSReply{From: number, Text: private + "请不要再发了", Message: "sms-1"})
		if err != nil {
			r.t.Fatal(err)
		}
		list := r.do(staff.Author, "GET", "/inbox?kind=reply", "").is(200)["items"].([]any)
		if got := list[0].(map[string]any); len(list) != 1 || got["phone"] != "199****0042" || got["text"] != private+"请不要再发了" || got["messages"] != 1.0 {
			r.t.Errorf("listed: %v", list)
		}
		r.do(staff.Author, "POST", "/inbox/"+reply.Number+"/answer", `{"answer":"`+private+`"}`).problem(409, "no-reply", "path.number")
		r.do(staff.Author, "POST", "/inbox/"+r.ticket("一")+"/stop", "").problem(409, "no-number", "path.number")
		r.do(staff.Author, "POST", "/inbox/20231113-9999/stop", "").problem(404, "not-found")
		r.do(staff.Author, "POST", "/inbox/"+reply.Number+"/stop", "").is(204)
		if why, _, err := r.roster.Suppressed(r.t.Context(), number); why != roster.Stopped || err != nil {
			r.t.Errorf("suppressed: %q, %v", why, err)
		}
		if got := r.do(staff.Auditor, "GET", "/inbox/"+reply.Number, "").is(200)["ticket"].(map[string]any); got["status"] != "closed" {
			r.t.Errorf("ticket: %v", got)
		}
		for action, subject := range map[string]string{"ticket.stop": reply.Number, "resident.stop": ""} {
			entries := r.do(staff.Auditor, "GET", "/audit?actor=staff:author-1&action="+action, "").is(200)["items"].([]any)
			if len(entries) != 1 || subject != "" && entries[0].(map[string]any)["subject"] != subject {
				r.t.Errorf("%s: %v", action, entries)
			}
		}
		if err := r.roster.Suppress(r.t.Context(), "staff:x", number, roster.Erased); err != nil {
			r.t.Fatal(err)
		}
		if got := r.do(staff.Auditor, "GET", "/inbox/"+reply.Number, "").is(200)["ticket"].(map[string]any); got["phone"] != nil {
			r.t.Errorf("the number of somebody who was erased: %v", got)
		}
	})
}

func TestAnswerToSeveralAskersNeedsTwoPeople(t *testing.T) {
	each(t, func(r *fixture) {
		ask := func(from string) string {
			ticket, err := r.inbox.File(r.t.Context(), inbox.Filing{From: openid + from, Kind: inbox.Question, Text: private + "充电桩什么时候装"})
			if err != nil {
				r.t.Fatal(err)
			}
			return ticket.Number
		}
		number := ask("-1")
		ask("-2")
		path := "/inbox/" + number
		got := r.do(staff.Author, "POST", path+"/answer", `{"answer":"`+private+`明年"}`).is(200)
		proposal, _ := got["proposal"].(map[string]any)
		if got["tickets"] != 0.0 || proposal["answer"] != private+"明年" {
			r.t.Fatalf("answered at once: %v", got)
		}
		id := proposal["id"].(string)
		if shown := r.do(staff.Approver, "GET", path, "").is(200); shown["proposal"].(map[string]any)["id"] != id || shown["ticket"].(map[string]any)["status"] != "open" {
			r.t.Errorf("shown: %v", shown)
		}
		if list := r.do(staff.Approver, "GET", "/inbox?proposed=true", "").is(200)["items"].([]any); len(list) != 2 {
			r.t.Errorf("what waits: %v", list)
		}
		r.do(staff.Author, "POST", path+"/approve", `{"proposal":"`+id+`"}`).problem(409, "own")
		r.do(staff.Approver, "POST", path+"/approve", `{"proposal":"`+strings.Repeat("x", 10)+`"}`).problem(409, "changed", "body.proposal")
		if got := r.do(staff.Approver, "POST", path+"/approve", `{"proposal":"`+id+`"}`).is(200); got["tickets"] != 2.0 {
			r.t.Errorf("approved: %v", got)
		}
		entries := r.do(staff.Auditor, "GET", "/audit?action=ticket.approve", "").is(200)["items"].([]any)
		if len(entries) != 1 || entries[0].(map[string]any)["actor"] != "staff:approver-1" || entries[0].(map[string]any)["detail"] != "tickets=2" {
			r.t.Errorf("audited: %v", entries)
		}
	})
}

func TestClosingSeveralNeedsTwoPeople(t *testing.T) {
	each(t, func(r *fixture) {
		number := ""
		for _, from := range []string{"-1", "-2"} {
			ticket, err := r.inbox.File(r.t.Context(), inbox.Filing{From: openid + from, Kind: inbox.Question, Text: private + "充电桩什么时候装"})
			if err != nil {
				r.t.Fatal(err)
			}
			number = ticket.Number
		}
		path := "/inbox/" + number
		got := r.do(staff.Author, "POST", path+"/close", "").is(200)
		proposal, _ := got["proposal"].(map[string]any)
		if got["tickets"] != 0.0 || proposal["id"] == nil || proposal["answer"] != nil {
			r.t.Fatalf("closed at once: %v", got)
		}
		approve := `{"proposal":"` + proposal["id"].(string) + `"}`
		r.do(staff.Author, "POST", path+"/approve", approve).problem(409, "own")
		if got := r.do(staff.Approver, "POST", path+"/approve", approve).is(200); got["tickets"] != 2.0 {
			r.t.Errorf("approved: %v", got)
		}
		if got := r.do(staff.Auditor, "GET", path, "").is(200)["ticket"].(map[string]any); got["status"] != "closed" || got["answer"] != nil {
			r.t.Errorf("ticket: %v", got)
		}
	})
}
