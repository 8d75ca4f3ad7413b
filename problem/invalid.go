package problem

import "errors"

// Invalid is a field that was handed in wrongly. It never holds the value.
type Invalid struct {
	Field  string // "committee", "audience.and[1]"
	Reason string // what is wrong and what would be right
}

func (e *Invalid) Error() string { return e.Field + "：" + e.Reason }

// ErrNotFound says that there is none of what was asked for.
var ErrNotFound = errors.New("没有这一项")

// ErrCursor says that a list cannot be gone on with from where somebody asks.
var ErrCursor = errors.New("不能从这里接着查：请从头查起")

// NotFound is an ErrNotFound that says in its own words what is missing.
func NotFound(text string) error { return &notFound{text} }

// Missing is what a NotFound says within err, "" when there is none in it.
func Missing(err error) string {
	if e, ok := errors.AsType[*notFound](err); ok {
		return e.text
	}
	return ""
}

type notFound struct{ text string }

func (e *notFound) Error() string { return e.text }

func (e *notFound) Unwrap() error { return ErrNotFound }
