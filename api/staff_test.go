package api_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/staff"
	"towncrier/staff/stafftest"
)

func TestStaff(t *testing.T) {
	each(t, func(r *fixture) {
		made := r.do(staff.Admin, "POST", "/staff", `{"id":"li","name":"李","role":"committee","committee":"`+there+`"}`)
		if got := made.is(201); got["id"] != "li" || got["committee"] != there || got["disabled_at"] != nil || made.header.Get("Location") != "/api/v1/staff/li" {
			r.t.Errorf("made: %v", got)
		}
		r.do(staff.Admin, "POST", "/staff", `{"id":"li","name":"李","role":"author"}`).problem(409, "staff-exists", "body.id")
		r.do(staff.Admin, "POST", "/staff", `{"id":"L!","name":" ","role":"author"}`).problem(422, "invalid", "body.id", "body.name")
		r.do(staff.Admin, "POST", "/staff", `{"id":"ma","name":"马","role":"king"}`).problem(422, "invalid", "body.role")
		r.do(staff.Admin, "POST", "/staff", `{"id":"ma","name":"马","role":"committee"}`).problem(422, "invalid", "body.committee")
		r.do(staff.Admin, "POST", "/staff", `{"id":"ma","name":"马","role":"committee","committee":"X"}`).problem(422, "no-committee", "body.committee")
		secret, _, err := stafftest.KeyOf(r.t.Context(), r.db.Staff(), r.now.Now, "li")
		if err != nil {
			r.t.Fatal(err)
		}
		r.as(secret, "GET", "/me", "").is(200)
		if got := r.do(staff.Admin, "POST", "/staff/li/disable", "").is(200); got["disabled_at"] == nil {
			r.t.Errorf("disabled: %v", got)
		}
		r.as(secret, "GET", "/me", "").problem(401, "key")
		r.do(staff.Admin, "POST", "/staff/li/invitations", "").problem(409, "disabled", "path.id")
		r.do(staff.Admin, "POST", "/staff/li/enable", "").is(200)
		r.as(secret, "GET", "/me", "").problem(401, "key")
		r.do(staff.Admin, "POST", "/staff/admin-1/disable?confirm=true", "").problem(409, "own", "path.id")
		r.do(staff.Admin, "POST", "/staff/nobody/disable", "").problem(404, "not-found")
		r.do(staff.Admin, "GET", "/staff/nobody/keys", "").problem(404, "not-found")
		if got := r.do(staff.Auditor, "GET", "/staff", "").is(200)["items"].([]any); len(got) != len(roles)+1 {
			r.t.Errorf("staff: %v", got)
		}
	})
}

// TestChangesOfStaff gives people another name, role and committee: another role ends their key, and nobody gives it to themselves.
func TestChangesOfStaff(t *testing.T) {
	each(t, func(r *fixture) {
		second := r.hire(staff.Person{ID: "admin-2", Name: "职员乙", Role: staff.Admin})
		change := func(id, body string) answer { return r.do(staff.Admin, "PATCH", "/staff/"+id, body) }
		if got := change("author-1", `{"name":" 李某 "}`).is(200); got["name"] != "李某" || got["role"] != "author" {
			r.t.Errorf("named: %v", got)
		}
		r.do(staff.Author, "GET", "/me", "").is(200)
		if got := change("author-1", `{"role":"committee","committee":"`+there+`"}`).is(200); got["committee"] != there || got["role"] != "committee" {
			r.t.Errorf("moved: %v", got)
		}
		r.do(staff.Author, "GET", "/me", "").problem(401, "key")
		change("author-1", `{"role":"author"}`).is(200)
		r.do(staff.Author, "GET", "/me", "").problem(401, "key")
		change("committee-1", `{"committee":"C99"}`).problem(422, "no-committee", "body.committee")
		change("auditor-1", `{"committee":"`+here+`"}`).problem(422, "invalid", "body.committee")
		change("auditor-1", `{"role":"mayor"}`).problem(422, "invalid", "body.role")
		change("auditor-1", `{"name":"王\n某"}`).problem(422, "invalid", "body.name")
		change("auditor-1", `{}`).problem(422, "no-change", "body")
		change("nobody", `{"name":"王某"}`).problem(404, "not-found")
		change("admin-1", `{"role":"author"}`).problem(409, "own", "path.id")
		r.as(second, "PATCH", "/staff/admin-1", `{"role":"auditor"}`).problem(409, "one-admin", "query.confirm")
		r.as(second, "POST", "/staff/admin-1/disable", "").problem(409, "one-admin", "query.confirm")
		r.do(staff.Admin, "GET", "/staff", "").is(200)
		r.as(second, "PATCH", "/staff/admin-1?confirm=true", `{"role":"auditor"}`, "Idempotency-Key", "idem-1").is(200)
		r.as(second, "PATCH", "/staff/admin-1?confirm=true", `{"role":"auditor"}`, "Idempotency-Key", "idem-1").is(200)
		r.do(staff.Admin, "GET", "/staff", "").problem(401, "key")
		r.as(second, "POST", "/staff/admin-2/disable", "").problem(409, "own", "path.id")
		entries := r.as(second, "GET", "/audit?action=staff.change&subject=author-1", "").is(200)["items"].([]any)
		var said []string
		for _, e := range entries {
			said = append(said, e.(map[string]any)["detail"].(string))
		}
		if got := strings.Join(said, ", "); got != "role=committee>author committee=C02>-, role=author>committee committee=->C02, name=职员author>李某" {
			r.t.Errorf("recorded: %s", got)
		}
	})
}

// TestOwnKeys: a key says until when it opens, and its owner finds it by the name that they gave it.
func TestOwnKeys(t *testing.T) {
	each(t, func(r *fixture) {
		first, second := r.activated()
		r.hire(staff.Person{ID: "li", Name: "李", Role: staff.Author})
		r.now.pass(time.Hour)
		code := r.as(first, "POST", "/staff/li/invitations", "").is(201)["code"].(string)
		r.as(second, "POST", "/staff/invitations/"+code[4:14]+"/confirm", `{"phone":"`+numbers+`0777"}`).is(200)
		r.as("", "POST", "/activate", `{"code":"`+code+`"}`).is(200)
		_, sms := r.texted()
		r.as("", "POST", "/activate", `{"code":"`+code+`","sms_code":"`+sms+`","name":"`+numbers+`0778的电脑"}`).problem(422, "invalid", "body.name")
		key := r.as("", "POST", "/activate", `{"code":"`+code+`","sms_code":"`+sms+`","name":"办公室电脑"}`).is(200)["key"].(string)
		mine := r.as(key, "GET", "/me/keys", "")
		items := mine.is(200)["items"].([]any)
		newest := items[len(items)-1].(map[string]any)
		if len(items) != 2 || newest["name"] != "办公室电脑" || newest["in_use"] != true || newest["person"] != "li" || items[0].(map[string]any)["revoked_at"] == nil {
			r.t.Errorf("own keys: %s", mine.body)
		}
		if got := mine.header.Get("X-Key-Expires"); got != r.now.Now().Add(staff.KeyLife).Format(time.RFC3339) {
			r.t.Errorf("the key ends at %q", got)
		}
		all := r.as(first, "GET", "/staff/keys", "").is(200)["items"].([]any)
		if len(all) < 6 {
			r.t.Errorf("all keys: %v", all)
		}
		for _, k := range all {
			if k := k.(map[string]any); (k["in_use"] == true) != (k["id"] == strings.Split(first, "_")[1]) {
				r.t.Errorf("in use: %v", k)
			}
		}
	})
}

// TestAuditIsSearched narrows the log by day, person in both spellings, and subject, with names and labels.
func TestAuditIsSearched(t *testing.T) {
	each(t, func(r *fixture) {
		r.do(staff.Admin, "POST", "/staff", `{"id":"li","name":"李某","role":"author"}`).is(201)
		r.now.pass(12 * time.Hour) // 14 November in China: its day begins at 16:00 UTC
		r.do(staff.Admin, "POST", "/staff/li/disable", "").is(200)
		found := func(query string) string {
			r.t.Helper()
			var all []string
			for _, e := range r.do(staff.Auditor, "GET", "/audit?subject=li&"+query, "").is(200)["items"].([]any) {
				e := e.(map[string]any)
				all = append(all, fmt.Sprint(e["action_label"], " ", e["actor_name"], " ", e["subject_name"]))
			}
			return strings.Join(all, ", ")
		}
		const added, disabled = "添加工作人员 职员admin 李某", "停用工作人员 职员admin 李某"
		for query, want := range map[string]string{
			"actor=admin-1":                 disabled + ", " + added,
			"actor=staff:admin-1":           disabled + ", " + added,
			"actor=auditor-1":               "",
			"actor=resident":                "",
			"from=2023-11-14":               disabled,
			"to=2023-11-13":                 added,
			"from=2023-11-13&to=2023-11-14": disabled + ", " + added,
			"from=2023-11-15":               "",
			"action=staff.add&from=2023-11-13&actor=admin-1": added,
		} {
			if got := found(query); got != want {
				r.t.Errorf("%s: %q, want %q", query, got, want)
			}
		}
		for detail, action := range map[string]string{"角色：": "staff.add", "小区数：": "committee.put"} {
			first := r.do(staff.Auditor, "GET", "/audit?limit=1&action="+action, "").is(200)["items"].([]any)[0].(map[string]any)
			if label, _ := first["detail_label"].(string); !strings.HasPrefix(label, detail) {
				r.t.Errorf("%s reads %q of %q, want %s…", action, label, first["detail"], detail)
			}
		}
		r.do(staff.Auditor, "GET", "/audit?actor=local:admin-1", "").problem(422, "invalid", "query.actor")
		r.do(staff.Auditor, "GET", "/audit?from=gestern", "").problem(422, "invalid", "query.from")
		r.do(staff.Auditor, "GET", "/audit?from=2023-11-14&to=2023-11-13", "").problem(422, "invalid", "query.to")
	})
}

func TestCommittees(t *testing.T) {
	each(t, func(r *fixture) {
		put := func(body string) answer { return r.do(staff.Admin, "PUT", "/committees/C03", body) }
		made := put(`{"name":"示例三社区","street":"示例街道","communities":["乙","甲"]}`).is(201)
		if fmt.Sprint(made["communities"]) != "[乙 甲]" && fmt.Sprint(made["communities"]) != "[甲 乙]" || made["code"] != "C03" {
			r.t.Errorf("made: %v", made)
		}
		if got := put(`{"name":"示例三"}`).is(200); got["name"] != "示例三" || len(got["communities"].([]any)) != 0 {
			r.t.Errorf("replaced: %v", got)
		}
		put(`{"name":" "}`).problem(422, "invalid", "body.name")
		put(`{}`).problem(422, "invalid", "body")
		r.do(staff.Admin, "PUT", "/committees/a.b", `{"name":"x"}`).problem(422, "invalid", "path.code")
		if got := r.do(staff.Author, "GET", "/committees", "").is(200)["items"].([]any); len(got) != 3 {
			r.t.Errorf("list: %v", got)
		}
		r.do(staff.Author, "GET", "/committees/C03", "").is(200)
		r.do(staff.Admin, "DELETE", "/committees/C03", "").is(204)
		r.do(staff.Admin, "DELETE", "/committees/C03", "").problem(404, "not-found")
		r.do(staff.Author, "GET", "/committees/C03", "").problem(404, "not-found")
		r.resident(1, there)
		for _, code := range []string{here, there} { // one has staff, the other a resident
			r.do(staff.Admin, "DELETE", "/committees/"+code, "").problem(409, "in-use", "path.code")
		}
		r.do(staff.Admin, "POST", "/staff/committee-1/disable", "").is(200)
		r.do(staff.Admin, "DELETE", "/committees/"+here, "").is(204)
		r.do(staff.Admin, "POST", "/staff/committee-1/enable", "").problem(409, "no-committee", "path.id")
	})
}

func TestInbox(t *testing.T) {
	each(t, func(r *fixture) {
		one, two := r.ticket("一"), r.ticket("二")
		list := r.do(staff.Author, "GET", "/inbox", "").is(200)["items"].([]any)
		if len(list) != 2 || list[0].(map[string]any)["number"] != one || list[0].(map[string]any)["text"] != private+"一" {
			r.t.Errorf("list: %v", list)
		}
		page := r.do(staff.Author, "GET", "/inbox?limit=1", "").is(200)
		rest := r.do(staff.Author, "GET", "/inbox?limit=1&after="+page["next"].(string), "").is(200)
		if items := rest["items"].([]any); len(items) != 1 || items[0].(map[string]any)["number"] != two || rest["next"] != nil {
			r.t.Errorf("the second page: %v", rest)
		}
		r.do(staff.Author, "GET", "/inbox?after=20231113-9999", "").problem(400, "cursor", "query.after")
		answer := func(number, text string) answer {
			return r.do(staff.Author, "POST", "/inbox/"+number+"/answer", `{"answer":"`+text+`"}`)
		}
		answer(one, " ").problem(422, "invalid", "body.answer")
		answer(one, "").problem(422, "invalid", "body.answer")
		answer(one, "a\\u0007").problem(422, "invalid", "body.answer")
		answer(one, strings.Repeat("字", 601)).problem(422, "invalid", "body.answer")
		answer("20231113-9999", private).problem(404, "not-found")
		if got := answer(one, private+"已处理").is(200); got["tickets"] != 1.0 {
			r.t.Errorf("answered: %v", got)
		}
		answer(one, private).problem(409, "answered", "path.number")
		r.do(staff.Author, "POST", "/inbox/"+two+"/close", "").is(200)
		answer(two, private).problem(409, "closed", "path.number")
		got := r.do(staff.Auditor, "GET", "/inbox/"+one, "").is(200)["ticket"].(map[string]any)
		if got["owner"] != "职员author" || got["answer"] != private+"已处理" || got["status"] != "answered" {
			r.t.Errorf("ticket: %v", got)
		}
		r.do(staff.Author, "GET", "/inbox?status=lost", "").problem(422, "invalid", "query.status")
		for action, number := range map[string]string{"ticket.answer": one, "ticket.close": two} {
			entries := r.do(staff.Auditor, "GET", "/audit?actor=staff:author-1&action="+action, "").is(200)["items"].([]any)
			if len(entries) != 1 || entries[0].(map[string]any)["subject"] != number || entries[0].(map[string]any)["detail"] != "tickets=1" {
				r.t.Errorf("%s: %v", action, entries)
			}
		}
	})
}
