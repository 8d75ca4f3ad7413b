package platform

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"time"
)

// Faults are those in force, in the order in which they came. Safe for concurrent use.
type Faults struct {
	changed func() // called when the list has changed, under the lock

	mu   sync.Mutex
	rand *rand.Rand
	apis []API
	list []Fault
}

func newFaults(seed uint64, changed func()) *Faults {
	return &Faults{changed: changed, rand: rand.New(rand.NewPCG(seed, 0))}
}

// Register lets faults name more APIs.
func (f *Faults) Register(apis ...API) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.apis = append(f.apis, apis...)
}

// APIs are the names that a fault may have, in the order in which they were registered.
func (f *Faults) APIs() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return namesOf(f.apis)
}

// Add puts a fault in force, beside those that are.
func (f *Faults) Add(fault Fault) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if err := fault.check(f.apis); err != nil {
		return fmt.Errorf("fault: %w", err)
	}
	f.list = append(f.list, fault)
	f.changed()
	return nil
}

// List gives those in force, with what is left of their counts.
func (f *Faults) List() []Fault {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]Fault{}, f.list...)
}

// Clear ends every fault.
func (f *Faults) Clear() {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.list = nil
	f.changed()
}

// Next says how a call or a push fails that is about these numbers, which may be nil: as the first fault has it that occurs. The
// second result is false when none does. Counted faults that are used up are gone.
func (f *Faults) Next(api API, numbers func() []string) (Fault, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for i, fault := range f.list {
		if !fault.names(api) || !fault.about(numbers) || fault.Rate > 0 && fault.Rate < 1 && f.rand.Float64() >= fault.Rate {
			continue
		}
		if fault.Count > 0 {
			if f.list[i].Count--; fault.Count == 1 {
				f.list = slices.Delete(f.list, i, i+1)
			}
			f.changed()
		}
		return fault, true
	}
	return Fault{}, false
}

// Delay is how much later a receipt or an event comes that a fault is of.
func (f *Faults) Delay(fault Fault) time.Duration {
	if fault.Kind != FaultReordered {
		return fault.Delay()
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	return time.Duration(f.rand.Float64() * float64(fault.Delay()))
}
