package wechat_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/sandbox/platform"
	"towncrier/sandbox/sandboxtest"
	"towncrier/wechat"
)

func TestClientMsgIDIsRememberedTenMinutes(t *testing.T) {
	f, provider, _ := sandboxtest.OpenNotices(t, broadcast.Template, nil)
	send := func(l broadcast.OutboundMessage) string {
		t.Helper()
		got := provider.Send(t.Context(), sandboxtest.TemplateMessage("提醒"), sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{l})[0]
		if got.State != broadcast.Accepted {
			t.Fatalf("%+v", got)
		}
		return got.Handle
	}
	first := send(sandboxtest.To(sandboxtest.Jia, 1))
	f.Clock.Advance(9*time.Minute + 59*time.Second)
	if again := send(sandboxtest.To(sandboxtest.Jia, 1)); again != first {
		t.Errorf("msgid %s for the same client_msg_id, want %s", again, first)
	}
	if other := send(sandboxtest.To(sandboxtest.Yi, 1)); other == first {
		t.Error("another resident's message has the same msgid")
	}
	if got := f.Reached(sandboxtest.Jia, platform.KindTemplate); len(got) != 1 || got[0].Notice.Repeats != 1 {
		t.Errorf("reached %+v, want one message, asked for twice", got)
	}
	f.Clock.Advance(2 * time.Second)
	if later := send(sandboxtest.To(sandboxtest.Jia, 1)); later == first || len(f.Reached(sandboxtest.Jia, platform.KindTemplate)) != 2 {
		t.Error("the id is remembered over 10 minutes: the platform promises nothing then")
	}
}

// TestDoubtIsSettledByAsking loses answers before and after acceptance, and demands one message each.
func TestDoubtIsSettledByAsking(t *testing.T) {
	for _, kind := range []string{platform.Fault5xx, platform.Fault5xxAfter, platform.FaultDrop, platform.FaultTimeout} {
		t.Run(kind, func(t *testing.T) {
			f, provider, events := sandboxtest.OpenNotices(t, broadcast.Template, nil)
			if err := f.Faults.Add(platform.Fault{API: "template/send", Kind: kind}); err != nil {
				t.Fatal(err)
			}
			l := sandboxtest.To(sandboxtest.Jia, 1)
			l.SentAt = f.Clock.Now()
			m := sandboxtest.TemplateMessage("提醒")
			got := provider.Send(t.Context(), m, sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{l})[0]
			if got.State != broadcast.InDoubt {
				t.Fatalf("%+v, want in doubt", got)
			}
			// The first question is lost as well.
			if got = provider.Ask(t.Context(), m, sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{l})[0]; got.State != broadcast.InDoubt {
				t.Fatalf("%+v, want in doubt", got)
			}
			f.Faults.Clear()
			// A result that is on its way while the clock jumps would be refused as signed long ago.
			if kind == platform.Fault5xxAfter || kind == platform.FaultTimeout {
				events.Until(t, 1)
			}
			f.Clock.Advance(9 * time.Minute)
			if got = provider.Ask(t.Context(), m, sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{l})[0]; got.State != broadcast.Accepted {
				t.Fatalf("%+v, want accepted", got)
			}
			if n := len(f.Reached(sandboxtest.Jia, platform.KindTemplate)); n != 1 {
				t.Errorf("%d messages on the phone", n)
			}
			if r := events.Until(t, 1)[0]; fmt.Sprint(r.MsgID) != got.Handle {
				t.Errorf("result %+v of another message than %s", r, got.Handle)
			}
		})
	}
}

func TestAskNeverSendsWhatMightBeASecondMessage(t *testing.T) {
	f, provider, _ := sandboxtest.OpenNotices(t, broadcast.Template, nil)
	subscriptions, err := wechat.NewProvider(f.Client, broadcast.Subscription, 1, f.Clock.Now)
	if err != nil {
		t.Fatal(err)
	}
	old, unknown, future, young := sandboxtest.To(sandboxtest.Jia, 1), sandboxtest.To(sandboxtest.Jia, 2), sandboxtest.To(sandboxtest.Jia, 3), sandboxtest.To(sandboxtest.Jia, 4)
	old.SentAt, future.SentAt, young.SentAt = f.Clock.Now().Add(-9*time.Minute-time.Second), f.Clock.Now().Add(time.Second), f.Clock.Now()
	for i, o := range provider.Ask(t.Context(), sandboxtest.TemplateMessage("提醒"), sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{old, unknown, future}) {
		if o != (broadcast.Outcome{State: broadcast.InDoubt}) {
			t.Errorf("message %d: %+v", i, o)
		}
	}
	if o := subscriptions.Ask(t.Context(), sandboxtest.SubscriptionNotice("提醒"), sandboxtest.SubscriptionTemplate.ID, []broadcast.OutboundMessage{young})[0]; o != (broadcast.Outcome{State: broadcast.InDoubt}) {
		t.Errorf("subscription: %+v", o)
	}
	if all := f.Record.Of(""); len(all) != 0 {
		t.Errorf("residents got %+v", all)
	}
	// The platform would have refused the first call, too, to a resident who does not follow.
	f.Do(t, sandboxtest.Jia, platform.Action{Kind: platform.Unfollow})
	if o := provider.Ask(t.Context(), sandboxtest.TemplateMessage("提醒"), sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{young})[0]; o.State != broadcast.Failed || o.Code != "43004" {
		t.Errorf("refused repeat: %+v", o)
	}
}

func TestSendGivesBackWhatItCannotBegin(t *testing.T) {
	f, provider, _ := sandboxtest.OpenNotices(t, broadcast.Template, nil)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	for _, o := range provider.Send(ctx, sandboxtest.TemplateMessage("提醒"), sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{sandboxtest.To(sandboxtest.Jia, 1), sandboxtest.To(sandboxtest.Yi, 2)}) {
		if o != (broadcast.Outcome{State: broadcast.Pending}) {
			t.Errorf("%+v, want pending", o)
		}
	}
	if all := f.Record.Of(""); len(all) != 0 {
		t.Errorf("residents got %+v", all)
	}
}

func TestResultEventsGoAstray(t *testing.T) {
	for _, c := range []struct {
		kind  string
		want  int
		check func([]wechat.NoticeResult) error
	}{
		{platform.FaultLost, 0, nil},
		{platform.FaultTwice, 2, func(r []wechat.NoticeResult) error {
			if r[0] != r[1] {
				return errors.New("the second differs")
			}
			return nil
		}},
		{platform.FaultEarly, 1, nil},
		{platform.FaultReordered, 1, nil},
		{"failed:user block", 1, func(r []wechat.NoticeResult) error {
			if r[0].Delivered || r[0].Code != "user block" {
				return fmt.Errorf("%+v", r[0])
			}
			return nil
		}},
		{"failed: system failed", 1, func(r []wechat.NoticeResult) error {
			if r[0].Delivered || r[0].Code != "system failed" {
				return fmt.Errorf("%+v", r[0])
			}
			return nil
		}},
	} {
		t.Run(c.kind, func(t *testing.T) {
			f, provider, events := sandboxtest.OpenNotices(t, broadcast.Template, nil)
			fault := platform.Fault{API: "template/result", Kind: c.kind, Count: 1}
			if c.kind == platform.FaultReordered {
				fault.Latency = "50ms"
			}
			if err := f.Faults.Add(fault); err != nil {
				t.Fatal(err)
			}
			provider.Send(t.Context(), sandboxtest.TemplateMessage("一"), sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{sandboxtest.To(sandboxtest.Jia, 1)})
			if n := len(events.List()); c.kind == platform.FaultEarly && n != 1 {
				t.Errorf("%d results when the call returned: an early one comes before", n)
			}
			got := events.Until(t, c.want)
			if c.check != nil {
				if err := c.check(got); err != nil {
					t.Error(err)
				}
			}
			// The fault is used up: the next message's result comes, and none of the first's but what was wanted.
			provider.Send(t.Context(), sandboxtest.TemplateMessage("二"), sandboxtest.MessageTemplate.ID, []broadcast.OutboundMessage{sandboxtest.To(sandboxtest.Yi, 2)})
			if got := events.Until(t, c.want+1); len(got) != c.want+1 || got[c.want].OpenID != sandboxtest.Yi {
				t.Errorf("%+v", got)
			}
		})
	}
}
