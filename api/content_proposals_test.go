package api_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"towncrier/staff"
)

// TestNoticeIsProposed: the text of a notice becomes passages and answers, its files go into a draft as they are, and what is published answers
// residents; proposed again, the draft stays as it is.
func TestNoticeIsProposed(t *testing.T) {
	r := lite(t)
	text, err := os.ReadFile("../propose/testdata/notices/gaoling.txt")
	if err != nil {
		t.Fatal(err)
	}
	body := func(more string) string {
		quoted, _ := json.Marshal(string(text))
		return `{"text":` + string(quoted) + `,"subjects":[{"name":"高龄津贴","also":["高龄补贴"]}]` + more + `}`
	}
	shown := r.do(staff.Author, "POST", "/content/proposals", body("")).is(200)
	n := shown["notice"].(map[string]any)
	if n["id"] != "N1" || n["issuer"] != "示例区民政局" || n["publisher"] != "示例晚报" || n["year_inferred"] != true || len(n["doubts"].([]any)) == 0 || shown["draft"] != nil {
		t.Errorf("%v", n)
	}
	draft := r.beginContent("高龄津贴")
	id := strings.TrimPrefix(draft, "/content/drafts/")
	for range 2 { // asked twice, as after an answer that was lost
		put := r.do(staff.Author, "POST", "/content/proposals", body(`,"draft":"`+id+`"`)).is(200)
		files := put["draft"].(map[string]any)["files"].([]any)
		if len(files) != len(put["files"].([]any)) || len(files) < 8 {
			t.Errorf("%v", files)
		}
	}
	r.do(staff.Author, "POST", "/content/proposals", strings.Replace(body(`,"draft":"`+id+`"`), "50元", "60元", 1)).problem(422, "invalid", "body.id")
	// What its words draw to it of known questions is accepted by name.
	sent := r.do(staff.Author, "POST", draft+"/submit", `{"accept":["修水管的人什么时候来我家"]}`).is(200)
	r.do(staff.Approver, "POST", draft+"/publish", `{"hash":"`+sent["hash"].(string)+`"}`).is(200)

	r.do(staff.Author, "POST", "/content/proposals", `{"text":"`+strings.Repeat("停水。", 10)+`","subjects":[{"name":"停水"}]}`).problem(422, "invalid", "body.text")
	r.do(staff.Author, "POST", "/content/proposals", body(`,"draft":"D999"`)).problem(404, "not-found", "")
	r.do(staff.Approver, "POST", "/content/proposals", body("")).problem(403, "right", "")
}
