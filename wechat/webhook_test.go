package wechat

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/bot"
)

func TestVerifyURL(t *testing.T) {
	for _, key := range []string{"", testKey} {
		r := newFixture(t, key, say("x"), nil)
		get := func(q url.Values) (int, string) {
			return r.do(httptest.NewRequest(http.MethodGet, "/wechat?"+q.Encode(), nil))
		}
		q := r.query(time.Now(), "n", "")
		q.Set("echostr", "<b>4375120948345356249</b>")
		if status, body := get(q); status != 200 || body != "<b>4375120948345356249</b>" {
			t.Errorf("answer %d %q; want echostr unchanged", status, body)
		}
		for name, c := range map[string]struct {
			set, to string
			status  int
		}{
			"wrong signature": {"signature", "0000", 403},
			"no signature":    {"signature", "", 403},
			"other nonce":     {"nonce", "m", 403},
			"no timestamp":    {"timestamp", "", 400},
			"no echostr":      {"echostr", "", 400},
		} {
			bad := r.query(time.Now(), "n", "")
			bad.Set("echostr", "1")
			bad.Set(c.set, c.to)
			if status, _ := get(bad); status != c.status {
				t.Errorf("%s: %d, want %d", name, status, c.status)
			}
		}
		old := r.query(time.Now().Add(-6*time.Minute), "n", "")
		old.Set("echostr", "1")
		if status, _ := get(old); status != 403 {
			t.Errorf("old clock: %d", status)
		}
		if want := 5; r.log.lines() != want { // of 6 refusals three are for the signature; the clock is told beside
			t.Errorf("%d events, want %d:\n%s", r.log.lines(), want, r.log)
		}
		r.noSecrets()
	}
}

func TestAnswers(t *testing.T) {
	for mode, key := range map[string]string{"plaintext": "", "sealed": testKey} {
		t.Run(mode, func(t *testing.T) {
			var got bot.Message
			var id string
			r := newFixture(t, key, answerFunc(func(ctx context.Context, m bot.Message) (bot.Reply, error) {
				got, id = m, MessageID(ctx)
				return bot.Reply{Kind: bot.Clarified, Text: "您是问 ]]> 哪一个？"}, nil
			}), nil)
			status, body := r.do(r.push(text(1, "遛狗要牵绳吗")))
			wantText(t, status, body, "您是问 ]]> 哪一个？")
			if len(got.ID) != 32 {
				t.Errorf("the message is %q to the bot, want what tells it from all others", got.ID)
			}
			got.ID = ""
			if want := (bot.Message{From: testOpenID, Kind: bot.Text, Text: "遛狗要牵绳吗", At: time.Unix(r.created, 0)}); got != want {
				t.Errorf("the bot saw %+v, want %+v", got, want)
			}
			if got := r.outcomes(); got != "text clarify" {
				t.Errorf("observed %q", got)
			}
			if len(id) != 12 || !strings.Contains(r.log.String(), id) || r.log.lines() != 1 {
				t.Errorf("message id %q should follow the message into one event:\n%s", id, r.log)
			}
			r.noSecrets("遛狗")
		})
	}
}

func TestSilenceAndEvents(t *testing.T) {
	var asked []bot.Kind
	var handed []int64
	r := newFixture(t, testKey, answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		asked = append(asked, m.Kind)
		return bot.Reply{Kind: bot.Silence}, nil
	}), func(cfg *Config) {
		cfg.Events.TemplateResult = func(_ context.Context, r NoticeResult) error {
			handed = append(handed, r.MsgID)
			return nil
		}
	})
	for _, body := range []string{
		event("unsubscribe", ""), event("VIEW", "<EventKey>http://u</EventKey>"), event("LOCATION", ""), event("teleport", ""),
		event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID>"), event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID>"),
		event("TEMPLATESENDJOBFINISH", "<MsgID>6</MsgID>"), event("subscribe_msg_popup_event", ""),
	} {
		if status, body := r.do(r.push(body)); status != 200 || body != "success" {
			t.Errorf("answer %d %q, want success", status, body)
		}
	}
	if fmt.Sprint(asked) != "[unfollow]" {
		t.Errorf("the bot was asked %v", asked)
	}
	if want := "[5 5 6]"; fmt.Sprint(handed) != want {
		t.Errorf("handed on %v, want %v: as often as they came", handed, want)
	}
	if want := "unfollow none, event acknowledged, event acknowledged, event acknowledged, event acknowledged, event acknowledged, event acknowledged, event acknowledged"; r.outcomes() != want {
		t.Errorf("observed %s", r.outcomes())
	}
}

func TestEventsOfOneSecondAreTwo(t *testing.T) {
	var taps atomic.Int32
	r := newFixture(t, "", answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		taps.Add(1)
		return bot.Reply{Kind: bot.Answered, Text: m.Text}, nil
	}), nil)
	for _, key := range []string{"a", "b", "a"} {
		status, body := r.do(r.push(strings.Replace(event("CLICK", "<EventKey>"+key+"</EventKey>"), "oA", testOpenID, 1)))
		wantText(t, status, body, key)
	}
	if taps.Load() != 2 {
		t.Errorf("ran %d times, want 2: the third is a retry of the first", taps.Load())
	}
}

func TestCompatibleModeTrustsOnlyEncrypt(t *testing.T) {
	r := newFixture(t, testKey, answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
		return bot.Reply{Kind: bot.Answered, Text: m.From + m.Text}, nil
	}), nil)
	sealed, err := r.platform.Seal(Current, []byte(r.dated(text(1, "真的"))))
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(text(2, "伪造"), "</xml>", "<Encrypt><![CDATA["+sealed+"]]></Encrypt></xml>", 1)
	body = strings.Replace(body, testOpenID, "oForged", 1)
	status, got := r.do(post(r.query(time.Now(), "n", sealed), body))
	wantText(t, status, got, testOpenID+"真的")
}

func TestReplyUnderThePreviousKey(t *testing.T) {
	oldKey := strings.Repeat("o", 43)
	r := newFixture(t, oldKey, say("你好"), func(cfg *Config) { cfg.Crypto = newCrypto(t, testAppID, testToken, testKey, oldKey) })
	status, body := r.do(r.push(text(1, "hi"))) // the platform knows only the old key, and must open the answer
	wantText(t, status, body, "你好")
}

func TestLongAndOddTexts(t *testing.T) {
	for name, content := range map[string]string{
		"20,000 letters":     strings.Repeat("a", 20_000),
		"15,000 characters":  strings.Repeat("狗", 15_000),
		"emoji only":         "🐕🏠👨‍👩‍👧",
		"control characters": "\x00\x01\x02a\x1b[31m\x7f",
		"not UTF-8":          "\xff\xfe\xe7\x8b",
		"nothing":            "",
		"markup":             "<script>alert(1)</script>&amp;",
	} {
		r := newFixture(t, testKey, answerFunc(func(_ context.Context, m bot.Message) (bot.Reply, error) {
			return bot.Reply{Kind: bot.Answered, Text: strings.Repeat("长长的一行\n", 300) + m.Text}, nil
		}), nil)
		status, body := r.do(r.push(text(1, content)))
		p, err := readPassive(body)
		if status != 200 || err != nil || len(p.Content) > MaxText || !strings.HasPrefix(p.Content, "长长的一行\n") {
			t.Errorf("%s: %d, %v, %d bytes", name, status, err, len(p.Content))
		}
		r.noSecrets()
	}
}

func TestRefusals(t *testing.T) {
	secure := newFixture(t, testKey, say("x"), nil)
	plain := newFixture(t, "", say("x"), nil)
	foreign := newCrypto(t, "wxother", testToken, testKey, "")
	stranger := newCrypto(t, testAppID, "another token", testKey, "")
	body := secure.dated(text(1, "你好"))
	created := secure.created
	sealedBy := func(c *Crypto) string {
		sealed, err := c.Seal(Current, []byte(body))
		if err != nil {
			t.Fatal(err)
		}
		return sealed
	}
	pushAt := func(at time.Time) *http.Request {
		sealed := sealedBy(secure.platform)
		return post(secure.query(at, "n", sealed), string(Envelope{Encrypt: sealed}.XML()))
	}
	sealed := func(s string) *http.Request {
		return post(secure.query(time.Now(), "n", s), string(Envelope{Encrypt: s}.XML()))
	}
	with := func(req *http.Request, name, value string) *http.Request {
		q := req.URL.Query()
		q.Set(name, value)
		req.URL.RawQuery = q.Encode()
		return req
	}
	type refusal struct {
		name   string
		r      *fixture
		req    *http.Request
		status int
	}
	cases := []refusal{
		{"downgrade: unsigned plaintext", secure, post(url.Values{"timestamp": {strconv.FormatInt(time.Now().Unix(), 10)}}, body), 403},
		{"downgrade: signed plaintext", secure, post(secure.query(time.Now(), "n", ""), body), 403},
		{"downgrade: encrypt_type raw", secure, with(pushAt(time.Now()), "encrypt_type", "raw"), 403},
		{"wrong msg_signature", secure, with(pushAt(time.Now()), "msg_signature", strings.Repeat("0", 40)), 403},
		{"no msg_signature", secure, with(pushAt(time.Now()), "msg_signature", ""), 403},
		{"signature in the place of msg_signature", secure, with(pushAt(time.Now()), "msg_signature", secure.query(time.Now(), "n", "").Get("signature")), 403},
		{"signed with another token", secure, with(pushAt(time.Now()), "msg_signature", stranger.Signature("n")), 403},
		{"old clock", secure, pushAt(time.Now().Add(-6 * time.Minute)), 403},
		{"future clock", secure, pushAt(time.Now().Add(6 * time.Minute)), 403},
		{"clock of 1970", secure, pushAt(time.Unix(1, 0)), 403},
		{"clock past 32 bits", secure, pushAt(time.Unix(1<<33, 0)), 403},
		{"clock past 64 bits", secure, with(pushAt(time.Now()), "timestamp", strings.Repeat("9", 30)), 400},
		{"clock at the end of 64 bits", secure, with(pushAt(time.Now()), "timestamp", "9223372036854775807"), 403},
		{"clock at the other end", secure, with(pushAt(time.Now()), "timestamp", "-9223372036854775808"), 400},
		{"clock with a sign", secure, with(pushAt(time.Now()), "timestamp", "+"+strconv.FormatInt(time.Now().Unix(), 10)), 400},
		{"clock with a zero in front", secure, with(pushAt(time.Now()), "timestamp", "0"+strconv.FormatInt(time.Now().Unix(), 10)), 400},
		{"clock with a space", secure, with(pushAt(time.Now()), "timestamp", strconv.FormatInt(time.Now().Unix(), 10)+" "), 400},
		{"sealed six minutes ago, signed now", secure, secure.push(strings.Replace(body, fmt.Sprint(created), fmt.Sprint(created-400), 1)), 403},
		{"sealed in six minutes, signed now", secure, secure.push(strings.Replace(body, fmt.Sprint(created), fmt.Sprint(created+400), 1)), 403},
		{"sealed at no time, signed now", secure, secure.push(strings.Replace(body, fmt.Sprint(created), "", 1)), 403},
		{"another app id", secure, sealed(sealedBy(foreign)), 403},
		{"not a cipher", secure, sealed("!!!!"), 403},
		{"empty cipher", secure, sealed(""), 403},
		{"no Encrypt", secure, post(secure.query(time.Now(), "n", "x"), body), 400},
		{"JSON", secure, post(secure.query(time.Now(), "n", "x"), `{"Encrypt":"x"}`), 400},
		{"empty body", secure, post(secure.query(time.Now(), "n", "x"), ""), 400},
		{"1 MiB", secure, post(secure.query(time.Now(), "n", "x"), strings.Repeat("a", 1<<20)), 413},
		{"sealed JSON", secure, secure.push(`{"FromUserName":"x"}`), 400},
		{"sealed bomb", secure, secure.push(`<!DOCTYPE l [<!ENTITY a "aaaa">]><xml><Content>&a;</Content></xml>`), 400},
		{"sealed nesting", secure, secure.push("<xml>" + strings.Repeat("<a>", 5000)), 400},
		{"nobody's message", secure, secure.push(`<xml><MsgType>text</MsgType></xml>`), 400},
		{"message of no type", secure, secure.push(`<xml><FromUserName>` + testOpenID + `</FromUserName></xml>`), 400},
		{"PUT", secure, httptest.NewRequest(http.MethodPut, "/wechat", nil), 405},
		{"sealed without a key here", plain, post(plain.query(time.Now(), "n", "x"), body), 403},
		{"plaintext, wrong signature", plain, with(plain.push(body), "signature", "0"), 403},
		{"plaintext, unknown encrypt_type", plain, with(plain.push(body), "encrypt_type", "rot13"), 400},
		{"plaintext, old clock", plain, post(plain.query(time.Now().Add(-time.Hour), "n", ""), body), 403},
		{"plaintext, 1 MiB", plain, plain.push(strings.Repeat("a", 1<<20)), 413},
		{"plaintext, bomb", plain, plain.push(`<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><xml><Content>&e;</Content></xml>`), 400},
	}
	whole := sealedBy(secure.platform)
	for n := 1; n < len(whole); n += 7 {
		cases = append(cases, refusal{fmt.Sprintf("cipher of %d bytes", n), secure, sealed(whole[:n]), 403})
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			before := c.r.log.lines()
			w := httptest.NewRecorder()
			c.r.hook.ServeHTTP(w, c.req)
			if w.Code != c.status {
				t.Errorf("%d %q, want %d", w.Code, w.Body, c.status)
			}
			if n := c.r.log.lines() - before; n > 2 { // the refusal, and the clock that is off
				t.Errorf("%d events", n)
			}
			if strings.Contains(w.Body.String(), testOpenID) || strings.Contains(w.Body.String(), testToken) {
				t.Errorf("the answer leaks: %q", w.Body)
			}
		})
	}
	// A body whose length is not announced, and one that breaks off.
	endless := post(plain.query(time.Now(), "n", ""), "")
	endless.Body, endless.ContentLength = http.NoBody, -1
	if status, _ := plain.do(endless); status != 400 {
		t.Errorf("empty chunked body: %d", status)
	}
	short := plain.push(body)
	short.ContentLength += 10
	if status, _ := plain.do(short); status != 400 {
		t.Errorf("body that broke off: %d", status)
	}
	for _, r := range []*fixture{secure, plain} {
		r.noSecrets("你好")
		if strings.Contains(strings.ReplaceAll(r.outcomes(), "refused refused", ""), "text") {
			t.Errorf("something was answered: %s", r.outcomes())
		}
	}
}

// A request that is not served costs one line a minute and kind, with how many there were.
func TestWrongRequestsDoNotFillTheLog(t *testing.T) {
	now := time.Now()
	r := newFixture(t, "", say("x"), func(cfg *Config) { cfg.Now = func() time.Time { return now } })
	wrong := func() {
		req := r.push(text(1, "a"))
		q := req.URL.Query()
		q.Set("signature", "0")
		req.URL.RawQuery = q.Encode()
		r.do(req)
	}
	for range 1000 {
		wrong()
		r.do(httptest.NewRequest(http.MethodPut, "/wechat", nil))
	}
	if n := r.log.lines(); n != 2 {
		t.Errorf("%d lines for two kinds, want 2:\n%s", n, r.log)
	}
	now = now.Add(61 * time.Second)
	wrong()
	if n := r.log.lines(); n != 3 || !strings.Contains(r.log.String(), `"held_back":999`) {
		t.Errorf("%d lines a minute later, want one more, which counts:\n%s", n, r.log)
	}
	if got := strings.Count(r.outcomes(), "refused"); got != 2*2001 {
		t.Errorf("counted %d, want every one", got/2)
	}
}

// While this server's clock is off, residents cannot be answered, but what WeChat tells of messages that were sent is not
// pushed again: it is taken when its signature and its seal are sound.
func TestResultsAreTakenWhateverTheClock(t *testing.T) {
	popup := event("subscribe_msg_popup_event", "")
	for _, offset := range []time.Duration{-10 * time.Minute, 10 * time.Minute, 8 * time.Hour} {
		for mode, key := range map[string]string{"plaintext": "", "sealed": testKey} {
			t.Run(fmt.Sprintf("%s %v", mode, offset), func(t *testing.T) {
				var handed []int64
				off := offset
				r := newFixture(t, key, say("x"), func(cfg *Config) {
					cfg.Now = func() time.Time { return time.Now().Add(off) }
					take := func(_ context.Context, r NoticeResult) error {
						handed = append(handed, r.MsgID)
						return nil
					}
					cfg.Events = Events{TemplateResult: take, SubscriptionResult: take}
				})
				results := []string{event("TEMPLATESENDJOBFINISH", "<MsgID>5</MsgID><Status>success</Status>"), event("subscribe_msg_sent_event", "<SubscribeMsgSentEvent><List><MsgID>6</MsgID><ErrorCode>0</ErrorCode></List></SubscribeMsgSentEvent>"), event("MASSSENDJOBFINISH", "")}
				want := 403
				if mode == "sealed" {
					want = 200
				}
				for _, body := range results {
					if status, answer := r.do(r.push(body)); status != want {
						t.Errorf("a result: %d %s, want %d", status, answer, want)
					}
				}
				if mode == "sealed" && fmt.Sprint(handed) != "[5 6]" || mode == "plaintext" && len(handed) != 0 {
					t.Errorf("handed on %v", handed)
				}
				for _, body := range []string{text(1, "a"), event("unsubscribe", ""), popup} {
					if status, _ := r.do(r.push(body)); status != 403 {
						t.Errorf("%s: %d, want 403", body, status)
					}
				}
				if got := r.hook.Skew(); (got - offset).Abs() > time.Minute {
					t.Errorf("skew %v, want %v", got, offset)
				}
				if err := r.hook.CheckClock(t.Context()); err == nil || !strings.Contains(err.Error(), "clock") {
					t.Errorf("the clock is sound: %v", err)
				}
				if n := strings.Count(r.log.String(), "clock differs"); n != 1 {
					t.Errorf("the log tells of the clock %d times, want once:\n%s", n, r.log)
				}
				off = 0
				if status, _ := r.do(r.push(text(2, "a"))); status != 200 || r.hook.CheckClock(t.Context()) != nil {
					t.Errorf("with the clock set right: %d, %v", status, r.hook.CheckClock(t.Context()))
				}
				r.noSecrets()
			})
		}
	}
}

// What is not signed says nothing about the clock.
func TestAStrangerCannotPutTheClockInDoubt(t *testing.T) {
	r := newFixture(t, testKey, say("x"), nil)
	req := r.push(text(1, "a"))
	q := req.URL.Query()
	q.Set("timestamp", "1714112445")
	req.URL.RawQuery = q.Encode()
	if status, _ := r.do(req); status != 403 || r.hook.CheckClock(t.Context()) != nil {
		t.Errorf("%d, %v", status, r.hook.CheckClock(t.Context()))
	}
}

func TestAnswererThatBreaks(t *testing.T) {
	var nothing *bot.Reply
	for name, answer := range map[string]answerFunc{
		"error":          func(context.Context, bot.Message) (bot.Reply, error) { return bot.Reply{}, errors.New("store is gone") },
		"panic":          func(_ context.Context, m bot.Message) (bot.Reply, error) { panic("boom " + m.From) },
		"nil pointer":    func(context.Context, bot.Message) (bot.Reply, error) { return *nothing, nil },
		"panic(nil err)": func(context.Context, bot.Message) (bot.Reply, error) { panic(error(nil)) },
	} {
		t.Run(name, func(t *testing.T) {
			var runs atomic.Int32
			r := newFixture(t, testKey, answerFunc(func(ctx context.Context, m bot.Message) (bot.Reply, error) {
				runs.Add(1)
				return answer(ctx, m)
			}), nil)
			for range 2 {
				status, body := r.do(r.push(text(1, "你好")))
				wantText(t, status, body, defaultApology)
			}
			if runs.Load() != 1 {
				t.Errorf("ran %d times", runs.Load())
			}
			if got := r.outcomes(); got != "text failed, text repeat" {
				t.Errorf("observed %q", got)
			}
			r.noSecrets("你好")
		})
	}
	r := newFixture(t, "", say("x"), func(cfg *Config) {
		cfg.Events.TemplateResult = func(context.Context, NoticeResult) error { panic("boom") }
	})
	if status, body := r.do(r.push(event("TEMPLATESENDJOBFINISH", ""))); status != 200 || body != "success" {
		t.Errorf("broken hook: %d %q; nobody waits for an event's answer", status, body)
	}
}

func TestNewWebhookWantsItsParts(t *testing.T) {
	if _, err := NewWebhook(Config{}); err == nil || !strings.Contains(err.Error(), "Crypto") {
		t.Errorf("empty configuration: %v", err)
	}
}
