package intents

import (
	"math"
	"slices"
	"strings"
)

// Report says how well a Matcher does on questions, each asked in a fresh conversation.
type Report struct {
	InScope    Tally            `json:"in_scope"`
	OutOfScope OutTally         `json:"out_of_scope"`
	AUROC      float64          `json:"auroc"` // of Confidence, in scope against out of scope; 0 without both
	ByTopic    map[string]Tally `json:"by_topic"`
	ByStyle    map[string]Tally `json:"by_style"`
	Confusions []Confusion      `json:"confusions"` // the commonest first
}

// Tally counts the outcomes of questions that some intent answers. A question is right when its topic or one of its
// `also` topics is; where `also` holds "oos", declining is right too and counts as answered right.
type Tally struct {
	Questions      int `json:"questions"`
	Top1           int `json:"top1"`            // Ranked[0] is right, whatever was decided
	Top3           int `json:"top3"`            // one of Ranked[:3] is
	AnsweredRight  int `json:"answered_right"`  // decided Answer, and Ranked[0] is right
	AnsweredWrong  int `json:"answered_wrong"`  // decided Answer, and it is not
	ClarifiedRight int `json:"clarified_right"` // decided Clarify, and a right one is in the menu
	ClarifiedWrong int `json:"clarified_wrong"` // decided Clarify, and none is
	Declined       int `json:"declined"`
}

// Reached counts the questions that were right at once or in the menu.
func (t Tally) Reached() int { return t.AnsweredRight + t.ClarifiedRight }

// OutTally counts the outcomes of questions that no intent answers. Where `also` names an intent, answering it or
// offering it is as right as declining and counts as declined.
type OutTally struct {
	Questions int `json:"questions"`
	Declined  int `json:"declined"`
	Clarified int `json:"clarified"`
	Answered  int `json:"answered"`
}

// Confusion is a topic that was ranked first in place of another.
type Confusion struct {
	Topic  string   `json:"topic"`
	Ranked string   `json:"ranked"`
	Count  int      `json:"count"`
	Texts  []string `json:"texts"`
}

// Evaluate asks m every question.
func Evaluate(m *Matcher, questions []Question) Report {
	r := Report{ByTopic: map[string]Tally{}, ByStyle: map[string]Tally{}}
	var in, out []float64
	wrong := map[[2]string][]string{}
	for _, q := range questions {
		got := m.Match(q.Text, Context{})
		if q.Topic == OutOfScope {
			out = append(out, got.Confidence)
			r.OutOfScope.count(&q, got)
			continue
		}
		in = append(in, got.Confidence)
		var t Tally
		t.count(&q, got)
		r.InScope = r.InScope.plus(t)
		r.ByTopic[q.Topic] = r.ByTopic[q.Topic].plus(t)
		if q.Style != "" {
			r.ByStyle[q.Style] = r.ByStyle[q.Style].plus(t)
		}
		if t.Top1 == 0 && len(got.Ranked) > 0 {
			pair := [2]string{q.Topic, got.Ranked[0].ID}
			wrong[pair] = append(wrong[pair], q.Text)
		}
	}
	r.AUROC = auroc(in, out)
	for pair, texts := range wrong {
		r.Confusions = append(r.Confusions, Confusion{pair[0], pair[1], len(texts), texts})
	}
	slices.SortFunc(r.Confusions, func(a, b Confusion) int {
		if a.Count != b.Count {
			return b.Count - a.Count
		}
		return strings.Compare(a.Topic+" "+a.Ranked, b.Topic+" "+b.Ranked)
	})
	return r
}

func (t *Tally) count(q *Question, got Match) {
	t.Questions = 1
	for i, s := range got.Ranked[:min(len(got.Ranked), 3)] {
		if q.Right(s.ID) {
			t.Top3 = 1
			if i == 0 {
				t.Top1 = 1
			}
		}
	}
	switch {
	case got.Decision == Answer:
		t.AnsweredRight, t.AnsweredWrong = t.Top1, 1-t.Top1
	case got.Decision == Clarify && slices.ContainsFunc(got.Options, q.Right):
		t.ClarifiedRight = 1
	case got.Decision == Clarify:
		t.ClarifiedWrong = 1
	case q.MayDecline():
		t.AnsweredRight = 1
	default:
		t.Declined = 1
	}
}

func (t Tally) plus(u Tally) Tally {
	t.Questions += u.Questions
	t.Top1 += u.Top1
	t.Top3 += u.Top3
	t.AnsweredRight += u.AnsweredRight
	t.AnsweredWrong += u.AnsweredWrong
	t.ClarifiedRight += u.ClarifiedRight
	t.ClarifiedWrong += u.ClarifiedWrong
	t.Declined += u.Declined
	return t
}

func (t *OutTally) count(q *Question, got Match) {
	t.Questions++
	switch {
	case got.Decision == Answer && !q.Right(got.Ranked[0].ID):
		t.Answered++
	case got.Decision == Clarify && !slices.ContainsFunc(got.Options, q.Right):
		t.Clarified++
	default:
		t.Declined++
	}
}

// auroc is the probability that a random value of in is above a random one of out, ties counting half.
func auroc(in, out []float64) float64 {
	if len(in) == 0 || len(out) == 0 {
		return 0
	}
	out = slices.Sorted(slices.Values(out))
	var sum float64
	for _, x := range in {
		below, _ := slices.BinarySearch(out, x)
		upTo, _ := slices.BinarySearch(out, math.Nextafter(x, math.Inf(1)))
		sum += float64(below) + float64(upTo-below)/2
	}
	return sum / float64(len(in)) / float64(len(out))
}
