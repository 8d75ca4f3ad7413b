package wechat_test

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
	"towncrier/sandbox/sandboxtest"
)

// send posts a customer-service message and tells what the caller hears: an errcode, an HTTP status, or -2 when the
// connection breaks.
func send(t *testing.T, f *sandboxtest.Fixture, query url.Values) int {
	t.Helper()
	body := strings.NewReader(`{"touser":"` + sandboxtest.Jia + `","msgtype":"text","text":{"content":"补充"}}`)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, f.URL+"/sandbox/wechat/cgi-bin/message/custom/send?"+query.Encode(), body)
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
			f := sandboxtest.Open(t, sandboxtest.Setting{Answer: sandboxtest.Saying("好")})
			f.Follow(t, sandboxtest.Jia)
			query := sandboxtest.WithToken(f.FetchToken(t))
			c.fault.Count = 1
			if err := f.Faults.Add(c.fault); err != nil {
				t.Fatal(err)
			}
			start := time.Now()
			if got := send(t, f, query); got != c.caller {
				t.Errorf("the caller hears %d, want %d", got, c.caller)
			}
			if wait, _ := time.ParseDuration(c.fault.Latency); time.Since(start) < wait {
				t.Errorf("after %v, want %v at least", time.Since(start), wait)
			}
			reached := 0
			for _, e := range f.Record.Of(sandboxtest.Jia) {
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

// TestFaultsAtARate checks that the same seed fails the same calls, about as many as the rate says.
func TestFaultsAtARate(t *testing.T) {
	failures := func(seed uint64) string {
		f := sandboxtest.Open(t, sandboxtest.Setting{Sandbox: sandbox.Config{Config: platform.Config{Seed: seed}}, Answer: sandboxtest.Saying("好")})
		query := sandboxtest.WithToken(f.FetchToken(t))
		if err := f.Faults.Add(platform.Fault{API: "menu/get", Kind: "-1", Rate: 0.3}); err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for range 200 {
			got, _ := f.API(t, "menu/get", query, "")
			switch sandboxtest.ErrCode(got) {
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
	one := failures(7)
	if again := failures(7); again != one {
		t.Errorf("seed 7 gave\n%s then\n%s", one, again)
	}
	if other := failures(8); other == one {
		t.Error("seeds 7 and 8 gave the same")
	}
	if n := strings.Count(one, "x"); n < 40 || n > 80 { // 60 expected, 6.5 the standard deviation
		t.Errorf("%d of 200 failed at a rate of 0.3", n)
	}
}
