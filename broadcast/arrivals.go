package broadcast

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Arrival counts what became of deliveries within one span of time. It counts what happened: a delivery that was accepted and then delivered
// is counted as both, each in its own time, so that what is past does not change.
type Arrival struct {
	At        time.Time // when the span begins
	Channel   Channel
	Accepted  int // by the provider
	Delivered int // a receipt says so
	Failed    int // not accepted, or not delivered
}

// Span is how much time one Arrival is about.
type Span string

const (
	PerMinute Span = "minute"
	PerHour   Span = "hour"
	PerDay    Span = "day"
)

var spanLabels = map[Span]string{PerMinute: "每分钟", PerHour: "每小时", PerDay: "每天"}

// Label is what an official reads for it, in Chinese.
func (s Span) Label() string { return spanLabels[s] }

// Arrivals is the progress of a broadcast over time.
type Arrivals struct {
	Broadcast  Broadcast
	Few        bool // for fewer than Few people: then nothing is counted
	Span       Span
	FinalUntil time.Time // spans that end by then do not change any more
	Items      []Arrival // in the order of time, then channel; none of a span in which nothing happened
}

const (
	// fewSpans is how many minutes, and hours, are told apart when the official names no span: a chart as wide as a screen.
	fewSpans = 180
	// writing is how long after it happened something may still be written down: longer than a transaction waits.
	writing = time.Minute
)

// Arrivals counts from an instant on, zero for the start; span "" is the shortest that suits the time that there is. A committee learns it of
// its own broadcasts only: minutes of what the city sends would tell of few of its residents when each got it.
func (s *Service) Arrivals(ctx context.Context, by Official, id string, span Span, since time.Time) (Arrivals, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return Arrivals{}, err
	}
	a := Arrivals{Broadcast: b, Span: cmp.Or(span, PerMinute), FinalUntil: s.instant().Add(-writing).Truncate(time.Minute)}
	if a.Few = AnyFew(cmp.Or(b.Frozen, b.Size)); a.Few {
		return a, nil
	}
	minutes, err := s.Store.Arrivals(ctx, id, since)
	if err != nil {
		return Arrivals{}, fmt.Errorf("count the arrivals of a broadcast: %w", err)
	}
	if span == "" && len(minutes) > 0 {
		a.Span = spanFor(minutes[len(minutes)-1].At.Sub(minutes[0].At))
	}
	a.Items = added(minutes, a.Span)
	return a, nil
}

func spanFor(whole time.Duration) Span {
	switch {
	case whole < fewSpans*time.Minute:
		return PerMinute
	case whole < fewSpans*time.Hour:
		return PerHour
	}
	return PerDay
}

// begins is when the span of an instant begins, in the city's time.
func (s Span) begins(at time.Time) time.Time {
	at = at.In(Zone)
	switch s {
	case PerHour:
		at = time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), 0, 0, 0, Zone)
	case PerDay:
		at = time.Date(at.Year(), at.Month(), at.Day(), 0, 0, 0, 0, Zone)
	}
	return at.UTC()
}

// added are minutes, in their order, added up by span and channel.
func added(minutes []Arrival, span Span) (all []Arrival) {
	from := 0 // where the newest span begins
	for _, m := range minutes {
		m.At = span.begins(m.At)
		if from < len(all) && !all[from].At.Equal(m.At) {
			from = len(all)
		}
		i := from
		for i < len(all) && rank(all[i].Channel) < rank(m.Channel) {
			i++
		}
		if i < len(all) && all[i].Channel == m.Channel {
			all[i].Accepted, all[i].Delivered, all[i].Failed = all[i].Accepted+m.Accepted, all[i].Delivered+m.Delivered, all[i].Failed+m.Failed
			continue
		}
		all = slices.Insert(all, i, m)
	}
	return all
}
