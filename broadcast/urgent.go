package broadcast

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
)

// NewID is for a broadcast that is to be made later.
func NewID() string { return newID("B") }

// Judge is what a proposal would do if it was sent now, with codes for the names that it says; without counts unless count. Nothing is kept
// of it.
func (s *Service) Judge(ctx context.Context, by Official, p Proposal, count bool) (Proposal, Preview, error) {
	p, err := s.resolve(ctx, by, p)
	if err != nil {
		return p, Preview{}, fmt.Errorf("judge a broadcast: %w", err)
	}
	b := Broadcast{Status: Draft, Author: by.ID}
	s.propose(&b, p)
	if err := s.check(by, b); err != nil {
		return p, Preview{}, err
	}
	how := not
	if count {
		how = whole
	}
	preview, err := s.preview(ctx, by, b, how)
	return p, preview, err
}

// Refused is what of a preview forbids to send, with what would be right; nil when nothing does. Warnings with a name are in it unless
// accepted has them.
func (p Preview) Refused(accepted []string) error {
	_, err := admitted(p.Faults, accepted)
	return err
}

// Named are the names of a preview's warnings that have one.
func (p Preview) Named() (names []string) {
	for _, f := range p.Faults {
		if f.Name != "" {
			names = append(names, f.Name)
		}
	}
	return names
}

// Declare makes a scheduled broadcast of a proposal that two people signed as a part of something larger, whose caller has checked all that
// Submit and Approve check. id is its own. Done twice, and by several processes, it is done once.
func (s *Service) Declare(ctx context.Context, author, approver, id string, p Proposal, accepted []string) (Broadcast, error) {
	b := Broadcast{ID: id, Version: 1, Status: Draft, Nonce: nonce(), Author: author, Editors: []string{author}, Round: 1, CreatedAt: s.instant()}
	b.UpdatedAt = b.CreatedAt
	s.propose(&b, p)
	_, err := s.Store.Get(ctx, id)
	if errors.Is(err, ErrNoBroadcast) {
		if _, err = s.Store.Create(ctx, b, s.act(audit.Staff(author), "new", b)); err != nil {
			_, err = s.Store.Get(ctx, id) // another process was first
		}
	}
	if err != nil {
		return Broadcast{}, fmt.Errorf("declare a broadcast: %w", err)
	}
	estimate, err := s.Estimate(ctx, b)
	if err != nil {
		return Broadcast{}, err
	}
	declared, err := s.Store.Change(ctx, id, func(b *Broadcast) (acts []audit.Act, err error) {
		if b.Status != Draft {
			return nil, nil
		}
		b.Accepted, b.Size, b.Expected, b.AnyFew, b.HashVersion = accepted, estimate.Residents, estimate.Bill, estimate.AnyFew(), hashVersion
		b.Hash = b.hash(s.Content(), s.Sign)
		b.Approver, b.UpdatedAt = approver, s.instant()
		b.ApprovedAt, b.ReleasedAt, b.BasisGoneAt = b.UpdatedAt, b.UpdatedAt, time.Time{}
		for _, step := range []struct {
			Step
			by string
		}{{Submits, author}, {Approves, approver}, {Schedules, approver}} {
			if err := b.take(step.Step); err != nil {
				return nil, err
			}
			acts = append(acts, s.act(audit.Staff(step.by), string(step.Step), *b))
		}
		return acts, nil
	})
	if err != nil {
		return Broadcast{}, fmt.Errorf("declare a broadcast: %w", err)
	}
	return declared, nil
}
