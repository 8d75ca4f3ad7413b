package api

import (
	"slices"
	"strconv"

	"towncrier/api/wire"
	"towncrier/problem"
)

// reply is an operation's answer.
type reply[T any] struct{ Body T }

// writeNext writes where a list goes on as clients read it.
func (r *reply[T]) writeNext(list cursors) {
	if page, ok := any(&r.Body).(interface{ WriteNext(func(string) string) }); ok {
		page.WriteNext(list.write)
	}
}

// created is the answer of an operation that made something.
type created[T any] struct {
	Location string `header:"Location"`
	Body     T
}

func (*created[T]) isCreated() {}

// made is the answer of an operation that made something, or found it made: its Status says which.
type made[T any] struct {
	Status   int
	Location string `header:"Location"`
	Body     T
}

func (*made[T]) isCreated() {}

// Body is the input of an operation that takes no more than a body.
type Body[B any] struct{ Body B }

// nothing is the input or the answer of an operation without one.
type Nothing struct{}

// shown answers with what a service returned.
func shown[T, V any](view func(T) V) func(T, error) (*reply[V], error) {
	return func(one T, err error) (*reply[V], error) {
		if err != nil {
			return nil, err
		}
		return &reply[V]{view(one)}, nil
	}
}

// listed answers with all that a service returned, on one page.
func listed[T, V any](view func(T) V) func([]T, error) (*reply[wire.Page[V]], error) {
	return shown(func(all []T) wire.Page[V] { return wire.Page[V]{Items: each(all, view)} })
}

// listedFrom is listed of what is sorted, from what comes after a place on, at most limit.
func listedFrom[V any](sorted []string, after string, limit int, view func(string) V) *reply[wire.Page[V]] {
	at, found := slices.BinarySearch(sorted, after)
	if found {
		at++
	}
	left := sorted[at:]
	page := wire.Page[V]{Items: each(left[:min(len(left), limit)], view)}
	if len(left) > limit {
		page.Next = left[limit-1]
	}
	return &reply[wire.Page[V]]{page}
}

// createdAt makes the answer that shows something one that says where it is found from now on.
func createdAt[V any](path func(V) string) func(*reply[V], error) (*created[V], error) {
	return func(r *reply[V], err error) (*created[V], error) {
		if err != nil {
			return nil, err
		}
		return &created[V]{wire.Prefix + path(r.Body), r.Body}, nil
	}
}

// each makes an answer's items; never nil, so that an empty list is [].
func each[T, V any](all []T, view func(T) V) []V {
	views := make([]V, 0, len(all))
	for _, one := range all {
		views = append(views, view(one))
	}
	return views
}

// numberAfter reads a place that is a number, 0 for the start.
func numberAfter(place string) (int64, error) {
	if place == "" {
		return 0, nil
	}
	after, err := strconv.ParseInt(place, 10, 64)
	if err != nil || after < 1 {
		return 0, problem.ErrCursor
	}
	return after, nil
}
