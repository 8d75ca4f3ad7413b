package broadcast

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

const (
	// askers is how many questions about deliveries in doubt are under way at once on a channel: with answers in 50 ms 320 a second, far
	// below what providers take. One that hangs holds up nobody but its asker.
	askers = 16
	// askRows is how many deliveries in doubt are taken up at once: few enough to be asked about well inside a lease.
	askRows = 2 * askers
	// settleRows is how many answers are written down together at most.
	settleRows = 100
)

// ResolveDoubts asks providers about deliveries in doubt that are due for it, until there are none.
func (e *Engine) ResolveDoubts(ctx context.Context) error {
	e.serve(ctx)
	var all sync.WaitGroup
	faults := make([]error, len(cheapest))
	for i, channel := range cheapest {
		if provider := e.Providers[channel]; provider != nil {
			all.Go(func() {
				q := questions{Engine: e, channel: channel, provider: provider, sightings: make(map[string]sighting), answered: make(map[State]int)}
				faults[i] = q.settle(ctx)
			})
		}
	}
	all.Wait()
	return errors.Join(faults...)
}

// questions are those about deliveries in doubt of one channel.
type questions struct {
	*Engine
	channel  Channel
	provider Provider

	mu        sync.Mutex
	sightings map[string]sighting
	answered  map[State]int
	faults    []error
}

// sighting is what was known of a broadcast at a time.
type sighting struct {
	at        time.Time
	broadcast Broadcast
}

// settle has askers ask side by side and writes down what they hear, while more is handed out.
func (q *questions) settle(ctx context.Context) error {
	doubts, answers := make(chan Doubtful), make(chan Settled, settleRows)
	var asking, writing sync.WaitGroup
	for range askers {
		asking.Go(func() {
			for d := range doubts {
				if s, ok := q.ask(ctx, d); ok {
					answers <- s
				}
			}
		})
	}
	writing.Go(func() { q.write(ctx, answers) })
	q.fault(q.handOut(ctx, doubts))
	close(doubts)
	asking.Wait()
	close(answers)
	writing.Wait()
	if len(q.answered) > 0 {
		q.Log.Info("asked about deliveries in doubt", "channel", q.channel, "outcomes", q.answered)
	}
	return errors.Join(q.faults...)
}

func (q *questions) handOut(ctx context.Context, doubts chan<- Doubtful) error {
	for ctx.Err() == nil {
		now := q.now()
		found, err := q.Store.Doubts(ctx, q.channel, now, now.Add(q.Lease), askRows)
		if err != nil {
			return err
		}
		for _, d := range found {
			select {
			case doubts <- d:
			case <-ctx.Done(): // they are handed out again after a lease
				return nil
			}
		}
		if len(found) < askRows {
			return nil
		}
	}
	return nil
}

// write writes answers down as they come, several at once when they come faster than they are written.
func (q *questions) write(ctx context.Context, answers <-chan Settled) {
	for first := range answers {
		batch := []Settled{first}
		for more := true; more && len(batch) < settleRows; {
			select {
			case s, ok := <-answers:
				if more = ok; ok {
					batch = append(batch, s)
				}
			default:
				more = false
			}
		}
		q.fault(q.settled(ctx, batch))
	}
}

func (q *questions) fault(err error) {
	if err == nil {
		return
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.faults) < 10 {
		q.faults = append(q.faults, err)
	}
}

// ask settles a delivery in doubt as far as the provider knows. ok is false when nothing can be said of it now.
func (q *questions) ask(ctx context.Context, d Doubtful) (s Settled, ok bool) {
	b, err := q.get(ctx, d.Broadcast)
	if err != nil {
		q.fault(fmt.Errorf("broadcast %s: %w", d.Broadcast, err))
		return Settled{}, false
	}
	o := Outcome{State: InDoubt}
	switch {
	case d.Gone, d.Channel != SMS && d.Since != CallsSince{}: // there is no record of it, and its id is not known
		o.State = Unknown
	case q.mayAsk(b, d):
		o = q.answer(ctx, b, d)
	}
	s = q.verdict(d, lasting(o, q.now().Sub(d.begun()), q.provider))
	q.mu.Lock()
	defer q.mu.Unlock()
	q.answered[s.Outcome.State]++
	return s, true
}

// get is a broadcast as it was a second ago at most: a question may be a message, which is not for one that was stopped.
func (q *questions) get(ctx context.Context, id string) (Broadcast, error) {
	q.mu.Lock()
	known, ok := q.sightings[id]
	q.mu.Unlock()
	if age := q.now().Sub(known.at); ok && age >= 0 && age < lookEvery {
		return known.broadcast, nil
	}
	at := q.now()
	b, err := q.Store.Get(context.WithoutCancel(ctx), id)
	if err != nil {
		return Broadcast{}, err
	}
	q.mu.Lock()
	defer q.mu.Unlock()
	q.sightings[id] = sighting{at, b}
	return b, nil
}

// mayAsk says whether a question may be put. To ask about a template message is to repeat it: a resident who did not get it gets it then. So that
// is done only while it would be sent to them.
func (q *questions) mayAsk(b Broadcast, d Doubtful) bool {
	if d.Channel != Template {
		return true
	}
	return q.mayGo(b) && !d.OptedOut && refused(citeFaults(q.Service.Content(), b.Cites)) == nil
}

func (q *questions) answer(ctx context.Context, b Broadcast, d Doubtful) Outcome {
	m, _, _ := q.route(b, d.Channel)
	message := d.OutboundMessage
	if d.Channel == SMS {
		message.OutID = d.CallOutID
	}
	calls, cancel := lingering(ctx, q.sendFor())
	defer cancel()
	messages := []OutboundMessage{message}
	o := q.guarded(messages, func() []Outcome { return q.provider.Ask(calls, m, q.code(m), messages) })[0]
	if o.Halt != "" {
		q.Log.Warn("a provider could not be asked about a delivery in doubt", "broadcast", b.ID, "code", o.Code, "advice", o.Halt)
	}
	return o
}
