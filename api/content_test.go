package api_test

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"towncrier/city"
	"towncrier/intents"
	"towncrier/revision"
	"towncrier/staff"
)

const (
	libraryNotice = "notices/L1.md"
	libraryHours  = "intents/library.hours.yaml"
)

// beginContent begins a draft of the author's and returns its path.
func (r *fixture) beginContent(title string) string {
	r.t.Helper()
	d := r.do(staff.Author, "POST", "/content/drafts", `{"title":"`+title+`"}`).is(201)
	return "/content/drafts/" + d["id"].(string)
}

// rewrite replaces words of a file of a draft.
func (r *fixture) rewrite(draft, path, old, new string) {
	r.t.Helper()
	at := draft + "/file?path=" + url.QueryEscape(path)
	f := r.do(staff.Author, "GET", at, "").is(200)
	text := f["text"].(string)
	if !strings.Contains(text, old) {
		r.t.Fatalf("%s does not hold %q", path, old)
	}
	if got := r.do(staff.Author, "PUT", at+"&was="+f["digest"].(string), strings.Replace(text, old, new, 1)); got.status != 200 {
		r.t.Fatalf("%d %s", got.status, got.body)
	}
}

// publishDraft has the author submit and the approver publish.
func (r *fixture) publishDraft(draft string) map[string]any {
	r.t.Helper()
	sent := r.do(staff.Author, "POST", draft+"/submit", "{}").is(200)
	return r.do(staff.Approver, "POST", draft+"/publish", `{"hash":"`+sent["hash"].(string)[:12]+`"}`).is(200)
}

// soonServed waits until a revision answers.
func (r *fixture) soonServed(number float64) map[string]any {
	r.t.Helper()
	for end := time.Now().Add(30 * time.Second); ; time.Sleep(20 * time.Millisecond) {
		now := r.do(staff.Auditor, "GET", "/content", "").is(200)
		if now["serving"] == number {
			return now
		}
		if time.Now().After(end) {
			r.t.Fatalf("%v", now)
		}
	}
}

// TestContentIsWritten goes the whole way: written, checked, published by another, withdrawn, brought back, and returned to what was.
func TestContentIsWritten(t *testing.T) {
	each(t, func(r *fixture) {
		r.follow()
		before := r.do(staff.Committee, "GET", "/content", "").is(200)
		if before["revision"] != 0.0 || before["notices"] != 2.0 {
			t.Errorf("%v", before)
		}
		draft := r.beginContent("图书屋增加图书")
		r.rewrite(draft, libraryHours, "1200册", "1300册")
		refused := r.do(staff.Author, "POST", draft+"/submit", "{}")
		refused.problem(422, "faults", "files."+libraryHours)
		if !strings.Contains(refused.body, "问答library.hours（第16行）：写了“1300册”") {
			t.Errorf("%s", refused.body)
		}
		r.rewrite(draft, libraryNotice, "1200册", "1300册")
		changes := r.do(staff.Approver, "GET", draft+"/changes", "").is(200)["items"].([]any)
		if len(changes) != 2 || !strings.Contains(changes[1].(map[string]any)["before"].(string), "1200册") ||
			!strings.Contains(changes[1].(map[string]any)["after"].(string), "1300册") {
			t.Errorf("%v", changes)
		}
		made := r.publishDraft(draft)
		if made["number"] != 2.0 || made["approver_name"] != "职员approver" || made["label"] != "发布" {
			t.Errorf("%v", made)
		}
		r.soonServed(2)

		stops := r.do(staff.Author, "GET", "/content/notices/L1/withdrawal", "").is(200)
		if len(stops["intents"].([]any)) != 2 {
			t.Errorf("%v", stops)
		}
		r.do(staff.Author, "POST", "/content/notices/L1/withdraw", `{"successor":"L9"}`).problem(422, "invalid", "body.successor")
		gone := r.do(staff.Author, "POST", "/content/notices/L1/withdraw", `{"successor":"W1"}`).is(200)
		if gone["kind"] != "withdrawn" || gone["number"] != 3.0 {
			t.Errorf("%v", gone)
		}
		r.soonServed(3)
		if n := r.do(staff.Auditor, "GET", "/content/notices/L1", "").is(200); n["label"] != "已撤回" || n["successor"] != "W1" {
			t.Errorf("%v", n)
		}
		r.do(staff.Author, "POST", "/content/notices/L1/reinstate", "{}").problem(409, "own", "")
		r.do(staff.Approver, "POST", "/content/notices/L1/reinstate", "{}").is(200)
		r.soonServed(4)

		back := r.do(staff.Author, "POST", "/content/revisions/1/roll-back", "{}").is(201)
		r.publishDraft("/content/drafts/" + back["id"].(string))
		now := r.soonServed(5)
		if now["folder"] != before["folder"] {
			t.Errorf("%v, want %v", now, before)
		}
		var kinds []string
		people := func(number string) string {
			v := r.do(staff.Auditor, "GET", "/content/revisions/"+number, "").is(200)
			return fmt.Sprint(v["author_name"], v["author_role"], " ", v["approver_name"], v["approver_role"])
		}
		if got := people("3") + ", " + people("4"); got != "职员author撤回 <nil>, 职员author撤回 职员approver恢复" {
			t.Error(got)
		}
		for _, item := range r.do(staff.Auditor, "GET", "/content/revisions", "").is(200)["items"].([]any) {
			kinds = append(kinds, item.(map[string]any)["kind"].(string))
		}
		if got := strings.Join(kinds, " "); got != "rolled_back reinstated withdrawn published folder" {
			t.Error(got)
		}
	})
}

// TestContentIsPublishedByAnother: nobody publishes what they wrote, nor what they did not look at.
func TestContentIsPublishedByAnother(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("改")
	r.do(staff.Author, "POST", draft+"/submit", "{}").problem(409, "empty", "")
	r.rewrite(draft, libraryNotice, "1200册", "1300册")
	r.rewrite(draft, libraryHours, "1200册", "1300册")
	r.do(staff.Approver, "POST", draft+"/publish", `{"hash":"000000000000"}`).problem(409, "state", "")
	sent := r.do(staff.Author, "POST", draft+"/submit", "{}").is(200)
	r.do(staff.Author, "POST", draft+"/publish", `{"hash":"`+sent["hash"].(string)+`"}`).problem(403, "right", "")
	r.do(staff.Approver, "POST", draft+"/publish", `{"hash":"000000000000"}`).problem(409, "changed", "body.hash")
	r.do(staff.Approver, "POST", draft+"/publish", `{"hash":"12345"}`).problem(422, "invalid", "body.hash")
	r.do(staff.Approver, "POST", draft+"/return", `{"why":"请写明来源"}`).is(200)
	if d := r.do(staff.Author, "GET", draft, "").is(200); d["status"] != "draft" || d["why"] != "请写明来源" || d["hash"] != nil {
		t.Errorf("%v", d)
	}
	listed := r.do(staff.Author, "GET", "/content/drafts?status=草稿", "").is(200)["items"].([]any)
	if len(listed) != 1 || listed[0].(map[string]any)["author_name"] != "职员author" {
		t.Errorf("%v", listed)
	}
}

// TestSomeOfVeryManyFaultsAreTold: and how many there are besides.
func TestSomeOfVeryManyFaultsAreTold(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("改")
	for i := range 6 {
		r.do(staff.Author, "PUT", fmt.Sprintf("%s/file?path=questions/q%d.jsonl", draft, i), strings.Repeat("{}\n", 200)).is(200)
	}
	refused := r.do(staff.Author, "POST", draft+"/submit", "{}").is(422)
	if n := len(refused["errors"].([]any)); n != 500 || !strings.Contains(refused["detail"].(string), "另有112处") {
		t.Errorf("%d faults, %v", n, refused["detail"])
	}
}

// TestKnownQuestionsAreTried: what a draft answers worse is shown with both answers, and accepted by name or not submitted.
func TestKnownQuestionsAreTried(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("改")
	none := r.do(staff.Approver, "GET", draft+"/differences", "").is(200)
	if none["asked"].(float64) < 10 || len(none["items"].([]any)) != 0 {
		t.Errorf("%v", none)
	}
	const question = "图书屋周一开门吗"
	r.rewrite(draft, "intents/water.rule.yaml", "utterances:\n", "utterances:\n  - "+question+"\n")
	got := r.do(staff.Approver, "GET", draft+"/differences", "").is(200)
	items := got["items"].([]any)
	if got["worse"].(float64) < 1 || len(items) == 0 {
		t.Fatalf("%v", got)
	}
	first := items[0].(map[string]any)
	before, after := first["before"].(map[string]any), first["after"].(map[string]any)
	if first["question"] != question || first["label"] != "变差" || first["right"].([]any)[0] != "library.hours" || first["file"] != "questions/own.jsonl" || first["line"] != 6.0 ||
		!strings.Contains(before["text"].(string), "星期一闭馆") || !strings.Contains(before["text"].(string), "来源：") || after["intents"].([]any)[0] != "water.rule" {
		t.Errorf("%v", first)
	}
	own := r.do(staff.Approver, "POST", draft+"/ask", `{"questions":["`+question+`","今天天气咋样"]}`).is(200)["items"].([]any)
	asked := own[0].(map[string]any)
	if len(own) != 2 || asked["question"] != question || !strings.Contains(fmt.Sprint(asked["before"]), "星期一闭馆") || !strings.Contains(fmt.Sprint(asked["after"]), "water.rule") {
		t.Errorf("%v", own)
	}
	r.do(staff.Author, "POST", draft+"/ask", `{"questions":[]}`).problem(422, "invalid", "body.questions")
	r.do(staff.Author, "POST", draft+"/submit", "{}").problem(422, "worse", "body.accept")
	r.do(staff.Author, "POST", draft+"/submit", `{"accept":["`+question+`"]}`).is(200)
	r.rewrite(draft, libraryHours, "1200册", "1300册")
	r.do(staff.Approver, "GET", draft+"/differences", "").problem(422, "faults", "files."+libraryHours)

	other := r.beginContent("问题")
	r.rewrite(other, "questions/own.jsonl", "library.hours", "library.hour")
	refused := r.do(staff.Author, "POST", other+"/submit", "{}")
	refused.problem(422, "faults", "files.questions/own.jsonl")
	if !strings.Contains(refused.body, "library.hour") {
		t.Error(refused.body)
	}
}

// TestTwoAuthorsOfOneFile: the second is shown what the first wrote, and nothing is lost.
func TestTwoAuthorsOfOneFile(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("改")
	at := draft + "/file?path=" + libraryNotice
	was := r.do(staff.Author, "GET", at, "").is(200)["digest"].(string)
	r.rewrite(draft, libraryNotice, "1200册", "1300册")
	refused := r.do(staff.Author, "PUT", at+"&was="+was, "另一份")
	refused.problem(409, "conflict", "")
	var p struct{ Theirs string }
	if err := json.Unmarshal([]byte(refused.body), &p); err != nil || !strings.Contains(p.Theirs, "1300册") {
		t.Errorf("%s, %v", refused.body, err)
	}
	r.do(staff.Author, "DELETE", at+"&was="+was, "").problem(409, "conflict", "")
}

// TestBadContentIsRefused with the field at fault.
func TestBadContentIsRefused(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("改")
	file := func(path string) string { return draft + "/file?path=" + url.QueryEscape(path) }
	r.do(staff.Author, "POST", "/content/drafts", `{"title":""}`).problem(422, "invalid", "body.title")
	for _, path := range []string{"../x", "/etc/passwd", "notices/x.yaml", "notices/.md", "x"} {
		r.do(staff.Author, "PUT", file(path), string("甲")).problem(422, "invalid", "query.path")
	}
	r.do(staff.Author, "PUT", file("notices/X.md"), string("\xff甲")).problem(422, "invalid", "body")
	r.do(staff.Author, "PUT", file("notices/X.md"), strings.Repeat("长", 7<<20)).problem(422, "invalid", "body")
	r.do(staff.Author, "POST", "/content/drafts/import?title=x", string("no tar")).problem(422, "invalid", "body")
	r.do(staff.Author, "GET", draft+"/file?path=notices/L9.md", "").problem(404, "not-found", "")
	r.do(staff.Author, "GET", "/content/drafts?after=D9", "").problem(400, "cursor", "query.after")
	r.do(staff.Author, "GET", "/content/drafts/9", "").problem(422, "invalid", "path.id")
	r.do(staff.Author, "GET", "/content/drafts/D9", "").problem(404, "not-found", "")
	r.do(staff.Author, "GET", "/content/revisions/9", "").problem(404, "not-found", "")
}

// TestExportImportsToTheSameBytes by way of the archive.
func TestExportImportsToTheSameBytes(t *testing.T) {
	r := lite(t)
	exported := r.do(staff.Auditor, "GET", "/content/revisions/0/archive", "")
	f, err := revision.ReadTar(strings.NewReader(exported.body))
	if err != nil {
		t.Fatal(err)
	}
	want, err := revision.Read(os.DirFS("../testdata/littletown"))
	if err != nil || f.Digest() != want.Digest() {
		t.Fatalf("%v, %v", want.Changes(f), err)
	}
	f["notices/X1.md"] = bytes.Replace(f[libraryNotice], []byte("id: L1"), []byte("id: X1"), 1)
	var b bytes.Buffer
	if err := f.WriteTar(&b); err != nil {
		t.Fatal(err)
	}
	made := r.do(staff.Author, "POST", "/content/drafts/import?title="+url.QueryEscape("导入"), b.String()).is(201)
	if again := r.do(staff.Author, "POST", "/content/drafts/import?title="+url.QueryEscape("导入"), b.String()).is(201); again["id"] != made["id"] {
		t.Errorf("the same archive is the drafts %v and %v", made["id"], again["id"])
	}
	if files := made["files"].([]any); len(files) != 1 || files[0] != "notices/X1.md" {
		t.Errorf("%v", files)
	}
	r.publishDraft("/content/drafts/" + made["id"].(string))
	again, err := revision.ReadTar(strings.NewReader(r.do(staff.Auditor, "GET", "/content/revisions/2/archive", "").body))
	if err != nil || again.Digest() != f.Digest() {
		t.Errorf("%v, %v", f.Changes(again), err)
	}
	for name, spoil := range map[string]func(w *tar.Writer){
		"a link": func(w *tar.Writer) {
			w.WriteHeader(&tar.Header{Name: "city.yaml", Linkname: "/etc/passwd", Typeflag: tar.TypeSymlink})
		},
		"up the tree":  func(w *tar.Writer) { w.WriteHeader(&tar.Header{Name: "../city.yaml", Typeflag: tar.TypeReg}) },
		"a wrong file": func(w *tar.Writer) { w.WriteHeader(&tar.Header{Name: "a.exe", Typeflag: tar.TypeReg}) },
		"twice": func(w *tar.Writer) {
			for range 2 {
				w.WriteHeader(&tar.Header{Name: "city.yaml", Typeflag: tar.TypeReg})
			}
		},
		"too large": func(w *tar.Writer) {
			w.WriteHeader(&tar.Header{Name: "city.yaml", Typeflag: tar.TypeReg, Size: 2 << 20})
			io.Copy(w, io.LimitReader(zeros{}, 2<<20))
		},
	} {
		var b bytes.Buffer
		w := tar.NewWriter(&b)
		spoil(w)
		w.Close()
		if got := r.do(staff.Author, "POST", "/content/drafts/import?title=x", b.String()); got.status != http.StatusUnprocessableEntity {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// TestATrialThatTakesTooLong is refused with what to do, and loses nothing; an emergency does not wait for it, and says so.
func TestATrialThatTakesTooLong(t *testing.T) {
	r := lite(t)
	r.agreeing(1, here)
	draft, waits := r.beginContent("改"), r.beginContent("已送审")
	for _, d := range []string{draft, waits} {
		r.rewrite(d, libraryHours, "  - 有多少本书\n", "  - 有多少本书\n  - 藏书多少册\n")
	}
	sent := r.do(staff.Author, "POST", waits+"/submit", "{}").is(200)
	filed := r.content.Live.Filed
	r.content.Live.Filed = func(context.Context) ([]intents.Question, error) { return nil, city.ErrSlow }
	for _, refused := range []answer{
		r.do(staff.Author, "GET", draft+"/differences", ""),
		r.do(staff.Author, "POST", draft+"/submit", "{}"),
		r.do(staff.Approver, "POST", waits+"/publish", `{"hash":"`+sent["hash"].(string)+`"}`),
	} {
		refused.problem(503, "slow")
		if !strings.Contains(refused.body, "原样保留") || !strings.Contains(refused.body, "过一分钟再") {
			t.Error(refused.body)
		}
	}
	if e := r.do(staff.Author, "POST", "/emergencies/preview", burstMain).is(200); !strings.Contains(fmt.Sprint(e["warnings"]), "没有来得及把已知问题试问一遍") {
		t.Errorf("%v", e["warnings"])
	}
	r.content.Live.Filed = filed
	if now := r.do(staff.Author, "GET", draft, "").is(200); now["status"] != "draft" || len(now["files"].([]any)) != 1 {
		t.Errorf("%v", now)
	}
	r.do(staff.Approver, "POST", waits+"/publish", `{"hash":"`+sent["hash"].(string)+`"}`).is(200)
}
