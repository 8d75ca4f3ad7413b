package aliyun

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/phone"
	"towncrier/sms"
)

// TestSignatureVector is the provider's published example. It proves the tests' own signature, which the SDK's is then
// held against.
func TestSignatureVector(t *testing.T) {
	example := url.Values{}
	for name, value := range map[string]string{
		"AccessKeyId": "testId", "Action": "SendSms", "Format": "XML", "OutId": "123", "PhoneNumbers": "15300000001",
		"RegionId": "cn-hangzhou", "SignName": "阿里云短信测试专用", "SignatureMethod": "HMAC-SHA1",
		"SignatureNonce": "45e25e9b-0a6f-4070-8c85-2956eda1b466", "SignatureVersion": "1.0", "TemplateCode": "SMS_71390007",
		"TemplateParam": `{"customer":"test"}`, "Timestamp": "2017-07-12T02:42:19Z", "Version": "2017-05-25",
	} {
		example.Set(name, value)
	}
	for method, want := range map[string]string{"GET": "zJDF+Lrzhj/ThnlvIToysFRq6t4=", "POST": "Xvhv7fPXrPkLVSnlt0jIr08o8NQ="} {
		if got := signature(method, example, "testSecret"); got != want {
			t.Errorf("%s: %s, want %s", method, got, want)
		}
	}
}

func TestSend(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, Config{Endpoint: a.URL})
	text := testText
	text.Params = map[string]string{"code": testCode, "where": "东山 1 号*~+&=/% <楼>\""}
	handle, err := c.Send(t.Context(), text)
	if err != nil || handle != "900619746936498440^0" {
		t.Fatalf("handle %q, %v", handle, err)
	}
	got := a.calls[0]
	for name, want := range map[string]string{
		"Action": "SendSms", "Version": "2017-05-25", "RegionId": "cn-hangzhou", "Format": "JSON", "SignName": testSign,
		"PhoneNumbers": "19900001234", "TemplateCode": "SMS_100000001", "OutId": "out-1",
		"TemplateParam": `{"code":"` + testCode + `","where":"东山 1 号*~+&=/% <楼>\""}`,
	} {
		if got.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, got.Get(name), want)
		}
	}
	text.Params = nil
	if _, err := c.Send(t.Context(), text); err != nil || a.calls[1].Has("TemplateParam") {
		t.Errorf("without variables: %v, %v", err, a.calls[1])
	}
}

func TestSendUnderAPath(t *testing.T) {
	a := newAPI(t)
	mux := http.NewServeMux()
	mux.Handle("/sandbox/aliyun/", a)
	a.Config.Handler = mux
	for _, path := range []string{"/sandbox/aliyun", "/sandbox/aliyun/"} {
		if _, err := newClient(t, Config{Endpoint: a.URL + path}).Send(t.Context(), testText); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestLoopbackNeedsNoProxy(t *testing.T) {
	t.Setenv("HTTP_PROXY", "http://127.0.0.1:1")
	t.Setenv("NO_PROXY", "[")
	if _, err := newClient(t, Config{Endpoint: newAPI(t).URL}).Send(t.Context(), testText); err != nil {
		t.Error(err)
	}
}

func TestSendRefusesBeforeTheCall(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, Config{Endpoint: a.URL})
	for name, tc := range map[string]struct {
		change func(*sms.Text)
		want   sms.Class
	}{
		"two numbers":  {func(x *sms.Text) { x.To = "19900001234,19900001235" }, sms.Refused},
		"no number":    {func(x *sms.Text) { x.To = "" }, sms.Refused},
		"no template":  {func(x *sms.Text) { x.Template = "" }, sms.Invalid},
		"long out id":  {func(x *sms.Text) { x.OutID = strings.Repeat("x", 65) }, sms.Invalid},
		"short number": {func(x *sms.Text) { x.To = phone.Number("1990000") }, sms.Refused},
	} {
		text := testText
		tc.change(&text)
		_, err := c.Send(t.Context(), text)
		if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != tc.want || strings.Contains(err.Error(), "1990000") {
			t.Errorf("%s: %v, want %s", name, err, tc.want)
		}
	}
	if len(a.calls) > 0 {
		t.Errorf("%d calls were made", len(a.calls))
	}
}

// TestManySendsShareConnections holds the pool against what a shared SDK client gets wrong: run it with -race.
func TestManySendsShareConnections(t *testing.T) {
	const concurrency, sends = 16, 200
	a := newAPI(t)
	gate := make(chan struct{})
	a.answer = func(w http.ResponseWriter, r *http.Request) {
		<-gate
		json.NewEncoder(w).Encode(map[string]string{"Code": "OK", "BizId": r.Form.Get("OutId")})
	}
	c := newClient(t, Config{Endpoint: a.URL, Concurrency: concurrency})
	for range 3 {
		var all sync.WaitGroup
		for i := range sends {
			all.Go(func() {
				text := testText
				text.OutID = "out-" + string(rune('a'+i%26)) + string(rune('a'+i/26))
				if handle, err := c.Send(t.Context(), text); err != nil || handle != text.OutID {
					t.Errorf("handle %q of %q, %v", handle, text.OutID, err)
				}
			})
		}
		for range sends {
			gate <- struct{}{}
		}
		all.Wait()
	}
	// net/http gives a connection up when it has not heard within 50 ms that a request was written: a few on a busy machine.
	if n := a.connections.Load(); n > 2*concurrency {
		t.Errorf("%d connections for %d calls, %d at a time", n, 3*sends, concurrency)
	}
	if n := a.most.Load(); n > concurrency {
		t.Errorf("%d calls at a time, want %d", n, concurrency)
	}
	if len(a.seen) != 3*sends {
		t.Errorf("%d nonces for %d sends", len(a.seen), 3*sends)
	}
}

func TestSendWaitsForItsTurnNoLongerThanItsContext(t *testing.T) {
	a := newAPI(t)
	reached, gate := make(chan struct{}), make(chan struct{})
	a.answer = func(w http.ResponseWriter, r *http.Request) {
		reached <- struct{}{}
		<-gate
	}
	c := newClient(t, Config{Endpoint: a.URL, Concurrency: 1})
	var first sync.WaitGroup
	first.Go(func() { c.Send(t.Context(), testText) })
	<-reached
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	_, err := c.Send(ctx, testText)
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != sms.Retry || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v, want retry", err)
	}
	close(gate)
	first.Wait()
	if len(a.calls) != 1 {
		t.Errorf("%d calls", len(a.calls))
	}
}

func TestNewSaysWhatIsWrong(t *testing.T) {
	good := Config{AccessKeyID: testKeyID, AccessKeySecret: testSecret, Sign: testSign}
	for want, change := range map[string]func(*Config){
		"all needed":            func(c *Config) { c.AccessKeySecret = "" },
		"without brackets":      func(c *Config) { c.Sign = "【云城】" },
		"endpoint must be":      func(c *Config) { c.Endpoint = "dysmsapi.aliyuncs.com" },
		"nothing behind":        func(c *Config) { c.Endpoint = "https://dysmsapi.aliyuncs.com/?x=" + testSecret },
		"at least 1s":           func(c *Config) { c.Timeout = 500 * time.Millisecond },
		"must be at least 1s":   func(c *Config) { c.ConnectTimeout = -1 },
		"concurrency is -1":     func(c *Config) { c.Concurrency = -1 },
		"concurrency is 100000": func(c *Config) { c.Concurrency = 100000 },
	} {
		cfg := good
		change(&cfg)
		_, err := New(cfg)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), testSecret) || strings.Contains(err.Error(), testKeyID) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	cfg := good
	cfg.Sign, cfg.Endpoint = "", "x"
	if _, err := New(cfg); err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("not every fault at once: %v", err)
	}
	t.Setenv("DEBUG", "http,sdk")
	if _, err := New(good); err == nil || !strings.Contains(err.Error(), "DEBUG") {
		t.Errorf("with DEBUG=sdk: %v", err)
	}
}
