package broadcast

import (
	"context"
	"fmt"

	"towncrier/content"
)

// Stopped is what a change of the content stops.
type Stopped struct {
	Broadcasts []StoppedBroadcast // drafts included, which could not be submitted any more
	Series     []StoppedSeries
}

// StoppedBroadcast is a broadcast that stops, and why, in Chinese.
type StoppedBroadcast struct {
	Broadcast
	Why string
}

// StoppedSeries is a series that stops, and why, in Chinese.
type StoppedSeries struct {
	Series
	Why string
}

// IDs are of what stops without anybody acting on it: a draft is found at fault when it is submitted.
func (s Stopped) IDs() (ids []string) {
	for _, b := range s.Broadcasts {
		if b.Status != Draft {
			ids = append(ids, b.ID)
		}
	}
	for _, one := range s.Series {
		ids = append(ids, one.ID)
	}
	return ids
}

// Stopped finds what stops when after comes into force in the place of before.
func (s *Service) Stopped(ctx context.Context, before, after *content.Library) (all Stopped, err error) {
	was, is := s.On(before, nil), s.On(after, nil)
	live := Filter{Statuses: []Status{Draft, Submitted, Approved, Scheduled, Held, Freezing, Sending, Paused}}
	for cursor := ""; ; {
		found, next, err := s.Store.List(ctx, live, cursor, page)
		if err != nil {
			return all, fmt.Errorf("list what a change of the content may stop: %w", err)
		}
		for _, b := range found {
			if why := is.halts(b); why != "" && was.halts(b) == "" {
				all.Broadcasts = append(all.Broadcasts, StoppedBroadcast{b, why})
			}
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	series, err := s.Store.ListSeries(ctx)
	if err != nil {
		return all, fmt.Errorf("list series that a change of the content may stop: %w", err)
	}
	for _, one := range series {
		if why := is.haltsSeries(one); !one.Stopped && why != "" && was.haltsSeries(one) == "" {
			all.Series = append(all.Series, StoppedSeries{one, why})
		}
	}
	return all, nil
}

// changedSince says that what two people approved reads otherwise now.
const changedSince = "模板、短信签名或所引公告的原文在批准之后改动过"

// halts says why the content keeps b from going on; "" when it does not. Once the audience is being written down, only that its notices go
// does.
func (s *Service) halts(b Broadcast) string {
	if why := s.basisGone(b.Cites, b.Accepted); why != "" {
		return why
	}
	if b.BegunAt.IsZero() && b.Status != Draft && !s.intact(b) {
		return changedSince
	}
	return ""
}

// haltsSeries is halts of the occurrences that are no broadcasts yet.
func (s *Service) haltsSeries(series Series) string {
	b := series.occurrence(series.Next)
	if why := s.basisGone(b.Cites, b.Accepted); why != "" {
		return why
	}
	if !s.intactSeries(series) {
		return changedSince
	}
	if faults, ok := refused(s.standing(b)).(FaultsError); ok { // what Schedule asks of a broadcast
		return faults[0].Text
	}
	return ""
}
