package blank

import (
	"strings"
	"unicode"
)

// reading is a text while it is blanked.
type reading struct {
	text
	words *Words
	gone  []bool // is taken out
	known []bool // may be left unless it is gone
	// official says that an official wrote the text: words that are not known stay, and some that are known part names from what stands
	// before them.
	official bool
}

func (w *Words) read(t text) *reading {
	return &reading{text: t, words: w, gone: make([]bool, len(t)), known: make([]bool, len(t))}
}

func (r *reading) take(from, to int) {
	for i := from; i < to; i++ {
		r.gone[i] = true
	}
}

func (r *reading) know(from, n int) {
	for i := from; i < from+n; i++ {
		r.known[i] = true
	}
}

// out reports whether a Chinese character stands at i that will not be left.
func (r *reading) out(i int) bool { return r.han(i) && (r.gone[i] || !r.known[i]) }

// pair reports whether the city's texts have the character at i next to the one that follows, and neither is gone.
func (r *reading) pair(i int) bool {
	return i >= 0 && i+1 < len(r.text) && !r.gone[i] && !r.gone[i+1] && r.words.pairs[[2]rune{r.text[i], r.text[i+1]}]
}

// knowWords finds the characters that stand in a known word or pair, and signs of punctuation. A character that is a surname as well is known
// in a word only: two words next to each other have it in a pair, too.
func knowWords(r *reading) {
	for i, c := range r.text {
		switch {
		case isHan(c):
			r.know(i, r.longest(i, commonWords))
			if r.pair(i) {
				r.know(i, 2)
			}
		case isLatin(c) && r.pair(i): // B超
			r.known[i+1] = true
		case c == ' ' || unicode.IsPunct(c):
			r.known[i] = true
		}
	}
	for i := range r.text {
		if r.surnameAt(i) && r.mayName(i) {
			r.known[i] = false
		}
	}
	for _, l := range latinWords(r.text) {
		if r.words.knowsLatin(l, r.text) {
			r.know(l.at, len(l.text))
		}
	}
}

// light reports whether a character is part of a mere function word, or of the kind of a place whose name is gone.
func (r *reading) light(i int) bool {
	for from := max(i-3, 0); from <= i; from++ {
		if from+r.longest(from, functionWords) > i || from > 0 && r.gone[from-1] && from+r.longest(from, estates) > i {
			return true
		}
	}
	return false
}

// marked is the text, in the form of typed, with a Mark for each run that is gone or not known.
func (r *reading) marked(typed []rune) string {
	var b strings.Builder
	for i, c := range typed {
		if r.known[i] && !r.gone[i] {
			b.WriteRune(c)
		} else if i == 0 || r.known[i-1] && !r.gone[i-1] {
			b.WriteRune(Mark)
		}
	}
	return b.String()
}
