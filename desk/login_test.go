package desk_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

// pressed is a browser in which a colleague signed in by one press.
func pressed(t *testing.T, d *desktest.Desk, name string) *desktest.Browser {
	t.Helper()
	b := desktest.Browse(t, d.URL)
	b.Open("/desk/login").Press(name).Sees("今天要办")
	return b
}

// TestOnePressSignsIn: every made-up colleague of a rehearsal comes in by one button, and leaves by one.
func TestOnePressSignsIn(t *testing.T) {
	d := desktest.SharedDesk(t)
	for _, name := range []string{"演示撰稿员", "演示审批员", "演示第二审批员", "演示社区工作者", "演示审计员", "演示管理员", "演示第二管理员"} {
		b := pressed(t, d, name)
		b.Post("/desk/logout", nil).Sees("已退出登录", "登录工作台")
		b.Open("/desk/").Sees("登录工作台").Lacks("今天要办")
	}
}

// TestASessionThatEndedLosesNoForm: what was posted after the session's end is posted once more after signing in.
func TestASessionThatEndedLosesNoForm(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := pressed(t, d, "演示撰稿员")
	other := desktest.Browse(t, d.URL)
	other.SetCookies(b.Cookies()...)
	other.Post("/desk/logout", nil)
	typed := "写了一半的话 <b>&\"'"
	back := b.Post("/desk/?kept=yes", url.Values{"nonce": {"abc"}, "text": {typed, "第二个"}})
	back.Want(http.StatusUnauthorized).Sees("登录已经结束", "还在")
	again := back.Press("演示撰稿员").Sees("继续提交")
	if got := again.Form("继续提交"); got == nil {
		t.Fatal("there is nothing to press")
	}
	if body := again.Body; !strings.Contains(body, "写了一半的话") || !strings.Contains(body, "第二个") || !strings.Contains(body, "/desk/?kept=yes") {
		t.Errorf("what was typed is not posted again:\n%s", body)
	}
}

// TestSignInGoesOnToPagesOfTheDeskAlone: nobody is led to another site, or out of the session just begun.
func TestSignInGoesOnToPagesOfTheDeskAlone(t *testing.T) {
	d := desktest.SharedDesk(t)
	for next, want := range map[string]string{
		"/desk/feedback":        "/desk/feedback",
		"https://evil.example/": "/desk/",
		"//evil.example/desk/":  "/desk/",
		"/api/v1/broadcasts":    "/desk/",
		"/desk/../api/v1/staff": "/desk/",
		"/desk/logout":          "/desk/",
		"/desk/./logout":        "/desk/",
		"/desk/me/../login":     "/desk/",
		`/desk/\evil.example`:   `/desk/%5Cevil.example`,
	} {
		b := desktest.Browse(t, d.URL)
		got := b.Open("/desk/login?next=" + url.QueryEscape(next)).Press("演示审计员")
		if got.URL.RequestURI() != want {
			t.Errorf("%s leads to %s, want %s", next, got.URL.RequestURI(), want)
		}
	}
}

// TestACookieOpensTheDeskAlone, and a key the API.
func TestACookieOpensTheDeskAlone(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := pressed(t, d, "演示管理员")
	var cookie string
	for _, c := range b.Cookies() {
		cookie = c.Name + "=" + c.Value
	}
	for name, c := range map[string]struct {
		path, header, value string
		want                int
	}{
		"the cookie on the API": {"/api/v1/me", "Cookie", cookie, http.StatusUnauthorized},
		"a key on the desk":     {"/desk/", "Authorization", "Bearer " + d.Key(t, "admin"), http.StatusForbidden},
		"the cookie":            {"/desk/", "Cookie", cookie, http.StatusOK},
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+c.path, nil)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set(c.header, c.value)
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		if resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", name, resp.StatusCode, c.want)
		}
	}
}

// TestOtherNamesHaveNoDesk: under another Host there is no such page.
func TestOtherNamesHaveNoDesk(t *testing.T) {
	d := desktest.SharedDesk(t)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, d.URL+"/desk/login", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "desk.evil.example"
	resp, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusNotFound {
		t.Errorf("under another name the desk answers %d", resp.StatusCode)
	}
}
