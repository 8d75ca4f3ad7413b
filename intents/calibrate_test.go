package intents

import (
	"os"
	"slices"
	"sync"
	"testing"
)

// yuncheng is the largest real set there is; the calibration that ships is made of it.
func yuncheng(t testing.TB) *Set {
	t.Helper()
	set, problems := Load(os.DirFS("../content/yuncheng"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return set
}

// shipped is trained once for all tests that only ask it: under the race detector training takes seconds.
var shipped = sync.OnceValue(func() *Matcher {
	set, _ := Load(os.DirFS("../content/yuncheng"))
	return Train(set, nil)
})

// The calibration must follow the content and the features. Single coefficients say little, as signals resemble each
// other; what counts is what is decided.
func TestCalibrationIsCurrent(t *testing.T) {
	set := yuncheng(t)
	fresh := Calibrate(set, nil)
	old := compiled()
	if len(old.Right) != signals || len(old.Within) != signals || old.Answer != fresh.Answer || old.Offer != fresh.Offer {
		t.Fatalf("calibration.json holds %+v, want the form of %+v: %s", old, fresh, renew)
	}
	asked := questions(t, "../testdata/eval/dev2.jsonl")
	m := shipped()
	was := make([]Decision, len(asked))
	for i, q := range asked {
		was[i] = m.Match(q.Text, Context{}).Decision
	}
	m.calibration = fresh // training would make all else the same again
	defer func() { m.calibration = old }()
	differ := 0
	for i, q := range asked {
		if m.Match(q.Text, Context{}).Decision != was[i] {
			differ++
		}
	}
	if differ*100 > len(asked)*3 {
		t.Errorf("calibration.json decides %d of %d questions otherwise than a fresh one: %s", differ, len(asked), renew)
	}
}

const renew = "run make build, then bin/towncrier intents calibrate > intents/calibration.json"

func TestCalibrateIsReproducible(t *testing.T) {
	set := tiny(t)
	a, b := Calibrate(set, nil), Calibrate(set, nil)
	if !slices.Equal(a.Right, b.Right) || !slices.Equal(a.Within, b.Within) {
		t.Errorf("two runs differ: %v, %v", a, b)
	}
}
