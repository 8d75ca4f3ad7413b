package worker_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/aliyun"
	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/sms"
)

// TestBroadcastOverTheWire sends a broadcast through a pretend Alibaba Cloud that loses an answer after it took a hundred texts,
// breaks down before it took another hundred, and reports twice, some of it before the call is answered. By its own record
// everybody gets one text; and every delivery ends as delivered.
func TestBroadcastOverTheWire(t *testing.T) {
	base := awayFromMidnight()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	pretend, err := sandbox.New(sandbox.Config{
		Config: platform.Config{Now: func() time.Time { return time.Now().Add(base) }},
		WeChat: pretendwechat.Config{AppID: "wx0123456789abcdef", Secret: "secret", Token: "token", WebhookURL: server.URL + "/wechat"},
		SMS: &pretendsms.Config{
			AccessKeyID: "testId", AccessKeySecret: "testSecret", Delay: 10 * time.Millisecond,
			Templates: []pretendsms.Template{{Code: "SMS_1", Kind: pretendsms.NoticeTemplate, Text: "居民您好，${what}。"}},
			ReportURL: server.URL + "/sms/report/" + callbackKey, ReplyURL: server.URL + "/sms/reply/" + callbackKey,
			ReportRetries: []time.Duration{10 * time.Millisecond, 10 * time.Millisecond, 10 * time.Millisecond},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pretend.Close)
	mux.Handle("/sandbox/", pretend.Handler())
	for _, f := range []platform.Fault{
		{API: "aliyun/SendBatchSms", Kind: platform.FaultTimeout, Count: 1}, {API: "aliyun/SendBatchSms", Kind: platform.Fault5xx, Count: 1},
		{API: "aliyun/report", Kind: platform.FaultEarly, Count: 50}, {API: "aliyun/report", Kind: platform.FaultTwice, Count: 50},
	} {
		if err := pretend.Faults.Add(f); err != nil {
			t.Fatal(err)
		}
	}
	client, err := aliyun.New(aliyun.Config{
		AccessKeyID: "testId", AccessKeySecret: "testSecret", Sign: pretendsms.DefaultSign,
		Endpoint: server.URL + "/sandbox/aliyun/", Timeout: time.Second, Concurrency: 4,
	})
	if err != nil {
		t.Fatal(err)
	}
	var ahead atomic.Int64 // of the process's clock
	ahead.Store(int64(base))
	now := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	texts, err := aliyun.NewProvider(client, 0, now)
	if err != nil {
		t.Fatal(err)
	}

	f := newFixture(t)
	p := f.process(t, redis.NewClient(embedded(t)))
	service, rows := p.broadcasts(f, nil)
	log := slog.New(slog.NewTextHandler(f, nil))
	service.Now = now
	cfg := p.cfg.Broadcasts.EngineConfig
	cfg.Providers = map[broadcast.Channel]broadcast.Provider{broadcast.SMS: texts}
	cfg.AskAgain = time.Second
	engine := broadcast.NewEngine(cfg)
	p.cfg.Broadcasts = engine
	outbox := sms.New(sms.Config{Store: p.rows.SMS(), Stops: f.stops(), OtherReceipts: engine, Now: now, Log: log})
	p.cfg.Inbound = outbox
	callbacks, err := aliyun.NewCallbacks(aliyun.CallbackConfig{Key: callbackKey, Sink: outbox, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/sms/", callbacks)

	const residents = 400
	id := p.due(t, service, residents)
	p.start(t)
	count := func(state broadcast.State) (n int) {
		tally, err := rows.Tally(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range tally {
			if c.State == state {
				n += c.N
			}
		}
		return n
	}
	poll(t, "all is reported but what was never taken", func() bool { return count(broadcast.Delivered) == residents-100 })
	if n := count(broadcast.InDoubt); n != 100 {
		t.Errorf("%d in doubt, want 100", n)
	}
	// The provider knows nothing of them: asked twice, they go again.
	ahead.Add(int64(time.Minute))
	poll(t, "it is done", func() bool {
		b, err := rows.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		return b.Status == broadcast.Done
	})
	if n := count(broadcast.Delivered); n != residents {
		t.Errorf("%d delivered, want %d", n, residents)
	}
	got := make(map[string]int)
	for _, e := range pretend.Record.Texts("") {
		if e.Kind == platform.KindSMS {
			got[e.SMS.Phone]++
		}
	}
	if len(got) != residents {
		t.Errorf("%d numbers got a text, want %d", len(got), residents)
	}
	for _, n := range got {
		if n != 1 {
			t.Errorf("a number got %d texts", n)
		}
	}
}

// awayFromMidnight is what to add to the time of day: within ten minutes before a midnight in China the provider cannot be
// asked of the day to come, and what is in doubt waits for it.
func awayFromMidnight() time.Duration {
	now := time.Now().UTC().Add(8 * time.Hour)
	if now.Truncate(24*time.Hour).Add(24*time.Hour).Sub(now) < 15*time.Minute {
		return -12 * time.Minute // the provider's signatures allow of 15
	}
	return 0
}
