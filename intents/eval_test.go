package intents

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestTallies(t *testing.T) {
	ranked := []Scored{{"a", 4}, {"b", 3}, {"c", 2}, {"d", 1}}
	answer := Match{Decision: Answer, Ranked: ranked}
	clarify := Match{Decision: Clarify, Ranked: ranked, Options: []string{"a", "b"}}
	decline := Match{Decision: Decline, Ranked: ranked}
	for _, c := range []struct {
		name string
		q    Question
		got  Match
		want Tally
	}{
		{"answered right", Question{Topic: "a"}, answer, Tally{Top1: 1, Top3: 1, AnsweredRight: 1}},
		{"answered wrong", Question{Topic: "b"}, answer, Tally{Top3: 1, AnsweredWrong: 1}},
		{"also is right", Question{Topic: "d", Also: []string{"a"}}, answer, Tally{Top1: 1, Top3: 1, AnsweredRight: 1}},
		{"offered", Question{Topic: "b"}, clarify, Tally{Top3: 1, ClarifiedRight: 1}},
		{"not offered", Question{Topic: "c"}, clarify, Tally{Top3: 1, ClarifiedWrong: 1}},
		{"declined", Question{Topic: "d"}, decline, Tally{Declined: 1}},
		{"may be declined", Question{Topic: "d", Also: []string{OutOfScope}}, decline, Tally{AnsweredRight: 1}},
	} {
		var got Tally
		got.count(&c.q, c.got)
		c.want.Questions = 1
		if got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
	for _, c := range []struct {
		name string
		q    Question
		got  Match
		want OutTally
	}{
		{"declined", Question{}, decline, OutTally{Declined: 1}},
		{"clarified", Question{}, clarify, OutTally{Clarified: 1}},
		{"answered", Question{}, answer, OutTally{Answered: 1}},
		{"answer is right too", Question{Also: []string{"a"}}, answer, OutTally{Declined: 1}},
		{"offer is right too", Question{Also: []string{"b"}}, clarify, OutTally{Declined: 1}},
	} {
		c.q.Topic, c.want.Questions = OutOfScope, 1
		var got OutTally
		got.count(&c.q, c.got)
		if got != c.want {
			t.Errorf("out of scope, %s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

func TestAUROC(t *testing.T) {
	for _, c := range []struct {
		in, out []float64
		want    float64
	}{
		{[]float64{3, 4}, []float64{1, 2}, 1}, {[]float64{1, 2}, []float64{3, 4}, 0}, {[]float64{1, 1}, []float64{1, 1}, 0.5},
		{[]float64{1, 3}, []float64{2, 2}, 0.5}, {nil, []float64{1}, 0},
	} {
		if got := auroc(c.in, c.out); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("auroc(%v, %v) = %v, want %v", c.in, c.out, got, c.want)
		}
	}
}

func TestReport(t *testing.T) {
	r := Evaluate(Train(tiny(t), nil), []Question{
		{Text: "图书馆几点开门", Topic: "library.hours", Style: "plain"},
		{Text: "一张船票多少", Topic: "library.card", Style: "plain"}, // a wrong label: a certain confusion
		{Text: "股票涨了吗", Topic: OutOfScope},
	})
	if r.InScope != (Tally{Questions: 2, Top1: 1, Top3: r.InScope.Top3, AnsweredRight: 1, AnsweredWrong: 1}) || r.OutOfScope != (OutTally{Questions: 1, Declined: 1}) {
		t.Errorf("%+v", r)
	}
	text := report(t, r)
	for _, want := range []string{"right at once or in the menu  1", "answered wrongly", "plain", "library.card -> ferry.fare", "50.0%"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	data, err := json.Marshal(r)
	if err != nil || !strings.Contains(string(data), `"confusions":[{"topic":"library.card","ranked":"ferry.fare","count":1,"texts":["一张船票多少"]}]`) {
		t.Errorf("%s, %v", data, err)
	}
}
