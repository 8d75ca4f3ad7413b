package intents

import (
	"math"
	"slices"
)

// maxRows is how many texts a class learns from. While there are no more, it is all of them. Of more, it is the class's own, those of the
// others that are likest to them, and an even choice of the rest, half and half. So what a class costs does not grow with the set.
const maxRows = 10_000

// rivals chooses what a class learns from, and keeps its memory between classes.
type rivals struct {
	e     *examples
	index *index
	most  int       // maxRows, but for tests
	sums  []float32 // by feature, of the class's own rows
	near  []float32 // by row, its likeness to them
	taken []bool    // by row
	order []uint64  // rows that are like them, the likest first
}

func newRivals(e *examples, x *index, most int) *rivals {
	return &rivals{e: e, index: x, most: most, sums: make([]float32, len(x.start)-1), near: make([]float32, e.rows()), taken: make([]bool, e.rows())}
}

// choose appends the rows that class learns from to rows, in ascending order.
func (r *rivals) choose(rows []int32, class int32) []int32 {
	own, all := 0, r.e.rows()
	for _, c := range r.e.class {
		if c == class {
			own++
		}
	}
	if all <= max(r.most, 4*own) { // what no intent answers has many of its own, and is learnt against everything
		for i := range all {
			rows = append(rows, int32(i))
		}
		return rows
	}
	r.rank(class)
	likest := r.order[:min(len(r.order), max(r.most-own, 0)/2)]
	for _, o := range likest {
		r.taken[uint32(o)] = true
	}
	rest := all - own - len(likest)
	want := min(max(r.most-own-len(likest), 0), rest)
	seen := 0
	for i, c := range r.e.class {
		switch {
		case c == class || r.taken[i]:
			rows = append(rows, int32(i))
		default:
			if seen*want/rest != (seen+1)*want/rest {
				rows = append(rows, int32(i))
			}
			seen++
		}
	}
	for _, o := range likest {
		r.taken[uint32(o)] = false
	}
	return rows
}

// rank orders the rows of other classes that share a telling feature with class.
func (r *rivals) rank(class int32) {
	var features []int32
	for i, c := range r.e.class {
		if c != class {
			continue
		}
		for k := r.e.start[i]; k < r.e.start[i+1]; k++ {
			f := r.e.index[k]
			if r.sums[f] == 0 {
				features = append(features, f)
			}
			r.sums[f] += r.e.value[k]
		}
	}
	r.order = r.order[:0]
	for _, f := range features {
		for _, p := range r.index.postings[r.index.start[f]:r.index.start[f+1]] {
			if r.e.class[p.row] == class {
				continue
			}
			if r.near[p.row] == 0 {
				r.order = append(r.order, uint64(p.row))
			}
			r.near[p.row] += r.sums[f] * p.value
		}
		r.sums[f] = 0
	}
	for i, row := range r.order {
		r.order[i] = uint64(^math.Float32bits(r.near[row]))<<32 | row // of what is not negative, bits are in the order of values
		r.near[row] = 0
	}
	slices.Sort(r.order)
}
