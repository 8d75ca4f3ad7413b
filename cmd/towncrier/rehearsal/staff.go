package rehearsal

import (
	"context"
	"errors"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/staff"
)

// rehearsalPhones are the registered numbers of a rehearsal's staff, by id. No resident of a rehearsal has one of them.
var StaffPhones = map[string]string{
	"rehearsal": "19900009991", "rehearsal-approver": "19900009992", "rehearsal-committee": "19900009993", authorID: "19900009994",
}

// rehearsalAuthor writes a rehearsal's broadcast.
const authorID = "rehearsal-author"

// staffKeys are the bearer keys of a rehearsal's staff.
type staffKeys struct{ admin, author, approver, committee string }

// seedStaff takes a rehearsal's staff on and gives each a fresh key: those of the last rehearsal are revoked.
func seedStaff(ctx context.Context, staffService *staff.Service, numbers staff.InvitationStore, home roster.Committee) (keys staffKeys, err error) {
	for _, who := range []struct {
		person staff.Person
		key    *string
	}{
		{staff.Person{ID: "rehearsal", Name: "演示管理员", Role: staff.Admin}, &keys.admin},
		{staff.Person{ID: "rehearsal-approver", Name: "演示审批员", Role: staff.Approver}, &keys.approver},
		{staff.Person{ID: "rehearsal-committee", Name: "演示社区工作者", Role: staff.Committee, Committee: home.Code}, &keys.committee},
		{staff.Person{ID: authorID, Name: "演示撰稿员", Role: staff.Author}, &keys.author},
	} {
		_, err := staffService.Add(ctx, actor, who.person)
		if err != nil && !errors.Is(err, staff.ErrExists) {
			return keys, err
		}
		number := phone.Number(StaffPhones[who.person.ID])
		act := audit.Act{Actor: actor, Action: "staff.phone", Subject: who.person.ID, At: time.Now()}
		if err := numbers.SetPhone(ctx, who.person.ID, number, actor, act); err != nil {
			return keys, err
		}
		if *who.key, err = freshKey(ctx, staffService, who.person.ID); err != nil {
			return keys, err
		}
	}
	return keys, nil
}

// freshKey is the only key that opens for somebody from now on.
func freshKey(ctx context.Context, staffService *staff.Service, id string) (bearer string, err error) {
	old, err := staffService.Keys(ctx, id)
	if err != nil {
		return "", err
	}
	for _, k := range old {
		if k.RevokedAt.IsZero() {
			if err := staffService.Revoke(ctx, actor, k.ID); err != nil {
				return "", err
			}
		}
	}
	bearer, _, err = staffService.Issue(ctx, actor, id)
	return bearer, err
}
