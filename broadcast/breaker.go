package broadcast

import (
	"log/slog"
	"sync"
	"time"

	"towncrier/sms"
)

// BreakerConfig is what a Breaker goes by.
type BreakerConfig struct {
	Provider string // for the log
	// Width is how many calls may be under way at once, at least 1. An outage leaves at most that many in doubt at its beginning.
	Width int
	// Cooldown is the longest time between two looks whether the provider answers again; 0 means a minute.
	Cooldown time.Duration
	Now      func() time.Time
	Log      *slog.Logger
}

// Breaker keeps an outage of a provider from leaving more and more messages in doubt, in one process. A sender takes places in it
// first, and a call needs one. A call that ends in doubt keeps its place until a call that began later is answered. When half of the
// places are kept the breaker opens: no call is made until the provider answers a question that no resident notices, and then a single
// one, the probe. When the probe ends in doubt the next one waits for twice as long: 1, 2, 4 … times Cooldown. When it is answered calls go
// on, one at a time at first, then more with each answer.
//
// A nil Breaker lets every call pass. Safe for concurrent use.
type Breaker struct {
	cfg BreakerConfig

	mu      sync.Mutex
	changed chan struct{} // closed, and made anew, when callers that wait in Enter have to look again
	window  int           // how many places there are just now
	busy    int           // places that are taken
	urgent  int           // emergencies that wait in Enter
	begun   int           // calls so far: tells which of two began later
	doubts  []int         // begun as it was when each call ended in doubt; none was disproved since
	outages int
	answer  time.Duration // that a call takes; 0 until one was made

	open    bool
	since   time.Time
	until   time.Time // when the provider is looked at again
	silent  int       // looks in a row at which the provider did not answer
	lost    int       // probes in a row that ended in doubt
	probing bool      // somebody looks at the provider now
	permit  bool      // the probe may go
}

// NewBreaker makes a closed Breaker: calls pass.
func NewBreaker(c BreakerConfig) *Breaker {
	c.Width = max(1, c.Width)
	if c.Cooldown <= 0 {
		c.Cooldown = time.Minute
	}
	return &Breaker{cfg: c, changed: make(chan struct{}), window: c.Width}
}

// Width is how many calls may be under way at once; 0 is without limit.
func (b *Breaker) Width() int {
	if b == nil {
		return 0
	}
	return b.cfg.Width
}

// Answer is how long a call took lately; 0 before the first.
func (b *Breaker) Answer() time.Duration {
	if b == nil {
		return 0
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.answer
}

// CallEnd is how a call ended, as far as it says something of the provider.
type CallEnd int

const (
	Answered CallEnd = iota // the provider answered, accepting the message or not
	Doubted                 // nobody knows whether the provider took the message
	NotMade                 // not begun, no connection, or refused for now: nothing is in doubt, and the provider has not shown that it works
)

// EndOf is how the call for an outcome ended.
func EndOf(o Outcome) CallEnd {
	switch {
	case o.State == InDoubt:
		return Doubted
	case o.State == Pending && (o.Class == "" || o.Class == string(sms.Retry)):
		return NotMade
	}
	return Answered
}

// wake has everybody who waits look again.
func (b *Breaker) wake() {
	close(b.changed)
	b.changed = make(chan struct{})
}

func (b *Breaker) firstCooldown() time.Duration { return b.cfg.Cooldown / 60 }

func (b *Breaker) coolDown(d time.Duration) {
	b.until, b.probing, b.permit = b.cfg.Now().Add(d), false, false
}

// took notes how long a call took: a quarter of the answer that is expected is the last one.
func (b *Breaker) took(d time.Duration) {
	if d = max(d, time.Microsecond); b.answer > 0 {
		d = b.answer + (d-b.answer)/4
	}
	b.answer = d
}

// trip opens the breaker.
func (b *Breaker) trip() {
	b.open, b.since, b.silent, b.lost = true, b.cfg.Now(), 0, 0
	b.outages++
	b.coolDown(b.firstCooldown())
	b.cfg.Log.Error("a provider's answers leave messages in doubt: nothing is sent until it answers again", "provider", b.cfg.Provider, "in_doubt", len(b.doubts), "under_way", b.busy)
}

// reset closes it.
func (b *Breaker) reset() {
	b.cfg.Log.Info("a provider answers again", "provider", b.cfg.Provider, "rested", b.cfg.Now().Sub(b.since))
	b.open, b.probing, b.permit, b.doubts, b.window = false, false, false, nil, 1
}

// admission is how much may be claimed for a channel.
type admission int

const (
	admitNone admission = iota
	admitOne            // a probe; looked says how the look ended that comes before it
	admitAll
)

// admit tells a caller whether it may claim. One that gets admitOne asks whether the provider answers, says so with looked, makes a call when it
// does, and ends with probed; nobody else gets it meanwhile.
func (b *Breaker) admit() admission {
	if b == nil {
		return admitAll
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	switch {
	case !b.open:
		return admitAll
	case b.probing || b.cfg.Now().Before(b.until):
		return admitNone
	}
	b.probing = true
	return admitOne
}

func (b *Breaker) looked(answers bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.permit = answers; !answers {
		b.coolDown(min(b.firstCooldown()<<min(b.silent, 10), b.cfg.Cooldown))
		b.silent++
		return
	}
	b.silent = 0
}

// probed ends a probe. When no call was made for it the next one may come at once; else Leave has said, or will say, how it ended.
func (b *Breaker) probed() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.permit {
		b.probing, b.permit = false, false
	}
}

// coolingDown says that nothing can be claimed now.
func (b *Breaker) coolingDown() bool {
	if b == nil {
		return false
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.open && (b.probing || b.cfg.Now().Before(b.until))
}

// Outage is what a Breaker knows of its provider.
type Outage struct {
	Open    bool      // nothing is sent but probes
	Since   time.Time // of Open
	Next    time.Time // of Open: when the provider is looked at again
	Doubts  int       // calls that ended in doubt, not disproved since by one that was answered
	Outages int       // how often the breaker opened since the process began
}

// Outage is how it stands.
func (b *Breaker) Outage() Outage {
	if b == nil {
		return Outage{}
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	o := Outage{Open: b.open, Doubts: len(b.doubts), Outages: b.outages}
	if b.open {
		o.Since, o.Next = b.since, b.until
	}
	return o
}
