package wechat

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/bot"
	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/seal"
)

// again is the same message as the platform pushes it again: sealed anew under a fresh nonce.
func (r *fixture) again(body string, nonce string) *http.Request {
	r.t.Helper()
	sealed, err := r.platform.Seal(Current, []byte(r.dated(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	return post(r.query(time.Now(), nonce, sealed), string(Envelope{Encrypt: sealed}.XML()))
}

// replies keeps first replies in server, through a client of its own, as another process would.
func replies(t testing.TB, server *kvtest.Server, sealer *seal.Sealer) func(*Config) {
	t.Helper()
	client, closeAll, err := kv.Open(t.Context(), server.URL())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll() })
	return func(cfg *Config) { cfg.First = kv.NewFirstReplies(client, sealer) }
}

func TestRetryGetsTheFirstReply(t *testing.T) {
	server, sealer := kvtest.Start(t), newBox(t)
	var runs atomic.Int32
	answer := answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
		return bot.Reply{Kind: bot.Answered, Text: fmt.Sprintf("第%d次", runs.Add(1))}, nil
	})
	here := newFixture(t, testKey, answer, replies(t, server, sealer))
	there := newFixture(t, testKey, answer, replies(t, server, sealer)) // another process, with a client of its own

	first := here.push(text(1, "你好"))
	_, want := here.do(first)
	wantText(t, 200, want, "第1次")
	for name, c := range map[string]struct {
		r   *fixture
		req *http.Request
	}{
		"fresh query, same process":  {here, here.again(text(1, "你好"), "n2")},
		"fresh query, other process": {there, there.again(text(1, "你好"), "n3")},
	} {
		if status, got := c.r.do(c.req); status != 200 || got != want {
			t.Errorf("%s: %d %q, want the same plaintext %q", name, status, got, want)
		}
	}
	sealed, err := here.platform.Seal(Current, []byte(here.dated(text(2, "再见"))))
	if err != nil {
		t.Fatal(err)
	}
	q := here.query(time.Now(), "n", sealed)
	send := func(r *fixture) string {
		status, got := r.do(post(q, string(Envelope{Encrypt: sealed}.XML())))
		wantText(t, status, got, "第2次")
		return got
	}
	if a, b, c := send(here), send(here), send(there); a != b || b != c {
		t.Errorf("identical query: %q, %q, %q", a, b, c)
	}
	if runs.Load() != 2 {
		t.Errorf("ran %d times for two messages", runs.Load())
	}
}

func TestRetryIsSealedAfresh(t *testing.T) {
	r := newFixture(t, testKey, say("你好"), nil)
	sealed, err := r.platform.Seal(Current, []byte(r.dated(text(1, "hi"))))
	if err != nil {
		t.Fatal(err)
	}
	q := r.query(time.Now(), "n", sealed)
	raw := func() string {
		var body strings.Builder
		r.hook.ServeHTTP(recorder{&body, http.Header{}}, post(q, string(Envelope{Encrypt: sealed}.XML())))
		return body.String()
	}
	if a, b := raw(), raw(); a == b || !strings.HasPrefix(a, "<xml>") {
		t.Errorf("the same bytes twice: %q", a)
	}
}

type recorder struct {
	body   *strings.Builder
	header http.Header
}

func (r recorder) Header() http.Header { return r.header }

func (r recorder) Write(p []byte) (int, error) { return r.body.Write(p) }

func (r recorder) WriteHeader(int) {}

func TestRetryWaitsForTheFirst(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var runs atomic.Int32
		r := newFixture(t, testKey, answerFunc(func(context.Context, bot.Message) (bot.Reply, error) {
			runs.Add(1)
			time.Sleep(3 * time.Second)
			return bot.Reply{Kind: bot.Answered, Text: "想好了"}, nil
		}), nil)
		start := time.Now()
		var all sync.WaitGroup
		for i := range 5 {
			req := r.again(text(1, "你好"), fmt.Sprint("n", i))
			all.Go(func() {
				status, body := r.do(req)
				wantText(t, status, body, "想好了")
			})
		}
		all.Wait()
		if took := time.Since(start); took > 4*time.Second {
			t.Errorf("took %v", took)
		}
		if runs.Load() != 1 {
			t.Errorf("ran %d times", runs.Load())
		}
	})
}

func TestKeyTellsMessagesApart(t *testing.T) {
	r := newFixture(t, "", say("x"), nil)
	seen := map[string]string{}
	for name, body := range map[string]string{
		"message 1":            text(1, "a"),
		"message 2":            text(2, "a"),
		"another resident":     strings.Replace(text(1, "a"), testOpenID, "oB", 1),
		"no id":                text(0, "a"),
		"no id, other content": text(0, "b"),
		"event":                event("CLICK", "<EventKey>k</EventKey>"),
		"other key":            event("CLICK", "<EventKey>l</EventKey>"),
		"other event":          event("SCAN", "<EventKey>k</EventKey>"),
		"other second":         strings.Replace(event("CLICK", "<EventKey>k</EventKey>"), "1714112445", "1714112446", 1),
		"job 1":                event("TEMPLATESENDJOBFINISH", "<MsgID>1</MsgID>"),
		"job 2":                event("TEMPLATESENDJOBFINISH", "<MsgID>2</MsgID>"),
	} {
		in, err := parseInbound([]byte(body))
		if err != nil {
			t.Fatal(err)
		}
		key := r.hook.answers.key(&in)
		if other, taken := seen[key]; taken {
			t.Errorf("%s and %s share a key", name, other)
		}
		seen[key] = name
		if strings.Contains(key, in.FromUserName) || len(key) != 32 {
			t.Errorf("key %q", key)
		}
	}
	in, _ := parseInbound([]byte(text(1, "a")))
	again, _ := parseInbound([]byte(text(1, "a")))
	if r.hook.answers.key(&in) != r.hook.answers.key(&again) {
		t.Error("a retry has another key")
	}
}
