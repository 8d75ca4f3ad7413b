package sandbox_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox"
	"towncrier/wechat"
)

func TestOneSubscriptionCallAResidentAtATime(t *testing.T) {
	tw, carrier, _ := notices(t, broadcast.Subscription, nil)
	if err := tw.Fault(sandbox.Fault{API: "subscribe/bizsend", Kind: sandbox.FaultLatency, Latency: "1h", Count: 1}); err != nil {
		t.Fatal(err)
	}
	send := func(ctx context.Context, n int64) broadcast.Outcome {
		return carrier.Send(ctx, subscriptionOf("提醒"), subscriptionForm.ID, []broadcast.OutboundMessage{letter(jia, n)})[0]
	}
	ctx, hangUp := context.WithCancel(t.Context())
	defer hangUp()
	first := make(chan broadcast.Outcome, 1)
	go func() { first <- send(ctx, 1) }()
	eventually(t, "the first call is under way", func() bool { return len(tw.Faults()) == 0 })
	want := broadcast.Outcome{State: broadcast.Pending, Class: "retry", Code: "43108", Wait: 2 * time.Second}
	if got := send(t.Context(), 2); got != want {
		t.Errorf("%+v beside the first call, want %+v", got, want)
	}
	hangUp()
	if got := <-first; got.State != broadcast.InDoubt {
		t.Errorf("the first call was given up: %+v", got)
	}
	eventually(t, "the first call is over", func() bool { return send(t.Context(), 3).State == broadcast.Accepted })
}

func TestConsentsOfAResident(t *testing.T) {
	second := subscriptionForm
	second.ID, second.Title = "SANDBOX-subscription-2", "停水停电通知"
	tw, carrier, told := notices(t, broadcast.Subscription, func(cfg *sandbox.Config) {
		cfg.Templates = append(sandbox.DefaultNoticeForms(), second)
		cfg.Residents[0].Following, cfg.Residents[0].Agreed = false, nil
	})
	send := func(code string) broadcast.State {
		return carrier.Send(t.Context(), subscriptionOf("提醒"), code, []broadcast.OutboundMessage{letter(jia, 1)})[0].State
	}
	if got := send(second.ID); got != broadcast.Failed {
		t.Errorf("before any consent: %s", got)
	}
	tw.act(t, jia, sandbox.Action{Kind: sandbox.Consent, Consents: []sandbox.ConsentTo{{subscriptionForm.ID, false}, {second.ID, true}}})
	if a, b := send(subscriptionForm.ID), send(second.ID); a != broadcast.Failed || b != broadcast.Accepted {
		t.Errorf("refused %s, agreed %s", a, b)
	}
	tw.act(t, jia, sandbox.Action{Kind: sandbox.Refuse, Key: second.ID})
	if got := send(second.ID); got != broadcast.Failed {
		t.Errorf("after refusing: %s", got)
	}
	want := []wechat.Consent{
		{OpenID: jia, TemplateID: subscriptionForm.ID}, {OpenID: jia, TemplateID: second.ID, Accept: true},
		{OpenID: jia, TemplateID: second.ID},
	}
	if !slices.Equal(told.consents, want) {
		t.Errorf("told of %+v, want %+v", told.consents, want)
	}
	for name, a := range map[string]sandbox.Action{
		"nothing asked":      {Kind: sandbox.Consent},
		"unknown template":   {Kind: sandbox.Refuse, Key: "nosuch"},
		"a template message": {Kind: sandbox.Refuse, Key: messageForm.ID},
		"twice":              {Kind: sandbox.Consent, Consents: []sandbox.ConsentTo{{second.ID, true}, {second.ID, false}}},
	} {
		if _, err := tw.Act(t.Context(), jia, a); err == nil {
			t.Errorf("%s: done", name)
		}
	}
}
