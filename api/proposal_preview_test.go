package api_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/staff"
)

// faultsOf are the faults of a preview, each as where: text, the warnings with a ! before them.
func faultsOf(p map[string]any) (all []string) {
	for _, one := range p["faults"].([]any) {
		f := one.(map[string]any)
		where := ""
		for _, key := range []string{"field", "channel", "variable"} {
			if f[key] != nil {
				where += fmt.Sprint(f[key]) + " "
			}
		}
		if f["warning"] == true {
			where = "!" + where
		}
		all = append(all, strings.TrimSpace(where)+": "+f["text"].(string))
	}
	return all
}

// TestPreviewProposal: what is not kept is previewed as the same draft is, and on record; what it lacks is at fault and nothing else is refused.
func TestPreviewProposal(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 31 {
			r.agreeing(10+n, here)
		}
		preview := func(role staff.Role, proposal, more string) answer {
			return r.do(role, "POST", "/broadcasts/preview", `{"proposal":`+proposal+more+`}`)
		}
		got := preview(staff.Author, proposed, "").is(200)
		kept := r.do(staff.Author, "POST", "/broadcasts", `{"proposal":`+proposed+`}`).is(201)
		saved := r.do(staff.Author, "GET", "/broadcasts/"+kept["id"].(string)+"/preview", "").is(200)
		for name, value := range saved {
			if name != "sample" && fmt.Sprint(value) != fmt.Sprint(got[name]) {
				t.Errorf("%s: %v, of the same draft %v", name, got[name], value)
			}
		}
		if len(got["sample"].([]any)) != 10 || got["audience_label"] != "全体居民" || got["counted_at"] == nil || got["hash"] != nil {
			t.Errorf("previewed %v", got)
		}
		acts, err := r.db.Audit().List(t.Context(), 0, 100, audit.Filter{Action: "audience.estimate"})
		if err != nil || len(acts) != 1 || acts[0].Detail != `topic=water committee=- audience={"all":true}` {
			t.Errorf("on record: %v, %v", acts, err)
		}

		empty := preview(staff.Author, `{}`, "").is(200)
		for _, field := range []string{"title: ", "topic: ", "cites: ", "messages: ", "audience: "} {
			if !slices.ContainsFunc(faultsOf(empty), func(f string) bool { return strings.HasPrefix(f, field) }) {
				t.Errorf("nothing is said of %s%q", field, faultsOf(empty))
			}
		}
		if empty["residents_label"] != "未统计" || empty["counted_at"] != nil {
			t.Errorf("of nobody: %v", empty)
		}
		if got := preview(staff.Author, proposed, `,"uncounted":true`).is(200); got["residents_label"] != "未统计" || len(got["texts"].([]any)) != 1 || got["parts"] != 1.0 {
			t.Errorf("uncounted: %v", got)
		}
		figure := strings.Replace(proposed, "每周一检修水管", "罚款8888元", 1)
		if got := faultsOf(preview(staff.Author, figure, `,"uncounted":true`).is(200)); !strings.HasPrefix(got[0], "sms title: ") || !strings.Contains(got[0], "8888") {
			t.Errorf("a figure that nothing prints: %q", got)
		}

		preview(staff.Author, strings.Replace(proposed, `"all":true`, `"all":true,"tag":"x"`, 1), "").problem(422, "invalid", "body.proposal.audience")
		preview(staff.Author, strings.Replace(proposed, `"all":true`, `"tag":"低保"`, 1), "").problem(403, "right", "body.proposal.audience")
		preview(staff.Approver, proposed, "").problem(403, "right")
		preview(staff.Committee, strings.Replace(proposed, `{`, `{"committee":"`+there+`",`, 1), "").problem(403, "not-your-committee", "body.proposal.committee")

		for n := range 40 { // more audiences than may be counted: texts are shown still
			audience := fmt.Sprintf(`{"community":"小区%d"}`, n)
			got = preview(staff.Author, strings.Replace(proposed, `{"all":true}`, audience, 1), "").is(200)
		}
		if last := faultsOf(got); got["residents_label"] != "未统计" || len(got["texts"].([]any)) != 1 || !strings.HasPrefix(last[len(last)-1], "!audience: 一小时内已经统计了30个") {
			t.Errorf("after many audiences: %q %v", last, got)
		}
	})
}

// TestPreviewWarnsOfCollisions: what else goes to the same residents within a day is named; what goes to others, or later, is not.
func TestPreviewWarnsOfCollisions(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 12 {
			r.agreeing(n, here)
			r.agreeing(20+n, there)
		}
		to := func(committee, at string) string {
			return strings.Replace(strings.Replace(proposed, `{"all":true}`, `{"committee":"`+committee+`"}`, 1), "{", `{"send_at":"`+at+`",`, 1)
		}
		collides := func(role staff.Role, proposal string) string {
			for _, f := range faultsOf(r.do(role, "POST", "/broadcasts/preview", `{"uncounted":true,"proposal":`+proposal+`}`).is(200)) {
				if strings.HasPrefix(f, "!send_at: ") {
					return f
				}
			}
			return ""
		}
		id := r.do(staff.Author, "POST", "/broadcasts", `{"proposal":`+to(here, "2023-11-20T01:00:00Z")+`}`).is(201)["id"].(string)
		if got := collides(staff.Author, to(here, "2023-11-20T03:00:00Z")); got != "" {
			t.Errorf("with a draft: %s", got)
		}
		r.act(staff.Author, id, "submit", "", "submitted")
		want := "!send_at: 前后24小时内还有1场群发可能发给同一批居民：“每周停水提醒”（11月20日09:00，待审批）。请看看能否合并，或者错开时间"
		for _, proposal := range []string{to(here, "2023-11-20T03:00:00Z"), to(here, "2023-11-19T02:00:00Z"),
			strings.Replace(to(here, "2023-11-20T03:00:00Z"), `"audience":{"committee":"`+here+`"}`, `"audience":{"not":{"committee":"`+there+`"}}`, 1)} {
			if got := collides(staff.Author, proposal); got != want {
				t.Errorf("%s: %q, want %q", proposal, got, want)
			}
		}
		for _, proposal := range []string{to(there, "2023-11-20T03:00:00Z"), to(here, "2023-11-21T02:00:00Z"), to(here, "")[len(`{"send_at":"",`):]} {
			if proposal = "{" + strings.TrimPrefix(proposal, "{"); collides(staff.Author, proposal) != "" {
				t.Errorf("%s: %s", proposal, collides(staff.Author, proposal))
			}
		}
	})
}

// TestPreviewSchedule reckons a series' next times from days or from a cron line.
func TestPreviewSchedule(t *testing.T) {
	r := lite(t)
	schedule := func(body string) answer { return r.do(staff.Author, "POST", "/series/schedule", body) }
	days := schedule(`{"repeat":{"every":"每周","on":[1,4],"at":"09:00"}}`).is(200)
	if days["schedule_label"] != "每周一、周四 09:00" || len(days["upcoming"].([]any)) != 5 || days["upcoming"].([]any)[0] != "2023-11-16T01:00:00Z" {
		t.Errorf("by days: %v", days)
	}
	line := schedule(`{"cron":"0 9 * * 1,4","until":"2023-11-21T00:00:00Z"}`).is(200)
	if line["schedule_label"] != days["schedule_label"] || fmt.Sprint(line["upcoming"]) != "[2023-11-16T01:00:00Z 2023-11-20T01:00:00Z]" {
		t.Errorf("by line: %v", line)
	}
	schedule(`{"cron":"x"}`).problem(422, "invalid", "body.cron")
	schedule(`{}`).problem(422, "invalid", "body.repeat")
	r.do(staff.Approver, "POST", "/series/schedule", `{"cron":"0 9 * * 1"}`).problem(403, "right")
}

// TestDraftWithoutAnAudience: what is begun may be kept before anybody knows to whom it goes. It goes nowhere.
func TestDraftWithoutAnAudience(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		nobody := strings.Replace(proposed, `"audience":{"all":true},`, "", 1)
		id := r.do(staff.Author, "POST", "/broadcasts", `{"proposal":`+nobody+`}`).is(201)["id"].(string)
		r.do(staff.Author, "POST", "/broadcasts/"+id+"/submit", "").problem(422, "faults", "proposal.audience")
		r.do(staff.Author, "PUT", "/broadcasts/"+id, `{"version":1,"proposal":`+strings.Replace(proposed, `"all":true`, `"and":[]`, 1)+`}`).problem(422, "invalid", "body.proposal.audience.and")
		r.do(staff.Author, "PUT", "/broadcasts/"+id, `{"version":1,"proposal":`+proposed+`}`).is(200)
		r.act(staff.Author, id, "submit", "", "submitted")
	})
}
