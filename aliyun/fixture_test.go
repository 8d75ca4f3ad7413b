package aliyun

import (
	"bytes"
	"cmp"
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"towncrier/phone"
	"towncrier/sms"
)

// What must be in no error and no log.
const (
	testKeyID  = "LTAI5tKeyIDneverShown"
	testSecret = "secret0never0shown"
	testSign   = "云城测试街道"
	testNumber = phone.Number("19900001234")
	testCode   = "481516"
)

var testText = sms.Text{To: testNumber, Template: "SMS_100000001", Params: map[string]string{"code": testCode}, OutID: "out-1"}

// api is the provider's side: it accepts what is signed as its documentation says, and otherwise answers as told.
type api struct {
	*httptest.Server
	answer func(w http.ResponseWriter, r *http.Request) // nil: OK

	connections, most, now atomic.Int64
	mu                     sync.Mutex
	calls                  []url.Values
	seen                   map[string]bool
}

func newAPI(t testing.TB) *api {
	a := &api{seen: map[string]bool{}}
	a.Server = httptest.NewUnstartedServer(a)
	a.Config.ConnState = func(_ net.Conn, s http.ConnState) {
		if s == http.StateNew {
			a.connections.Add(1)
		}
	}
	a.Start()
	t.Cleanup(a.Close)
	return a
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	now := a.now.Add(1)
	defer a.now.Add(-1)
	for most := a.most.Load(); now > most && !a.most.CompareAndSwap(most, now); most = a.most.Load() {
	}
	r.ParseForm()
	a.mu.Lock()
	a.calls = append(a.calls, r.Form)
	nonce := r.Form.Get("SignatureNonce")
	repeated := a.seen[nonce]
	a.seen[nonce] = true
	a.mu.Unlock()
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	switch {
	case repeated:
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"Code":"SignatureNonceUsed"}`)
	case r.Form.Get("AccessKeyId") != testKeyID || r.Form.Get("Signature") != signature(r.Method, r.Form, testSecret):
		w.WriteHeader(http.StatusBadRequest)
		io.WriteString(w, `{"Code":"SignatureDoesNotMatch"}`)
	case a.answer != nil:
		a.answer(w, r)
	default:
		io.WriteString(w, `{"Code":"OK","Message":"OK","BizId":"900619746936498440^0","RequestId":"F655A8D5-B967-440B-8683-DAD6FF8DE990"}`)
	}
}

// signature is RPC v1's: base64 of HMAC-SHA1 under the secret and "&" over method, "/" and the sorted parameters, each
// percent-encoded once, and the whole once more.
func signature(method string, parameters url.Values, secret string) string {
	var pairs []string
	for name := range parameters {
		if name != "Signature" {
			pairs = append(pairs, percent(name)+"="+percent(parameters.Get(name)))
		}
	}
	slices.Sort(pairs)
	mac := hmac.New(sha1.New, []byte(secret+"&"))
	io.WriteString(mac, method+"&%2F&"+percent(strings.Join(pairs, "&")))
	return base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// percent encodes as RFC 3986 says.
func percent(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || strings.IndexByte("-_.~", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

func newClient(t testing.TB, cfg Config) *Client {
	t.Helper()
	cfg.AccessKeyID = cmp.Or(cfg.AccessKeyID, testKeyID)
	cfg.AccessKeySecret = cmp.Or(cfg.AccessKeySecret, testSecret)
	cfg.Sign = cmp.Or(cfg.Sign, testSign)
	c, err := New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

// logs collects what is logged.
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

// sink collects what is pushed; before runs first.
type sink struct {
	before   func(ctx context.Context) error
	mu       sync.Mutex
	receipts []sms.Receipt
	replies  []sms.Reply
}

func (s *sink) TakeReceipts(ctx context.Context, receipts []sms.Receipt) error {
	return s.take(ctx, func() { s.receipts = append(s.receipts, receipts...) })
}

func (s *sink) TakeReplies(ctx context.Context, replies []sms.Reply) error {
	return s.take(ctx, func() { s.replies = append(s.replies, replies...) })
}

func (s *sink) take(ctx context.Context, keep func()) error {
	if s.before != nil {
		if err := s.before(ctx); err != nil {
			return err
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	keep()
	return nil
}
