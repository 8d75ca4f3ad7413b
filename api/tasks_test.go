package api_test

import (
	"database/sql"
	"fmt"
	"strings"
	"testing"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store/storetest"
)

// waits is what waits for whoever has a key: kinds with ids or numbers, in the order of the list.
func (r *fixture) waits(key string) string {
	r.t.Helper()
	var all []string
	for _, k := range r.as(key, "GET", "/me/tasks", "").is(200)["items"].([]any) {
		k := k.(map[string]any)
		if k["label"] == "" {
			r.t.Errorf("no label: %v", k)
		}
		text := k["kind"].(string)
		if id, ok := k["id"].(string); ok && k["kind"] != "key-ends" {
			text += " " + id
		}
		all = append(all, text)
	}
	return strings.Join(all, ", ")
}

// TestTasksOfBroadcasts follows broadcasts of the city and of a committee: who is asked for what, and never for what they wrote.
func TestTasksOfBroadcasts(t *testing.T) {
	each(t, func(r *fixture) {
		author, approver, worker := r.key[staff.Author], r.key[staff.Approver], r.key[staff.Committee]
		other := r.hire(staff.Person{ID: "author-2", Name: "职员丙", Role: staff.Author})
		wants := func(what string, want map[string]string) {
			r.t.Helper()
			for key, tasks := range want {
				if got := r.waits(key); got != tasks {
					r.t.Errorf("%s: %q waits, want %q", what, got, tasks)
				}
			}
		}
		r.agreeing(1, here)
		wants("nothing", map[string]string{author: "", approver: "", worker: "", r.key[staff.Auditor]: "", r.key[staff.Admin]: ""})

		id := r.draft(staff.Author, sendsToAll)
		wants("a draft", map[string]string{author: "", approver: ""})
		r.act(staff.Author, id, "submit", "", "submitted")
		wants("submitted", map[string]string{author: "", approver: "broadcast-approve " + id, worker: "", r.key[staff.Auditor]: ""})
		r.act(staff.Approver, id, "reject", `{"why":"请写明时间"}`, "draft")
		wants("rejected", map[string]string{author: "broadcast-returned " + id, other: "", approver: ""})
		if got := r.as(author, "GET", "/me/tasks", ""); !strings.Contains(got.body, "请写明时间") {
			r.t.Errorf("the reason is not told: %s", got.body)
		}
		since := func() any {
			return r.as(author, "GET", "/me/tasks", "").is(200)["items"].([]any)[0].(map[string]any)["since"]
		}
		returned := since()
		r.now.Lock()
		r.now.at = r.now.at.Add(time.Minute)
		r.now.Unlock()
		version := r.do(staff.Author, "GET", "/broadcasts/"+id, "").is(200)["version"]
		r.do(staff.Author, "PUT", "/broadcasts/"+id, fmt.Sprintf(`{"version":%v,"proposal":%s}`, version, proposed)).is(200)
		wants("rejected, and being mended", map[string]string{author: "broadcast-returned " + id, approver: ""})
		if got := since(); got != returned {
			r.t.Errorf("returned at %v, and at %v once it was edited", returned, got)
		}
		hash := r.act(staff.Author, id, "submit", "", "submitted")["hash"].(string)
		r.act(staff.Approver, id, "approve", `{"hash":"`+hash+`"}`, "approved")
		wants("approved", map[string]string{author: "broadcast-schedule " + id, other: "", approver: ""})
		r.act(staff.Author, id, "schedule", "", "scheduled")
		wants("scheduled", map[string]string{author: "broadcast-today " + id, other: "broadcast-today " + id, approver: "broadcast-today " + id, worker: ""})
		r.act(staff.Author, id, "pause", `{"why":"再核对"}`, "paused")
		wants("paused", map[string]string{author: "broadcast-paused " + id, approver: "broadcast-paused " + id, worker: "", r.key[staff.Admin]: ""})
		r.act(staff.Author, id, "cancel", `{"why":"不发了"}`, "cancelled")
		wants("cancelled", map[string]string{author: "", approver: ""})

		series := r.do(staff.Author, "POST", "/series", `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":`+proposed+`}`).is(201)
		at := "/series/" + series["id"].(string)
		wants("a series", map[string]string{author: "", approver: "series-approve " + at[8:], worker: "", r.key[staff.Auditor]: ""})
		r.do(staff.Author, "POST", at+"/reject", `{"why":"x"}`).problem(403, "right")
		if got := r.do(staff.Approver, "POST", at+"/reject", `{"why":"请改为每周二"}`).is(200); got["rejected"] != true || got["stopped"] != true || got["why"] != "请改为每周二" {
			r.t.Errorf("rejected: %v", got)
		}
		wants("a rejected series", map[string]string{author: "series-returned " + at[8:], other: "", approver: ""})
		r.do(staff.Approver, "POST", at+"/reject", `{"why":"x"}`).problem(409, "state")
		r.do(staff.Approver, "POST", at+"/approve", `{"hash":"`+series["hash"].(string)+`"}`).problem(409, "state")
		r.do(staff.Author, "POST", at+"/stop", `{"why":"不再需要"}`).is(200)
		wants("given up", map[string]string{author: "", approver: ""})
		series = r.do(staff.Author, "PUT", at, `{"version":3,"cron":"0 9 * * 2","until":"2023-12-31T00:00:00Z","proposal":`+proposed+`}`).is(200)
		wants("an edited series", map[string]string{author: "", approver: "series-approve " + at[8:]})
		r.do(staff.Approver, "POST", at+"/approve", `{"hash":"`+series["hash"].(string)+`"}`).is(200)
		wants("an approved series", map[string]string{author: "", approver: ""})

		late := r.approved(staff.Author, `{"audience":{"all":true},"send_at":"`+r.now.Now().Add(time.Hour).Format(time.RFC3339)+`"}`)
		r.now.pass(4 * time.Hour)
		r.act(staff.Author, late, "schedule", "", "held")
		wants("overdue", map[string]string{author: "broadcast-held " + late, other: "", approver: "broadcast-confirm " + late, worker: ""})
		own := r.draft(staff.Committee, `{"audience":{"committee":"`+here+`"},"committee":"`+here+`","emergency":true}`)
		r.act(staff.Committee, own, "submit", "", "submitted")
		wants("an emergency", map[string]string{worker: "", author: "broadcast-held " + late, approver: "broadcast-emergency " + own + ", broadcast-confirm " + late})
	})
}

// TestTasksOfTickets counts what is due, and asks a second person for an answer.
func TestTasksOfTickets(t *testing.T) {
	each(t, func(r *fixture) {
		author, approver := r.key[staff.Author], r.key[staff.Approver]
		for i := range 2 {
			if _, err := r.inbox.File(r.t.Context(), inbox.Filing{From: openid + string(rune('a'+i)), Kind: inbox.Question, Text: private + "社保卡去哪里补办"}); err != nil {
				r.t.Fatal(err)
			}
		}
		number := r.do(staff.Author, "GET", "/inbox", "").is(200)["items"].([]any)[0].(map[string]any)["number"].(string)
		r.do(staff.Author, "POST", "/inbox/"+number+"/answer", `{"answer":"`+private+`到社保大厅办理"}`).is(200)
		if got := r.waits(author) + "; " + r.waits(approver) + "; " + r.waits(r.key[staff.Committee]); got != "; answer-approve "+number+"; " {
			r.t.Errorf("proposed: %q", got)
		}
		r.now.pass(7 * 24 * time.Hour)
		if got := r.waits(author); got != "ticket-today" {
			r.t.Errorf("on the day: %q", got)
		}
		r.now.pass(24 * time.Hour)
		tasks := r.as(author, "GET", "/me/tasks", "")
		if got := r.waits(author); got != "ticket-overdue" || !strings.Contains(tasks.body, `"n":2`) || !strings.Contains(tasks.body, `"since":"2023-11-20T15:59:59Z"`) {
			r.t.Errorf("a day later: %s", tasks.body)
		}
	})
}

// TestTasksOfAdmins: what another admin has to confirm, alarms, and a key that ends.
func TestTasksOfAdmins(t *testing.T) {
	each(t, func(r *fixture) {
		first, second := r.activated()
		r.alarms.Raise(r.t.Context(), alarm.ManyStops, "退订异常增多")
		invitation := r.as(first, "POST", "/staff/author-1/invitations", "").is(201)["invitation"].(map[string]any)["id"].(string)
		export := r.as(first, "POST", "/exports", `{"why":"换系统"}`).is(201)["id"].(string)
		undo, err := r.roster.AskUndo(r.t.Context(), audit.Staff("admin-1"), roster.Undo{Key: "k1", Since: r.now.Now().Add(-time.Hour), Until: r.now.Now(), Why: "密钥泄露"})
		if err != nil {
			r.t.Fatal(err)
		}
		if got := r.waits(first); got != "alarm sms-stops" {
			r.t.Errorf("of the one who asked: %q", got)
		}
		if got, want := r.waits(second), "alarm sms-stops, stops-undo "+undo.ID+", export-confirm "+export+", invitation-confirm "+invitation; got != want {
			r.t.Errorf("of the other: %q, want %q", got, want)
		}
		if got := r.waits(r.key[staff.Auditor]); got != "" {
			r.t.Errorf("of the auditor: %q", got)
		}
		r.as(second, "POST", "/alarms/sms-stops/acknowledge", "").is(204)
		r.now.pass(staff.KeyLife - 13*24*time.Hour)
		if got := r.waits(second); got != "key-ends" {
			r.t.Errorf("weeks later: %q", got)
		}
	})
}

// TestTasksThatCannotBeCounted breaks a table that one part of the list is read from: the part says so, and the others are all there.
func TestTasksThatCannotBeCounted(t *testing.T) {
	setting := storetest.FreshSQLite(t)
	r := newFixture(t, storetest.Open(t, setting, storetest.Sealer(t)))
	raw, err := sql.Open("sqlite", setting)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { raw.Close() })
	r.agreeing(1, here)
	id := r.draft(staff.Author, sendsToAll)
	r.act(staff.Author, id, "submit", "", "submitted")
	if _, err := raw.ExecContext(t.Context(), `ALTER TABLE series RENAME TO away`); err != nil {
		t.Fatal(err)
	}
	if got := r.waits(r.key[staff.Approver]); got != "uncounted, broadcast-approve "+id {
		t.Errorf("%q waits", got)
	}
	if got := r.as(r.key[staff.Approver], "GET", "/me/tasks", ""); !strings.Contains(got.body, "定期发送") || strings.Contains(got.body, "no such table") {
		t.Errorf("what was not counted is not named in plain words: %s", got.body)
	}
}

// TestTasksOfFeedback: what others say of the console waits for admins until one of them answers.
func TestTasksOfFeedback(t *testing.T) {
	each(t, func(r *fixture) {
		author, admin := r.key[staff.Author], r.key[staff.Admin]
		r.do(staff.Author, "POST", "/feedback", `{"text":" "}`).problem(422, "invalid", "body.text")
		given := r.do(staff.Author, "POST", "/feedback", `{"text":"找不到导入","page":"https://elsewhere.example/"}`, "Idempotency-Key", "said").is(201)
		if again := r.do(staff.Author, "POST", "/feedback", `{"text":"找不到导入","page":"https://elsewhere.example/"}`, "Idempotency-Key", "said").is(201); again["id"] != given["id"] {
			t.Errorf("said twice: %v and %v", given["id"], again["id"])
		}
		if given["page"] != nil {
			t.Errorf("a page of somebody else is kept: %v", given["page"])
		}
		if a, b := r.waits(author), r.waits(admin); a != "" || b != "feedback" {
			t.Errorf("%q waits for the author, %q for the admin", a, b)
		}
		at := "/feedback/" + given["id"].(string) + "/answer"
		r.do(staff.Author, "POST", at, `{"answer":"在居民里"}`).problem(403, "right", "")
		r.do(staff.Admin, "POST", "/feedback/FAAAAAAAAAA/answer", `{"answer":"在居民里"}`).problem(404, "not-found", "")
		r.do(staff.Admin, "POST", at, `{"answer":"在居民里"}`).is(204)
		r.do(staff.Admin, "POST", at, `{"answer":"在别处"}`).problem(409, "answered", "path.id")
		if b := r.waits(admin); b != "" {
			t.Errorf("answered, %q waits", b)
		}
		if got := r.do(staff.Auditor, "GET", "/feedback", "").is(200)["items"].([]any); len(got) != 0 {
			t.Errorf("another reads %v", got)
		}
		if got := r.do(staff.Author, "GET", "/feedback", "").is(200)["items"].([]any); len(got) != 1 || got[0].(map[string]any)["answer"] != "在居民里" {
			t.Errorf("the author reads %v", got)
		}
		for range 20 {
			r.do(staff.Author, "POST", "/feedback", `{"text":"还有"}`).is(201)
		}
		r.do(staff.Author, "POST", "/feedback", `{"text":"还有"}`).problem(409, "feedback-waits", "")
	})
}

// TestTasksOfHeldTickets: what somebody took over, and is due, waits for them by its number, as long as they have it.
func TestTasksOfHeldTickets(t *testing.T) {
	r := lite(t)
	author, other := r.key[staff.Author], r.hire(staff.Person{ID: "author-2", Name: "职员丙", Role: staff.Author})
	number := r.ticket("路灯坏了")
	r.do(staff.Author, "POST", "/inbox/"+number+"/hold", `{}`).is(200)
	if got := r.waits(author); got != "" {
		t.Errorf("long before it is due, %q waits", got)
	}
	r.now.pass(30 * 24 * time.Hour)
	if got := r.waits(author); got != "ticket-overdue" {
		t.Errorf("overdue, and nobody's any more: %q waits", got)
	}
	r.do(staff.Author, "POST", "/inbox/"+number+"/hold", `{}`).is(200)
	if a, b := r.waits(author), r.waits(other); a != "ticket-overdue, ticket-held "+number || b != "ticket-overdue" {
		t.Errorf("taken over: %q waits for who has it, %q for another", a, b)
	}
	r.now.pass(11 * time.Minute)
	if got := r.waits(author); got != "ticket-overdue" {
		t.Errorf("left alone: %q waits", got)
	}
}

// TestTasksOfImports: an import that ended waits for who imported it, until they have put it away.
func TestTasksOfImports(t *testing.T) {
	r := lite(t)
	admin, other := r.key[staff.Admin], r.hire(staff.Person{ID: "admin-2", Name: "职员丁", Role: staff.Admin})
	judged := r.judged(staff.Admin, "&name=a.csv", residentsHeading+numbers+"0001,C01,,同意,2023-11-01\n")
	if got := r.waits(admin); got != "" {
		t.Errorf("judged, %q waits", got)
	}
	r.imported(staff.Admin, judged.ID, "good")
	if a, b := r.waits(admin), r.waits(other); a != "import-ended "+judged.ID || b != "" {
		t.Errorf("imported: %q waits for who did it, %q for another", a, b)
	}
	r.do(staff.Admin, "DELETE", "/imports/"+judged.ID, "").is(204)
	if got := r.waits(admin); got != "" {
		t.Errorf("put away, %q waits", got)
	}
}
