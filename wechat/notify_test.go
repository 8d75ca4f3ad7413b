package wechat

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/broadcast"
	"towncrier/kv"
	"towncrier/porttest"
)

func newNotifier(t testing.TB, api string) *Client {
	t.Helper()
	redis, closeAll, err := kv.Open(t.Context(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll() })
	c, err := NewClient(testAppID, testSecret, api, kv.NewTokens(redis, newBox(t)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func TestSheetIsTheCallOfTheDocumentation(t *testing.T) {
	c := newNotifier(t, "http://127.0.0.1:1/prefix")
	m := broadcast.Message{Channel: broadcast.Template, URL: "https://example.com/?a=1&b=<2>", Data: map[string]string{
		"thing1": "「遛狗」<牵绳> & \"口罩\"\\\u2028\x00\xff", "time2": "08:00",
	}}
	for channel, want := range map[broadcast.Channel]string{
		broadcast.Template:     `{"touser":"oA-_9","template_id":"T","data":{"thing1":{"value":"「遛狗」<牵绳> & \"口罩\"\\\n` + "\ufffd" + `"},"time2":{"value":"08:00"}},"url":"https://example.com/?a=1&b=<2>","client_msg_id":"B1-2-1"}`,
		broadcast.Subscription: `{"touser":"oA-_9","template_id":"T","data":{"thing1":{"value":"「遛狗」<牵绳> & \"口罩\"\\\n` + "\ufffd" + `"},"time2":{"value":"08:00"}},"page":"https://example.com/?a=1&b=<2>"}`,
	} {
		m.Channel = channel
		s, err := c.prepare(m, "T")
		if err != nil {
			t.Fatal(err)
		}
		raw, ok := s.body("oA-_9", "B1-2-1")
		if !ok {
			t.Fatal("no body")
		}
		if strings.Contains(string(raw), `\u`) {
			t.Errorf("%s: \\u escapes, which the platform refuses: %s", channel, raw)
		}
		var got, wanted any
		if err := errors.Join(json.Unmarshal(raw, &got), json.Unmarshal([]byte(want), &wanted)); err != nil {
			t.Fatalf("%s: %v in %s", channel, err, raw)
		}
		if a, b := mustJSON(t, got), mustJSON(t, wanted); a != b {
			t.Errorf("%s:\n%s, want\n%s", channel, a, b)
		}
		for _, bad := range []string{"", `o"`, `o\`, "o\n", "居民"} {
			if _, ok := s.body(bad, "id"); ok {
				t.Errorf("openid %q is written as it is", bad)
			}
			if _, ok := s.body("oA", bad); ok {
				t.Errorf("id %q is written as it is", bad)
			}
		}
	}
}

func mustJSON(t *testing.T, v any) string {
	t.Helper()
	raw, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(raw)
}

// TestNotifyReadsEveryAnswer includes those that no platform should give.
func TestNotifyReadsEveryAnswer(t *testing.T) {
	var status int
	var answer string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/stable_token") {
			w.Write([]byte(`{"access_token":"T","expires_in":7200}`))
			return
		}
		w.WriteHeader(status)
		w.Write([]byte(answer))
	}))
	defer server.Close()
	c := newNotifier(t, server.URL)
	s, err := c.prepare(broadcast.Message{Channel: broadcast.Template}, "T")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range []struct {
		status int
		answer string
		msgid  string
		class  Class
		key    string
	}{
		{200, `{"errcode":0,"errmsg":"ok","msgid":3951203463258968069}`, "3951203463258968069", "", ""},
		{200, `{"errcode":0,"errmsg":"ok","msgid":"200228332"}`, "200228332", "", ""},
		{200, `{"errcode":0,"errmsg":"ok"}`, "", "", ""},
		{200, `{"errcode":47003,"errmsg":"argument invalid! data.thing1.value invalid rid: 60f8-1"}`, "", CallerFault, "thing1"},
		{200, `{"errcode":47003,"errmsg":"argument invalid! data.1'<b>.value invalid"}`, "", CallerFault, ""},
		{200, `{"errcode":47003,"errmsg":"argument invalid!"}`, "", CallerFault, ""},
		{200, `{"errcode":43116,"errmsg":"This template_id is banned"}`, "", Alarm, ""},
		{200, `<html>`, "", InDoubt, ""},
		{200, ``, "", InDoubt, ""},
		{200, `{"errcode":0,"msgid":"x"}`, "", InDoubt, ""},
		{502, `{"errcode":0,"msgid":1}`, "", InDoubt, ""},
		{429, ``, "", Retry, ""},
		{302, ``, "", Configuration, ""},
	} {
		status, answer = a.status, a.answer
		msgid, err := c.notify(t.Context(), s, "oA", "id")
		e, _ := errors.AsType[*Error](err)
		switch {
		case a.class == "" && (err != nil || msgid != a.msgid):
			t.Errorf("%s: %q, %v", a.answer, msgid, err)
		case a.class != "" && (e == nil || e.Class != a.class || e.Key != a.key || msgid != ""):
			t.Errorf("%d %s: %q, %v", a.status, a.answer, msgid, err)
		case err != nil && strings.Contains(err.Error(), "oA"):
			t.Errorf("the error shows the openid: %v", err)
		}
	}
}

func TestNotConnectedIsNotInDoubt(t *testing.T) {
	provider, err := NewProvider(newNotifier(t, "http://"+porttest.Hold(t)), broadcast.Template, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := broadcast.Message{Channel: broadcast.Template}
	got := provider.Send(t.Context(), m, "T", []broadcast.OutboundMessage{{OpenID: "oA", OutID: "1"}})[0]
	if got.State != broadcast.Pending || got.Wait == 0 || got.Halt != "" {
		t.Errorf("%+v, want pending", got)
	}
}

func TestNewCarrierWantsAChannelAndABound(t *testing.T) {
	c := newNotifier(t, "http://127.0.0.1:1")
	if _, err := NewProvider(c, broadcast.SMS, 1, nil); err == nil {
		t.Error("SMS is carried")
	}
	for _, n := range []int{-1, MaxInFlight + 1} {
		if _, err := NewProvider(c, broadcast.Template, n, nil); err == nil {
			t.Errorf("%d calls in flight are taken", n)
		}
	}
}

// TestSendEndsInsideALease lets the only slot be taken for ever.
func TestSendEndsInsideALease(t *testing.T) {
	c := newNotifier(t, "http://127.0.0.1:1")
	synctest.Test(t, func(t *testing.T) {
		provider, err := NewProvider(c, broadcast.Template, 1, nil)
		if err != nil {
			t.Fatal(err)
		}
		provider.sends.slots <- struct{}{}
		start := time.Now()
		got := provider.Send(t.Context(), broadcast.Message{Channel: broadcast.Template}, "T", []broadcast.OutboundMessage{{OpenID: "oA", OutID: "1"}, {OpenID: "oB", OutID: "2"}})
		if took := time.Since(start); took != beginWithin {
			t.Errorf("took %v", took)
		}
		for _, o := range got {
			if o != (broadcast.Outcome{State: broadcast.Pending}) {
				t.Errorf("%+v, want pending", o)
			}
		}
	})
}

// TestRepeatedCallThatTheResidentRefuses: what the resident refuses was refused the first time, too, so another channel can go on. Any other
// refusal says nothing of the first call.
func TestRepeatedCallThatTheResidentRefuses(t *testing.T) {
	var code int
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/send") {
			fmt.Fprintf(w, `{"errcode":%d,"errmsg":"x"}`, code)
			return
		}
		fmt.Fprint(w, `{"access_token":"T","expires_in":7200}`)
	}))
	defer server.Close()
	provider, err := NewProvider(newNotifier(t, server.URL), broadcast.Template, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	m := broadcast.Message{Channel: broadcast.Template}
	for refused, want := range map[int]broadcast.State{
		40003: broadcast.Failed, 43004: broadcast.Failed, 43019: broadcast.Failed, 50005: broadcast.Failed, 43101: broadcast.Failed, 48002: broadcast.Failed,
		-1: broadcast.InDoubt, 43108: broadcast.InDoubt, 43117: broadcast.InDoubt, 45009: broadcast.InDoubt, 47003: broadcast.InDoubt, 48001: broadcast.InDoubt,
	} {
		code = refused
		got := provider.Ask(t.Context(), m, "T", []broadcast.OutboundMessage{{OpenID: "oA", OutID: "1", SentAt: time.Now()}})[0]
		if got.State != want || want == broadcast.Failed && got.Code != fmt.Sprint(refused) {
			t.Errorf("%d: %+v, want %s", refused, got, want)
		}
	}
}
