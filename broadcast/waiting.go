package broadcast

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// Wait is why a broadcast waits for somebody.
type Wait string

// What waits, in the order of what harms most when it waits longer.
const (
	WaitEmergency Wait = "broadcast-emergency" // an emergency that they may approve
	WaitConfirm   Wait = "broadcast-confirm"   // on hold; they may confirm it
	WaitHeld      Wait = "broadcast-held"      // on hold, and theirs: another confirms it
	WaitPaused    Wait = "broadcast-paused"
	WaitApprove   Wait = "broadcast-approve"
	WaitSeries    Wait = "series-approve"
	WaitSchedule  Wait = "broadcast-schedule" // approved, and theirs: nobody schedules it by itself
	WaitReturned  Wait = "broadcast-returned" // rejected, and theirs
	WaitRewrite   Wait = "series-returned"    // a series that was rejected, and theirs
	WaitToday     Wait = "broadcast-today"    // goes today
)

// Waiting is a broadcast that waits for an official.
type Waiting struct {
	Broadcast
	Wait Wait
}

// WaitingFor lists what waits for the official, of the newest MaxList that are under way: of a committee's workers for what is theirs to act
// on only. approves and schedules say what they may do. Nobody is asked to approve or confirm what they wrote or edited, or an emergency that
// they may not let go.
func (s *Service) WaitingFor(ctx context.Context, by Official, approves, schedules bool) ([]Waiting, error) {
	if !approves && !schedules {
		return nil, nil
	}
	under, _, err := s.Store.List(ctx, Filter{Statuses: []Status{Submitted, Approved, Scheduled, Held, Paused}, Committee: by.Committee}, "", MaxList)
	if err != nil {
		return nil, fmt.Errorf("list what waits: %w", err)
	}
	drafts, _, err := s.Store.List(ctx, Filter{Statuses: []Status{Draft}, Author: by.ID}, "", MaxList)
	if err != nil {
		return nil, fmt.Errorf("list what waits: %w", err)
	}
	var all []Waiting
	for _, b := range append(under, drafts...) {
		if !by.sees(b) {
			continue
		}
		if wait := s.waitOf(by, b, approves, schedules); wait != "" {
			all = append(all, Waiting{b, wait})
		}
	}
	return all, nil
}

func (s *Service) waitOf(by Official, b Broadcast, approves, schedules bool) Wait {
	wrote := by.wrote(b)
	mayYes := approves && s.mayYes(by, b) == nil
	mayApprove := approves && s.mayApprove(by, b) == nil
	switch {
	case b.Status == Submitted && mayApprove && b.Emergency:
		return WaitEmergency
	case b.Status == Submitted && mayApprove:
		return WaitApprove
	case b.Status == Held && mayYes:
		return WaitConfirm
	case b.Status == Held && wrote:
		return WaitHeld
	case b.Status == Paused && schedules:
		return WaitPaused
	case b.Status == Approved && wrote && schedules:
		return WaitSchedule
	case b.Status == Draft && wrote && b.Why != "":
		return WaitReturned
	case b.Status == Scheduled && schedules && s.goesToday(b):
		return WaitToday
	}
	return ""
}

// WaitingSeries is a series that waits for an official.
type WaitingSeries struct {
	Series
	Wait Wait
}

// SeriesWaitingFor lists the series that wait for the official: to be approved, while one more of it would come, and to be written anew.
func (s *Service) SeriesWaitingFor(ctx context.Context, by Official, approves bool) ([]WaitingSeries, error) {
	all, err := s.ListSeries(ctx, by, Filter{})
	if err != nil {
		return nil, fmt.Errorf("list what waits: %w", err)
	}
	var waiting []WaitingSeries
	for _, series := range all {
		b := series.occurrence(time.Time{})
		switch {
		case series.waits() && approves && s.mayApprove(by, b) == nil && !series.next(s.instant()).IsZero():
			waiting = append(waiting, WaitingSeries{series, WaitSeries})
		case series.Rejected && by.wrote(b):
			waiting = append(waiting, WaitingSeries{series, WaitRewrite})
		}
	}
	return waiting, nil
}

// wrote says whether the official is an author of it.
func (by Official) wrote(b Broadcast) bool {
	return by.ID == b.Author || slices.Contains(b.Editors, by.ID)
}

func (s *Service) goesToday(b Broadcast) bool {
	at := b.GoesAt()
	return !at.IsZero() && at.In(Zone).Format(time.DateOnly) == s.Now().In(Zone).Format(time.DateOnly)
}

// GoesAt is when a scheduled broadcast goes: at its time or once it was let go, within its window.
func (b Broadcast) GoesAt() time.Time { return b.due() }
