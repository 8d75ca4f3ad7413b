package aliyun_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/aliyun"
	"towncrier/phone"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/sms"
)

const (
	keyID   = "LTAI5tSandbox"
	secret  = "secret0of0the0sandbox"
	pushKey = "key-of-the-pushes-0123456789abcd"
)

// fixture is the pretend platform with one client of ours and, opposite, what it pushes to us.
type fixture struct {
	platform *sandbox.Sandbox
	client   *aliyun.Client
	api      string
	now      time.Time // the platform's clock stands still: no minute, hour or day ends during a test
	called   func()    // comes before the platform hears of a call; nil for nothing

	mu       sync.Mutex
	receipts []sms.Receipt
	replies  []sms.Reply
	arrived  chan struct{} // closed and made anew with every push
}

func (w *fixture) TakeReceipts(_ context.Context, receipts []sms.Receipt) error {
	w.arrive(func() { w.receipts = append(w.receipts, receipts...) })
	return nil
}

func (w *fixture) TakeReplies(_ context.Context, replies []sms.Reply) error {
	w.arrive(func() { w.replies = append(w.replies, replies...) })
	return nil
}

func (w *fixture) arrive(keep func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	keep()
	close(w.arrived)
	w.arrived = make(chan struct{})
}

// wait returns once is holds of what was pushed.
func (w *fixture) wait(t *testing.T, is func() bool) {
	t.Helper()
	limit := time.After(time.Minute)
	for {
		w.mu.Lock()
		holds, arrived := is(), w.arrived
		w.mu.Unlock()
		if holds {
			return
		}
		select {
		case <-arrived:
		case <-limit:
			w.mu.Lock()
			defer w.mu.Unlock()
			t.Fatalf("not pushed: %d receipts, %d replies", len(w.receipts), len(w.replies))
		}
	}
}

func newFixture(t *testing.T, change ...func(*pretendsms.Config)) *fixture {
	t.Helper()
	w := &fixture{arrived: make(chan struct{}), now: time.Now()}
	callbacks, err := aliyun.NewCallbacks(aliyun.CallbackConfig{Key: pushKey, Sink: w, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ours := httptest.NewServer(callbacks)
	t.Cleanup(ours.Close)
	account := &pretendsms.Config{
		AccessKeyID: keyID, AccessKeySecret: secret, Delay: time.Millisecond, ReportRetries: []time.Duration{time.Millisecond},
		ReportURL: ours.URL + "/sms/report/" + pushKey, ReplyURL: ours.URL + "/sms/reply/" + pushKey,
	}
	for _, f := range change {
		f(account)
	}
	w.platform, err = sandbox.New(sandbox.Config{
		Config: platform.Config{Now: func() time.Time { return w.now }},
		WeChat: pretendwechat.Config{AppID: "wx0123456789abcdef", Secret: "s", Token: "t", WebhookURL: ours.URL + "/wechat"},
		SMS:    account,
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.platform.Close)
	handler := w.platform.Handler()
	theirs := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if w.called != nil {
			w.called()
		}
		handler.ServeHTTP(rw, r)
	}))
	t.Cleanup(theirs.Close)
	w.api = theirs.URL + "/sandbox/aliyun"
	w.client = w.account(t, secret, pretendsms.DefaultSign)
	return w
}

func (w *fixture) account(t *testing.T, secret, sign string) *aliyun.Client {
	t.Helper()
	c, err := aliyun.New(aliyun.Config{AccessKeyID: keyID, AccessKeySecret: secret, Sign: sign, Endpoint: w.api})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c
}

func notice(to phone.Number, outID string) sms.Text {
	return sms.Text{To: to, Template: pretendsms.DefaultNoticeTemplate, OutID: outID,
		Params: map[string]string{"committee": "东山社区", "title": "停水 9:00~11:00 & 17:00"}}
}

func TestATextAndItsReceipt(t *testing.T) {
	w := newFixture(t)
	handle, err := w.client.Send(t.Context(), notice("19900000001", "out-1"))
	if err != nil || handle == "" {
		t.Fatalf("handle %q, %v", handle, err)
	}
	w.wait(t, func() bool { return len(w.receipts) == 1 })
	r := w.receipts[0]
	if r.Handle != handle || r.OutID != "out-1" || r.Phone != "19900000001" || !r.Delivered || r.Code != "DELIVERED" || r.Parts != 1 ||
		time.Since(r.ReportedAt).Abs() > time.Minute || time.Since(r.SentAt).Abs() > time.Minute || r.Raw == "" {
		t.Errorf("receipt %+v", r)
	}
	if texts := w.platform.Record.Texts("19900000001"); len(texts) != 1 || texts[0].SMS.Params["title"] != "停水 9:00~11:00 & 17:00" {
		t.Errorf("the handset shows %+v", texts)
	}
	details, err := w.client.QueryDetails(t.Context(), "19900000001", w.now, handle)
	if err != nil || len(details) != 1 || details[0].OutID != "out-1" || details[0].State != sms.Delivered || details[0].SentAt.IsZero() {
		t.Errorf("details %+v, %v", details, err)
	}
	if details, err := w.client.QueryDetails(t.Context(), "19900000002", w.now, ""); err != nil || len(details) != 0 {
		t.Errorf("details of another number: %+v, %v", details, err)
	}
}

func TestAReply(t *testing.T) {
	w := newFixture(t)
	jia := platform.DefaultResidents()[0]
	if _, err := w.platform.Act(t.Context(), jia.OpenID, platform.Action{Kind: platform.ReplySMS, Text: "TD 🏠"}); err != nil {
		t.Fatal(err)
	}
	w.wait(t, func() bool { return len(w.replies) == 1 })
	if r := w.replies[0]; string(r.Phone) != jia.Phone || r.Content != "TD 🏠" || r.ID == "" || r.DestCode == "" || time.Since(r.At).Abs() > time.Minute {
		t.Errorf("reply %+v", r)
	}
}

func TestReceiptsThatSayNo(t *testing.T) {
	w := newFixture(t)
	for _, code := range []string{"MOBILE_NOT_ON_SERVICE", "USER_REJECT"} {
		if err := w.platform.Faults.Add(platform.Fault{API: "aliyun/report", Kind: code, Count: 1}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.client.Send(t.Context(), notice("19900000002", code)); err != nil {
			t.Fatal(err)
		}
		is := func(r sms.Receipt) bool { return r.OutID == code && r.Code == code && !r.Delivered }
		w.wait(t, func() bool { return slices.ContainsFunc(w.receipts, is) })
	}
}

func TestThePlatformSaysNo(t *testing.T) {
	w := newFixture(t)
	send := func(c *aliyun.Client, change func(*sms.Text)) error {
		text := notice("19900000003", "out")
		change(&text)
		_, err := c.Send(t.Context(), text)
		return err
	}
	as := func(*sms.Text) {}
	code := func(x *sms.Text) {
		x.Template, x.Params = pretendsms.DefaultCodeTemplate, map[string]string{"code": "481516"}
	}
	if err := send(w.client, code); err != nil {
		t.Fatal(err)
	}
	for want, err := range map[string]error{
		"SignatureDoesNotMatch":           send(w.account(t, "another0secret", pretendsms.DefaultSign), as),
		"isv.SMS_SIGNATURE_ILLEGAL":       send(w.account(t, secret, "别的签名"), as),
		"isv.SMS_TEMPLATE_ILLEGAL":        send(w.client, func(x *sms.Text) { x.Template = "SMS_999" }),
		"isv.TEMPLATE_MISSING_PARAMETERS": send(w.client, func(x *sms.Text) { x.Params = nil }),
		"isv.PARAM_NOT_SUPPORT_URL":       send(w.client, func(x *sms.Text) { x.Params["title"] = "见 https://example.cn" }),
	} {
		if e, ok := errors.AsType[*sms.Error](err); !ok || e.Code != want || e.Advice == "" {
			t.Errorf("%v, want %s", err, want)
		}
	}
	err := send(w.client, code) // one a minute
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != sms.Limited {
		t.Errorf("a second code: %v, want limited", err)
	}
}

// TestInDoubtIsSettledByAsking breaks calls before and after the platform took them: the caller cannot tell, and the
// details can.
func TestInDoubtIsSettledByAsking(t *testing.T) {
	for kind, tc := range map[string]struct {
		class sms.Class
		sent  bool
	}{
		platform.FaultTimeout:  {sms.InDoubt, true},
		platform.Fault5xxAfter: {sms.InDoubt, true},
		platform.Fault5xx:      {sms.InDoubt, false},
		platform.FaultDrop:     {sms.InDoubt, false},
		"isp.SYSTEM_ERROR":     {sms.InDoubt, false},
		"Throttling.User":      {sms.Retry, false},
	} {
		w := newFixture(t)
		if err := w.platform.Faults.Add(platform.Fault{API: "aliyun/SendSms", Kind: kind, Count: 1}); err != nil {
			t.Fatal(err)
		}
		_, err := w.client.Send(t.Context(), notice("19900000004", "doubt"))
		if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != tc.class {
			t.Errorf("%s: %v, want %s", kind, err, tc.class)
		}
		details, err := w.client.QueryDetails(t.Context(), "19900000004", w.now, "")
		if err != nil || len(details) > 1 || (len(details) == 1) != tc.sent || tc.sent && details[0].OutID != "doubt" {
			t.Errorf("%s: details %+v, %v, want sent %v", kind, details, err, tc.sent)
		}
	}
}

func TestAContextEndsACall(t *testing.T) {
	w := newFixture(t)
	if err := w.platform.Faults.Add(platform.Fault{API: "aliyun/SendSms", Kind: platform.FaultLatency, Latency: "1m"}); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	w.called = cancel
	_, err := w.client.Send(ctx, notice("19900000001", "late"))
	if e, ok := errors.AsType[*sms.Error](err); !ok || e.Class != sms.InDoubt || !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want in doubt", err)
	}
}
