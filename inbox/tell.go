package inbox

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
)

// How answers are pushed.
const (
	// Lease is how long a claimed answer belongs to one Deliver. It is longer than deliverFor, so that no answer is
	// on its way twice.
	Lease = 2 * time.Minute
	// deliverFor ends a Deliver between two answers, and every Tell with it.
	deliverFor = 90 * time.Second
	// settleFor is what is left to write down what happened, even when the context is cancelled.
	settleFor = 5 * time.Second
	// MaxTries bounds how often an answer is pushed before it waits for its asker to write: with the lease between
	// two tries, about ten minutes of a platform in trouble.
	MaxTries = 5
	// claimAtOnce keeps the claimed few enough to be pushed within deliverFor by a platform that takes seconds a call.
	claimAtOnce = 10
)

// Teller pushes a message to a resident. It returns ErrUnreachable, wrapped or not, when the platform does not let the
// resident be reached now (their window is closed, they left); any other error is tried again later. Its errors
// carry no personal data.
type Teller interface {
	Tell(ctx context.Context, to, text string) error
}

// Delivery counts what a Deliver did.
type Delivery struct {
	Told     int
	Deferred int // waits until the asker next writes
	Failed   int // will be tried again
}

// Deliver pushes every answer that its asker does not know yet. Callers in several processes share the work. An answer
// whose push ended in doubt (a lost connection, a killed process) is pushed again: twice is better than never here.
// The error joins what went wrong, each with its ticket's number; the counts hold beside it.
func (b *Inbox) Deliver(ctx context.Context, to Teller) (Delivery, error) {
	var done Delivery
	var faults []error
	ctx, cancel := context.WithTimeout(ctx, deliverFor)
	defer cancel()
	for ctx.Err() == nil {
		now := b.now()
		claimed, err := b.store.ClaimUntold(ctx, claimAtOnce, now, now.Add(Lease))
		if err != nil {
			return done, errors.Join(append(faults, err)...)
		}
		if len(claimed) == 0 {
			break
		}
		for _, p := range claimed {
			if ctx.Err() != nil {
				break // the rest comes round when its lease ends
			}
			if err := b.deliver(ctx, to, p, &done); err != nil {
				faults = append(faults, fmt.Errorf("ticket %s, try %d of %d: %w", p.Ticket.Number, p.Tries, MaxTries, err))
			}
		}
	}
	return done, errors.Join(faults...)
}

func (b *Inbox) deliver(ctx context.Context, to Teller, p Pending, done *Delivery) error {
	fault := to.Tell(ctx, p.From, AnswerText(p.Ticket))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleFor)
	defer cancel()
	switch {
	case fault == nil:
		done.Told++
		return b.store.Told(ctx, p.Ticket.Number, b.now())
	case errors.Is(fault, ErrUnreachable):
		done.Deferred++
		return b.store.Defer(ctx, p)
	case p.Tries >= MaxTries:
		done.Deferred++
		return errors.Join(fault, b.store.Defer(ctx, p))
	}
	done.Failed++
	return fault
}

// AnswerText is what an asker reads: the ticket's number and the answer, at most 2048 bytes. What they asked is not
// repeated.
func AnswerText(t Ticket) string {
	var s strings.Builder
	if t.Kind == Suggestion {
		s.WriteString("您之前提的建议")
	} else {
		s.WriteString("您之前问的")
	}
	fmt.Fprintf(&s, "（编号%s）有答复了：\n%s", t.Number, t.Answer)
	return s.String()
}
