package roster

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

var committeeCode = regexp.MustCompile(`^[A-Za-z0-9_-]{1,32}$`)

// MaxCommunities is the most communities of one committee.
const MaxCommunities = 500

// Places are the committees, for a resident to choose from.
func (r *Roster) Places(ctx context.Context) ([]Committee, error) { return r.Committees(ctx) }

// Committees are all that there are, by code.
func (r *Roster) Committees(ctx context.Context) ([]Committee, error) {
	all, err := r.store.Committees(ctx)
	if err != nil {
		return nil, fmt.Errorf("list committees: %w", err)
	}
	return all, nil
}

// Committee is the one with a code, or ErrNoCommittee.
func (r *Roster) Committee(ctx context.Context, code string) (Committee, error) {
	c, err := r.store.Committee(ctx, code)
	if err != nil {
		return Committee{}, fmt.Errorf("find committee: %w", err)
	}
	return c, nil
}

// PutCommittee registers a committee, or replaces the one with its code. *problem.Invalid names a bad field.
func (r *Roster) PutCommittee(ctx context.Context, actor audit.Actor, c Committee) (created bool, err error) {
	if c, err = c.Clean(); err != nil {
		return false, err
	}
	created, err = r.store.PutCommittee(ctx, c, r.act(actor, "committee.put", c.Code, fmt.Sprintf("communities=%d", len(c.Communities))))
	if err != nil {
		return false, fmt.Errorf("put committee: %w", err)
	}
	return created, nil
}

// DeleteCommittee removes a committee that nobody belongs to, neither a resident nor staff who may act: ErrInUse otherwise,
// ErrNoCommittee when there is none.
func (r *Roster) DeleteCommittee(ctx context.Context, actor audit.Actor, code string) error {
	if err := r.store.DeleteCommittee(ctx, code, r.act(actor, "committee.delete", code, "")); err != nil {
		return fmt.Errorf("delete committee: %w", err)
	}
	return nil
}

// Lacks reports whether the committee lists communities, and not this one: most likely it is misspelt. It is taken as it is
// written all the same, and the person who wrote it is told.
func (c Committee) Lacks(community string) bool {
	return community != "" && len(c.Communities) > 0 && !slices.Contains(c.Communities, community)
}

// Clean is a committee as it is kept.
func (c Committee) Clean() (Committee, error) {
	if !committeeCode.MatchString(c.Code) {
		return Committee{}, &problem.Invalid{Field: "code", Reason: "应为1到32个字母、数字、- 或 _"}
	}
	if phone.In(c.Code) { // logs of acts and of addresses say codes
		return Committee{}, &problem.Invalid{Field: "code", Reason: phone.Unfit}
	}
	for _, f := range []struct {
		name string
		text *string
	}{{"name", &c.Name}, {"street", &c.Street}, {"area", &c.Area}} {
		*f.text = tidy(*f.text)
		if err := checkText(f.name, *f.text); err != nil {
			return Committee{}, err
		}
	}
	if c.Name == "" {
		return Committee{}, &problem.Invalid{Field: "name", Reason: "没有填写"}
	}
	names := make([]string, 0, len(c.Communities))
	for _, name := range c.Communities {
		if name = tidy(name); name == "" {
			continue
		}
		if strings.ContainsFunc(name, isSeparator) {
			return Committee{}, &problem.Invalid{Field: "communities", Reason: oneName}
		}
		if err := checkText("communities", name); err != nil {
			return Committee{}, err
		}
		names = append(names, name)
	}
	slices.Sort(names)
	if c.Communities = slices.Compact(names); len(c.Communities) > MaxCommunities {
		return Committee{}, &problem.Invalid{Field: "communities", Reason: tooManyCommunities(len(c.Communities))}
	}
	return c, nil
}

func tooManyCommunities(n int) string {
	return fmt.Sprintf("有%d个，最多%d个", n, MaxCommunities)
}
