package wechat

import (
	"context"
	"sync"
	"time"
)

const (
	// DefaultInFlight calls at 50 ms each are 200 messages a second; at most so many are in doubt when the platform's answers break off.
	// The platform was seen to answer -1 from about 400.
	DefaultInFlight = 10
	MaxInFlight     = 1024
)

// idleFor is how long a caller waits for more to do.
const idleFor = time.Second

// callers are goroutines that make calls. One a call grew its stack anew each time, which was a twentieth of what a message costs.
type callers struct {
	slots chan struct{} // one token a caller
	work  chan func()   // for callers that are idle
}

func newCallers(n int) callers {
	return callers{make(chan struct{}, n), make(chan func())}
}

// all runs do for 0 to n-1, each on a caller, and waits for them. Those that find no caller before ctx ends are not run.
func (c callers) all(ctx context.Context, n int, do func(i int)) {
	var under sync.WaitGroup
	defer under.Wait()
	for i := range n {
		if ctx.Err() != nil { // select picks at random when several are ready
			return
		}
		under.Add(1)
		call := func() {
			defer under.Done()
			do(i)
		}
		select {
		case c.work <- call:
		case c.slots <- struct{}{}:
			go c.run(call)
		case <-ctx.Done():
			under.Done()
			return
		}
	}
}

// run does one thing after another until there is none for a second.
func (c callers) run(do func()) {
	defer func() { <-c.slots }()
	idle := time.NewTimer(idleFor)
	defer idle.Stop()
	for {
		do()
		idle.Reset(idleFor)
		select {
		case do = <-c.work:
		case <-idle.C:
			return
		}
	}
}
