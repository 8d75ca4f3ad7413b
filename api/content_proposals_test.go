package api_test

import (
	"encoding/json"
	"fmt"
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
	sent := r.do(staff.Author, "POST", draft+"/submit", `{"accept":["明天东街还有水吗"]}`).is(200)
	r.do(staff.Approver, "POST", draft+"/publish", `{"hash":"`+sent["hash"].(string)+`"}`).is(200)

	r.do(staff.Author, "POST", "/content/proposals", `{"text":"`+strings.Repeat("停水。", 10)+`","subjects":[{"name":"停水"}]}`).problem(422, "invalid", "body.text")
	r.do(staff.Author, "POST", "/content/proposals", body(`,"draft":"D999"`)).problem(404, "not-found", "")
	r.do(staff.Approver, "POST", "/content/proposals", body("")).problem(403, "right", "")
}

// TestPassagesAreCutAndMerged before a notice is proposed and in a draft: numbers stay, and what cites a passage follows it.
func TestPassagesAreCutAndMerged(t *testing.T) {
	r := lite(t)
	text, err := os.ReadFile("../propose/testdata/notices/gaoling.txt")
	if err != nil {
		t.Fatal(err)
	}
	draft := r.beginContent("高龄津贴")
	id := strings.TrimPrefix(draft, "/content/drafts/")
	quoted, _ := json.Marshal(string(text))
	propose := `{"text":` + string(quoted) + `,"subjects":[{"name":"高龄津贴"}]`
	passages := func(of map[string]any) (all []string) {
		for _, p := range of["notice"].(map[string]any)["passages"].([]any) {
			p := p.(map[string]any)
			all = append(all, fmt.Sprint(p["number"], " ", p["text"]))
		}
		return all
	}
	plain := passages(r.do(staff.Author, "POST", "/content/proposals", propose+"}").is(200))
	first := strings.TrimPrefix(plain[0], "1 ")
	at := strings.IndexRune(first, '，') + len("，")
	cut, _ := json.Marshal(first[at : at+len("四个字吧")])
	shown := passages(r.do(staff.Author, "POST", "/content/proposals", propose+`,"draft":"`+id+`","edits":[{"passage":1,"cut":`+string(cut)+`}]}`).is(200))
	next := len(plain) + 1
	if len(shown) != next || shown[1] != fmt.Sprint(next, " ", first[at:]) || shown[2] != plain[1] {
		t.Fatalf("%q", shown)
	}
	file := func() string {
		return r.do(staff.Author, "GET", draft+"/file?path=intents/gaolingjintie.what.yaml", "").is(200)["text"].(string)
	}
	if !strings.Contains(file(), "- \"N1#1\"\n") {
		t.Fatal(file())
	}

	edits := `{"draft":"` + id + `","id":"N1","edits":[{"passage":1,"merge":` + fmt.Sprint(next) + `},{"passage":1,"merge":2},{"passage":1,"cut":` + string(cut) + `}]}`
	back := r.do(staff.Author, "POST", "/content/proposals", edits).is(200)
	again := passages(back)
	if len(again) != len(plain) || again[0] != fmt.Sprint("1 ", first[:at]) || again[2] != plain[2] || !strings.HasSuffix(again[1], strings.TrimPrefix(plain[1], "2 ")) {
		t.Errorf("%q", again)
	}
	if _, number, _ := strings.Cut(strings.Fields(again[1])[0], " "); number == "2" || !strings.Contains(file(), "- \"N1#1\"\n") || strings.Contains(file(), "- \"N1#2\"\n") {
		t.Errorf("%q: %s", again[1], file())
	}
	if back["draft"].(map[string]any)["faults"] != nil && len(back["draft"].(map[string]any)["faults"].([]any)) > 0 {
		t.Errorf("%v", back["draft"])
	}
	r.do(staff.Author, "POST", "/content/proposals", edits).problem(422, "invalid", "body.edits[1].merge") // and nothing was done
	for body, where := range map[string]string{
		`{"draft":"` + id + `","id":"N1","edits":[{"passage":99,"merge":3}]}`:   "body.edits[0].passage",
		`{"draft":"` + id + `","id":"N1","edits":[{"passage":1,"cut":"没有这句"}]}`: "body.edits[0].cut",
		`{"draft":"` + id + `","id":"N1","edits":[{"passage":1}]}`:              "body.edits[0].cut",
		`{"draft":"` + id + `","id":"N77","edits":[{"passage":1,"merge":2}]}`:   "body.id",
		`{"id":"N1","edits":[{"passage":1,"merge":2}]}`:                         "body.draft",
		`{"draft":"` + id + `"}`: "body.text",
		`{"draft":"` + id + `","id":"N1","edits":[{"passage":1,"merge":2}],"subjects":[{"name":"停水"}]}`: "body.subjects",
		propose[:strings.Index(propose, `,"subjects"`)] + "}":                                           "body.subjects",
	} {
		r.do(staff.Author, "POST", "/content/proposals", body).problem(422, "invalid", where)
	}
}
