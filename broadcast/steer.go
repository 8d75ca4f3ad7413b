package broadcast

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/problem"
)

// Pause stops a broadcast at the next claim. why is for colleagues, in Chinese; "" when nothing is to be said.
func (s *Service) Pause(ctx context.Context, by Official, id, why string) (Broadcast, error) {
	return s.step(ctx, by, id, Pauses, "pause", func(b *Broadcast) error {
		if strings.TrimSpace(why) == "" {
			b.Why = ""
			return nil
		}
		return b.explain(why)
	})
}

// MaxWhy is how long an explanation may be, in characters.
const MaxWhy = 200

func (b *Broadcast) explain(why string) (err error) {
	b.Why, err = reasonOf(why)
	return err
}

// reasonOf is the reason that somebody gives for an act that wants one.
func reasonOf(why string) (string, error) {
	why = strings.TrimSpace(why)
	fault := ""
	switch n := utf8.RuneCountInString(why); {
	case n == 0:
		fault = "没有填写，请写明原因，给同事看"
	case n > MaxWhy:
		fault = fmt.Sprintf("有%d个字，最多%d个字", n, MaxWhy)
	case phone.In(why):
		fault = phone.Unfit
	default:
		return why, nil
	}
	return "", &problem.Invalid{Field: "why", Reason: fault}
}

// Halt pauses a broadcast that nothing can be sent of until an operator acts; advice says what they should do, in Chinese. Done twice
// it changes nothing.
func (s *Service) Halt(ctx context.Context, id, advice string) error {
	_, err := s.change(ctx, audit.System("broadcast"), id, "halt", func(b *Broadcast) error {
		b.Why = advice
		return b.take(Pauses)
	})
	if errors.Is(err, ErrState) {
		return nil
	}
	return err
}

// Resume goes on where a broadcast was paused.
func (s *Service) Resume(ctx context.Context, by Official, id string) (Broadcast, error) {
	s, err := s.upToDate(ctx)
	if err != nil {
		return Broadcast{}, err
	}
	return s.change(ctx, audit.Staff(by.ID), id, "resume", func(b *Broadcast) error {
		if !by.sees(*b) {
			return ErrNoBroadcast
		}
		if b.Status != Paused {
			return &StateError{Status: b.Status, Step: Resumes}
		}
		if err := s.mayRelease(by, *b); err != nil {
			return err
		}
		if !b.BasisGoneAt.IsZero() || !s.grounded(*b) {
			return FaultsError{{Text: "所依据的公告已停用或停用过：它随即转为“待再次确认”，公告恢复后请没有写过它的审批员确认"}}
		}
		b.Why = ""
		return b.take(s.resumption(*b))
	})
}

// resumption is the step that goes on with what was paused. An audience that became whole and was paused before its size was looked
// at is looked at now.
func (s *Service) resumption(b Broadcast) Step {
	switch {
	case b.BegunAt.IsZero():
		return Resumes
	case b.FrozenAt.IsZero(), !b.ReleasedAt.After(b.FrozenAt) && differs(b.Frozen, b.Size, s.Tolerance):
		return Refreezes
	}
	return Sends
}

// Cancel ends a broadcast at the next claim. What was given to a provider by then still gets its receipts.
func (s *Service) Cancel(ctx context.Context, by Official, id, why string) (Broadcast, error) {
	return s.step(ctx, by, id, Cancels, "cancel", func(b *Broadcast) error { return b.explain(why) })
}

// Lapse ends a broadcast whose deadline has passed. Done twice it changes nothing.
func (s *Service) Lapse(ctx context.Context, id string) error {
	_, err := s.change(ctx, audit.System("broadcast"), id, "expire", func(b *Broadcast) error {
		if s.instant().Before(b.Deadline()) {
			return &StateError{Status: b.Status, Step: Expires}
		}
		b.Why = "到了截止时间，没有发出的不再发送"
		return b.take(Expires)
	})
	if errors.Is(err, ErrState) {
		return nil
	}
	return err
}

// Finish ends a broadcast of which every delivery is settled; the caller has seen that. Done twice it changes nothing.
func (s *Service) Finish(ctx context.Context, id string) error {
	_, err := s.change(ctx, audit.System("broadcast"), id, "finish", func(b *Broadcast) error { return b.take(Finishes) })
	if errors.Is(err, ErrState) {
		return nil
	}
	return err
}

// resendSlice is how many recipients one transaction takes up: well under 50 ms on SQLite.
const resendSlice = 500

// Resend sends once more to recipients that nothing reached for certain, and says to how many. The rows are written while the broadcast
// is still done, so that nobody finishes it in between; cut off there, nothing is sent, and another Resend goes on.
func (s *Service) Resend(ctx context.Context, by Official, id string) (int, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return 0, err
	}
	if s, err = s.upToDate(ctx); err != nil {
		return 0, err
	}
	if err := s.mayGoOn(by, b, Resends); err != nil {
		return 0, fmt.Errorf("resend a broadcast: %w", err)
	}
	round := b.Round + 1
	for after := int64(0); ; {
		_, next, err := s.Store.Resend(ctx, id, round, after, resendSlice, s.instant())
		if err != nil {
			return 0, fmt.Errorf("resend a broadcast: %w", err)
		}
		if next == 0 {
			break
		}
		after = next
	}
	total, err := s.waiting(ctx, id)
	if err != nil {
		return 0, fmt.Errorf("resend a broadcast: %w", err)
	}
	_, err = s.changeNoting(ctx, audit.Staff(by.ID), id, "resend", recipients(total), func(b *Broadcast) error {
		if !by.sees(*b) {
			return ErrNoBroadcast
		}
		b.Round, b.ReleasedAt = round, s.instant()
		return b.take(Resends)
	})
	return total, err
}

// recipients notes a count in an audit entry; one that is not shown is noted as few.
func recipients(count int) string {
	if n, _ := People(count); n == nil {
		return " recipients=few"
	}
	return fmt.Sprintf(" recipients=%d", count)
}

// waiting is how many recipients something is pending for, those included that an act which was cut off had taken up.
func (s *Service) waiting(ctx context.Context, id string) (n int, err error) {
	tally, err := s.Store.Tally(ctx, id)
	for _, c := range tally {
		if c.State == Pending || c.State == InDoubt {
			n += c.N
		}
	}
	return n, err
}

// Fallback goes on to the next channel for recipients with an unknown delivery, and says for how many: some of them may get the message
// twice. Anybody who may release the broadcast may do so, without a second person: content, audience and channels are those that were approved,
// and waiting for somebody would leave people uninformed. Of one that is done the rows are written before it goes on, so that nobody
// finishes it in between; cut off there, nothing is sent, and another Fallback goes on. ErrExpired when its time is over.
func (s *Service) Fallback(ctx context.Context, by Official, id string) (int, error) {
	b, err := s.Get(ctx, by, id)
	if err == nil {
		s, err = s.upToDate(ctx)
	}
	if err == nil {
		err = s.mayFallBack(by, b)
	}
	if err != nil {
		return 0, fmt.Errorf("go on to the next channel: %w", err)
	}
	total := 0
	for after := int64(0); ; {
		added, next, err := s.Store.FallBack(ctx, id, after, resendSlice, s.instant())
		if err != nil {
			return total, fmt.Errorf("go on to the next channel: %w", err)
		}
		if total += added; next == 0 {
			break
		}
		after = next
	}
	if b.Status == Done {
		if total, err = s.waiting(ctx, id); err != nil {
			return 0, fmt.Errorf("go on to the next channel: %w", err)
		}
	}
	if total == 0 {
		return 0, nil
	}
	_, err = s.changeNoting(ctx, audit.Staff(by.ID), id, "fallback", recipients(total), func(b *Broadcast) error {
		if b.Status == Done {
			b.ReleasedAt = s.instant()
		}
		return b.take(FallsBack)
	})
	return total, err
}

func (s *Service) mayFallBack(by Official, b Broadcast) error {
	if err := s.mayGoOn(by, b, FallsBack); err != nil {
		return err
	}
	if b.Status == Done {
		b.ReleasedAt = s.instant()
	}
	if !s.instant().Before(b.Deadline()) || !b.due().Before(b.Deadline()) {
		return ErrExpired
	}
	return nil
}

// mayGoOn says why an official may not send more of what was approved.
func (s *Service) mayGoOn(by Official, b Broadcast, step Step) error {
	if _, ok := b.Status.After(step); !ok {
		return &StateError{Status: b.Status, Step: step}
	}
	if !b.ForgottenAt.IsZero() {
		return ErrForgotten
	}
	if err := s.mayRelease(by, b); err != nil {
		return err
	}
	if !s.intact(b) {
		return ErrChanged
	}
	return s.stands(b)
}
