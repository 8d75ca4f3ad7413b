package city

import (
	"context"
	"errors"
	"io/fs"
	"slices"
	"time"

	"towncrier/intents"
	"towncrier/problem"
)

// tryFor bounds a trial. It ends before the request that asks for it, which then can say that nothing was done. A city of 600 intents takes
// some 8 s.
const tryFor = 40 * time.Second

// ErrSlow says that a trial ran out of time.
var ErrSlow = errors.New("服务器太忙，没有来得及把已知问题试问一遍：什么都没有提交或公布，已写的内容原样保留。服务器会接着准备，请过一分钟再办一次；仍然不行，请告诉系统管理员")

// loaded is what came of a folder. The city is nil when a problem is a fault.
type loaded struct {
	city     *City
	problems problem.List
}

// Try loads a folder that is not in force, as Load does, and gives a problem.List when it is at fault. One at a time is loaded, so that residents are
// answered meanwhile. When ctx ends Try does, and what was begun is loaded to its end: who tries again finds the matcher trained.
func (l *Live) Try(ctx context.Context, fsys fs.FS) (*City, error) {
	select {
	case l.trying <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	done := make(chan loaded, 1)
	go func() {
		defer func() { <-l.trying }()
		c, problems := l.load(fsys)
		done <- loaded{c, problems}
	}()
	select {
	case r := <-done:
		if r.city == nil {
			return nil, r.problems
		}
		return r.city, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Differences compares what two folders answer to the questions that either knows, and to those that residents filed: how many were asked, and
// those that are answered otherwise. When one of the folders is at fault the error is a problem.List, and nothing is compared; it is ErrSlow
// when there is no time left.
func (l *Live) Differences(ctx context.Context, before, after fs.FS) (asked int, all []Difference, err error) {
	ctx, cancel := context.WithTimeout(ctx, tryFor)
	defer cancel()
	asked, all, err = l.differences(ctx, before, after)
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return 0, nil, ErrSlow
	}
	return asked, all, err
}

func (l *Live) differences(ctx context.Context, before, after fs.FS) (asked int, all []Difference, err error) {
	was, err := l.Try(ctx, before)
	if err != nil {
		return 0, nil, err
	}
	is, err := l.Try(ctx, after)
	if err != nil {
		return 0, nil, err
	}
	var filed []intents.Question
	if l.Filed != nil {
		if filed, err = l.Filed(ctx); err != nil {
			return 0, nil, err
		}
	}
	known := Known(was, is, filed)
	if all, err = Compare(ctx, was, is, known, l.now()); err != nil {
		return 0, nil, err
	}
	lost, err := Lost(ctx, was, is, known, l.now())
	if err != nil {
		return 0, nil, err
	}
	worse := 0
	for worse < len(all) && all[worse].Verdict == Worse {
		worse++
	}
	return len(known), slices.Insert(all, worse, lost...), nil
}

// Asked is what becomes of a question that begins a conversation, before a change and after it.
type Asked struct {
	Question      string
	Before, After Outcome
}

// Ask asks two folders some questions. Its errors are those of Differences.
func (l *Live) Ask(ctx context.Context, before, after fs.FS, questions []string) ([]Asked, error) {
	ctx, cancel := context.WithTimeout(ctx, tryFor)
	defer cancel()
	was, err := l.Try(ctx, before)
	var is *City
	if err == nil {
		is, err = l.Try(ctx, after)
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return nil, ErrSlow
	}
	if err != nil {
		return nil, err
	}
	var all []Asked
	for _, q := range questions {
		all = append(all, Asked{q, was.Told(q, l.now()), is.Told(q, l.now())})
	}
	return all, nil
}

// Told is what a resident is told who begins with a question.
func (c *City) Told(question string, now time.Time) Outcome {
	return c.outcome(c.Matcher.Match(question, intents.Context{}), question, now)
}

// Worse are the texts of the known questions that after answers worse than before.
func (l *Live) Worse(ctx context.Context, before, after fs.FS) ([]string, error) {
	_, all, err := l.Differences(ctx, before, after)
	var worse []string
	for _, d := range all {
		if d.Verdict == Worse {
			worse = append(worse, d.Question.Text)
		}
	}
	return worse, err
}
