package sandbox_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
)

// send posts a customer-service message and tells what the caller hears: an errcode, an HTTP status, or -2 when the
// connection breaks.
func send(t *testing.T, tw *fixture, query url.Values) int {
	t.Helper()
	body := strings.NewReader(`{"touser":"` + jia + `","msgtype":"text","text":{"content":"补充"}}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, tw.url+"/sandbox/wechat/cgi-bin/message/custom/send?"+query.Encode(), body)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		var broke *url.Error
		if !errors.As(err, &broke) {
			t.Fatal(err)
		}
		return -2
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		return resp.StatusCode
	}
	var answer struct {
		Code int `json:"errcode"`
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		t.Fatal(err)
	}
	return answer.Code
}

// TestFaultKinds checks what each fault does to the caller, and whether the resident gets the message.
func TestFaultKinds(t *testing.T) {
	for _, c := range []struct {
		fault   platform.Fault
		caller  int
		reached int
	}{
		{platform.Fault{Kind: platform.FaultLatency, Latency: "20ms"}, 0, 1},
		{platform.Fault{Kind: platform.Fault5xx}, http.StatusBadGateway, 0},
		{platform.Fault{Kind: platform.FaultDrop}, -2, 0},
		{platform.Fault{Kind: platform.FaultTimeout, Latency: "20ms"}, -2, 1},
		{platform.Fault{API: "custom/send", Kind: platform.FaultDrop}, -2, 0},
		{platform.Fault{API: "message/custom/send", Kind: platform.FaultDrop}, -2, 0},
		{platform.Fault{API: "stable_token", Kind: platform.FaultDrop}, 0, 1},
		{platform.Fault{API: "webhook", Kind: platform.FaultDrop}, 0, 1},
	} {
		t.Run(c.fault.API+" "+c.fault.Kind, func(t *testing.T) {
			tw := open(t, setting{answer: saying("好")})
			tw.follow(t, jia)
			query := with(tw.fetchToken(t))
			c.fault.Count = 1
			if err := tw.Faults.Add(c.fault); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if got := send(t, tw, query); got != c.caller {
				t.Errorf("the caller hears %d, want %d", got, c.caller)
			}
			if wait, _ := time.ParseDuration(c.fault.Latency); time.Since(start) < wait {
				t.Errorf("after %v, want %v at least", time.Since(start), wait)
			}
			reached := 0
			for _, e := range tw.Record.Of(jia) {
				if e.Via == platform.ByCustom {
					reached++
				}
			}
			if reached != c.reached {
				t.Errorf("the resident got %d messages, want %d", reached, c.reached)
			}
		})
	}
}

// impatient is a server that waits half a second for a request: enough on a busy machine, and less than the latency longer.
// Connections that rest are kept.
func impatient(s *http.Server) { s.ReadTimeout, s.IdleTimeout = 500*time.Millisecond, time.Hour }

const longer = "700ms"

// TestLatencyOutlastsTheServer: a server's ReadTimeout must not cut a slow answer short.
func TestLatencyOutlastsTheServer(t *testing.T) {
	tw := open(t, setting{answer: saying("好"), server: impatient})
	if err := tw.Faults.Add(platform.Fault{API: "token", Kind: platform.FaultLatency, Latency: longer}); err != nil {
		t.Fatal(err)
	}
	tw.fetchToken(t)
}

// TestFaultsAtARate checks that the same seed fails the same calls, about as many as the rate says.
func TestFaultsAtARate(t *testing.T) {
	strikes := func(seed uint64) string {
		tw := open(t, setting{sandbox: sandbox.Config{Config: platform.Config{Seed: seed}}, answer: saying("好")})
		query := with(tw.fetchToken(t))
		if err := tw.Faults.Add(platform.Fault{API: "menu/get", Kind: "-1", Rate: 0.3}); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for range 200 {
			got, _ := tw.api(t, "menu/get", query, "")
			switch code(got) {
			case -1:
				b.WriteByte('x')
			case 46003:
				b.WriteByte('.')
			default:
				t.Fatal(got)
			}
		}
		return b.String()
	}
	one := strikes(7)
	if again := strikes(7); again != one {
		t.Errorf("seed 7 gave\n%s then\n%s", one, again)
	}
	if other := strikes(8); other == one {
		t.Error("seeds 7 and 8 gave the same")
	}
	if n := strings.Count(one, "x"); n < 40 || n > 80 { // 60 expected, 6.5 the standard deviation
		t.Errorf("%d of 200 failed at a rate of 0.3", n)
	}
}

func TestFaultsOverHTTP(t *testing.T) {
	tw := open(t, setting{answer: saying("好")})
	call := func(method, body string) (string, int) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, tw.url+"/sandbox/faults", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		return tw.text(t, req)
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
