package soak

import (
	"fmt"
	"os"
	"syscall"
	"testing"
	"time"

	"towncrier/broadcast"
)

// TestStoppedProcessSendsNothingTwice stops one of two processes, as a frozen virtual machine is, for longer than its lease and two
// questions to the provider, while the other one goes on; and lets it wake. Nobody gets the text twice, nobody is left out, by the
// provider's record.
func TestStoppedProcessSendsNothingTwice(t *testing.T) {
	runs, recipients, calls, stopped := 1, 300, 1, 13*time.Second
	if *full {
		runs, recipients, calls, stopped = 8, 20_000, 16, 35*time.Second
	}
	for n := range runs {
		t.Run(fmt.Sprint(n+1), func(t *testing.T) {
			r := newBriefRun(t, only(broadcast.SMS, recipients), 2, "TOWNCRIER_SMS_RATE=0", fmt.Sprintf("TOWNCRIER_SMS_CALLS=%d", calls))
			r.processes, r.slow = true, 2500*time.Millisecond
			nodes := r.start(t)
			r.until(t, "the first texts go", time.Minute, func() bool { return len(r.times(t)) > 0 })
			nodes[n%2].signal(t, syscall.SIGSTOP)
			time.Sleep(stopped)
			nodes[n%2].signal(t, syscall.SIGCONT)
			r.until(t, "everything is settled", 5*time.Minute, func() bool {
				counts, err := r.ledger.Tally(t.Context(), r.ledger.broadcast)
				if err != nil {
					t.Fatal(err)
				}
				for _, c := range counts {
					switch c.State {
					case broadcast.Pending, broadcast.InFlight, broadcast.InDoubt:
						return false
					}
				}
				return len(counts) > 0
			})
			sent, err := r.record.sent()
			if err != nil {
				t.Fatal(err)
			}
			twice, missing := 0, 0
			for _, p := range r.people {
				switch entries := sent[to{broadcast.SMS, p.Phone}]; {
				case len(entries) == 0:
					missing++
				case len(entries) > 1:
					twice++
				}
			}
			if twice > 0 || missing > 0 {
				t.Errorf("of %d residents %d got it twice, %d never", len(r.people), twice, missing)
			}
			for _, n := range nodes {
				n.stop()
				n.check(t)
			}
		})
	}
}

func (n *node) signal(t *testing.T, s os.Signal) {
	t.Helper()
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.process.Signal(s); err != nil {
		t.Fatal(err)
	}
}
