package broadcast

import (
	"context"
	"time"
)

const (
	// chunkRows is how many deliveries one task owns, a few claims: a task costs as much as sending a hundred texts does otherwise.
	chunkRows = 5 * ClaimRows
	// fullQueue is how many tasks wait in a queue at most, lowQueue when it is filled up again. The embedded queue slows down
	// with its length, and whatever waits there is lost with it.
	fullQueue, lowQueue = 100, 50
	// fairShare is how many tasks a broadcast adds before the next one adds its own.
	fairShare = 10
	// limitedChunks, and one more for each hundred messages a second, are how many chunks of a channel with a rate are queued each
	// limitedEvery: as many as keep the rate busy while calls are slow. More would wait for it, and keep others from being handled.
	limitedChunks = 8
	limitedEvery  = time.Second
	// resendGrace is how long after a resend was asked for its deliveries may be on their way into the ledger.
	resendGrace = time.Minute
)

// queueState is one of the two queues, as a tick knows it.
type queueState struct {
	known   bool // waiting is of this pass
	waiting int
	begun   bool // it was seen empty: what is pending from then on is in no task but those that this tick queued
}

// room is how many more chunks a queue takes. A tick begins when the queue is empty, since only then no task waits for rows that it
// would queue again; what is queued doubly does no harm, it only finds nothing to claim.
func (t *tick) room(ctx context.Context, emergency bool) (int, error) {
	l := t.queues[emergency]
	if l == nil {
		l = new(queueState)
		t.queues[emergency] = l
	}
	if !l.known {
		waiting, err := t.Queue.Waiting(ctx, emergency)
		if err != nil {
			return 0, err
		}
		l.known, l.waiting, l.begun = true, waiting, l.begun || waiting == 0
	}
	if !l.begun || l.waiting >= lowQueue {
		return 0, nil
	}
	return min(fullQueue-l.waiting, fairShare), nil
}

// dispatch queues chunks of what is pending, while there is room; ends what is settled; and what is too late.
func (t *tick) dispatch(ctx context.Context, b Broadcast) (moved, waits bool, err error) {
	counts, now := t.tallies[b.ID], t.now()
	switch {
	case !counts.open():
		if age := now.Sub(b.ReleasedAt); b.Round > 1 && age > -resendGrace && age < resendGrace { // released further on: by a clock that was ahead
			return false, false, nil
		}
		t.Log.Info("broadcast done", "broadcast", b.ID)
		return false, false, t.Service.Finish(ctx, b.ID)
	case !now.Before(b.Deadline()) && counts.pending():
		t.Log.Warn("broadcast expired before all of it was sent", "broadcast", b.ID)
		return false, false, t.Service.Lapse(ctx, b.ID)
	case !b.MayGo(now):
		return false, false, nil
	}
	for _, m := range b.Messages {
		of := broadcastChannel{b.ID, m.Channel}
		if t.rate(m.Channel) > 0 && time.Since(t.queued[of]) >= limitedEvery {
			t.ended[of] = false
		}
		if counts[m.Channel][Pending] == 0 || t.ended[of] || t.coolingDown(m.Channel) {
			continue
		}
		if _, _, advice := t.route(b, m.Channel); advice != "" {
			elsewhere, err := t.elsewhere(ctx, m.Channel)
			if err != nil || !elsewhere {
				if err == nil {
					err = t.Service.Halt(ctx, b.ID, advice)
				}
				return false, false, err
			}
		}
		n, full, err := t.queue(ctx, b, of)
		moved, waits = moved || n > 0, waits || full
		if err != nil {
			return moved, waits, err
		}
	}
	return moved, waits, nil
}

// queue queues the next chunks of a broadcast on a channel. full says that there was no room for all of them.
func (t *tick) queue(ctx context.Context, b Broadcast, of broadcastChannel) (n int, full bool, err error) {
	room, err := t.room(ctx, b.Emergency)
	if err != nil || room <= 0 {
		return 0, true, err
	}
	rate := t.rate(of.channel)
	if rate > 0 { // from the first that is pending: what was queued a second ago waited for the rate, and is sent or not
		room = min(room, max(1, (limitedChunks+rate/100)/max(1, t.pendingOn[of.channel])))
		t.reached[of], t.queued[of] = 0, time.Now()
	}
	chunks, err := t.Store.Chunks(ctx, b.ID, of.channel, t.reached[of], chunkRows, room, t.now())
	if err != nil {
		return 0, false, err
	}
	for _, c := range chunks {
		if err := t.Queue.Chunk(ctx, c, b.Emergency); err != nil {
			return n, false, err
		}
		n++
		t.reached[of] = c.To
		t.queues[b.Emergency].waiting++
	}
	t.ended[of] = rate > 0 || len(chunks) < room
	return n, !t.ended[of], nil
}

// route is the message, and the provider, by which a broadcast goes on a channel. advice is for people, in Chinese, when it cannot.
func (e *Engine) route(b Broadcast, channel Channel) (Message, Provider, string) {
	for _, m := range b.Messages {
		if m.Channel != channel {
			continue
		}
		provider := e.Providers[channel]
		switch {
		case provider == nil:
			return m, nil, "渠道" + string(channel) + "没有开通：请在系统设置里配置后再继续"
		case e.code(m) == "":
			return m, nil, "模板" + m.Template + "不在本市的模板表里：请恢复 templates.yaml 里的这个模板后再继续"
		}
		return m, provider, ""
	}
	return Message{}, nil, "没有渠道" + string(channel) + "的内容"
}

// code is the provider's id of a message's template; "" when the city has none such.
func (e *Engine) code(m Message) string {
	if t := e.Service.Content().Templates[m.Template]; t != nil {
		return t.Code
	}
	return ""
}

// counts are how many deliveries are where.
type counts map[Channel]map[State]int

func (e *Engine) counts(ctx context.Context, id string) (counts, error) {
	tally, err := e.Store.Tally(ctx, id)
	if err != nil {
		return nil, err
	}
	c := make(counts)
	for _, t := range tally {
		if c[t.Channel] == nil {
			c[t.Channel] = make(map[State]int)
		}
		c[t.Channel][t.State] += t.N
	}
	return c, nil
}

func (c counts) any(states ...State) bool {
	for _, by := range c {
		for _, state := range states {
			if by[state] > 0 {
				return true
			}
		}
	}
	return false
}

// open says that something goes on. What is planned becomes pending in the same moment as what is before it ends, so that it
// is not open by itself.
func (c counts) open() bool    { return c.any(Pending, InFlight, Accepted, InDoubt) }
func (c counts) pending() bool { return c.any(Pending) }
