package broadcast

import (
	"context"
	"slices"
	"time"
)

// Places are what somebody who sends has taken in a Breaker. A call is made in one of them and never waits for it: what finds no place
// was not sent. A nil Places bounds nothing. Safe for concurrent use.
type Places struct {
	b      *Breaker
	urgent bool
	probe  bool

	// Under b.mu:
	idle   int // that no call is made in
	called int // calls so far
}

// Permit is a call that may be made.
type Permit struct {
	begun int
	at    time.Time
}

// Enter waits for a place, and takes up to most of those that are free. Emergencies go before others. ok is false when ctx ended before,
// or the breaker is open. Every Places is closed.
func (b *Breaker) Enter(ctx context.Context, most int, emergency bool) (p *Places, ok bool) {
	if b == nil {
		return nil, ctx.Err() == nil
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if emergency {
		b.urgent++
		defer func() {
			if b.urgent--; b.urgent == 0 {
				b.wake()
			}
		}()
	}
	for {
		free := b.window - b.busy - len(b.doubts)
		switch {
		case ctx.Err() != nil || b.open && !b.permit:
			return nil, false
		case b.open:
			b.permit = false
			b.busy++
			return &Places{b: b, urgent: emergency, probe: true, idle: 1}, true
		case free > 0 && (emergency || b.urgent == 0):
			n := max(1, min(free, most))
			b.busy += n
			return &Places{b: b, urgent: emergency, idle: n}, true
		}
		changed := b.changed
		b.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
		}
		b.mu.Lock()
	}
}

// Begin begins a call, of a probe one. ok is false when it is not to be made: there is no idle place any more, the breaker has opened, or
// an emergency waits. Every Permit is given back by End.
func (p *Places) Begin() (call Permit, ok bool) {
	if p == nil {
		return Permit{}, true
	}
	b := p.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if p.idle == 0 || b.open != p.probe || p.probe && p.called > 0 || !p.urgent && b.urgent > 0 {
		return Permit{}, false
	}
	call = Permit{b.begun, b.cfg.Now()}
	b.begun++
	p.idle--
	p.called++
	return call, true
}

// End says how a call ended. Its place is idle then, unless it is kept by a doubt.
func (p *Places) End(call Permit, end CallEnd) {
	if p == nil {
		return
	}
	b := p.b
	b.mu.Lock()
	defer b.mu.Unlock()
	if end != NotMade {
		b.took(since(call.at, b.cfg.Now()))
	}
	switch {
	case end == Doubted:
		b.busy--
		b.doubts = append(b.doubts, b.begun)
		if p.probe {
			b.lost++
			b.coolDown(b.cfg.Cooldown << min(b.lost-1, 20))
		} else if !b.open && len(b.doubts) >= min((b.cfg.Width+1)/2, b.window) {
			b.trip()
		}
		b.wake()
		return
	case p.probe && end == Answered:
		b.reset()
		p.probe = false
	case p.probe:
		b.coolDown(b.firstCooldown())
	case end == Answered && !b.open:
		b.doubts = slices.DeleteFunc(b.doubts, func(ended int) bool { return ended <= call.begun })
		b.window = min(b.window+1, b.cfg.Width)
	}
	p.idle++
	b.wake()
}

// Keep gives back all idle places but n.
func (p *Places) Keep(n int) {
	if p == nil {
		return
	}
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	if surplus := p.idle - n; surplus > 0 {
		p.idle -= surplus
		p.b.busy -= surplus
		p.b.wake()
	}
}

// Idle is how many places there are in which no call is made.
func (p *Places) Idle() int {
	if p == nil {
		return 0
	}
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	return p.idle
}

// Close gives the places back, once no call is under way in them.
func (p *Places) Close() {
	if p == nil {
		return
	}
	p.Keep(0)
	p.b.mu.Lock()
	defer p.b.mu.Unlock()
	if p.probe && p.called == 0 { // there was nothing to probe with: the next one may come at once
		p.b.probing = false
	}
}

type placesKey struct{}

// WithPlaces has the calls that a Provider makes under ctx made in p.
func WithPlaces(ctx context.Context, p *Places) context.Context {
	return context.WithValue(ctx, placesKey{}, p)
}

// PlacesOf are where the calls under ctx are made; nil when nothing bounds them.
func PlacesOf(ctx context.Context) *Places {
	p, _ := ctx.Value(placesKey{}).(*Places)
	return p
}
