package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/phone"
	"towncrier/staff"
)

func (a *server) viewInvitation(i staff.Invitation) wire.Invitation {
	return wire.Invitation{ID: i.ID, Person: i.Person, State: string(i.State(a.Now())), IssuedBy: string(i.IssuedBy), ConfirmedBy: string(i.ConfirmedBy), InPerson: i.InPerson, Phone: i.Phone.Masked(),
		IssuedAt: i.IssuedAt, ConfirmedAt: i.ConfirmedAt, OpenedAt: i.OpenedAt, RevokedAt: i.RevokedAt, ExpiresAt: i.ExpiresAt}
}

func (a *server) inviteStaff(ctx context.Context, who staff.Person, in *personInput) (*created[wire.IssuedInvitation], error) {
	code, inv, err := a.Enrolment.Invite(ctx, who.ID, in.ID)
	if err != nil {
		return nil, err
	}
	return &created[wire.IssuedInvitation]{wire.Prefix + "/staff/invitations", wire.IssuedInvitation{Invitation: a.viewInvitation(inv), Code: code}}, nil
}

func (a *server) listInvitations(ctx context.Context, _ staff.Person, _ *nothing) (*reply[wire.Page[wire.Invitation]], error) {
	all, err := a.Enrolment.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Invitation]]{wire.Page[wire.Invitation]{Items: each(all, a.viewInvitation)}}, nil
}

type invitationInput struct {
	ID string `path:"invitation" maxLength:"32"`
}

type confirmInvitationInput struct {
	ID   string `path:"invitation" maxLength:"32"`
	Body wire.ConfirmInvitation
}

func (a *server) confirmInvitation(ctx context.Context, who staff.Person, in *confirmInvitationInput) (*reply[wire.Invitation], error) {
	c := staff.Confirmation{InPerson: in.Body.InPerson}
	if in.Body.Phone != "" {
		var err error
		if c.Phone, err = phone.Parse(in.Body.Phone); err != nil {
			return nil, err
		}
	}
	inv, err := a.Enrolment.Confirm(ctx, who.ID, in.ID, c)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Invitation]{a.viewInvitation(inv)}, nil
}

func (a *server) withdrawInvitation(ctx context.Context, who staff.Person, in *invitationInput) (*nothing, error) {
	return nil, a.Enrolment.Withdraw(ctx, who.ID, in.ID)
}

type activateInput struct {
	Body wire.Activate
}

// activate is for somebody who has no key yet. An invitation that was confirmed in person opens at the first request.
func (a *server) activate(ctx context.Context, _ staff.Person, in *activateInput) (*reply[wire.Activated], error) {
	if in.Body.SMSCode == "" {
		inv, err := a.Enrolment.Begin(ctx, in.Body.Code)
		if err != nil {
			return nil, err
		}
		if !inv.InPerson {
			return &reply[wire.Activated]{wire.Activated{Status: "code-sent", Phone: inv.Phone.Masked()}}, nil
		}
	}
	bearer, k, p, err := a.Enrolment.Open(ctx, in.Body.Code, in.Body.SMSCode)
	if err != nil {
		return nil, err
	}
	visitOf(ctx).person = p
	return &reply[wire.Activated]{wire.Activated{Status: "activated", Staff: p.ID, Key: bearer, ExpiresAt: k.ExpiresAt}}, nil
}

type phoneInput struct {
	Body wire.RegisterPhone
}

func (a *server) registerPhone(ctx context.Context, who staff.Person, in *phoneInput) (*reply[wire.PhoneStatus], error) {
	number, err := phone.Parse(in.Body.Phone)
	if err != nil {
		return nil, err
	}
	if err := a.Enrolment.RequestPhone(ctx, who.ID, number); err != nil {
		return nil, err
	}
	return &reply[wire.PhoneStatus]{wire.PhoneStatus{Status: "code-sent", Phone: number.Masked()}}, nil
}

type confirmPhoneInput struct {
	Body wire.ConfirmPhone
}

func (a *server) confirmPhone(ctx context.Context, who staff.Person, in *confirmPhoneInput) (*reply[wire.PhoneStatus], error) {
	number, err := a.Enrolment.ConfirmPhone(ctx, who.ID, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &reply[wire.PhoneStatus]{wire.PhoneStatus{Status: "registered", Phone: number.Masked()}}, nil
}
