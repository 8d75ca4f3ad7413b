package api_test

import (
	"slices"
	"strings"
	"testing"
	"time"

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

// TestInboxIsSearched narrows the inbox by text, state, day and person, and counts it.
func TestInboxIsSearched(t *testing.T) {
	each(t, func(r *fixture) {
		lamp := r.ticket("路灯坏了")
		r.now.pass(24 * time.Hour)
		tree, light := r.ticket("树枝"), r.ticket("路灯不亮")
		r.do(staff.Author, "POST", "/inbox/"+tree+"/answer", `{"answer":"`+private+`已修剪"}`).is(200)
		second := r.hire(staff.Person{ID: "author-2", Name: "职员author", Role: staff.Author}) // of the same name
		found := func(key, query string) (numbers []string) {
			r.t.Helper()
			for _, k := range r.as(key, "GET", "/inbox?"+query, "").is(200)["items"].([]any) {
				numbers = append(numbers, k.(map[string]any)["number"].(string))
			}
			return numbers
		}
		author := r.key[staff.Author]
		next := r.as(author, "GET", "/inbox?text=路灯&limit=1", "").is(200)["next"].(string)
		for query, want := range map[string][]string{
			"text=路灯":                                   {lamp, light},
			"text=路灯&status=任意":                         nil,
			"text=修剪&status=any":                        {tree},
			"text=修剪&status=全部":                         {tree},
			"text=修剪":                                   nil,
			"filed_from=2023-11-14":                     {light},
			"filed_to=2023-11-13":                       {lamp},
			"filed_from=2023-11-13&filed_to=2023-11-14": {lamp, light},
			"filed_from=2023-11-15":                     nil,
			"due_by=2023-11-20":                         {lamp},
			"due=overdue":                               nil,
			"mine=true&status=any":                      {tree},
			"mine=true":                                 nil,
			"kind=handoff&status=any":                   nil,
			"kind=" + "建议&status=已答复":                   {tree},
			"text=路灯&limit=1":                           {lamp},
			"text=路灯&limit=1&after=" + next:             {light},
			"text=路灯&filed_from=2023-11-14&status=全部&kind=": {light},
		} {
			if strings.Contains(query, "任意") {
				r.as(author, "GET", "/inbox?"+query, "").problem(422, "invalid", "query.status")
				continue
			}
			if strings.HasSuffix(query, "kind=") {
				query = strings.TrimSuffix(query, "&kind=")
			}
			if got := found(author, query); !slices.Equal(got, want) {
				r.t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		if got := found(second, "mine=true&status=any"); got != nil {
			r.t.Errorf("a namesake's: %q", got)
		}
		for query, at := range map[string]string{
			"filed_from=14.11.2023": "query.filed_from", "filed_from=2023-11-14&filed_to=2023-11-13": "query.filed_to", "due_by=x": "query.due_by",
			"due=today&due_by=2023-11-13": "query.due_by", "text=" + numbers + "0001": "query.text", "due=soon": "query.due",
		} {
			r.as(author, "GET", "/inbox?"+query, "").problem(422, "invalid", at)
		}
		r.now.pass(6 * 24 * time.Hour) // Monday, 20 November: the first is due
		if got := found(author, "due=今天到期"); !slices.Equal(got, []string{lamp}) {
			r.t.Errorf("due today: %q", got)
		}
		r.now.pass(24 * time.Hour)
		if got := found(author, "due=overdue"); !slices.Equal(got, []string{lamp}) {
			r.t.Errorf("overdue: %q", got)
		}
		const counted = `{"status":[{"word":"open","label":"待办","n":2},{"word":"answered","label":"已答复","n":1},{"word":"closed","label":"已关闭","n":0}],` +
			`"kinds":[{"word":"suggestion","label":"建议","n":2},{"word":"question","label":"提问","n":0},{"word":"handoff","label":"转人工","n":0},{"word":"reply","label":"短信回复","n":0}],` +
			`"due":[{"word":"overdue","label":"已逾期","n":1},{"word":"today","label":"今天到期","n":1}],"proposed":0}`
		if got := r.do(staff.Auditor, "GET", "/inbox/counts", ""); strings.TrimSpace(got.body) != counted {
			r.t.Errorf("counts: %s", got.body)
		}
	})
}
