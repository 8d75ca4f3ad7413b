package intents

import (
	"runtime"
	"sync"
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

// linear holds one-vs-rest weights, feature by feature: a feature of a text touches one contiguous row.
type linear struct {
	classes int
	weights []float32 // feature*classes + class
	bias    []float32
}

// Training of the linear machine: L2-regularised, L2-loss support vectors by dual coordinate descent, as in Hsieh et
// al., "A Dual Coordinate Descent Method for Large-scale Linear SVM" (2008), the algorithm of LIBLINEAR.
const (
	cost         = 1.0
	positiveCost = 4.0 // an intent has 1 positive in 60: without more weight it is learnt as never
	maxSweeps    = 30
	tolerance    = 0.05
)

// fit trains one machine a class, side by side on all processors; the result does not depend on how many there are.
func fit(e *examples, features, classes int) *linear {
	l := &linear{classes: classes, weights: make([]float32, features*classes), bias: make([]float32, classes)}
	squares := make([]float32, e.rows())
	for i := range squares {
		for _, v := range e.value[e.start[i]:e.start[i+1]] {
			squares[i] += v * v
		}
		squares[i]++ // the bias is a feature of value 1
	}
	var wg sync.WaitGroup
	workers := runtime.GOMAXPROCS(0)
	for w := range workers {
		wg.Go(func() {
			weights := make([]float32, features)
			for c := w; c < classes; c += workers {
				clear(weights)
				l.bias[c] = separate(e, int32(c), squares, weights)
				for f, v := range weights {
					l.weights[f*classes+c] = v
				}
			}
		})
	}
	wg.Wait()
	return l
}

// separate learns class against the rest into weights and returns the bias. It writes to nothing but weights and what it makes itself, and
// reads what nobody writes while it runs. So the race detector, which would make it twenty times slower, leaves it out.
//
//go:norace
func separate(e *examples, class int32, squares, weights []float32) (bias float32) {
	n := e.rows()
	alpha := make([]float32, n)
	active := make([]int32, n)
	for i := range active {
		active[i] = int32(i)
	}
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
		row := l.weights[int(f)*l.classes:][:l.classes]
		row = row[:len(to)]
		for c, x := range row {
			to[c] += w * x
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
		if l.weights[int(f)*l.classes+int(class)] > 0 {
			sum += w
		}
	}
	if all == 0 {
		return 0
	}
	return float64(sum / all)
}
