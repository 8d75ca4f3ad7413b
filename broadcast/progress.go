package broadcast

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"
)

// Progress is how far a broadcast has come, counted from its tally: cheap enough to be looked at again and again.
type Progress struct {
	Report           // without Left, Doubles, Bill, Billed and what can be sent again
	At     time.Time // when it was counted
	Rate   int       // messages that the providers took in a minute, lately; of what a committee sees of the city's it is not told
	Ends   time.Time // when what is pending will have been sent at this rate; zero when nobody can tell
	Newest []NewFailure
}

// NewFailure is a delivery that failed or did not arrive, and when that was written down.
type NewFailure struct {
	Failure // N is 0
	At      time.Time
}

const (
	// progressServes is how old a Progress may be: a page that shows it is no slower, and hundreds of them cost as much as one.
	progressServes = 2 * time.Second
	// rateOver is the time over which Rate is taken.
	rateOver = 5 * time.Minute
	// newestKinds is how many different failures Newest has at most, of newestRead that are looked at.
	newestKinds, newestRead = 5, 50
)

// Progress counts for all who ask within two seconds at once. Of what the city sends, a committee learns of its own residents.
func (s *Service) Progress(ctx context.Context, by Official, id string) (Progress, error) {
	p, err := s.progress.Of(ctx, id+" "+by.Committee, s.instant(), func(ctx context.Context) (Progress, error) { return s.progressOf(ctx, by, id) })
	return p.Value, err
}

func (s *Service) progressOf(ctx context.Context, by Official, id string) (Progress, error) {
	b, err := s.Find(ctx, by, id)
	if err != nil {
		return Progress{}, err
	}
	if !by.sees(b) {
		r, err := s.reportOn(ctx, b, by.Committee)
		return Progress{Report: r, At: s.instant()}, err
	}
	p := Progress{Report: begun(b), At: s.instant()}
	tally, err := s.Store.Tally(ctx, id)
	for _, c := range tally {
		p.count(c)
	}
	if err == nil && b.Status == Sending {
		err = s.reckonRate(ctx, &p)
	}
	if err == nil && p.Failed() > 0 {
		var newest []NewFailure
		newest, err = s.Store.NewestFailures(ctx, id, newestRead)
		p.Newest = s.kinds(newest)
	}
	if err != nil {
		return Progress{}, fmt.Errorf("count how far a broadcast has come: %w", err)
	}
	p.Notes = append(s.outages(b), s.pace(p)...)
	return p, nil
}

// reckonRate is about the minutes since it was last let go.
func (s *Service) reckonRate(ctx context.Context, p *Progress) error {
	b := p.Broadcast
	since := p.At.Add(-rateOver)
	for _, at := range []time.Time{b.FrozenAt, b.ReleasedAt} {
		if at.After(since) {
			since = at
		}
	}
	since = since.Truncate(time.Minute)
	arrivals, err := s.Store.Arrivals(ctx, b.ID, since)
	if err != nil {
		return err
	}
	accepted := 0
	for _, a := range arrivals {
		accepted += a.Accepted
	}
	took := max(p.At.Sub(since), 10*time.Second)
	p.Rate = int(float64(accepted) / took.Minutes())
	if open := p.in(Pending, InFlight); p.Rate > 0 && open > 0 {
		if ends := p.At.Add(time.Duration(float64(open) / float64(p.Rate) * float64(time.Minute))); b.goesOnUntil(p.At, ends) {
			p.Ends = ends
		}
	}
	return nil
}

// goesOnUntil says whether b may be sent from one instant to another without a break.
func (b Broadcast) goesOnUntil(from, to time.Time) bool {
	sameDay := from.In(Zone).Format(time.DateOnly) == to.In(Zone).Format(time.DateOnly)
	return to.Before(b.Deadline()) && (b.Emergency || sameDay && b.Window.Allows(from) && b.Window.Allows(to))
}

// pace says what an official should know of when it goes on.
func (s *Service) pace(p Progress) []string {
	b := p.Broadcast
	switch {
	case b.Status != Sending || p.in(Pending) == 0:
		return nil
	case !b.MayGo(p.At):
		next := b.Window.Next(p.At)
		return []string{fmt.Sprintf("现在不在发送时段（%s）内，%s继续。", b.Window, next.In(Zone).Format("1月2日15:04"))}
	case p.Rate > 0 && p.Ends.IsZero():
		return []string{fmt.Sprintf("按现在的速度，今天的发送时段（%s）内发不完，其余的在下一个时段继续；到%s还没有发出的不再发送。",
			b.Window, b.Deadline().In(Zone).Format("1月2日15:04"))}
	}
	return nil
}

// kinds are the newest failure of each kind, newest first.
func (s *Service) kinds(all []NewFailure) (newest []NewFailure) {
	slices.SortStableFunc(all, func(a, b NewFailure) int { return b.At.Compare(a.At) })
	for _, f := range all {
		same := func(other NewFailure) bool { return other.Failure == f.Failure }
		if len(newest) < newestKinds && !slices.ContainsFunc(newest, same) {
			newest = append(newest, f)
		}
	}
	for i, f := range newest {
		newest[i].Meaning = s.Explain(f.Channel, f.Code).Text
	}
	return newest
}

// begun is a report on which nothing is counted yet.
func begun(b Broadcast) Report {
	return Report{Broadcast: b, Audience: cmp.Or(b.Frozen, b.Size), Counts: map[Channel]map[State]int{}}
}

// Given counts the messages that providers took, or may have taken. Like Delivered and Settled it never falls: of the states that it counts
// none leads to one that it does not.
func (r Report) Given() int { return r.in(Accepted, Delivered, Undelivered, Unknown) }

// Settled counts the messages of which it is known what became of them, or that nobody will know.
func (r Report) Settled() int {
	return r.Delivered + r.in(Undelivered, Failed, Unknown, Withdrawn, Lapsed)
}

// Messages counts those that are sent, or are to be: without what is only planned, and what is never to be sent.
func (r Report) Messages() int { return r.Settled() + r.Open }

// Failed counts the messages that failed or did not arrive, as far as is known: a late receipt may say otherwise.
func (r Report) Failed() int { return r.in(Failed, Undelivered) }

func (r Report) in(states ...State) (n int) {
	for _, counts := range r.Counts {
		for _, state := range states {
			n += counts[state]
		}
	}
	return n
}
