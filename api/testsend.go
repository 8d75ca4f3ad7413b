package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

// testSendHandler has the test messages of a broadcast.
type testSendHandler struct {
	broadcasts *broadcast.Service
	staff      *staff.Service
	roster     *roster.Roster
	access     accessLog
}

func (h testSendHandler) register(g *gate) {
	add(g, post("/broadcasts/{id}/test", "test-broadcast", "Send a test message to yourself or, once submitted, to a colleague", staff.WriteBroadcasts).labelled("body.channel", labelOf[broadcast.Channel]), repeatable(h.send, h.tried, "broadcast.test"))
}

// send sends to the number that a member of staff has registered, and to no other address.
func (h testSendHandler) send(ctx context.Context, caller staff.Person, in *broadcastBody[wire.TestBroadcast]) (*reply[wire.Tested], error) {
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

// colleague is a member of staff with a registered number.
func (h testSendHandler) colleague(ctx context.Context, caller staff.Person, id string) (staff.Person, error) {
	p, err := h.staff.Get(ctx, id)
	switch {
	case errors.Is(err, staff.ErrNoPerson) || err == nil && !p.DisabledAt.IsZero():
		return staff.Person{}, refuse(http.StatusUnprocessableEntity, "no-colleague", "nobody of the staff who may act has this id",
			faultAt("body.to", "want the staff id of a colleague"))
	case err != nil:
		return staff.Person{}, err
	case p.Phone == "":
		detail := "they have no number registered: only they can do that, with `towncrier staff phone` or POST /me/phone"
		if p.ID == caller.ID {
			detail = "register your own number first, with `towncrier staff phone` or POST /me/phone"
		}
		return staff.Person{}, refuse(http.StatusConflict, "no-phone", detail, faultAt("body.to", detail))
	}
	return p, nil
}

// tester is where a test goes. A number that is not to be texted is not texted by a test either.
func (h testSendHandler) tester(ctx context.Context, caller staff.Person, channel broadcast.Channel, to staff.Person) (broadcast.Tester, error) {
	if channel == broadcast.SMS {
		_, held, err := h.roster.Suppressed(ctx, to.Phone)
		if err == nil && held {
			err = refuse(http.StatusConflict, "suppressed", "the number stopped texts: it gets no test either", faultAt("body.to", "its owner replied T or 退订, or was erased"))
		}
		return broadcast.Tester{Staff: to.ID, Phone: to.Phone}, err
	}
	// An openid proves nothing by itself: it is theirs when it told the account the number that they registered.
	r, err := h.roster.FindByPhone(ctx, to.Phone)
	if errors.Is(err, roster.ErrNoResident) || err == nil && r.OpenID == "" {
		return broadcast.Tester{}, refuse(http.StatusUnprocessableEntity, "no-follower", "nobody follows the account with the registered number: test by SMS, or bind the number in WeChat first",
			faultAt("body.channel", "want sms, or a colleague who told the account this number"))
	}
	if err != nil {
		return broadcast.Tester{}, err
	}
	return broadcast.Tester{Staff: to.ID, OpenID: r.OpenID}, h.access.record(ctx, caller, "resident.read", r.ID, "test of a broadcast to staff "+to.ID)
}
