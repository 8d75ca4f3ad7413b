package city

import (
	"context"
	"io/fs"
	"slices"

	"towncrier/intents"
	"towncrier/problem"
)

// Try loads a folder that is not in force, as Load does. One at a time is loaded, so that residents are answered meanwhile.
func (l *Live) Try(fsys fs.FS) (*City, problem.List) {
	l.trying.Lock()
	defer l.trying.Unlock()
	return l.load(fsys)
}

// Differences compares what two folders answer to the questions that either knows, and to those that residents filed: how many were asked, and
// those that are answered otherwise. When one of the folders is at fault the error is a problem.List, and nothing is compared.
func (l *Live) Differences(ctx context.Context, before, after fs.FS) (asked int, all []Difference, err error) {
	was, problems := l.Try(before)
	if was == nil {
		return 0, nil, problems
	}
	is, problems := l.Try(after)
	if is == nil {
		return 0, nil, problems
	}
	var filed []intents.Question
	if l.Filed != nil {
		if filed, err = l.Filed(ctx); err != nil {
			return 0, nil, err
		}
	}
	known := Known(was, is, filed)
	all = Compare(was, is, known, l.now())
	worse := 0
	for worse < len(all) && all[worse].Verdict == Worse {
		worse++
	}
	return len(known), slices.Insert(all, worse, Lost(was, is, known, l.now())...), nil
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
