// Package stafftest is the contract of staff.Store, together with what staff.Service makes of it.
package stafftest

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/staff"
)

// noon is when the suite's people are taken on.
var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

const boss audit.Actor = "local:root"

// House is one process's handle on an implementation: empty but for the committees C-1 and C-2.
type House struct {
	Store staff.InvitationStore
	Audit audit.Log
}

// Run runs the contract. each calls test, once an implementation, on an empty store of which every call of open is one
// more process's handle.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open func() House))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open func() House)
	}{
		{"people come back", people},
		{"fields that cannot be", invalid},
		{"disable and enable", disables},
		{"the last admin stays", lastAdmin},
		{"two admins disable each other", rivals},
		{"a key opens until it is revoked", keys},
		{"keys that do not open", wrongKeys},
		{"a key takes two admins and the person's own number", twoAdmins},
		{"an invitation ends", invitationEnds},
		{"set-up ends with the second admin, for good", setup},
		{"another role takes two admins again", changesRole},
		{"who may change what", changes},
		{"two admins change each other's role", rivalChanges},
		{"without SMS the second admin sees the person", inPerson},
		{"a number is proved, and one person's", ownNumber},
		{"last use is kept to the hour", lastUse},
		{"who is no admin any more changes nothing", formerAdmin},
		{"what is unknown", unknown},
		{"every change is recorded once, with who made it", recorded},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time { return c.at }

func service(h House) (*staff.Service, *clock) {
	c := &clock{noon}
	return staff.New(h.Store, nil, c.now), c
}

func add(t *testing.T, s *staff.Service, id string, role staff.Role) staff.Person {
	t.Helper()
	p := staff.Person{ID: id, Name: "王 " + id, Role: role}
	if role == staff.Committee {
		p.Committee = "C-1"
	}
	p, err := s.Add(t.Context(), boss, p)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func issue(t *testing.T, h House, c *clock, id string) (bearer string, k staff.Key) {
	t.Helper()
	bearer, k, err := KeyOf(t.Context(), h.Store, c.now, id)
	if err != nil {
		t.Fatal(err)
	}
	return bearer, k
}

func opens(t *testing.T, s *staff.Service, bearer, person string) {
	t.Helper()
	if p, k, err := s.Authenticate(t.Context(), bearer); err != nil || p.ID != person || !strings.Contains(bearer, "_"+k.ID+"_") || k.Person != person {
		t.Errorf("Authenticate = %q, %+v, %v; want %q", p.ID, k, err, person)
	}
}

func refused(t *testing.T, s *staff.Service, what, bearer string) {
	t.Helper()
	if p, k, err := s.Authenticate(t.Context(), bearer); !errors.Is(err, staff.ErrKey) || p != (staff.Person{}) || k != (staff.Key{}) {
		t.Errorf("%s: Authenticate = %+v, %+v, %v; want ErrKey alone", what, p, k, err)
	}
}

func people(t *testing.T, open func() House) {
	s, _ := service(open())
	want := []staff.Person{
		add(t, s, "auditor-1", staff.Auditor), add(t, s, "chen", staff.Committee), add(t, s, "li_2", staff.Approver), add(t, s, "wang", staff.Author),
	}
	if want[1].CreatedAt != noon || want[1].Committee != "C-1" {
		t.Errorf("added: %+v", want[1])
	}
	other, _ := service(open())
	if got, err := other.List(t.Context()); err != nil || !slices.Equal(got, want) {
		t.Errorf("List = %+v, %v; want %+v", got, err, want)
	}
	if got, err := other.Get(t.Context(), "li_2"); err != nil || got != want[2] {
		t.Errorf("Get = %+v, %v", got, err)
	}
	taken := staff.Person{ID: "wang", Name: "别人", Role: staff.Admin}
	if _, err := s.Add(t.Context(), boss, taken); !errors.Is(err, staff.ErrExists) {
		t.Errorf("a taken id: %v", err)
	}
	if got, err := s.Get(t.Context(), "wang"); err != nil || got != want[3] {
		t.Errorf("whose id was to be taken: %+v, %v", got, err)
	}
	nowhere := staff.Person{ID: "zhao", Name: "赵", Role: staff.Committee, Committee: "C-9"}
	if _, err := s.Add(t.Context(), boss, nowhere); !errors.Is(err, staff.ErrNoCommittee) {
		t.Errorf("of a committee that is not there: %v", err)
	}
}

func invalid(t *testing.T, open func() House) {
	h := open()
	s, _ := service(h)
	good := staff.Person{ID: "wang", Name: "王", Role: staff.Author}
	for name, c := range map[string]struct {
		change func(*staff.Person)
		fields []string
	}{
		"no id":               {func(p *staff.Person) { p.ID = "" }, []string{"id"}},
		"capitals":            {func(p *staff.Person) { p.ID = "Wang" }, []string{"id"}},
		"a flag":              {func(p *staff.Person) { p.ID = "-wang" }, []string{"id"}},
		"long":                {func(p *staff.Person) { p.ID = strings.Repeat("a", 33) }, []string{"id"}},
		"no name":             {func(p *staff.Person) { p.Name = " \t" }, []string{"name"}},
		"two lines":           {func(p *staff.Person) { p.Name = "王\n李" }, []string{"name"}},
		"turned around":       {func(p *staff.Person) { p.Name = "王\u202e李" }, []string{"name"}},
		"a sign nobody sees":  {func(p *staff.Person) { p.Name = "王\u200b李" }, []string{"name"}},
		"no role":             {func(p *staff.Person) { p.Role = "" }, []string{"role"}},
		"no committee":        {func(p *staff.Person) { p.Role = staff.Committee }, []string{"committee"}},
		"a committee":         {func(p *staff.Person) { p.Committee = "C-1" }, []string{"committee"}},
		"a committee's name":  {func(p *staff.Person) { p.Role, p.Committee = staff.Committee, "示例社区" }, []string{"committee"}},
		"everything":          {func(p *staff.Person) { *p = staff.Person{ID: "王", Role: "boss", Committee: "C-1"} }, []string{"id", "name", "role", "committee"}},
		"a name of 41 letter": {func(p *staff.Person) { p.Name = strings.Repeat("王", 41) }, []string{"name"}},
	} {
		p := good
		c.change(&p)
		_, err := s.Add(t.Context(), boss, p)
		var fields []string
		if joined, ok := err.(interface{ Unwrap() []error }); ok {
			for _, err := range joined.Unwrap() {
				if bad, ok := errors.AsType[*problem.Invalid](err); ok && bad.Reason != "" {
					fields = append(fields, bad.Field)
				}
			}
		}
		if !slices.Equal(fields, c.fields) {
			t.Errorf("%s: %v; want fields %q", name, err, c.fields)
		}
	}
	if got, err := s.List(t.Context()); err != nil || len(got) > 0 {
		t.Errorf("added nevertheless: %+v, %v", got, err)
	}
}

func disables(t *testing.T, open func() House) {
	h := open()
	s, c := service(h)
	add(t, s, "wang", staff.Author)
	bearer, _ := issue(t, h, c, "wang")
	for _, step := range []time.Duration{0, time.Hour} { // again changes nothing
		c.at = noon.Add(step)
		if err := s.Disable(t.Context(), boss, "wang", true); err != nil {
			t.Fatal(err)
		}
	}
	if p, err := s.Get(t.Context(), "wang"); err != nil || !p.DisabledAt.Equal(noon) {
		t.Errorf("%+v, %v", p, err)
	}
	refused(t, s, "a key of somebody disabled", bearer)
	if _, _, err := KeyOf(t.Context(), h.Store, c.now, "wang"); !errors.Is(err, staff.ErrDisabled) {
		t.Errorf("a key for somebody disabled: %v", err)
	}
	if err := s.Enable(t.Context(), boss, "wang"); err != nil {
		t.Fatal(err)
	}
	refused(t, s, "a key from before they were disabled", bearer)
	again, _ := issue(t, h, c, "wang")
	opens(t, s, again, "wang")
}

func lastAdmin(t *testing.T, open func() House) {
	s, _ := service(open())
	add(t, s, "admin1", staff.Admin)
	add(t, s, "wang", staff.Author)
	if err := s.Disable(t.Context(), boss, "admin1", true); !errors.Is(err, staff.ErrLastAdmin) {
		t.Errorf("the only admin: %v", err)
	}
	add(t, s, "admin2", staff.Admin)
	if err := s.Disable(t.Context(), boss, "admin1", false); !errors.Is(err, staff.ErrOneAdmin) {
		t.Errorf("the last admin but one, unconfirmed: %v", err)
	}
	if _, err := s.Change(t.Context(), boss, "admin1", staff.Changes{Role: new(staff.Author)}); !errors.Is(err, staff.ErrOneAdmin) {
		t.Errorf("the last admin but one becomes an author, unconfirmed: %v", err)
	}
	if err := s.Disable(t.Context(), audit.Staff("admin1"), "admin1", true); !errors.Is(err, staff.ErrDisableSelf) {
		t.Errorf("oneself: %v", err)
	}
	for _, id := range []string{"admin1", "wang"} {
		if err := s.Disable(t.Context(), boss, id, true); err != nil {
			t.Errorf("%s: %v", id, err)
		}
	}
	if err := s.Disable(t.Context(), boss, "admin2", true); !errors.Is(err, staff.ErrLastAdmin) {
		t.Errorf("the only admin left: %v", err)
	}
}

func rivals(t *testing.T, open func() House) {
	first, _ := service(open())
	second, _ := service(open())
	for round := range 5 {
		a, b := "a"+string(rune('0'+round)), "b"+string(rune('0'+round))
		add(t, first, a, staff.Admin)
		add(t, first, b, staff.Admin)
		if round > 0 { // whoever won the round before
			for _, id := range admins(t, first) {
				if id != a && id != b {
					if err := first.Disable(t.Context(), boss, id, true); err != nil {
						t.Fatal(err)
					}
				}
			}
		}
		var all sync.WaitGroup
		errs := make([]error, 2)
		all.Go(func() { errs[0] = first.Disable(t.Context(), audit.Staff(a), b, true) })
		all.Go(func() { errs[1] = second.Disable(t.Context(), audit.Staff(b), a, true) })
		all.Wait()
		if (errs[0] == nil) == (errs[1] == nil) || !errors.Is(errors.Join(errs...), staff.ErrActor) {
			t.Fatalf("both at once: %v", errs)
		}
	}
}

// formerAdmin acts after they were disabled, or got another role, as a request does that was let in before.
func formerAdmin(t *testing.T, open func() House) {
	ctx, h := t.Context(), open()
	c := newCity(t, h, true)
	c.first("anna", phoneA)
	c.first("bao", phoneB)
	add(t, c.Service, "chun", staff.Admin)
	add(t, c.Service, "xu", staff.Approver)
	add(t, c.Service, "gone", staff.Author)
	if err := c.Disable(ctx, boss, "gone", true); err != nil {
		t.Fatal(err)
	}
	_, key := issue(t, h, c.clock, "xu")
	for former, ends := range map[string]func(id string) error{
		"bao": func(id string) error { return c.Disable(ctx, boss, id, true) },
		"chun": func(id string) error {
			_, err := c.Change(ctx, boss, id, staff.Changes{Role: new(staff.Auditor), OneAdmin: true})
			return err
		},
	} {
		_, mine := c.invite("anna", "xu")
		if err := ends(former); err != nil {
			t.Fatal(err)
		}
		before, err := h.Audit.List(ctx, 0, 100, audit.Filter{})
		if err != nil {
			t.Fatal(err)
		}
		actor := audit.Staff(former)
		for what, act := range map[string]func() error{
			"add": func() error {
				_, err := c.Add(ctx, actor, staff.Person{ID: "li", Name: "李", Role: staff.Author})
				return err
			},
			"disable": func() error { return c.Disable(ctx, actor, "anna", true) },
			"enable":  func() error { return c.Enable(ctx, actor, "gone") },
			"change": func() error {
				_, err := c.Change(ctx, actor, "xu", staff.Changes{Role: new(staff.Author)})
				return err
			},
			"revoke": func() error { return c.Revoke(ctx, actor, key.ID) },
			"invite": func() error { _, _, err := c.enrol.Invite(ctx, former, "xu"); return err },
			"confirm": func() error {
				_, err := c.enrol.Confirm(ctx, former, mine, staff.Confirmation{Phone: phoneX})
				return err
			},
			"withdraw": func() error { return c.enrol.Withdraw(ctx, former, mine) },
		} {
			if err := act(); !errors.Is(err, staff.ErrActor) {
				t.Errorf("%s by %s: %v", what, former, err)
			}
		}
		if after, err := h.Audit.List(ctx, 0, 100, audit.Filter{}); err != nil || len(after) != len(before) {
			t.Errorf("%s changed something: %v, %v", former, after, err)
		}
	}
}

func admins(t *testing.T, s *staff.Service) (ids []string) {
	t.Helper()
	all, err := s.List(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.Role == staff.Admin && p.DisabledAt.IsZero() {
			ids = append(ids, p.ID)
		}
	}
	return ids
}

func unknown(t *testing.T, open func() House) {
	h := open()
	s, c := service(h)
	for name, do := range map[string]func(context.Context) error{
		"get":     func(ctx context.Context) error { _, err := s.Get(ctx, "nobody"); return err },
		"disable": func(ctx context.Context) error { return s.Disable(ctx, boss, "nobody", true) },
		"enable":  func(ctx context.Context) error { return s.Enable(ctx, boss, "nobody") },
		"key":     func(ctx context.Context) error { _, _, err := KeyOf(ctx, h.Store, c.now, "nobody"); return err },
		"change": func(ctx context.Context) error {
			_, err := s.Change(ctx, boss, "nobody", staff.Changes{Name: new("王")})
			return err
		},
		"keys":   func(ctx context.Context) error { _, err := s.Keys(ctx, "nobody"); return err },
		"revoke": func(ctx context.Context) error { return s.Revoke(ctx, boss, "nobodyskey") },
	} {
		if err := do(t.Context()); !errors.Is(err, staff.ErrNoPerson) {
			t.Errorf("%s: %v, want ErrNoPerson", name, err)
		}
	}
}
