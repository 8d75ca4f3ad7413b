package broadcast

import (
	"bytes"
	"context"
	"crypto/rand"
	"fmt"
	"slices"
	"time"

	"towncrier/audit"
)

// Submit asks for an approval. It refuses with FaultsError what a platform would refuse and warnings with a name that accept lacks,
// counts the audience, and fixes the hash.
func (s *Service) Submit(ctx context.Context, by Official, id string, accept ...string) (Broadcast, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return Broadcast{}, err
	}
	if _, ok := b.Status.After(Submits); !ok {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", &StateError{Status: b.Status, Step: Submits})
	}
	if s, err = s.upToDate(ctx); err != nil {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", err)
	}
	accepted, err := admitted(append(s.Lint(b), s.timeFaults(b)...), accept)
	if err != nil {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", err)
	}
	faults, err := s.audienceFaults(ctx, by, b)
	if err == nil {
		err = refused(faults)
	}
	if err != nil {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", err)
	}
	lists, err := s.Store.ListContents(ctx, b.Audience.Lists())
	if err != nil {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", err)
	}
	as, err := s.readAs(ctx, b.Proposal())
	if err != nil {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", err)
	}
	if err := s.maySubmit(ctx, by, b); err != nil {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", err)
	}
	estimate, err := s.Estimate(ctx, b)
	if err != nil {
		return Broadcast{}, err
	}
	if faults, err = s.nobody(ctx, by, b, estimate); err == nil {
		err = refused(faults)
	}
	if err != nil {
		return Broadcast{}, fmt.Errorf("submit a broadcast: %w", err)
	}
	return s.step(ctx, by, id, Submits, "submit", func(now *Broadcast) error {
		if now.Version != b.Version {
			return ErrChanged
		}
		now.Why, now.ReturnedAt = "", time.Time{}
		now.Accepted = accepted
		now.Lists, now.Size, now.Expected, now.AnyFew = lists, estimate.Residents, estimate.Bill, estimate.AnyFew()
		if now.HashVersion = hashVersion; now.Nonce == nil { // it was written before broadcasts had one
			now.Nonce = nonce()
		}
		now.Hash = now.hash(s.Content(), s.Sign)
		now.Revision = s.revision(by, Submits, now.canonical(as).lines)
		return nil
	})
}

// Approve approves this exact version, identified by its hash. ErrOwn for an author of it, ErrChanged when the
// broadcast, a template that it fills, a passage that it cites or a list that it goes to is another one by now, and FaultsError unless
// accept is what was accepted when it was submitted. Where two are to sign it waits for the second after the first, who may not be
// both: ErrSigned.
func (s *Service) Approve(ctx context.Context, by Official, id string, hash []byte, accept ...string) (Broadcast, error) {
	s, lists, err := s.restingOn(ctx, by, id)
	if err != nil {
		return Broadcast{}, err
	}
	return s.step(ctx, by, id, Approves, "approve", func(b *Broadcast) error {
		if err := s.mayApprove(by, *b); err != nil {
			return err
		}
		if err := b.listsChanged(lists); err != nil {
			return err
		}
		if !s.intact(*b) {
			return ErrChanged
		}
		if !bytes.Equal(hash, b.Hash) {
			return ErrHash
		}
		if err := b.acceptedToo(s.Lint(*b), accept); err != nil {
			return err
		}
		b.BasisGoneAt = time.Time{}
		b.Revision = s.revision(by, Approves, nil)
		if s.Signatures(*b) > 1 && b.Reviewer == "" {
			b.Status, b.Reviewer, b.ReviewedAt = Submitted, by.ID, s.instant() // and waits for the second
			return nil
		}
		b.Approver, b.ApprovedAt = by.ID, s.instant()
		return nil
	})
}

// Reject gives it back to its author; why is for them.
func (s *Service) Reject(ctx context.Context, by Official, id, why string) (Broadcast, error) {
	return s.step(ctx, by, id, Rejects, "reject", func(b *Broadcast) error {
		b.void()
		if err := b.explain(why); err != nil {
			return err
		}
		b.Revision = s.revision(by, Rejects, nil)
		b.Revision.Why, b.ReturnedAt = b.Why, s.instant()
		return nil
	})
}

// Schedule lets an approved broadcast go at its time, or now when it has none. One whose time was missed waits for a confirmation;
// ErrExpired when it is too late for that.
func (s *Service) Schedule(ctx context.Context, by Official, id string) (Broadcast, error) {
	s, lists, err := s.restingOn(ctx, by, id)
	if err != nil {
		return Broadcast{}, err
	}
	return s.step(ctx, by, id, Schedules, "schedule", func(b *Broadcast) error {
		if err := s.mayRelease(by, *b); err != nil {
			return err
		}
		if err := b.listsChanged(lists); err != nil {
			return err
		}
		if !s.intact(*b) {
			return ErrChanged
		}
		if err := s.stands(*b); err != nil {
			return err
		}
		now := s.instant()
		late := s.overdue(*b, now) // by its own time: being scheduled is no confirmation
		b.ReleasedAt, b.BasisGoneAt = now, time.Time{}
		if !now.Before(b.Deadline()) || !b.due().Before(b.Deadline()) {
			return ErrExpired
		}
		b.Why = ""
		if late > s.Overdue {
			b.Why = overdueText(late)
			return b.take(Holds)
		}
		return nil
	})
}

// Confirm confirms a broadcast that is on hold because it was overdue, because its audience is not as large as approved, or because a
// notice that it rests on was withdrawn and is back.
func (s *Service) Confirm(ctx context.Context, by Official, id string) (Broadcast, error) {
	s, lists, err := s.restingOn(ctx, by, id)
	if err != nil {
		return Broadcast{}, err
	}
	return s.change(ctx, audit.Staff(by.ID), id, "confirm", func(b *Broadcast) error {
		if !by.sees(*b) {
			return ErrNoBroadcast
		}
		if b.Status != Held {
			return &StateError{Status: b.Status, Step: Confirms}
		}
		if err := s.mayYes(by, *b); err != nil {
			return err
		}
		if err := b.listsChanged(lists); err != nil {
			return err
		}
		if !s.intact(*b) {
			return ErrChanged
		}
		if err := s.stands(*b); err != nil {
			return err
		}
		b.Why, b.Confirmer, b.ReleasedAt, b.BasisGoneAt = "", by.ID, s.instant(), time.Time{}
		if !b.ReleasedAt.Before(b.Deadline()) || !b.due().Before(b.Deadline()) {
			return ErrExpired
		}
		switch {
		case b.BegunAt.IsZero():
			return b.take(Confirms)
		case b.FrozenAt.IsZero():
			return b.take(Refreezes)
		}
		return b.take(Sends)
	})
}

// Signatures is how many approve b: two where the city wants it, or when it goes to many. Nobody waits for the second in an emergency.
func (s *Service) Signatures(b Broadcast) int {
	size := b.Size
	for _, l := range b.Lists {
		size = max(size, l.Lines) // how many of them are known is told to nobody
	}
	if !b.Emergency && (s.Approvals > 1 || s.TwoAbove > 0 && size > s.TwoAbove) {
		return 2
	}
	return 1
}

// SeriesSignatures is Signatures of a series.
func (s *Service) SeriesSignatures(series Series) int {
	return s.Signatures(series.occurrence(time.Time{}))
}

// mayApprove refuses the second signature of who gave the first, and what mayYes does.
func (s *Service) mayApprove(by Official, b Broadcast) error {
	if b.Reviewer != "" && by.ID == b.Reviewer {
		return ErrSigned
	}
	return s.mayYes(by, b)
}

// MayApprove says whether an official who may approve may approve b.
func (s *Service) MayApprove(by Official, b Broadcast) bool {
	return by.sees(b) && s.mayApprove(by, b) == nil
}

// MayApproveSeries is MayApprove of a series.
func (s *Service) MayApproveSeries(by Official, series Series) bool {
	return s.MayApprove(by, series.occurrence(time.Time{}))
}

// mayYes refuses an author's approval, and that of a person who lacks the emergency right where it is needed.
func (s *Service) mayYes(by Official, b Broadcast) error {
	if by.wrote(b) {
		return ErrOwn
	}
	return s.mayRelease(by, b)
}

func (s *Service) mayRelease(by Official, b Broadcast) error {
	if b.Emergency && !by.Emergency {
		return ErrEmergency
	}
	return nil
}

// restingOn is what a broadcast rests on that the official sees: s over the content in force, and what is on its lists.
func (s *Service) restingOn(ctx context.Context, by Official, id string) (*Service, []ListContent, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return s, nil, err
	}
	lists, err := s.Store.ListContents(ctx, listIDs(b.Lists))
	if err != nil {
		return s, nil, fmt.Errorf("read the lists of a broadcast: %w", err)
	}
	s, err = s.upToDate(ctx)
	return s, lists, err
}

func listIDs(lists []ListContent) []string {
	ids := make([]string, len(lists))
	for i, l := range lists {
		ids[i] = l.ID
	}
	return ids
}

// listsChanged refuses a broadcast whose lists are not what was submitted. Once the audience is frozen lists do not matter any more.
func (b Broadcast) listsChanged(now []ListContent) error {
	if !b.FrozenAt.IsZero() {
		return nil
	}
	for _, l := range b.Lists {
		same := func(other ListContent) bool {
			return other.ID == l.ID && other.Numbers == l.Numbers && bytes.Equal(other.Digest, l.Digest)
		}
		if !slices.ContainsFunc(now, same) {
			return FaultsError{{Text: "名单" + l.ID + "在送审之后改动过，请核对名单后重新送审"}}
		}
	}
	return nil
}

// nonce is 128 random bits.
func nonce() []byte {
	bits := make([]byte, 16)
	rand.Read(bits) // never fails
	return bits
}
