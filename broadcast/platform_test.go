package broadcast_test

import (
	"context"
	"sync"
	"time"

	"towncrier/broadcast"
)

// platform plays a provider: what it does with a message is the test's. It counts whom it took a message for.
type platform struct {
	mu    sync.Mutex
	batch int
	does  func(n int, l broadcast.OutboundMessage) broadcast.Outcome // n counts messages from 1; nil accepts
	asked func(l broadcast.OutboundMessage) broadcast.Outcome        // nil knows of what it took
	away  bool                                                       // it answers nothing at all

	within time.Duration // after which it cannot be asked; 0 is for an hour, negative never

	breaker *broadcast.Breaker
	n       int
	took    map[string]int // by number or openid
	calls   map[string]broadcast.OutboundMessage
}

func (p *platform) Batch() int { return p.batch }

func (p *platform) Send(ctx context.Context, _ broadcast.Message, code string, letters []broadcast.OutboundMessage) []broadcast.Outcome {
	outcomes := make([]broadcast.Outcome, len(letters))
	places := broadcast.PlacesOf(ctx)
	for i, l := range letters {
		permit, ok := places.Begin()
		if !ok {
			outcomes[i] = broadcast.Outcome{State: broadcast.Pending}
			continue
		}
		if !broadcast.MayCall(ctx) {
			outcomes[i] = broadcast.Outcome{State: broadcast.Pending}
			places.End(permit, broadcast.EndOf(outcomes[i]))
			continue
		}
		p.mu.Lock()
		p.n++
		n, does := p.n, p.does
		p.mu.Unlock()
		outcomes[i] = broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		if does != nil {
			outcomes[i] = does(n, l)
		}
		if outcomes[i].State == broadcast.Accepted {
			p.take(l)
		}
		places.End(permit, broadcast.EndOf(outcomes[i]))
	}
	return outcomes
}

func (p *platform) AskWithin() time.Duration {
	if p.within == 0 {
		return time.Hour
	}
	return p.within
}

func (p *platform) Answers(context.Context) bool { return !p.away }

// take counts a message that goes out.
func (p *platform) take(l broadcast.OutboundMessage) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.took == nil {
		p.took, p.calls = make(map[string]int), make(map[string]broadcast.OutboundMessage)
	}
	p.took[string(l.Phone)+l.OpenID]++
	p.calls[string(l.Phone)+l.OpenID] = l
}

func (p *platform) Ask(_ context.Context, _ broadcast.Message, _ string, letters []broadcast.OutboundMessage) []broadcast.Outcome {
	outcomes := make([]broadcast.Outcome, len(letters))
	for i, l := range letters {
		if p.asked != nil {
			outcomes[i] = p.asked(l)
			continue
		}
		outcomes[i] = broadcast.Outcome{State: broadcast.Pending}
		p.mu.Lock()
		if known, ok := p.calls[string(l.Phone)+l.OpenID]; ok && known.OutID == l.OutID {
			outcomes[i] = broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		}
		p.mu.Unlock()
	}
	return outcomes
}

// works is the queue: chunks wait until the test has them sent.
type works struct {
	mu      sync.Mutex
	waiting []broadcast.Chunk
	queued  func() // called with each chunk; may be nil
}

func (q *works) Chunk(_ context.Context, c broadcast.Chunk, _ bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, c)
	if q.queued != nil {
		q.queued()
	}
	return nil
}

func (q *works) Waiting(context.Context, bool) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting), nil
}

// empty takes everything out.
func (q *works) empty() []broadcast.Chunk {
	q.mu.Lock()
	defer q.mu.Unlock()
	chunks := q.waiting
	q.waiting = nil
	return chunks
}
