package api_test

import (
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/staff"
	"towncrier/unanswered"
)

// asked has three people ask in vain, and returns the id of the group.
func (r *fixture) asked(text string) string {
	r.t.Helper()
	for _, asker := range []string{"a", "b", "c"} {
		r.askInVain(asker, text)
	}
	for _, g := range r.groups("any") {
		if examples := g["examples"].([]any); len(examples) > 0 && examples[0] == text {
			return g["id"].(string)
		}
	}
	r.t.Fatalf("%s is in no group: %v", text, r.groups("any"))
	return ""
}

// askInVain asks what no notice answers, as the bot keeps it.
func (r *fixture) askInVain(asker, text string) {
	r.t.Helper()
	left, _ := r.content.Live.Current().Words().Blank(text)
	if _, err := r.questions.Keep(r.t.Context(), unanswered.Asked{Asker: openid + asker, At: r.now.Now(), Topic: "library.card", Place: "东门取水点", Text: left}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *fixture) groups(status string) (all []map[string]any) {
	r.t.Helper()
	for _, g := range r.do(staff.Author, "GET", "/questions?status="+url.QueryEscape(status), "").is(200)["items"].([]any) {
		all = append(all, g.(map[string]any))
	}
	return all
}

// TestQuestionsAreWork: what was asked in vain is listed by likeness, read when three asked it, left until more do, and answered by a draft
// that cannot be published before it cites something.
func TestQuestionsAreWork(t *testing.T) {
	each(t, func(r *fixture) {
		r.askInVain("a", "我叫欧阳慕白，健身房退费，19900001234")
		r.askInVain("b", "锦绣御湾小区健身房退费")
		g := r.groups("open")[0]
		if g["count"] != 2.0 || g["people"] != "不到3人" || len(g["examples"].([]any)) != 0 || len(g["places"].([]any)) != 0 || g["topic_label"] != "借阅证怎么办" || g["trend"] != "增多" {
			t.Errorf("two asked: %v", g)
		}
		id := g["id"].(string)
		r.do(staff.Author, "POST", "/questions/"+id+"/draft", "").problem(422, "invalid", "path.id")
		csv := r.do(staff.Auditor, "GET", "/questions.csv", "").body
		if !strings.Contains(csv, id+",待处理,借阅证怎么办,2,不到3人") || strings.Contains(csv, "健身") {
			t.Error(csv)
		}
		r.askInVain("c", "健身房的退费")
		g = r.groups("待处理")[0]
		if got := g["examples"].([]any); len(got) != 3 || g["count"] != 3.0 || g["places"].([]any)[0].(map[string]any)["n"] != 3.0 {
			t.Errorf("three asked: %v", g)
		}
		csv = r.do(staff.Approver, "GET", "/questions.csv?status=any", "").body
		if !strings.Contains(csv, "健身房退费") || strings.Contains(csv, "慕白") || strings.Contains(csv, "锦绣") || strings.Contains(csv, "1234") {
			t.Error(csv)
		}

		if left := r.do(staff.Author, "POST", "/questions/"+id+"/leave", "").is(200); left["status"] != "left" || left["status_label"] != "不处理" {
			t.Error(left)
		}
		for _, asker := range []string{"d", "e", "f"} {
			if len(r.groups("open")) != 0 {
				t.Error("it was left")
			}
			r.askInVain(asker, "健身房退费")
		}
		if len(r.groups("open")) != 1 {
			t.Error("it grew, and is not shown")
		}

		made := r.do(staff.Author, "POST", "/questions/"+id+"/draft", "").is(201)
		draft := "/content/drafts/" + made["id"].(string)
		path := "intents/asked." + strings.ToLower(id) + ".yaml"
		text := r.do(staff.Author, "GET", draft+"/file?path="+path, "").is(200)["text"].(string)
		if !strings.Contains(text, "- 健身房退费\n") || strings.Contains(text, "×") || !strings.Contains(text, "citations: []") {
			t.Error(text)
		}
		if refused := r.do(staff.Author, "POST", draft+"/submit", "{}"); refused.status != 422 || !strings.Contains(refused.body, path) {
			t.Errorf("published uncited: %d %s", refused.status, refused.body)
		}
		if g := r.groups("drafted"); len(g) != 1 || g[0]["draft"] != made["id"] {
			t.Error(g)
		}
		r.do(staff.Author, "POST", "/questions/Q99/leave", "").problem(404, "not-found", "")
		r.do(staff.Author, "POST", "/questions/99/leave", "").problem(422, "invalid", "path.id")
		r.do(staff.Author, "GET", "/questions?status=lost", "").problem(422, "invalid", "query.status")
	})
}

const mended = `
utterances:
  - 公积金怎么提取
  - 公积金如何取出来
  - 提取公积金要什么
  - 公积金能取吗
  - 想取公积金
  - 公积金提取流程
  - 公积金取现
  - 公积金支取
  - 公积金取多少
  - 公积金几天到账
citations: [L1#1]
`

// fileQuestion files a question of a resident's.
func (r *fixture) fileQuestion(asker, text string) string {
	r.t.Helper()
	ticket, err := r.inbox.File(r.t.Context(), inbox.Filing{From: openid + asker, Kind: inbox.Question, Text: text})
	if err != nil {
		r.t.Fatal(err)
	}
	return ticket.Number
}

// TestStandardAnswer: a ticket's question becomes a draft without who asked; from then on changes are tried on it, and on what was only
// answered, and neither is in the folder.
func TestStandardAnswer(t *testing.T) {
	each(t, func(r *fixture) {
		r.follow()
		number := r.fileQuestion("a", "我叫欧阳慕白，公积金怎么提取\n锦绣御湾小区3号楼")
		other := r.fileQuestion("b", "欧阳慕白的狗证怎么补办，19900001234")
		r.do(staff.Author, "POST", "/inbox/"+number+"/answer", `{"answer":"王女士您好，请在每周三到图书屋办理，电话0000-5550101"}`).is(200)
		r.do(staff.Author, "POST", "/inbox/"+other+"/answer", `{"answer":"到窗口补办即可"}`).is(200)

		made := r.do(staff.Author, "POST", "/inbox/"+number+"/draft", "").is(201)
		draft := "/content/drafts/" + made["id"].(string)
		path := made["files"].([]any)[0].(string)
		f := r.do(staff.Author, "GET", draft+"/file?path="+path, "").is(200)
		text := f["text"].(string)
		for _, part := range []string{"慕", "锦绣", "3号", "王女士", "5550101"} {
			if strings.Contains(text, part) {
				t.Errorf("%s is left in %s", part, text)
			}
		}
		if !strings.Contains(text, "公积金怎么提取") || !strings.Contains(text, "×女士您好，请在每周三到图书屋办理，电话×") {
			t.Error(text)
		}
		if !strings.Contains(text, "\nproposed:\n  - ") || !strings.Contains(text, "公积金咋提取") {
			t.Errorf("no other ways to ask are proposed, apart from what was asked:\n%s", text)
		}
		again := r.do(staff.Author, "POST", "/inbox/"+number+"/draft", "")
		again.problem(409, "begun", "")
		if id := made["id"].(string); !strings.Contains(again.body, "稿件 "+id) || len(r.do(staff.Author, "GET", "/content/drafts", "").is(200)["items"].([]any)) != 1 {
			t.Errorf("a second draft, or the first is not named: %s", again.body)
		}
		if refused := r.do(staff.Author, "POST", draft+"/submit", "{}"); refused.status != 422 || strings.Contains(refused.body, "问法，至少") || !strings.Contains(refused.body, "答复没有写 citations") || !strings.Contains(refused.body, "答复里有“×”") {
			t.Errorf("published uncited, or with marks: %d %s", refused.status, refused.body)
		}
		intent := strings.TrimSuffix(strings.TrimPrefix(path, "intents/"), ".yaml")
		good := "id: " + intent + "\ntitle: 公积金怎么提取\nanswer: 请到图书屋询问。" + mended
		r.do(staff.Author, "PUT", draft+"/file?path="+path+"&was="+f["digest"].(string), good).is(200)
		r.soonServed(r.publishDraft(draft)["number"].(float64))
		if got := r.do(staff.Author, "GET", "/inbox/"+number, "").is(200)["ticket"].(map[string]any); got["intent"] != intent {
			t.Error(got)
		}
		r.do(staff.Author, "POST", "/inbox/"+number+"/draft", "").problem(409, "begun", "")

		// Another draft takes both answers away: the one that was made a standard is worse, and of the other nobody knows.
		change := r.beginContent("删去")
		at := change + "/file?path=" + path
		r.do(staff.Author, "PUT", at+"&was="+r.do(staff.Author, "GET", at, "").is(200)["digest"].(string), strings.NewReplacer("公积金", "狗证", "提取", "补办", "取", "办").Replace(good)).is(200)
		find := func(role staff.Role, word string) map[string]any {
			items := r.do(role, "GET", change+"/differences", "").is(200)["items"].([]any)
			i := slices.IndexFunc(items, func(d any) bool { return strings.Contains(d.(map[string]any)["question"].(string), word) })
			if i < 0 {
				t.Fatalf("%s is not tried: %v", word, items)
			}
			return items[i].(map[string]any)
		}
		if d := find(staff.Author, "公积金"); d["verdict"] != "worse" || d["right"].([]any)[0] != intent || strings.Contains(d["question"].(string), "慕") || !strings.Contains(d["told"].(string), "每周三") {
			t.Errorf("a standard answer: %v", d)
		}
		d := find(staff.Author, "补办")
		if d["verdict"] != "other" || len(d["right"].([]any)) != 0 || d["told"] != "到窗口补办即可" || strings.Contains(d["question"].(string), "1234") {
			t.Errorf("a filed question: %v", d)
		}
		if d := find(staff.Admin, "补办"); d["told"] != nil {
			t.Errorf("who reads no tickets sees what was answered: %v", d)
		}
		if refused := r.do(staff.Author, "POST", change+"/submit", "{}"); refused.status != 422 || !strings.Contains(refused.body, "公积金") {
			t.Errorf("what is worse was not named: %s", refused.body)
		}
		tar := r.do(staff.Author, "GET", "/content/revisions/0/archive", "").body
		if strings.Contains(tar, "到窗口补办") || strings.Contains(tar, "每周三") {
			t.Error("what was filed is in the folder")
		}
		r.now.pass(91 * 24 * time.Hour)
		if _, err := r.content.Live.Filed(t.Context()); err != nil {
			t.Error(err)
		} else if all, _ := r.content.Live.Filed(t.Context()); len(all) != 0 {
			t.Errorf("after 91 days: %v", all)
		}
	})
}
