package stafftest

import (
	"context"
	"errors"
	"sync"
	"testing"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
)

func changesRole(t *testing.T, open func() House) {
	ctx := t.Context()
	h := open()
	c := newCity(t, h, true)
	anna, bao := c.first("anna", phoneA), c.first("bao", phoneB)
	add(t, c.Service, "xu", staff.Author)
	xu, _ := issue(t, h, c.clock, "xu")
	open1, _ := c.invite("anna", "xu")
	change := func(by, id string, to staff.Changes) staff.Person {
		t.Helper()
		return must[staff.Person](t)(c.Change(ctx, audit.Staff(by), id, to))
	}

	change("anna", "xu", staff.Changes{Name: new("徐某")})
	opens(t, c.Service, xu, "xu")
	p := change("anna", "xu", staff.Changes{Role: new(staff.Admin)})
	if got := must[staff.Person](t)(c.Get(ctx, "xu")); got != p || p.Role != staff.Admin || p.Name != "徐某" {
		t.Errorf("changed: %+v, kept %+v", p, got)
	}
	refused(t, c.Service, "the key of another role", xu)
	_, err := c.enrol.Begin(ctx, open1)
	c.wants(err, staff.ErrNoInvitation)
	// Back in the old role the old key stays ended.
	change("bao", "xu", staff.Changes{Role: new(staff.Author)})
	refused(t, c.Service, "the key from before", xu)
	// The new role takes an invitation that another admin confirms.
	change("anna", "xu", staff.Changes{Role: new(staff.Committee), Committee: new("C-1")})
	activation, id := c.invite("anna", "xu")
	_, err = c.enrol.Confirm(ctx, "anna", id, staff.Confirmation{Phone: phoneX})
	c.wants(err, staff.ErrSecondAdmin)
	must[staff.Invitation](t)(c.enrol.Confirm(ctx, "bao", id, staff.Confirmation{Phone: phoneX}))
	bearer := c.open(activation, phoneX)
	opens(t, c.Service, bearer, "xu")
	change("bao", "xu", staff.Changes{Committee: new("C-2")})
	refused(t, c.Service, "the key of another committee", bearer)
	if p := must[staff.Person](t)(c.Get(ctx, "xu")); p.Phone != phoneX {
		t.Error("with another committee the number is forgotten")
	}

	// What an admin issued or confirmed ends with their role.
	issued, id := c.invite("bao", "xu")
	must[staff.Invitation](t)(c.enrol.Confirm(ctx, "anna", id, staff.Confirmation{Phone: phoneX}))
	change("anna", "bao", staff.Changes{Role: new(staff.Approver), OneAdmin: true})
	_, err = c.enrol.Begin(ctx, issued)
	c.wants(err, staff.ErrNoInvitation)
	refused(t, c.Service, "the admin's key", bao)
	opens(t, c.Service, anna, "anna")

	entries, err := h.Audit.List(ctx, 0, 100, audit.Filter{Action: "staff.change", Subject: "xu"})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"committee=C-1>C-2", "role=author>committee committee=->C-1", "role=admin>author", "role=author>admin", "name=王 xu>徐某"}
	for i, e := range entries {
		if len(entries) != len(want) || e.Detail != want[i] {
			t.Fatalf("recorded %+v; want %q", entries, want)
		}
	}
	for _, k := range must[[]staff.Key](t)(c.Keys(ctx, "xu")) {
		if k.RevokedAt.IsZero() {
			t.Errorf("not ended: %+v", k)
		}
	}
}

func changes(t *testing.T, open func() House) {
	ctx := t.Context()
	h := open()
	s, c := service(h)
	add(t, s, "anna", staff.Admin)
	add(t, s, "xu", staff.Author)
	add(t, s, "chen", staff.Committee)
	xu, _ := issue(t, h, c, "xu")
	for _, k := range []struct {
		what, by, id string
		to           staff.Changes
		want         error
	}{
		{"nothing", "anna", "xu", staff.Changes{}, staff.ErrNoChange},
		{"one's own role", "anna", "anna", staff.Changes{Role: new(staff.Author)}, staff.ErrOwnRole},
		{"a committee's worker oneself", "chen", "chen", staff.Changes{Committee: new("C-2")}, staff.ErrActor},
		{"an author the last admin", "xu", "anna", staff.Changes{Role: new(staff.Author)}, staff.ErrActor},
		{"a committee that is not", "anna", "chen", staff.Changes{Committee: new("C-9")}, staff.ErrNoCommittee},
		{"somebody who is not", "anna", "li", staff.Changes{Role: new(staff.Author)}, staff.ErrNoPerson},
		{"an id that none is", "anna", "\x00", staff.Changes{Role: new(staff.Author)}, staff.ErrNoPerson},
		{"a role that none is", "anna", "xu", staff.Changes{Role: new(staff.Role("mayor"))}, &problem.Invalid{Field: "role"}},
		{"a committee for an author", "anna", "xu", staff.Changes{Committee: new("C-1")}, &problem.Invalid{Field: "committee"}},
		{"a committee role without", "anna", "xu", staff.Changes{Role: new(staff.Committee)}, &problem.Invalid{Field: "committee"}},
		{"a name of two lines", "anna", "xu", staff.Changes{Name: new("徐\n某")}, &problem.Invalid{Field: "name"}},
		{"a committee's worker loses it", "anna", "chen", staff.Changes{Role: new(staff.Author)}, nil},
		{"one's own name", "anna", "anna", staff.Changes{Name: new("安娜")}, nil},
		{"as it was", "anna", "xu", staff.Changes{Role: new(staff.Author)}, nil},
	} {
		p, err := s.Change(ctx, audit.Staff(k.by), k.id, k.to)
		if field, ok := errors.AsType[*problem.Invalid](k.want); ok {
			if got, ok := errors.AsType[*problem.Invalid](err); !ok || got.Field != field.Field {
				t.Errorf("%s: %v", k.what, err)
			}
		} else if !errors.Is(err, k.want) || err == nil && p.ID != k.id {
			t.Errorf("%s: %+v, %v; want %v", k.what, p, err, k.want)
		}
	}
	if _, err := s.Change(ctx, boss, "anna", staff.Changes{Role: new(staff.Author)}); !errors.Is(err, staff.ErrLastAdmin) {
		t.Errorf("the last admin: %v", err)
	}
	opens(t, s, xu, "xu") // which nothing changed
	if p, err := s.Get(ctx, "chen"); err != nil || p.Committee != "" || p.Role != staff.Author {
		t.Errorf("chen: %+v, %v", p, err)
	}
	if entries, err := h.Audit.List(ctx, 0, 100, audit.Filter{Action: "staff.change"}); err != nil || len(entries) != 2 {
		t.Errorf("recorded: %+v, %v; want two changes", entries, err)
	}
}

func rivalChanges(t *testing.T, open func() House) {
	first, _ := service(open())
	second, _ := service(open())
	add(t, first, "anna", staff.Admin)
	add(t, first, "bao", staff.Admin)
	demote := func(s *staff.Service, by, id string) error {
		_, err := s.Change(context.WithoutCancel(t.Context()), audit.Staff(by), id, staff.Changes{Role: new(staff.Auditor), OneAdmin: true})
		return err
	}
	var all sync.WaitGroup
	errs := make([]error, 2)
	all.Go(func() { errs[0] = demote(first, "anna", "bao") })
	all.Go(func() { errs[1] = demote(second, "bao", "anna") })
	all.Wait()
	if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), staff.ErrActor) || len(admins(t, first)) != 1 {
		t.Fatalf("both at once: %v; admins %q", errs, admins(t, first))
	}
}
