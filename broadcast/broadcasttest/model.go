package broadcasttest

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towncrier/broadcast"
)

// model lets workers, providers, officials and time do anything in any order, and checks after each act that rows changed
// only as the state machine allows, that the tally is the rows, and that nobody gets anything twice.
func model(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 8)
	runs := 0
	rapid.Check(t, func(rt *rapid.T) {
		runs++
		w := &walk{p: p, t: t, id: fmt.Sprint("B", runs), now: noon, before: make(map[int64]broadcast.Delivery), calls: make(map[int64]int)}
		b := draft(w.id)
		b.Fallback = broadcast.Fallback{Doubtful: rapid.Bool().Draw(rt, "doubtful"), Wait: time.Hour}
		p.frozen(t, b, []int{0, 2, 4, 6}, broadcast.Subscription, broadcast.Template, broadcast.SMS)
		rt.Repeat(map[string]func(*rapid.T){
			"":        w.check,
			"claim":   w.claim,
			"settle":  w.settle,
			"receipt": w.receipt,
			"sweep":   w.sweep,
			"doubts":  w.doubts,
			"pass": func(rt *rapid.T) {
				w.now = w.now.Add(rapid.SampledFrom([]time.Duration{time.Second, lease, time.Hour}).Draw(rt, "time"))
			},
			"pause": func(rt *rapid.T) {
				p.setStatus(t, w.id, rapid.SampledFrom([]broadcast.Status{broadcast.Paused, broadcast.Held, broadcast.Sending, broadcast.Sending}).Draw(rt, "status"))
			},
			"fall back": func(*rapid.T) {
				_, _, err := p.FallBack(t.Context(), w.id, 0, 100, w.now)
				must(t, err)
			},
			"resend": func(rt *rapid.T) {
				round := 1
				for _, d := range w.before {
					round = max(round, d.Round)
				}
				_, _, err := p.Resend(t.Context(), w.id, min(round+1, 3), 0, 100, w.now)
				must(t, err)
			},
		})
		// The end: nobody else is in the way of the next run's followers.
		p.setStatus(t, w.id, broadcast.Cancelled)
		for _, c := range w.open {
			p.settle(t, c, broadcast.Outcome{State: broadcast.Failed}, w.now)
		}
		_, err := p.Sweep(t.Context(), w.now.Add(lease), w.now.Add(lease), 1000)
		must(t, err)
		_, err = p.Close(t.Context(), w.id, broadcast.Withdrawn, w.now, 1000)
		must(t, err)
		w.check(rt)
	})
}

// walk is one run.
type walk struct {
	p      Process
	t      *testing.T
	id     string
	now    time.Time
	open   []broadcast.Claimed
	past   []broadcast.Claimed
	before map[int64]broadcast.Delivery
	calls  map[int64]int // tries, by delivery, that a claim handed out
}

var channels = []broadcast.Channel{broadcast.Subscription, broadcast.Template, broadcast.SMS}

func (w *walk) claim(rt *rapid.T) {
	c := w.p.claim(w.t, w.id, rapid.SampledFrom(channels).Draw(rt, "channel"), w.now)
	if len(c.Messages) > 0 {
		w.open = append(w.open, c)
	}
	for _, l := range c.Messages {
		w.calls[l.Delivery]++
	}
}

func (w *walk) outcome(rt *rapid.T, c broadcast.Claimed, l broadcast.OutboundMessage) broadcast.Outcome {
	o := broadcast.Outcome{State: rapid.SampledFrom([]broadcast.State{broadcast.Accepted, broadcast.Accepted, broadcast.Failed, broadcast.Pending,
		broadcast.InDoubt, broadcast.Unknown}).Draw(rt, "outcome")}
	if o.State == broadcast.Accepted {
		o.Handle = fmt.Sprintf("%s-%d", w.id, c.ID)
		if c.Channel != broadcast.SMS {
			o.Handle = l.OutID
		}
	}
	return o
}

func (w *walk) settle(rt *rapid.T) {
	if len(w.open) == 0 {
		return
	}
	i := rapid.IntRange(0, len(w.open)-1).Draw(rt, "call")
	c := w.open[i]
	var settled []broadcast.Settled
	for _, l := range c.Messages {
		settled = append(settled, broadcast.Settled{Delivery: l.Delivery, Claim: c.ID, Outcome: w.outcome(rt, c, l)})
	}
	must(w.t, w.p.RecordOutcomes(w.t.Context(), settled, w.now))
	if rapid.Bool().Draw(rt, "again") {
		return // another worker believes that it has the call
	}
	w.open = append(w.open[:i], w.open[i+1:]...)
	w.past = append(w.past, c)
}

func (w *walk) receipt(rt *rapid.T) {
	made := append(append([]broadcast.Claimed(nil), w.open...), w.past...)
	if len(made) == 0 {
		return
	}
	c := rapid.SampledFrom(made).Draw(rt, "call")
	l := rapid.SampledFrom(c.Messages).Draw(rt, "letter")
	state := rapid.SampledFrom([]broadcast.State{broadcast.Delivered, broadcast.Undelivered}).Draw(rt, "state")
	handle := ""
	if c.Channel != broadcast.SMS {
		handle = l.OutID
	}
	w.p.receipts(w.t, w.now, report(c, handle, l, state, "X"))
}

func (w *walk) sweep(rt *rapid.T) {
	before := w.now.Add(-rapid.SampledFrom([]time.Duration{72 * time.Hour, 3 * time.Hour}).Draw(rt, "unknown"))
	_, err := w.p.Sweep(w.t.Context(), w.now, before, rapid.IntRange(1, 10).Draw(rt, "limit"))
	must(w.t, err)
}

func (w *walk) doubts(rt *rapid.T) {
	found, err := w.p.Doubts(w.t.Context(), rapid.SampledFrom(channels).Draw(rt, "channel"), w.now, w.now.Add(lease), 10)
	must(w.t, err)
	var settled []broadcast.Settled
	for _, d := range found {
		s := broadcast.Settled{Delivery: d.Delivery, Claim: d.Claim, Outcome: w.outcome(rt, broadcast.Claimed{ID: d.Claim, Channel: d.Channel}, d.OutboundMessage)}
		s.Absent = s.Outcome.State == broadcast.InDoubt
		settled = append(settled, s)
	}
	must(w.t, w.p.RecordOutcomes(w.t.Context(), settled, w.now))
}

// check holds what is always true.
func (w *walk) check(rt *rapid.T) {
	w.p.counted(w.t, w.id)
	calling := make(map[string]int)
	pending := make(map[string]int)
	once := make(map[string]bool)
	for _, d := range w.p.deliveries(w.t, w.id) {
		if old, known := w.before[d.ID]; known && old.State != d.State && !reachable(old.State, d.State) {
			rt.Fatalf("delivery %d went from %s to %s", d.ID, old.State, d.State)
		}
		w.before[d.ID] = d
		if d.Tries != w.calls[d.ID] {
			rt.Fatalf("delivery %d has %d tries and was handed out %d times", d.ID, d.Tries, w.calls[d.ID])
		}
		key := fmt.Sprint(d.Recipient, d.Channel, d.Round)
		if once[key] {
			rt.Fatalf("two deliveries for %s", key)
		}
		once[key] = true
		if d.Channel != broadcast.SMS && d.State == broadcast.InFlight {
			calling[d.Subject]++
		}
		if d.State == broadcast.Pending || d.State == broadcast.InFlight {
			pending[fmt.Sprint(d.Recipient, "/", d.Round)]++
		}
	}
	for who, n := range calling {
		if n > 1 {
			rt.Fatalf("%d WeChat calls to %s at once", n, who)
		}
	}
	for who, n := range pending {
		if n > 1 {
			rt.Fatalf("%d channels at once for %s", n, who)
		}
	}
}

// reachable says whether events lead from one state to another: an act may be several.
func reachable(from, to broadcast.State) bool {
	seen := map[broadcast.State]bool{from: true}
	for queue := []broadcast.State{from}; len(queue) > 0; queue = queue[1:] {
		for _, next := range []broadcast.State{broadcast.Planned, broadcast.Pending, broadcast.InFlight, broadcast.Accepted, broadcast.Delivered,
			broadcast.Undelivered, broadcast.Failed, broadcast.InDoubt, broadcast.Unknown, broadcast.Suppressed, broadcast.Withdrawn, broadcast.Lapsed} {
			if !seen[next] && broadcast.CanBecome(queue[0], next) {
				seen[next] = true
				queue = append(queue, next)
			}
		}
	}
	return seen[to]
}
