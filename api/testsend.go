package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/signin"
	"towncrier/staff"
)

// testSendHandler has the test messages of a broadcast.
type testSendHandler struct {
	broadcasts *broadcast.Service
	staff      *staff.Service
	wechat     *signin.WeChat
	roster     *roster.Roster
	views      broadcastViews
	access     accessLog
}

func (h testSendHandler) register(g *gate) {
	add(g, post("/broadcasts/{id}/test", "test-broadcast", "Send a test message to yourself or, once submitted, to a colleague", staff.WriteBroadcasts).labelled("body.channel", labelOf[broadcast.Channel]), repeatable(h.send, h.tried, "broadcast.test"))
	add(g, get("/broadcasts/{id}/tests", "list-broadcast-tests", "List test messages, newest first, and what came of them", staff.ReadBroadcasts), h.list)
}

func (h testSendHandler) list(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Page[wire.Test]], error) {
	tests, err := h.broadcasts.Tests(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	names := h.views.names(ctx)
	return listed(func(t broadcast.Test) wire.Test {
		return wire.Test{At: t.At, Channel: string(t.Channel), ChannelLabel: t.Channel.Label(), Asker: t.Asker, AskerLabel: names.person(t.Asker),
			To: t.Recipient, ToLabel: names.person(t.Recipient), Phone: t.SentTo, State: string(t.State), StateLabel: t.State.Label(), Class: t.Class, Code: t.Code,
			CodeLabel: h.broadcasts.Explain(t.Channel, t.Code).Text, UpdatedAt: t.UpdatedAt}
	})(tests, nil)
}

// send sends to the number that a member of staff has registered or the WeChat account that they bound, and to no other address.
func (h testSendHandler) send(ctx context.Context, caller staff.Person, in *BroadcastBody[wire.TestBroadcast]) (*reply[wire.Tested], error) {
	if _, err := h.broadcasts.Get(ctx, official(caller), in.ID); err != nil {
		return nil, err
	}
	to, err := h.colleague(ctx, caller, cmp.Or(in.Body.To, caller.ID))
	if err != nil {
		return nil, err
	}
	channel := broadcast.Channel(in.Body.Channel)
	tester, err := h.tester(ctx, caller, channel, to)
	if err != nil {
		return nil, err
	}
	o, err := h.broadcasts.TestSend(ctx, official(caller), in.ID, channel, tester)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Tested]{wire.Tested{State: string(o.State), StateLabel: o.State.Label(), Class: o.Class, Code: o.Code, CodeLabel: h.broadcasts.Explain(channel, o.Code).Text, Advice: o.Halt}}, nil
}

// tried refuses to send a test a second time: whether the first went out is not known.
func (h testSendHandler) tried(context.Context, staff.Person, audit.Act) (*reply[wire.Tested], error) {
	return nil, refuse(http.StatusConflict, "test-unknown", "上次请求中断，测试消息可能已经发出：请先查看手机。如需再发，请换用新的 Idempotency-Key")
}

// colleague is a member of staff, as somebody calls them.
func (h testSendHandler) colleague(ctx context.Context, caller staff.Person, said string) (staff.Person, error) {
	id, err := h.views.colleague(ctx, caller, "to", said)
	if unknown, ok := errors.AsType[*problem.Invalid](err); ok {
		return staff.Person{}, refuse(http.StatusUnprocessableEntity, "no-colleague", "没有这位在职的工作人员：请核对账号", faultAt("body.to", unknown.Reason))
	}
	if err != nil {
		return staff.Person{}, err
	}
	p, err := h.staff.Get(ctx, id)
	switch {
	case errors.Is(err, staff.ErrNoPerson) || err == nil && !p.DisabledAt.IsZero():
		return staff.Person{}, refuse(http.StatusUnprocessableEntity, "no-colleague", "没有这位在职的工作人员：请核对账号",
			faultAt("body.to", "应写同事的账号，见工作人员列表"))
	}
	return p, err
}

// tester is where a test goes. A number that is not to be texted is not texted by a test either.
func (h testSendHandler) tester(ctx context.Context, caller staff.Person, channel broadcast.Channel, to staff.Person) (broadcast.Tester, error) {
	if channel != broadcast.SMS {
		bound, err := h.wechat.Bound(ctx, to.ID)
		if !errors.Is(err, signin.ErrNotBound) {
			return broadcast.Tester{Staff: to.ID, OpenID: bound.OpenID, Number: to.Phone.Masked()}, err
		}
	}
	if to.Phone == "" {
		detail := "这位同事还没有登记手机号：须由本人登记"
		if to.ID == caller.ID {
			detail = "您还没有登记手机号：请先在“我的账号”里登记"
		}
		return broadcast.Tester{}, refuse(http.StatusConflict, "no-phone", detail, faultAt("body.to", detail))
	}
	if channel == broadcast.SMS {
		_, held, err := h.roster.Suppressed(ctx, to.Phone)
		if err == nil && held {
			err = refuse(http.StatusConflict, "suppressed", "这个号码已退订短信，测试短信也不能发", faultAt("body.to", "本人回复过 T 或退订，或者要求删除过信息"))
		}
		return broadcast.Tester{Staff: to.ID, Phone: to.Phone, Number: to.Phone.Masked()}, err
	}
	// A resident's openid proves nothing by itself: it is theirs when it told the account the number that they registered.
	r, err := h.roster.FindByPhone(ctx, to.Phone)
	if errors.Is(err, roster.ErrNoResident) || err == nil && r.OpenID == "" {
		detail := "这位同事没有绑定微信：请改测短信，或者请同事先在“我的账号”里绑定"
		if to.ID == caller.ID {
			detail = "您还没有绑定微信：请改测短信，或者先在“我的账号”里绑定"
		}
		return broadcast.Tester{}, refuse(http.StatusUnprocessableEntity, "no-follower", detail, faultAt("body.channel", detail))
	}
	if err != nil {
		return broadcast.Tester{}, err
	}
	return broadcast.Tester{Staff: to.ID, OpenID: r.OpenID, Number: to.Phone.Masked()}, h.access.record(ctx, caller, "resident.read", r.ID, "test of a broadcast to staff "+to.ID)
}
