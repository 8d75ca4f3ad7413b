package wechat_test

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/wechat"
)

// TestPassiveReplies answers pushes in every way that a webhook could get wrong, and some that are right.
func TestPassiveReplies(t *testing.T) {
	const account = "gh_00000sandbox"
	reply := func(to, from, created, kind, content string) string {
		return fmt.Sprintf("<xml><ToUserName><![CDATA[%s]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>%s</CreateTime><MsgType><![CDATA[%s]]></MsgType><Content><![CDATA[%s]]></Content></xml>",
			to, from, created, kind, content)
	}
	good := reply(sandboxtest.Jia, account, "1700000000", "text", "好")
	seal := func(t *testing.T, app, tok, key, plain string) string {
		t.Helper()
		c, err := wechat.NewCrypto(app, tok, key, "")
		if err != nil {
			t.Fatal(err)
		}
		sealed, err := c.Seal(wechat.Current, []byte(plain))
		if err != nil {
			t.Fatal(err)
		}
		stamp := strconv.FormatInt(time.Now().Unix(), 10)
		return string(wechat.Envelope{Encrypt: sealed, TimeStamp: stamp, Nonce: "n", MsgSignature: c.Signature(stamp, "n", sealed)}.XML())
	}
	sealed := func(plain string) func(*testing.T) string {
		return func(t *testing.T) string {
			return seal(t, sandboxtest.AppID, sandboxtest.Token, sandboxtest.AESKey, plain)
		}
	}
	bare := func(s string) func(*testing.T) string { return func(*testing.T) string { return s } }

	for _, c := range []struct {
		name   string
		mode   pretendwechat.Mode
		body   func(*testing.T) string
		status int
		shown  string // "" with no fault: nothing
		fault  string // part of the reason; "" means that the reply is valid
	}{
		{name: "success", body: bare("success")},
		{name: "empty", body: bare("")},
		{name: "success in plain", mode: pretendwechat.Plain, body: bare("success")},
		{name: "sealed", body: sealed(good), shown: "好"},
		{name: "2048 bytes", body: sealed(reply(sandboxtest.Jia, account, "1", "text", strings.Repeat("a", 2048))), shown: strings.Repeat("a", 2048)},
		{name: "plain in plain", mode: pretendwechat.Plain, body: bare(good), shown: "好"},
		{name: "plain in compatible", mode: pretendwechat.Compatible, body: bare(good), shown: "好"},
		{name: "sealed in compatible", mode: pretendwechat.Compatible, body: sealed(good), shown: "好"},
		{name: "transfer", body: sealed(reply(sandboxtest.Jia, account, "1", "transfer_customer_service", "")), shown: "会话已转给人工客服"},

		{name: "plain in secure", body: bare(good), fault: "not sealed"},
		{name: "sealed in plain", mode: pretendwechat.Plain, body: sealed(good), fault: "sealed"},
		{name: "wrong token", body: func(t *testing.T) string { return seal(t, sandboxtest.AppID, "other", sandboxtest.AESKey, good) }, fault: "MsgSignature"},
		{name: "wrong app id", body: func(t *testing.T) string { return seal(t, "wxother", sandboxtest.Token, sandboxtest.AESKey, good) }, fault: "app id"},
		{name: "wrong key", body: func(t *testing.T) string {
			return seal(t, sandboxtest.AppID, sandboxtest.Token, strings.Repeat("A", 43), good)
		}, fault: "key"},
		{name: "not swapped", body: sealed(reply(account, sandboxtest.Jia, "1", "text", "好")), fault: "swapped"},
		{name: "another resident", body: sealed(reply(sandboxtest.Yi, account, "1", "text", "好")), fault: "swapped"},
		{name: "time in words", body: sealed(reply(sandboxtest.Jia, account, "now", "text", "好")), fault: "CreateTime"},
		{name: "no time", body: sealed(reply(sandboxtest.Jia, account, "", "text", "好")), fault: "CreateTime"},
		{name: "2049 bytes", body: sealed(reply(sandboxtest.Jia, account, "1", "text", strings.Repeat("a", 2049))), fault: "2049 bytes"},
		{name: "empty text", body: sealed(reply(sandboxtest.Jia, account, "1", "text", "")), fault: "empty"},
		{name: "unknown type", body: sealed(reply(sandboxtest.Jia, account, "1", "dance", "好")), fault: `"dance"`},
		{name: "broken XML", body: sealed("<xml><ToUserName>"), fault: "XML"},
		{name: "two documents", body: sealed(good + good), fault: "XML"},
		{name: "not UTF-8", body: sealed(strings.Replace(good, "好", "\xff", 1)), fault: "UTF-8"},
		{name: "JSON", body: bare(`{"reply":"好"}`), fault: "XML"},
		{name: "words", body: bare("ok"), fault: "XML"},
		{name: "a page", body: bare("<html><body>it works</body></html>"), fault: "XML"},
		{name: "HTTP 500", status: 500, body: bare("success"), fault: "HTTP 500"},
		{name: "HTTP 302", status: 302, body: bare("success"), fault: "HTTP 302"},
		{name: "2 MiB", body: bare(strings.Repeat("a", 2<<20)), fault: "over"},
	} {
		t.Run(c.name, func(t *testing.T) {
			body := c.body(t)
			pushes := 0
			f := sandboxtest.Open(t, sandboxtest.Setting{Sandbox: sandbox.Config{WeChat: pretendwechat.Config{Mode: c.mode}}, Webhook: func(http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
					pushes++
					if c.status != 0 {
						w.Header().Set("Location", "/elsewhere")
						w.WriteHeader(c.status)
					}
					io.WriteString(w, body)
				})
			}})
			d := f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Follow})
			if pushes != 1 {
				t.Errorf("pushed %d times: only silence is retried", pushes)
			}
			if c.fault != "" {
				if d.Sent.State != platform.Failed || !strings.Contains(d.Sent.Reason, c.fault) {
					t.Errorf("%s: %q, want a failure that says %q", d.Sent.State, d.Sent.Reason, c.fault)
				}
				if d.Reply == nil || d.Reply.Kind != "notice" {
					t.Errorf("the phone shows %+v, want the failure notice", d.Reply)
				}
				return
			}
			shown := ""
			if d.Reply != nil {
				shown = d.Reply.Text
			}
			if d.Sent.State != platform.Delivered || shown != c.shown {
				t.Errorf("%s (%s): the phone shows %q, want %q", d.Sent.State, d.Sent.Reason, shown, c.shown)
			}
		})
	}
}

// TestSilentEventsFailQuietly: nobody is told that the event of a tap on a link found no server.
func TestSilentEventsFailQuietly(t *testing.T) {
	down := false
	f := sandboxtest.Open(t, sandboxtest.Setting{Webhook: func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			if down {
				w.WriteHeader(http.StatusServiceUnavailable)
			}
		})
	}})
	f.Follow(t, sandboxtest.Jia)
	down = true
	for _, a := range []platform.Action{
		{Kind: platform.View, Key: "https://example.com/"}, {Kind: platform.Report}, {Kind: platform.Unfollow},
	} {
		if d := f.Do(t, sandboxtest.Jia, a); d.Sent.State != platform.Failed || d.Reply != nil {
			t.Errorf("%s: %s, the phone shows %+v", a.Kind, d.Sent.State, d.Reply)
		}
	}
}

// listen takes a free port on loopback.
func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}
