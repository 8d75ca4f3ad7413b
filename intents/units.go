package intents

import "slices"

// Symbols of units that are no character of their own, in the private use area.
const (
	nameMark   = 0xE000 // a name that a slot recognised
	numberMark = 0xE001
	wordMark   = 0xE002 // Latin letters that are no pinyin
	soundMark  = 0xE003 // a syllable typed in letters: its character is unknown
)

// Readings of units that are no syllable; above every real one.
const (
	nameSound   syllable = 1000
	numberSound syllable = 1001
)

// unit is one place of a text.
type unit struct {
	r     rune                  // a character, boundary, or a mark
	read  [maxReadings]syllable // zero where there is none
	value uint64                // of a number, or a hash of a word
}

// split cuts normalised text into units and appends them to to.
func split(text []rune, to []unit, spare []syllable) []unit {
	h := chinese()
	for i := 0; i < len(text); {
		switch r := text[i]; {
		case isLatin(r):
			n := run(text[i:], isLatin)
			if sounds, ok := h.segment(text[i:i+n], spare[:0]); ok {
				for _, s := range sounds {
					to = append(to, unit{r: soundMark, read: [maxReadings]syllable{s}})
				}
			} else {
				to = append(to, unit{r: wordMark, value: hash(text[i : i+n])})
			}
			i += n
		case isDigit(r):
			n := run(text[i:], isDigit)
			to = append(to, number(arabic(text[i:i+n])))
			i += n
		case isNumeral(r) && i+1 < len(text) && isNumeral(text[i+1]):
			n := run(text[i:], isNumeral)
			to = append(to, number(numeral(text[i:i+n])))
			i += n
		default:
			// Between Latin words a boundary only separates; n-grams of syllables go on.
			if r == boundary && i > 0 && i+1 < len(text) && isLatin(text[i-1]) && isLatin(text[i+1]) {
				i++
				continue
			}
			to = append(to, unit{r: r, read: h.read(r)})
			i++
		}
	}
	return to
}

func number(value uint64) unit {
	return unit{r: numberMark, read: [maxReadings]syllable{numberSound}, value: value}
}

func run(text []rune, in func(rune) bool) int {
	if n := slices.IndexFunc(text, func(r rune) bool { return !in(r) }); n >= 0 {
		return n
	}
	return len(text)
}

func isLatin(r rune) bool { return r >= 'a' && r <= 'z' }
func isDigit(r rune) bool { return r >= '0' && r <= '9' }

// digitOf gives the value of a Chinese numeral: 0..9 for a digit, 10, 100, 1000 for a unit.
func digitOf(r rune) (uint64, bool) {
	switch r {
	case '零', '〇':
		return 0, true
	case '一':
		return 1, true
	case '二', '两':
		return 2, true
	case '三':
		return 3, true
	case '四':
		return 4, true
	case '五':
		return 5, true
	case '六':
		return 6, true
	case '七':
		return 7, true
	case '八':
		return 8, true
	case '九':
		return 9, true
	case '十':
		return 10, true
	case '百':
		return 100, true
	case '千':
		return 1000, true
	}
	return 0, false
}

func isNumeral(r rune) bool { _, ok := digitOf(r); return ok }

// numeral is the value of at least two Chinese numerals, 十一 or 二〇二三. Two numerals side by side that make no number
// (三两) get some value; it is only compared, never computed with.
func numeral(text []rune) uint64 {
	var sum, digit uint64
	pending := false
	for _, r := range text {
		d, _ := digitOf(r)
		switch {
		case d < 10 && pending: // read digit by digit, as years are
			digit, pending = digit*10+d, true
		case d < 10:
			digit, pending = d, true
		case pending:
			sum, digit, pending = sum+digit*d, 0, false
		default:
			sum += d
		}
	}
	return sum + digit
}

func arabic(text []rune) uint64 {
	var v uint64
	for _, r := range text {
		v = v*10 + uint64(r-'0') // wraps around on absurd lengths, which is as good as any hash
	}
	return v
}

// hash is FNV-1a over the characters of text, boundaries left out.
func hash(text []rune) uint64 {
	h := uint64(14695981039346656037)
	for _, r := range text {
		if r != boundary {
			h = (h ^ uint64(r)) * 1099511628211
		}
	}
	return h
}
