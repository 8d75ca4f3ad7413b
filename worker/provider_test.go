package worker_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/aliyun"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/roster"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendsms "towncrier/sandbox/sms"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/sms"
	"towncrier/store/storetest"
	"towncrier/worker"
)

// pretendPlatform is a pretend Alibaba Cloud on the real wire, and a town that sends over it.
type pretendPlatform struct {
	*sandbox.Sandbox
	residents *roster.Roster
	texts     roster.Texts
	codes     *roster.Codes
}

const callbackKey = "0123456789abcdef0123456789abcdef"

func newPlatform(t *testing.T, client redis.UniversalClient) pretendPlatform {
	t.Helper()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	log := slog.New(slog.NewTextHandler(t.Output(), nil))
	pretend, err := sandbox.New(sandbox.Config{
		WeChat: pretendwechat.Config{AppID: "wx0123456789abcdef", Secret: "secret", Token: "token", WebhookURL: server.URL + "/wechat"},
		SMS: &pretendsms.Config{
			AccessKeyID: "testId", AccessKeySecret: "testSecret", Delay: 10 * time.Millisecond,
			ReportURL: server.URL + "/sms/report/" + callbackKey, ReplyURL: server.URL + "/sms/reply/" + callbackKey,
			ReportRetries: []time.Duration{10 * time.Millisecond, 10 * time.Millisecond, 10 * time.Millisecond},
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(pretend.Close)
	mux.Handle("/sandbox/", pretend.Handler())

	sealer := storetest.Sealer(t)
	rows := storetest.Open(t, storetest.SQLite(t), sealer)
	tickets := inbox.New(rows.Inbox(), time.Now)
	sender, err := aliyun.New(aliyun.Config{
		AccessKeyID: "testId", AccessKeySecret: "testSecret", Sign: pretendsms.DefaultSign,
		Endpoint: server.URL + "/sandbox/aliyun/", Timeout: time.Second, Concurrency: 2,
	})
	if err != nil {
		t.Fatal(err)
	}
	residents := roster.New(roster.Config{Store: rows.Roster(), Tickets: tickets, Now: time.Now})
	outbox := sms.New(sms.Config{Store: rows.SMS(), Sender: sender, Stops: residents, Now: time.Now, Log: log})
	callbacks, err := aliyun.NewCallbacks(aliyun.CallbackConfig{Key: callbackKey, Sink: outbox, Log: log})
	if err != nil {
		t.Fatal(err)
	}
	mux.Handle("/sms/", callbacks)

	heard := &said{}
	codes := roster.NewCodes(roster.CodesConfig{
		Store: kv.NewCodes(client, sealer), Queue: worker.NewCodeQueue(client), Texts: outbox, Tell: heard,
		Template: pretendsms.DefaultCodeTemplate, Enabled: true, Now: time.Now,
	})
	w, err := worker.New(worker.Config{
		Redis: client, Inbox: tickets, Teller: heard, Log: log, Every: time.Second, Codes: codes, Inbound: outbox,
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.Shutdown)
	return pretendPlatform{pretend, residents, rows.SMS(), codes}
}

// state is what the resident reads of the only text that they got.
func (p pretendPlatform) state(t *testing.T, id string) string {
	t.Helper()
	sent, err := p.texts.Sent(t.Context(), id, 10)
	if err != nil || len(sent) > 1 {
		t.Fatalf("%d texts, %v", len(sent), err)
	}
	if len(sent) == 0 {
		return ""
	}
	if sent[0].What != "短信验证码" || sent[0].Channel != roster.SMS || sent[0].By == "" || sent[0].Why == "" || sent[0].At.IsZero() {
		t.Errorf("%+v", sent[0])
	}
	return sent[0].State
}

// TestCodeOverTheWire goes the whole way of a code: asked for, on the handset, its receipt, confirmed, bound; and the way of a
// resident who has had enough. Once as it should be, and once with every answer and receipt astray.
func TestCodeOverTheWire(t *testing.T) {
	for name, faults := range map[string][]platform.Fault{
		"well": nil,
		"receipts early and twice": {
			{API: "aliyun/report", Kind: platform.FaultEarly, Count: 1}, {API: "aliyun/report", Kind: platform.FaultTwice},
		},
		"the answer is lost": {{API: "aliyun/SendSms", Kind: platform.FaultTimeout, Count: 1}},
		"throttled":          {{API: "aliyun/SendSms", Kind: "Throttling.User", Count: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlatform(t, redis.NewClient(embedded(t)))
			for _, f := range faults {
				if err := p.Faults.Add(f); err != nil {
					t.Fatal(err)
				}
			}
			if err := p.codes.Request(t.Context(), asker, mobile); err != nil {
				t.Fatal(err)
			}
			var got platform.Entry
			poll(t, "the code is on the handset", func() bool {
				for _, e := range p.Record.Texts(string(mobile)) {
					if e.Kind == platform.KindSMS && e.State == platform.Delivered {
						got = e
						return true
					}
				}
				return false
			})
			code := got.SMS.Params["code"]
			if got.SMS.Template != pretendsms.DefaultCodeTemplate || got.SMS.Sign != pretendsms.DefaultSign || !strings.Contains(got.Text, code) {
				t.Errorf("on the handset: %+v", got.SMS)
			}
			number, err := p.codes.Confirm(t.Context(), asker, code)
			if err != nil || number != mobile {
				t.Fatal(err)
			}
			me, err := p.residents.Bind(t.Context(), asker, number)
			if err != nil {
				t.Fatal(err)
			}
			poll(t, "the receipt is known", func() bool { return p.state(t, me.ID) == "已送达" })

			if _, err := p.Act(t.Context(), "", platform.Action{Kind: platform.ReplySMS, Phone: string(mobile), Text: "ＴＤ。"}); err != nil {
				t.Fatal(err)
			}
			poll(t, "SMS is stopped", func() bool {
				why, known, err := p.residents.Suppressed(t.Context(), mobile)
				return err == nil && known && why == roster.Stopped
			})
			if sent := p.Record.Texts(string(mobile)); count(sent, platform.KindSMS) != 1 {
				t.Errorf("%d texts reached the number", count(sent, platform.KindSMS))
			}
			if err := p.residents.EraseSelf(t.Context(), asker); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func count(all []platform.Entry, kind string) (n int) {
	for _, e := range all {
		if e.Kind == kind {
			n++
		}
	}
	return n
}
