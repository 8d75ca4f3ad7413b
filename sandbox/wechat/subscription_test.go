package wechat_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/wechat"
)

func TestOneSubscriptionCallAResidentAtATime(t *testing.T) {
	f, provider, _ := sandboxtest.OpenNotices(t, broadcast.Subscription, nil)
	if err := f.Faults.Add(platform.Fault{API: "subscribe/bizsend", Kind: platform.FaultLatency, Latency: "1h", Count: 1}); err != nil {
		t.Fatal(err)
	}
	send := func(ctx context.Context, n int64) broadcast.Outcome {
		return provider.Send(ctx, sandboxtest.SubscriptionNotice("提醒"), sandboxtest.SubscriptionTemplate.ID, []broadcast.OutboundMessage{sandboxtest.To(sandboxtest.Jia, n)})[0]
	}
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	first := make(chan broadcast.Outcome, 1)
	go func() { first <- send(ctx, 1) }()
	sandboxtest.Eventually(t, "the first call is under way", func() bool { return len(f.Faults.List()) == 0 })
	want := broadcast.Outcome{State: broadcast.Pending, Class: "retry", Code: "43108", Wait: 2 * time.Second}
	if got := send(t.Context(), 2); got != want {
		t.Errorf("%+v beside the first call, want %+v", got, want)
	}
	hangUp()
	if got := <-first; got.State != broadcast.InDoubt {
		t.Errorf("the first call was given up: %+v", got)
	}
	sandboxtest.Eventually(t, "the first call is over", func() bool { return send(t.Context(), 3).State == broadcast.Accepted })
}

func TestConsentsOfAResident(t *testing.T) {
	second := sandboxtest.SubscriptionTemplate
	second.ID, second.Title = "SANDBOX-subscription-2", "停水停电通知"
	f, provider, events := sandboxtest.OpenNotices(t, broadcast.Subscription, func(cfg *sandbox.Config) {
		cfg.WeChat.Templates = append(pretendwechat.DefaultTemplates(), second)
		cfg.Residents[0].Following, cfg.Residents[0].Agreed = false, nil
	})
	send := func(code string) broadcast.State {
		return provider.Send(t.Context(), sandboxtest.SubscriptionNotice("提醒"), code, []broadcast.OutboundMessage{sandboxtest.To(sandboxtest.Jia, 1)})[0].State
	}
	if got := send(second.ID); got != broadcast.Failed {
		t.Errorf("before any consent: %s", got)
	}
	f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Consent, Consents: []platform.ConsentTo{{Template: sandboxtest.SubscriptionTemplate.ID, Accept: false}, {Template: second.ID, Accept: true}}})
	if a, b := send(sandboxtest.SubscriptionTemplate.ID), send(second.ID); a != broadcast.Failed || b != broadcast.Accepted {
		t.Errorf("refused %s, agreed %s", a, b)
	}
	f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Refuse, Key: second.ID})
	if got := send(second.ID); got != broadcast.Failed {
		t.Errorf("after refusing: %s", got)
	}
	want := []wechat.Consent{
		{OpenID: sandboxtest.Jia, TemplateID: sandboxtest.SubscriptionTemplate.ID}, {OpenID: sandboxtest.Jia, TemplateID: second.ID, Accept: true},
		{OpenID: sandboxtest.Jia, TemplateID: second.ID},
	}
	if !slices.Equal(events.Consents, want) {
		t.Errorf("told of %+v, want %+v", events.Consents, want)
	}
	for name, a := range map[string]platform.Action{
		"nothing asked":      {Kind: platform.Consent},
		"unknown template":   {Kind: platform.Refuse, Key: "nosuch"},
		"a template message": {Kind: platform.Refuse, Key: sandboxtest.MessageTemplate.ID},
		"twice":              {Kind: platform.Consent, Consents: []platform.ConsentTo{{Template: second.ID, Accept: true}, {Template: second.ID, Accept: false}}},
	} {
		if _, err := f.Act(t.Context(), sandboxtest.Jia, a); err == nil {
			t.Errorf("%s: done", name)
		}
	}
}
