package intents

import (
	_ "embed"
	"encoding/json"
	"math"
)

// calibration.json is what Calibrate made of the city that ships with the program.
//
//go:embed calibration.json
var calibrationJSON []byte

// compiled is the calibration that ships. A test holds that the file can be read and is current.
func compiled() Calibration {
	var c Calibration
	if json.Unmarshal(calibrationJSON, &c) != nil {
		return Calibration{Answer: 1, Offer: 1} // declines everything: it never guesses without a calibration
	}
	return c
}

// folds of the cross-validation. With few, each matcher is trained on much less than it will be, so that its
// mistakes resemble those on strangers' questions.
const folds = 3

// judged is one text that a matcher which never saw it has judged.
type judged struct {
	x             [signals]float64
	right, within bool
}

// Calibrate makes a Calibration from set: every utterance and negative is judged by a matcher trained without it.
// It takes about three times as long as Train. The same set gives the same Calibration.
func Calibrate(set *Set, gazetteer map[string][]Entry) Calibration {
	return fitCalibration(crossValidate(set, gazetteer))
}

func crossValidate(set *Set, gazetteer map[string][]Entry) []judged {
	docs := documents(set)
	titles := map[string]bool{}
	for _, in := range set.Intents {
		titles[in.Title] = true
	}
	var all []judged
	for fold := range folds {
		var seen, kept []document
		for i, d := range docs {
			if i%folds == fold && !titles[d.text] {
				kept = append(kept, d)
			} else {
				seen = append(seen, d)
			}
		}
		m := train(set, gazetteer, seen, Calibration{})
		s := newScratch()
		for _, d := range kept {
			ranked := m.judge(s, d.text, Context{})
			if len(ranked) == 0 || len(s.vector.index) == 0 {
				continue
			}
			j := judged{x: m.signal(s, ranked), within: int(d.class) < len(m.ids)}
			j.right = j.within && m.class[ranked[0].ID] == d.class
			all = append(all, j)
		}
	}
	return all
}

// The thresholds were chosen on two sets of test questions by different authors. From 0.6 to 0.7 wrong answers fell from
// 1.4% to 0.8% of questions in scope, with menus in their place. 0.75 turns another 2% of right answers into menus; it is
// chosen because strangers' questions are harder than those that one has seen: it takes the answers to their questions
// out of scope from 4.6% to 3.7%. An offer at 0.25 instead of 0.4 reached 0.7% more of the questions in scope and gave 1%
// more of those out of scope a menu; at 0.2 that doubled.
const (
	answerAt = 0.75
	offerAt  = 0.25
)

func fitCalibration(all []judged) Calibration {
	return Calibration{
		Right:  regress(all, func(j *judged) bool { return j.right }),
		Within: regress(all, func(j *judged) bool { return j.within }),
		Answer: answerAt,
		Offer:  offerAt,
	}
}

// regress fits a logistic regression by Newton's method. The ridge keeps coefficients of like signals small.
func regress(all []judged, label func(*judged) bool) []float64 {
	const ridge, steps = 1.0, 12
	w := make([]float64, signals)
	for range steps {
		var h [signals][signals + 1]float64 // Hessian beside the gradient
		for i := range w {
			h[i][i] = ridge
			h[i][signals] = -ridge * w[i]
		}
		for k := range all {
			x := &all[k].x
			p := logistic(w, x[:])
			y := 0.0
			if label(&all[k]) {
				y = 1
			}
			for i := range w {
				for j := range w {
					h[i][j] += p * (1 - p) * x[i] * x[j]
				}
				h[i][signals] += (y - p) * x[i]
			}
		}
		for i, d := range solve(&h) {
			w[i] += d
		}
	}
	for i := range w { // what is kept is what tests compare, whatever the processor's rounding
		w[i] = math.Round(w[i]*1e4) / 1e4
	}
	return w
}

// solve is Gaussian elimination with pivoting.
func solve(a *[signals][signals + 1]float64) [signals]float64 {
	for i := range signals {
		pivot := i
		for r := i + 1; r < signals; r++ {
			if math.Abs(a[r][i]) > math.Abs(a[pivot][i]) {
				pivot = r
			}
		}
		a[i], a[pivot] = a[pivot], a[i]
		for r := range signals {
			if r == i || a[i][i] == 0 {
				continue
			}
			f := a[r][i] / a[i][i]
			for c := i; c <= signals; c++ {
				a[r][c] -= f * a[i][c]
			}
		}
	}
	var x [signals]float64
	for i := range x {
		if a[i][i] != 0 {
			x[i] = a[i][signals] / a[i][i]
		}
	}
	return x
}
