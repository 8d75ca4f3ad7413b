package stafftest

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/staff"
)

// KeyOf gives somebody a key as two admins do where SMS is off; their older keys end. It is for tests about other things.
func KeyOf(ctx context.Context, store staff.InvitationStore, now func() time.Time, person string) (bearer string, k staff.Key, err error) {
	code, err := InvitationOf(ctx, store, now, person)
	if err == nil {
		bearer, k, _, err = enrolment(store, now).Open(ctx, code, "", "")
	}
	return bearer, k, err
}

// InvitationOf is the activation code of an invitation that two admins issued and confirmed where SMS is off.
func InvitationOf(ctx context.Context, store staff.InvitationStore, now func() time.Time, person string) (activation string, err error) {
	e := enrolment(store, now)
	activation, inv, err := e.Invite(ctx, "first-of-a-test", person)
	if err == nil {
		_, err = e.Confirm(ctx, "second-of-a-test", inv.ID, staff.Confirmation{InPerson: true})
	}
	return activation, err
}

func enrolment(store staff.InvitationStore, now func() time.Time) *staff.Enrolment {
	return staff.NewEnrolment(staff.EnrolmentConfig{Store: onMachine{store}, Now: now})
}

// onMachine records what KeyOf does as done on the machine: its two admins are nobody.
type onMachine struct{ staff.InvitationStore }

func (m onMachine) Invite(ctx context.Context, inv staff.Invitation, digest []byte, only staff.InviteOnly, act audit.Act) error {
	act.Actor = audit.Local("test")
	return m.InvitationStore.Invite(ctx, inv, digest, only, act)
}

func (m onMachine) Confirm(ctx context.Context, inv staff.Invitation, act audit.Act) error {
	act.Actor = audit.Local("test")
	return m.InvitationStore.Confirm(ctx, inv, act)
}
