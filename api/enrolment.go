package api

import (
	"context"
	"time"

	"towncrier/api/wire"
	"towncrier/phone"
	"towncrier/staff"
)

// invitationView shows everything of an invitation but the number, which is masked, and the activation code.
type invitationView struct {
	ID          string    `json:"id"`
	Person      string    `json:"person" doc:"Staff id"`
	State       string    `json:"state" enum:"issued,confirmed,opened,expired,revoked"`
	IssuedBy    string    `json:"issued_by" doc:"kind:name, as in the audit log"`
	ConfirmedBy string    `json:"confirmed_by,omitempty"`
	InPerson    bool      `json:"in_person,omitempty" doc:"Confirmed without a code by SMS, because SMS was off"`
	Phone       string    `json:"phone,omitempty" doc:"Where the code goes that opens it, masked"`
	IssuedAt    time.Time `json:"issued_at"`
	ConfirmedAt time.Time `json:"confirmed_at,omitzero"`
	OpenedAt    time.Time `json:"opened_at,omitzero"`
	RevokedAt   time.Time `json:"revoked_at,omitzero"`
	ExpiresAt   time.Time `json:"expires_at"`
}

func (a *server) viewInvitation(i staff.Invitation) invitationView {
	return invitationView{i.ID, i.Person, string(i.State(a.Now())), string(i.IssuedBy), string(i.ConfirmedBy), i.InPerson, i.Phone.Masked(),
		i.IssuedAt, i.ConfirmedAt, i.OpenedAt, i.RevokedAt, i.ExpiresAt}
}

type issuedView struct {
	Invitation invitationView `json:"invitation"`
	Code       string         `json:"code" doc:"The activation code, for the person alone; there is no other copy. It opens nothing before another admin has confirmed the invitation"`
}

func (a *server) inviteStaff(ctx context.Context, who staff.Person, in *personInput) (*created[issuedView], error) {
	code, inv, err := a.Enrolment.Invite(ctx, who.ID, in.ID)
	if err != nil {
		return nil, err
	}
	return &created[issuedView]{wire.Prefix + "/staff/invitations", issuedView{a.viewInvitation(inv), code}}, nil
}

func (a *server) listInvitations(ctx context.Context, _ staff.Person, _ *nothing) (*reply[page[invitationView]], error) {
	all, err := a.Enrolment.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[page[invitationView]]{page[invitationView]{Items: each(all, a.viewInvitation)}}, nil
}

type invitationInput struct {
	ID string `path:"invitation" maxLength:"32"`
}

type confirmInvitationInput struct {
	ID   string `path:"invitation" maxLength:"32"`
	Body struct {
		Phone    string `json:"phone,omitempty" maxLength:"32" doc:"The person's own mobile number; left out, the code goes to the one that they registered"`
		InPerson bool   `json:"in_person,omitempty" doc:"The person stands before you; only where SMS is off"`
	}
}

func (a *server) confirmInvitation(ctx context.Context, who staff.Person, in *confirmInvitationInput) (*reply[invitationView], error) {
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
	return &reply[invitationView]{a.viewInvitation(inv)}, nil
}

func (a *server) withdrawInvitation(ctx context.Context, who staff.Person, in *invitationInput) (*nothing, error) {
	return nil, a.Enrolment.Withdraw(ctx, who.ID, in.ID)
}

type activateInput struct {
	Body struct {
		Code    string `json:"code" maxLength:"64" doc:"The activation code of the invitation, tca_…"`
		SMSCode string `json:"sms_code,omitempty" maxLength:"16" doc:"The code that was sent to your number; left out, one is sent"`
	}
}

type activatedView struct {
	Status string `json:"status" enum:"code-sent,activated"`
	Phone  string `json:"phone,omitempty" doc:"Where the code was sent, masked"`
	Staff  string `json:"staff,omitempty" doc:"Your staff id"`
	Key    string `json:"key,omitempty" doc:"Your key: what Authorization: Bearer takes. There is no other copy"`
	// ExpiresAt is the key's.
	ExpiresAt time.Time `json:"expires_at,omitzero" doc:"Until when the key opens; renew it before"`
}

// activate is for somebody who has no key yet. An invitation that was confirmed in person opens at the first request.
func (a *server) activate(ctx context.Context, _ staff.Person, in *activateInput) (*reply[activatedView], error) {
	if in.Body.SMSCode == "" {
		inv, err := a.Enrolment.Begin(ctx, in.Body.Code)
		if err != nil {
			return nil, err
		}
		if !inv.InPerson {
			return &reply[activatedView]{activatedView{Status: "code-sent", Phone: inv.Phone.Masked()}}, nil
		}
	}
	bearer, k, p, err := a.Enrolment.Open(ctx, in.Body.Code, in.Body.SMSCode)
	if err != nil {
		return nil, err
	}
	visitOf(ctx).person = p
	return &reply[activatedView]{activatedView{Status: "activated", Staff: p.ID, Key: bearer, ExpiresAt: k.ExpiresAt}}, nil
}

type phoneInput struct {
	Body struct {
		Phone string `json:"phone" maxLength:"32" doc:"Your own mainland mobile number"`
	}
}

type phoneView struct {
	Status string `json:"status" enum:"code-sent,registered"`
	Phone  string `json:"phone" doc:"Masked"`
}

func (a *server) registerPhone(ctx context.Context, who staff.Person, in *phoneInput) (*reply[phoneView], error) {
	number, err := phone.Parse(in.Body.Phone)
	if err != nil {
		return nil, err
	}
	if err := a.Enrolment.RequestPhone(ctx, who.ID, number); err != nil {
		return nil, err
	}
	return &reply[phoneView]{phoneView{"code-sent", number.Masked()}}, nil
}

type confirmPhoneInput struct {
	Body struct {
		Code string `json:"code" maxLength:"16" doc:"The code that was sent to the number"`
	}
}

func (a *server) confirmPhone(ctx context.Context, who staff.Person, in *confirmPhoneInput) (*reply[phoneView], error) {
	number, err := a.Enrolment.ConfirmPhone(ctx, who.ID, in.Body.Code)
	if err != nil {
		return nil, err
	}
	return &reply[phoneView]{phoneView{"registered", number.Masked()}}, nil
}
