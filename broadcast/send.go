package broadcast

import (
	"context"
	"errors"
	"fmt"
	"runtime/debug"
	"slices"
	"time"

	"towncrier/sms"
)

// LongestLease is how long claimed deliveries are one caller's at most. It leaves a slow provider more time than the client that calls it gives it.
const LongestLease = 2 * time.Minute

const (
	// linger is how long calls that are under way may go on after the process was told to stop.
	linger = 4 * time.Second
	// lookEvery is how old the knowledge may be that a claim is its caller's and its broadcast goes on, when a call is made under it.
	lookEvery = time.Second

	// turnFor is how long a chunk keeps its place when its provider is slow: an emergency waits for one of them to end.
	timeSlice = time.Second
	// limitedTurn is the same where a rate is kept to. It is longer than what lies between two ticks, which queue what is left: at any
	// time somebody waits for the rate.
	limitedTimeSlice = 2500 * time.Millisecond

	// againAfter is for what a provider refused for now without saying for how long.
	againAfter = 10 * time.Second
	// haltedAfter keeps what met an operator fault from another try before the broadcast is paused, right after the settlement;
	// an official who resumes it waits no longer than this.
	haltedAfter = 5 * time.Second
)

// The shares of a lease: together they are all of it, when each is used up, so that calls have ended when it does.

// claimFor bounds a claim, which is not cut off half way: its rows would be in doubt. 10 s of 2 minutes.
func (e *Engine) claimFor() time.Duration { return e.Lease / 12 }

// sendFor bounds the calls for one chunk; providers end before, by their own limits. 95 s of 2 minutes.
func (e *Engine) sendFor() time.Duration { return e.Lease * 19 / 24 }

// settleFor bounds the attempts to record the outcome of a call, even after the context ended. 15 s of 2 minutes.
func (e *Engine) settleFor() time.Duration { return e.Lease / 8 }

// Send gives what is pending and due of a chunk to the provider, claim by claim, and records the outcomes. It may be called
// with the same chunk any number of times. What was claimed is settled even when ctx ends: calls under way get four seconds more, what
// was not begun is pending again. What is left of a chunk after its time slice is queued again, or by a later tick where a rate is kept to.
func (e *Engine) Send(ctx context.Context, c Chunk) error {
	b, err := e.Store.Get(ctx, c.Broadcast)
	if errors.Is(err, ErrNoBroadcast) || ctx.Err() != nil {
		return nil
	}
	if err != nil {
		return fmt.Errorf("send a chunk: %w", err)
	}
	m, provider, advice := e.route(b, c.Channel)
	if advice != "" {
		return nil
	}
	call := call{Engine: e, broadcast: b, message: m, code: e.code(m), provider: provider}
	began, from, limited := e.now(), c.From, e.rate(c.Channel) > 0
	for {
		switch e.Breakers[c.Channel].admit() {
		case admitNone:
			return nil
		case admitOne:
			return call.probe(ctx, c)
		}
		switch over := since(began, e.now()); {
		case ctx.Err() != nil || !e.mayGo(b) || e.coolingDown(c.Channel):
			return nil
		case limited && over >= limitedTimeSlice:
			return nil
		case !limited && c.From > from && over >= timeSlice:
			return e.Queue.Chunk(ctx, c, b.Emergency)
		}
		next, err := call.sendSome(ctx, c)
		switch {
		case errors.Is(err, errNoPlace):
			if limited || ctx.Err() != nil {
				return nil
			}
			return e.Queue.Chunk(ctx, c, b.Emergency)
		case err != nil || next == 0:
			return err
		}
		c.From = next
	}
}

// errNoPlace is of a chunk for whose calls no place became free within a time slice.
var errNoPlace = errors.New("no place became free")

// rate is how many messages of a channel go a second; 0 is without limit.
func (e *Engine) rate(channel Channel) int {
	if e.Rates == nil {
		return 0
	}
	return e.Rates.Rate(channel)
}

// sendSome sends one claim's share of a chunk, and says where the chunk goes on, 0 at its end. Whatever has to be waited for is waited
// for before anything is claimed: a place for the call, then the rate.
func (c *call) sendSome(ctx context.Context, chunk Chunk) (next int64, err error) {
	places, ok := c.enter(ctx)
	switch {
	case !ok && c.coolingDown(chunk.Channel):
		return 0, nil
	case !ok:
		return 0, errNoPlace
	}
	defer places.Close()
	most, ok := c.reserve(ctx, places)
	if !ok {
		return 0, nil
	}
	held := &heldClaim{Engine: c.Engine, claimed: c.now()}
	take := most
	if c.single {
		take = 1
	}
	claimed, err := c.claim(ctx, chunk, take)
	c.unused(ctx, most-len(claimed.Messages))
	if len(claimed.Messages) == 0 {
		if err != nil { // the disk is full, say: without a cooldown every tick would queue, and log, all that is pending
			c.coolDown(chunk.Channel)
		}
		return claimed.Next, err
	}
	held.claim, held.known = claimed.ID, held.claimed
	outcomes := c.give(ctx, held, places, claimed.Messages)
	settled := make([]Settled, len(outcomes))
	unsent := 0
	for i, o := range outcomes {
		settled[i] = Settled{Delivery: claimed.Messages[i].Delivery, Claim: claimed.ID, Outcome: lasting(o, 0, c.provider)}
		if o.State == Pending && o.Class == "" {
			unsent++
		}
	}
	c.unused(ctx, unsent)
	return claimed.Next, errors.Join(err, c.settled(ctx, settled), c.halt(ctx, c.broadcast.ID, outcomes))
}

// probe sends one message of a chunk when the provider, which left messages in doubt, answers again. The rest stays pending.
func (c *call) probe(ctx context.Context, chunk Chunk) error {
	breaker := c.Breakers[chunk.Channel]
	answers := c.mayGo(c.broadcast) && c.provider.Answers(ctx)
	if breaker.looked(answers); !answers {
		return nil
	}
	defer breaker.probed()
	c.single = true
	_, err := c.sendSome(ctx, chunk)
	return err
}

// enter waits for places, for a time slice at most: somebody else may have more need of this caller. It takes as many as have a message each.
func (c *call) enter(ctx context.Context) (*Places, bool) {
	ctx, cancel := context.WithTimeout(ctx, limitedTimeSlice)
	defer cancel()
	return c.Breakers[c.message.Channel].Enter(ctx, (ClaimRows+c.batch()-1)/c.batch(), c.broadcast.Emergency)
}

// batch is how many messages a call takes.
func (c *call) batch() int { return min(ClaimRows, max(1, c.provider.Batch())) }

// reserve waits until messages may go, and says how many the next claim takes: no more than its places carry within a second. ok is false
// when none may before ctx ends, or within a time slice.
func (c *call) reserve(ctx context.Context, places *Places) (most int, ok bool) {
	channel, breaker := c.message.Channel, c.Breakers[c.message.Channel]
	most = c.batch()
	if places != nil {
		calls := 1 // while nobody knows how long one takes
		if answer := breaker.Answer(); answer > 0 {
			calls = max(1, int(time.Second/answer))
		}
		most = min(ClaimRows, most*calls*places.Idle())
	}
	if c.Rates == nil {
		return most, true
	}
	ctx, cancel := context.WithTimeout(ctx, limitedTimeSlice)
	defer cancel()
	asked := time.Now()
	n, err := c.Rates.Reserve(ctx, channel, c.load(), most, c.broadcast.Emergency)
	if err != nil {
		return 0, false
	}
	if n == most && time.Since(asked) < handful { // the rate is not what holds it up
		c.warnOfRate(channel)
	}
	places.Keep((n + c.batch() - 1) / c.batch())
	return n, true
}

// unused gives back messages that were reserved and did not go.
func (c *call) unused(ctx context.Context, messages int) {
	if messages > 0 && c.Rates != nil {
		c.Rates.Return(ctx, c.message.Channel, messages, c.broadcast.Emergency)
	}
}

// mayGo says whether messages of b may be given to a provider now.
func (e *Engine) mayGo(b Broadcast) bool {
	now := e.now()
	return b.Status == Sending && b.MayGo(now) && now.Before(b.Deadline()) && e.Service.grounded(b)
}

func (e *Engine) claim(ctx context.Context, c Chunk, most int) (Claimed, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.claimFor())
	defer cancel()
	now := e.now()
	claimed, err := e.Store.Claim(ctx, c, most, now, now.Add(e.Lease))
	for i := range claimed.Messages {
		if c.Channel == SMS { // one a call, which is what the provider's records and receipts name
			claimed.Messages[i].OutID = claimed.OutID
		}
	}
	return claimed, err
}

// call gives the messages of one claim to a provider.
type call struct {
	*Engine
	broadcast Broadcast
	message   Message
	code      string
	provider  Provider
	single    bool // it is a probe
}

// give returns an outcome a message, in their order. The places are free for others then.
func (c *call) give(ctx context.Context, held *heldClaim, places *Places, messages []OutboundMessage) []Outcome {
	defer places.Close()
	calls, cancel := lingering(ctx, c.sendFor())
	defer cancel()
	if ctx.Err() != nil || !c.mayGo(c.broadcast) || !held.holds(calls) {
		return slices.Repeat([]Outcome{{State: Pending}}, len(messages))
	}
	calls = WithPlaces(WithMayCall(calls, func(ctx context.Context) bool { return c.Service.grounded(c.broadcast) && held.holds(ctx) }), places)
	outcomes := c.guarded(messages, func() []Outcome { return c.provider.Send(calls, c.message, c.code, messages) })
	c.note(c.message.Channel, outcomes)
	return outcomes
}

// guarded has a provider answer for messages. Whatever it leaves unsaid, or says while it panics, is in doubt.
func (e *Engine) guarded(messages []OutboundMessage, answer func() []Outcome) (outcomes []Outcome) {
	defer func() {
		if p := recover(); p != nil { // its value may hold personal data
			e.Log.Error("a provider client panicked", "letters", len(messages), "type", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			outcomes = nil
		}
		outcomes = complete(outcomes, len(messages), e.firstAsk())
	}()
	return answer()
}

// complete makes n sound outcomes of what a provider answered. What is in doubt is asked about after firstAsk or later.
func complete(got []Outcome, n int, firstAsk time.Duration) []Outcome {
	outcomes := make([]Outcome, n)
	for i := range outcomes {
		o := Outcome{State: InDoubt}
		if len(got) == n {
			o = got[i]
		}
		switch o.State {
		case Accepted, Failed, Delivered, Undelivered:
			o.Wait = 0
		case Pending:
			if o.Halt != "" {
				o.Wait = max(o.Wait, haltedAfter)
			} else if o.Wait == 0 && o.Class != "" {
				o.Wait = againAfter
			}
		default:
			o.State = InDoubt
			o.Wait = max(o.Wait, firstAsk)
		}
		outcomes[i] = o
	}
	return outcomes
}

// settled records the outcomes of a call. When that fails for good the lease ends, and the deliveries are in doubt.
func (e *Engine) settled(ctx context.Context, all []Settled) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.settleFor())
	defer cancel()
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		err := e.Store.RecordOutcomes(ctx, all, e.now())
		if err == nil {
			return nil
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			e.Log.Error("what became of a call could not be written down: its deliveries will be in doubt", "deliveries", len(all), "err", err)
			return err
		}
	}
}

// halt pauses a broadcast for the first operator fault among outcomes.
func (e *Engine) halt(ctx context.Context, id string, outcomes []Outcome) error {
	i := slices.IndexFunc(outcomes, func(o Outcome) bool { return o.Halt != "" })
	if i < 0 {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), e.claimFor())
	defer cancel()
	e.Log.Error("broadcast paused: somebody must act", "broadcast", id, "code", outcomes[i].Code, "advice", outcomes[i].Halt)
	return e.Service.Halt(ctx, id, outcomes[i].Halt)
}

// lingering ends after limit, or linger after ctx did.
func lingering(ctx context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	calls, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	stop := context.AfterFunc(ctx, func() {
		select {
		case <-time.After(linger):
			cancel()
		case <-calls.Done():
		}
	})
	return calls, func() { stop(); cancel() }
}

// cooldown is how long a channel is left alone after its provider took nothing.
type cooldown struct {
	until time.Time
	turns int // in a row
}

// longestCooldown is how long a channel is left alone at most, so that it goes on soon after its provider does.
const longestCooldown = time.Minute

// note lets a channel cool down, in this process, when a whole call was refused for now for a reason that is not the numbers': 1, 2,
// 4 … 60 seconds. What one number had too much of is Limited, and waits by itself.
func (e *Engine) note(channel Channel, outcomes []Outcome) {
	refused := !slices.ContainsFunc(outcomes, func(o Outcome) bool { return o.State != Pending || o.Class != string(sms.Retry) })
	if refused {
		e.coolDown(channel)
		return
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.cooldowns, channel)
}

// coolDown leaves a channel alone for a while, longer each time.
func (e *Engine) coolDown(channel Channel) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if now, r := e.now(), e.cooldowns[channel]; !now.Before(r.until) {
		e.cooldowns[channel] = cooldown{now.Add(min(time.Second<<min(r.turns, 10), longestCooldown)), r.turns + 1}
	}
}

func (e *Engine) coolingDown(channel Channel) bool {
	if e.Breakers[channel].coolingDown() {
		return true
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	left := e.cooldowns[channel].until.Sub(e.now())
	return left > 0 && left <= longestCooldown // further off only when the clock was set back
}
