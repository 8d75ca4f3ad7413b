package sandbox

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Kinds of Fault. Any other kind is an error code of the platform, in digits: "45009", "-1".
const (
	FaultLatency = "latency"              // the answer takes Latency longer
	Fault5xx     = "5xx"                  // HTTP 502, nothing is done
	FaultDrop    = "drop"                 // the connection breaks; nothing is done. Of the webhook: its answer is lost
	FaultTimeout = "timeout-after-accept" // it is done, but the caller never hears: the connection breaks after Latency
)

// webhook is the API that faults of the pushes name: latency delays a push, drop loses the webhook's answer, so that
// the platform pushes again what was answered already.
const webhook = "webhook"

// Fault makes an API fail.
type Fault struct {
	// API is a path below /cgi-bin/ or its end ("custom/send"), "webhook", or "" for every API but the webhook.
	API  string `json:"api"`
	Kind string `json:"kind"`
	// Rate is the share of calls that fail, 0 to 1; 0 means all.
	Rate float64 `json:"rate,omitempty"`
	// Count is how many calls fail before the fault is over; 0 means until it is cleared.
	Count int `json:"count,omitempty"`
	// Latency in Go's notation ("2s"). Of latency 1s when empty; of timeout-after-accept 0.
	Latency string `json:"latency,omitempty"`
}

// delay of a Fault that check passed.
func (f Fault) delay() time.Duration {
	if f.Latency == "" && f.Kind == FaultLatency {
		return time.Second
	}
	d, _ := time.ParseDuration(f.Latency)
	return d
}

func (f Fault) check() error {
	switch f.Kind {
	case FaultLatency, FaultDrop:
	case Fault5xx, FaultTimeout:
		if f.API == webhook {
			return fmt.Errorf("kind %q: the webhook has %s and %s", f.Kind, FaultLatency, FaultDrop)
		}
	default:
		if code, err := strconv.Atoi(f.Kind); err != nil || code == 0 {
			return fmt.Errorf("kind %q is none of %s, %s, %s, %s, nor an error code like -1 or 45009",
				f.Kind, FaultLatency, Fault5xx, FaultDrop, FaultTimeout)
		}
		if f.API == webhook {
			return fmt.Errorf("kind %q: the webhook has %s and %s", f.Kind, FaultLatency, FaultDrop)
		}
	}
	switch {
	case f.API != "" && f.API != webhook && !slices.ContainsFunc(apiNames(), f.hits):
		return fmt.Errorf("api %q is none of %s, %s", f.API, webhook, strings.Join(apiNames(), ", "))
	case !(f.Rate >= 0 && f.Rate <= 1):
		return fmt.Errorf("rate %v is not between 0 and 1", f.Rate)
	case f.Count < 0:
		return fmt.Errorf("count %d is negative", f.Count)
	}
	if f.Latency == "" {
		return nil
	}
	if d, err := time.ParseDuration(f.Latency); err != nil || d < 0 || d > time.Hour {
		return fmt.Errorf("latency %q is not a time like 300ms or 2s, up to 1h", f.Latency)
	}
	return nil
}

// hits says whether the fault is of this API.
func (f Fault) hits(api string) bool {
	if f.API == "" {
		return api != webhook
	}
	return api == f.API || strings.HasSuffix(api, "/"+f.API)
}

// faults are those in force, in the order in which they came.
type faults struct {
	mu   sync.Mutex
	rand *rand.Rand
	list []Fault
}

func newFaults(seed uint64) *faults {
	return &faults{rand: rand.New(rand.NewPCG(seed, 0))}
}

// strike says how a call fails; the first fault that strikes does. Counted faults that are used up are gone.
func (f *faults) strike(api string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i := range f.list {
		fault := f.list[i]
		if !fault.hits(api) || fault.Rate > 0 && fault.Rate < 1 && f.rand.Float64() >= fault.Rate {
			continue
		}
		if fault.Count == 1 {
			f.list = slices.Delete(f.list, i, i+1)
		} else if fault.Count > 1 {
			f.list[i].Count--
		}
		return fault, true
	}
	return Fault{}, false
}

// strike is what happens to one call of an API.
func (s *Sandbox) strike(api string) (Fault, bool) {
	f, struck := s.faults.strike(api)
	if struck && f.Count > 0 {
		s.record.change()
	}
	return f, struck
}

// Fault puts a fault in force, beside those that are.
func (s *Sandbox) Fault(f Fault) error {
	if err := f.check(); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	s.faults.mu.Lock()
	s.faults.list = append(s.faults.list, f)
	s.faults.mu.Unlock()
	s.record.change()
	return nil
}

// Faults lists those in force, with what is left of their counts.
func (s *Sandbox) Faults() []Fault {
	s.faults.mu.Lock()
	defer s.faults.mu.Unlock()
	return append([]Fault{}, s.faults.list...)
}

// ClearFaults ends every fault.
func (s *Sandbox) ClearFaults() {
	s.faults.mu.Lock()
	s.faults.list = nil
	s.faults.mu.Unlock()
	s.record.change()
}
