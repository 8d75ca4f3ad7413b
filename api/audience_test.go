package api_test

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

// tagged registers n residents from the nth on, alike.
func (r *fixture) tagged(from, n int, committee, community string, tags ...string) {
	r.t.Helper()
	for i := range n {
		who, err := r.roster.Add(r.t.Context(), audit.Local("test"), roster.Resident{
			Phone: phone.Number(fmt.Sprintf("%s%04d", numbers, from+i)), Committee: committee, Community: community, Tags: tags,
			PhoneFrom: roster.FromImport, PlaceFrom: roster.FromImport})
		if err != nil {
			r.t.Fatal(err)
		}
		if strings.HasPrefix(community, "花") {
			if err := r.roster.SetPreference(r.t.Context(), audit.Local("test"), who.ID, roster.Preference{Topic: "water", Wants: true, At: r.now.Now()}, nil); err != nil {
				r.t.Fatal(err)
			}
		}
	}
}

// groups are the facets of an answer, by kind: value=label.
func groups(m map[string]any) map[string]string {
	all := map[string]string{}
	for _, g := range m["groups"].([]any) {
		group := g.(map[string]any)
		var texts []string
		for _, f := range group["items"].([]any) {
			facet := f.(map[string]any)
			texts = append(texts, fmt.Sprintf("%v=%v", facet["value"], facet["n_label"]))
			n, shown := facet["n"].(float64)
			if shown == strings.Contains(facet["n_label"].(string), "少于") || int(n)%10 != 0 {
				texts = append(texts, fmt.Sprintf("n is %v", facet["n"]))
			}
		}
		all[group["kind"].(string)] = strings.Join(texts, " ")
	}
	return all
}

// TestFacets: everybody learns what an audience can be chosen by, with counts from which no few can be reckoned, as far as they may.
func TestFacets(t *testing.T) {
	each(t, func(r *fixture) {
		for code, c := range map[string]roster.Committee{
			here:  {Name: "河东社区居委会", Street: "河东街道", Area: "盐湖区", Communities: []string{"花园小区", "空着的小区"}},
			there: {Name: "河西社区居委会", Street: "河西街道", Area: "盐湖区", Communities: []string{"北院"}},
		} {
			c.Code = code
			if _, err := r.roster.PutCommittee(r.t.Context(), audit.Local("test"), c); err != nil {
				r.t.Fatal(err)
			}
		}
		r.tagged(0, 12, here, "花园小区", "独居", "低保")
		r.tagged(20, 4, here, "花园小区")
		r.tagged(30, 9, there, "北院", "独居")
		r.tagged(40, 9, there, "张三家") // in no committee's list
		r.tagged(50, 10, there, "新苑")
		r.tagged(60, 1, "", "")

		all := r.do(staff.Author, "GET", "/facets", "").is(200)
		want := map[string]string{
			"area":      "盐湖区=约40人",
			"street":    "河东街道=约10人 河西街道=约20人",
			"committee": "C01=约10人 C02=约20人",
			"community": "北院=少于10人 新苑=约10人 空着的小区=0人 花园小区=约10人",
			"tag":       "独居=约20人",
			"topic":     "library=0人 water=约10人",
		}
		if got := groups(all); fmt.Sprint(got) != fmt.Sprint(want) || all["residents"] != 40.0 || all["residents_label"] != "约40人" {
			r.t.Errorf("an author's: %v of %v\nwant %v", got, all["residents"], want)
		}
		if got := groups(r.do(staff.Admin, "GET", "/facets?kind="+url.QueryEscape("标签"), "").is(200)); fmt.Sprint(got) != "map[tag:低保=约10人 独居=约20人]" {
			r.t.Errorf("an admin's tags: %v", got)
		}
		own := r.do(staff.Committee, "GET", "/facets", "").is(200)
		want = map[string]string{"area": "盐湖区=约10人", "street": "河东街道=约10人", "committee": "C01=约10人", "community": "空着的小区=0人 花园小区=约10人",
			"tag": "低保=约10人 独居=约10人", "topic": "library=0人 water=约10人"}
		if got := groups(own); fmt.Sprint(got) != fmt.Sprint(want) || own["residents"] != 10.0 {
			r.t.Errorf("a committee's: %v of %v\nwant %v", got, own["residents"], want)
		}

		if got := groups(r.do(staff.Author, "GET", "/facets?search="+url.QueryEscape("河西"), "").is(200)); got["street"] != "河西街道=约20人" || got["committee"] != "C02=约20人" || got["area"] != "" {
			r.t.Errorf("河西: %v", got)
		}
		first := r.do(staff.Author, "GET", "/facets?kind=community&limit=2", "").is(200)["groups"].([]any)[0].(map[string]any)
		next := r.do(staff.Author, "GET", "/facets?kind=community&after="+url.QueryEscape(first["next"].(string)), "").is(200)
		if got := groups(next); got["community"] != "空着的小区=0人 花园小区=约10人" || next["groups"].([]any)[0].(map[string]any)["next"] != nil {
			r.t.Errorf("the next communities: %v", got)
		}
		r.do(staff.Author, "GET", "/facets?after=x", "").problem(400, "cursor", "query.after")
		r.do(staff.Author, "GET", "/facets?kind=list", "").problem(422, "invalid", "query.kind")

		// A count serves for a minute.
		r.tagged(70, 10, here, "花园小区")
		if got := groups(r.do(staff.Author, "GET", "/facets?kind=committee", "").is(200)); got["committee"] != "C01=约10人 C02=约20人" {
			r.t.Errorf("at once: %v", got)
		}
		r.now.pass(time.Minute)
		if got := groups(r.do(staff.Author, "GET", "/facets?kind=committee", "").is(200)); got["committee"] != "C01=约20人 C02=约20人" {
			r.t.Errorf("after a minute: %v", got)
		}
	})
}

// TestEstimate: an audience is counted without a draft as a preview counts it, under the same rules, and on record.
func TestEstimate(t *testing.T) {
	each(t, func(r *fixture) {
		for n := range 9 {
			r.resident(n, here) // agreed to nothing
		}
		for n := range 31 {
			r.agreeing(10+n, there)
		}
		estimate := func(role staff.Role, audience, more string) answer {
			return r.do(role, "POST", "/audience/estimate", `{"topic":"停水","channels":["短信"],"audience":`+audience+more+`}`)
		}
		preview := func(audience string) map[string]any {
			id := r.draft(staff.Author, `{"audience":`+audience+`}`)
			return r.do(staff.Author, "GET", "/broadcasts/"+id+"/preview", "").is(200)
		}
		for _, audience := range []string{`{"committee":"` + here + `"}`, `{"committee":"示例社区` + there + `"}`, `{"all":true}`, `{"not":{"all":true}}`} {
			p := preview(audience)
			got := estimate(staff.Author, audience, fmt.Sprintf(`,"parts":%v`, p["parts"])).is(200)
			for name, value := range got {
				if name != "faults" && fmt.Sprint(value) != fmt.Sprint(p[name]) {
					r.t.Errorf("%s of %s: %v, previewed as %v", name, audience, value, p[name])
				}
			}
		}
		if got := estimate(staff.Author, `{"all":true}`, "").is(200); got["residents_label"] != "约40人" || got["parts"] != 1.0 ||
			fmt.Sprint(got["first"]) != "[map[channel:sms label:短信 n:30 n_label:约30人]]" || got["cost"].(map[string]any)["label"] != "1.350元" {
			r.t.Errorf("everybody: %v", got)
		}
		if got := estimate(staff.Committee, `{"all":true}`, "").is(200); got["residents"] != nil || got["residents_label"] != "少于10人" {
			r.t.Errorf("a committee's everybody: %v", got)
		}
		acts, err := r.db.Audit().List(r.t.Context(), 0, 100, audit.Filter{Action: "audience.estimate"})
		if err != nil || len(acts) != 6 || acts[0].Detail != `topic=water committee=C01 audience={"all":true}` {
			r.t.Errorf("on record: %v, %v", acts, err)
		}

		// A list is counted by its lines only.
		list := r.upload(staff.Author, until(100, 120)...)
		if got := estimate(staff.Author, `{"list":"`+list+`"}`, "").is(200); got["residents"] != nil || got["residents_label"] != "至多20人" {
			r.t.Errorf("a list: %v", got)
		}
		if got := estimate(staff.Author, `{"and":[{"list":"`+list+`"},{"all":true}]}`, "").is(200); got["residents_label"] != "未统计" || len(got["faults"].([]any)) != 1 {
			r.t.Errorf("a mixed list: %v", got)
		}

		estimate(staff.Approver, `{"all":true}`, "").problem(403, "right")
		estimate(staff.Author, `{"tag":"低保"}`, "").problem(403, "right", "body.audience")
		estimate(staff.Committee, `{"all":true}`, `,"committee":"`+there+`"`).problem(403, "not-your-committee", "body.committee")
		estimate(staff.Author, `{"committee":"没有的社区"}`, "").problem(422, "invalid", "body.audience.committee")
		estimate(staff.Author, `{"all":true,"tag":"x"}`, "").problem(422, "invalid", "body.audience")
		for body, field := range map[string]string{
			`{"topic":"没有","channels":["sms"],"audience":{"all":true}}`:                             "body.topic",
			`{"topic":"water","channels":["sms","sms"],"audience":{"all":true}}`:                    "body.channels",
			`{"topic":"water","channels":["subscription"],"template":"没有","audience":{"all":true}}`: "body.template",
		} {
			r.do(staff.Author, "POST", "/audience/estimate", body).problem(422, "invalid", field)
		}
	})
}
