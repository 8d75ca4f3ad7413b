package broadcast

import (
	"context"
	"fmt"
	"math"
	"time"

	"towncrier/audit"
)

// due is when b goes: at its own time, or at the last yes when that was later, in its window. Zero
// while it has neither.
func (b Broadcast) due() time.Time {
	at := b.SendAt
	if b.ReleasedAt.After(at) {
		at = b.ReleasedAt
	}
	if b.Emergency || at.IsZero() {
		return at
	}
	return b.Window.Next(at)
}

// Deadline is by when what was not given to a provider expires: a day after its time when no other was set, and never less than
// a day after a confirmation or a resend.
func (b Broadcast) Deadline() time.Time {
	base := b.SendAt
	if b.ReleasedAt.After(base) {
		base = b.ReleasedAt
	}
	if b.ExpireAt.IsZero() || b.Round > 1 {
		return base.Add(expireAfter)
	}
	return b.ExpireAt
}

// expireAfter is how long a broadcast without an end is tried.
const expireAfter = 24 * time.Hour

// overdue is by how much b's time was missed; 0 when it was not.
func (s *Service) overdue(b Broadcast, now time.Time) time.Duration {
	due := b.due()
	if due.IsZero() || !due.Before(now) {
		return 0
	}
	return now.Sub(due)
}

func overdueText(late time.Duration) string {
	return fmt.Sprintf("错过发送时间%s，需要再次确认", spell(late))
}

// Start begins a scheduled broadcast whose time has come: it is Freezing then. It is Held when it is overdue or no longer what was
// approved, and Expired when it is too late. Before its time, or outside of its window, nothing changes.
func (s *Service) Start(ctx context.Context, id string) (Broadcast, error) {
	b, err := s.Store.Get(ctx, id)
	if err != nil {
		return Broadcast{}, fmt.Errorf("start a broadcast: %w", err)
	}
	if b.Status != Scheduled || s.startable(b) == "" {
		return b, nil
	}
	lists, err := s.Store.ListContents(ctx, listIDs(b.Lists))
	if err != nil {
		return Broadcast{}, fmt.Errorf("start a broadcast: %w", err)
	}
	here := s
	if s, err = s.upToDate(ctx); err != nil {
		return Broadcast{}, fmt.Errorf("start a broadcast: %w", err)
	}
	if here.halts(b) != "" && s.halts(b) == "" {
		return b, nil // this process is behind: it cannot send it yet
	}
	return s.change(ctx, audit.System("broadcast"), id, "start", func(b *Broadcast) error {
		if b.Status != Scheduled {
			return &StateError{Status: b.Status, Step: Begins}
		}
		step := s.startable(*b)
		if step == "" {
			return &StateError{Status: b.Status, Step: Begins}
		}
		changed := b.listsChanged(lists)
		if step == Begins && changed != nil {
			step = Holds
		}
		if step == Expires {
			b.Why = "过了截止时间还没有开始"
		}
		if step == Holds {
			if b.Why = s.heldWhy(*b); b.Why == "" {
				b.Why = changed.(FaultsError)[0].Text
			}
		}
		if step == Begins {
			b.BegunAt = s.instant()
		}
		return b.take(step)
	})
}

// startable is the step that a scheduled broadcast takes now, "" for none.
func (s *Service) startable(b Broadcast) Step {
	now := s.instant()
	switch {
	case !now.Before(b.Deadline()):
		return Expires
	case now.Before(b.due()):
		return ""
	case s.heldWhy(b) != "":
		return Holds
	case !b.MayGo(now):
		return ""
	}
	return Begins
}

// heldWhy is why b waits for a person although its time has come; "" when it does not. Only to being late can somebody just say yes.
func (s *Service) heldWhy(b Broadcast) string {
	if why := s.halts(b); why != "" {
		return why + "，请修改后重新送审"
	}
	if late := s.overdue(b, s.instant()); late > s.Overdue {
		return overdueText(late)
	}
	return ""
}

// Whole is called once the last slice of the audience is written: the broadcast is Sending then, or Held when the audience differs
// from the approved size by more than the set share. ErrState when it is not Freezing, or not whole.
func (s *Service) Whole(ctx context.Context, id string) (Broadcast, error) {
	return s.change(ctx, audit.System("broadcast"), id, "freeze", func(b *Broadcast) error {
		if b.Status != Freezing || b.FrozenAt.IsZero() {
			return &StateError{Status: b.Status, Step: Sends}
		}
		if why := s.sizeWhy(*b); why != "" {
			b.Why = why
			return b.take(Holds)
		}
		return b.take(Sends)
	})
}

// sizeWhy is why b waits for a person once its audience is whole; "" when it does not.
func (s *Service) sizeWhy(b Broadcast) string {
	if !differs(b.Frozen, b.Size, s.Tolerance) {
		return ""
	}
	return fmt.Sprintf("批准时有%s，现在有%s，相差超过%s，需要再次确认", label(People(b.Size)), label(People(b.Frozen)), percent(s.Tolerance))
}

// differs says whether the frozen audience is further from the approved one than share of the latter.
func differs(frozen, approved int, share float64) bool {
	return math.Abs(float64(frozen-approved)) > share*float64(approved)
}
