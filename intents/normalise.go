package intents

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"towncrier/hans"
)

// Lengths in characters. A question is seldom over 60; a voice message that WeChat transcribes may reach 200. What
// comes after is cut, so that any input takes bounded time.
const (
	maxRaw   = 1000 // read at all
	maxRunes = 240  // kept after normalisation
)

// boundary stands for punctuation and anything else that is no word: n-grams do not cross it.
const boundary = ' '

// normalise writes the comparable form of text to to: NFKC, lower case, simplified characters, letters without tone
// marks, every run of punctuation, emoji, control characters and invalid bytes as one boundary. White space between
// Latin words is a boundary; elsewhere it is dropped, as it means nothing in Chinese.
func normalise(text string, to []rune) []rune {
	text = clip(text, maxRaw)
	if !norm.NFKC.IsNormalString(text) {
		text = norm.NFKC.String(text)
	}
	to = to[:0]
	space, stop := false, false
	for _, r := range text {
		if r = hans.Simplify(r); !isHan(r) {
			r = plainLetter(unicode.ToLower(r))
			switch {
			case r == '〇': // by Unicode a numeral, no letter
				r = '零'
			case unicode.IsSpace(r):
				space = true
				continue
			case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf): // variation selectors, joiners
				continue
			case !unicode.IsLetter(r) && !unicode.IsDigit(r) || r == utf8.RuneError || r > 0xFFFF:
				stop = true
				continue
			}
		}
		if len(to) == maxRunes {
			break
		}
		if len(to) > 0 && (stop || space && !isHan(r) && !isHan(to[len(to)-1])) {
			to = append(to, boundary)
		}
		space, stop = false, false
		to = append(to, r)
	}
	return to
}

// clip cuts text after n characters.
func clip(text string, n int) string {
	if len(text) <= n {
		return text
	}
	for i := range text {
		if n == 0 {
			return text[:i]
		}
		n--
	}
	return text
}

// strip removes the words of fillers from text in place, the longest first. A text of nothing but fillers stays
// as it is: it has no other meaning.
func strip(text []rune, fillers *trie, spare []rune) []rune {
	kept := spare[:0]
	for i := 0; i < len(text); {
		if n, _ := longest(fillers, text[i:]); n > 0 {
			i += n
			continue
		}
		kept = append(kept, text[i])
		i++
	}
	for _, r := range kept {
		if r != boundary {
			return append(text[:0], kept...)
		}
	}
	return text
}

// key is the form in which two utterances are compared: normalised, without boundaries.
func key(text string) string {
	runes := normalise(text, nil)
	kept := runes[:0]
	for _, r := range runes {
		if r != boundary {
			kept = append(kept, r)
		}
	}
	return string(kept)
}

// Key is what two texts have in common that a set may teach only once.
func Key(text string) string { return key(text) }
