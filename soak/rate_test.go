package soak

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/seal"
	"towncrier/store/storetest"
)

// rateRun is a rate that is used by so many processes, at a provider whose calls take so long.
type rateRun struct {
	channel     broadcast.Channel
	rate, nodes int
	slow        time.Duration
}

// reachable is how many messages a second can go: the rate, or less when it is more than the calls that may be under way carry. A call
// never carries more than a second's worth of the rate.
func (a rateRun) reachable() float64 {
	rate := float64(a.rate)
	if a.slow == 0 {
		return rate
	}
	calls, batch := inFlight, 1.0
	if a.channel == broadcast.SMS {
		calls, batch = textCalls, min(100, rate)
	}
	return min(rate, float64(a.nodes*calls)*batch/a.slow.Seconds())
}

func (a rateRun) String() string {
	return fmt.Sprintf("%s, %d a second, %d processes, calls of %s", a.channel, a.rate, a.nodes, a.slow)
}

// TestRateIsUsedAndKept counts, by the platforms' record, how much of a rate is used from two seconds after the first message on, and that
// never more goes out than it allows. The short form is generous to a machine that is busy; -soak.full demands 95 percent of what can be
// reached, and logs who used the processors.
func TestRateIsUsedAndKept(t *testing.T) {
	const slow = 2500 * time.Millisecond
	runs, share, during := []rateRun{{broadcast.SMS, 20, 3, 0}, {broadcast.Template, 100, 1, 0}}, 0.7, 6*time.Second
	if *full {
		runs, share, during = nil, 0.95, 12*time.Second
		for _, channel := range []broadcast.Channel{broadcast.SMS, broadcast.Template} {
			for _, rate := range []int{1, 20, 100, 2000} {
				for _, nodes := range []int{1, 3} {
					runs = append(runs, rateRun{channel, rate, nodes, 0})
				}
			}
		}
		runs = append(runs, rateRun{broadcast.SMS, 100, 3, slow}, rateRun{broadcast.SMS, 100, 1, slow}, rateRun{broadcast.SMS, 20, 3, slow}, rateRun{broadcast.Template, 100, 1, slow})
	}
	for _, a := range runs {
		t.Run(a.String(), func(t *testing.T) {
			if !*full {
				t.Parallel()
			}
			during := during
			if a.rate < 20 || a.slow > 0 {
				during *= 3
			}
			people := only(a.channel, a.rate*int(during/time.Second+6)+10)
			r := newBriefRun(t, people, a.nodes, "TOWNCRIER_SMS_RATE="+fmt.Sprint(a.rate), "TOWNCRIER_WECHAT_RATE="+fmt.Sprint(a.rate))
			r.slow, r.processes = a.slow, true // the race detector would slow them
			r.start(t)
			r.until(t, "the first message goes", time.Minute, func() bool { return len(r.times(t)) > 0 })
			first, before := r.times(t)[0], processorTimes()
			warm := max(2*time.Second, 2*a.slow)
			time.Sleep(time.Until(first.Add(warm + during + time.Second/2)))
			used := processorTimes().since(before)
			var within, most float64
			burst := max(float64(a.rate)/5, 1)
			for n, at := range r.times(t) {
				since := at.Sub(first)
				if since >= warm && since < warm+during {
					within++
				}
				most = max(most, float64(n+1)-float64(a.rate)*since.Seconds()-burst)
			}
			allowed := a.reachable() * during.Seconds()
			t.Logf("%.0f messages in %s, %.0f%% of the %.0f a second that can be reached; at most %.1f beyond rate and burst; processors: %s",
				within, during, 100*within/allowed, a.reachable(), most, used)
			if within < share*allowed-1 {
				t.Errorf("%.0f messages in %s, want %.0f%% of %.0f; processors: %s", within, during, 100*share, allowed, used)
			}
			// The first message may have been under way for longer than the next ones, by which these seem early.
			if late := float64(a.rate) / 2; most > late+1 {
				t.Errorf("%.0f messages more than rate and burst allow", most)
			}
		})
	}
}

// only are residents whom one channel reaches.
func only(channel broadcast.Channel, n int) []person {
	return cast(n, []part{{number: channel == broadcast.SMS, wechat: channel != broadcast.SMS, subscribed: channel == broadcast.Template}})
}

// newBriefRun is a run without outages: one server on SQLite, or several on PostgreSQL and Redis.
func newBriefRun(t *testing.T, all []person, nodes int, env ...string) *run {
	t.Helper()
	r := &run{redis: kv.Embedded, nodes: nodes, key: seal.NewKey(), people: all, settings: env,
		plan: plan{seed: 1, lease: 10 * time.Second, askAgain: time.Second}}
	if nodes == 1 {
		r.database = storetest.SQLite(t)
	} else {
		r.database, r.redis = storetest.Start(t).URL(), kvtest.Start(t).URL()
	}
	return r
}

// scene is a city that serves.
type scene struct {
	platforms
	front *front
	nodes []*node
	keys  bearers
}

// open starts the platforms and the processes.
func (r *run) open(t *testing.T) (s scene) {
	t.Helper()
	r.ledger = openLedger(t, r.database, r.key)
	s.keys, s.front = r.ledger.furnish(t, r.people), newFront(t)
	s.platforms = r.startSandbox(t, s.front.addr())
	r.record = &record{file: s.record}
	for range r.nodes {
		n := r.startNode(t, s.base)
		s.front.add(n.addr)
		s.nodes = append(s.nodes, n)
	}
	if r.slow > 0 {
		s.answerAfter(t, r.slow)
	}
	s.front.ready(t)
	return s
}

// start opens the city and releases the broadcast.
func (r *run) start(t *testing.T) (nodes []*node) {
	t.Helper()
	s := r.open(t)
	r.ledger.broadcast = release(t, s.front.addr(), s.keys)
	return s.nodes
}

// states counts the deliveries.
func (r *run) states(t *testing.T) map[broadcast.Channel]map[broadcast.State]int {
	t.Helper()
	counts, err := r.ledger.Tally(t.Context(), r.ledger.broadcast)
	if err != nil {
		t.Fatal(err)
	}
	by := map[broadcast.Channel]map[broadcast.State]int{broadcast.SMS: {}, broadcast.Template: {}, broadcast.Subscription: {}, "": {}}
	for _, c := range counts {
		by[c.Channel][c.State] += c.N
	}
	return by
}

// times are when the platforms accepted messages.
func (r *run) times(t *testing.T) (all []time.Time) {
	t.Helper()
	sent, err := r.record.sent()
	if err != nil {
		t.Fatal(err)
	}
	for _, entries := range sent {
		for _, e := range entries {
			all = append(all, e.At)
		}
	}
	slices.SortFunc(all, time.Time.Compare)
	return all
}
