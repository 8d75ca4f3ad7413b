package content_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
)

// TestTestBeforePublish: an edit that makes known questions be answered worse is submitted by nobody who did not accept each of them by name;
// the page lists what a full evaluation of both finds; another publishes exactly that, and a draft that returns to the revision before
// restores each file byte for byte, and the answers with them.
func TestTestBeforePublish(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	author, approver := d.As(t, "author"), d.As(t, "approver")
	const question = "烈性犬有哪些"
	before := answerTo(t, d, question)
	first := revision(t, d)

	begun := author.Open("/desk/content/edit?kind=intents&part=dog.breeds").Form("去修改").Fill("新稿件的标题", "犬种问法").Press()
	form := begun.Form("存进稿件")
	var kept []string
	for line := range strings.Lines(form.Value("问法")) {
		if !strings.ContainsAny(line, "烈獒禁") {
			kept = append(kept, strings.TrimSpace(line))
		}
	}
	draft := form.Fill("问法", strings.Join(kept, "\n")).Press().Sees("犬种问法", "改了什么")
	path := draft.URL.Path

	check := draft.Follow("试过再送审").Sees("变坏", "现在", "改了以后")
	var full wire.ContentDifferences
	call(t, d, "author", http.MethodGet, "/content/drafts/"+path[strings.LastIndex(path, "/")+1:]+"/differences", &full)
	if full.Worse == 0 {
		t.Fatal("the edit makes nothing worse")
	}
	for _, item := range full.Items {
		check.Sees("“" + item.Question + "”")
		for _, line := range strings.Fields(item.Before.Text + " " + item.After.Text) {
			check.Sees(line)
		}
	}
	if shown := strings.Count(check.Body, `class="sides"`); shown != len(full.Items) {
		t.Errorf("%d differences are shown, of %d", shown, len(full.Items))
	}

	refused := check.Form("送审").Press().Want(http.StatusUnprocessableEntity)
	refused.Sees("会变坏：改好稿件，或者勾上接受它")
	accepting := refused.Form("送审")
	for _, item := range full.Items {
		if item.Verdict == "worse" {
			refused.Sees(item.Question)
			accepting.Tick("接受“" + item.Question + "”变坏")
		}
	}
	accepting.Press().Sees("已送审")

	publish := approver.Open(path).Follow("核对并发布").Sees("作者送审时接受了", "校验码", "会停下的")
	publish.Form("发布这一份").Fill("验证码", "000000").Press().Want(http.StatusUnprocessableEntity).Sees("验证码不对").Press("发布这一份").Sees("已发布")
	becomes(t, d, question, func(answer string) bool { return answer != before })

	// The way back.
	rolled := author.Open("/desk/content/revisions").Within(fmt.Sprintf("第 %d 版", max(first.Revision, 1))).Follow("退回这一版").Press("新建退回的稿件").Sees("已新建稿件")
	back := rolled.Follow("试过再送审").Press("送审").Sees("已送审")
	approver.Open(back.URL.Path).Follow("核对并发布").Press("发布这一份").Sees("已发布")
	becomes(t, d, question, func(answer string) bool { return answer == before })
	if now := revision(t, d); first.Folder != now.Folder {
		t.Errorf("the folder is %s, and was %s", now.Folder, first.Folder)
	}
}

// becomes waits until a question is answered as it should be, and says how long that took: two seconds on a machine that is not busy.
func becomes(t *testing.T, d *desktest.Desk, question string, right func(answer string) bool) {
	t.Helper()
	began := time.Now()
	for answer := answerTo(t, d, question); !right(answer); answer = answerTo(t, d, question) {
		if time.Since(began) > patience {
			t.Fatalf("%v on, %q is answered %q", patience, question, answer)
		}
	}
	t.Logf("%q is answered anew after %v", question, time.Since(began))
}

// patience bounds what takes two seconds at most on a machine that is not busy.
const patience = 20 * time.Second

func revision(t *testing.T, d *desktest.Desk) (out wire.ContentStatus) {
	t.Helper()
	call(t, d, "author", http.MethodGet, "/content", &out)
	return out
}

// call does an operation of the API with a colleague's key.
func call(t *testing.T, d *desktest.Desk, key, method, path string, out any) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, d.URL+wire.Prefix+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.Key(t, key))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("%s %s: status %d", method, path, resp.StatusCode)
	}
	if err := json.NewDecoder(resp.Body).Decode(out); err != nil {
		t.Fatal(err)
	}
}

// answerTo is what the bot says to a resident who begins with a question.
func answerTo(t *testing.T, d *desktest.Desk, question string) string {
	t.Helper()
	return d.Handset(t, 0).Say(question)
}
