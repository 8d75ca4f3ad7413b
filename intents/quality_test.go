package intents

import (
	"os"
	"strings"
	"testing"
)

// tiny is a second city, with nothing in common with the first but the language.
func tiny(t testing.TB) *Set {
	t.Helper()
	set, problems := Load(os.DirFS("testdata/haiwan"))
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return set
}

func questions(t testing.TB, file string) []Question {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, problems := ReadQuestions(f.Name(), f)
	if problems != nil {
		t.Fatal(problems)
	}
	return all
}

// The calibration was made of another city's content: it must serve this one.
func TestCalibrationTransfers(t *testing.T) {
	r := Evaluate(Train(tiny(t), nil), questions(t, "testdata/haiwan/questions.jsonl"))
	text := report(t, r)
	if in := r.InScope; in.Top1 < in.Questions*9/10 || in.Reached() < in.Questions*9/10 || in.AnsweredWrong > 0 {
		t.Errorf("in scope\n%s", text)
	}
	if out := r.OutOfScope; out.Answered > 0 || out.Declined < out.Questions*7/10 {
		t.Errorf("out of scope\n%s", text)
	}
	if r.AUROC < 0.95 {
		t.Errorf("AUROC\n%s", text)
	}
}

func report(t testing.TB, r Report) string {
	t.Helper()
	var b strings.Builder
	if err := r.WriteText(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// dev2.jsonl is written by others than the utterances are. What is measured is written beside each floor; the floors
// leave room for edits of the content, not for a broken feature.
func TestQuality(t *testing.T) {
	m := shipped()
	asked := questions(t, "../testdata/eval/dev2.jsonl")
	if problems := CheckTopics(asked, m.Knows); problems != nil {
		t.Fatal(problems)
	}
	r := Evaluate(m, asked)
	in, out := r.InScope, r.OutOfScope
	share := func(n, of int) float64 { return 100 * float64(n) / float64(of) }
	for _, c := range []struct {
		name       string
		got, floor float64
	}{
		{"top-1", share(in.Top1, in.Questions), 91},
		{"top-3", share(in.Top3, in.Questions), 96},
		{"right at once or in the menu", share(in.Reached(), in.Questions), 94},
		{"not answered wrongly", 100 - share(in.AnsweredWrong, in.Questions), 97},
		{"out of scope, not answered", 100 - share(out.Answered, out.Questions), 96},
		{"out of scope, declined", share(out.Declined, out.Questions), 85},
		{"AUROC", 100 * r.AUROC, 96.5},
	} {
		if c.got < c.floor {
			t.Errorf("%s: %.1f, floor %.1f\n%s", c.name, c.got, c.floor, report(t, r))
		}
	}
	for style, s := range r.ByStyle {
		if s.Questions >= 30 && share(s.Top1, s.Questions) < 83 {
			t.Errorf("style %s: top-1 %.1f of %d", style, share(s.Top1, s.Questions), s.Questions)
		}
	}
}
