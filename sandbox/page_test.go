package sandbox_test

import (
	"bufio"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
)

func fetch(t *testing.T, req *http.Request) (string, int) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body), resp.StatusCode
}

func browse(t *testing.T, method, url, body string, header ...string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i+1 < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	return req
}

// TestGuard keeps other sites, and other names for this machine, away from the page.
func TestGuard(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	follow := `{"resident":"` + sandboxtest.Jia + `","kind":"follow"}`
	for _, c := range []struct {
		name   string
		req    *http.Request
		status int
	}{
		{"page", browse(t, "GET", f.URL+"/sandbox/", ""), 200},
		{"localhost", browse(t, "GET", f.URL+"/sandbox/", "", "Host", "localhost:8080"), 200},
		{"IPv6", browse(t, "GET", f.URL+"/sandbox/", "", "Host", "[::1]:8080"), 200},
		{"rebound name", browse(t, "GET", f.URL+"/sandbox/state", "", "Host", "rebound.example:8080"), 403},
		{"name that begins well", browse(t, "GET", f.URL+"/sandbox/", "", "Host", "127.0.0.1.example"), 403},
		{"address of the network", browse(t, "GET", f.URL+"/sandbox/", "", "Host", "192.0.2.1:8080"), 403},
		{"posted by another site", browse(t, "POST", f.URL+"/sandbox/actions", follow, "Sec-Fetch-Site", "cross-site"), 403},
		{"posted by an old browser there", browse(t, "POST", f.URL+"/sandbox/faults", `{"kind":"drop"}`, "Origin", "https://other.example"), 403},
		{"posted by the page", browse(t, "POST", f.URL+"/sandbox/actions", follow, "Sec-Fetch-Site", "same-origin"), 202},
		{"following again", browse(t, "POST", f.URL+"/sandbox/actions", follow), 409},
		{"nobody", browse(t, "POST", f.URL+"/sandbox/actions", `{"resident":"o","kind":"follow"}`), 404},
		{"nonsense", browse(t, "POST", f.URL+"/sandbox/actions", `{"resident":"`+sandboxtest.Jia+`","kind":"wave"}`), 400},
		{"no such file", browse(t, "GET", f.URL+"/sandbox/other", ""), 404},
	} {
		if got, status := fetch(t, c.req); status != c.status {
			t.Errorf("%s: HTTP %d %.100s, want %d", c.name, status, got, c.status)
		}
	}
	resp, err := http.Get(f.URL + "/sandbox/")
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if policy := resp.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "script-src 'self';") || strings.Contains(policy, "unsafe") {
		t.Errorf("policy %q", policy)
	}
}

// TestOpenedOnce: OnOpen is called at the first look at the page, by whichever URL, and at no other call.
func TestOpenedOnce(t *testing.T) {
	for _, first := range []string{"", "state", "events"} {
		t.Run("/sandbox/"+first, func(t *testing.T) {
			var opened atomic.Int32
			f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好"), Sandbox: sandbox.Config{OnOpen: func() { opened.Add(1) }}})
			for path, host := range map[string]string{"record": "", "faults": "", "bench.js": "", "wechat/cgi-bin/token": "", "state": "rebound.example"} {
				req := browse(t, "GET", f.URL+"/sandbox/"+path, "")
				req.Host = host
				resp, err := http.DefaultClient.Do(req)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
			}
			if n := opened.Load(); n != 0 {
				t.Errorf("opened %d times before anybody looked", n)
			}
			for _, path := range []string{first, "state", "events", ""} {
				resp, err := http.Get(f.URL + "/sandbox/" + path)
				if err != nil {
					t.Fatal(err)
				}
				resp.Body.Close()
				if n := opened.Load(); n != 1 {
					t.Errorf("opened %d times after /sandbox/%s", n, path)
				}
			}
		})
	}
}

// event is one of the page's stream.
type event struct{ name, data string }

// stream reads the page's events until the test ends.
func stream(t *testing.T, f *sandboxtest.Fixture) func() event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), sandboxtest.Patience)
	t.Cleanup(cancel)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, f.URL+"/sandbox/events", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { resp.Body.Close() })
	lines := bufio.NewScanner(resp.Body)
	lines.Buffer(nil, 1<<20)
	return func() (e event) {
		t.Helper()
		for lines.Scan() {
			line := lines.Text()
			switch {
			case strings.HasPrefix(line, "event: "):
				e.name = line[len("event: "):]
			case strings.HasPrefix(line, "data: "):
				e.data = line[len("data: "):]
			case line == "" && e.name != "":
				return e
			}
		}
		t.Fatalf("the stream ended: %v", lines.Err())
		return e
	}
}

// TestEvents reads the stream of an open page, on a server whose ReadTimeout is shorter than the conversation.
func TestEvents(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好"), Server: impatient})
	f.Follow(t, sandboxtest.Yi)
	next := stream(t, f)
	if e := next(); e.name != "state" || !strings.Contains(e.data, `"mode":"secure"`) || !strings.Contains(e.data, "居民甲") {
		t.Errorf("first %+v", e)
	}
	var past []platform.Entry
	if e := next(); e.name != "record" || json.Unmarshal([]byte(e.data), &past) != nil || len(past) != 2 {
		t.Errorf("then %+v", e)
	}
	// Something that takes longer than the server's patience.
	if err := f.Faults.Add(platform.Fault{API: "webhook", Kind: platform.FaultLatency, Latency: longer, Count: 1}); err != nil {
		t.Fatal(err)
	}
	f.Follow(t, sandboxtest.Jia)
	var seen []string
	for len(seen) < 3 {
		e := next()
		if e.name != "entry" {
			continue
		}
		var entry platform.Entry
		if err := json.Unmarshal([]byte(e.data), &entry); err != nil {
			t.Fatal(err)
		}
		seen = append(seen, entry.Kind+" "+entry.State)
	}
	if want := []string{"follow sending", "follow delivered", "text "}; !slices.Equal(seen, want) {
		t.Errorf("entries %q, want %q", seen, want)
	}
}

// TestOpenPagesLetTheServerStop: a stream without an end must not hold up a graceful stop.
func TestOpenPagesLetTheServerStop(t *testing.T) {
	var server *http.Server
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好"), Server: func(s *http.Server) { server = s }})
	server.RegisterOnShutdown(f.Close)
	next := stream(t, f)
	next()
	ctx, cancel := context.WithTimeout(t.Context(), sandboxtest.Patience)
	defer cancel()
	if err := server.Shutdown(ctx); err != nil {
		t.Errorf("the server does not stop: %v", err)
	}
}

// TestRecordOverHTTP gives one resident's record, or everybody's.
func TestRecordOverHTTP(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	f.Follow(t, sandboxtest.Jia)
	f.Follow(t, sandboxtest.Yi)
	for query, want := range map[string]int{"": 4, "?resident=" + sandboxtest.Jia: 2, "?resident=o": 0} {
		body, _ := fetch(t, browse(t, "GET", f.URL+"/sandbox/record"+query, ""))
		var got []platform.Entry
		if err := json.Unmarshal([]byte(body), &got); err != nil || len(got) != want {
			t.Errorf("%q: %d entries (%v), want %d", query, len(got), err, want)
		}
	}
}

// impatient is a server that waits half a second for a request: enough on a busy machine, and less than the latency longer.
// Connections that rest are kept.
func impatient(s *http.Server) { s.ReadTimeout, s.IdleTimeout = 500*time.Millisecond, time.Hour }

const longer = "700ms"

// TestLatencyOutlastsTheServer: a server's ReadTimeout must not cut a slow answer short.
func TestLatencyOutlastsTheServer(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好"), Server: impatient})
	if err := f.Faults.Add(platform.Fault{API: "token", Kind: platform.FaultLatency, Latency: longer}); err != nil {
		t.Fatal(err)
	}
	f.FetchToken(t)
}

func TestFaultsOverHTTP(t *testing.T) {
	f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
	call := func(method, body string) (string, int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, f.URL+"/sandbox/faults", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return fetch(t, req)
	}
	if got, status := call("POST", `{"api":"custom/send","kind":"latency","rate":0.5,"count":3,"latency":"2s"}`); status != http.StatusCreated {
		t.Errorf("HTTP %d %s", status, got)
	}
	if got, _ := call("GET", ""); got != `[{"api":"custom/send","kind":"latency","rate":0.5,"count":3,"latency":"2s"}]`+"\n" {
		t.Errorf("listed as %s", got)
	}
	for body, says := range map[string]string{
		`{"kind":"dance"}`:                                "none of latency",
		`{"kind":"0"}`:                                    "none of latency",
		`{"api":"send_all","kind":"drop"}`:                "none of webhook, token",
		`{"api":"webhook","kind":"45009"}`:                "none of latency, drop",
		`{"api":"webhook","kind":"5xx"}`:                  "none of latency, drop",
		`{"kind":"drop","rate":1.5}`:                      "between 0 and 1",
		`{"kind":"drop","count":-1}`:                      "negative",
		`{"kind":"latency","latency":"2"}`:                "300ms",
		`{"kind":"latency","latency":"2h"}`:               "300ms",
		`{"kind":"drop","probability":1}`:                 "unknown field",
		`{"kind":"drop"} {"kind":"drop"}`:                 "goes on",
		`kind=drop`:                                       "not the JSON",
		`{"kind":"` + strings.Repeat("x", 300_000) + `"}`: "too large",
	} {
		if got, status := call("POST", body); status != http.StatusBadRequest || !strings.Contains(got, says) {
			t.Errorf("%.60s: HTTP %d %.200s, want 400 that says %q", body, status, got, says)
		}
	}
	if got, status := call("DELETE", ""); status != http.StatusOK || got != "[]\n" {
		t.Errorf("cleared: HTTP %d %s", status, got)
	}
}
