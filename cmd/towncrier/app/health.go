package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/cmd/towncrier/doctor"
	"towncrier/roster"
	"towncrier/store"
)

// states that a part may be in.
const (
	isOK       = "ok"
	isDown     = "down"
	isFull     = "full"
	isReadOnly = "read-only"
)

// healthStates are all of them, for metrics.
var healthStates = []string{isOK, isDown, isFull, isReadOnly}

var (
	errRedisFull     = errors.New("redis takes no more: its memory, or the disk that it saves to, is full")
	errHangs         = errors.New("no answer in time")
	errRedisReadOnly = errors.New("redis takes no writes: it is a replica")
)

// resource is something that towncrier rests on, and how to ask whether it works, writes included.
type resource struct {
	name  string
	check func(context.Context) error
}

// part is a job that towncrier does, and the resources without which it cannot.
type part struct {
	name  string
	needs []string
}

// parts are asked for by name: /readyz?part=worker. The webhook answers without database and Redis; a clock that is off has it refuse
// every message. What no part needs is shown, and turns no load balancer away: WeChat's refusal of the credentials.
var parts = []part{{"answers", []string{"clock"}}, {"worker", []string{"database", "redis", "queue"}}, {"console", []string{"database", "redis"}}}

const (
	// healthWithin bounds a check of all resources.
	healthWithin = time.Second
	// healthFor is how long what was found holds: who asks all the time causes no more writes than this.
	healthFor = 2 * time.Second
	// healthEvery is how often it is looked when nobody asks, so that the log tells.
	healthEvery = 15 * time.Second
)

// health knows in what state resources and parts are. Safe for concurrent use.
type health struct {
	resources []resource
	looks     *rounds // which begins at once when the state of a resource changes
	log       *slog.Logger
	now       func() time.Time

	busy []atomic.Bool // by resource: a check that was cut off is under way still

	mu     sync.Mutex
	at     time.Time
	states map[string]string    // by resource and part
	since  map[string]time.Time // when it came to be in that state
}

func newHealth(log *slog.Logger, looks *rounds, resources ...resource) *health {
	return &health{resources: resources, looks: looks, log: log, now: time.Now, busy: make([]atomic.Bool, len(resources)), states: map[string]string{}, since: map[string]time.Time{}}
}

// check is the state of each resource and part, found within a second or a moment ago.
func (h *health) check(ctx context.Context) map[string]string {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.now().Sub(h.at) < healthFor && !h.at.IsZero() {
		return h.states
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), healthWithin)
	defer cancel()
	errs := make([]error, len(h.resources))
	var asked sync.WaitGroup
	for i := range h.resources { // all at once: one that hangs leaves the others their time
		asked.Go(func() { errs[i] = h.ask(ctx, i) })
	}
	asked.Wait()
	found := map[string]string{}
	for i, r := range h.resources {
		found[r.name] = stateOf(errs[i])
		h.tell(r.name, found[r.name], errs[i])
	}
	for _, p := range parts {
		found[p.name] = isOK
		for _, name := range p.needs {
			if state := found[name]; state != isOK && found[p.name] == isOK {
				found[p.name] = state
			}
		}
		h.tell(p.name, found[p.name], nil)
	}
	h.at, h.states = h.now(), found
	return found
}

// ask is what a resource's check says. One that goes on when its time is over is left to itself, and not begun again until it ends.
func (h *health) ask(ctx context.Context, i int) error {
	if !h.busy[i].CompareAndSwap(false, true) {
		return errHangs
	}
	said := make(chan error, 1)
	go func() {
		err := h.resources[i].check(ctx)
		h.busy[i].Store(false)
		said <- err
	}()
	select {
	case err := <-said:
		return err
	case <-ctx.Done():
		return errHangs
	}
}

// tell logs what changed.
func (h *health) tell(name, state string, err error) {
	before, known := h.states[name]
	if !known || state != before {
		h.since[name] = h.now()
	}
	switch {
	case state == before || !known && state == isOK:
		return
	case state == isOK:
		h.log.Info("works again", "part", name, "was", before)
	default:
		h.log.Error("cannot do its work", "part", name, "state", state, "err", err)
	}
	h.looks.soon()
}

func stateOf(err error) string {
	switch {
	case err == nil:
		return isOK
	case errors.Is(err, roster.ErrNoRoom), errors.Is(err, errRedisFull):
		return isFull
	case errors.Is(err, store.ErrReadOnly), errors.Is(err, errRedisReadOnly):
		return isReadOnly
	}
	return isDown
}

// watch looks now and then until ctx ends.
func (h *health) watch(ctx context.Context) {
	tick := time.NewTicker(healthEvery)
	defer tick.Stop()
	for {
		h.check(ctx)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}

// probeRedis fails where a write would: Redis refuses them on a replica, and when its memory is used up.
func probeRedis(ctx context.Context, client redis.UniversalClient) error {
	err := client.Set(ctx, "towncrier:probe", 1, time.Minute).Err()
	switch {
	case err == nil:
		return nil
	case redis.HasErrorPrefix(err, "OOM"), redis.HasErrorPrefix(err, "MISCONF"):
		return fmt.Errorf("%w: %w", errRedisFull, err)
	case redis.HasErrorPrefix(err, "READONLY"):
		return fmt.Errorf("%w: %w", errRedisReadOnly, err)
	}
	return err
}

// ServeHTTP answers /readyz: in what state each part, each resource and each check is. It is 503 when residents could not be answered, and
// with ?part=worker or ?part=console when that part cannot do its work; a check that fails changes nothing of that. It never tells why: the
// page may be public, and the log says, as does `towncrier doctor`.
func (h *health) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	part := "answers"
	if asked := r.URL.Query()["part"]; len(asked) > 0 {
		part = asked[0]
	}
	states := h.check(r.Context())
	if _, known := states[part]; !known {
		http.Error(w, "no such part: want answers, worker or console", http.StatusBadRequest)
		return
	}
	status := http.StatusOK
	if states[part] != isOK {
		status = http.StatusServiceUnavailable
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(doctor.Readiness{Parts: states, Checks: h.looks.states()}) //nolint:errcheck // the client went away
}
