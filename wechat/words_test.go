package wechat

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"towncrier/broadcast"
)

// What the platform says is what an operator can act on: it stands in the error, and in what halts a broadcast.
func TestThePlatformsWordsReachTheOperator(t *testing.T) {
	for _, c := range []struct {
		code              int
		message           string
		says, error, halt string
	}{
		{40164, "invalid ip 203.0.113.7 ipv6 ::ffff:203.0.113.7, not in whitelist rid: 5fa26c60-1a0ebdd5-32fd1cd0", "203.0.113.7", "add it in the console", "白名单"},
		{40125, "invalid appsecret", "invalid appsecret", "AppSecret is wrong", "AppSecret"},
		{89503, "此次调用需要管理员确认", "此次调用需要管理员确认", "an administrator must confirm", "管理员"},
		{89501, "此IP正在等待管理员确认", "此IP正在等待管理员确认", "confirm it in WeChat", "管理员"},
		{89506, "24小时内该IP被管理员拒绝调用两次", "24小时内该IP被管理员拒绝调用两次", "24 hours", "24小时"},
		{89507, "1小时内该IP被管理员拒绝调用一次", "1小时内该IP被管理员拒绝调用一次", "1 hour", "1小时"},
		{50007, "账号已冻结", "账号已冻结", "frozen", "冻结"},
		{98765, "an error of tomorrow", "an error of tomorrow", "list of error codes", "98765"},
	} {
		p := newPlatformAPI(t)
		p.fetchAnswer = func(w http.ResponseWriter, _ *http.Request) {
			fmt.Fprintf(w, `{"errcode":%d,"errmsg":%q}`, c.code, c.message)
		}
		err := newClient(t, p.URL, embeddedTokens(t)).SendText(t.Context(), testOpenID, "你好")
		if err == nil || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), c.error) {
			t.Errorf("%d: %v; want %q and %q", c.code, err, c.says, c.error)
		}
		if o := verdictOf(err); o.State != broadcast.Pending || !strings.Contains(o.Halt, c.says) || !strings.Contains(o.Halt, c.halt) {
			t.Errorf("%d halts with %q, want %q and %q", c.code, o.Halt, c.says, c.halt)
		}
	}
}

// A status that a gateway may give to a call that it passed on leaves doubt: repeating the call might send twice.
func TestGatewayStatuses(t *testing.T) {
	for status, want := range map[int]Class{
		201: InDoubt, 204: InDoubt, 408: InDoubt, 425: InDoubt, 499: InDoubt, 500: InDoubt, 502: InDoubt, 503: InDoubt, 504: InDoubt, 520: InDoubt, 599: InDoubt,
		429: Retry, 302: Configuration, 400: Configuration, 401: Configuration, 403: Configuration, 404: Configuration, 413: Configuration,
	} {
		p := newPlatformAPI(t)
		p.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(status)
			io.WriteString(w, "<html>a gateway's page</html>")
		}
		err := newClient(t, p.URL, embeddedTokens(t)).SendText(t.Context(), testOpenID, "你好")
		if e, ok := errors.AsType[*Error](err); !ok || e.Class != want {
			t.Errorf("HTTP %d: %v, want %s", status, err, want)
		}
		state := broadcast.Pending
		if want == InDoubt {
			state = broadcast.InDoubt
		}
		if o := verdictOf(err); o.State != state {
			t.Errorf("HTTP %d leaves the message %s, want %s", status, o.State, state)
		}
	}
}

// A wrong AppSecret is told when the server starts, and no longer once it is right.
func TestWrongCredentialsAreNoticedWithoutASend(t *testing.T) {
	p := newPlatformAPI(t)
	wrong := true
	p.fetchAnswer = func(w http.ResponseWriter, _ *http.Request) {
		if wrong {
			io.WriteString(w, `{"errcode":40125,"errmsg":"invalid appsecret rid: 1-2"}`)
			return
		}
		io.WriteString(w, `{"access_token":"TOKEN-never-shown","expires_in":7200}`)
	}
	client := newClient(t, p.URL, embeddedTokens(t))
	if err := client.CheckCredentials(t.Context()); err != nil {
		t.Errorf("before the first call: %v", err)
	}
	for name, err := range map[string]error{"asked": client.CheckAccess(t.Context()), "later": client.CheckCredentials(t.Context())} {
		if err == nil || !strings.Contains(err.Error(), "AppSecret is wrong") || strings.Contains(err.Error(), testSecret) {
			t.Errorf("%s: %v", name, err)
		}
	}
	wrong = false
	if err := client.CheckAccess(t.Context()); err != nil {
		t.Errorf("with the right secret: %v", err)
	}
	if err := client.CheckCredentials(t.Context()); err != nil {
		t.Errorf("with the right secret: %v", err)
	}
}
