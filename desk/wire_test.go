package desk_test

import (
	"bytes"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/desk/desktest"
	"towncrier/signin/signintest"
	"towncrier/staff/stafftest"
)

// filledIn is the sign-in page with what somebody knows and has.
func filledIn(t *testing.T, d *desktest.Desk, id, passphrase, code string) *desktest.Page {
	t.Helper()
	return desktest.Browse(t, d.URL).Open("/desk/login").Form("登录").Fill("账号", id).Fill("密码", passphrase).Fill("验证码", code).Press()
}

// TestStolenHalves: whoever has only a part of what a colleague signs in with gets nowhere, and is told the same whatever part it is.
func TestStolenHalves(t *testing.T) {
	d := desktest.OpenDesk(t)
	const id, gone = "rehearsal-author", "rehearsal-approver"
	whole := func(person string) signintest.Colleague {
		c, err := signintest.Enrolled(t.Context(), d.App.SignIn(), d.App.Store().Staff(), time.Now, person)
		if err != nil {
			t.Fatal(err)
		}
		return c
	}
	c, left := whole(id), whole(gone)
	if err := d.App.Staff().Disable(t.Context(), audit.System("test"), gone, false); err != nil {
		t.Fatal(err)
	}
	code := c.Code(time.Now().Add(30 * time.Second)) // the one of now set the app, and opens nothing else
	told := filledIn(t, d, id, c.Passphrase, "").Text()
	halves := map[string]func() *desktest.Page{
		"a passphrase and a wrong code": func() *desktest.Page { return filledIn(t, d, id, c.Passphrase, "000000") },
		"a code alone":                  func() *desktest.Page { return filledIn(t, d, id, "九十九只黑鹅不吃芦苇的叶子", code) },
		"an account that is not there":  func() *desktest.Page { return filledIn(t, d, "nobody-here", c.Passphrase, code) },
		"a disabled colleague's all":    func() *desktest.Page { return filledIn(t, d, gone, left.Passphrase, left.Code(time.Now())) },
	}
	refused := func(what string, shown *desktest.Page) {
		t.Helper()
		if shown.Status != http.StatusUnprocessableEntity || shown.Text() != told {
			t.Errorf("%s: %d %s\nwant what a passphrase alone is told:\n%s", what, shown.Status, shown.Text(), told)
		}
	}
	for what, try := range halves {
		refused(what, try())
	}
	if shown := filledIn(t, d, id, c.Passphrase, code); shown.URL.Path != "/desk/" {
		t.Fatalf("the whole leads to %s: %s", shown.URL, shown.Text())
	}
	refused("a code that was used", filledIn(t, d, id, c.Passphrase, code))

	fails := 0
	log := recorded(t, d)
	for what, n := range log {
		if strings.HasPrefix(what, "session.fail ") {
			fails += n
		}
	}
	if fails != len(halves)+2 {
		t.Errorf("%d entries of sign-ins that failed, want %d: %v", fails, len(halves)+2, log)
	}
	t.Run("requests that no page makes", func(t *testing.T) { refusals(t, d, log) })
	t.Run("an activation code", func(t *testing.T) { burnt(t, d) })
}

// refusals are of what comes with a part of what the console asks for: each is refused, and on record or counted.
func refusals(t *testing.T, d *desktest.Desk, before map[string]int) {
	b, key := d.SignIn(t, "author"), http.Header{"Authorization": {"Bearer " + d.Key(t, "author")}}
	resp, _ := b.Send(http.MethodPost, "/desk/feedback", http.Header{"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}}, url.Values{"nonce": {"n"}})
	other, _ := b.Send(http.MethodGet, "/desk/", http.Header{"Host": {"evil.example"}}, nil)
	page, _ := desktest.Browse(t, d.URL).Send(http.MethodGet, "/desk/", key, nil)
	operation, _ := b.Send(http.MethodGet, "/api/v1/me", nil, nil)
	right := b.Get("/desk/staff")
	if got := []int{resp.StatusCode, other.StatusCode, page.StatusCode, operation.StatusCode, right.Status}; !slices.Equal(got, []int{403, 404, 403, 401, 403}) {
		t.Errorf("another site's form, another Host, a key on a page, a cookie on the API, a page of others: %d", got)
	}
	after := recorded(t, d)
	for _, want := range []string{"desk.refused outcome=cross-site", "desk.refused outcome=host", "desk.refused outcome=key", "api.denied operation=list-staff"} {
		if after[want] != before[want]+1 {
			t.Errorf("%s is %d times in the audit log, and was %d: %v", want, after[want], before[want], after)
		}
	}
	if !strings.Contains(d.Log.String(), "status=401") {
		t.Error("a cookie on the API is not in the log")
	}
}

// burnt: whoever looks at a link ahead of a person burns nothing, and an activation code that was used opens nothing, in the words of one that
// never was.
func burnt(t *testing.T, d *desktest.Desk) {
	activation, err := stafftest.InvitationOf(t.Context(), d.App.Store().Staff(), time.Now, "rehearsal-auditor")
	if err != nil {
		t.Fatal(err)
	}
	b := desktest.Browse(t, d.URL)
	b.MayShow(activation) // in the field that it is typed into
	for _, path := range []string{"/desk/enrol?activation=" + activation, "/desk/enrol/login?activation=" + activation} {
		for _, method := range []string{http.MethodHead, http.MethodGet} {
			b.Send(method, path, nil, nil)
		}
	}
	begin := func(code string) *desktest.Page {
		return b.Open("/desk/enrol").Form("下一步").Fill("激活码", code).Press()
	}
	c := signintest.Colleague{ID: "rehearsal-auditor", Passphrase: signintest.Passphrase}
	for range 2 { // to look at the form burns nothing either
		begun := begin(activation).Want(http.StatusOK)
		c.Secret = begun.Form("设置登录").Hidden("secret")
		begun.Form("设置登录").Fill("新密码", c.Passphrase).Fill("再输入一次新密码", c.Passphrase).Fill("2. 验证器现在显示的6位数字", "000000").Press().Want(http.StatusUnprocessableEntity)
	}
	form := begin(activation).Form("设置登录")
	c.Secret = form.Hidden("secret")
	form.Fill("新密码", c.Passphrase).Fill("再输入一次新密码", c.Passphrase).Fill("2. 验证器现在显示的6位数字", c.Code(time.Now())).Press().Want(http.StatusOK).Sees("恢复码")
	used, never := begin(activation), begin("tca_"+strings.Repeat("a", 40))
	if used.Status != http.StatusUnprocessableEntity || never.Status != used.Status || used.Text() != never.Text() {
		t.Errorf("a code that was used: %d %s\nand one that never was: %d %s", used.Status, used.Text(), never.Status, never.Text())
	}
	if log := recorded(t, d); log["session.fail outcome=activation"] != 2 || log["login.set invitation"] == 0 {
		t.Errorf("on record: %v", log)
	}
}

// recorded counts the newest entries of the audit log by their action and the first word of their detail; of an invitation its name alone.
func recorded(t *testing.T, d *desktest.Desk) map[string]int {
	t.Helper()
	var log wire.Page[wire.AuditEntry]
	d.Call(t, "admin", http.MethodGet, "/audit?limit=200", nil, &log)
	all := map[string]int{}
	for _, e := range log.Items {
		word, _, _ := strings.Cut(e.Detail, " ")
		if strings.HasPrefix(word, "invitation=") {
			word = "invitation"
		}
		all[strings.TrimSpace(e.Action+" "+word)]++
	}
	return all
}

// TestSessionEndsWithItsPerson: who is let go is out at their next request, and what they post then is not done.
func TestSessionEndsWithItsPerson(t *testing.T) {
	d := desktest.OpenDesk(t)
	b := d.SignIn(t, "committee")
	b.Open("/desk/").Sees("今天要办")
	if err := d.App.Staff().Disable(t.Context(), audit.System("test"), "rehearsal-committee", false); err != nil {
		t.Fatal(err)
	}
	if shown := b.Get("/desk/"); shown.URL.Path != "/desk/login" {
		t.Errorf("a page after somebody was let go: %s", shown.URL)
	}
}

// TestSessionCookie: a session's secret is new after each sign-in, goes to this site alone, is unreadable for scripts, and is kept nowhere.
func TestSessionCookie(t *testing.T) {
	d := desktest.OpenDesk(t)
	var secrets []string
	for range 2 {
		b := desktest.Browse(t, d.URL)
		f := b.Open("/desk/login").Form(desktest.Colleagues["author"])
		resp, _ := b.Send(http.MethodPost, "/desk/login/rehearsal", http.Header{"Sec-Fetch-Site": {"same-origin"}}, url.Values{"id": {"rehearsal-author"}, "nonce": {f.Hidden("nonce")}})
		set := resp.Cookies()
		if len(set) != 1 {
			t.Fatalf("signing in sets %v", set)
		}
		c := set[0]
		if c.Name != "desk" || c.Path != "/" || c.Domain != "" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.MaxAge != 0 || !c.Expires.IsZero() {
			t.Errorf("the cookie of a rehearsal: %v", c)
		}
		secrets = append(secrets, c.Value)
	}
	if secrets[0] == secrets[1] || len(secrets[0]) < 22 { // 128 bits in base64
		t.Errorf("two sessions' secrets: %d and %d characters", len(secrets[0]), len(secrets[1]))
	}
	files, err := filepath.Glob(filepath.Join(d.Folder, "*"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			continue // a folder
		}
		for _, secret := range secrets {
			if bytes.Contains(text, []byte(secret)) {
				t.Errorf("%s keeps a session's secret", filepath.Base(file))
			}
		}
	}
	for _, secret := range secrets {
		if strings.Contains(d.Log.String(), secret) {
			t.Error("the log keeps a session's secret")
		}
	}
}

// TestUnsafeMethodsComeFromThisSite: a form that another site's page posts, or nobody says where it comes from, is refused by every route
// before anything is done.
func TestUnsafeMethodsComeFromThisSite(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "admin")
	paths := []string{"/desk/logout", "/desk/login", "/desk/login/rehearsal"}
	for _, route := range d.App.Desk().Routes {
		if method, pattern, _ := strings.Cut(route.Pattern, " "); method == http.MethodPost {
			paths = append(paths, strings.NewReplacer("{", "", "}", "", "$", "", "...", "").Replace(pattern))
		}
	}
	for _, path := range paths {
		for from, header := range map[string]http.Header{
			"another site":                    {"Sec-Fetch-Site": {"cross-site"}, "Origin": {"https://evil.example"}},
			"a neighbour of the same domain":  {"Sec-Fetch-Site": {"same-site"}},
			"an old browser on another site":  {"Origin": {"https://evil.example"}},
			"a page that hides what it is":    {"Origin": {"null"}},
			"what says nothing of itself":     {},
			"what has a key besides a cookie": {"Sec-Fetch-Site": {"same-origin"}, "Authorization": {"Bearer " + d.Key(t, "admin")}},
		} {
			if resp, _ := b.Send(http.MethodPost, path, header, url.Values{"nonce": {"n"}}); resp.StatusCode != http.StatusForbidden {
				t.Errorf("POST %s from %s: %d, want it refused", path, from, resp.StatusCode)
			}
		}
	}
	b.Open("/desk/").Sees("今天要办")
}

// TestCookiesOpenPagesAndKeysTheAPI, and neither opens the other.
func TestCookiesOpenPagesAndKeysTheAPI(t *testing.T) {
	d := desktest.SharedDesk(t)
	signedIn, stranger := d.As(t, "admin"), desktest.Browse(t, d.URL)
	key := http.Header{"Authorization": {"Bearer " + d.Key(t, "admin")}}
	for _, c := range []struct {
		what   string
		by     *desktest.Browser
		path   string
		header http.Header
		want   int
	}{
		{"a cookie on the API", signedIn, "/api/v1/me", nil, http.StatusUnauthorized},
		{"a key on the API", stranger, "/api/v1/me", key, http.StatusOK},
		{"a key on a page", stranger, "/desk/", key, http.StatusForbidden},
		{"both on a page", signedIn, "/desk/", key, http.StatusForbidden},
		{"a cookie on a page", signedIn, "/desk/", nil, http.StatusOK},
	} {
		if resp, _ := c.by.Send(http.MethodGet, c.path, c.header, nil); resp.StatusCode != c.want {
			t.Errorf("%s: %d, want %d", c.what, resp.StatusCode, c.want)
		}
	}
}

// TestHeadersOfEveryAnswer: what is refused, what is not there and what is a file are as guarded as a page.
func TestHeadersOfEveryAnswer(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	for path, want := range map[string]int{"/desk/": http.StatusOK, "/desk/none": http.StatusNotFound, "/desk/static/none.css": http.StatusNotFound, "/desk/login": http.StatusSeeOther} {
		resp, _ := b.Send(http.MethodGet, path, nil, nil)
		if resp.StatusCode != want {
			t.Errorf("%s: %d, want %d", path, resp.StatusCode, want)
		}
		for _, fault := range desktest.HeaderFaults(resp.Header) {
			t.Errorf("%s: %s", path, fault)
		}
	}
}

// TestConsoleAnswersToItsOwnNameAlone: under any other Host there is no such page.
func TestConsoleAnswersToItsOwnNameAlone(t *testing.T) {
	b := desktest.SharedDesk(t).As(t, "author")
	for _, path := range []string{"/desk/", "/desk/login"} {
		for _, host := range []string{"evil.example", "evil.example:80", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1"} {
			if resp, text := b.Send(http.MethodGet, path, http.Header{"Host": {host}}, nil); resp.StatusCode != http.StatusNotFound || strings.Contains(text, "登录") {
				t.Errorf("%s as %s: %d", path, host, resp.StatusCode)
			}
		}
	}
}
