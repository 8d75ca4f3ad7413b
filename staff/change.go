package staff

import (
	"context"
	"strings"

	"towncrier/audit"
)

// Changes are what Change does to a member of staff; nil leaves a field as it is.
type Changes struct {
	Name      *string
	Role      *Role
	Committee *string
	OneAdmin  bool // confirms that one admin may be left
}

// Change gives somebody another name, role or committee.
//
//	what               who may            what else happens
//	name               any admin          nothing
//	role or committee  any other admin    their keys, their open invitations and those that they issued or confirmed end:
//	                                      the new role takes an invitation that another admin confirms
//
// So two admins agree to every role, as they do to every key. A role other than Committee takes the committee away. ErrNoPerson,
// ErrNoChange, ErrOwnRole, ErrNoCommittee; ErrLastAdmin for the only admin who is not disabled, ErrOneAdmin for the last but one; *problem.Invalid, perhaps several
// joined.
func (s *Service) Change(ctx context.Context, actor audit.Actor, id string, c Changes) (Person, error) {
	if c.Name == nil && c.Role == nil && c.Committee == nil {
		return Person{}, ErrNoChange
	}
	if _, err := s.Get(ctx, id); err != nil {
		return Person{}, err
	}
	var before Person
	after, err := s.store.Change(ctx, id, keep(c.OneAdmin), s.now(), s.act(actor, "staff.change", id, ""), func(p *Person, act *audit.Act) error {
		before = *p
		c.apply(p)
		if p.OtherRights(before) && actor == audit.Staff(id) {
			return ErrOwnRole
		}
		act.Detail = changed(before, *p)
		return check(*p)
	})
	if err == nil && after != before && before.Role == Admin && actor != audit.Staff(id) {
		raise(ctx, s.alarms, actor, id, "修改（"+changed(before, after)+"）")
	}
	return after, err
}

// OtherRights says whether p may do other things than before, or elsewhere.
func (p Person) OtherRights(before Person) bool {
	return p.Role != before.Role || p.Committee != before.Committee
}

func (c Changes) apply(p *Person) {
	if c.Name != nil {
		p.Name = strings.TrimSpace(*c.Name)
	}
	if c.Role != nil {
		if p.Role = *c.Role; p.Role != Committee {
			p.Committee = ""
		}
	}
	if c.Committee != nil {
		p.Committee = *c.Committee
	}
}

// changed is what an audit entry says of a change: the old and the new. The name is last: it may have blanks.
func changed(before, after Person) string {
	var said []string
	for _, f := range []struct{ field, old, new string }{
		{"role", string(before.Role), string(after.Role)}, {"committee", before.Committee, after.Committee}, {"name", before.Name, after.Name},
	} {
		if f.old != f.new {
			said = append(said, f.field+"="+orDash(f.old)+">"+orDash(f.new))
		}
	}
	return strings.Join(said, " ")
}

func orDash(text string) string {
	if text == "" {
		return "-"
	}
	return text
}
