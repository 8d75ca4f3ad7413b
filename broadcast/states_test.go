package broadcast

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

var arrow = regexp.MustCompile(`^([a-z_]+) --> ([a-z_]+): ([a-z_]+)$`)

// drawn reads one drawing of states.md: every arrow as "from event", with where it leads.
func drawn(t *testing.T, heading string) map[string]string {
	t.Helper()
	text, err := os.ReadFile("states.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, ok := strings.Cut(string(text), "## "+heading+"\n")
	if !ok {
		t.Fatalf("states.md has no section %q", heading)
	}
	section, _, _ = strings.Cut(section, "\n## ")
	arrows := map[string]string{}
	for line := range strings.Lines(section) {
		if m := arrow.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			if _, twice := arrows[m[1]+" "+m[3]]; twice {
				t.Errorf("%s is drawn twice", line)
			}
			arrows[m[1]+" "+m[3]] = m[2]
		}
	}
	return arrows
}

func compare(t *testing.T, drawn, table map[string]string) {
	t.Helper()
	for key, to := range table {
		if drawn[key] != to {
			t.Errorf("%s leads to %q in the table and to %q in the drawing", key, to, drawn[key])
		}
	}
	for key := range drawn {
		if _, ok := table[key]; !ok {
			t.Errorf("%s is drawn, and not in the table", key)
		}
	}
}

func TestDrawingsAreTheTables(t *testing.T) {
	table := map[string]string{}
	for from, events := range transitions {
		for event, to := range events {
			table[string(from)+" "+string(event)] = string(to)
		}
	}
	compare(t, drawn(t, "A delivery"), table)

	table = map[string]string{}
	for from, steps := range life {
		for step, to := range steps {
			table[string(from)+" "+string(step)] = string(to)
		}
	}
	compare(t, drawn(t, "A broadcast"), table)
}

// TestEveryStateHasItsLabel also says that the tables know every state and no other.
func TestEveryStateHasItsLabel(t *testing.T) {
	for state, events := range transitions {
		if state.Label() == "" {
			t.Errorf("%s has no label", state)
		}
		for event, to := range events {
			if _, ok := transitions[to]; !ok {
				t.Errorf("%s: %s leads to %q, which the table does not know", state, event, to)
			}
			if !CanBecome(state, to) {
				t.Errorf("%s cannot become %s", state, to)
			}
		}
	}
	for status, steps := range life {
		if status.Label() == "" {
			t.Errorf("%s has no label", status)
		}
		for step, to := range steps {
			if _, ok := life[to]; !ok {
				t.Errorf("%s: %s leads to %q, which the table does not know", status, step, to)
			}
		}
	}
	if len(stateLabels) != len(transitions) || len(statusLabels) != len(life) {
		t.Errorf("%d labels of %d states, %d of %d statuses", len(stateLabels), len(transitions), len(statusLabels), len(life))
	}
}

// TestNobodyIsSentToTwice walks the machine of a delivery at random: between two calls to a provider there was always a word that the
// first was not accepted, and what was delivered stays so.
func TestNobodyIsSentToTwice(t *testing.T) {
	events := []Event{Promote, Claim, Accept, NotSent, Fail, Doubt, ReportOK, ReportLost, GiveUp, CancelUnsent, ExpireUnsent, SuppressLater}
	rapid.Check(t, func(t *rapid.T) {
		state := rapid.SampledFrom([]State{Planned, Pending, Suppressed}).Draw(t, "start")
		perhapsSent, delivered := false, false
		for range rapid.IntRange(1, 40).Draw(t, "steps") {
			event := rapid.SampledFrom(events).Draw(t, "event")
			to, ok := transitions[state][event]
			if !ok {
				continue
			}
			if event == Claim {
				if perhapsSent {
					t.Fatalf("claimed in %s although a call before it may have been accepted", state)
				}
				perhapsSent = true
			}
			if event == NotSent || event == SuppressLater {
				perhapsSent = false
			}
			if delivered = delivered || to == Delivered; delivered && to != Delivered {
				t.Fatalf("%s after delivered", to)
			}
			if state.Settled() && to == InFlight {
				t.Fatalf("%s is settled, and is sent again", state)
			}
			state = to
		}
	})
}

// TestEditedNeedsEveryYesAgain walks the machine of a broadcast: nothing is sent that was not approved since it was last written.
func TestEditedNeedsEveryYesAgain(t *testing.T) {
	steps := []Step{Edits, Submits, Rejects, Approves, Schedules, Holds, Begins, Sends, Confirms, Pauses, Resumes, Refreezes, Finishes,
		Resends, FallsBack, PutsBack, Withdraws, Reinstates, Cancels, Expires}
	rapid.Check(t, func(t *rapid.T) {
		status, approved, stopped := Draft, false, false
		for range rapid.IntRange(1, 60).Draw(t, "steps") {
			step := rapid.SampledFrom(steps).Draw(t, "step")
			to, ok := status.After(step)
			if !ok {
				continue
			}
			switch step {
			case Edits, Rejects:
				approved = false
			case Approves:
				approved = true
			}
			if (to == Scheduled || to == Freezing || to == Sending) && !approved {
				t.Fatalf("%s by %s without an approval", to, step)
			}
			switch step {
			case Withdraws:
				stopped = to == Held
			case Edits, Confirms, Refreezes, Sends, Resumes: // the service refuses each while the notice is gone
				stopped = false
			}
			if stopped && to != Held && to != Paused && to != Cancelled && to != Expired {
				t.Fatalf("%s by %s after the notice under it went", to, step)
			}
			if (status == Cancelled || status == Expired) && to != status {
				t.Fatalf("%s came back", status)
			}
			status = to
		}
	})
}
