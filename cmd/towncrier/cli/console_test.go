package cli

import (
	"net/http"
	"strings"
	"testing"
)

// TestConsoleOpensOverHTTPSAlone: without an https address of its own a server has no console, and its log says why. With one it answers to
// that name alone, with a cookie for https, and no colleague signs in by one press.
func TestConsoleOpensOverHTTPSAlone(t *testing.T) {
	closed := serve(t, production(t, smallCity...))
	if status, _ := closed.get(t, "/desk/login"); status != http.StatusNotFound {
		t.Errorf("without a public address the console answers %d", status)
	}
	if log := closed.log.String(); !strings.Contains(log, "the console is not open") || !strings.Contains(log, "TOWNCRIER_PUBLIC_URL") {
		t.Errorf("the log does not say why:\n%s", log)
	}
	if err := closed.stop(); err != nil {
		t.Fatal(err)
	}

	open := serve(t, production(t, append([]string{"TOWNCRIER_PUBLIC_URL=https://desk.example"}, smallCity...)...))
	ask := func(method, host, path, body string) *http.Response {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, "http://"+open.addr+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Host = host
		req.Header.Set("Origin", "https://"+host)
		req.Header.Set("Sec-Fetch-Site", "same-origin")
		req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		resp, err := http.DefaultTransport.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	for name, c := range map[string]struct {
		method, host, path string
		want               int
	}{
		"its own name":      {"GET", "desk.example", "/desk/login", http.StatusOK},
		"another name":      {"GET", "desk.evil.example", "/desk/login", http.StatusNotFound},
		"the bare address":  {"GET", open.addr, "/desk/login", http.StatusNotFound},
		"one press":         {"POST", "desk.example", "/desk/login/rehearsal", http.StatusNotFound},
		"without a session": {"GET", "desk.example", "/desk/", http.StatusSeeOther},
	} {
		if got := ask(c.method, c.host, c.path, "id=rehearsal").StatusCode; got != c.want {
			t.Errorf("%s: %d, want %d", name, got, c.want)
		}
	}
}
