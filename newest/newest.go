// Package newest keeps the answer to a costly question for a while, and has it made once for all who ask meanwhile.
package newest

import (
	"cmp"
	"context"
	"sync"
	"time"

	"golang.org/x/sync/singleflight"
)

// For is how long an answer serves, unless Answers say otherwise, and how long it may take to be made.
const For = time.Minute

// Answers are the newest answers by question. The zero value has none. Safe for concurrent use; the answers are shared, and not to be changed.
type Answers[T any] struct {
	For time.Duration // how long an answer serves; For when it is 0

	mu    sync.Mutex
	kept  map[string]Answer[T]
	under singleflight.Group
}

// Answer is what came of a question, and when it was asked.
type Answer[T any] struct {
	Value T
	At    time.Time
}

// Of is the newest answer at now; ask makes one when it is too old. Whoever stops waiting leaves the others theirs: ask's context ends by
// itself, after For. An error is everybody's who waits, and is not kept.
func (a *Answers[T]) Of(ctx context.Context, question string, now time.Time, ask func(context.Context) (T, error)) (Answer[T], error) {
	if answer, ok := a.find(question, now); ok {
		return answer, nil
	}
	asked := a.under.DoChan(question, func() (any, error) {
		if answer, ok := a.find(question, now); ok { // it came meanwhile
			return answer, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), For)
		defer cancel()
		value, err := ask(ctx)
		answer := Answer[T]{value, now}
		if err == nil {
			a.keep(question, answer)
		}
		return answer, err
	})
	select {
	case got := <-asked:
		return got.Val.(Answer[T]), got.Err
	case <-ctx.Done():
		return Answer[T]{}, ctx.Err()
	}
}

func (a *Answers[T]) find(question string, now time.Time) (Answer[T], bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer, ok := a.kept[question]
	return answer, ok && a.serves(answer.At, now)
}

func (a *Answers[T]) keep(question string, answer Answer[T]) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for q, old := range a.kept {
		if !a.serves(old.At, answer.At) {
			delete(a.kept, q)
		}
	}
	if a.kept == nil {
		a.kept = map[string]Answer[T]{}
	}
	a.kept[question] = answer
}

func (a *Answers[T]) serves(at, now time.Time) bool {
	age := now.Sub(at)
	return age >= 0 && age < cmp.Or(a.For, For)
}
