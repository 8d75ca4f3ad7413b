package api_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"towncrier/intents"
	"towncrier/staff"
)

// burstMain is an emergency of the town.
const burstMain = `{"template":"停水","fields":{"what":"供水主管道爆裂","where":"东街","since":"12:00","advice":"请提前储水","issuer":"示例水站"},"audience":{"all":true}}`

// declared is an emergency that waits for approval.
func (r *fixture) declared() map[string]any {
	r.t.Helper()
	return r.do(staff.Author, "POST", "/emergencies", burstMain).is(201)
}

// answered is what a resident is answered now.
func (r *fixture) answered(question string) string {
	now := r.content.Live.Current()
	m := now.Matcher.Match(question, intents.Context{})
	if m.Decision != intents.Answer {
		return ""
	}
	card, _ := now.Card(m.Ranked[0].ID, r.now.Now())
	text, _ := now.Render(card)
	return text
}

// TestEmergency goes from one act to the end: what one person declares another approves by one hash; it is published, answered and sent, and is
// over by one act.
func TestEmergency(t *testing.T) {
	each(t, func(r *fixture) {
		r.follow()
		for n := range 12 {
			r.agreeing(n, here)
		}
		if got := r.answered("停水停到几点"); !strings.Contains(got, "8时至18时") { // another notice's, which yields
			t.Fatal(got)
		}
		seen := r.do(staff.Author, "POST", "/emergencies/preview", burstMain).is(200)
		if seen["hash"] != nil || seen["id"] != nil || seen["says"].(map[string]any)["notice"] != nil || len(r.do(staff.Author, "GET", "/emergencies", "").is(200)["items"].([]any)) != 0 {
			t.Errorf("a preview kept %v", seen)
		}
		e := r.declared()
		id, hash := e["id"].(string), e["hash"].(string)
		at := "/emergencies/" + id
		if e["status"] != "submitted" || e["untold"] != "没有开通短信：请自己通知审批员" || e["sends"].(map[string]any)["residents_label"] != "约10人" {
			t.Errorf("declared %v", e)
		}
		if told := e["told"].([]any); len(told) != 1 || told[0].(map[string]any)["staff"] != "approver-1" || told[0].(map[string]any)["state"] != "off" {
			t.Errorf("told %v", e["told"])
		}
		tasks := fmt.Sprint(r.do(staff.Approver, "GET", "/me/tasks", "").is(200))
		if !strings.Contains(tasks, "emergency-approve") || strings.Contains(fmt.Sprint(r.do(staff.Author, "GET", "/me/tasks", "").is(200)), "emergency-approve") {
			t.Error(tasks)
		}

		body := func(hash string) string { return `{"hash":"` + hash + `"}` }
		r.do(staff.Author, "POST", at+"/approve", body(hash)).problem(http.StatusForbidden, "right")
		r.do(staff.Approver, "POST", at+"/approve", body(strings.Repeat("0", 12))).problem(http.StatusConflict, "changed", "body.hash")
		r.do(staff.Approver, "POST", at+"/end", "").problem(http.StatusConflict, "state")
		// A revision that comes in between is kept: what was signed is not over it.
		draft := r.beginContent("图书屋增加图书")
		r.rewrite(draft, libraryNotice, "1200册", "1300册")
		r.rewrite(draft, libraryHours, "1200册", "1300册")
		r.publishDraft(draft)

		out := r.do(staff.Approver, "POST", at+"/approve", body(hash[:12])).is(200)
		if out["status"] != "out" || out["revision"] != 3.0 || out["broadcast"].(map[string]any)["status"] != "scheduled" {
			t.Fatalf("approved %v", out)
		}
		r.soonServed(3)
		for _, q := range []string{"停水停到几点", "啥时候来水", "哪里停水", "停水了怎么办", "今天停水是咋回事"} {
			if got := r.answered(q); !strings.Contains(got, "东街供水主管道爆裂，2023年11月13日12时起停水。恢复供水的时间还没有公布。请提前储水。") {
				t.Errorf("%s: %s", q, got)
			}
		}
		if got := r.answered("图书屋有多少册书"); !strings.Contains(got, "1300册") {
			t.Error(got)
		}
		sent := out["broadcast"].(map[string]any)["id"].(string)
		for range 2 { // a second press on the button
			r.do(staff.Approver, "POST", at+"/pause", `{"why":"再核对"}`).is(200)
		}
		if b := r.do(staff.Auditor, "GET", "/broadcasts/"+sent, "").is(200); b["status"] != "paused" || b["why"] != "再核对" || b["author"] != "author-1" || b["approver"] != "approver-1" {
			t.Errorf("paused %v", b)
		}
		r.do(staff.Approver, "POST", at+"/resume", "").is(200)
		r.begin(sent)

		look := r.do(staff.Author, "GET", at+"/end", "").is(200)
		if got := named(look["broadcasts"]); !slices.Equal(got, []string{sent}) || look["broadcasts"].([]any)[0].(map[string]any)["why"] != "应急已结束" ||
			look["sends"].(map[string]any)["residents_label"] != "约10人" || fmt.Sprint(named(look["answers"])) != "[urgent.water]" || len(look["intents"].([]any)) != 0 ||
			!strings.Contains(fmt.Sprint(look["ends"]), "东街已于11月13日12时恢复供水") {
			t.Errorf("the look at its end: %v", look)
		}
		if still := r.do(staff.Author, "GET", at, "").is(200); still["status"] != "out" {
			t.Fatalf("a look made it %v", still)
		}
		over := r.do(staff.Author, "POST", at+"/end", "").is(200)
		if over["status"] != "ended" || over["broadcast"].(map[string]any)["status"] != "cancelled" || over["all_clear"].(map[string]any)["status"] != "scheduled" {
			t.Fatalf("ended %v", over)
		}
		r.soonServed(4)
		if got := r.answered("停水停到几点"); !strings.Contains(got, "东街停水已于2023年11月13日12时结束，供水已恢复。") || strings.Contains(got, "爆裂") {
			t.Error(got)
		}
		if n := r.do(staff.Author, "GET", "/content/notices/"+id, "").is(200); n["status"] != "withdrawn" || n["successor"] != id+"-end" {
			t.Errorf("its notice: %v", n)
		}
		clear := over["all_clear"].(map[string]any)["id"].(string)
		r.begin(clear)
		texts := fmt.Sprint(r.do(staff.Author, "GET", "/broadcasts/"+clear+"/texts", "").is(200))
		if !strings.Contains(texts, "东街已于11月13日12时恢复供水") {
			t.Error(texts)
		}
		r.do(staff.Author, "GET", at+"/end", "").problem(409, "state", "")
		r.do(staff.Author, "POST", at+"/end", "").is(200) // once more changes nothing
		if now := r.do(staff.Auditor, "GET", "/content", "").is(200); now["revision"] != 4.0 {
			t.Errorf("content %v", now)
		}
	})
}

// TestTwoEmergenciesOfOneKind have one question, and each its part in the answer until it is over.
func TestTwoEmergenciesOfOneKind(t *testing.T) {
	r := lite(t)
	r.follow()
	r.agreeing(1, here)
	out := func(where string) string {
		t.Helper()
		e := r.do(staff.Author, "POST", "/emergencies", strings.Replace(burstMain, "东街", where, 1)).is(201)
		r.do(staff.Approver, "POST", "/emergencies/"+e["id"].(string)+"/approve", `{"hash":"`+e["hash"].(string)+`"}`).is(200)
		return e["id"].(string)
	}
	first, second := out("东街"), out("柳巷")
	r.soonServed(3)
	if got := r.answered("停水到几点"); !strings.Contains(got, "东街供水") || !strings.Contains(got, "柳巷供水") {
		t.Error(got)
	}
	r.do(staff.Author, "POST", "/emergencies/"+first+"/end", "").is(200)
	r.soonServed(4)
	if got := r.answered("停水到几点"); !strings.Contains(got, "柳巷供水") || !strings.Contains(got, "东街停水已于") || strings.Contains(got, "东街供水") {
		t.Error(got)
	}
	r.do(staff.Author, "POST", "/emergencies/"+second+"/end", "").is(200)
	third := out("北街")
	r.soonServed(6)
	if got := r.answered("停水到几点"); !strings.Contains(got, "北街供水") || strings.Contains(got, "已于") {
		t.Error(got)
	}
	if list := r.do(staff.Auditor, "GET", "/emergencies?status="+"已发布", "").is(200)["items"].([]any); len(list) != 1 || list[0].(map[string]any)["id"] != third {
		t.Errorf("out: %v", list)
	}
}

// TestEmergencyFieldsAreUntrusted: what officials type is refused by field before anything is kept, or is text and nothing else.
func TestEmergencyFieldsAreUntrusted(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	given := map[string]string{"what": "供水主管道爆裂", "where": "东街", "since": "12:00", "advice": "请提前储水", "issuer": "示例水站"}
	declare := func(field, value string) answer {
		fields := maps.Clone(given)
		fields[field] = value
		body, _ := json.Marshal(map[string]any{"template": "water", "fields": fields, "audience": map[string]any{"all": true}})
		return r.do(staff.Author, "POST", "/emergencies", string(body))
	}
	for _, c := range []struct{ field, value, at, says string }{
		{"where", "", "fields.where", "没有填写"},
		{"where", strings.Repeat("东", 13), "fields.where", "有13个字，最多12个字"},
		{"where", "东街\n1. 免费领米", "fields.where", "有换行"},
		{"where", "东街{ended}", "fields.where", "有“{”这样的符号"},
		{"where", "<b>东街</b>", "fields.where", "有“<”这样的符号"},
		{"where", "《供水条例》", "fields.where", "有“《”这样的符号"},
		{"advice", "请打19900001234", "fields.advice", "有手机号"},
		{"advice", "请看a.example.com", "fields.advice", "有网址"},
		{"advice", "请提前儲水", "", ""}, // goes by no text of this town's: its SMS does not say it
		{"since", "昨天", "fields.since", "19:00"},
		{"since", "2023-02-30 10:00", "fields.since", "写成"},
		{"until", "11:00", "fields.until", "应晚于11月13日12时"},
		{"since", "明天8:00", "", ""},
		{"what", "欢迎拨打", "", ""},
		{"how", "x", "fields", "可以写：what（发生了什么）"},
	} {
		got := declare(c.field, c.value)
		if c.at == "" {
			got.is(201)
			continue
		}
		faults := fmt.Sprint(got.is(http.StatusUnprocessableEntity)["errors"])
		if !strings.Contains(faults, "body."+c.at) || !strings.Contains(faults, c.says) {
			t.Errorf("%s=%q: %s", c.field, c.value, faults)
		}
	}
	given["where"], given["until"] = "东街和柳巷的沿街各楼院", "明天6:30"
	long := fmt.Sprint(declare("since", "12:30").is(http.StatusUnprocessableEntity)["errors"])
	if !strings.Contains(long, "body.fields.where") || !strings.Contains(long, "短信的“什么事”是“东街和柳巷的沿街各楼院11月13日12时30分起停水，预计11月14日6时30分恢复供水”，有44个字，最多35个字：请缩短或改写“哪里停水”、") {
		t.Error(long)
	}
	r.do(staff.Author, "POST", "/emergencies", strings.Replace(burstMain, "停水", "地震", 1)).problem(422, "no-template", "body.template")
	r.do(staff.Author, "POST", "/emergencies", strings.Replace(burstMain, `{"all":true}`, `{"list":"LAAAAAAAAAA"}`, 1)).status422(r)
	r.do(staff.Author, "POST", "/emergencies", strings.Replace(burstMain, `{"all":true}`, `{}`, 1)).status422(r)
	r.do(staff.Author, "POST", "/emergencies", strings.Replace(burstMain, `{"all":true}`, `{"street":"没有的街道"}`, 1)).status422(r)
}

// TestEmergencyIsWhatWasSigned: what two people sign does not change between them.
func TestEmergencyIsWhatWasSigned(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	e := r.declared()
	at, body := "/emergencies/"+e["id"].(string), `{"hash":"`+e["hash"].(string)+`"}`
	draft := r.beginContent("短信换了说法")
	r.rewrite(draft, "templates.yaml", "详情请看公众号", "以公众号为准")
	r.publishDraft(draft)
	r.do(staff.Approver, "POST", at+"/approve", body).problem(http.StatusConflict, "changed", "body.hash")
	r.do(staff.Author, "POST", at+"/drop", `{"why":"短信换了说法"}`).is(200)
	r.do(staff.Approver, "POST", at+"/approve", body).problem(http.StatusConflict, "state")
}

func (c *crashing) repeatEmergencies() {
	author := c.hire(staff.Person{ID: "author-2", Name: "另一位", Role: staff.Author}) // whose key is not used up by other repeats
	approver := c.hire(staff.Person{ID: "approver-2", Name: "又一位", Role: staff.Approver})
	c.agreeing(990, here)
	dropped := c.once(author, "POST", "/emergencies", burstMain)
	c.once(approver, "POST", "/emergencies/"+dropped["id"].(string)+"/drop", `{"why":"重复"}`)
	e := c.once(author, "POST", "/emergencies", burstMain)
	at := "/emergencies/" + e["id"].(string)
	for _, step := range []struct{ key, path, body, status string }{
		{author, "/emergencies/preview", burstMain, ""}, {approver, at + "/approve", `{"hash":"` + e["hash"].(string) + `"}`, "out"}, {approver, at + "/pause", "", "out"},
		{approver, at + "/resume", "", "out"}, {approver, at + "/end", "", "ended"},
	} {
		if first, again := c.ask(step.key, "POST", step.path, step.body); first.status != 200 || again.status != 200 || again.is(200)["status"] != step.status {
			c.t.Errorf("%s: %d %s, and again %d %s", step.path, first.status, first.body, again.status, again.body)
		}
	}
}
