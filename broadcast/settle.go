package broadcast

import (
	"context"
	"time"
)

const (
	// usualAsk is how long after a doubtful call its provider is asked: a receipt may come first, and its records lag.
	usualAsk = 30 * time.Second
	// unknownAfter is when a provider itself calls a message without a receipt unknown.
	unknownAfter = 72 * time.Hour
	// NewsWithin is how long it takes until fallback goes on from what is unknown early, where the official chose so: the platform tells of
	// its own accord within seconds as a rule.
	NewsWithin = 5 * time.Minute
	// sweepClaims is how many claims one transaction looks at.
	sweepClaims = 100
)

// LongestAsk is the longest between two times at which a provider is asked about a delivery in doubt.
const LongestAsk = time.Hour

// firstAsk is no longer than what lies between two readings, which is set for a provider whose records are quick.
func (e *Engine) firstAsk() time.Duration { return min(usualAsk, e.AskAgain) }

// begun is from when the provider remembers a message: the first use of its id, else its call.
func (d Doubtful) begun() time.Time {
	if d.Channel == Template && !d.NamedAt.IsZero() {
		return d.NamedAt
	}
	return d.SentAt
}

// lasting makes unknown of what is in doubt after a call so long ago that the provider cannot be asked about it any more.
func lasting(o Outcome, age time.Duration, provider Provider) Outcome {
	if o.State == InDoubt && age >= provider.AskWithin() {
		o.State, o.Wait = Unknown, 0
	}
	return o
}

// verdict is what an answer means for a delivery in doubt. One that the provider does not know is sent again only when it does not
// know it a second time, AskAgain later.
func (e *Engine) verdict(d Doubtful, o Outcome) Settled {
	s := Settled{Delivery: d.Delivery, Claim: d.Claim, Outcome: o, Asked: true}
	switch {
	case o.State == InDoubt:
		s.Outcome.Wait = min(max(e.now().Sub(d.SentAt)/2, e.firstAsk()), LongestAsk)
	case o.State == Pending && d.Absent == 0:
		s.Absent = true
		s.Outcome.State, s.Outcome.Wait = InDoubt, e.AskAgain
	case o.State == Pending:
		s.Outcome.Wait = 0
	}
	return s
}

// sweep puts in doubt what a lease ended for, gives up what nobody heard of for 72 hours, and goes on to the next channel where the
// official chose so.
func (e *Engine) sweep(ctx context.Context) error {
	var total Swept
	for ctx.Err() == nil {
		now := e.now()
		s, err := e.Store.Sweep(ctx, now, now.Add(-unknownAfter), sweepClaims)
		if err != nil {
			return err
		}
		total.Doubtful, total.Unknown, total.Lost = total.Doubtful+s.Doubtful, total.Unknown+s.Unknown, total.Lost+s.Lost
		if s.Claims < sweepClaims {
			break
		}
	}
	if total != (Swept{}) {
		e.Log.Info("deliveries swept", "in_doubt", total.Doubtful, "unknown", total.Unknown, "passed", total.Lost)
	}
	return nil
}
