package blank

import (
	"slices"
	"strings"
	"unicode"
)

// reading is a text while it is blanked.
type reading struct {
	words *Words
	text  []rune
	gone  []bool // is taken out
	known []bool // may be left unless it is gone
	alone []bool // is known as a word of one character, which names have as well
}

func (w *Words) read(text []rune) *reading {
	n := len(text)
	return &reading{words: w, text: text, gone: make([]bool, n), known: make([]bool, n), alone: make([]bool, n)}
}

func (t *reading) take(from, to int) {
	for i := from; i < to; i++ {
		t.gone[i] = true
	}
}

// longest is how many characters the longest word of d has that begins at i, 0 when none does.
func (t *reading) longest(i int, d dict) int {
	for n := min(d.max, len(t.text)-i); n > 0; n-- {
		if d.words[string(t.text[i:i+n])] {
			return n
		}
	}
	return 0
}

// endsAt reports whether a word of d ends before i.
func (t *reading) endsAt(i int, d dict) bool {
	for n := min(d.max, i); n > 0; n-- {
		if d.words[string(t.text[i-n:i])] {
			return true
		}
	}
	return false
}

// takePlaces takes out the names that tables list.
func (t *reading) takePlaces() {
	for i := 0; i < len(t.text); i++ {
		if n := t.longest(i, t.words.places); n > 0 {
			t.take(i, i+n)
			i += n - 1
		}
	}
}

// spoken are digits and ranks as people say them.
const spoken = "零〇一二三四五六七八九十百千万亿两幺壹贰叁肆伍陆柒捌玖拾"

func isSpoken(r rune) bool { return strings.ContainsRune(spoken, r) }

func isFigure(r rune) bool { return unicode.IsNumber(r) && !isHan(r) }

// takeNumbers takes out figures with the letters and hyphens among them, and numbers in words of two digits or more.
func (t *reading) takeNumbers() {
	code := func(r rune) bool {
		return isFigure(r) || r < unicode.MaxASCII && (unicode.IsLetter(r) || strings.ContainsRune("-_.@/:#*+", r))
	}
	for i := 0; i < len(t.text); i++ {
		from := i
		for i < len(t.text) && code(t.text[i]) {
			i++
		}
		if slices.ContainsFunc(t.text[from:i], func(r rune) bool { return isFigure(r) || r == '@' }) {
			t.take(from, i)
		}
		if i > from {
			i--
			continue
		}
		if n := t.spokenAt(i); n >= 2 {
			t.take(i, i+n)
			i += n - 1
		}
	}
}

// spokenAt is how many characters of a number in words begin at i.
func (t *reading) spokenAt(i int) (n int) {
	if t.longest(i, notNumbers) > 0 {
		return 0
	}
	for i+n < len(t.text) && isSpoken(t.text[i+n]) {
		n++
	}
	return n
}

// takeLongNumbers takes out numbers that name a person, an account or a line.
func (t *reading) takeLongNumbers() {
	for i := 0; i < len(t.text); i++ {
		from, digits := i, 0
		for i < len(t.text) && (isFigure(t.text[i]) || digits > 0 && strings.ContainsRune("- ", t.text[i])) {
			if isFigure(t.text[i]) {
				digits++
			}
			i++
		}
		if digits > 4 {
			t.take(from, i)
		}
	}
}

// takeAddresses takes out what stands before the kind of a place, which stays, and numbers of houses, floors and rooms.
func (t *reading) takeAddresses() {
	for i := range t.text {
		if n := t.longest(i, housing); n > 0 {
			from := i
			for from > 0 && (isSpoken(t.text[from-1]) || isFigure(t.text[from-1]) || t.gone[from-1] && !isHan(t.text[from-1])) {
				from--
			}
			if from < i && (from == 0 || t.text[from-1] != '月') { // 12月5号
				t.take(from, i+n)
			}
		}
		if n := t.longest(i, estates); n > 0 && !t.inside(i, n, notPlaces) {
			t.takeNameBefore(i)
			t.know(i, n)
		}
	}
}

// maxName is the longest name of a place that is looked for.
const maxName = 6

// takeNameBefore takes out the name that ends at i: what stands there back to a word that is never part of one.
func (t *reading) takeNameBefore(i int) {
	from := i
	for from > 0 && i-from < maxName && isHan(t.text[from-1]) && !t.gone[from-1] {
		if t.endsAt(from, t.words.areas) || t.endsAt(from, around) {
			break
		}
		from--
	}
	if name := string(t.text[from:i]); name != "" && !generic.words[name] {
		t.take(from, i)
	}
}

// inside reports whether the n characters at i are part of a word of words.
func (t *reading) inside(i, n int, words dict) bool {
	for from := max(i-2, 0); from <= i; from++ {
		if k := t.longest(from, words); from+k >= i+n {
			return true
		}
	}
	return false
}

// takeNames takes out what somebody is called, or where they live: after 我叫, 住在 and their like, and before a form of address.
func (t *reading) takeNames() {
	for i := range t.text {
		if n := t.longest(i, called); n > 0 {
			from := i + n
			to := from
			for to < len(t.text) && to-from < maxName && isHan(t.text[to]) && t.longest(to, around) == 0 {
				to++
			}
			t.take(from, to)
		}
		if n := t.longest(i, doubleSurnames); n > 0 && (i == 0 || t.text[i-1] != '公') { // 公司马上
			to := i + n
			for to < len(t.text) && to-i-n < 2 && isHan(t.text[to]) && t.longest(to, around) == 0 && t.longest(to, addressed) == 0 {
				to++
			}
			t.take(i, to)
		}
		if n := t.longest(i, addressed); n > 0 {
			t.know(i, n)
			for n := 3; n >= 1; n-- { // 王, 小王, 王建国
				if from := i - n; from >= 0 && isSurname(t.text[from]) && t.longest(from, commonWords) <= 1 {
					t.take(from, i)
					break
				}
			}
		}
	}
}

func isSurname(r rune) bool { return strings.ContainsRune(surnames, r) }

func (t *reading) know(from, n int) {
	for i := from; i < from+n; i++ {
		t.known[i] = true
	}
}

// knowWords finds the characters that stand in a known word or pair. Signs of punctuation that end or part a sentence are known.
func (t *reading) knowWords() {
	for i, r := range t.text {
		switch {
		case isHan(r):
			n := t.longest(i, commonWords)
			t.know(i, n)
			t.alone[i] = n == 1 && strings.ContainsRune(inNames, r)
			if i+1 < len(t.text) && t.words.pairs[[2]rune{r, t.text[i+1]}] && !t.gone[i] && !t.gone[i+1] {
				t.known[i], t.known[i+1] = true, true
			}
		case strings.ContainsRune(" ，。？！、；：:.", r):
			t.known[i] = true
		}
	}
	for i := 0; i < len(t.text); i++ {
		from := i
		for i < len(t.text) && t.text[i] >= 'a' && t.text[i] <= 'z' {
			i++
		}
		if i > from && t.words.latin[string(t.text[from:i])] {
			t.know(from, i-from)
		}
	}
}

// takeUnknownNames takes out the two characters behind a surname that is not known: given names are often words.
func (t *reading) takeUnknownNames() {
	for i, r := range t.text {
		if isSurname(r) && !t.known[i] && !t.gone[i] {
			for k := i + 1; k < len(t.text) && k <= i+2 && isHan(t.text[k]) && t.longest(k, addressed) == 0 && t.longest(k, around) == 0; k++ {
				t.gone[k] = true
			}
		}
	}
}

// takeRests takes out what names have and is a word by itself, where it touches what is taken out: 和平 is a place, and 和 is known.
func (t *reading) takeRests() {
	out := func(i int) bool { return i >= 0 && i < len(t.text) && isHan(t.text[i]) && (t.gone[i] || !t.known[i]) }
	paired := func(i int) bool {
		return i > 0 && t.words.pairs[[2]rune{t.text[i-1], t.text[i]}] || i+1 < len(t.text) && t.words.pairs[[2]rune{t.text[i], t.text[i+1]}]
	}
	for again := true; again; {
		again = false
		for i := range t.text {
			if t.alone[i] && !t.gone[i] && !paired(i) && (out(i-1) || out(i+1)) {
				t.gone[i], again = true, true
			}
		}
	}
}

// light reports whether a character is part of a mere function word, or of the kind of a place whose name is gone.
func (t *reading) light(i int) bool {
	for from := max(i-3, 0); from <= i; from++ {
		if from+t.longest(from, functionWords) > i || from > 0 && t.gone[from-1] && from+t.longest(from, estates) > i {
			return true
		}
	}
	return false
}
