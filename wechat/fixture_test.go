package wechat

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/kv"
	"towncrier/seal"
)

const (
	testAppID  = "wx0123456789abcdef"
	testToken  = "token-never-shown"
	testOpenID = "o6_bmjrPTlm6_2sgVt7hMZOPfL2M"
)

var testKey = strings.Repeat("k", 43)

func TestMain(m *testing.M) {
	kv.SetLogger(slog.New(slog.DiscardHandler))
	os.Exit(m.Run())
}

// answerFunc stands where the bot stands.
type answerFunc func(ctx context.Context, m bot.Message) (bot.Reply, error)

func (f answerFunc) Reply(ctx context.Context, m bot.Message) (bot.Reply, error) { return f(ctx, m) }

func say(text string) answerFunc {
	return func(context.Context, bot.Message) (bot.Reply, error) {
		return bot.Reply{Kind: bot.Answered, Text: text}, nil
	}
}

type sendFunc func(ctx context.Context, openid, text string) error

func (f sendFunc) SendText(ctx context.Context, openid, text string) error {
	return f(ctx, openid, text)
}

// logs collects what is logged, one event a line.
type logs struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logs) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logs) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func (l *logs) lines() int { return strings.Count(l.String(), "\n") }

// fixture is a webhook and, opposite, the platform that pushes to it.
type fixture struct {
	t        testing.TB
	hook     *Webhook
	platform *Crypto
	log      *logs
	created  int64 // CreateTime of pushes
	mu       sync.Mutex
	observed []string
	sent     chan string
}

// newFixture builds a webhook on an embedded Redis; change may alter its configuration.
func newFixture(t testing.TB, aesKey string, answer Answerer, change func(*Config)) *fixture {
	t.Helper()
	r := &fixture{t: t, log: &logs{}, created: time.Now().Unix(), sent: make(chan string, 100), platform: newCrypto(t, testAppID, testToken, aesKey, "")}
	cfg := Config{
		Crypto: r.platform,
		Answer: answer,
		Send: sendFunc(func(_ context.Context, openid, text string) error {
			r.sent <- openid + ": " + text
			return nil
		}),
		Log: slog.New(slog.NewJSONHandler(r.log, nil)),
		Observe: func(kind, outcome string, _ time.Duration) {
			r.mu.Lock()
			defer r.mu.Unlock()
			r.observed = append(r.observed, kind+" "+outcome)
		},
	}
	if change != nil {
		change(&cfg)
	}
	if cfg.First == nil {
		cfg.First = embeddedReplies(t)
	}
	hook, err := NewWebhook(cfg)
	if err != nil {
		t.Fatal(err)
	}
	r.hook = hook
	return r
}

func embeddedReplies(t testing.TB) *kv.FirstReplies {
	t.Helper()
	client, closeAll, err := kv.Open(context.Background(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll() })
	return kv.NewFirstReplies(client, newBox(t))
}

func newBox(t testing.TB) *seal.Sealer {
	t.Helper()
	sealer, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	return sealer
}

func (r *fixture) outcomes() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.observed, ", ")
}

// query signs timestamp and nonce, and the sealed message when there is one.
func (r *fixture) query(at time.Time, nonce, sealed string) url.Values {
	stamp := strconv.FormatInt(at.Unix(), 10)
	q := url.Values{"timestamp": {stamp}, "nonce": {nonce}, "openid": {testOpenID}, "signature": {r.platform.Signature(stamp, nonce)}}
	if sealed != "" {
		q.Set("encrypt_type", "aes")
		q.Set("msg_signature", r.platform.Signature(stamp, nonce, sealed))
	}
	return q
}

// dated gives a push the fixture's time in place of that of the samples.
func (r *fixture) dated(body string) string {
	return strings.Replace(body, "<CreateTime>1714112445<", fmt.Sprintf("<CreateTime>%d<", r.created), 1)
}

// push is the platform's POST of a plaintext message, sealed when the account has a key.
func (r *fixture) push(body string) *http.Request {
	r.t.Helper()
	body = r.dated(body)
	sender, _, _ := strings.Cut(body[strings.Index(body, "<FromUserName>")+len("<FromUserName>"):], "</FromUserName>")
	sender = strings.TrimSuffix(strings.TrimPrefix(sender, "<![CDATA["), "]]>")
	if !r.platform.Sealed() {
		q := r.query(time.Now(), "n1", "")
		q.Set("openid", sender)
		return post(q, body)
	}
	sealed, err := r.platform.Seal(Current, []byte(body))
	if err != nil {
		r.t.Fatal(err)
	}
	q := r.query(time.Now(), "n1", sealed)
	q.Set("openid", sender)
	return post(q, string(Envelope{ToUserName: "gh_1", Encrypt: sealed}.XML()))
}

func post(q url.Values, body string) *http.Request {
	return httptest.NewRequest(http.MethodPost, "/wechat?"+q.Encode(), strings.NewReader(body))
}

// do serves a request and returns the answer as the platform understands it: the plaintext of what was sealed.
func (r *fixture) do(req *http.Request) (status int, body string) {
	r.t.Helper()
	w := httptest.NewRecorder()
	r.hook.ServeHTTP(w, req)
	body = w.Body.String()
	if w.Code != http.StatusOK || !r.platform.Sealed() || !strings.HasPrefix(body, "<xml>") {
		return w.Code, body
	}
	env, err := ParseEnvelope(w.Body.Bytes())
	if err != nil {
		r.t.Fatalf("answer %q: %v", body, err)
	}
	if !r.platform.Verify(env.MsgSignature, env.TimeStamp, env.Nonce, env.Encrypt) || env.Nonce != req.URL.Query().Get("nonce") {
		r.t.Errorf("answer is not signed for the request's nonce: %+v", env)
	}
	plain, _, err := r.platform.Open(env.Encrypt)
	if err != nil {
		r.t.Fatalf("answer cannot be opened: %v", err)
	}
	return w.Code, string(plain)
}

// text is a resident's text message.
func text(id int, content string) string {
	return fmt.Sprintf(`<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[%s]]></FromUserName><CreateTime>1714112445</CreateTime><MsgType><![CDATA[text]]></MsgType><Content><![CDATA[%s]]></Content><MsgId>%d</MsgId></xml>`, testOpenID, content, id)
}

// readPassive reads a reply as the platform would.
func readPassive(body string) (p Passive, err error) {
	return p, xml.Unmarshal([]byte(body), &p)
}

// wantText fails unless the answer is a passive text with this content.
func wantText(t testing.TB, status int, body, content string) {
	t.Helper()
	p, err := readPassive(body)
	if status != http.StatusOK || err != nil || p.MsgType != ReplyText || p.Content != content || p.ToUserName != testOpenID || p.FromUserName != "gh_1" || p.CreateTime == 0 {
		t.Errorf("answer %d %q, %v; want the text %q", status, body, err, content)
	}
}

// noSecrets fails when the log holds what it must not, or an event over several lines.
func (r *fixture) noSecrets(more ...string) {
	r.t.Helper()
	all := r.log.String()
	for _, secret := range append(more, testOpenID, testToken, testKey, "nonce", "signature=", "timestamp=", "6272960105994287618") {
		if strings.Contains(all, secret) {
			r.t.Errorf("the log shows %q:\n%s", secret, all)
		}
	}
	for line := range strings.Lines(all) {
		if !json.Valid([]byte(line)) {
			r.t.Errorf("not one event a line: %q", line)
		}
	}
}
