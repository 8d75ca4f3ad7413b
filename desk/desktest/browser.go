// Package desktest is what the tests of pages stand on: a browser without JavaScript, and Chromium with axe-core.
package desktest

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// Serve serves a handler until the test ends, and gives its address to Browse.
func Serve(t testing.TB, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.URL
}

// Browser does what Chromium does without JavaScript: it keeps cookies, says where a request comes from, reads pages, fills forms in by
// their labels and follows redirects. Each page it loads is checked (Faults). One goroutine uses it at a time.
type Browser struct {
	t       testing.TB
	base    *url.URL
	client  *http.Client
	mayShow []string
}

// Browse opens a browser with no cookies on a site.
func Browse(t testing.TB, site string) *Browser {
	t.Helper()
	base, err := url.Parse(site)
	if err != nil {
		t.Fatal(err)
	}
	jar, _ := cookiejar.New(nil) // fails never
	transport := http.DefaultTransport.(*http.Transport).Clone()
	t.Cleanup(transport.CloseIdleConnections)
	return &Browser{t: t, base: base, client: &http.Client{
		Jar: jar, Transport: transport, Timeout: time.Minute,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

// Cookies are those that the site would be sent.
func (b *Browser) Cookies() []*http.Cookie { return b.client.Jar.Cookies(b.base) }

// SetCookies keeps cookies as if the site had set them.
func (b *Browser) SetCookies(cookies ...*http.Cookie) { b.client.Jar.SetCookies(b.base, cookies) }

// MayShow says what the next pages show in full although no page may: a key on the one page that shows it.
func (b *Browser) MayShow(secrets ...string) { b.mayShow = append(b.mayShow, secrets...) }

// Open types an address, and wants the page.
func (b *Browser) Open(path string) *Page {
	b.t.Helper()
	return b.Get(path).Want(http.StatusOK)
}

// Get types an address: whatever answers is the page.
func (b *Browser) Get(path string) *Page {
	b.t.Helper()
	return b.visit(visit{method: http.MethodGet, to: b.resolve(b.base, path), site: "none"})
}

// Post sends a form that stands on no page.
func (b *Browser) Post(path string, form url.Values) *Page {
	b.t.Helper()
	return b.visit(visit{
		method: http.MethodPost, to: b.resolve(b.base, path), from: b.base, site: "same-origin",
		body: form.Encode(), contentType: "application/x-www-form-urlencoded", typed: typedIn(form),
	})
}

// visit is one navigation, redirects and all.
type visit struct {
	method, site      string
	to, from          *url.URL // from is nil when the address was typed
	body, contentType string
	typed             []string // what the person wrote: a page may show it to them in its fields
}

const manyRedirects = 5

func (b *Browser) visit(v visit) *Page {
	b.t.Helper()
	posted := v.method == http.MethodPost
	for range manyRedirects {
		resp, body := b.send(v)
		location := resp.Header.Get("Location")
		if resp.StatusCode < 300 || resp.StatusCode > 399 || location == "" {
			page := newPage(b, v, resp, body)
			page.check()
			return page
		}
		if posted && v.method == http.MethodPost && resp.StatusCode != http.StatusSeeOther {
			b.t.Errorf("POST %s answers %d, want 303: a reload would send the form again", v.to.Path, resp.StatusCode)
		}
		v = visit{method: http.MethodGet, to: b.resolve(v.to, location), from: v.from, site: v.site, typed: v.typed}
	}
	b.t.Fatalf("%s leads round in circles", v.to)
	return nil
}

// send makes one request with the headers of Chromium.
func (b *Browser) send(v visit) (*http.Response, string) {
	b.t.Helper()
	header := http.Header{
		"Accept":                    {"text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"},
		"Accept-Language":           {"zh-CN"},
		"Sec-Fetch-Dest":            {"document"},
		"Sec-Fetch-Mode":            {"navigate"},
		"Sec-Fetch-Site":            {v.site},
		"Sec-Fetch-User":            {"?1"},
		"Upgrade-Insecure-Requests": {"1"},
		"User-Agent":                {"Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36"},
	}
	if v.contentType != "" {
		header.Set("Content-Type", v.contentType)
	}
	if v.from != nil {
		header.Set("Referer", v.from.String())
		if v.method == http.MethodPost {
			header.Set("Origin", v.from.Scheme+"://"+v.from.Host)
		}
	}
	return b.do(v.method, v.to, header, v.body)
}

// Send makes a request that no page makes: with these headers alone, and the cookies of the site. It follows nothing and checks nothing.
func (b *Browser) Send(method, path string, header http.Header, form url.Values) (*http.Response, string) {
	b.t.Helper()
	if header = header.Clone(); header == nil {
		header = http.Header{}
	}
	if form != nil {
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	return b.do(method, b.resolve(b.base, path), header, form.Encode())
}

func (b *Browser) do(method string, to *url.URL, header http.Header, body string) (*http.Response, string) {
	b.t.Helper()
	req, err := http.NewRequest(method, to.String(), strings.NewReader(body))
	if err != nil {
		b.t.Fatal(err)
	}
	req.Header, req.Host = header, header.Get("Host")
	resp, err := b.client.Do(req)
	if err != nil {
		b.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		b.t.Fatalf("%s %s: %v", method, to.Path, err)
	}
	return resp, string(text)
}

func (b *Browser) resolve(on *url.URL, ref string) *url.URL {
	b.t.Helper()
	to, err := on.Parse(ref)
	if err != nil {
		b.t.Fatalf("%q is no address: %v", ref, err)
	}
	if to.Host != b.base.Host {
		b.t.Fatalf("%s leads away from %s", to, b.base.Host)
	}
	return to
}
