package api_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
)

// TestAudienceByName writes broadcasts and series by the names that officials know, and reads codes with the names beside them.
func TestAudienceByName(t *testing.T) {
	each(t, func(r *fixture) {
		for code, name := range map[string]string{here: "演示第一社区居委会", there: "演示第二社区居委会"} {
			_, err := r.roster.PutCommittee(t.Context(), audit.Local("test"), roster.Committee{Code: code, Name: name, Street: "东街街道", Area: "示例镇"})
			if err != nil {
				t.Fatal(err)
			}
		}
		for n := range 11 {
			r.agreeing(n, here)
		}
		const audience = `"audience":{"and":[{"area":"示例镇"},{"not":{"committee":"%s"}},{"or":[{"street":"%s"},{"topic":"%s"}]}]}`
		id := r.draft(staff.Author, "{"+fmt.Sprintf(audience, "演示第二", "东街", "停水与取水")+`,"topic":"停水与取水"}`)
		byName := r.do(staff.Author, "GET", "/broadcasts/"+id, "")
		b := byName.is(200)
		if strings.Contains(byName.body, `"演示第二`) || b["proposal"].(map[string]any)["topic"] != "water" || b["topic_label"] != "停水与取水（water）" ||
			b["audience_label"] != "示例镇，且 不属于演示第二社区居委会（"+there+"），且 【街道“东街街道”，或 订阅停水与取水（water）的居民】" {
			t.Errorf("by name: %s", byName.body)
		}
		first := r.act(staff.Author, id, "submit", "", "submitted")
		if first["size"] != 10.0 {
			t.Errorf("submitted %v", first)
		}
		listed := r.do(staff.Author, "GET", "/broadcasts", "").is(200)["items"].([]any)[0].(map[string]any)
		if listed["audience_label"] != b["audience_label"] {
			t.Errorf("listed %v", listed)
		}

		other := r.draft(staff.Author, sendsToAll)
		for body, location := range map[string]string{
			`{"and":[{"all":true},{"committee":"演示第三社区"}]}`: "body.proposal.audience.and[1].committee",
			`{"topic":"天气"}`:   "body.proposal.audience.topic",
			`{"list":"志愿者"}`:   "body.proposal.audience.list",
			`{"area":"某市示例区"}`: "body.proposal.audience.area",
		} {
			proposal := strings.Replace(proposed, `{"all":true}`, body, 1)
			r.do(staff.Author, "POST", "/broadcasts", `{"proposal":`+proposal+`}`).problem(422, "invalid", location)
			r.do(staff.Author, "PUT", "/broadcasts/"+other, `{"version":1,"proposal":`+proposal+`}`).problem(422, "invalid", location)
			r.do(staff.Author, "POST", "/series", `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":`+proposal+`}`).problem(422, "invalid", location)
		}
		refused := r.do(staff.Author, "POST", "/broadcasts", `{"draft":"water","proposal":{"audience":{"committee":"演示第三社区"}}}`)
		if refused.status422(r); !strings.Contains(refused.body, "演示第一社区居委会（C01）、演示第二社区居委会（C02）") {
			t.Errorf("refused without what is like it: %s", refused.body)
		}
		// To a committee's official, another committee is as one that there is not.
		for _, name := range []string{"演示第二社区居委会", there, "无此社区居委会"} {
			away := r.do(staff.Committee, "POST", "/broadcasts", `{"draft":"water","proposal":{"audience":{"committee":"`+name+`"}}}`)
			if away.problem(422, "invalid", "body.proposal.audience.committee"); strings.Contains(strings.ReplaceAll(away.body, "“"+name+"”", ""), there) {
				t.Errorf("%s: %s", name, away.body)
			}
			r.do(staff.Committee, "POST", "/broadcasts", `{"draft":"water","proposal":{"committee":"`+name+`"}}`).
				problem(403, "not-your-committee", "body.proposal.committee")
		}
		own := r.do(staff.Committee, "POST", "/broadcasts", `{"draft":"water","proposal":{"committee":"演示第一社区","audience":{"all":true}}}`).is(201)
		if own["proposal"].(map[string]any)["committee"] != here || own["committee_label"] != "演示第一社区居委会（C01）" || own["audience_label"] != "演示第一社区居委会（C01）的全体居民" {
			t.Errorf("a committee's own: %v", own)
		}

		series := `{"cron":"0 9 * * 1","until":"2023-12-31T00:00:00Z","proposal":` + strings.Replace(proposed, `{"all":true}`, `{"committee":"演示第一社区"}`, 1) + `}`
		s := r.do(staff.Author, "POST", "/series", series).is(201)
		if s["audience_label"] != "演示第一社区居委会（C01）" || s["proposal"].(map[string]any)["audience"].(map[string]any)["committee"] != here {
			t.Errorf("a series: %v", s)
		}
	})
}

// anID is a field that holds the id of a member of staff, or a committee's code, or a topic's id.
var anID = regexp.MustCompile(`^(committee|person|staff|author|approver|confirmer|asker|actor|subject|to|topic|.*_by)$`)

// unnamed are such fields of answers that have no name beside them, and why.
var unnamed = map[string]string{
	"Notice.review_by":         "a date",
	"ProposedNotice.review_by": "a date",
	"Activated.staff":          "one's own id",
	"Import.committee":         "as the person who asks wrote it",
	"Proposal.committee":       "Labels stand beside the proposal",
	"Proposal.topic":           "Labels stand beside the proposal",
	"Rule.committee":           "audience_label says the rule in names",
	"Rule.topic":               "audience_label says the rule in names",
	"Ticket.topic":             "the id of an intent",
}

// TestNamesStandBesideIDs reads the document: whatever an answer names by an id has a field for the name that officials know.
func TestNamesStandBesideIDs(t *testing.T) {
	type schema struct {
		Ref        string `json:"$ref"`
		Items      *schema
		Properties map[string]*schema
	}
	type content map[string]struct{ Schema *schema }
	var d struct {
		Paths map[string]map[string]struct {
			Responses map[string]struct{ Content content }
		}
		Components struct{ Schemas map[string]*schema }
	}
	if err := json.Unmarshal([]byte(lite(t).as("", "GET", "/openapi.json", "").body), &d); err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	var walk func(name string, s *schema)
	walk = func(name string, s *schema) {
		switch {
		case s == nil:
			return
		case s.Ref != "":
			if name = strings.TrimPrefix(s.Ref, "#/components/schemas/"); !seen[name] {
				seen[name] = true
				walk(name, d.Components.Schemas[name])
			}
			return
		}
		walk(name, s.Items)
		for field, inner := range s.Properties {
			walk(name, inner)
			if inner.Ref == "" && anID.MatchString(field) && unnamed[name+"."+field] == "" && s.Properties[field+"_name"] == nil && s.Properties[field+"_names"] == nil &&
				s.Properties[field+"_label"] == nil {
				t.Errorf("%s has %s, and neither %[2]s_name nor %[2]s_label", name, field)
			}
		}
	}
	for _, methods := range d.Paths {
		for _, op := range methods {
			for _, response := range op.Responses {
				for _, body := range response.Content {
					walk("", body.Schema)
				}
			}
		}
	}
	if len(seen) < 40 {
		t.Errorf("the document has %d answers", len(seen))
	}
}
