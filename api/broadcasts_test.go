package api_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

func TestBroadcastLife(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 12 {
			r.agreeing(n+1, map[bool]string{true: here, false: there}[n%2 == 0])
		}
		id := r.draft(staff.Author, `{"audience":{"all":true},"send_at":"2023-11-13T05:00:00Z","window":"09:00-18:00","fallback":{"wait_minutes":60}}`)
		at := "/broadcasts/" + id
		b := r.do(staff.Author, "GET", at, "").is(200)
		p := b["proposal"].(map[string]any)
		if p["topic"] != "water" || len(p["messages"].([]any)) != 3 || p["window"] != "09:00-18:00" || p["send_at"] != "2023-11-13T05:00:00Z" ||
			p["fallback"].(map[string]any)["wait_minutes"] != 60.0 || b["status_label"] != "草稿" || b["version"] != 1.0 {
			r.t.Errorf("draft %v", b)
		}

		// What was shown can be given back; an older version changes nothing.
		p["title"] = "东街停水，改期"
		text, err := json.Marshal(p)
		if err != nil {
			r.t.Fatal(err)
		}
		changed := r.do(staff.Author, "PUT", at, `{"version":1,"proposal":`+string(text)+`}`).is(200)
		if changed["version"] != 2.0 || changed["proposal"].(map[string]any)["title"] != "东街停水，改期" {
			r.t.Errorf("changed %v", changed)
		}
		r.do(staff.Author, "PUT", at, `{"version":1,"proposal":`+string(text)+`}`).problem(409, "changed")
		r.do(staff.Author, "PUT", at, `{"proposal":`+string(text)+`}`).problem(422, "invalid", "body")

		preview := r.do(staff.Approver, "GET", at+"/preview", "").is(200)
		sample := preview["sample"].([]any)[0].(map[string]any)
		if preview["residents"] != 10.0 || fmt.Sprint(preview["first"]) != "[map[channel:sms label:短信 n:10 n_label:约10人]]" || len(preview["sample"].([]any)) != 10 ||
			sample["phone"] != nil || sample["resident"] != nil || sample["channel"] != "sms" || !strings.HasPrefix(sample["text"].(string), "【示例小镇】示例水站") ||
			len(sample["channels"].([]any)) != 0 || len(sample["passed"].([]any)) != 0 || preview["hash"] != nil {
			r.t.Errorf("preview %v", preview)
		}
		if parts := preview["parts"].(float64); preview["cost"].(map[string]any)["amount"] != 10*45*parts || preview["saved"].(map[string]any)["label"] != "0.000元" {
			r.t.Errorf("cost %v of %v parts", preview["cost"], parts)
		}

		r.do(staff.Approver, "POST", at+"/approve", `{"hash":"`+strings.Repeat("0", 64)+`"}`).problem(409, "state")
		submitted := r.act(staff.Author, id, "submit", "", "submitted")
		hash := submitted["hash"].(string)
		if submitted["size"] != 10.0 || len(hash) != 64 {
			r.t.Errorf("submitted %v", submitted)
		}
		r.do(staff.Author, "POST", at+"/submit", "").problem(409, "state")
		r.do(staff.Approver, "POST", at+"/approve", `{"hash":"`+strings.Repeat("0", 64)+`"}`).problem(409, "changed")
		r.do(staff.Approver, "POST", at+"/approve", `{"hash":"x"}`).problem(422, "invalid", "body.hash")
		r.do(staff.Approver, "POST", at+"/approve", "").problem(400, "malformed", "body")
		r.do(staff.Approver, "POST", at+"/reject", `{}`).problem(422, "invalid", "body")
		if back := r.act(staff.Approver, id, "reject", `{"why":"请写明停水到几点"}`, "draft"); back["why"] != "请写明停水到几点" || back["hash"] != nil {
			r.t.Errorf("rejected %v", back)
		}
		if again := r.act(staff.Author, id, "submit", "", "submitted"); again["hash"] != hash {
			r.t.Errorf("the same was submitted, with another hash")
		}
		if yes := r.act(staff.Approver, id, "approve", `{"hash":"`+hash+`"}`, "approved"); yes["approver"] != "approver-1" {
			r.t.Errorf("approved %v", yes)
		}

		// An edit takes the approval back, and an old hash opens nothing.
		edited := strings.Replace(string(text), "改期", "改期两次", 1)
		again := r.do(staff.Author, "PUT", at, fmt.Sprintf(`{"version":%d,"proposal":%s}`, 6, edited)).is(200)
		if again["status"] != "draft" || again["approver"] != nil || again["hash"] != nil {
			r.t.Errorf("edited %v", again)
		}
		next := r.act(staff.Author, id, "submit", "", "submitted")["hash"].(string)
		r.do(staff.Approver, "POST", at+"/approve", `{"hash":"`+hash+`"}`).problem(409, "changed")
		r.act(staff.Approver, id, "approve", `{"hash":"`+next+`"}`, "approved")

		if going := r.act(staff.Author, id, "schedule", "", "scheduled"); going["deadline"] != "2023-11-14T05:00:00Z" {
			r.t.Errorf("scheduled %v", going)
		}
		r.do(staff.Approver, "POST", at+"/confirm", "").problem(409, "state")
		r.act(staff.Author, id, "pause", "", "paused")
		r.act(staff.Approver, id, "resume", "", "scheduled")
		if off := r.act(staff.Approver, id, "pause", `{"why":"等一等"}`, "paused"); off["why"] != "等一等" {
			r.t.Errorf("paused %v", off)
		}
		r.do(staff.Author, "POST", at+"/cancel", "").problem(400, "malformed", "body")
		r.act(staff.Author, id, "cancel", `{"why":"不再需要"}`, "cancelled")
		r.do(staff.Author, "POST", at+"/resume", "").problem(409, "state")
		r.do(staff.Author, "POST", at+"/resend", "").problem(409, "state")

		var acts []string
		for _, e := range r.do(staff.Auditor, "GET", "/audit?subject="+id, "").is(200)["items"].([]any) {
			acts = append(acts, strings.TrimPrefix(e.(map[string]any)["action"].(string), "broadcast."))
		}
		if want := strings.Fields("cancel pause resume pause schedule approve submit edit approve submit reject submit preview edit new"); !slices.Equal(acts, want) {
			r.t.Errorf("audited %v, want %v", acts, want)
		}
		if got := r.do(staff.Admin, "GET", "/broadcasts?status=cancelled", "").is(200)["items"].([]any); len(got) != 1 {
			r.t.Errorf("listed %v", got)
		}
		for _, path := range []string{"/broadcasts/BAAAAAAAAAA", "/broadcasts/BAAAAAAAAAA/report", "/broadcasts/BAAAAAAAAAA/deliveries", "/broadcasts/BAAAAAAAAAA/preview"} {
			r.do(staff.Auditor, "GET", path, "").problem(404, "not-found")
		}
	})
}

func TestOwnBroadcast(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	by := broadcast.Official{ID: "approver-1"}
	b, err := r.broadcasts.New(t.Context(), by, broadcast.Proposal{Title: "停水", Topic: "water", Cites: []broadcast.Cite{{Notice: "W1", Passage: 1}},
		Audience: broadcast.Rule{All: true}, Messages: []broadcast.Message{{Channel: broadcast.SMS, Template: "notice-sms",
			Data: map[string]string{"committee": "示例水站2030年5月6日", "title": "检修水管"}}}})
	if err != nil {
		t.Fatal(err)
	}
	hash := r.act(staff.Author, b.ID, "submit", "", "submitted")["hash"].(string)
	no := r.do(staff.Approver, "POST", "/broadcasts/"+b.ID+"/approve", `{"hash":"`+hash+`"}`)
	no.problem(409, "own")
	if !strings.Contains(no.body, "请另一位审批员审批") {
		t.Errorf("own: %s", no.body)
	}
}

func TestBroadcastFaults(t *testing.T) {
	r := lite(t)
	for body, at := range map[string]string{
		`{"proposal":{"audience":{"all":true}}}`:                                                             "body.proposal.title",
		`{"draft":"water","proposal":{"title":"a\u202eb"}}`:                                                  "body.proposal.title",
		`{"draft":"water","proposal":{"audience":{"all":true,"tag":"x"}}}`:                                   "body.proposal.audience",
		`{"draft":"water","proposal":{"audience":{"and":[]}}}`:                                               "body.proposal.audience.and",
		`{"draft":"water","proposal":{"audience":{"not":{"or":[{"all":true},{}]}}}}`:                         "body.proposal.audience.not.or[1]",
		`{"draft":"water","proposal":{"window":"20:00-08:00"}}`:                                              "body.proposal.window",
		`{"draft":"water","proposal":{"window":"8-20"}}`:                                                     "body.proposal.window",
		`{"draft":"water","proposal":{"messages":[{"channel":"fax","template":"x"}]}}`:                       "body.proposal.messages[0].channel",
		`{"draft":"water","proposal":{"fallback":{"wait_minutes":5000}}}`:                                    "body.proposal.fallback.wait_minutes",
		`{"draft":"water","proposal":{"expire_at":"2023-11-13T05:00:00Z","send_at":"2023-11-13T05:00:00Z"}}`: "body.proposal.expire_at",
	} {
		r.do(staff.Author, "POST", "/broadcasts", body).problem(422, "invalid", at)
	}
	r.do(staff.Author, "POST", "/broadcasts", `{"draft":"none"}`).problem(422, "no-draft", "body.draft")
	deep := strings.Repeat(`{"and":[`, 5) + `{"all":true}` + strings.Repeat(`]}`, 5)
	r.draft(staff.Author, `{"audience":`+deep+`}`)
	r.do(staff.Author, "POST", "/broadcasts", `{"draft":"water","proposal":{"audience":{"not":`+deep+`}}}`).status422(r)

	// What the platforms would refuse is named all at once, and nothing is submitted.
	id := r.draft(staff.Author, `{"audience":{"all":true},"cites":[{"notice":"W9","passage":1}],"messages":[
		{"channel":"sms","template":"notice-sms","data":{"committee":"示例水站2030年5月6日","title":"http://example.com","联系人":"x"}},
		{"channel":"template","template":"notice-template","data":{"thing1":"停水","thing2":"`+strings.Repeat("长", 21)+`"},"url":"x"}]}`)
	r.do(staff.Author, "POST", "/broadcasts/"+id+"/submit", "").problem(422, "faults", "proposal.cites", "proposal.messages.sms.data.title", "proposal.messages.sms.data.?",
		"proposal.messages.template.data.thing2", "proposal.messages.template.url")
	if b := r.do(staff.Author, "GET", "/broadcasts/"+id, "").is(200); b["status"] != "draft" {
		t.Errorf("after the refusal: %v", b)
	}
}

func TestEmergencyNeedsItsRight(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	id := r.approved(staff.Author, `{"audience":{"all":true},"emergency":true}`)
	r.do(staff.Author, "POST", "/broadcasts/"+id+"/schedule", "").problem(403, "right")
	if b := r.act(staff.Approver, id, "schedule", "", "scheduled"); b["emergency"] != true {
		t.Errorf("scheduled %v", b)
	}
	me := r.do(staff.Approver, "GET", "/me", "").is(200)
	if !slices.Contains(me["rights"].([]any), any("broadcasts.emergency")) {
		t.Errorf("the approver's rights: %v", me["rights"])
	}
}

func TestSecondYes(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	id := r.approved(staff.Author, `{"audience":{"all":true},"send_at":"2023-11-13T05:00:00Z"}`)
	late := r.approved(staff.Author, `{"audience":{"all":true},"send_at":"2023-11-13T05:00:00Z","expire_at":"2023-11-13T06:00:00Z"}`)
	r.now.pass(5 * time.Hour)
	if b := r.act(staff.Author, id, "schedule", "", "held"); !strings.Contains(b["why"].(string), "再次确认") || b["status_label"] != "待再次确认" {
		t.Errorf("held %v", b)
	}
	if b := r.act(staff.Approver, id, "confirm", "", "scheduled"); b["confirmer"] != "approver-1" {
		t.Errorf("confirmed %v", b)
	}
	r.do(staff.Author, "POST", "/broadcasts/"+late+"/schedule", "").problem(409, "expired")
}

func TestBroadcastOnce(t *testing.T) {
	r := lite(t)
	body := `{"draft":"water","proposal":` + sendsToAll + `}`
	first := r.do(staff.Author, "POST", "/broadcasts", body, "Idempotency-Key", "idem-b").is(201)
	again := r.do(staff.Author, "POST", "/broadcasts", body, "Idempotency-Key", "idem-b").is(201)
	if first["id"] != again["id"] {
		t.Errorf("made %v and %v", first["id"], again["id"])
	}
	if got := r.do(staff.Author, "GET", "/broadcasts", "").is(200)["items"].([]any); len(got) != 1 {
		t.Errorf("%d broadcasts", len(got))
	}
}

func TestTestSendRefusals(t *testing.T) {
	r := lite(t)
	id := r.draft(staff.Author, sendsToAll)
	at := "/broadcasts/" + id + "/test"
	r.registers("author-1", numbers+"0001")
	r.do(staff.Author, "POST", at, `{"channel":"sms"}`).problem(409, "channel-off", "body.channel")
	r.agreeing(2, here)
	for _, n := range []string{"0002", "0003"} { // does not follow, is nobody
		r.registers("author-1", numbers+n)
		r.do(staff.Author, "POST", at, `{"channel":"template"}`).problem(422, "no-follower", "body.channel")
	}
	r.registers("author-1", numbers+"0004")
	if err := r.roster.Suppress(t.Context(), audit.Local("test"), phone.Number(numbers+"0004"), roster.Stopped); err != nil {
		t.Fatal(err)
	}
	r.do(staff.Author, "POST", at, `{"channel":"sms"}`).problem(409, "suppressed", "body.to")
}

func TestDraftsAndTemplates(t *testing.T) {
	r := lite(t)
	drafts := r.do(staff.Author, "GET", "/drafts", "").is(200)["items"].([]any)
	if one := drafts[0].(map[string]any); len(drafts) != 1 || one["id"] != "water" || one["proposal"].(map[string]any)["topic"] != "water" {
		t.Errorf("drafts %v", drafts)
	}
	templates := r.do(staff.Author, "GET", "/templates", "").is(200)["items"].([]any)
	if one := templates[0].(map[string]any); len(templates) != 3 || one["id"] != "notice-sms" || one["text"] == nil || len(one["vars"].([]any)) != 2 {
		t.Errorf("templates %v", templates)
	}
}
