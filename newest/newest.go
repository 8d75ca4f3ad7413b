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
	For   time.Duration // how long an answer serves; For when it is 0
	Takes time.Duration // how long one may take to be made; For when it is 0
	Old   time.Duration // how long one is kept for Soon that serves no more

	mu     sync.Mutex
	kept   map[string]Answer[T]
	failed map[string]error // what came of the last try that nobody waited for
	under  singleflight.Group
}

// Answer is what came of a question, and when it was asked.
type Answer[T any] struct {
	Value T
	At    time.Time // zero of none
}

// Of is the newest answer at now; ask makes one when it is too old. Whoever stops waiting leaves the others theirs: ask's context ends by
// itself, after Takes. An error is everybody's who waits, and is not kept.
func (a *Answers[T]) Of(ctx context.Context, question string, now time.Time, ask func(context.Context) (T, error)) (Answer[T], error) {
	answer, ok := a.find(question, now)
	if ok {
		return answer, nil
	}
	select {
	case got := <-a.make(ctx, question, now, ask):
		return got.Val.(Answer[T]), got.Err
	case <-ctx.Done():
		return Answer[T]{}, ctx.Err()
	}
}

// Soon is Of for who does not wait for longer than patience: then it is the answer before, or none, and making says that a newer one is on its
// way. An error that comes when nobody waits any more is told to the next who asks.
func (a *Answers[T]) Soon(ctx context.Context, patience time.Duration, question string, now time.Time, ask func(context.Context) (T, error)) (answer Answer[T], making bool, err error) {
	answer, ok := a.find(question, now)
	if ok {
		return answer, false, nil
	}
	if err := a.takeFailure(question); err != nil {
		return Answer[T]{}, false, err
	}
	made := a.make(ctx, question, now, ask)
	timer := time.NewTimer(patience)
	defer timer.Stop()
	select {
	case got := <-made:
		return got.Val.(Answer[T]), false, got.Err
	case <-ctx.Done():
		return Answer[T]{}, false, ctx.Err()
	case <-timer.C:
	}
	go func() {
		if got := <-made; got.Err != nil {
			a.noteFailure(question, got.Err)
		}
	}()
	return answer, true, nil
}

// make has one answer made for all who ask meanwhile.
func (a *Answers[T]) make(ctx context.Context, question string, now time.Time, ask func(context.Context) (T, error)) <-chan singleflight.Result {
	return a.under.DoChan(question, func() (any, error) {
		if answer, ok := a.find(question, now); ok { // it came meanwhile
			return answer, nil
		}
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), cmp.Or(a.Takes, For))
		defer cancel()
		value, err := ask(ctx)
		answer := Answer[T]{value, now}
		if err == nil {
			a.keep(question, answer)
		}
		return answer, err
	})
}

// find is the answer that is kept, and whether it serves.
func (a *Answers[T]) find(question string, now time.Time) (answer Answer[T], serves bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	answer, ok := a.kept[question]
	return answer, ok && within(cmp.Or(a.For, For), answer.At, now)
}

func (a *Answers[T]) keep(question string, answer Answer[T]) {
	a.mu.Lock()
	defer a.mu.Unlock()
	for q, old := range a.kept {
		if !within(cmp.Or(a.For, For)+a.Old, old.At, answer.At) {
			delete(a.kept, q)
		}
	}
	if a.kept == nil {
		a.kept = map[string]Answer[T]{}
	}
	a.kept[question] = answer
	delete(a.failed, question)
}

func (a *Answers[T]) noteFailure(question string, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.failed == nil {
		a.failed = map[string]error{}
	}
	a.failed[question] = err
}

func (a *Answers[T]) takeFailure(question string) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	err := a.failed[question]
	delete(a.failed, question)
	return err
}

func within(most time.Duration, at, now time.Time) bool {
	age := now.Sub(at)
	return age >= 0 && age < most
}
