// Package blank takes out of what residents wrote whatever could tell who wrote it: numbers, names, addresses, and every word that is not
// known. A word is known when it is one of common.go, or when the city's own texts have its characters next to each other; a character that
// stands in no such pair is a × with what is unknown around it. So nothing that is left is rarer than what the city itself prints. Names that
// are made of known words are found by what stands around them: a surname, a form of address, the kind of a place, 我叫 or 住在. One that has nothing
// of that around it, as in 国庆的补贴, is left: whoever keeps texts shows none before several people wrote alike. Pure.
package blank

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"towncrier/hans"
)

// Mark stands where something was taken out.
const Mark = '×'

const (
	maxRead = 400 // characters of a text that are read, and
	maxLeft = 100 // that are left of it: the longer a text, the more it tells
)

// Words are the words that may be left in a text. Safe for concurrent use.
type Words struct {
	pairs  map[[2]rune]bool
	latin  map[string]bool
	places dict // names of places that are taken out although the city's texts have them
	areas  dict // names of the whole city, which tell nothing
}

// New knows the words of texts. places are the names and other names of what its tables list, such as housing estates; areas are the
// names of the area that all of its residents live in.
func New(texts, places, areas []string) *Words {
	w := &Words{pairs: map[[2]rune]bool{}, latin: map[string]bool{}}
	for _, text := range slices.Concat(texts, areas) {
		runes := plain(text)
		for i, r := range runes {
			if i > 0 && isHan(r) && isHan(runes[i-1]) {
				w.pairs[[2]rune{runes[i-1], r}] = true
			}
		}
		for _, word := range strings.FieldsFunc(string(runes), func(r rune) bool { return r < 'a' || r > 'z' }) {
			w.latin[word] = true
		}
	}
	w.places, w.areas = dictOf(longer(places)), dictOf(areas)
	return w
}

// longer are the names of two characters or more: a single one stands in too many words.
func longer(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return utf8.RuneCountInString(name) < 2 })
}

// plain is text in simplified characters and small letters, each white space one blank, its punctuation Chinese.
func plain(text string) []rune {
	runes := []rune(strings.ToLower(norm.NFKC.String(text)))
	for i, r := range runes {
		if runes[i] = hans.Simplify(r); unicode.IsSpace(r) {
			runes[i] = ' '
		} else if k := strings.IndexRune(",?!;", r); k >= 0 {
			runes[i] = []rune("，？！；")[k]
		}
	}
	return runes
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }

// Blank is text with every run of what is taken out as one Mark. said is how many characters of it tell what is asked: known ones that are
// no mere function words.
func (w *Words) Blank(text string) (left string, said int) {
	runes := plain(text)
	t := w.read(runes[:min(len(runes), maxRead)])
	t.takePlaces()
	t.takeNumbers()
	t.takeAddresses()
	t.takeNames()
	t.knowWords()
	t.takeUnknownNames()
	t.takeRests()
	return t.left()
}

// Utterance is text as an intent's file may have it: the parts of it that say something, without marks; "" when too little is left to be
// asked by.
func (w *Words) Utterance(text string) string {
	var parts []string
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune("，。；！？,;!?\n", r) }) {
		if left, said := w.Blank(part); said >= 2 {
			parts = append(parts, strings.TrimSpace(strings.ReplaceAll(left, string(Mark), "")))
		}
	}
	whole := strings.Join(parts, "，")
	if utf8.RuneCountInString(whole) < 4 {
		return ""
	}
	return whole
}

// Answer is what an official wrote to one resident, less numbers that may be theirs, addresses, names after a form of address, and what
// tables list. Its other words are the office's own and stay, and so do figures of up to four digits, times and dates.
func (w *Words) Answer(text string) string {
	t := w.read([]rune(text))
	t.takePlaces()
	t.takeLongNumbers()
	t.takeAddresses()
	t.takeNames()
	for i := range t.known {
		t.known[i] = true
	}
	return t.marked()
}

// left is what is left of the text.
func (t *reading) left() (string, int) {
	said := 0
	for i, r := range t.text {
		if isHan(r) && t.known[i] && !t.gone[i] && !t.light(i) {
			said++
		}
	}
	runes := []rune(strings.Join(strings.Fields(t.marked()), " "))
	if len(runes) > maxLeft {
		runes = append(runes[:maxLeft], '…')
	}
	return string(runes), said
}

// marked is the text with a Mark for each run that is gone or not known.
func (t *reading) marked() string {
	var b strings.Builder
	for i, r := range t.text {
		if t.known[i] && !t.gone[i] {
			b.WriteRune(r)
		} else if i == 0 || t.known[i-1] && !t.gone[i-1] {
			b.WriteRune(Mark)
		}
	}
	return b.String()
}
