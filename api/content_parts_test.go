package api_test

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"towncrier/staff"
)

// part is the path of a part of a draft.
func part(draft, kind, id string) string {
	return draft + "/parts/" + url.PathEscape(kind) + "/" + url.PathEscape(id)
}

// TestPartsAreEditedAsForms: every kind is listed, written, refused and removed through the same operations, named by id or by label; the rest of a
// file keeps its bytes, and what is published is served.
func TestPartsAreEditedAsForms(t *testing.T) {
	r := lite(t)
	r.follow()
	kinds := r.do(staff.Committee, "GET", "/content/kinds", "").is(200)["items"].([]any)
	draft := r.beginContent("表单")
	for _, item := range kinds {
		k := item.(map[string]any)
		byName := r.do(staff.Auditor, "GET", draft+"/parts/"+k["name"].(string)+"?limit=200", "").is(200)["items"].([]any)
		byLabel := r.do(staff.Auditor, "GET", draft+"/parts/"+url.PathEscape(k["label"].(string))+"?limit=200", "").is(200)["items"].([]any)
		inForce := r.do(staff.Auditor, "GET", "/content/revisions/0/parts/"+k["name"].(string)+"?limit=200", "").is(200)["items"].([]any)
		if len(byName) == 0 || len(byLabel) != len(byName) || len(inForce) != len(byName) {
			t.Errorf("%v: %d, %d, %d", k, len(byName), len(byLabel), len(inForce))
		}
	}
	r.do(staff.Auditor, "GET", draft+"/parts/tables", "").problem(422, "invalid", "path.kind")
	r.do(staff.Auditor, "GET", part(draft, "contacts", "nobody"), "").problem(404, "not-found", "")

	before := r.do(staff.Author, "GET", draft+"/file?path=contacts.yaml", "").is(200)["text"].(string)
	const clinic = `{"value":{"name":"示例卫生所","phone":"0000-5550101","for":"看病","source":"《示例镇便民手册》（虚构）"}}`
	made := r.do(staff.Author, "PUT", part(draft, "联系方式", "clinic"), clinic).is(200)
	if made["id"] != "clinic" || made["kind"] != "contacts" || made["value"].(map[string]any)["id"] != "clinic" {
		t.Errorf("%v", made)
	}
	r.do(staff.Author, "PUT", part(draft, "contacts", "clinic"), clinic).is(200) // the same again
	after := r.do(staff.Author, "GET", draft+"/file?path=contacts.yaml", "").is(200)["text"].(string)
	if !strings.HasPrefix(after, before) {
		t.Errorf("%s", after)
	}
	office := r.do(staff.Author, "GET", part(draft, "contacts", "office"), "").is(200)
	r.do(staff.Author, "PUT", part(draft, "contacts", "clinic"), strings.Replace(clinic, "看病", "看病、打针", 1)).problem(409, "conflict", "")

	a := r.do(staff.Author, "PUT", part(draft, "contacts", "clinic"), `{"value":{"name":"<a href=x>卫生所","phone":["1"],"fax":"1"}}`)
	a.problem(422, "faults", "value", "value.name", "value.phone", "value.for", "value.source")
	for _, want := range []string{"名称：有网页或 Markdown 标记", "电话：不能是列表", "用途：没有填写", "号码出处：没有填写", "有认不出的项"} {
		if !strings.Contains(a.body, want) {
			t.Errorf("%s: %s", want, a.body)
		}
	}
	r.do(staff.Author, "PUT", part(draft, "menu", "问一问"), `{"value":{"topic":"no.intent"},"was":"`+r.digest(part(draft, "menu", "问一问"))+`"}`).problem(422, "faults", "value.topic")
	r.do(staff.Author, "PUT", part(draft, "topics", "more"), `{"value":{"name":"更多","also":["更多事","多"]}}`).problem(422, "faults", "value.also[1]")

	// A number that an answer prints: what has to be mended elsewhere is said at once, and refused when the draft is submitted.
	removed := r.do(staff.Author, "DELETE", part(draft, "contacts", "office")+"?was="+office["digest"].(string), "").is(200)
	if removed["files"].([]any)[0] != "contacts.yaml" {
		t.Errorf("%v", removed)
	}
	r.do(staff.Author, "DELETE", part(draft, "contacts", "office")+"?was="+office["digest"].(string), "").problem(404, "not-found", "")
	office["value"].(map[string]any)["phone"] = "0000-5550199"
	back, err := json.Marshal(map[string]any{"value": office["value"], "before": "repair"})
	if err != nil {
		t.Fatal(err)
	}
	put := r.do(staff.Author, "PUT", part(draft, "contacts", "office"), string(back)).is(200)
	if remarks, _ := put["remarks"].([]any); len(remarks) == 0 || !strings.Contains(remarks[0].(string), "送审前还要改") {
		t.Errorf("%v", put)
	}
	if a := r.do(staff.Author, "POST", draft+"/submit", "{}"); a.status != 422 || !strings.Contains(a.body, "files.intents/") {
		t.Errorf("%s", a.body)
	}
	office["value"].(map[string]any)["phone"] = "19900000001"
	back, _ = json.Marshal(map[string]any{"value": office["value"], "was": put["digest"]})
	if put = r.do(staff.Author, "PUT", part(draft, "contacts", "office"), string(back)).is(200); put["remarks"] != nil {
		t.Errorf("%v", put)
	}

	r.do(staff.Author, "PUT", part(draft, "phrases", "ticket"), `{"value":{"text":"登记好了。"}}`).problem(422, "faults", "value.text")
	r.do(staff.Author, "PUT", part(draft, "phrases", "ticket"), `{"value":{"text":"登记好了，编号{编号}。"}}`).is(200)
	r.publishDraft(draft)
	r.soonServed(2)
	now := r.content.Live.Current().Library
	if now.Say("ticket", "7") != "登记好了，编号7。" || len(now.Contacts) != 3 || now.Contacts[0].ID != "office" || now.Contacts[2].ID != "clinic" {
		t.Errorf("%q, %v", now.Say("ticket", "7"), now.Contacts)
	}
}

func (r *fixture) digest(path string) string {
	r.t.Helper()
	return r.do(staff.Author, "GET", path, "").is(200)["digest"].(string)
}

// TestTwoWriteOneFile: two who write different parts of a file at the same time both do; of two who write one part, the second is shown the first's.
func TestTwoWriteOneFile(t *testing.T) {
	each(t, func(r *fixture) {
		draft := r.beginContent("两个人")
		digest := r.digest(part(draft, "contacts", "office"))
		var all sync.WaitGroup
		answers := make([]answer, 6)
		for i := range answers {
			all.Go(func() {
				id := string(rune('a' + i))
				answers[i] = r.do(staff.Author, "PUT", part(draft, "contacts", "new-"+id),
					`{"value":{"name":"甲`+id+`","phone":"0000-5550101","for":"问","source":"栏"}}`)
			})
		}
		all.Wait()
		written := 0
		for _, a := range answers {
			if a.status == http.StatusOK {
				written++
			} else {
				a.problem(409, "conflict", "")
			}
		}
		if got := len(r.do(staff.Author, "GET", draft+"/parts/contacts", "").is(200)["items"].([]any)); got != 2+written || written < 2 {
			t.Errorf("%d contacts, %d written", got, written)
		}
		const form = `{"value":{"name":"值班","phone":"19900000001","for":"%","source":"栏"},"was":"`
		r.do(staff.Author, "PUT", part(draft, "contacts", "office"), strings.Replace(form, "%", "先写的", 1)+digest+`"}`).is(200)
		late := r.do(staff.Author, "PUT", part(draft, "contacts", "office"), strings.Replace(form, "%", "后写的", 1)+digest+`"}`)
		late.problem(409, "conflict", "")
		if !strings.Contains(late.body, "先写的") || !strings.Contains(late.body, "theirs") {
			t.Errorf("%s", late.body)
		}
	})
}

// TestListsOfContentComeInPages: each has every item once; what is gone meanwhile neither hides nor repeats another, and a file's list says when
// it cannot go on.
func TestListsOfContentComeInPages(t *testing.T) {
	r := lite(t)
	draft := r.beginContent("改")
	pages := func(path, id string, after string) (all []string) {
		t.Helper()
		for {
			page := r.do(staff.Auditor, "GET", path+"?limit=3&after="+url.QueryEscape(after), "").is(200)
			items := page["items"].([]any)
			for _, one := range items {
				all = append(all, one.(map[string]any)[id].(string))
			}
			if page["next"] == nil {
				return all
			}
			if after = page["next"].(string); len(items) != 3 {
				t.Errorf("%s: a page of %d", path, len(items))
			}
		}
	}
	once := func(path, id string) []string {
		t.Helper()
		all := pages(path, id, "")
		whole := r.do(staff.Auditor, "GET", path+"?limit=200", "").is(200)
		var want []string
		for _, one := range whole["items"].([]any) {
			want = append(want, one.(map[string]any)[id].(string))
		}
		if !slices.Equal(all, want) || len(all) == 0 || whole["next"] != nil {
			t.Errorf("%s: %v, want %v", path, all, want)
		}
		return all
	}
	once("/content/notices", "id")
	once("/content/revisions/0/files", "path")
	once("/content/revisions/0/parts/menu", "id")
	once(draft+"/parts/phrases", "id")
	intents := once(draft+"/parts/intents", "id")

	first := r.do(staff.Auditor, "GET", draft+"/parts/intents?limit=3", "").is(200)
	at := r.do(staff.Author, "GET", part(draft, "intents", intents[2]), "").is(200)
	r.do(staff.Author, "DELETE", part(draft, "intents", intents[2])+"?was="+at["digest"].(string), "").is(200)
	if rest := pages(draft+"/parts/intents", "id", first["next"].(string)); !slices.Equal(rest, intents[3:]) {
		t.Errorf("%v, want %v", rest, intents[3:])
	}
	contact := r.do(staff.Auditor, "GET", draft+"/parts/contacts?limit=1", "").is(200)
	gone := contact["items"].([]any)[0].(map[string]any)
	r.do(staff.Author, "DELETE", part(draft, "contacts", gone["id"].(string))+"?was="+gone["digest"].(string), "").is(200)
	r.do(staff.Auditor, "GET", draft+"/parts/contacts?limit=1&after="+url.QueryEscape(contact["next"].(string)), "").problem(400, "cursor", "query.after")
}
