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

type testBroadcastInput struct {
	ID   string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Body wire.TestBroadcast
}

// testBroadcast sends to the number that a member of staff has registered, and to no other address.
func (a *server) testBroadcast(ctx context.Context, who staff.Person, in *testBroadcastInput) (*reply[wire.Tested], error) {
	if _, err := a.Broadcasts.Get(ctx, official(who), in.ID); err != nil {
		return nil, err
	}
	to, err := a.colleague(ctx, who, cmp.Or(in.Body.To, who.ID))
	if err != nil {
		return nil, err
	}
	channel := broadcast.Channel(in.Body.Channel)
	tester, err := a.tester(ctx, who, channel, to)
	if err != nil {
		return nil, err
	}
	o, err := a.Broadcasts.TestSend(ctx, official(who), in.ID, channel, tester)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Tested]{wire.Tested{State: string(o.State), StateLabel: o.State.Label(), Class: o.Class, Code: o.Code, CodeLabel: a.Broadcasts.Explain(channel, o.Code).Text, Advice: o.Halt}}, nil
}

// colleague is a member of staff with a registered number.
func (a *server) colleague(ctx context.Context, who staff.Person, id string) (staff.Person, error) {
	p, err := a.Staff.Get(ctx, id)
	switch {
	case errors.Is(err, staff.ErrNoPerson) || err == nil && !p.DisabledAt.IsZero():
		return staff.Person{}, refuse(http.StatusUnprocessableEntity, "no-colleague", "nobody of the staff who may act has this id",
			faultAt("body.to", "want the staff id of a colleague"))
	case err != nil:
		return staff.Person{}, err
	case p.Phone == "":
		detail := "they have no number registered: only they can do that, with `towncrier staff phone` or POST /me/phone"
		if p.ID == who.ID {
			detail = "register your own number first, with `towncrier staff phone` or POST /me/phone"
		}
		return staff.Person{}, refuse(http.StatusConflict, "no-phone", detail, faultAt("body.to", detail))
	}
	return p, nil
}

// tester is where a test goes. A number that is not to be texted is not texted by a test either.
func (a *server) tester(ctx context.Context, who staff.Person, channel broadcast.Channel, to staff.Person) (broadcast.Tester, error) {
	if channel == broadcast.SMS {
		_, held, err := a.Roster.Suppressed(ctx, to.Phone)
		if err == nil && held {
			err = refuse(http.StatusConflict, "suppressed", "the number stopped texts: it gets no test either", faultAt("body.to", "its owner replied T or 退订, or was erased"))
		}
		return broadcast.Tester{Staff: to.ID, Phone: to.Phone}, err
	}
	// An openid proves nothing by itself: it is theirs when it told the account the number that they registered.
	r, err := a.Roster.FindByPhone(ctx, to.Phone)
	if errors.Is(err, roster.ErrNoResident) || err == nil && r.OpenID == "" {
		return broadcast.Tester{}, refuse(http.StatusUnprocessableEntity, "no-follower", "nobody follows the account with the registered number: test by SMS, or bind the number in WeChat first",
			faultAt("body.channel", "want sms, or a colleague who told the account this number"))
	}
	if err != nil {
		return broadcast.Tester{}, err
	}
	act := audit.Act{Actor: audit.Staff(who.ID), Action: "resident.read", Subject: r.ID, Detail: "test of a broadcast to staff " + to.ID, At: a.Now()}
	return broadcast.Tester{Staff: to.ID, OpenID: r.OpenID}, a.Audit.Record(ctx, act)
}
