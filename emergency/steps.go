package emergency

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/problem"
	"towncrier/revision"
)

// minHash is how many digits of a hash, in hexadecimal, say which is meant.
const minHash = 12

// Approve approves exactly what a hash is over, publishes and sends it. When it returns an error after that, any process does what is left.
// ErrOwn, ErrRight, ErrHash. Done twice by the same person it is done once.
func (s *Service) Approve(ctx context.Context, by broadcast.Official, id, hash string) (Emergency, error) {
	e, err := s.Store.Get(ctx, id)
	if err != nil {
		return Emergency{}, err
	}
	named := len(hash) >= minHash && strings.HasPrefix(hex.EncodeToString(e.Hash), strings.ToLower(hash))
	switch {
	case e.Author == by.ID:
		return Emergency{}, ErrOwn
	case !by.Emergency:
		return Emergency{}, ErrRight
	case !named:
		return Emergency{}, ErrHash
	case e.Approver == by.ID:
		return s.advance(ctx, e)
	case e.Status != Submitted:
		return Emergency{}, &StatusError{e.Status}
	}
	if err := s.mayGo(ctx, by, e); err != nil {
		return Emergency{}, err
	}
	approved, err := s.change(ctx, by.ID, id, "approve", func(now *Emergency) error {
		if now.Approver == by.ID { // the same, in another process
			return nil
		}
		if now.Status != Submitted {
			return &StatusError{now.Status}
		}
		now.Status, now.Approver, now.ApprovedAt = Approved, by.ID, s.instant()
		return nil
	})
	if err != nil {
		return Emergency{}, err
	}
	told := s.telling(ctx, approved, WentOut) // at the same moment
	out, err := s.advance(ctx, approved)
	if err != nil {
		return out, err
	}
	return s.whenTold(ctx, out, told)
}

// mayGo refuses what would be another thing than was signed, or cannot be sent any more.
func (s *Service) mayGo(ctx context.Context, by broadcast.Official, e Emergency) error {
	sight, _, err := s.look(ctx, by, e, false)
	if err != nil {
		return err
	}
	if !slices.Equal(sight.Texts, e.Texts) {
		return ErrHash
	}
	for _, p := range []broadcast.Preview{sight.Sends, sight.Clear} {
		faults := slices.DeleteFunc(slices.Clone(p.Faults), func(f broadcast.Fault) bool { return slices.Contains(e.Warnings, f.Name) || f.Warning && f.Name == "" })
		if len(faults) > 0 {
			return broadcast.FaultsError(faults)
		}
	}
	return nil
}

// Advance does what is left of every emergency. It is called again and again, by several processes.
func (s *Service) Advance(ctx context.Context) error {
	open, err := s.Store.List(ctx, []Status{Submitted, Approved, Out, Ending}, "", 200)
	if err != nil {
		return fmt.Errorf("look for emergencies: %w", err)
	}
	var faults []error
	for _, e := range open {
		if event := e.untold(s.instant()); event != "" {
			if _, err := s.tell(ctx, e, event); err != nil {
				faults = append(faults, err)
			}
		}
		if _, err := s.advance(ctx, e); err != nil {
			faults = append(faults, fmt.Errorf("emergency %s: %w", e.ID, err))
			s.stuck(ctx, e, err)
		}
	}
	return errors.Join(faults...)
}

// stuck keeps why an emergency does not go on, for officials to read. The error itself is for the log.
func (s *Service) stuck(ctx context.Context, e Emergency, err error) {
	why := "系统出错，没有办完，会自动再试：一直不行，请告诉系统管理员"
	if faults, ok := errors.AsType[*revision.FaultsError](err); ok {
		why = faults.Error()
	}
	if ctx.Err() != nil || e.Why == why {
		return
	}
	_, err = s.Store.Change(ctx, e.ID, func(now *Emergency) (audit.Act, error) {
		if now.Status == e.Status {
			now.Why = why
		}
		return audit.Act{}, nil
	})
	if err != nil {
		s.Log.WarnContext(ctx, "why an emergency does not go on is not kept", "emergency", e.ID, "err", err)
	}
}

func (s *Service) advance(ctx context.Context, e Emergency) (Emergency, error) {
	switch e.Status {
	case Approved:
		return s.goOut(ctx, e)
	case Ending:
		return s.goHome(ctx, e)
	}
	return e, nil
}

var errPaused = errors.New("paused meanwhile")

// goOut publishes, and sends unless it is paused.
func (s *Service) goOut(ctx context.Context, e Emergency) (Emergency, error) {
	f, err := s.files(ctx, e)
	if err != nil {
		return e, err
	}
	r, err := s.Content.Overlay(ctx, e.Approver, revision.Revision{Kind: revision.Declared, Title: e.Says.Headline, Notice: e.ID, Author: e.Author, Approver: e.Approver},
		"content.publish", func(head revision.Folder) revision.Folder { return f.published(head, e) })
	if err != nil {
		return e, err
	}
	c, err := s.inForce(ctx)
	if err != nil {
		return e, err
	}
	for {
		if e, err = s.Store.Get(ctx, e.ID); err != nil || e.Status != Approved {
			return e, err
		}
		if e.Revision == 0 {
			if e, err = s.change(ctx, "", e.ID, "", func(now *Emergency) error { now.Revision = r.Number; return nil }); err != nil {
				return e, err
			}
		}
		if e.PausedBy == "" {
			if _, err := s.Broadcasts(c).Declare(ctx, e.Author, e.Approver, e.Broadcast, e.proposal(e.Says, e.ID), e.Warnings); err != nil {
				return e, err
			}
		} else if err := s.pauseSent(ctx, e); errors.Is(err, problem.ErrNotFound) {
			return e, nil // it waits for whoever resumes it
		} else if err != nil {
			return e, err
		}
		paused := e.PausedBy
		e, err = s.change(ctx, "", e.ID, "", func(now *Emergency) error {
			if now.PausedBy != paused {
				return errPaused
			}
			if now.Status == Approved {
				now.Status, now.Why, now.PausedBy, now.PausedAt = Out, "", "", time.Time{}
			}
			return nil
		})
		switch {
		case errors.Is(err, errPaused):
		case err == nil && e.Status != Out: // it was over before it went out
			return e, s.cancel(ctx, e)
		default:
			return e, err
		}
	}
}

// inForce is the city that the newest revision makes.
func (s *Service) inForce(ctx context.Context) (*city.City, error) {
	_, head, err := s.Content.Head(ctx)
	if err != nil {
		return nil, err
	}
	return s.read(head)
}

// pauseSent pauses the broadcast, which may be there.
func (s *Service) pauseSent(ctx context.Context, e Emergency) error {
	_, err := s.Broadcasts(s.City()).Pause(ctx, broadcast.Official{ID: e.PausedBy, Emergency: true}, e.Broadcast, "")
	if errors.Is(err, broadcast.ErrState) {
		return nil // paused already, or there is nothing left to pause
	}
	return err
}

// Pause stops sending. What is published stays: residents who ask are answered. Done twice it is done once.
func (s *Service) Pause(ctx context.Context, by broadcast.Official, id, why string) (Emergency, error) {
	if err := checkWhy(why); err != nil {
		return Emergency{}, err
	}
	e, err := s.change(ctx, by.ID, id, "pause", func(e *Emergency) error {
		switch e.Status {
		case Approved:
			e.PausedBy, e.PausedAt = by.ID, s.instant()
		case Out:
		default:
			return &StatusError{e.Status}
		}
		return nil
	})
	if err != nil {
		return Emergency{}, err
	}
	_, err = s.Broadcasts(s.City()).Pause(ctx, by, e.Broadcast, why)
	if e.Status == Approved && errors.Is(err, problem.ErrNotFound) {
		return e, nil
	}
	if b, found := s.sent(ctx, e); found && b.Status == broadcast.Paused {
		return e, nil
	}
	return e, err
}

// Resume goes on sending.
func (s *Service) Resume(ctx context.Context, by broadcast.Official, id string) (Emergency, error) {
	if !by.Emergency {
		return Emergency{}, ErrRight
	}
	e, err := s.change(ctx, by.ID, id, "resume", func(e *Emergency) error {
		switch {
		case e.Status == Approved && e.PausedBy != "":
			e.PausedBy, e.PausedAt = "", time.Time{}
		case e.Status == Approved:
			return ErrNotPaused
		case e.Status != Out:
			return &StatusError{e.Status}
		}
		return nil
	})
	if err != nil {
		return Emergency{}, err
	}
	if b, found := s.sent(ctx, e); found && b.Status == broadcast.Paused {
		c, err := s.inForce(ctx) // which answers here a moment later
		if err != nil {
			return e, err
		}
		if _, err := s.Broadcasts(c).Resume(ctx, by, e.Broadcast); err != nil {
			return e, err
		}
	}
	return s.advance(ctx, e)
}

// sent is the broadcast, once it is there.
func (s *Service) sent(ctx context.Context, e Emergency) (broadcast.Broadcast, bool) {
	b, err := s.Broadcasts(s.City()).Find(ctx, broadcast.Official{ID: e.Author}, e.Broadcast)
	return b, err == nil
}

// End says that it is over: the notice is withdrawn, what is still going out stops, who asks is told, and the audience is. One person
// may: the words were signed by two. When it returns an error, any process does what is left. Done twice it is done once.
func (s *Service) End(ctx context.Context, by broadcast.Official, id string) (Emergency, error) {
	e, err := s.Store.Get(ctx, id)
	if err != nil {
		return Emergency{}, err
	}
	if e.EndedBy == "" {
		ended, err := s.change(ctx, by.ID, id, "end", func(now *Emergency) error {
			if now.Status != Approved && now.Status != Out {
				e = *now
				return &StatusError{now.Status}
			}
			now.Status, now.EndedBy, now.EndedAt, now.Why = Ending, by.ID, s.instant(), ""
			return nil
		})
		switch {
		case err == nil:
			e = ended
		case e.EndedBy == "": // else a colleague was first
			return Emergency{}, err
		}
	}
	return s.advance(ctx, e)
}

// goHome does what is left of ending.
func (s *Service) goHome(ctx context.Context, e Emergency) (Emergency, error) {
	if err := s.cancel(ctx, e); err != nil {
		return e, err
	}
	_, head, err := s.Content.Head(ctx)
	if err != nil {
		return e, err
	}
	if _, published := head[noticePath(e.ID)]; published {
		if err := s.withdraw(ctx, e); err != nil {
			return e, err
		}
		if err := s.allClear(ctx, e); err != nil {
			return e, err
		}
	}
	return s.change(ctx, "", e.ID, "", func(now *Emergency) error {
		now.Status, now.Why = Ended, ""
		return nil
	})
}

// cancel stops what is still going out.
func (s *Service) cancel(ctx context.Context, e Emergency) error {
	_, err := s.Broadcasts(s.City()).Cancel(ctx, broadcast.Official{ID: e.EndedBy, Emergency: true}, e.Broadcast, OverWhy)
	if errors.Is(err, broadcast.ErrState) || errors.Is(err, problem.ErrNotFound) {
		return nil
	}
	return err
}

// withdraw puts what is over in the place of what was. A folder that is at fault elsewhere does not keep the notice in force.
func (s *Service) withdraw(ctx context.Context, e Emergency) error {
	f, err := s.files(ctx, e)
	if err != nil {
		return err
	}
	_, err = s.Content.Overlay(ctx, e.EndedBy, revision.Revision{Kind: revision.Over, Title: f.ends(e).Headline, Notice: e.ID, Next: e.EndID(), Author: e.EndedBy, Approver: e.Approver},
		"content.withdraw", func(head revision.Folder) revision.Folder { return f.over(head, e) })
	if _, ok := errors.AsType[*revision.FaultsError](err); ok {
		if _, off := s.Content.Withdraw(ctx, e.EndedBy, e.ID, ""); off != nil && !errors.Is(off, revision.ErrIsWithdrawn) {
			return errors.Join(err, off)
		}
	}
	return err
}

// allClear tells the audience, when any of it was told before.
func (s *Service) allClear(ctx context.Context, e Emergency) error {
	if b, found := s.sent(ctx, e); !found || b.BegunAt.IsZero() {
		return nil
	}
	c, err := s.inForce(ctx)
	if err != nil {
		return err
	}
	says := e.Ends.Over(e.EndedAt.In(c.Zone()))
	_, err = s.Broadcasts(c).Declare(ctx, e.Author, e.Approver, e.AllClear, e.proposal(says, e.EndID()), e.Warnings)
	return err
}
