package sandboxtest

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/wechat"
)

// Ding is the last of platform.DefaultResidents.
const Ding = "oSANDBOX-resident-ding000004"

// The account's templates of both kinds.
var (
	MessageTemplate      = pretendwechat.DefaultTemplates()[0]
	SubscriptionTemplate = pretendwechat.DefaultTemplates()[1]
)

// TemplateMessage is a broadcast that fills MessageTemplate.
func TemplateMessage(title string) broadcast.Message {
	return broadcast.Message{Channel: broadcast.Template, Template: "notice", Data: map[string]string{
		"thing1": title, "thing2": "出门遛狗请牵绳", "time3": "2026年3月1日 08:00",
	}, URL: "https://example.com/n/1"}
}

// SubscriptionNotice is a broadcast that fills SubscriptionTemplate.
func SubscriptionNotice(title string) broadcast.Message {
	return broadcast.Message{Channel: broadcast.Subscription, Template: "notice", Data: map[string]string{
		"thing1": title, "thing2": "请带身份证", "const3": "提醒",
	}}
}

// Events collects what the account is told of.
type Events struct {
	mu       sync.Mutex
	Results  []wechat.NoticeResult // of both kinds
	Consents []wechat.Consent
}

// Hooks are what to give the webhook.
func (e *Events) Hooks() wechat.Events {
	result := func(_ context.Context, r wechat.NoticeResult) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.Results = append(e.Results, r)
		return nil
	}
	return wechat.Events{TemplateResult: result, SubscriptionResult: result, Consent: func(_ context.Context, c wechat.Consent) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.Consents = append(e.Consents, c)
		return nil
	}}
}

// List are the results so far.
func (e *Events) List() []wechat.NoticeResult {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.Results)
}

// Until waits for n results.
func (e *Events) Until(t *testing.T, n int) []wechat.NoticeResult {
	t.Helper()
	Eventually(t, fmt.Sprint(n, " results"), func() bool { return len(e.List()) >= n })
	return e.List()
}

// OpenNotices opens a fixture whose residents follow and agreed, and its provider of a channel.
func OpenNotices(t *testing.T, channel broadcast.Channel, change func(*sandbox.Config)) (*Fixture, *wechat.Provider, *Events) {
	t.Helper()
	events := &Events{}
	cfg := sandbox.Config{Config: platform.Config{Residents: platform.DefaultResidents()}, WeChat: pretendwechat.Config{ResultDelay: time.Millisecond}}
	for i := range cfg.Residents {
		cfg.Residents[i].Following, cfg.Residents[i].Agreed = true, []string{SubscriptionTemplate.ID}
	}
	if change != nil {
		change(&cfg)
	}
	f := Open(t, Setting{Sandbox: cfg, Answer: Saying("好"), Events: events.Hooks()})
	provider, err := wechat.NewProvider(f.Client, channel, 0, f.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return f, provider, events
}

// To is a notice to one resident.
func To(openid string, n int64) broadcast.OutboundMessage {
	return broadcast.OutboundMessage{Delivery: n, OutID: fmt.Sprintf("B0123456789-%d-1", n), OpenID: openid}
}

// Reached lists what reached a resident by a channel.
func (f *Fixture) Reached(openid string, kind string) (list []platform.Entry) {
	for _, e := range f.Record.Of(openid) {
		if e.Kind == kind && e.State == platform.Delivered {
			list = append(list, e)
		}
	}
	return list
}
