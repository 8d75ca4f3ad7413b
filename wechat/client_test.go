package wechat

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/porttest"
)

const testSecret = "secret-never-shown"

// platformAPI is the API's side: it hands out tokens by generation and refuses all but the newest.
type platformAPI struct {
	*httptest.Server
	generation atomic.Int64
	fetches    atomic.Int64
	forced     atomic.Int64
	calls      atomic.Int64
	mu         sync.Mutex
	bodies     []string
	fetchAnswer,
	answer func(w http.ResponseWriter, r *http.Request) // nil: as the platform does
}

func (p *platformAPI) token() string { return fmt.Sprintf("TOKEN-never-shown-%d", p.generation.Load()) }

func newPlatformAPI(t testing.TB) *platformAPI {
	p := &platformAPI{}
	p.generation.Store(1)
	p.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if strings.HasSuffix(r.URL.Path, "/cgi-bin/stable_token") {
			p.fetches.Add(1)
			if p.fetchAnswer != nil {
				p.fetchAnswer(w, r)
				return
			}
			var in struct {
				GrantType    string `json:"grant_type"`
				AppID        string `json:"appid"`
				Secret       string `json:"secret"`
				ForceRefresh bool   `json:"force_refresh"`
			}
			if err := json.Unmarshal(body, &in); err != nil || in.GrantType != "client_credential" || in.AppID != testAppID || in.Secret != testSecret {
				io.WriteString(w, `{"errcode":40001,"errmsg":"invalid credential rid: 65f0-ab12"}`)
				return
			}
			if in.ForceRefresh {
				p.forced.Add(1)
				p.generation.Add(1)
			}
			fmt.Fprintf(w, `{"access_token":%q,"expires_in":7200}`, p.token())
			return
		}
		p.calls.Add(1)
		p.mu.Lock()
		p.bodies = append(p.bodies, r.Method+" "+r.URL.Path+" "+strings.TrimSpace(string(body)))
		p.mu.Unlock()
		if p.answer != nil {
			p.answer(w, r)
			return
		}
		if got := r.URL.Query().Get("access_token"); got != p.token() {
			fmt.Fprintf(w, `{"errcode":40001,"errmsg":"invalid credential, access_token %s is not latest, openid %s rid: 60f8c5a1-0b2f"}`, got, testOpenID)
			return
		}
		io.WriteString(w, `{"errcode":0,"errmsg":"ok"}`)
	}))
	t.Cleanup(p.Close)
	return p
}

func newClient(t testing.TB, api string, tokens Tokens) *Client {
	t.Helper()
	c, err := NewClient(testAppID, testSecret, api, tokens)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func embeddedTokens(t testing.TB) *kv.Tokens {
	t.Helper()
	client, closeAll, err := kv.Open(context.Background(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll() })
	return kv.NewTokens(client, newBox(t))
}

func TestSendText(t *testing.T) {
	p := newPlatformAPI(t)
	c := newClient(t, p.URL+"/prefix/", embeddedTokens(t))
	err := c.SendText(t.Context(), testOpenID, "路灯 <a href=\"http://x\">这里</a> & \u2028🏠\x00\xff\n")
	if err != nil {
		t.Fatal(err)
	}
	want := `POST /prefix/cgi-bin/message/custom/send {"touser":"` + testOpenID + `","msgtype":"text","text":{"content":"路灯 <a href=\"http://x\">这里</a> & \n🏠` + "\ufffd" + `\n"}}`
	if p.bodies[0] != want {
		t.Errorf("sent\n%s\nwant\n%s", p.bodies[0], want)
	}
	if err := c.SendText(t.Context(), testOpenID, strings.Repeat("长", 5000)); err != nil {
		t.Fatal(err)
	}
	var sent struct{ Text struct{ Content string } }
	if err := json.Unmarshal([]byte(strings.SplitN(p.bodies[1], " ", 3)[2]), &sent); err != nil || len(sent.Text.Content) > MaxText || len(sent.Text.Content) < MaxText-10 {
		t.Errorf("%v, %d bytes", err, len(sent.Text.Content))
	}
	if p.fetches.Load() != 1 {
		t.Errorf("%d tokens fetched for two calls", p.fetches.Load())
	}
}

func TestMenu(t *testing.T) {
	p := newPlatformAPI(t)
	c := newClient(t, p.URL, embeddedTokens(t))
	err := c.CreateMenu(t.Context(), []Button{
		{Name: "办事", Sub: []Button{{Name: "养犬", Key: "dogs"}, {Name: "网站", URL: "https://example.cn/?a=1&b=2"}}},
		{Name: "帮助", Key: "help"},
	})
	if err != nil {
		t.Fatal(err)
	}
	want := `POST /cgi-bin/menu/create {"button":[{"name":"办事","sub_button":[{"type":"click","name":"养犬","key":"dogs"},{"type":"view","name":"网站","url":"https://example.cn/?a=1&b=2"}]},{"type":"click","name":"帮助","key":"help"}]}`
	if p.bodies[0] != want {
		t.Errorf("sent\n%s\nwant\n%s", p.bodies[0], want)
	}
	ok := Button{Name: "a", Key: "k"}
	for name, menu := range map[string][]Button{
		"none":            {},
		"four":            {ok, ok, ok, ok},
		"six below":       {{Name: "a", Sub: []Button{ok, ok, ok, ok, ok, ok}}},
		"third level":     {{Name: "a", Sub: []Button{{Name: "b", Sub: []Button{ok}}}}},
		"no name":         {{Key: "k"}},
		"long name":       {{Name: "六个字的名字", Key: "k"}},
		"long name below": {{Name: "a", Sub: []Button{{Name: strings.Repeat("字", 21), Key: "k"}}}},
		"nothing to do":   {{Name: "a"}},
		"two to do":       {{Name: "a", Key: "k", URL: "http://u"}},
		"long key":        {{Name: "a", Key: strings.Repeat("k", 129)}},
	} {
		err := c.CreateMenu(t.Context(), menu)
		if e, ok := errors.AsType[*Error](err); !ok || e.Class != CallerFault {
			t.Errorf("%s: %v", name, err)
		}
	}
	if p.calls.Load() != 1 {
		t.Errorf("%d calls: a wrong menu was sent", p.calls.Load())
	}
}

func TestQRCodeAndUserInfo(t *testing.T) {
	p := newPlatformAPI(t)
	c := newClient(t, p.URL, embeddedTokens(t))
	p.answer = func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "qrcode") {
			io.WriteString(w, `{"ticket":"gQ==+/","expire_seconds":3600,"url":"http://weixin.qq.com/q/x"}`)
			return
		}
		if r.Method != http.MethodGet || r.URL.Query().Get("openid") != testOpenID {
			io.WriteString(w, `{"errcode":40003,"errmsg":"invalid openid"}`)
			return
		}
		io.WriteString(w, `{"subscribe":1,"openid":"o","subscribe_time":1714112445,"tagid_list":[2],"subscribe_scene":"ADD_SCENE_QR_CODE","qr_scene":0,"qr_scene_str":"shequ-1"}`)
	}
	code, err := c.CreateQRCode(t.Context(), "shequ-1", time.Hour)
	if want := (QRCode{"gQ==+/", "http://weixin.qq.com/q/x", time.Hour}); err != nil || code != want {
		t.Errorf("%+v, %v; want %+v", code, err, want)
	}
	if want := `POST /cgi-bin/qrcode/create {"expire_seconds":3600,"action_name":"QR_STR_SCENE","action_info":{"scene":{"scene_str":"shequ-1"}}}`; p.bodies[0] != want {
		t.Errorf("sent %s", p.bodies[0])
	}
	for _, bad := range []struct {
		scene  string
		expire time.Duration
	}{{"", time.Hour}, {strings.Repeat("s", 65), time.Hour}, {"s", time.Second}, {"s", 31 * 24 * time.Hour}} {
		if _, err := c.CreateQRCode(t.Context(), bad.scene, bad.expire); err == nil {
			t.Errorf("%+v is not refused", bad)
		}
	}
	user, err := c.UserInfo(t.Context(), testOpenID)
	if err != nil || !user.Follows || user.QRScene != "shequ-1" || user.Scene != "ADD_SCENE_QR_CODE" || user.FollowedAt.Unix() != 1714112445 {
		t.Errorf("%+v, %v", user, err)
	}
	if _, err := c.UserInfo(t.Context(), "nobody"); err == nil || strings.Contains(err.Error(), "nobody") {
		t.Errorf("unknown openid: %v", err)
	}
}

func TestOneFetchForManyProcesses(t *testing.T) {
	p, server, sealer := newPlatformAPI(t), kvtest.Start(t), newBox(t)
	var clients []*Client
	for range 6 {
		redis, closeAll, err := kv.Open(t.Context(), server.URL())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeAll() })
		clients = append(clients, newClient(t, p.URL, kv.NewTokens(redis, sealer)))
	}
	sendAll := func() {
		t.Helper()
		var all sync.WaitGroup
		for _, c := range clients {
			for range 3 { // more at once make a busy machine overstep what a process waits for Redis: it fetches for itself then
				all.Go(func() {
					if err := c.SendText(t.Context(), testOpenID, "你好"); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
	}
	sendAll()
	if p.fetches.Load() != 1 {
		t.Errorf("%d fetches by six cold processes, want 1", p.fetches.Load())
	}
	p.generation.Add(1) // somebody else refreshed the token: ours is refused
	sendAll()
	if p.fetches.Load() != 2 || p.forced.Load() != 0 {
		t.Errorf("%d fetches (%d forced) after the token was refused, want 2 (0)", p.fetches.Load(), p.forced.Load())
	}
}

func TestTokenThatThePlatformItselfRefuses(t *testing.T) {
	p := newPlatformAPI(t)
	c := newClient(t, p.URL, embeddedTokens(t))
	refuse := p.token()
	p.answer = func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Get("access_token") == refuse {
			io.WriteString(w, `{"errcode":42001,"errmsg":"access_token expired"}`)
			return
		}
		io.WriteString(w, `{"errcode":0}`)
	}
	if err := c.SendText(t.Context(), testOpenID, "你好"); err != nil {
		t.Fatal(err)
	}
	if p.forced.Load() != 1 {
		t.Fatalf("%d forced refreshes, want 1", p.forced.Load())
	}
	refuse = p.token() // and again, within 30 s
	err := c.SendText(t.Context(), testOpenID, "你好")
	if e, ok := errors.AsType[*Error](err); !ok || e.Class != Retry || p.forced.Load() != 1 {
		t.Errorf("%v after %d forced refreshes; the platform allows one every 30 s", err, p.forced.Load())
	}
}

func TestTokenRefusedTwiceIsNotTriedForEver(t *testing.T) {
	p := newPlatformAPI(t)
	c := newClient(t, p.URL, embeddedTokens(t))
	p.answer = func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"errcode":40014,"errmsg":"x"}`) }
	err := c.SendText(t.Context(), testOpenID, "你好")
	if e, ok := errors.AsType[*Error](err); !ok || e.Class != RefreshToken || e.Code != 40014 || p.calls.Load() != 2 {
		t.Errorf("%v after %d calls", err, p.calls.Load())
	}
}

func TestTokensOutOfReach(t *testing.T) {
	p, server := newPlatformAPI(t), kvtest.Start(t)
	redis, closeAll, err := kv.Open(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	c := newClient(t, p.URL, kv.NewTokens(redis, newBox(t)))
	server.Kill()
	for range 3 {
		if err := c.SendText(t.Context(), testOpenID, "你好"); err != nil {
			t.Fatal(err)
		}
	}
	if p.fetches.Load() != 1 {
		t.Errorf("%d fetches while Redis is down, want 1", p.fetches.Load())
	}
	p.generation.Add(1)
	if err := c.SendText(t.Context(), testOpenID, "你好"); err != nil || p.fetches.Load() != 2 {
		t.Errorf("refused token while Redis is down: %v, %d fetches", err, p.fetches.Load())
	}
}

func TestClassify(t *testing.T) {
	for code, want := range map[int]Class{
		-1: Retry, 40001: RefreshToken, 40014: RefreshToken, 42001: RefreshToken, 41001: RefreshToken, 40003: UserGone, 43004: UserGone,
		43019: UserGone, 46004: UserGone, 50005: UserGone, 40013: Configuration, 40164: Configuration, 40243: Configuration, 48001: Configuration,
		48008: Configuration, 61004: Configuration, 40029: RestartOAuth, 40163: RestartOAuth, 42007: RestartOAuth, 40033: CallerFault,
		45002: CallerFault, 45005: CallerFault, 45008: CallerFault, 45056: CallerFault, 45159: CallerFault, 47001: CallerFault, 47003: CallerFault,
		65301: CallerFault, 65317: CallerFault, 61451: CallerFault, 43101: OptedOut, 48002: OptedOut, 43108: Retry, 43117: Retry, 45011: Retry,
		45066: Retry, 61450: Retry, 43116: Alarm, 48004: Alarm, 50002: Alarm, 45009: Quota, 48006: Quota, 45015: WindowClosed, 45047: WindowClosed,
		45065: Done, 99999: Configuration,
	} {
		if got, says := classify(code); got != want || says == "" {
			t.Errorf("%d: %s %q, want %s", code, got, says, want)
		}
	}
}

// Every way for a call to fail gives an *Error of the right class that shows no secret.
func TestFailuresLeakNothing(t *testing.T) {
	hijack := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err != nil {
			t.Error(err)
			return
		}
		conn.Close()
	}
	says := func(status int, body string) func(http.ResponseWriter, *http.Request) {
		return func(w http.ResponseWriter, r *http.Request) {
			body := strings.NewReplacer("$TOKEN", r.URL.Query().Get("access_token"), "$OPENID", testOpenID, "$SECRET", testSecret).Replace(body)
			w.Header().Set("Location", "/elsewhere?access_token="+r.URL.Query().Get("access_token"))
			w.WriteHeader(status)
			io.WriteString(w, body)
		}
	}
	calls := make(chan context.CancelFunc, 1) // how to end the call that is under way
	hang := func(_ http.ResponseWriter, r *http.Request) {
		select {
		case end := <-calls:
			end()
			<-r.Context().Done()
		case <-r.Context().Done():
		}
	}
	for name, c := range map[string]struct {
		token bool // the token's call fails, not the message's
		how   func(http.ResponseWriter, *http.Request)
		class Class
		rid   string
	}{
		"errcode":           {how: says(200, `{"errcode":45015,"errmsg":"out of time $OPENID $TOKEN rid: 60f8c5a1-0b2f$SECRET"}`), class: WindowClosed, rid: "60f8c5a1-0b2f"},
		"errcode with 500":  {how: says(500, `{"errcode":45015,"errmsg":"$TOKEN"}`), class: InDoubt},
		"HTML":              {how: says(200, `<html>$TOKEN $OPENID</html>`), class: InDoubt},
		"half JSON":         {how: says(200, `{"errcode":`), class: InDoubt},
		"errcode as text":   {how: says(200, `{"errcode":"$TOKEN"}`), class: InDoubt},
		"502":               {how: says(502, `$TOKEN`), class: InDoubt},
		"404":               {how: says(404, `$TOKEN`), class: Configuration},
		"429":               {how: says(429, `$TOKEN`), class: Retry},
		"redirect":          {how: says(302, ``), class: Configuration},
		"hang up":           {how: hijack, class: InDoubt},
		"no answer":         {how: hang, class: InDoubt},
		"token: errcode":    {token: true, how: says(200, `{"errcode":40164,"errmsg":"invalid ip $SECRET rid: ab-1"}`), class: Configuration, rid: "ab-1"},
		"token: bad secret": {token: true, how: says(200, `{"errcode":40001,"errmsg":"$SECRET"}`), class: Configuration},
		"token: HTML":       {token: true, how: says(200, `<html>$SECRET</html>`), class: Retry},
		"token: empty":      {token: true, how: says(200, `{}`), class: Retry},
		"token: 500":        {token: true, how: says(500, `$SECRET`), class: Retry},
		"token: hang up":    {token: true, how: hijack, class: Retry},
		"token: no answer":  {token: true, how: hang, class: Retry},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatformAPI(t)
			if c.token {
				p.fetchAnswer = c.how
			} else {
				p.answer = c.how
			}
			client := newClient(t, p.URL, embeddedTokens(t))
			for _, call := range []func(context.Context) error{
				func(ctx context.Context) error { return client.SendText(ctx, testOpenID, "你好") },
				func(ctx context.Context) error { _, err := client.UserInfo(ctx, testOpenID); return err }, // openid in the URL
			} {
				ctx, cancel := context.WithCancel(t.Context())
				calls <- cancel
				wantError(t, call(ctx), c.class, c.rid)
				cancel()
				select {
				case <-calls:
				default:
				}
			}
		})
	}
	t.Run("nobody there", func(t *testing.T) {
		client := newClient(t, "http://"+porttest.Hold(t), embeddedTokens(t))
		if err := client.token.shared.Save(t.Context(), testAppID, "TOKEN", time.Hour); err != nil {
			t.Fatal(err)
		}
		wantError(t, client.SendText(t.Context(), testOpenID, "你好"), Retry, "")
	})
}

func TestCertificateNobodyTrusts(t *testing.T) {
	server := httptest.NewTLSServer(http.NotFoundHandler())
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	defer server.Close()
	wantError(t, newClient(t, server.URL, embeddedTokens(t)).SendText(t.Context(), testOpenID, "你好"), Configuration, "")
}

func wantError(t *testing.T, err error, class Class, rid string) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Class != class || e.RID != rid {
		t.Fatalf("%T %v; want class %s, rid %q", err, err, class, rid)
	}
	all := fmt.Sprintf("%v %+v %#v", err, *e, e)
	for _, secret := range []string{testSecret, testOpenID, "TOKEN-never-shown", "access_token=", "你好"} {
		if strings.Contains(all, secret) {
			t.Errorf("the error shows %q: %s", secret, all)
		}
	}
}

func TestNewClientRefuses(t *testing.T) {
	for _, api := range []string{"ftp://x", "api.weixin.qq.com", "http://", "http://user:hunter2@x", "http://x?access_token=hunter2", "http://x#a", "://", "http://x y"} {
		if _, err := NewClient(testAppID, testSecret, api, nil); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), DefaultAPI) {
			t.Errorf("%s: %v", api, err)
		}
	}
	if _, err := NewClient(testAppID, "", "", nil); err == nil {
		t.Error("no secret is not refused")
	}
}
