// Package blank takes out of what residents wrote whatever could tell who wrote it, or of whom: numbers, names, addresses, and every word that
// is not known. A word is known when it is one of common.go, or when the city's own texts have its characters next to each other; a character
// that stands in no such pair is a × with what is unknown around it. So nothing that is left is rarer than what the city itself prints.
//
// Names can be made of known words: 高建设 where the texts have 提高建设. They are found by what stands around them (a label such as 户主, 叫, a form
// of address, whose parent somebody is, the kind of a place), and by their surname: a character that is one as well is known only in a word of
// common.go, or in what the texts have between different neighbours, which is a word. A name that is a word and has nothing of that around it,
// as in 国庆的补贴, is left: whoever keeps texts shows none before several people wrote alike. testdata/personal.txt has what is found and what is
// not. Losing a word is cheaper than leaving a name, but plain questions stay readable. Pure.
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
	pairs   map[[2]rune]bool
	numbers map[string]bool    // numbers of five digits and more that the texts print
	terms   map[string]bool    // words of the texts that have a surname's character
	latin   map[[2]string]bool // words in other letters that stand next to each other, or alone: next to ""
	places  dict               // names of places that are taken out although the city's texts have them
	areas   dict               // names of the whole city, which tell nothing
}

// New knows the words of texts. places are the names and other names of what its tables list, such as housing estates; areas are the
// names of the area that all of its residents live in.
func New(texts, places, areas []string) *Words {
	w := &Words{pairs: map[[2]rune]bool{}, latin: map[[2]string]bool{}, numbers: map[string]bool{}}
	terms := termFinder{}
	for _, text := range slices.Concat(texts, areas) {
		runes := plain(text)
		for i, r := range runes {
			if i > 0 && isHan(r) && (isHan(runes[i-1]) || isLatin(runes[i-1]) && (i == 1 || !isLatin(runes[i-2]))) {
				w.pairs[[2]rune{runes[i-1], r}] = true
			}
		}
		terms.read(runes)
		for _, number := range strings.FieldsFunc(string(runes), func(r rune) bool { return r != '-' && (r < '0' || r > '9') }) {
			if digits := digitsOf([]rune(number)); len(digits) > 4 {
				w.numbers[digits] = true
			}
		}
		for _, l := range latinWords(runes) {
			w.latin[[2]string{l.before, l.text}], w.latin[[2]string{l.text, l.after}] = true, true
		}
	}
	w.terms = terms.words()
	w.places, w.areas = dictOf(longer(places)), dictOf(areas)
	return w
}

// longer are the names of two characters or more: a single one stands in too many words.
func longer(names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return utf8.RuneCountInString(name) < 2 })
}

// plain is text in simplified characters and small letters, each white space and emoji one blank, its punctuation Chinese, and without
// characters of no width.
func plain(text string) []rune {
	runes := slices.DeleteFunc([]rune(strings.ToLower(norm.NFKC.String(text))), func(r rune) bool { return unicode.In(r, unicode.M, unicode.Cf) })
	for i, r := range runes {
		if runes[i] = hans.Simplify(r); unicode.IsSpace(r) || unicode.Is(unicode.So, r) {
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
	r := w.read(runes[:min(len(runes), maxRead)])
	for _, step := range []func(*reading){
		takePlaces, takeNumbers, takeDates, takeAddresses, takeMails, takePinyinNames,
		takeCalled, takeLabelled, takeAddressed, takeForeignNames, takeSpacedNames, takeChildrensNames,
		knowWords, takeSurnames, takeGivenNames, takeRests,
	} {
		step(r)
	}
	for i, c := range r.text {
		if isHan(c) && r.known[i] && !r.gone[i] && !r.light(i) {
			said++
		}
	}
	short := []rune(strings.Join(strings.Fields(r.marked(r.text)), " "))
	if len(short) > maxLeft {
		short = append(short[:maxLeft], '…')
	}
	return string(short), said
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

// Answer is what an official wrote to one resident, as they typed it, less long numbers that the city's texts do not print, addresses, names,
// and what tables list. Its other words are the office's own and stay, known or not, and so do figures of up to four digits, times and dates.
func (w *Words) Answer(text string) string {
	typed := []rune(text)
	read := make([]rune, len(typed))
	for i, c := range typed {
		read[i] = c
		if one := plain(string(c)); len(one) == 1 {
			read[i] = one[0]
		}
	}
	r := w.read(read)
	r.official = true
	for _, step := range []func(*reading){
		takePlaces, takeLongNumbers, takeAddresses, takeMails,
		takeCalled, takeLabelled, takeAddressed, takeForeignNames, takeSpacedNames,
		knowWords, takeSurnames, takeGivenNames,
	} {
		step(r)
	}
	r.know(0, len(read))
	return r.marked(typed)
}
