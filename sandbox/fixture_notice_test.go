package sandbox_test

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

const ding = "oSANDBOX-resident-ding000004"

var (
	messageForm      = pretendwechat.DefaultTemplates()[0]
	subscriptionForm = pretendwechat.DefaultTemplates()[1]
)

func templateOf(title string) broadcast.Message {
	return broadcast.Message{Channel: broadcast.Template, Template: "notice", Data: map[string]string{
		"thing1": title, "thing2": "出门遛狗请牵绳", "time3": "2026年3月1日 08:00",
	}, URL: "https://example.com/n/1"}
}

func subscriptionOf(title string) broadcast.Message {
	return broadcast.Message{Channel: broadcast.Subscription, Template: "notice", Data: map[string]string{
		"thing1": title, "thing2": "请带身份证", "const3": "提醒",
	}}
}

// events collects what the account is told of.
type events struct {
	mu       sync.Mutex
	results  []wechat.NoticeResult // of both kinds
	consents []wechat.Consent
}

func (e *events) hooks() wechat.Events {
	result := func(_ context.Context, r wechat.NoticeResult) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.results = append(e.results, r)
		return nil
	}
	return wechat.Events{TemplateResult: result, SubscriptionResult: result, Consent: func(_ context.Context, c wechat.Consent) error {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.consents = append(e.consents, c)
		return nil
	}}
}

func (e *events) list() []wechat.NoticeResult {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.results)
}

// until waits for n results.
func (e *events) until(t *testing.T, n int) []wechat.NoticeResult {
	t.Helper()
	eventually(t, fmt.Sprint(n, " results"), func() bool { return len(e.list()) >= n })
	return e.list()
}

// notices opens a fixture whose residents follow and agreed, and its provider of a channel.
func notices(t *testing.T, channel broadcast.Channel, change func(*sandbox.Config)) (*fixture, *wechat.Provider, *events) {
	t.Helper()
	told := &events{}
	cfg := sandbox.Config{Config: platform.Config{Residents: platform.DefaultResidents()}, WeChat: pretendwechat.Config{ResultDelay: time.Millisecond}}
	for i := range cfg.Residents {
		cfg.Residents[i].Following, cfg.Residents[i].Agreed = true, []string{subscriptionForm.ID}
	}
	if change != nil {
		change(&cfg)
	}
	tw := open(t, setting{sandbox: cfg, answer: saying("好"), events: told.hooks()})
	carrier, err := wechat.NewProvider(tw.client, channel, 0, tw.clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	return tw, carrier, told
}

func letter(openid string, n int64) broadcast.OutboundMessage {
	return broadcast.OutboundMessage{Delivery: n, OutID: fmt.Sprintf("B0123456789-%d-1", n), OpenID: openid}
}

// reached lists what reached a resident by a channel.
func (tw *fixture) reached(openid string, kind string) (list []platform.Entry) {
	for _, e := range tw.Record.Of(openid) {
		if e.Kind == kind && e.State == platform.Delivered {
			list = append(list, e)
		}
	}
	return list
}
