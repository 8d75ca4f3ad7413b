package intents

import "math"

// index finds the training texts most like a text: features to the rows that hold them.
type index struct {
	start  []int32 // feature f is rows[start[f]:start[f+1]]
	rows   []int32
	values []float32
	class  []int32
	norm   []float32 // 1/length of each row
}

// maxPostings: a feature that more rows hold says too little to be worth the time.
const maxPostings = 250

func newIndex(e *examples, features int) *index {
	x := &index{start: make([]int32, features+1), class: e.class, norm: make([]float32, e.rows())}
	counts := make([]int32, features)
	for _, f := range e.index {
		counts[f]++
	}
	for f, n := range counts {
		if n > maxPostings {
			n = 0
		}
		x.start[f+1] = x.start[f] + n
	}
	x.rows = make([]int32, x.start[features])
	x.values = make([]float32, x.start[features])
	at := append([]int32(nil), x.start[:features]...)
	for i := range e.rows() {
		var squares float64
		for k := e.start[i]; k < e.start[i+1]; k++ {
			f, v := e.index[k], e.value[k]
			squares += float64(v) * float64(v)
			if x.start[f+1] > x.start[f] {
				x.rows[at[f]], x.values[at[f]] = int32(i), v
				at[f]++
			}
		}
		if squares > 0 {
			x.norm[i] = float32(1 / math.Sqrt(squares))
		}
	}
	return x
}

// nearest writes the cosine of the likest row of each class to s.nearest, 0 where none shares a feature.
func (x *index) nearest(s *scratch, classes int) []float32 {
	if len(s.dots) < len(x.class) {
		s.dots = make([]float32, len(x.class))
	}
	s.touched = s.touched[:0]
	var squares float64
	for k, f := range s.vector.index {
		w := s.vector.value[k]
		squares += float64(w) * float64(w)
		rows := x.rows[x.start[f]:x.start[f+1]]
		values := x.values[x.start[f]:x.start[f+1]]
		values = values[:len(rows)]
		for j, row := range rows {
			if s.dots[row] == 0 {
				s.touched = append(s.touched, row)
			}
			s.dots[row] += w * values[j]
		}
	}
	s.nearest = append(s.nearest[:0], make([]float32, classes)...)
	scale := float32(0)
	if squares > 0 {
		scale = float32(1 / math.Sqrt(squares))
	}
	for _, row := range s.touched {
		c := x.class[row]
		s.nearest[c] = max(s.nearest[c], s.dots[row]*x.norm[row]*scale)
		s.dots[row] = 0
	}
	return s.nearest
}
