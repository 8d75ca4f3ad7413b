package main

import (
	"context"
	"errors"

	"towncrier/roster"
	"towncrier/staff"
)

// rehearsalAuthor writes a rehearsal's broadcast.
const rehearsalAuthor = "rehearsal-author"

// staffKeys are the bearer keys of a rehearsal's staff.
type staffKeys struct{ admin, author, approver, committee string }

// hire takes a rehearsal's staff on and gives each a fresh key: those of the last rehearsal are revoked.
func hire(ctx context.Context, colleagues *staff.Service, home roster.Committee) (keys staffKeys, err error) {
	for _, who := range []struct {
		person staff.Person
		key    *string
	}{
		{staff.Person{ID: "rehearsal", Name: "演示管理员", Role: staff.Admin}, &keys.admin},
		{staff.Person{ID: "rehearsal-approver", Name: "演示审批员", Role: staff.Approver}, &keys.approver},
		{staff.Person{ID: "rehearsal-committee", Name: "演示社区工作者", Role: staff.Committee, Committee: home.Code}, &keys.committee},
		{staff.Person{ID: rehearsalAuthor, Name: "演示撰稿员", Role: staff.Author}, &keys.author},
	} {
		_, err := colleagues.Add(ctx, rehearsalActor, who.person)
		if err != nil && !errors.Is(err, staff.ErrExists) {
			return keys, err
		}
		if *who.key, err = freshKey(ctx, colleagues, who.person.ID); err != nil {
			return keys, err
		}
	}
	return keys, nil
}

// freshKey is the only key that opens for somebody from now on.
func freshKey(ctx context.Context, colleagues *staff.Service, id string) (bearer string, err error) {
	old, err := colleagues.Keys(ctx, id)
	if err != nil {
		return "", err
	}
	for _, k := range old {
		if k.RevokedAt.IsZero() {
			if err := colleagues.Revoke(ctx, rehearsalActor, k.ID); err != nil {
				return "", err
			}
		}
	}
	bearer, _, err = colleagues.Issue(ctx, rehearsalActor, id)
	return bearer, err
}
