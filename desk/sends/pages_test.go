package sends_test

import (
	"bufio"
	"html"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/desk/desktest"
)

// city has three weeks behind it: broadcasts in every state.
func city(t *testing.T) *desktest.Desk { return desktest.OpenDesk(t, desktest.WithHistory) }

var address = regexp.MustCompile(`/desk/sends/B[A-Z2-7]{10}"`)

// broadcasts are the addresses of those that a list shows.
func broadcasts(p *desktest.Page) (all []string) {
	for _, found := range address.FindAllString(p.Body, -1) {
		all = append(all, strings.Trim(found, `"`))
	}
	return all
}

// TestNoButtonLeadsToARefusal presses, as every role and on a broadcast in every state, every button that is shown.
func TestNoButtonLeadsToARefusal(t *testing.T) {
	d := city(t)
	pressed := map[string]int{}
	for _, who := range []string{"auditor", "admin", "committee", "approver", "author"} {
		var b *desktest.Browser
		for i, at := range broadcasts(d.SignIn(t, who).Open("/desk/sends")) {
			if i%5 == 0 { // a session that presses all of them at once is too fast for a person
				b = d.SignIn(t, who)
			}
			shown, done := b.Open(at), map[string]bool{}
			for more := true; more; {
				more = false
				for _, name := range shown.Buttons() {
					what, _, _ := strings.Cut(name, "：")
					if !done[what] && what != "退出登录" && what != "复制为新草稿" {
						shown, done[what], more = shown.Press(name).Want(http.StatusOK), true, true
						pressed[who+" "+what]++
						break
					}
				}
			}
			for name, href := range shown.Links() {
				if what, below := strings.CutPrefix(href, at); below && strings.HasPrefix(what, "/") && (pressed[who+what] == 0 || what != "/report") {
					if pressed[who+what]++; b.Get(href).Status != http.StatusOK {
						t.Errorf("%s: %s on %s leads to a refusal", who, name, at)
					}
				}
			}
			if what := "复制为新草稿"; slices.ContainsFunc(shown.Buttons(), func(name string) bool { return strings.HasPrefix(name, what) }) && pressed[who+" "+what] == 0 {
				shown.Press(what).Want(http.StatusOK).Sees("草稿")
				pressed[who+" "+what]++
			}
		}
	}
	for _, want := range []string{"author 暂停", "author 继续发送", "approver 排期", "author 复制为新草稿", "committee 复制为新草稿", "author/cancel", "author/delete", "author/resend"} {
		if pressed[want] == 0 {
			t.Errorf("nobody pressed %s: %v", want, pressed)
		}
	}
	for what := range pressed {
		if (strings.HasPrefix(what, "auditor ") || strings.HasPrefix(what, "admin ")) && !strings.HasSuffix(what, "/report") {
			t.Errorf("%s is shown", what)
		}
	}
}

// ask asks for what an open page asks for by itself.
func ask(t *testing.T, b *desktest.Browser, address, accept string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept", accept)
	for _, c := range b.Cookies() {
		req.AddCookie(c)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	return resp
}

// stream opens the stream of a page, and reads its lines.
func stream(t *testing.T, b *desktest.Browser, address string) (lines <-chan string) {
	t.Helper()
	resp := ask(t, b, address, "text/event-stream")
	if resp.StatusCode != http.StatusOK || resp.Header.Get("Content-Type") != "text/event-stream" || resp.Header.Get("X-Accel-Buffering") != "no" {
		text, _ := io.ReadAll(resp.Body)
		t.Fatalf("%d %v %s", resp.StatusCode, resp.Header, text)
	}
	read := make(chan string, 1000)
	go func() {
		defer close(read)
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			read <- scan.Text()
		}
	}()
	return read
}

// until reads lines until one holds a text; it fails the test after a while, or at the end.
func until(t *testing.T, lines <-chan string, text string) {
	t.Helper()
	patience := time.After(30 * time.Second)
	for {
		select {
		case line, open := <-lines:
			if strings.Contains(line, text) {
				return
			}
			if !open {
				t.Fatalf("the stream ended without %s", text)
			}
		case <-patience:
			t.Fatalf("no %s in the stream", text)
		}
	}
}

// TestAnOpenPageFollows: a page that is open shows what a colleague does elsewhere, goes on from what it saw when it comes back, is asked
// without streams too, and stops when its colleague is signed out.
func TestAnOpenPageFollows(t *testing.T) {
	d := city(t)
	author, approver := d.SignIn(t, "author"), d.SignIn(t, "approver")
	at := broadcasts(author.Open("/desk/sends?status=sending"))[0]
	lines := stream(t, approver, d.URL+at+"/live")
	until(t, lines, "发送中")
	author.Open(at).Press("暂停").Sees("已暂停：没有发出的都停下了")
	until(t, lines, "id: ")
	until(t, lines, "已暂停")
	piece := ask(t, approver, d.URL+at+"/live", "text/html")
	text, err := io.ReadAll(piece.Body)
	if err != nil || piece.StatusCode != http.StatusOK || !strings.Contains(string(text), "继续发送") || strings.Contains(string(text), "<html") || piece.Header.Get("Last-Event-ID") == "" {
		t.Errorf("asked without a stream: %d %v %s", piece.StatusCode, piece.Header, text)
	}
	if none := ask(t, approver, d.URL+"/desk/sends/BAAAAAAAAAA/live", "text/html"); none.StatusCode != http.StatusNotFound {
		t.Errorf("of no broadcast: %d", none.StatusCode)
	}
	author.Open(at).Press("继续发送").Sees("已继续发送")
	resumed := liveAt.FindStringSubmatch(author.Open(at).Body) // of a version that was not counted yet
	piece = ask(t, approver, d.URL+html.UnescapeString(resumed[1]), "text/html")
	if text, err := io.ReadAll(piece.Body); err != nil || piece.StatusCode != http.StatusOK || !strings.Contains(string(text), "发送中") {
		t.Errorf("asked at once after a change: %d %s %v", piece.StatusCode, text, err)
	}
	approver.Post("/desk/logout", nil).Want(http.StatusOK)
	for range lines { // ends
	}
}

// TestTheList is searched and filtered, says what is wrong with a filter beside it, and leads through its pages.
func TestTheList(t *testing.T) {
	d := city(t)
	b := d.SignIn(t, "author")
	b.Open("/desk/sends").Sees("全部 19", "已完成 7", "演示撰稿员", "短信").Lacks("（）")
	b.Open("/desk/sends?status=done&text=养犬").Sees("文明养犬提醒").Lacks("老年人体检")
	b.Open("/desk/sends").Form("查找").Fill("找标题、内容或编号", "老年人体检").Press().Sees("老年人体检").Lacks("文明养犬提醒")
	b.Open("/desk/sends?mine=yes").Lacks("演示社区工作者（")
	b.Open("/desk/sends?text=没有这样的").Sees("没有这样的群发").Follow("看全部").Sees("全部 19")
	b.Get("/desk/sends?month=昨天").Want(http.StatusUnprocessableEntity).Sees("写成 2026-11 这样")
	b.Get("/desk/sends?topic=没有的主题").Want(http.StatusUnprocessableEntity)
	desktest.SharedDesk(t).SignIn(t, "author").Open("/desk/sends")
}

// TestTheReport says in a sentence what came of a broadcast, in people; committees in the order of their names.
func TestTheReport(t *testing.T) {
	d := city(t)
	b := d.SignIn(t, "author")
	list := b.Open("/desk/sends?status=done&text=老旧小区改造进展")
	p := b.Open(broadcasts(list)[0]+"/report").Sees("100人里70人收到；30人没有收到，原因如下。", "截至", "没有同意接收", "短信费用", "按社区", "下载")
	for _, href := range p.Links() {
		if strings.HasSuffix(href, ".csv") || strings.HasSuffix(href, ".xlsx") {
			if f := b.Get(href); f.Status != http.StatusOK || !strings.HasPrefix(f.Header.Get("Content-Disposition"), "attachment") || len(f.Body) < 100 {
				t.Errorf("%s: %d %v", href, f.Status, f.Header)
			}
		}
	}
	d.SignIn(t, "committee").Open(broadcasts(list)[0] + "/report").Sees("只统计").Lacks("短信费用")
}
