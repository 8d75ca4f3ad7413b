package api_test

import (
	"encoding/json"
	"net/url"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestLabelsAreTakenForWords: whoever read 待审批 in a list may ask for it.
func TestLabelsAreTakenForWords(t *testing.T) {
	r := lite(t)
	id := r.draft(staff.Author, sendsToAll)
	who := r.resident(1, here)
	for _, q := range []struct {
		role      staff.Role
		path      string
		parameter string
		label     string
	}{
		{staff.Author, "/broadcasts", "status", "草稿"},
		{staff.Author, "/broadcasts", "status", " 待审批 "},
		{staff.Author, "/broadcasts/" + id + "/deliveries", "state", "未送达"},
		{staff.Author, "/broadcasts/" + id + "/deliveries", "state", "已提交，等待回执"},
		{staff.Author, "/broadcasts/" + id + "/deliveries", "channel", "微信模板消息"},
		{staff.Author, "/inbox", "status", "待办"},
		{staff.Author, "/inbox", "kind", "转人工"},
		{staff.Admin, "/residents", "consent", "接收通知"},
	} {
		r.do(q.role, "GET", q.path+"?"+url.Values{q.parameter: {q.label}}.Encode(), "").is(200)
	}
	list := func(status string) int {
		return len(r.do(staff.Author, "GET", "/broadcasts?status="+url.QueryEscape(status), "").is(200)["items"].([]any))
	}
	if list("草稿") != 1 || list("已完成") != 0 {
		t.Error("a label chooses other broadcasts than its word")
	}

	made := r.do(staff.Admin, "POST", "/staff", `{"id":"wang","name":"王","role":"撰稿员"}`).is(201)
	if made["role"] != "author" {
		t.Errorf("made %v", made)
	}
	b := r.do(staff.Author, "POST", "/broadcasts", `{"proposal":{"audience":{"all":true},"title":"停水","messages":[{"channel":"短信","template":"water"}]}}`).is(201)
	if m := b["proposal"].(map[string]any)["messages"].([]any)[0].(map[string]any); m["channel"] != "sms" {
		t.Errorf("message %v", m)
	}
	p := r.do(staff.Admin, "PATCH", "/residents/"+who.ID, `{"consents":[{"what":"接收通知","basis":"法定职责","how":"纸质"}]}`).is(200)
	if c := p["consents"].([]any)[0].(map[string]any); c["what"] != "notices" || c["basis"] != "duty" {
		t.Errorf("consent %v", c)
	}
	r.do(staff.Admin, "PUT", "/residents/"+who.ID+"/preferences", `{"channel":"短信","wants":false}`).is(200)
}

// TestRefusedWordsAreListedByLabel names what an official could have written, and repeats nothing of what they wrote.
func TestRefusedWordsAreListedByLabel(t *testing.T) {
	r := lite(t)
	for _, c := range []struct {
		a        answer
		location string
		listed   string
	}{
		{r.do(staff.Author, "GET", "/broadcasts?status="+url.QueryEscape("等领导看"), ""), "query.status[0]", "草稿、待审批、"},
		{r.do(staff.Admin, "POST", "/staff", `{"id":"wang","name":"王","role":"等领导看"}`), "body.role", "撰稿员、审批员、"},
		{r.do(staff.Author, "POST", "/broadcasts", `{"proposal":{"messages":[{"channel":"等领导看","template":"x"}]}}`), "body.proposal.messages[0].channel", "微信订阅通知、"},
	} {
		c.a.problem(422, "invalid", c.location)
		if !strings.Contains(c.a.body, c.listed) || strings.Contains(c.a.body, "等领导看") {
			t.Error(c.a.body)
		}
	}
}

// unlabelled are words that no label is printed for.
var unlabelled = map[string]bool{"query.has_phone": true, "query.has_wechat": true, "query.format": true}

// TestEveryWordHasALabel: of all that has a few words to choose from the document says that labels are taken.
func TestEveryWordHasALabel(t *testing.T) {
	type schema struct {
		Ref         string `json:"$ref"`
		Description string
		Enum        []string
		Items       *schema
		Properties  map[string]*schema
	}
	var d struct {
		Paths map[string]map[string]struct {
			OperationID string
			Parameters  []struct {
				Name, In, Description string
				Schema                *schema
			}
			RequestBody struct {
				Content map[string]struct{ Schema *schema }
			}
		}
		Components struct{ Schemas map[string]*schema }
	}
	if err := json.Unmarshal([]byte(lite(t).as("", "GET", "/openapi.json", "").body), &d); err != nil {
		t.Fatal(err)
	}
	check := func(operation, at, description string, s *schema) {
		if len(s.Enum) > 0 && !unlabelled[at] && !strings.Contains(description, "by label: ") {
			t.Errorf("%s: %s takes %v and no labels", operation, at, s.Enum)
		}
	}
	var walk func(operation, at string, s *schema, depth int)
	walk = func(operation, at string, s *schema, depth int) {
		for s != nil && (s.Ref != "" || s.Items != nil) {
			if s.Ref != "" {
				s = d.Components.Schemas[strings.TrimPrefix(s.Ref, "#/components/schemas/")]
			} else {
				s = s.Items
			}
		}
		if s == nil || depth > 6 { // an audience holds audiences
			return
		}
		check(operation, at, s.Description, s)
		for name, inner := range s.Properties {
			walk(operation, at+"."+name, inner, depth+1)
		}
	}
	for _, methods := range d.Paths {
		for _, op := range methods {
			for _, p := range op.Parameters {
				check(op.OperationID, p.In+"."+p.Name, p.Description, p.Schema)
			}
			walk(op.OperationID, "body", op.RequestBody.Content["application/json"].Schema, 0)
		}
	}
}
