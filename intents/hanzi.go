package intents

import (
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/mozillazg/go-pinyin"

	"towncrier/hans"
)

// Han characters that the tables cover.
const (
	firstHan = hans.First
	lastHan  = hans.Last
)

// maxReadings bounds the readings of a polyphone that are used: the dictionaries list them by frequency, and what
// comes after the third is archaic.
const maxReadings = 3

// syllable is a toneless pinyin syllable, by its place in the sorted list of all of them, from 1; 0 is none.
type syllable uint16

// hanzi holds how characters are read. Built once in about 20 ms from the dictionary of go-pinyin, 200 KiB; read-only
// afterwards.
type hanzi struct {
	readings  [lastHan - firstHan + 1][maxReadings]syllable
	syllables map[string]syllable
	longest   int // letters in the longest syllable
}

// chinese is the same table for every matcher.
var chinese = sync.OnceValue(newHanzi)

func newHanzi() *hanzi {
	h := &hanzi{syllables: map[string]syllable{}}
	var names []string
	readings := make([][]string, lastHan-firstHan+1)
	for r := rune(firstHan); r <= lastHan; r++ {
		for _, toned := range strings.Split(pinyin.PinyinDict[int(r)], ",") {
			s := toneless(toned)
			if !isSyllable(s) || slices.Contains(readings[r-firstHan], s) {
				continue
			}
			readings[r-firstHan] = append(readings[r-firstHan], s)
			names = append(names, s)
		}
	}
	slices.Sort(names)
	for i, name := range slices.Compact(names) {
		h.syllables[name] = syllable(i + 1)
		h.longest = max(h.longest, len(name))
	}
	for i, names := range readings {
		for j, name := range names[:min(len(names), maxReadings)] {
			h.readings[i][j] = h.syllables[name]
		}
	}
	return h
}

func isHan(r rune) bool { return r >= firstHan && r <= lastHan }

// isSyllable refuses the interjections (m, ng, hm, ê) that dictionaries list as readings: as Latin input they are
// letters of other words.
func isSyllable(s string) bool {
	if s == "" || strings.ContainsFunc(s, func(r rune) bool { return r < 'a' || r > 'z' }) {
		return false
	}
	return strings.ContainsAny(s, "aeiouv")
}

// toneless strips tone marks: lǜ is lv, as keyboards write it.
func toneless(s string) string { return strings.Map(plainLetter, s) }

// plainLetter is the letter under a tone mark; other runes are themselves.
func plainLetter(r rune) rune {
	if r < 0x80 {
		return r
	}
	for _, v := range [...]struct {
		plain rune
		toned string
	}{{'a', "āáǎà"}, {'e', "ēéěè"}, {'i', "īíǐì"}, {'o', "ōóǒò"}, {'u', "ūúǔù"}, {'v', "üǖǘǚǜ"}, {'n', "ńňǹ"}, {'m', "ḿ"}} {
		if strings.ContainsRune(v.toned, r) {
			return v.plain
		}
	}
	return r
}

// read returns the readings of r, the commonest first; the rest is zero.
func (h *hanzi) read(r rune) [maxReadings]syllable {
	if !isHan(r) {
		return [maxReadings]syllable{}
	}
	return h.readings[r-firstHan]
}

// segment splits letters typed without spaces into the fewest syllables, the longest first among equals, and appends
// them to to. It reports false, appending nothing, for letters that are no pinyin: wifi, test.
func (h *hanzi) segment(letters []rune, to []syllable) ([]syllable, bool) {
	const limit = 128 // letters; a longer run is no sentence that a person types
	n := len(letters)
	if n == 0 || n > limit {
		return to, false
	}
	var fewest [limit + 1]uint8 // syllables from i to the end; 0 when there is no way
	var take [limit]struct {
		length uint8
		is     syllable
	}
	var buf [8]byte
	for i := n - 1; i >= 0; i-- {
		for l := 1; l <= h.longest && i+l <= n; l++ {
			r := letters[i+l-1]
			if r > unicode.MaxASCII {
				break
			}
			buf[l-1] = byte(r)
			is, ok := h.syllables[string(buf[:l])]
			if !ok || i+l < n && fewest[i+l] == 0 {
				continue
			}
			if count := fewest[i+l] + 1; fewest[i] == 0 || count <= fewest[i] {
				fewest[i] = count
				take[i].length, take[i].is = uint8(l), is
			}
		}
	}
	if fewest[0] == 0 {
		return to, false
	}
	for i := 0; i < n; i += int(take[i].length) {
		to = append(to, take[i].is)
	}
	return to, true
}
