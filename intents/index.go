package intents

import "math"

// index finds the training texts most like a text: features to the rows that hold them.
type index struct {
	start    []int32 // feature f is postings[start[f]:start[f+1]]
	postings []posting
	class    []int32
	norm     []float32 // 1/length of each row
}

// posting is a row that holds a feature, and the feature's value there.
type posting struct {
	row   int32
	value float32
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
	x.postings = make([]posting, x.start[features])
	at := append([]int32(nil), x.start[:features]...)
	for i := range e.rows() {
		var squares float64
		for k := e.start[i]; k < e.start[i+1]; k++ {
			f, v := e.index[k], e.value[k]
			squares += float64(v) * float64(v)
			if x.start[f+1] > x.start[f] {
				x.postings[at[f]] = posting{int32(i), v}
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
		s.dots, s.touched = make([]float32, len(x.class)), make([]int32, len(x.class)+1)
	}
	touched := 0
	var squares float64
	for k, f := range s.vector.index {
		w := s.vector.value[k]
		squares += float64(w) * float64(w)
		for _, p := range x.postings[x.start[f]:x.start[f+1]] {
			// Written for every posting and kept for the first of a row, whose dot is 0 until then and above it ever
			// after: a branch around the store would often be guessed wrong, and costs an eighth of a match.
			s.touched[touched] = p.row
			dot := s.dots[p.row]
			if dot == 0 {
				touched++
			}
			s.dots[p.row] = dot + w*p.value
		}
	}
	s.nearest = append(s.nearest[:0], make([]float32, classes)...)
	scale := float32(0)
	if squares > 0 {
		scale = float32(1 / math.Sqrt(squares))
	}
	for _, row := range s.touched[:touched] {
		c := x.class[row]
		if cosine := s.dots[row] * x.norm[row] * scale; cosine > s.nearest[c] {
			s.nearest[c] = cosine
		}
		s.dots[row] = 0
	}
	return s.nearest
}
