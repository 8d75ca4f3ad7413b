package intents

import (
	"math"
	"slices"
)

// Feature groups, in the top bits of a feature's key. Within a group the key spells the feature out, so that two
// features never share one.
const (
	groupCharacters uint64 = iota << 60
	groupSounds
	groupConcepts
	groupRewritten
)

// weight of each group after it is scaled to unit length; measured by cross-validation over utterances.
var groupWeight = [...]float32{1.0, 1.0, 0.5, 0.4}

// conceptMark is the first of the symbols that stand for concepts in rewritten text; the area has room for maxConcepts.
const (
	conceptMark = 0xE100
	maxConcepts = 0x1700
)

// A question holds few concepts; pairs of more than these would be noise and grow quadratically.
const maxPaired = 12

// scratch is what reading one text needs; reused through a pool.
type scratch struct {
	text, spare []rune
	words       uint64 // hash of the text before fillers were stripped
	sounds      []syllable
	units       []unit
	slots       map[string]SlotValue
	concepts    []uint16
	rewritten   []uint16
	keys        []uint64
	vector      vector
	scores      []float32
	nearest     []float32
	touched     []int32   // rows of the index whose dots are not 0
	dots        []float32 // by row of the index
	order       []uint64
}

func newScratch() *scratch {
	return &scratch{spare: make([]rune, 0, maxRunes), sounds: make([]syllable, 0, maxRunes)}
}

// vector is a text as known features, group by group.
type vector struct {
	index []int32
	value []float32
	plain float64 // share of the text's single characters, syllables, numbers and words that training has seen
	size  int     // units of the text, boundaries not counted
}

// keysOf lists the features of units: sorted and unique within each group, groups in order.
func (s *scratch) keysOf(l *lexicon) []uint64 {
	s.keys = s.keys[:0]
	s.written()
	s.spoken()
	s.meant(l)
	slices.Sort(s.keys)
	s.keys = slices.Compact(s.keys)
	return s.keys
}

// valued marks the key of a number or a word by its value.
const valued = 1 << 59

// written emits character n-grams, numbers and words. What is typed in letters is no character and ends an n-gram as
// boundaries do.
func (s *scratch) written() {
	for i := range s.units {
		u := &s.units[i]
		if u.r == numberMark || u.r == wordMark {
			s.keys = append(s.keys, groupCharacters|valued|uint64(u.r&1)<<58|u.value&(1<<58-1))
		}
		var gram uint64
		for j := i; j < len(s.units) && j < i+3; j++ {
			r := s.units[j].r
			if r == boundary || r == soundMark || r == wordMark {
				break
			}
			gram = gram<<16 | uint64(uint16(r))
			s.keys = append(s.keys, groupCharacters|gram)
		}
	}
}

// spoken emits toneless syllables and pairs of them, in every reading.
func (s *scratch) spoken() {
	for i := range s.units {
		for _, a := range s.units[i].read {
			if a == 0 {
				break
			}
			s.keys = append(s.keys, groupSounds|uint64(a))
			if i+1 == len(s.units) {
				continue
			}
			for _, b := range s.units[i+1].read {
				if b == 0 {
					break
				}
				s.keys = append(s.keys, groupSounds|uint64(a)<<16|uint64(b))
			}
		}
	}
}

// meant emits the concepts of the lexicon, pairs of them wherever they stand, and bigrams of the text with every
// variant rewritten to its concept.
func (s *scratch) meant(l *lexicon) {
	s.concepts, s.rewritten = s.concepts[:0], s.rewritten[:0]
	for i := 0; i < len(s.units); {
		if n, c := l.find(s.units[i:]); n > 0 {
			s.concepts = append(s.concepts, uint16(c))
			s.rewritten = append(s.rewritten, uint16(conceptMark+c))
			i += n
			continue
		}
		r := s.units[i].r
		if r == soundMark {
			r = 0xD800 + rune(s.units[i].read[0]) // the surrogates are free: no text holds them
		}
		s.rewritten = append(s.rewritten, uint16(r))
		i++
	}
	for i := 1; i < len(s.rewritten); i++ {
		if a, b := s.rewritten[i-1], s.rewritten[i]; a != boundary && b != boundary {
			s.keys = append(s.keys, groupRewritten|uint64(a)<<16|uint64(b))
		}
	}
	slices.Sort(s.concepts)
	s.concepts = slices.Compact(s.concepts)
	s.concepts = s.concepts[:min(len(s.concepts), maxPaired)]
	for i, a := range s.concepts {
		s.keys = append(s.keys, groupConcepts|uint64(a))
		for _, b := range s.concepts[i+1:] {
			s.keys = append(s.keys, groupConcepts|1<<32|uint64(a)<<16|uint64(b))
		}
	}
}

// isSparse marks what spells more than one symbol: n-grams and pairs. Those that one text alone has are dropped: they
// took 8 of 25 MiB, and cost half a point of first choices on the development questions, none of what is reached.
func isSparse(key uint64) bool {
	return key&valued == 0 && key&^(0xF<<60)>>16 > 0
}

// vectorise maps keys to the features that training knows, each group scaled to its weight. A group without a known
// feature emits nothing.
func (v *vector) vectorise(keys []uint64, vocabulary map[uint64]int32, rarity []float32) {
	v.index, v.value = v.index[:0], v.value[:0]
	group, from := uint64(0), 0
	var squares float64
	var single, seen int
	closeGroup := func() {
		if squares > 0 {
			scale := groupWeight[group] / float32(math.Sqrt(squares))
			for i := from; i < len(v.value); i++ {
				v.value[i] *= scale
			}
		}
		from, squares = len(v.value), 0
	}
	for _, k := range keys {
		if g := k >> 60; g != group {
			closeGroup()
			group = g
		}
		f, ok := vocabulary[k]
		if v := k & (1<<60 - 1); group <= groupSounds>>60 && (v < 1<<16 || v&valued != 0) {
			single++
			if ok {
				seen++
			}
		}
		if !ok {
			continue
		}
		w := rarity[f]
		v.index, v.value = append(v.index, f), append(v.value, w)
		squares += float64(w) * float64(w)
	}
	closeGroup()
	v.plain = float64(seen) / math.Max(1, float64(single))
}
