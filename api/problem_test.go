package api_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"

	"towncrier/api"
	"towncrier/audit"
	"towncrier/staff"
	"towncrier/store/storetest"
)

func TestRoutes(t *testing.T) {
	r := lite(t)
	r.do(staff.Admin, "GET", "/nothing", "").problem(404, "no-route")
	r.do(staff.Admin, "GET", "/residents/"+numbers+"0001", "").problem(422, "invalid", "path.id")
	a := r.do(staff.Admin, "PUT", "/residents", "{}")
	a.problem(405, "method")
	if allow := a.header.Get("Allow"); !strings.Contains(allow, "GET") || !strings.Contains(allow, "POST") {
		t.Errorf("Allow: %q", allow)
	}
	for _, a := range []answer{a, r.do(staff.Admin, "GET", "/nothing", "")} {
		if a.header.Get("Cache-Control") != "no-store" || a.header.Get("X-Content-Type-Options") != "nosniff" || a.header.Get("X-Request-Id") == "" {
			t.Errorf("%s: headers %v", a.what, a.header)
		}
	}
	r.do(staff.Admin, "POST", "/residents", `{"phone":"`+numbers+`0001"}`, "Sec-Fetch-Site", "cross-site").problem(403, "cross-origin")
	r.do(staff.Admin, "GET", "/me?a=1", "").problem(422, "invalid", "query.a")
}

func TestKeys(t *testing.T) {
	r := lite(t)
	a := r.as("", "GET", "/me", "")
	a.problem(401, "key")
	if got := a.header.Get("WWW-Authenticate"); got != `Bearer realm="towncrier"` {
		t.Errorf("WWW-Authenticate: %s", got)
	}
	good := r.key[staff.Author]
	for _, bad := range []string{"x", keys, good + "a", good[:len(good)-1] + "!", strings.ToUpper(good), strings.Repeat("a", 9000)} {
		a := r.as(bad, "GET", "/me", "")
		a.problem(401, "key")
		if got := a.header.Get("WWW-Authenticate"); !strings.Contains(got, `error="invalid_token"`) {
			t.Errorf("WWW-Authenticate: %s", got)
		}
	}
	r.as("", "GET", "/me", "", "Authorization", "Basic "+good).problem(401, "key")
	r.as("", "GET", "/me", "", "Authorization", "bearer "+good).is(200)
}

// TestFreeTextHoldsNoPhoneNumber: what stands readable in the database, and is shown to more people than numbers are.
func TestFreeTextHoldsNoPhoneNumber(t *testing.T) {
	r := lite(t)
	phone := `"phone":"` + numbers + `0001"`
	for _, number := range []string{numbers + "0002", "+86 199-0000-0002", "１９９ ００００ ０００２"} {
		for at, c := range map[string]struct {
			role               staff.Role
			method, path, body string
		}{
			"body.community": {staff.Admin, "POST", "/residents", `{` + phone + `,"community":"幸福苑` + number + `"}`},
			"body.tags":      {staff.Admin, "POST", "/residents", `{` + phone + `,"tags":["联系` + number + `"]}`},
			"body.consents":  {staff.Admin, "POST", "/residents", `{` + phone + `,"consents":[{"what":"notices","basis":"consent","how":"` + number + `"}]}`},
			"body.title":     {staff.Author, "POST", "/lists", `{"title":"商户` + number + `"}`},
			"body.key":       {staff.Admin, "POST", "/stops/undo", `{"key":"` + number + `","since":"2023-11-12T00:00:00Z","until":"2023-11-12T01:00:00Z","why":"伪造"}`},
			"body.id":        {staff.Admin, "POST", "/staff", `{"id":"` + number + `","name":"王","role":"author"}`},
			"body.name":      {staff.Admin, "PUT", "/committees/C09", `{"name":"东城社区（` + number + `）"}`},
		} {
			a := r.do(c.role, c.method, c.path, c.body)
			a.problem(422, "invalid", at)
			if !strings.Contains(a.body, "里面有手机号") || strings.Contains(a.body, number) {
				t.Errorf("%s: %s", at, a.body)
			}
		}
		r.do(staff.Admin, "POST", "/staff", `{"id":"wang","name":"王`+number+`","role":"author"}`).problem(422, "invalid", "body.name")
		r.do(staff.Author, "POST", "/broadcasts", `{"draft":"water","proposal":{"title":"停水（`+number+`）"}}`).problem(422, "invalid", "body.proposal.title")
	}
	// An address holds it, and no body.
	r.do(staff.Admin, "PUT", "/committees/C-"+numbers+"0002", `{"name":"东城社区"}`).problem(422, "invalid", "body.code")
	r.do(staff.Author, "POST", "/lists", `{"title":"2023年11月29日13号楼 0359-2022333"}`).is(201)
}

// TestListsOfOnePersonAreLimited: what is kept for nothing is personal data for nothing.
func TestListsOfOnePersonAreLimited(t *testing.T) {
	r := lite(t)
	for range 50 {
		r.do(staff.Author, "POST", "/lists", `{"title":"商户"}`).is(201)
	}
	a := r.do(staff.Author, "POST", "/lists", `{"title":"商户"}`)
	a.problem(409, "too-many-lists")
	if !strings.Contains(a.body, "您已有50份名单，每人最多50份") {
		t.Error(a.body)
	}
	r.do(staff.Committee, "POST", "/lists", `{"title":"商户"}`).is(201)
}

func TestHostileBodies(t *testing.T) {
	r := lite(t)
	phone := `"phone":"` + numbers + `0001"`
	for _, c := range []struct {
		name, body string
		status     int
		problem    string
		at         []string
	}{
		{"no body", "", 400, "malformed", []string{"body"}},
		{"text", "hello", 400, "malformed", []string{"body"}},
		{"half", `{` + phone, 400, "malformed", []string{"body"}},
		{"a half string", `{"phone":"` + numbers, 400, "malformed", []string{"body.phone"}},
		{"two values", `{` + phone + `}{}`, 400, "malformed", []string{"body"}},
		{"a list", `[{` + phone + `}]`, 422, "invalid", []string{"body"}},
		{"null", `null`, 400, "malformed", []string{"body"}},
		{"a number for a text", `{"phone":` + numbers + `0001}`, 422, "invalid", []string{"body.phone"}},
		{"a huge number", `{"phone":1e999999}`, 400, "malformed", []string{"body.phone"}},
		{"an object for a text", `{"phone":{"a":1}}`, 422, "invalid", []string{"body.phone"}},
		{"a field missing", `{"community":"x"}`, 422, "invalid", []string{"body"}},
		{"an unknown field", `{` + phone + `,"name":"x"}`, 422, "invalid", []string{"body.name"}},
		{"a number as a field", `{` + phone + `,"` + numbers + `0002":"x"}`, 422, "invalid", []string{"body.?"}},
		{"__proto__", `{` + phone + `,"__proto__":{"admin":true}}`, 422, "invalid", []string{"body.?"}},
		{"a field twice", `{` + phone + `,` + phone + `}`, 400, "malformed", []string{"body.phone"}},
		{"a field twice in another case", `{` + phone + `,"Phone":"1"}`, 400, "malformed", []string{"body.Phone"}},
		{"NUL", `{` + phone + `,"community":"a\u0000b"}`, 400, "malformed", []string{"body.community"}},
		{"a control character", `{` + phone + `,"community":"a\u0007b"}`, 422, "invalid", []string{"body.community"}},
		{"half a surrogate pair", `{` + phone + `,"community":"a\ud800b"}`, 400, "malformed", []string{"body.community"}},
		{"invalid UTF-8", "{" + phone + ",\"community\":\"a\xffb\"}", 400, "malformed", []string{"body"}},
		{"deep lists", strings.Repeat("[", 30000), 400, "malformed", []string{"body"}},
		{"deep objects", strings.Repeat(`{"a":`, 10000) + "1" + strings.Repeat("}", 10000), 400, "malformed", []string{"body"}},
		{"many tags", `{` + phone + `,"tags":[` + strings.Repeat(`"a",`, 40) + `"a"]}`, 422, "invalid", []string{"body.tags"}},
		{"no number", `{"phone":"12345"}`, 422, "invalid", []string{"body.phone"}},
		{"no number, long", `{"phone":"` + strings.Repeat("1", 5000) + `"}`, 422, "invalid", []string{"body.phone"}},
		{"unknown committee", `{` + phone + `,"committee":"nowhere"}`, 422, "no-committee", []string{"body.committee"}},
		{"unknown basis", `{` + phone + `,"consents":[{"what":"notices","basis":"x","how":"paper"}]}`, 422, "invalid", []string{"body.consents[0].basis"}},
		{"a future consent", `{` + phone + `,"consents":[{"what":"notices","basis":"consent","how":"paper","at":"2999-01-01T00:00:00Z"}]}`, 422, "invalid", []string{"body.consents"}},
		{"just too large", `{` + phone + `,"community":"` + strings.Repeat("a", 64<<10) + `"}`, 413, "too-large", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := r.do(staff.Admin, "POST", "/residents", c.body)
			a.t = t
			a.problem(c.status, c.problem, c.at...)
			if strings.Contains(a.body, numbers) {
				t.Errorf("the answer repeats what was sent: %s", a.body)
			}
		})
	}
	r.do(staff.Admin, "POST", "/residents", `{`+phone+`}`, "Content-Type", "text/plain").problem(415, "media-type")
	r.do(staff.Admin, "POST", "/residents", `{`+phone+`}`, "Content-Type", "+;;").problem(415, "media-type")
	r.do(staff.Admin, "POST", "/residents", `{`+phone+`}`, "Content-Encoding", "gzip").problem(415, "media-type")
	r.do(staff.Admin, "DELETE", "/committees/"+there, `{"a":1}`).problem(400, "malformed")
	list := r.do(staff.Admin, "GET", "/residents", "").is(200)
	if len(list["items"].([]any)) != 0 {
		t.Errorf("something was added: %v", list)
	}
	r.do(staff.Admin, "POST", "/residents", `{`+phone+`}`).is(201)
}

// TestTenMegabytes is cut off at the limit, whether or not its size is announced.
func TestTenMegabytes(t *testing.T) {
	r := lite(t)
	body := `{"phone":"` + strings.Repeat("1", 10<<20) + `"}`
	for _, announced := range []bool{true, false} {
		var sent io.Reader = strings.NewReader(body)
		if !announced {
			sent = struct{ io.Reader }{sent}
		}
		req, err := http.NewRequestWithContext(t.Context(), "POST", r.url+"/residents", sent)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.key[staff.Admin])
		req.Header.Set("Content-Type", "application/json")
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		if err != nil {
			t.Fatal(err)
		}
		answer{t, "10 MB", resp.StatusCode, resp.Header, string(text)}.problem(413, "too-large")
	}
}

// broken is an audit log that panics, fails, or is in a database that is away.
type broken struct {
	api.Audit
	how string
}

func (b broken) Verify(context.Context, func(done, total int64)) (audit.Mark, error) {
	if b.how == "panic" {
		panic("secret of resident " + numbers + "0001")
	}
	if b.how == "away" {
		return audit.Mark{}, fmt.Errorf("read the audit log: %w", &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED})
	}
	return audit.Mark{}, errors.New("secret of a resident")
}

func TestServerFaults(t *testing.T) {
	for _, how := range []string{"panic", "error"} {
		r := newFixture(t, storetest.One(t), func(c *api.Config) { c.Audit = broken{c.Audit, how} })
		a := r.do(staff.Auditor, "GET", "/audit/verify", "")
		a.problem(http.StatusInternalServerError, "internal")
		if d, _ := a.is(500)["detail"].(string); !strings.HasPrefix(d, "系统出错") || strings.Contains(d, "resident") {
			t.Errorf("%s: a detail is told: %s", how, a.body)
		}
		lines.Lock()
		logged := lines.String()
		lines.Unlock()
		if !strings.Contains(logged, a.header.Get("X-Request-Id")) {
			t.Errorf("%s: the request's id is not in the log", how)
		}
	}

	r := newFixture(t, storetest.Open(t, storetest.SQLite(t), storetest.Sealer(t)), func(c *api.Config) { c.Audit = broken{c.Audit, "away"} })
	a := r.do(staff.Auditor, "GET", "/audit/verify", "")
	if a.problem(http.StatusServiceUnavailable, "away"); a.header.Get("Retry-After") == "" {
		t.Errorf("it is not said when to try again: %v", a.header)
	}
}

// TestAnEmptyBodyIsNamed: what has to hold something, and is empty, says at which place.
func TestAnEmptyBodyIsNamed(t *testing.T) {
	r := lite(t)
	for role, path := range map[staff.Role]string{staff.Author: "/broadcasts", staff.Admin: "/staff", staff.Committee: "/lists"} {
		r.do(role, "POST", path, "").problem(400, "malformed", "body")
	}
}
