package api

import (
	"context"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/phone"
	"towncrier/staff"
)

// enrolmentHandler has how members of staff come to their keys: an invitation, another admin's confirmation, a code to their number.
type enrolmentHandler struct {
	enrolment *staff.Enrolment
	staff     *staff.Service
	names     directory
	now       func() time.Time
}

func (h enrolmentHandler) register(g *gate) {
	add(g, post("/staff/{id}/invitations", "invite-staff", "Invite a member of staff to open a new key; the activation code is shown once", staff.ManageStaff).showsSecret(), h.invite)
	add(g, get("/staff/invitations", "list-invitations", "List invitations, newest first", staff.ReadStaff), h.list)
	add(g, post("/staff/invitations/{invitation}/confirm", "confirm-invitation", "Confirm an invitation that another admin issued", staff.ManageStaff), repeatable(h.confirm, h.confirmed, "staff.confirm"))
	add(g, del("/staff/invitations/{invitation}", "withdraw-invitation", "Withdraw an invitation", staff.ManageStaff), repeatable(h.withdraw, nothingShown, "staff.withdraw"))
	add(g, post("/activate", "activate", "Open an invitation with its activation code and the code sent to your number", public), h.activate)
	add(g, post("/me/phone", "register-phone", "Send a code to your own number, to register it", anyStaff), h.registerPhone)
	add(g, post("/me/phone/confirm", "confirm-phone", "Register the number with the code that was sent to it", anyStaff), repeatable(h.confirmPhone, h.phoneConfirmed, "staff.phone"))
}

func (h enrolmentHandler) invite(ctx context.Context, caller staff.Person, in *PersonInput) (*created[wire.IssuedInvitation], error) {
	code, inv, err := h.enrolment.Invite(ctx, caller.ID, in.ID)
	if err != nil {
		return nil, err
	}
	return &created[wire.IssuedInvitation]{wire.Prefix + "/staff/invitations", wire.IssuedInvitation{Invitation: h.view(ctx)(inv), Code: code}}, nil
}

func (h enrolmentHandler) list(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.Page[wire.Invitation]], error) {
	return listed(h.view(ctx))(h.enrolment.Invitations(ctx))
}

type ConfirmInvitationInput struct {
	ID   string `path:"invitation" maxLength:"32"`
	Body wire.ConfirmInvitation
}

func (h enrolmentHandler) confirm(ctx context.Context, caller staff.Person, in *ConfirmInvitationInput) (*reply[wire.Invitation], error) {
	c := staff.Confirmation{InPerson: in.Body.InPerson}
	if in.Body.Phone != "" {
		var err error
		if c.Phone, err = phone.Parse(in.Body.Phone); err != nil {
			return nil, err
		}
	}
	return shown(h.view(ctx))(h.enrolment.Confirm(ctx, caller.ID, in.ID, c))
}

func (h enrolmentHandler) confirmed(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.Invitation], error) {
	all, err := h.enrolment.Invitations(ctx)
	if err != nil {
		return nil, err
	}
	for _, i := range all {
		if i.ID == noted(act, "invitation") {
			return &reply[wire.Invitation]{h.view(ctx)(i)}, nil
		}
	}
	return nil, errNoInvitation
}

type InvitationInput struct {
	ID string `path:"invitation" maxLength:"32"`
}

func (h enrolmentHandler) withdraw(ctx context.Context, caller staff.Person, in *InvitationInput) (*Nothing, error) {
	return nil, h.enrolment.Withdraw(ctx, caller.ID, in.ID)
}

// activate needs no key: it gives the first one. An invitation that was confirmed in person opens at the first request.
func (h enrolmentHandler) activate(ctx context.Context, _ staff.Person, in *Body[wire.Activate]) (*reply[wire.Activated], error) {
	if in.Body.SMSCode == "" {
		inv, err := h.enrolment.Begin(ctx, in.Body.Code)
		if err != nil {
			return nil, err
		}
		if !inv.InPerson {
			return &reply[wire.Activated]{wire.Activated{Status: "code-sent", Phone: inv.Phone.Masked()}}, nil
		}
	}
	bearer, k, p, err := h.enrolment.Open(ctx, in.Body.Code, in.Body.SMSCode, in.Body.Name)
	if err != nil {
		return nil, err
	}
	infoOf(ctx).person = p
	return &reply[wire.Activated]{wire.Activated{Status: "activated", Staff: p.ID, Key: bearer, ExpiresAt: k.ExpiresAt}}, nil
}

func (h enrolmentHandler) registerPhone(ctx context.Context, caller staff.Person, in *Body[wire.RegisterPhone]) (*reply[wire.PhoneStatus], error) {
	number, err := phone.Parse(in.Body.Phone)
	if err == nil {
		err = h.enrolment.RequestPhone(ctx, caller.ID, number)
	}
	return shown(phoneStatus("code-sent"))(number, err)
}

func (h enrolmentHandler) confirmPhone(ctx context.Context, caller staff.Person, in *Body[wire.ConfirmPhone]) (*reply[wire.PhoneStatus], error) {
	return shown(phoneStatus("registered"))(h.enrolment.ConfirmPhone(ctx, caller.ID, in.Body.Code))
}

func (h enrolmentHandler) phoneConfirmed(ctx context.Context, caller staff.Person, _ audit.Act) (*reply[wire.PhoneStatus], error) {
	p, err := h.staff.Get(ctx, caller.ID)
	return shown(phoneStatus("registered"))(p.Phone, err)
}

func phoneStatus(status string) func(phone.Number) wire.PhoneStatus {
	return func(n phone.Number) wire.PhoneStatus { return wire.PhoneStatus{Status: status, Phone: n.Masked()} }
}

func (h enrolmentHandler) view(ctx context.Context) func(staff.Invitation) wire.Invitation {
	people := h.names.people(ctx)
	return func(i staff.Invitation) wire.Invitation {
		return wire.Invitation{ID: i.ID, Person: i.Person, PersonName: people[i.Person], State: string(i.State(h.now())), IssuedBy: string(i.IssuedBy), IssuedByName: people.actor(i.IssuedBy),
			ConfirmedBy: string(i.ConfirmedBy), ConfirmedByName: people.actor(i.ConfirmedBy), InPerson: i.InPerson, Phone: i.Phone.Masked(),
			IssuedAt: i.IssuedAt, ConfirmedAt: i.ConfirmedAt, OpenedAt: i.OpenedAt, RevokedAt: i.RevokedAt, ExpiresAt: i.ExpiresAt}
	}
}
