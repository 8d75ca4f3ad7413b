package broadcast

import "time"

const (
	// handful is how long a reservation takes at most that waits for nothing.
	handful = 20 * time.Millisecond
	// warnEvery is how often it is said that a rate cannot be reached.
	warnEvery = time.Hour
)

// Speed is how fast messages of a channel may go, a second.
type Speed struct {
	Rate      int     // that is allowed to all processes together; 0 is without limit
	Reachable float64 // by this process: what the calls that may be under way at once carry, at the provider's last answers; 0 when nobody knows
}

// Speed is how fast messages of a channel may go.
func (e *Engine) Speed(channel Channel) Speed {
	s := Speed{Rate: e.rate(channel)}
	breaker, provider := e.Breakers[channel], e.Providers[channel]
	if answer := breaker.Answer(); answer > 0 && provider != nil {
		batch := min(ClaimRows, max(1, provider.Batch()))
		if s.Rate > 0 { // no call waits for longer than a second to be filled
			batch = min(batch, s.Rate)
		}
		s.Reachable = float64(breaker.Width()*batch) / answer.Seconds()
	}
	return s
}

// load is how many messages each call has to take so that the rate is used by as many calls as may be under way: the slower the
// provider's answers, the more. A call that goes with fewer keeps its place from others that would have come with more.
func (c *call) load() int {
	breaker := c.Breakers[c.message.Channel]
	if breaker == nil {
		return 1
	}
	return max(1, min(c.batch(), int(float64(c.rate(c.message.Channel))*breaker.Answer().Seconds()/float64(breaker.Width()))))
}

// warnOfRate says, once an hour, that this process cannot send as fast as a rate allows.
func (e *Engine) warnOfRate(channel Channel) {
	s := e.Speed(channel)
	if s.Reachable == 0 || s.Reachable >= 0.95*float64(s.Rate) {
		return
	}
	e.mu.Lock()
	now := e.now()
	last, known := e.warned[channel]
	if age := now.Sub(last); known && age >= 0 && age < warnEvery {
		e.mu.Unlock()
		return
	}
	e.warned[channel] = now
	e.mu.Unlock()
	e.Log.Warn("a channel's rate cannot be reached by this process: too few calls may be under way for how slowly the provider answers", "channel", channel,
		"rate", s.Rate, "reachable", int(s.Reachable), "calls", e.Breakers[channel].Width(), "answer", e.Breakers[channel].Answer().Round(time.Millisecond))
}
