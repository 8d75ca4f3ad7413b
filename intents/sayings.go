package intents

import (
	"iter"
	"slices"
	"strings"
)

// sayings are what the intents' utterances come down to, found by the characters in them.
type sayings struct {
	texts []string
	class []int32
	with  map[rune][]int32 // those that hold a character
}

func (s *sayings) add(text []rune, class int32) {
	n := int32(len(s.texts))
	s.texts, s.class = append(s.texts, string(text)), append(s.class, class)
	for i, r := range text {
		if !slices.Contains(text[:i], r) {
			s.with[r] = append(s.with[r], n)
		}
	}
}

// holding gives the class of each that holds word. It looks at those that hold the rarest of its characters.
func (s *sayings) holding(word string) iter.Seq[int32] {
	return func(yield func(int32) bool) {
		var few []int32
		for i, r := range word {
			if with := s.with[r]; i == 0 || len(with) < len(few) {
				few = with
			}
		}
		for _, n := range few {
			if strings.Contains(s.texts[n], word) && !yield(s.class[n]) {
				return
			}
		}
	}
}
