package stafftest

import (
	"context"
	"time"

	"towncrier/audit"
	"towncrier/staff"
)

// KeyOf gives somebody a key as two admins do where SMS is off; their older keys end. It is for tests about other things.
func KeyOf(ctx context.Context, store staff.InvitationStore, now func() time.Time, person string) (bearer string, k staff.Key, err error) {
	e := staff.NewEnrolment(staff.EnrolmentConfig{Store: onMachine{store}, Now: now})
	code, inv, err := e.Invite(ctx, "first-of-a-test", person)
	if err == nil {
		_, err = e.Confirm(ctx, "second-of-a-test", inv.ID, staff.Confirmation{InPerson: true})
	}
	if err == nil {
		bearer, k, _, err = e.Open(ctx, code, "", "")
	}
	return bearer, k, err
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
