package signin

import "time"

// Failures are counted for an account from an address, and for an address over all accounts.
const (
	most       = 5                // failures of an account from an address, before it waits
	firstWait  = 15 * time.Minute // and twice as long after as many again
	longest    = 24 * time.Hour
	forget     = 24 * time.Hour // after the last failure, or the wait for it
	mostThence = 20             // failures from an address within an hour, before it is slowed
	slowly     = 15 * time.Second
	aWhile     = time.Hour
)

// Tally counts failures.
type Tally struct {
	Failures int
	At       time.Time // of the last
	Until    time.Time // when the next attempt may come; zero for now
}

// count judges an attempt, which counts as a failure until it is known to be none. address may be nil.
func (s *Service) count(own, address *Tally) (wait time.Duration) {
	now := s.now()
	if wait = max(own.Until.Sub(now), address.wait(now)); wait > 0 {
		return wait
	}
	address.fail(now)
	if now.After(own.Until.Add(forget)) && now.After(own.At.Add(forget)) {
		*own = Tally{}
	}
	own.Failures++
	own.At = now
	if own.Failures%most == 0 {
		own.Until = now.Add(waitAfter(own.Failures))
	}
	return 0
}

func waitAfter(failures int) time.Duration {
	wait := firstWait
	for i := 1; i < failures/most && wait < longest; i++ {
		wait *= 2
	}
	return min(wait, longest)
}

func (t *Tally) wait(now time.Time) time.Duration {
	if t == nil || t.Failures < mostThence || now.After(t.At.Add(aWhile)) {
		return 0
	}
	return t.At.Add(slowly).Sub(now)
}

func (t *Tally) fail(now time.Time) {
	if t == nil {
		return
	}
	if now.After(t.At.Add(aWhile)) {
		*t = Tally{}
	}
	t.Failures++
	t.At = now
}
