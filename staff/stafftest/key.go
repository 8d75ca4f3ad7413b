package stafftest

import (
	"context"
	"time"

	"towncrier/staff"
)

// KeyOf gives somebody a key as two admins do where SMS is off; their older keys end. It is for tests about other things.
func KeyOf(ctx context.Context, store staff.InvitationStore, now func() time.Time, person string) (bearer string, k staff.Key, err error) {
	e := staff.NewEnrolment(staff.EnrolmentConfig{Store: store, Now: now})
	code, inv, err := e.Invite(ctx, "first-of-a-test", person)
	if err == nil {
		_, err = e.Confirm(ctx, "second-of-a-test", inv.ID, staff.Confirmation{InPerson: true})
	}
	if err == nil {
		bearer, k, _, err = e.Open(ctx, code, "", "")
	}
	return bearer, k, err
}
