package intents

import (
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"towncrier/city/citytest"
)

// made is a set of n made intents with a dozen utterances each, and nothing that no intent answers.
func made(t testing.TB, n int) *Set {
	t.Helper()
	const shipped = 63
	set, problems := Load(citytest.City(1, shipped+n))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	set.Negatives = nil
	set.Intents = slices.DeleteFunc(set.Intents, func(in *Intent) bool { return !strings.HasPrefix(in.ID, "made") })
	if len(set.Intents) != n {
		t.Fatalf("%d intents, want %d", len(set.Intents), n)
	}
	for _, in := range set.Intents {
		in.Utterances = in.Utterances[:12]
	}
	return set
}

// taught are the rows and the index of what set teaches.
func taught(set *Set) (*examples, *index) {
	m := untrained(set, nil, Calibration{})
	e, features := m.rows(documents(set))
	return e, newIndex(e, features)
}

func TestClassLearnsFromItsOwnAndTheLikest(t *testing.T) {
	set := made(t, 60)
	e, x := taught(set)
	const most = 120
	r := newRivals(e, x, most)
	var rows []int32
	for class := range int32(len(set.Intents)) {
		rows = r.choose(rows[:0], class)
		if len(rows) != most || !slices.IsSorted(rows) || len(slices.Compact(slices.Clone(rows))) != most {
			t.Fatalf("%s learns from %d rows, want %d, each once and in order", set.Intents[class].ID, len(rows), most)
		}
		subject, _, _ := strings.Cut(set.Intents[class].ID, ".")
		own, kin, from := 0, 0, map[int32]bool{}
		for _, row := range rows {
			switch c := e.class[row]; {
			case c == class:
				own++
			case strings.HasPrefix(set.Intents[c].ID, subject+"."):
				kin++
				fallthrough
			default:
				from[c] = true
			}
		}
		if own != 13 { // utterances and title
			t.Errorf("%s learns from %d of its own 13 rows", set.Intents[class].ID, own)
		}
		if kin < most/6 {
			t.Errorf("%s learns from %d rows of its subject: those are likest to it", set.Intents[class].ID, kin)
		}
		if len(from) < 30 {
			t.Errorf("%s learns against %d of 59 others", set.Intents[class].ID, len(from))
		}
	}
	if all := newRivals(e, x, e.rows()).choose(nil, 3); len(all) != e.rows() {
		t.Errorf("of %d rows, as many as it may learn from, a class learns from %d", e.rows(), len(all))
	}
}

// What an intent costs to train does not grow with their number: eight times as many cost about eight times as much.
func TestTrainingGrowsWithIntents(t *testing.T) {
	few, many := made(t, 30), made(t, 240)
	const most = 200
	train := func(set *Set) time.Duration {
		best := time.Hour
		for range 3 {
			before := processTime()
			untrained(set, nil, Calibration{}).learn(documents(set), most)
			best = min(best, processTime()-before)
		}
		return best
	}
	a, b := train(few), train(many)
	t.Logf("30 intents: %v, 240 intents: %v, %.1f times as much", a, b, float64(b)/float64(a))
	if b > 13*a { // 18 when every class learns from everything
		t.Errorf("240 intents cost %v of processor time to train, 30 cost %v: %.1f times as much, at most 13 is right", b, a, float64(b)/float64(a))
	}
}

// processTime is what the processors worked for this process. Unlike the time of day it is next to the same on a busy machine.
func processTime() time.Duration {
	var r syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
