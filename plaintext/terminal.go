package plaintext

import (
	"strings"
	"unicode"
)

// Printable drops what would command a terminal or turn its text around: control characters, line breaks excepted, and marks of
// direction.
func Printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r)) {
			return -1
		}
		return r
	}, text)
}

// Quote is a value in the quotation marks of a Chinese sentence, on one line and not longer than a sentence may have.
func Quote(value string) string { return "“" + OneLine(value, 60) + "”" }

// OneLine shortens printable text to n characters on one line.
func OneLine(text string, n int) string {
	runes := []rune(strings.Join(strings.Fields(Printable(text)), " "))
	if len(runes) > n {
		return string(runes[:n]) + "…"
	}
	return string(runes)
}
