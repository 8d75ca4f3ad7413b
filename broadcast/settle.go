package broadcast

import (
	"context"
	"errors"
	"fmt"
	"time"
)

const (
	// usualAsk is how long after a doubtful call its provider is asked: a receipt may come first, and its records lag.
	usualAsk = 30 * time.Second
	// askRows is how many deliveries in doubt are asked about at once.
	askRows = 100
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

// Settle asks providers about deliveries in doubt that are due for it, until there are none.
func (e *Engine) Settle(ctx context.Context) error {
	var faults []error
	for _, channel := range cheapest {
		carrier := e.Carriers[channel]
		for carrier != nil && ctx.Err() == nil {
			now := e.now()
			doubts, err := e.Store.Doubts(ctx, channel, now, now.Add(e.Lease), askRows)
			if err != nil {
				faults = append(faults, err)
				break
			}
			byBroadcast := make(map[string][]Doubtful)
			for _, d := range doubts {
				byBroadcast[d.Broadcast] = append(byBroadcast[d.Broadcast], d)
			}
			for id, of := range byBroadcast {
				if err := e.ask(ctx, carrier, id, of); err != nil {
					faults = append(faults, fmt.Errorf("broadcast %s: %w", id, err))
				}
			}
			if len(doubts) < askRows {
				break
			}
		}
	}
	return errors.Join(faults...)
}

// ask settles deliveries in doubt of one broadcast and channel as far as the provider knows.
func (e *Engine) ask(ctx context.Context, carrier Carrier, id string, doubts []Doubtful) error {
	b, err := e.Store.Get(ctx, id)
	if err != nil {
		return err
	}
	m, _, _ := e.carriage(b, doubts[0].Channel)
	letters := make([]Letter, len(doubts))
	for i, d := range doubts {
		letters[i] = d.Letter
		if d.Channel == SMS {
			letters[i].OutID = d.CallOutID
		}
	}
	calls, cancel := lingering(ctx, e.sendFor())
	defer cancel()
	outcomes := e.guarded(letters, func() []Outcome { return carrier.Ask(calls, m, e.code(m), letters) })
	for i, d := range doubts {
		outcomes[i] = lasting(outcomes[i], e.now().Sub(d.begun()), carrier)
	}
	settled := make([]Settled, len(doubts))
	tell := make(map[State]int)
	for i, d := range doubts {
		settled[i] = e.verdict(d, outcomes[i])
		tell[settled[i].Outcome.State]++
		if outcomes[i].Halt != "" {
			e.Log.Warn("a provider could not be asked about deliveries in doubt", "broadcast", id, "code", outcomes[i].Code, "advice", outcomes[i].Halt)
		}
	}
	e.Log.Info("asked about deliveries in doubt", "broadcast", id, "channel", doubts[0].Channel, "outcomes", tell)
	return e.settled(ctx, settled)
}

// begun is from when the provider remembers a message: the first use of its id, else its call.
func (d Doubtful) begun() time.Time {
	if d.Channel == Template && !d.NamedAt.IsZero() {
		return d.NamedAt
	}
	return d.SentAt
}

// lasting makes unknown of what is in doubt after a call so long ago that the provider cannot be asked about it any more.
func lasting(o Outcome, age time.Duration, carrier Carrier) Outcome {
	if o.State == InDoubt && age >= carrier.AskWithin() {
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
