package api

import (
	"context"
	"errors"
	"net/http"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/signin"
	"towncrier/staff"
)

// staffHandler has the staff and their keys.
type staffHandler struct {
	staff  *staff.Service
	names  directory
	rights func(staff.Role) []string // what a role may do here
	signin *signin.Service
}

func (h staffHandler) register(g *gate) {
	add(g, get("/me", "get-me", "Show the key's owner and their rights", anyStaff), h.me)
	add(g, get("/me/keys", "list-my-keys", "List your own keys, without their secrets", anyStaff), h.myKeys)
	add(g, get("/staff", "list-staff", "List staff", staff.ReadStaff), h.list)
	add(g, post("/staff", "add-staff", "Add a member of staff", staff.ManageStaff).labelled("body.role", labelOf[staff.Role]), repeatable(h.add, h.added, "staff.add"))
	add(g, post("/staff/{id}/disable", "disable-staff", "Disable a member of staff, at once", staff.ManageStaff), repeatable(h.disable, h.changed, "staff.disable"))
	add(g, post("/staff/{id}/enable", "enable-staff", "Enable a disabled member of staff", staff.ManageStaff), repeatable(h.enable, h.changed, "staff.enable"))
	add(g, patch("/staff/{id}", "change-staff", "Change the name, role or committee of a member of staff", staff.ManageStaff).labelled("body.role", labelOf[staff.Role]), repeatable(h.change, h.changed, "staff.change"))
	add(g, get("/staff/keys", "list-all-keys", "List the keys of all staff, without their secrets", staff.ReadStaff), h.allKeys)
	add(g, get("/staff/{id}/keys", "list-keys", "List the keys of a member of staff, without their secrets", staff.ReadStaff), h.listKeys)
	add(g, del("/staff/{id}/keys/{key}", "revoke-key", "Revoke a key", staff.ManageStaff), repeatable(h.revokeKey, nothingShown, "staff.revoke"))
}

func (h staffHandler) me(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Me], error) {
	return &reply[wire.Me]{wire.Me{Staff: h.view(ctx)(caller), Rights: h.rights(caller.Role)}}, nil
}

func (h staffHandler) list(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.Page[wire.Person]], error) {
	last, err := h.signin.LastSignIns(ctx)
	if err != nil {
		return nil, err
	}
	view := h.view(ctx)
	return listed(func(p staff.Person) wire.Person {
		person := view(p)
		person.LastSignInAt = last[p.ID]
		return person
	})(h.staff.List(ctx))
}

func (h staffHandler) add(ctx context.Context, caller staff.Person, in *Body[wire.AddStaff]) (*created[wire.Person], error) {
	b := in.Body
	committee, err := h.names.committee(ctx, caller, "committee", b.Committee)
	if err != nil {
		return nil, err
	}
	p, err := h.staff.Add(ctx, audit.Staff(caller.ID), staff.Person{ID: b.ID, Name: b.Name, Role: staff.Role(b.Role), Committee: committee})
	return createdAt(personPath)(shown(h.view(ctx))(p, err))
}

func (h staffHandler) added(ctx context.Context, _ staff.Person, act audit.Act) (*created[wire.Person], error) {
	return createdAt(personPath)(h.person(ctx, act.Subject))
}

type PersonInput struct {
	ID string `path:"id" maxLength:"32"`
}

type DisableInput struct {
	ID      string `path:"id" maxLength:"32"`
	Confirm bool   `query:"confirm" doc:"Leave one admin: nobody can confirm an invitation then"`
}

func (h staffHandler) disable(ctx context.Context, caller staff.Person, in *DisableInput) (*reply[wire.Person], error) {
	if err := h.staff.Disable(ctx, audit.Staff(caller.ID), in.ID, in.Confirm); err != nil {
		return nil, err
	}
	return h.person(ctx, in.ID)
}

func (h staffHandler) enable(ctx context.Context, caller staff.Person, in *PersonInput) (*reply[wire.Person], error) {
	err := h.staff.Enable(ctx, audit.Staff(caller.ID), in.ID)
	if errors.Is(err, staff.ErrNoCommittee) {
		return nil, refuse(http.StatusConflict, "no-committee", "所属的居委会已删除：请先重新添加",
			faultAt("path.id", "所属的居委会已删除，请先重新添加"))
	}
	if err != nil {
		return nil, err
	}
	return h.person(ctx, in.ID)
}

type ChangeStaffInput struct {
	ID      string `path:"id" maxLength:"32"`
	Confirm bool   `query:"confirm" doc:"Leave one admin: nobody can confirm an invitation then"`
	Body    wire.ChangeStaff
}

func (h staffHandler) change(ctx context.Context, caller staff.Person, in *ChangeStaffInput) (*reply[wire.Person], error) {
	c := staff.Changes{Name: in.Body.Name, Role: (*staff.Role)(in.Body.Role), OneAdmin: in.Confirm}
	if said := in.Body.Committee; said != nil {
		committee, err := h.names.committee(ctx, caller, "committee", *said)
		if err != nil {
			return nil, err
		}
		c.Committee = &committee
	}
	return shown(h.view(ctx))(h.staff.Change(ctx, audit.Staff(caller.ID), in.ID, c))
}

func (h staffHandler) changed(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.Person], error) {
	return h.person(ctx, act.Subject)
}

func (h staffHandler) person(ctx context.Context, id string) (*reply[wire.Person], error) {
	return shown(h.view(ctx))(h.staff.Get(ctx, id))
}

func (h staffHandler) listKeys(ctx context.Context, _ staff.Person, in *PersonInput) (*reply[wire.Page[wire.Key]], error) {
	return listed(h.viewKey(ctx))(h.staff.Keys(ctx, in.ID))
}

func (h staffHandler) allKeys(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.Page[wire.Key]], error) {
	return listed(h.viewKey(ctx))(h.staff.Keys(ctx, ""))
}

func (h staffHandler) myKeys(ctx context.Context, caller staff.Person, _ *Nothing) (*reply[wire.Page[wire.Key]], error) {
	return listed(h.viewKey(ctx))(h.staff.Keys(ctx, caller.ID))
}

type KeyInput struct {
	ID  string `path:"id" maxLength:"32"`
	Key string `path:"key" maxLength:"32"`
}

func (h staffHandler) revokeKey(ctx context.Context, caller staff.Person, in *KeyInput) (*Nothing, error) {
	keys, err := h.staff.Keys(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	for _, k := range keys {
		if k.ID == in.Key {
			return nil, h.staff.Revoke(ctx, audit.Staff(caller.ID), k.ID)
		}
	}
	return nil, errNoKey
}

func personPath(p wire.Person) string { return "/staff/" + p.ID }

func (h staffHandler) view(ctx context.Context) func(staff.Person) wire.Person {
	committees := h.names.committees(ctx)
	return func(p staff.Person) wire.Person {
		return wire.Person{ID: p.ID, Name: p.Name, Role: string(p.Role), Committee: p.Committee, CommitteeName: committees[p.Committee], Phone: p.Phone.Masked(),
			CreatedAt: p.CreatedAt, DisabledAt: p.DisabledAt}
	}
}

func (h staffHandler) viewKey(ctx context.Context) func(staff.Key) wire.Key {
	people, used := h.names.people(ctx), infoOf(ctx).origin.Key
	return func(k staff.Key) wire.Key {
		return wire.Key{ID: k.ID, Person: k.Person, PersonName: people[k.Person], Name: k.Name, CreatedAt: k.CreatedAt, ExpiresAt: k.ExpiresAt, RevokedAt: k.RevokedAt,
			LastUsedAt: usedAt(k), InUse: k.ID == used}
	}
}

// usedAt is when a key was last used: it is kept to the hour, and no key was used before there was one.
func usedAt(k staff.Key) time.Time {
	if !k.LastUsedAt.IsZero() && k.LastUsedAt.Before(k.CreatedAt) {
		return k.CreatedAt
	}
	return k.LastUsedAt
}
