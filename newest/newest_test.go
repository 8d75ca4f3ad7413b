package newest_test

import (
	"context"
	"errors"
	"sync"
	"testing"
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
