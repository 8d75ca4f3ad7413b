package api

import (
	"context"
	"errors"
	"net/http"
	"slices"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

func viewPerson(p staff.Person) wire.Person {
	return wire.Person{ID: p.ID, Name: p.Name, Role: string(p.Role), Committee: p.Committee, Phone: p.Phone.Masked(), CreatedAt: p.CreatedAt, DisabledAt: p.DisabledAt}
}

func viewKey(k staff.Key) wire.Key {
	return wire.Key{ID: k.ID, CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, RevokedAt: k.RevokedAt, LastUsedAt: k.LastUsedAt, Setup: k.Setup}
}

// rightsOf lists what a role may do here.
func (a *server) rightsOf(role staff.Role) []string {
	may := []string{}
	for _, right := range a.rights {
		if role.May(right) && !slices.Contains(may, string(right)) {
			may = append(may, string(right))
		}
	}
	return may
}

func (a *server) me(_ context.Context, who staff.Person, _ *nothing) (*reply[wire.Me], error) {
	return &reply[wire.Me]{wire.Me{Staff: viewPerson(who), Rights: a.rightsOf(who.Role)}}, nil
}

func (a *server) listStaff(ctx context.Context, _ staff.Person, _ *nothing) (*reply[wire.Page[wire.Person]], error) {
	all, err := a.Staff.List(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Person]]{wire.Page[wire.Person]{Items: each(all, viewPerson)}}, nil
}

type addStaffInput struct {
	Body wire.AddStaff
}

func (a *server) addStaff(ctx context.Context, who staff.Person, in *addStaffInput) (*created[wire.Person], error) {
	b := in.Body
	p, err := a.Staff.Add(ctx, audit.Staff(who.ID), staff.Person{ID: b.ID, Name: b.Name, Role: staff.Role(b.Role), Committee: b.Committee})
	if err != nil {
		return nil, err
	}
	return &created[wire.Person]{wire.Prefix + "/staff/" + p.ID, viewPerson(p)}, nil
}

type personInput struct {
	ID string `path:"id" maxLength:"32"`
}

func (a *server) disableStaff(ctx context.Context, who staff.Person, in *personInput) (*reply[wire.Person], error) {
	if err := a.Staff.Disable(ctx, audit.Staff(who.ID), in.ID); err != nil {
		return nil, err
	}
	return a.person(ctx, in.ID)
}

func (a *server) enableStaff(ctx context.Context, who staff.Person, in *personInput) (*reply[wire.Person], error) {
	err := a.Staff.Enable(ctx, audit.Staff(who.ID), in.ID)
	if errors.Is(err, staff.ErrNoCommittee) {
		return nil, refuse(http.StatusConflict, "no-committee", "their committee was deleted: add it again first",
			faultAt("path.id", "belongs to a committee that is gone"))
	}
	if err != nil {
		return nil, err
	}
	return a.person(ctx, in.ID)
}

func (a *server) person(ctx context.Context, id string) (*reply[wire.Person], error) {
	p, err := a.Staff.Get(ctx, id)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Person]{viewPerson(p)}, nil
}

func (a *server) listKeys(ctx context.Context, _ staff.Person, in *personInput) (*reply[wire.Page[wire.Key]], error) {
	keys, err := a.Staff.Keys(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Key]]{wire.Page[wire.Key]{Items: each(keys, viewKey)}}, nil
}

type keyInput struct {
	ID  string `path:"id" maxLength:"32"`
	Key string `path:"key" maxLength:"32"`
}

func (a *server) revokeKey(ctx context.Context, who staff.Person, in *keyInput) (*nothing, error) {
	keys, err := a.Staff.Keys(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.ID == in.Key {
			return nil, a.Staff.Revoke(ctx, audit.Staff(who.ID), k.ID)
		}
	}
	return nil, errAbsent
}
