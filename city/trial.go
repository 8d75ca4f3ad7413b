package city

import (
	"io/fs"

	"towncrier/problem"
)

// Try loads a folder that is not in force, as Load does. One at a time is loaded, so that residents are answered meanwhile.
func (l *Live) Try(fsys fs.FS) (*City, problem.List) {
	l.trying.Lock()
	defer l.trying.Unlock()
	return l.load(fsys)
}

// Differences compares what two folders answer to the questions that either knows: how many were asked, and those that are answered otherwise.
// When one of the folders is at fault it says with what, and compares nothing.
func (l *Live) Differences(before, after fs.FS) (asked int, all []Difference, problems problem.List) {
	was, problems := l.Try(before)
	if was == nil {
		return 0, nil, problems
	}
	is, problems := l.Try(after)
	if is == nil {
		return 0, nil, problems
	}
	known := Known(was, is)
	return len(known), Compare(was, is, known, l.now()), nil
}

// Worse are the texts of the known questions that after answers worse than before.
func (l *Live) Worse(before, after fs.FS) ([]string, error) {
	_, all, problems := l.Differences(before, after)
	var worse []string
	for _, d := range all {
		if d.Verdict == Worse {
			worse = append(worse, d.Question.Text)
		}
	}
	return worse, problems.Err()
}
