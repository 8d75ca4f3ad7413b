package intents

import (
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
)

// examples are training texts as sparse rows.
type examples struct {
	start []int32 // row i is index[start[i]:start[i+1]]
	index []int32
	value []float32
	class []int32
}

func (e *examples) add(v *vector, class int32) {
	if len(e.start) == 0 {
		e.start = append(e.start, 0)
	}
	e.index = append(e.index, v.index...)
	e.value = append(e.value, v.value...)
	e.start = append(e.start, int32(len(e.index)))
	e.class = append(e.class, class)
}

func (e *examples) rows() int { return len(e.class) }

// linear holds one-vs-rest weights, feature by feature, without the zeros: a text costs what its features weigh anywhere.
type linear struct {
	start  []int32 // feature f is class[start[f]:start[f+1]], in the order of classes, and weight beside it
	class  []uint16
	weight []float32
	bias   []float32
}

// maxIntents is how many classes of an intent a linear can tell apart, beside the one of what no intent answers.
const maxIntents = 1<<16 - 1

// Training of the linear machine: L2-regularised, L2-loss support vectors by dual coordinate descent, as in Hsieh et
// al., "A Dual Coordinate Descent Method for Large-scale Linear SVM" (2008), the algorithm of LIBLINEAR.
const (
	cost         = 1.0
	positiveCost = 4.0 // an intent has 1 positive in 60: without more weight it is learnt as never
	maxSweeps    = 30
	tolerance    = 0.05
)

// fit trains one machine a class, each from at most most rows, side by side on all processors; the result does not depend on how many there are.
func fit(e *examples, x *index, classes, most int) *linear {
	squares := make([]float32, e.rows())
	for i := range squares {
		for _, v := range e.value[e.start[i]:e.start[i+1]] {
			squares[i] += v * v
		}
		squares[i]++ // the bias is a feature of value 1
	}
	features := len(x.start) - 1
	bias, learnt := make([]float32, classes), make([][]weighed, classes)
	var next atomic.Int32
	var wg sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		wg.Go(func() {
			t := trainer{e: e, squares: squares, weights: make([]float32, features), alpha: make([]float32, e.rows())}
			r := newRivals(e, x, most)
			for {
				c := int32(classes) - next.Add(1) // the last learns from most, and begins first
				if c < 0 {
					return
				}
				t.active = r.choose(t.active[:0], c)
				bias[c] = t.separate(c)
				learnt[c] = t.take()
			}
		})
	}
	wg.Wait()
	return byFeature(learnt, bias, features)
}

// weighed is a feature and what it weighs.
type weighed struct {
	feature int32
	weight  float32
}

// byFeature puts what each class weighs in the order of features. It lets go of learnt on the way.
func byFeature(learnt [][]weighed, bias []float32, features int) *linear {
	l := &linear{start: make([]int32, features+1), bias: bias}
	all := 0
	for _, row := range learnt {
		all += len(row)
		for _, w := range row {
			l.start[w.feature+1]++
		}
	}
	for f := range features {
		l.start[f+1] += l.start[f]
	}
	l.class, l.weight = make([]uint16, all), make([]float32, all)
	at := slices.Clone(l.start[:features])
	for c, row := range learnt {
		for _, w := range row {
			l.class[at[w.feature]], l.weight[at[w.feature]] = uint16(c), w.weight
			at[w.feature]++
		}
		learnt[c] = nil
	}
	return l
}

// trainer learns one class after another, and keeps its memory between them.
type trainer struct {
	e       *examples
	squares []float32
	active  []int32   // rows to learn from
	weights []float32 // by feature; zero between classes
	alpha   []float32 // by row; zero between classes
}

// take gives the weights that are not zero, and clears them.
func (t *trainer) take() []weighed {
	n := 0
	for _, w := range t.weights {
		if w != 0 {
			n++
		}
	}
	row := make([]weighed, 0, n)
	for f, w := range t.weights {
		if w != 0 {
			row = append(row, weighed{int32(f), w})
		}
	}
	clear(t.weights)
	return row
}

// separate learns class against the rest of the active rows into t.weights and returns the bias. It writes to nothing but what is t's own,
// and reads what nobody writes while it runs. So the race detector, which would make it twenty times slower, leaves it out.
//
//go:norace
func (t *trainer) separate(class int32) (bias float32) {
	e, active, weights, alpha, squares := t.e, t.active, t.weights, t.alpha, t.squares
	clear(alpha)
	random := uint64(class)*2654435761 + 88172645463325252
	for sweep := 0; sweep < maxSweeps && len(active) > 0; sweep++ {
		for i := len(active) - 1; i > 0; i-- { // xorshift: fixed seed, so the same machine every time
			random ^= random << 13
			random ^= random >> 7
			random ^= random << 17
			j := int(random % uint64(i+1))
			active[i], active[j] = active[j], active[i]
		}
		var worst float32
		kept := active[:0]
		for _, i := range active {
			y, c := float32(-1), float32(cost)
			if e.class[i] == class {
				y, c = 1, positiveCost
			}
			index := e.index[e.start[i]:e.start[i+1]]
			value := e.value[e.start[i]:e.start[i+1]]
			value = value[:len(index)]
			dot := bias
			for k, f := range index {
				dot += weights[f] * value[k]
			}
			diagonal := 1 / (2 * c)
			gradient := y*dot - 1 + alpha[i]*diagonal
			if alpha[i] == 0 && gradient > 0 {
				// Satisfied with room to spare: not looked at again. Shrinking costs a little exactness and saves
				// most of the time.
				if gradient < 0.3 || sweep == 0 {
					kept = append(kept, i)
				}
				continue
			}
			kept = append(kept, i)
			worst = max(worst, gradient, -gradient)
			before := alpha[i]
			alpha[i] = max(before-gradient/(squares[i]+diagonal), 0)
			if d := (alpha[i] - before) * y; d != 0 {
				bias += d
				for k, f := range index {
					weights[f] += d * value[k]
				}
			}
		}
		active = kept
		if worst < tolerance {
			break
		}
	}
	return bias
}

// score adds up the rows of v's features into to.
func (l *linear) score(v *vector, to []float32) []float32 {
	to = append(to[:0], l.bias...)
	for k, f := range v.index {
		w := v.value[k]
		class := l.class[l.start[f]:l.start[f+1]]
		weight := l.weight[l.start[f]:l.start[f+1]]
		weight = weight[:len(class)]
		for i, c := range class {
			to[c] += w * weight[i]
		}
	}
	return to
}

// support is the share of v, by weight, that speaks for class.
func (l *linear) support(v *vector, class int32) float64 {
	var sum, all float32
	for k, f := range v.index {
		w := v.value[k] * v.value[k]
		all += w
		if l.of(f, class) > 0 {
			sum += w
		}
	}
	if all == 0 {
		return 0
	}
	return float64(sum / all)
}

// of is what a feature weighs in a class.
func (l *linear) of(feature, class int32) float32 {
	from := l.start[feature]
	i, ok := slices.BinarySearch(l.class[from:l.start[feature+1]], uint16(class))
	if !ok {
		return 0
	}
	return l.weight[int(from)+i]
}
