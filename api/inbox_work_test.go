package api_test

import (
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/staff"
)

// TestColleaguesWorkOnTickets: groups are listed with who has them; a ticket is had, taken over, handed on, noted on, parted and opened again.
func TestColleaguesWorkOnTickets(t *testing.T) {
	each(t, func(r *fixture) {
		ask := func(from, text string) string {
			ticket, err := r.inbox.File(r.t.Context(), inbox.Filing{From: openid + from, Kind: inbox.Question, Text: private + text})
			if err != nil {
				r.t.Fatal(err)
			}
			return ticket.Number
		}
		first := ask("-1", "充电桩什么时候装")
		second := ask("-2", "充电桩什么时候装呢")
		path := "/inbox/" + first
		author, second2 := r.key[staff.Author], r.hire(staff.Person{ID: "author-2", Name: "李某", Role: staff.Author})

		if held := r.as(author, "POST", path+"/hold", `{}`).is(200); held["mine"] != true || held["until"] == nil {
			r.t.Errorf("free: %v", held)
		}
		if held := r.as(second2, "POST", path+"/hold", `{}`).is(200); held["mine"] != false || held["name"] == "李某" {
			r.t.Errorf("a colleague has it: %v", held)
		}
		if held := r.as(second2, "POST", path+"/hold", `{"over":true}`).is(200); held["mine"] != true {
			r.t.Errorf("taken over: %v", held)
		}
		r.as(second2, "POST", path+"/hand", `{"to":"auditor-1"}`).problem(422, "no-colleague", "body.to")
		if held := r.as(second2, "POST", path+"/hand", `{"to":"author-1"}`).is(200); held["mine"] != false || held["until"] != nil {
			r.t.Errorf("handed on: %v", held)
		}
		r.as(author, "POST", path+"/notes", `{"text":"号码19900000001"}`).problem(422, "invalid", "body.text")
		note := r.as(author, "POST", path+"/notes", `{"text":"`+private+`问过街道"}`, idem, "note-1")
		note.is(204)
		r.as(author, "POST", path+"/notes", `{"text":"`+private+`问过街道"}`, idem, "note-1").is(204)
		work := r.as(second2, "GET", path+"/work", "").is(200)
		if notes := work["notes"].([]any); len(notes) != 1 || notes[0].(map[string]any)["text"] != private+"问过街道" || work["reach"] != "now" || len(work["colleagues"].([]any)) != 1 {
			r.t.Errorf("work: %v", work)
		}
		list := r.do(staff.Approver, "GET", "/inbox/groups", "").is(200)["items"].([]any)
		if one := list[0].(map[string]any); len(list) != 1 || one["tickets"] != 2.0 || one["hold"].(map[string]any)["name"] == "" {
			r.t.Errorf("groups: %v", list)
		}
		if list := r.as(author, "GET", "/inbox/groups?held=true", "").is(200)["items"].([]any); len(list) != 1 {
			r.t.Errorf("mine: %v", list)
		}
		if list := r.as(second2, "GET", "/inbox/groups?held=true", "").is(200)["items"].([]any); len(list) != 0 {
			r.t.Errorf("a colleague's: %v", list)
		}

		r.as(author, "POST", path+"/separate", `{"numbers":["`+first+`","`+second+`"]}`).problem(422, "all-separate", "body.numbers")
		r.as(author, "POST", path+"/separate", `{"numbers":["`+second+`"]}`).is(204)
		if got := r.as(author, "POST", path+"/answer", `{"answer":"`+private+`明年"}`).is(200); got["tickets"] != 1.0 {
			r.t.Errorf("answered: %v", got)
		}
		r.as(second2, "POST", path+"/hold", `{}`).problem(409, "answered", "path.number")
		if near := r.as(author, "GET", "/inbox/"+second+"/suggestions", "").is(200); len(near["earlier"].([]any)) != 1 || near["earlier"].([]any)[0].(map[string]any)["answer"] != private+"明年" {
			r.t.Errorf("suggested: %v", near)
		}
		r.as(author, "POST", "/inbox/"+second+"/reopen", "").problem(409, "open", "path.number")
		if got := r.as(author, "POST", path+"/reopen", "").is(200); got["tickets"] != 1.0 {
			r.t.Errorf("reopened: %v", got)
		}
		if notes := r.as(author, "GET", path+"/work", "").is(200)["notes"].([]any); len(notes) != 2 {
			r.t.Errorf("the answer that it had: %v", notes)
		}
		r.now.pass(72 * time.Hour)
		if work := r.as(author, "GET", path+"/work", "").is(200); work["reach"] != "later" {
			r.t.Errorf("three days later: %v", work["reach"])
		}
		if err := r.inbox.Forget(r.t.Context(), openid+"-1"); err != nil {
			r.t.Fatal(err)
		}
		if work := r.as(author, "GET", path+"/work", "").is(200); work["reach"] != "nobody" {
			r.t.Errorf("they left: %v", work["reach"])
		}
	})
}
