package broadcast

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"towncrier/audit"
	"towncrier/content"
)

// What rests on a notice stops when the notice is withdrawn, superseded, or not in the content in force any more. What becomes of it,
// by where it stands:
//
//	                             notice goes            back within UndoWithin      not back by then
//	draft                        cannot be submitted    can be submitted            stays its author's
//	submitted                    cannot be approved     can be approved             cancelled
//	approved                     cannot be scheduled    can be scheduled            cancelled
//	scheduled, freezing,
//	sending, paused, held        held, at once          held: somebody confirms     cancelled
//	done                         cannot be resent       can be resent               stays done
//	series                       stopped, at once       waits for another approval  stays stopped
//
// A notice that was superseded already when two people approved what rests on it, and accepted that by name, stops nothing.

// UndoWithin is how long what rests on a notice waits for the notice to come back.
const UndoWithin = time.Hour

// seenEverywhere is by when every process has seen that a watched folder withdraws a notice. Until then none takes the content that it still has
// for the notice's return.
const seenEverywhere = 5 * time.Second

// Grounded counts what Ground did to broadcasts and series.
type Grounded struct {
	Stopped   int
	Back      int // wait for a confirmation or an approval
	Cancelled int // for good
}

// Ground brings what rests on notices in line with the content in force. Several processes may run it at once.
func (s *Service) Ground(ctx context.Context) (done Grounded, err error) {
	if s, err = s.upToDate(ctx); err != nil {
		return done, err
	}
	series, err := s.Store.ListSeries(ctx)
	if err != nil {
		return done, fmt.Errorf("list series: %w", err)
	}
	for _, one := range series {
		if err := s.groundSeries(ctx, one, &done); err != nil {
			return done, err
		}
	}
	for after := ""; ; {
		live, next, err := s.Store.List(ctx, Filter{Statuses: []Status{Submitted, Approved, Scheduled, Held, Freezing, Sending, Paused}}, after, page)
		if err != nil {
			return done, fmt.Errorf("list what rests on notices: %w", err)
		}
		for _, b := range live {
			if err := s.groundOne(ctx, b, &done); err != nil {
				return done, err
			}
		}
		if after = next; after == "" {
			return done, nil
		}
	}
}

// groundOne takes the step that a broadcast is due. Nothing happens when another process took it.
func (s *Service) groundOne(ctx context.Context, b Broadcast, done *Grounded) error {
	step := s.groundStep(b)
	if step == "" {
		return nil
	}
	_, err := s.change(ctx, audit.System("broadcast"), b.ID, string(step), func(b *Broadcast) error {
		if s.groundStep(*b) != step {
			return &StateError{Status: b.Status, Step: step}
		}
		return s.ground(b, step, s.basisGone(b.Cites, b.Accepted))
	})
	switch {
	case errors.Is(err, ErrState), errors.Is(err, ErrNoBroadcast):
		return nil
	case err != nil:
		return err
	}
	switch step {
	case Withdraws:
		done.Stopped++
	case Reinstates:
		done.Back++
	case Cancels:
		done.Cancelled++
	}
	return nil
}

// groundStep is the step that the notices under b make it take, "" for none.
func (s *Service) groundStep(b Broadcast) Step {
	to, ok := b.Status.After(Withdraws)
	switch lost := s.basisGone(b.Cites, b.Accepted) != ""; {
	case !ok:
		return ""
	case lost && (b.BasisGoneAt.IsZero() || to != b.Status):
		return Withdraws
	case lost && s.tooLate(b.BasisGoneAt):
		return Cancels
	case !lost && s.returned(b.BasisGoneAt):
		return Reinstates
	}
	return ""
}

// tooLate says that what stopped at an instant is not brought back any more.
func (s *Service) tooLate(stopped time.Time) bool {
	return !stopped.IsZero() && s.instant().Sub(stopped) >= UndoWithin
}

// returned says that what stopped at an instant may be brought back when the content has the notice in force: a revision that was made since
// says so, or every process has heard by now.
func (s *Service) returned(stopped time.Time) bool {
	return !stopped.IsZero() && (!s.since.Before(stopped) || s.instant().Sub(stopped) >= seenEverywhere)
}

// ground takes a step of groundStep. why is what became of the notice.
func (s *Service) ground(b *Broadcast, step Step, why string) error {
	before := b.Status
	if err := b.take(step); err != nil {
		return err
	}
	switch step {
	case Withdraws:
		if b.BasisGoneAt.IsZero() {
			b.BasisGoneAt = s.instant()
		}
		if b.Status == Held {
			b.Why = why + "，先停止发送：1小时内恢复的，再次确认后继续，不恢复的取消" + earlier(s.waited(*b, before))
		} else { // nobody can approve or schedule it
			b.Why = why + "：1小时内恢复的可以接着办，不恢复的取消"
		}
	case Reinstates:
		b.BasisGoneAt = time.Time{}
		if b.Status == Held {
			_, waited, _ := strings.Cut(b.Why, beforeThat)
			b.Why = "所依据的公告停用过，现已恢复：请核对内容后再次确认" + earlier(waited)
		} else {
			b.Why = ""
		}
	case Cancels:
		b.BasisGoneAt = time.Time{}
		b.Why = why
	}
	return nil
}

const beforeThat = "；此前："

func earlier(why string) string {
	if why == "" {
		return ""
	}
	return beforeThat + why
}

// waited is why b, which was in a status before, waits already: whoever confirms it is told.
func (s *Service) waited(b Broadcast, before Status) string {
	switch {
	case before == Held, before == Paused:
		return b.Why
	case before == Freezing && !b.FrozenAt.IsZero():
		return s.sizeWhy(b)
	}
	return ""
}

// groundSeries stops a series, brings it back, or leaves it stopped for good.
func (s *Service) groundSeries(ctx context.Context, series Series, done *Grounded) error {
	why := s.basisGone(series.Proposal.Cites, series.Accepted)
	var err error
	switch {
	case why != "" && !series.Stopped:
		series.BasisGoneAt = s.instant()
		_, err = s.stop(ctx, audit.System("broadcast"), series, why+"：1小时内恢复的，重新审批后继续")
		done.Stopped++
	case why != "" && s.tooLate(series.BasisGoneAt):
		series.BasisGoneAt, series.Why = time.Time{}, why
		_, err = s.putSeries(ctx, audit.System("broadcast"), "stop", series)
		done.Cancelled++
	case why == "" && s.returned(series.BasisGoneAt):
		series.Stopped, series.Why, series.BasisGoneAt = false, "所依据的公告停用过，现已恢复：请核对内容后重新审批", time.Time{}
		_, err = s.putSeries(ctx, audit.System("broadcast"), string(Reinstates), series)
		done.Back++
	}
	if errors.Is(err, ErrChanged) { // another was first: the next look goes on from there
		return nil
	}
	return err
}

// basisGone says what became of a notice that cites name, in Chinese; "" while all of them are in force. accepted are the names of warnings
// that two people accepted.
func (s *Service) basisGone(cites []Cite, accepted []string) string {
	for _, c := range cites {
		switch n := s.Content().Notices[c.Notice]; {
		case n == nil:
			return "所依据的公告" + c.Notice + "已不在本市的内容里"
		case n.Status == content.Withdrawn:
			return "所依据的公告" + c.Notice + "已撤回"
		case n.Status == content.Superseded && !slices.Contains(accepted, supersededName(c.Notice)):
			return "所依据的公告" + c.Notice + "已被" + n.SupersededBy + "取代"
		}
	}
	return ""
}

// supersededName is of the warning that a notice is superseded.
func supersededName(notice string) string { return "superseded:" + notice }

// grounded says whether every notice under b is in force, as far as this process knows.
func (s *Service) grounded(b Broadcast) bool { return s.basisGone(b.Cites, b.Accepted) == "" }

// stands refuses what was approved and cannot be let go any more.
func (s *Service) stands(b Broadcast) error {
	if why := s.basisGone(b.Cites, b.Accepted); why != "" { // as its status says
		return FaultsError{{Text: why + "：恢复以后再办，不恢复的，请修改后重新送审"}}
	}
	if err := refused(s.standing(b)); err != nil {
		return err
	}
	if !b.BasisGoneAt.IsZero() && !s.returned(b.BasisGoneAt) {
		return FaultsError{{Text: "所依据的公告刚刚停用或恢复，请几秒后再试"}}
	}
	return nil
}
