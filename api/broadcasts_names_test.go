package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/staff"
)

// TestApprovedByTheFirstDigits: 12 digits of the hash name the version that was looked at, and no other.
func TestApprovedByTheFirstDigits(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	id := r.draft(staff.Author, sendsToAll)
	hash := r.act(staff.Author, id, "submit", "", "submitted")["hash"].(string)
	approve := func(digits string) answer {
		return r.do(staff.Approver, "POST", "/broadcasts/"+id+"/approve", `{"hash":"`+digits+`"}`)
	}
	approve(hash[:11]).problem(422, "invalid", "body.hash")
	approve(hash+"0").problem(422, "invalid", "body.hash")
	approve(hash[1:20]).problem(409, "changed")
	r.do(staff.Author, "PUT", "/broadcasts/"+id, `{"version":2,"proposal":`+proposed+`}`).is(200)
	r.act(staff.Author, id, "submit", "", "submitted")
	approve(hash[:12]).problem(409, "changed") // of the version before
	hash = r.do(staff.Approver, "GET", "/broadcasts/"+id, "").is(200)["hash"].(string)
	approve(hash[:13]).is(200)

	s := r.do(staff.Author, "POST", "/series", `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":`+proposed+`}`).is(201)
	at, hash := "/series/"+s["id"].(string)+"/approve", s["hash"].(string)
	r.do(staff.Approver, "POST", at, `{"hash":"`+strings.Repeat("0", 12)+`"}`).problem(409, "changed")
	approved := r.do(staff.Approver, "POST", at, `{"hash":"`+hash[:12]+`"}`).is(200)
	if approved["approver_label"] != "职员approver（approver-1）" || approved["author_label"] != "职员author（author-1）" {
		t.Errorf("approved %v", approved)
	}
}

// TestNamesBesideIds: wherever a colleague, a committee or a list is shown, so is its name.
func TestNamesBesideIds(t *testing.T) {
	r := lite(t)
	for n := range 11 {
		r.agreeing(n, here)
	}
	list := r.do(staff.Committee, "POST", "/lists", `{"title":"冬季走访"}`).is(201)
	if list["author_label"] != "职员committee（committee-1）" || list["committee_label"] != "示例社区C01（C01）" {
		t.Errorf("a list: %v", list)
	}
	to := r.draft(staff.Committee, `{"audience":{"list":"`+list["id"].(string)+`"}}`)
	if b := r.do(staff.Committee, "GET", "/broadcasts/"+to, "").is(200); !strings.Contains(b["audience_label"].(string), "冬季走访") || b["committee_label"] != "示例社区C01（C01）" {
		t.Errorf("to a list: %v", b)
	}
	id := r.draft(staff.Author, sendsToAll)
	second := r.hire(staff.Person{ID: "author-2", Name: "另一位", Role: staff.Author})
	edited := r.as(second, "PUT", "/broadcasts/"+id, `{"version":1,"proposal":`+proposed+`}`).is(200)
	if fmt.Sprint(edited["editor_labels"]) != "[职员author（author-1） 另一位（author-2）]" {
		t.Errorf("edited by %v", edited["editor_labels"])
	}
	hash := r.act(staff.Author, id, "submit", "", "submitted")["hash"].(string)
	r.act(staff.Approver, id, "approve", `{"hash":"`+hash[:12]+`"}`, "approved")
	r.act(staff.Author, id, "schedule", "", "scheduled")
	r.now.pass(3 * time.Hour)
	if b, err := r.broadcasts.Start(t.Context(), id); err != nil || b.Status != broadcast.Held {
		t.Fatal(b.Status, err)
	}
	confirmed := r.act(staff.Approver, id, "confirm", "", "scheduled")
	if confirmed["confirmer_label"] != "职员approver（approver-1）" || confirmed["approver_label"] != "职员approver（approver-1）" {
		t.Errorf("confirmed %v", confirmed)
	}
	sample := r.do(staff.Auditor, "GET", "/broadcasts/"+id+"/preview", "").is(200)["sample"].([]any)
	if sample[0].(map[string]any)["committee_label"] != "示例社区C01（C01）" {
		t.Errorf("sample %v", sample[0])
	}
	r.begin(id)
	reach := r.do(staff.Author, "GET", "/broadcasts/"+id+"/reach", "").is(200)["items"].([]any)
	if reach[0].(map[string]any)["committee_label"] != "示例社区C01（C01）" {
		t.Errorf("reach %v", reach)
	}
	if report := r.do(staff.Committee, "GET", "/broadcasts/"+id+"/report", "").is(200); report["committee_label"] != "示例社区C01（C01）" {
		t.Errorf("report %v", report)
	}
}

// TestFinishedTexts are what residents read; a committee reads what the city will send to its residents.
func TestFinishedTexts(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	id := r.approved(staff.Author, `{"audience":{"all":true},"messages":[
		{"channel":"sms","template":"notice-sms","data":{"committee":"示例水站","title":"8时检修"}},
		{"channel":"template","template":"小镇通知","data":{"thing1":"检修水管","thing2":"示例水站"},"url":"https://example.com/a"}]}`)
	at := "/broadcasts/" + id + "/texts"
	texts := r.do(staff.Author, "GET", at, "").is(200)["items"].([]any)
	first, last := texts[0].(map[string]any), texts[1].(map[string]any)
	if len(texts) != 2 || first["label"] != "微信模板消息" || first["url"] != "https://example.com/a" || !strings.Contains(first["text"].(string), "检修水管") ||
		last["text"] != "【示例小镇】示例水站通知：8时检修。详情请看公众号。" || last["url"] != nil {
		t.Errorf("texts %v", texts)
	}
	r.do(staff.Committee, "GET", at, "").problem(404, "not-found")
	r.act(staff.Author, id, "schedule", "", "scheduled")
	if got := r.do(staff.Committee, "GET", at, ""); len(got.is(200)["items"].([]any)) != 2 {
		t.Errorf("a committee reads %s", got.body)
	}
	b := r.do(staff.Author, "GET", "/broadcasts/"+id, "").is(200)
	sms := b["message_labels"].([]any)[0].(map[string]any)
	if fmt.Sprint(sms["variables"]) != "[map[label:谁 name:committee] map[label:什么事 name:title]]" || sms["template_label"] != "小镇通知（notice-sms）" {
		t.Errorf("labels %v", sms)
	}
}
