package newest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/newest"
)

var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

// TestOneAnswerServesAll: who asks while an answer is made gets the same, also when the person who asked first is gone; who stops waiting
// need not wait.
func TestOneAnswerServesAll(t *testing.T) {
	var answers newest.Answers[int]
	begun, let := make(chan struct{}), make(chan struct{})
	asked := 0
	ask := func(ctx context.Context) (int, error) {
		asked++
		close(begun)
		<-let
		return 7, ctx.Err()
	}
	first, leave := context.WithCancel(t.Context())
	var all sync.WaitGroup
	all.Go(func() {
		if _, err := answers.Of(first, "q", noon, ask); !errors.Is(err, context.Canceled) {
			t.Errorf("who left: %v", err)
		}
	})
	<-begun
	leave()
	all.Wait()
	all.Go(func() {
		if a, err := answers.Of(t.Context(), "q", noon, ask); a.Value != 7 || err != nil {
			t.Errorf("who waited: %v, %v", a, err)
		}
	})
	close(let)
	all.Wait()
	if a, err := answers.Of(t.Context(), "q", noon.Add(newest.For-1), ask); a.Value != 7 || a.At != noon || err != nil || asked != 1 {
		t.Errorf("%v, %v after %d", a, err, asked)
	}
}

func TestAnswersServeAsLongAsIsSaid(t *testing.T) {
	answers, n := newest.Answers[int]{For: time.Second}, 0
	count := func(context.Context) (int, error) { n++; return n, nil }
	for after, want := range []int{1, 2, 3} {
		for _, more := range []time.Duration{0, time.Second - 1} {
			if a, err := answers.Of(t.Context(), "q", noon.Add(time.Duration(after)*time.Second+more), count); a.Value != want || err != nil {
				t.Errorf("after %d s and %v: %v, %v", after, more, a, err)
			}
		}
	}
}

func TestAnswersGrowOld(t *testing.T) {
	var answers newest.Answers[int]
	n, failure := 0, errors.New("away")
	count := func(context.Context) (int, error) { n++; return n, nil }
	if _, err := answers.Of(t.Context(), "q", noon, func(context.Context) (int, error) { return 9, failure }); !errors.Is(err, failure) {
		t.Error(err)
	}
	for _, c := range []struct {
		question string
		after    time.Duration
		want     int
	}{{"q", 0, 1}, {"q", 1, 1}, {"other", 1, 2}, {"q", newest.For, 3}, {"q", -time.Hour, 4}} {
		if a, err := answers.Of(t.Context(), c.question, noon.Add(c.after), count); a.Value != c.want || err != nil {
			t.Errorf("%s after %v: %v, %v", c.question, c.after, a, err)
		}
	}
}

// TestSoonDoesNotWait: who does not wait gets the answer before, or none, while one is made once; what became of it is told to the next.
func TestSoonDoesNotWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := newest.Answers[int]{Old: time.Hour}
		asked, failure := 0, errors.New("away")
		takes := func(d time.Duration, err error) func(context.Context) (int, error) {
			return func(context.Context) (int, error) {
				asked++
				n := asked
				time.Sleep(d)
				return n, err
			}
		}
		soon := func(after time.Duration, ask func(context.Context) (int, error), value int, making bool, err error) {
			t.Helper()
			a, m, e := answers.Soon(t.Context(), time.Second, "q", noon.Add(after), ask)
			if a.Value != value || a.At.IsZero() != (value == 0) || m != making || !errors.Is(e, err) {
				t.Errorf("after %v: %v, making %v, %v", after, a, m, e)
			}
		}
		slow := takes(10*time.Second, nil)
		soon(0, slow, 0, true, nil)
		soon(0, slow, 0, true, nil) // the same one
		time.Sleep(10 * time.Second)
		soon(0, slow, 1, false, nil)
		soon(newest.For, slow, 1, true, nil) // the answer before
		time.Sleep(10 * time.Second)
		soon(newest.For, slow, 2, false, nil)
		soon(3*newest.For, takes(10*time.Second, failure), 2, true, nil)
		time.Sleep(10 * time.Second)
		soon(3*newest.For, slow, 0, false, failure)
		soon(3*newest.For, takes(0, nil), 4, false, nil)
		if asked != 4 {
			t.Errorf("asked %d times", asked)
		}
	})
}
