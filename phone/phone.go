// Package phone reads mainland mobile numbers and shows them masked.
package phone

import (
	"errors"
	"strings"
	"unicode"
)

// Number is a mainland mobile number: 11 digits, nothing else. It is personal data: it prints masked, so that a log or an
// error cannot hold it by accident. What must have the digits converts it to a string.
type Number string

// ErrNumber says that a text is no mainland mobile number. It never holds the text.
var ErrNumber = errors.New("not a mainland mobile number: want 11 digits that begin with 13 to 19")

// Parse reads a number as people and spreadsheets write it: full-width or ASCII digits, spaces, hyphens, parentheses and +86, 86 or
// 0086 in front. No prefix table is consulted: numbers are portable, and new ranges appear.
func Parse(s string) (Number, error) {
	digits := strings.Map(func(r rune) rune {
		switch {
		case r >= '０' && r <= '９':
			return r - '０' + '0'
		case r == '＋':
			return '+'
		case unicode.IsSpace(r), unicode.Is(unicode.Cf, r), strings.ContainsRune("-‐‑–—－()（）", r):
			return -1
		}
		return r
	}, s)
	for _, prefix := range []string{"+86", "0086", "86"} {
		if rest, ok := strings.CutPrefix(digits, prefix); ok && len(rest) == 11 {
			digits = rest
			break
		}
	}
	if len(digits) != 11 || digits[0] != '1' || digits[1] < '3' {
		return "", ErrNumber
	}
	for _, r := range digits {
		if r < '0' || r > '9' {
			return "", ErrNumber
		}
	}
	return Number(digits), nil
}

// Masked is 199****1234; "" for no number.
func (n Number) Masked() string {
	if len(n) != 11 {
		return ""
	}
	return string(n[:3]) + "****" + string(n[7:])
}

// String is Masked: the number never prints itself.
func (n Number) String() string { return n.Masked() }

// GoString is Masked, for %#v.
func (n Number) GoString() string { return n.Masked() }
