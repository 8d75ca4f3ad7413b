package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
	"towncrier/kv"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/seal"
	"towncrier/wechat"
)

const (
	appID  = "wx00000000sandbox0"
	secret = "0123456789abcdef0123456789abcdef"
	token  = "rehearsal"
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

	jia = "oSANDBOX-resident-jia-000001"
	yi  = "oSANDBOX-resident-yi--000002"
)

// fixture is a pretend platform and a server of the account behind one address, as in a rehearsal.
type fixture struct {
	*sandbox.Sandbox
	url    string
	client *wechat.Client
	clock  *clock
}

// setting changes how a fixture is built.
type setting struct {
	sandbox sandbox.Config                       // its zero fields are filled in
	answer  wechat.Answerer                      // nil: the real bot over the embedded content
	webhook func(real http.Handler) http.Handler // stands before the real webhook, or in its place
	server  func(*http.Server)
	events  wechat.Events // what the account wants to know of the platform's events
}

// clock is a time that tests move by hand.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

// morning is ten o'clock in China today: no day ends while a test moves its clock by minutes.
func morning() time.Time {
	now := time.Now().In(time.FixedZone("", 8*3600))
	return time.Date(now.Year(), now.Month(), now.Day(), 10, 0, 0, 0, now.Location())
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// patience bounds what takes milliseconds on a machine that is not busy.
const patience = time.Minute

// eventually asks until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(patience); !ok(); <-time.After(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", patience, what)
		}
	}
}

func open(t *testing.T, set setting) *fixture {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewUnstartedServer(mux)
	if set.server != nil {
		set.server(server.Config)
	}
	server.Start()
	t.Cleanup(server.Close)
	tw := &fixture{url: server.URL, clock: &clock{now: morning()}}

	cfg := set.sandbox
	cfg.WeChat.AppID, cfg.WeChat.Secret, cfg.WeChat.Token, cfg.WeChat.WebhookURL = appID, secret, token, server.URL+"/wechat"
	if cfg.WeChat.Mode != pretendwechat.Plain {
		cfg.WeChat.AESKey = aesKey
	}
	if cfg.Now == nil {
		cfg.Now = tw.clock.Now
	}
	var err error
	if tw.Sandbox, err = sandbox.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tw.Close) // before the server's: open pages would keep it waiting

	ctx := t.Context()
	redis, closeRedis, err := kv.Open(ctx, "embedded")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeRedis() })
	box, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	tw.client, err = wechat.NewClient(appID, secret, server.URL+"/sandbox/wechat", kv.NewTokens(redis, box))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(tw.client.Close)
	crypto, err := wechat.NewCrypto(appID, token, cfg.WeChat.AESKey, "")
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	if set.answer == nil {
		c := embeddedCity()
		set.answer = bot.New(bot.Config{
			City: func() *city.City { return c }, Sessions: kv.NewSessions(redis, box, time.Hour), Now: cfg.Now, Log: quiet,
		})
	}
	hook, err := wechat.NewWebhook(wechat.Config{
		Crypto: crypto, Answer: set.answer, First: kv.NewFirstReplies(redis, box), Send: tw.client, Now: cfg.Now, Log: quiet,
		Events: set.events,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hook.Shutdown(context.Background()) })
	mux.Handle("/sandbox/", tw.Handler())
	if set.webhook != nil {
		mux.Handle("/wechat", set.webhook(hook))
	} else {
		mux.Handle("/wechat", hook)
	}
	return tw
}

// embeddedCity trains the matcher once for all tests.
var embeddedCity = sync.OnceValue(func() *city.City {
	c, problems := city.Load(content.Embedded(), time.Now())
	if c == nil {
		panic(problems)
	}
	return c
})

// answerFunc answers instead of the bot where a test needs to steer the answer.
type answerFunc func(context.Context, bot.Message) (bot.Reply, error)

func (f answerFunc) Reply(ctx context.Context, m bot.Message) (bot.Reply, error) { return f(ctx, m) }

func saying(text string) answerFunc {
	return func(context.Context, bot.Message) (bot.Reply, error) {
		return bot.Reply{Kind: bot.Answered, Text: text}, nil
	}
}

// act does something and demands that it is possible.
func (tw *fixture) act(t *testing.T, openid string, a platform.Action) platform.Outcome {
	t.Helper()
	d, err := tw.Act(t.Context(), openid, a)
	if err != nil {
		t.Fatalf("%s: %v", a.Kind, err)
	}
	return d
}

func (tw *fixture) follow(t *testing.T, openid string) {
	tw.act(t, openid, platform.Action{Kind: platform.Follow})
}

// api calls the platform as it is on the wire: a body means POST. The answer's JSON is decoded into a map.
func (tw *fixture) api(t *testing.T, path string, query url.Values, body string) (map[string]any, int) {
	t.Helper()
	method, payload := http.MethodGet, io.Reader(http.NoBody)
	if body != "" {
		method, payload = http.MethodPost, strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, tw.url+"/sandbox/wechat/cgi-bin/"+path+"?"+query.Encode(), payload)
	if err != nil {
		t.Fatal(err)
	}
	return tw.do(t, req)
}

func (tw *fixture) do(t *testing.T, req *http.Request) (map[string]any, int) {
	t.Helper()
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	out := map[string]any{}
	if err := dec.Decode(&out); err != nil {
		t.Fatalf("%s answered %d %q, which is no JSON object", req.URL.Path, resp.StatusCode, raw)
	}
	return out, resp.StatusCode
}

// code is an answer's errcode, 0 when it has none.
func code(answer map[string]any) int {
	n, ok := answer["errcode"].(json.Number)
	if !ok {
		return 0
	}
	v, _ := n.Int64()
	return int(v)
}

// fetchToken gets a token from /token.
func (tw *fixture) fetchToken(t *testing.T) string {
	t.Helper()
	got, _ := tw.api(t, "token", url.Values{"grant_type": {"client_credential"}, "appid": {appID}, "secret": {secret}}, "")
	s, _ := got["access_token"].(string)
	if s == "" {
		t.Fatalf("no token: %v", got)
	}
	return s
}

// with is the query of a call under a token.
func with(token string) url.Values { return url.Values{"access_token": {token}} }
