// Package soak sends broadcasts through a pretend WeChat and a pretend Alibaba Cloud, and holds the ledger against their record. Where
// processes are killed or stopped the real binary serves; elsewhere a server in this process does.
package soak

import (
	"flag"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
	"time"

	"towncrier/kv"
	"towncrier/kv/kvtest"
	"towncrier/seal"
	"towncrier/store/storetest"
)

var full = flag.Bool("soak.full", false, "20,000 recipients, 20 kills, and outages of Redis and PostgreSQL")

// built is the folder of the binary.
var built string

func TestMain(m *testing.M) {
	flag.Parse()
	kv.SetLogger(slog.New(slog.DiscardHandler))
	var err error
	if built, err = os.MkdirTemp("", "soak"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := storetest.Run(m)
	os.RemoveAll(built)
	os.Exit(code)
}

// plan is what a run does. The environment may change it: SOAK_RECIPIENTS, SOAK_KILLS, SOAK_SEED.
type plan struct {
	recipients int
	kills      int
	seed       uint64
	share      float64       // of calls that fail in each way, and of receipts
	slow       time.Duration // that a call takes
	gap        time.Duration // between two kills on average; each is between half and one and a half of it
	lease      time.Duration
	askAgain   time.Duration
	outages    bool          // of Redis and PostgreSQL
	calm       bool          // calls fail only while there are kills: what is in doubt is settled when it is first asked about
	within     time.Duration // from the start until everything is settled
}

func newPlan(t *testing.T) plan {
	t.Helper()
	p := plan{recipients: 1200, kills: 4, seed: 1, share: 0.1, slow: time.Second, gap: 2 * time.Second,
		lease: 10 * time.Second, askAgain: time.Second, calm: true, within: 5 * time.Minute}
	if *full {
		p = plan{recipients: 20_000, kills: 20, seed: uint64(time.Now().UnixNano()), share: 0.05, slow: 1500 * time.Millisecond, gap: 7 * time.Second,
			lease: 20 * time.Second, askAgain: 5 * time.Second, outages: true, within: 20 * time.Minute}
	}
	for name, set := range map[string]func(n uint64){
		"SOAK_RECIPIENTS": func(n uint64) { p.recipients = int(n) },
		"SOAK_KILLS":      func(n uint64) { p.kills = int(n) },
		"SOAK_SEED":       func(n uint64) { p.seed = n },
	} {
		if text := os.Getenv(name); text != "" {
			n, err := strconv.ParseUint(text, 10, 64)
			if err != nil {
				t.Fatalf("%s is %q, want a whole number", name, text)
			}
			set(n)
		}
	}
	return p
}

// TestSoak runs the short form, or with -soak.full the long one. It prints its seed, which repeats the moments of kills and the
// faults of the platforms as far as processes allow.
func TestSoak(t *testing.T) {
	p := newPlan(t)
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		r := &run{plan: p, processes: true, database: storetest.SQLite(t), redis: kv.Embedded, nodes: 1}
		r.soak(t)
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		database, redis := storetest.Start(t), kvtest.Start(t)
		r := &run{plan: p, processes: true, database: database.URL(), redis: redis.URL(), nodes: 2}
		if p.outages {
			r.outages = []outage{
				{"Redis flushed", func() { flush(t, redis) }},
				{"Redis restarted", func() { redis.Kill(); redis.Restart() }},
				{"PostgreSQL restarted", func() { database.Crash(); database.Restart(t) }},
			}
		}
		r.soak(t)
	})
}

// outage is what befalls something that the processes share.
type outage struct {
	name   string
	strike func()
}

// run is one soak.
type run struct {
	plan
	processes       bool // the nodes are processes of their own, which may be killed
	database, redis string
	nodes           int
	outages         []outage
	settings        []string // environment variables of the nodes, beside the usual

	key    []byte
	people []person
	ledger *ledger
	record *record
}

func (r *run) soak(t *testing.T) {
	began := time.Now()
	tell := func(format string, args ...any) {
		t.Logf("%6.1f s  %s", time.Since(began).Seconds(), fmt.Sprintf(format, args...))
	}
	r.key, r.people = seal.NewKey(), people(r.recipients)
	tell("seed %d: %d recipients, %d kills", r.seed, r.recipients, r.kills)
	r.ledger = openLedger(t, r.database, r.key)
	keys := r.ledger.furnish(t, r.people)
	tell("residents are seeded")

	front := newFront(t)
	sandbox := r.startSandbox(t, front.addr())
	r.record = &record{file: sandbox.record}
	nodes := make([]*node, r.nodes)
	for i := range nodes {
		nodes[i] = r.startNode(t, sandbox.base)
		front.add(nodes[i].addr)
	}
	sandbox.makeSlow(t, r.plan)
	front.ready(t)
	r.ledger.broadcast = release(t, front.addr(), keys)
	tell("broadcast %s is on its way", r.ledger.broadcast)
	r.ledger.under(t)

	k := r.kill(t, nodes, tell)
	if r.calm {
		sandbox.heal(t)
	}
	deadline := began.Add(r.within + beyondMidnight(began))
	v := r.judge(t)
	for said := time.Now(); v.unfinished != "" && len(v.faults) == 0 && time.Now().Before(deadline); v = r.judge(t) {
		if time.Since(said) > 20*time.Second {
			tell("still: %s; %s", v.unfinished, v)
			said = time.Now()
		}
		time.Sleep(500 * time.Millisecond)
	}
	k.wait()
	if v.unfinished != "" {
		t.Errorf("not settled within %s: %s", r.within, v.unfinished)
	} else {
		tell("settled")
		time.Sleep(time.Second) // what comes doubled or late may still come
		v = r.judge(t)
	}
	r.report(t, v, front.addr(), keys.author)
	for _, n := range nodes {
		n.stop()
		n.check(t)
	}
	tell("%s", k)
	tell("%s", v)
	if k.orphaning == 0 {
		t.Error("no kill fell between claim and settlement: the run shows nothing")
	}
	if t.Failed() {
		for _, n := range nodes {
			t.Logf("%s of %s:\n%s", n.log, n.addr, n.tail())
		}
	}
}

// beyondMidnight is how much longer a run may take that begins shortly before midnight in China: within the ten minutes before
// it, the provider cannot be asked of the day to come, and what is in doubt waits for it.
func beyondMidnight(began time.Time) time.Duration {
	now := began.UTC().Add(8 * time.Hour)
	if left := now.Truncate(24 * time.Hour).Add(24 * time.Hour).Sub(now); left < 15*time.Minute {
		return left
	}
	return 0
}

// kill kills processes, and strikes with the outages in between, at moments that the seed decides.
func (r *run) kill(t *testing.T, nodes []*node, tell func(string, ...any)) *kills {
	dice := rand.New(rand.NewPCG(r.seed, 0))
	k := &kills{seen: map[attempt]bool{}}
	when := map[int]outage{}
	for _, o := range r.outages {
		n := dice.IntN(r.plan.kills)
		for when[n].strike != nil {
			n = (n + 1) % r.plan.kills
		}
		when[n] = o
	}
	for n := range r.plan.kills {
		time.Sleep(r.gap/2 + time.Duration(dice.Int64N(int64(r.gap))))
		if o, ok := when[n]; ok {
			o.strike()
			tell("%s", o.name)
		}
		nodes[dice.IntN(len(nodes))].kill()
		k.note(t, r)
	}
	tell("%d kills are done", r.plan.kills)
	return k
}
