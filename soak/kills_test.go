package soak

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/broadcast"
)

// kills counts what kills did.
type kills struct {
	all sync.WaitGroup

	mu        sync.Mutex
	n         int
	orphaning int // kills that left deliveries between claim and settlement
	orphans   int // these deliveries
	caught    int // deliveries that a platform had accepted when a kill came, and that were not settled
	seen      map[attempt]bool
}

// attempt is one claim of a delivery.
type attempt struct {
	delivery int64
	tries    int
}

func (k *kills) wait() { k.all.Wait() }

func (k *kills) String() string {
	return fmt.Sprintf("%d kills, %d of them between claim and settlement: they left %d deliveries sending; "+
		"%d deliveries were accepted by a platform and not settled when a kill came", k.n, k.orphaning, k.orphans, k.caught)
}

// note looks which deliveries are left sending: those that are it right after the kill and, when there is another process, still
// when every call has ended that it had under way, but no lease; receipts have settled some of them by then, which are not counted.
func (k *kills) note(t *testing.T, r *run) {
	k.mu.Lock()
	k.n++
	k.mu.Unlock()
	before, err := r.ledger.rows(t.Context(), broadcast.InFlight)
	if err != nil {
		t.Logf("right after a kill: %v", err)
		return
	}
	sent, err := r.record.sent()
	if err != nil {
		t.Error(err)
		return
	}
	addresses := r.addresses()
	k.mu.Lock()
	for _, d := range before {
		if a := (attempt{d.ID, d.Tries}); !k.seen[a] {
			k.caught += min(1, len(sent[addresses.of(d)]))
		}
	}
	k.mu.Unlock()
	if r.nodes == 1 {
		k.count(before)
		return
	}
	k.all.Go(func() {
		time.Sleep(min(r.lease/2, 3*r.slow))
		after, err := r.ledger.rows(t.Context(), broadcast.InFlight)
		if err != nil {
			t.Logf("after a kill: %v", err)
			return
		}
		still := map[attempt]bool{}
		for _, d := range after {
			still[attempt{d.ID, d.Tries}] = true
		}
		k.count(slices.DeleteFunc(before, func(d broadcast.Delivery) bool { return !still[attempt{d.ID, d.Tries}] }))
	})
}

// count adds what a kill left sending, but for what an earlier one had left.
func (k *kills) count(left []broadcast.Delivery) {
	k.mu.Lock()
	defer k.mu.Unlock()
	before := k.orphans
	for _, d := range left {
		if a := (attempt{d.ID, d.Tries}); !k.seen[a] {
			k.seen[a] = true
			k.orphans++
		}
	}
	if k.orphans > before {
		k.orphaning++
	}
}

// addresses are people by subject id.
type addresses map[string]*person

func (r *run) addresses() addresses {
	a := make(addresses, len(r.people))
	for i := range r.people {
		a[r.people[i].known.ID] = &r.people[i]
	}
	return a
}

func (a addresses) of(d broadcast.Delivery) to {
	p := a[d.Subject]
	switch {
	case p == nil:
		return to{}
	case d.Channel == broadcast.SMS:
		return to{d.Channel, p.Phone}
	}
	return to{d.Channel, p.OpenID}
}
