// Package sandboxtest opens a sandbox with the real webhook and the real bot behind it, for the tests of its parts.
package sandboxtest

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

// The account's credentials, and two of platform.DefaultResidents.
const (
	AppID  = "wx00000000sandbox0"
	Secret = "0123456789abcdef0123456789abcdef"
	Token  = "rehearsal"
	AESKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"

	Jia = "oSANDBOX-resident-jia-000001"
	Yi  = "oSANDBOX-resident-yi--000002"
)

// Fixture is a pretend platform and a server of the account behind one address, as in a rehearsal.
type Fixture struct {
	*sandbox.Sandbox
	URL    string
	Client *wechat.Client
	Clock  *Clock
}

// Setting changes how a fixture is built.
type Setting struct {
	Sandbox sandbox.Config                       // its zero fields are filled in
	Answer  wechat.Answerer                      // nil: the real bot over the embedded content
	Webhook func(real http.Handler) http.Handler // stands before the real webhook, or in its place
	Server  func(*http.Server)
	Events  wechat.Events // what the account wants to know of the platform's events
}

// Clock is a time that tests move by hand.
type Clock struct {
	mu  sync.Mutex
	now time.Time
}

// morning is ten o'clock in China today: no day ends while a test moves its clock by minutes.
func morning() time.Time {
	now := time.Now().In(time.FixedZone("", 8*3600))
	return time.Date(now.Year(), now.Month(), now.Day(), 10, 0, 0, 0, now.Location())
}

func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock.
func (c *Clock) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Patience bounds what takes milliseconds on a machine that is not busy.
const Patience = time.Minute

// Eventually asks until ok.
func Eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(Patience); !ok(); <-time.After(2 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("not within %s: %s", Patience, what)
		}
	}
}

// Open is a fixture that ends with the test.
func Open(t *testing.T, set Setting) *Fixture {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewUnstartedServer(mux)
	if set.Server != nil {
		set.Server(server.Config)
	}
	server.Start()
	t.Cleanup(server.Close)
	f := &Fixture{URL: server.URL, Clock: &Clock{now: morning()}}

	cfg := set.Sandbox
	cfg.WeChat.AppID, cfg.WeChat.Secret, cfg.WeChat.Token, cfg.WeChat.WebhookURL = AppID, Secret, Token, server.URL+"/wechat"
	if cfg.WeChat.Mode != pretendwechat.Plain {
		cfg.WeChat.AESKey = AESKey
	}
	if cfg.Now == nil {
		cfg.Now = f.Clock.Now
	}
	var err error
	if f.Sandbox, err = sandbox.New(cfg); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Close) // before the server's: open pages would keep it waiting

	ctx := t.Context()
	redis, closeRedis, err := kv.Open(ctx, "embedded")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeRedis() })
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	f.Client, err = wechat.NewClient(AppID, Secret, server.URL+"/sandbox/wechat", kv.NewTokens(redis, sealer))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(f.Client.Close)
	crypto, err := wechat.NewCrypto(AppID, Token, cfg.WeChat.AESKey, "")
	if err != nil {
		t.Fatal(err)
	}
	quiet := slog.New(slog.DiscardHandler)
	if set.Answer == nil {
		c := embeddedCity()
		set.Answer = bot.New(bot.Config{
			City: func() *city.City { return c }, Sessions: kv.NewSessions(redis, sealer, time.Hour), Now: cfg.Now, Log: quiet,
		})
	}
	hook, err := wechat.NewWebhook(wechat.Config{
		Crypto: crypto, Answer: set.Answer, First: kv.NewFirstReplies(redis, sealer), Send: f.Client, Now: cfg.Now, Log: quiet,
		Events: set.Events,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { hook.Shutdown(context.Background()) })
	mux.Handle("/sandbox/", f.Handler())
	if set.Webhook != nil {
		mux.Handle("/wechat", set.Webhook(hook))
	} else {
		mux.Handle("/wechat", hook)
	}
	return f
}

// embeddedCity trains the matcher once for all tests.
var embeddedCity = sync.OnceValue(func() *city.City {
	c, problems := city.Load(content.Embedded(), time.Now())
	if c == nil {
		panic(problems)
	}
	return c
})

// AnswerFunc answers instead of the bot where a test needs to steer the answer.
type AnswerFunc func(context.Context, bot.Message) (bot.Reply, error)

func (f AnswerFunc) Reply(ctx context.Context, m bot.Message) (bot.Reply, error) { return f(ctx, m) }

// Saying answers everything with a text.
func Saying(text string) AnswerFunc {
	return func(context.Context, bot.Message) (bot.Reply, error) {
		return bot.Reply{Kind: bot.Answered, Text: text}, nil
	}
}

// Do does something and demands that it is possible.
func (f *Fixture) Do(t *testing.T, openid string, a platform.Action) platform.Outcome {
	t.Helper()
	d, err := f.Act(t.Context(), openid, a)
	if err != nil {
		t.Fatalf("%s: %v", a.Kind, err)
	}
	return d
}

// Follow lets a resident follow the account.
func (f *Fixture) Follow(t *testing.T, openid string) {
	f.Do(t, openid, platform.Action{Kind: platform.Follow})
}

// API calls the platform as it is on the wire: a body means POST. The answer's JSON is decoded into a map.
func (f *Fixture) API(t *testing.T, path string, query url.Values, body string) (map[string]any, int) {
	t.Helper()
	method, payload := http.MethodGet, io.Reader(http.NoBody)
	if body != "" {
		method, payload = http.MethodPost, strings.NewReader(body)
	}
	req, err := http.NewRequestWithContext(t.Context(), method, f.URL+"/sandbox/wechat/cgi-bin/"+path+"?"+query.Encode(), payload)
	if err != nil {
		t.Fatal(err)
	}
	return f.Call(t, req)
}

// Call makes a call. The JSON of its answer is decoded into a map.
func (f *Fixture) Call(t *testing.T, req *http.Request) (map[string]any, int) {
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

// ErrCode is an answer's errcode, 0 when it has none.
func ErrCode(answer map[string]any) int {
	n, ok := answer["errcode"].(json.Number)
	if !ok {
		return 0
	}
	v, _ := n.Int64()
	return int(v)
}

// FetchToken gets a token from /token.
func (f *Fixture) FetchToken(t *testing.T) string {
	t.Helper()
	got, _ := f.API(t, "token", url.Values{"grant_type": {"client_credential"}, "appid": {AppID}, "secret": {Secret}}, "")
	s, _ := got["access_token"].(string)
	if s == "" {
		t.Fatalf("no token: %v", got)
	}
	return s
}

// WithToken is the query of a call under a token.
func WithToken(token string) url.Values { return url.Values{"access_token": {token}} }

// Menu is a menu of the account.
func Menu() []wechat.Button {
	return []wechat.Button{
		{Name: "问一问", Sub: []wechat.Button{
			{Name: "养犬登记", Key: "topic:dog.registration.pilot"}, {Name: "充电车棚", Key: "topic:charging.carport"},
			{Name: "旧改进展", Key: "topic:renovation.progress"},
		}},
		{Name: "提意见", Key: "topic:suggest.submit"},
		{Name: "关于", Sub: []wechat.Button{{Name: "能问什么", Key: "topic:chat.help"}, {Name: "答案从哪来", Key: "topic:chat.source"}}},
	}
}
