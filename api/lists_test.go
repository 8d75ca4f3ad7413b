package api_test

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/staff"
)

func TestLists(t *testing.T) {
	each(t, func(r *fixture) {
		r.agreeing(1, here)
		r.agreeing(2, here)
		r.agreeing(3, there)
		made := r.do(staff.Author, "POST", "/lists", `{"title":"沿街商户"}`)
		l := made.is(201)
		id := l["id"].(string)
		at := "/lists/" + id
		if made.header.Get("Location") != "/api/v1"+at || l["lines"] != 0.0 {
			r.t.Errorf("made %v", l)
		}
		add := func(body string, lines, wrong int) map[string]any {
			r.t.Helper()
			got := r.do(staff.Author, "POST", at+"/numbers", body).is(200)
			if len(got) != 3 || got["lines"] != float64(lines) || got["wrong"] != float64(wrong) {
				r.t.Errorf("%s: %v, want %d lines, %d wrong", body[:min(len(body), 60)], got, lines, wrong)
			}
			return got
		}
		got := add(`{"numbers":["`+numbers+`0001","+86 199-0000-0002","`+numbers+`0001","12345",""]}`, 3, 1)
		if faults := got["faults"].([]any); len(faults) != 1 || faults[0].(map[string]any)["row"] != 4.0 {
			r.t.Errorf("faults %v", got)
		}
		add(`{"csv":"`+numbers+`0001\n`+numbers+`0009\n"}`, 2, 0)
		got = add("\ufeff"+`{"csv":"\ufeff姓名,手机号\r\r\"甲,乙\",`+numbers+`0008\r丙\r丁,x\r"}`, 1, 1) // as an old Mac saved it
		if fault := got["faults"].([]any)[0].(map[string]any); fault["row"] != 5.0 || !strings.Contains(fault["message"].(string), "号码里有“x”") {
			r.t.Errorf("faults %v", got)
		}
		r.do(staff.Author, "POST", at+"/numbers", `{"csv":"\"b\n"}`).problem(422, "invalid", "body.csv")
		r.do(staff.Author, "POST", at+"/numbers", `{}`).problem(422, "invalid", "body")
		r.do(staff.Author, "POST", at+"/numbers", `{"csv":"x","numbers":["x"]}`).problem(422, "invalid", "body")
		var many []string
		for n := range 4000 {
			many = append(many, strconv.Quote(fmt.Sprintf("%s%04d", numbers, 2000+n)))
		}
		add(`{"numbers":[`+strings.Join(many, ",")+`]}`, 4000, 0)
		if l := r.do(staff.Auditor, "GET", at, "").is(200); l["lines"] != 4006.0 || l["title"] != "沿街商户" {
			r.t.Errorf("list %v", l)
		}

		// It is an audience, cut to the committee when a committee sends.
		b := r.draft(staff.Author, `{"audience":{"list":"`+id+`"}}`)
		if p := r.do(staff.Author, "GET", "/broadcasts/"+b+"/preview", "").is(200); p["residents"] != nil || p["residents_label"] != "至多4006人" ||
			len(p["first"].([]any))+len(p["left"].([]any))+len(p["sample"].([]any)) != 0 || p["cost"].(map[string]any)["amount"] != nil {
			r.t.Errorf("on the list: %v", p)
		}

		// A committee has its own lists and knows of no others.
		own := r.do(staff.Committee, "POST", "/lists", `{"title":"本社区"}`).is(201)
		if own["committee"] != here {
			r.t.Errorf("made %v", own)
		}
		if got := r.do(staff.Committee, "GET", "/lists", "").is(200)["items"].([]any); len(got) != 1 {
			r.t.Errorf("the committee's: %v", got)
		}
		if got := r.do(staff.Author, "GET", "/lists", "").is(200)["items"].([]any); len(got) != 2 {
			r.t.Errorf("all: %v", got)
		}
		r.do(staff.Committee, "GET", at, "").problem(404, "not-found")
		r.do(staff.Committee, "DELETE", at, "").problem(404, "not-found")
		r.do(staff.Committee, "POST", at+"/numbers", `{"numbers":["`+numbers+`0001"]}`).problem(404, "not-found")

		// A number whose owner was erased is taken as any other.
		gone := r.agreeing(4, here)
		if err := r.roster.Erase(r.t.Context(), audit.Local("test"), gone.ID); err != nil {
			r.t.Fatal(err)
		}
		add(`{"numbers":["`+numbers+`0004"]}`, 1, 0)
		add(`{"numbers":["`+numbers+`0004"]}`, 1, 0)

		// It stays while an audience that is yet to be reached names it, and as it is once that was submitted.
		r.do(staff.Author, "DELETE", at, "").problem(409, "in-use")
		r.act(staff.Author, b, "submit", "", "submitted")
		refused := r.do(staff.Author, "POST", at+"/numbers", `{"numbers":["`+numbers+`0005"]}`)
		refused.problem(409, "in-use")
		if !strings.Contains(refused.body, b) || !strings.Contains(refused.body, "待审批") {
			r.t.Errorf("refused: %s", refused.body)
		}
		r.do(staff.Author, "POST", "/broadcasts/"+b+"/cancel", `{"why":"不发了"}`).is(200)
		r.do(staff.Author, "DELETE", at, "").is(204)
		r.do(staff.Author, "DELETE", at, "").problem(404, "not-found")
		var acts []string
		for _, e := range r.do(staff.Auditor, "GET", "/audit?subject="+id, "").is(200)["items"].([]any) {
			acts = append(acts, e.(map[string]any)["action"].(string))
		}
		if want := "[list.delete list.add list.add list.add list.add list.add list.add list.new]"; fmt.Sprint(acts) != want {
			r.t.Errorf("audited %v, want %s", acts, want)
		}
	})
}
