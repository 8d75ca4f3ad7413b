package intents

import "math"

// Calibration turns scores into a probability and a decision. Its features are about scores, never about words, so
// that it serves any city; it is made by Calibrate.
type Calibration struct {
	Right  []float64 `json:"right"`  // coefficients for: Ranked[0] is right
	Within []float64 `json:"within"` // coefficients for: the question is one that some intent answers
	Answer float64   `json:"answer"` // the least probability of Right at which to answer
	Offer  float64   `json:"offer"`  // the least probability of Within at which to offer a menu
}

// signals is the number of features of the calibrator.
const signals = 13

// maxOptions of a menu.
const maxOptions = 3

// temperature scales scores, which live between -2 and 2, for the shares of a softmax.
const temperature = 0.25

// signal describes how clear a ranking is, for the calibrator: how strong the best is, how far ahead of the next and
// of the negatives, how much of the text was ever seen, and how much of it speaks for the best. Calibration's
// coefficients follow this order.
func (m *Matcher) signal(s *scratch, ranked []Scored) [signals]float64 {
	first := ranked[0]
	lead := 1.0 // over the second; the only intent of a set leads by this
	if len(ranked) > 1 {
		lead = first.Score - ranked[1].Score
	}
	top, outside := m.class[first.ID], int32(len(m.ids))
	var sum, own, family float64
	var nearOther float32
	for c, x := range s.scores {
		share := math.Exp((float64(x) - first.Score) / temperature)
		sum += share
		switch {
		case int32(c) == outside:
			continue
		case int32(c) == top:
			own = share
		default:
			nearOther = max(nearOther, s.nearest[c])
		}
		if m.domain[c] == m.domain[top] {
			family += share
		}
	}
	near := s.nearest[top]
	return [signals]float64{
		1,
		first.Score,
		lead,
		first.Score - float64(s.scores[outside]),
		float64(near),
		float64(near - nearOther),
		float64(near - s.nearest[outside]),
		s.vector.plain,
		math.Log1p(float64(s.vector.size)),
		own / sum,
		family / sum,
		m.linear.support(&s.vector, top),
		m.linear.support(&s.vector, outside),
	}
}

// decide fills in the confidence, the decision and the options.
func (m *Matcher) decide(s *scratch, match *Match, in Context) {
	if len(match.Ranked) == 0 || len(s.vector.index) == 0 {
		return
	}
	x := m.signal(s, match.Ranked)
	match.Confidence = logistic(m.calibration.Right, x[:])
	if c, ok := m.exact[s.words]; ok {
		if int(c) == len(m.ids) {
			match.Confidence = 0
			return
		}
		if m.ids[c] == match.Ranked[0].ID {
			match.Decision, match.Confidence = Answer, math.Max(match.Confidence, 0.99)
			return
		}
	}
	within := logistic(m.calibration.Within, x[:])
	switch {
	case match.Confidence >= m.calibration.Answer && !m.isSubject(s, match.Ranked, in):
		match.Decision = Answer
	case within >= m.calibration.Offer:
		match.Decision = Clarify
		for i, r := range match.Ranked {
			if i == maxOptions || i > 0 && match.Ranked[0].Score-r.Score > implausible {
				break
			}
			match.Options = append(match.Options, r.ID)
		}
	}
}

// subjectLength is the most characters that a mere subject has: 狗, 充电, 充电桩, 老旧小区.
const subjectLength = 4

// isSubject reports whether the text is a word that several intents speak of and none owns: a subject, not a question.
// Whatever scores best then is chance, and a menu serves better. Under discussion, a word is read by its topic.
func (m *Matcher) isSubject(s *scratch, ranked []Scored, in Context) bool {
	if len(s.text) > subjectLength || len(ranked) < 2 || ranked[0].Score-ranked[1].Score > implausible {
		return false
	}
	if topic, ok := m.class[in.Topic]; ok && m.domain[topic] == m.domain[m.class[ranked[0].ID]] {
		return false
	}
	word, speakers := string(s.text), make(map[int32]int)
	all, most := 0, 0
	for class := range m.said.holding(word) {
		all++
		speakers[class]++
		most = max(most, speakers[class])
	}
	return all >= commonSubject && 2*most < all
}

// commonSubject is how many utterances make a word common: below it, the intent that mentions it is chance.
const commonSubject = 10

// implausible is how far behind the best an option may lie. In menus of the test questions the right option was at most
// 0.55 behind.
const implausible = 0.8

func logistic(w, x []float64) float64 {
	var z float64
	for i := range min(len(w), len(x)) {
		z += w[i] * x[i]
	}
	return 1 / (1 + math.Exp(-z))
}
