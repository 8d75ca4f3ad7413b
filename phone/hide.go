package phone

import "strings"

// Hide is a text from a file that somebody must know again, without the middle of what is, or could be read as, a number of a person: a phone
// number, a fixed line, an identity number. ofNumbers says that it stands where a number should: then also one that was mistyped is hidden.
func Hide(text string, ofNumbers bool) string {
	if ofNumbers && digitLike(text) >= minHidden || In(text) || longestRun(text) > len("20231113") {
		return withoutMiddle(text)
	}
	return text
}

// minHidden digits say more than the first three and the last four.
const minHidden = 8

func withoutMiddle(text string) string {
	const first, last = 3, 4
	runes := []rune(text)
	if len(runes) <= first+last {
		return text
	}
	return string(runes[:first]) + strings.Repeat("*", min(len(runes)-first-last, 8)) + string(runes[len(runes)-last:])
}

// digitLike counts the signs of a text that are digits, or are written for them.
func digitLike(text string) (n int) {
	for _, r := range text {
		if r >= '0' && r <= '9' || r >= '０' && r <= '９' || isSpokenDigit(r) || strings.ContainsRune("OoＯｏlIＩｌ|", r) {
			n++
		}
	}
	return n
}

// longestRun is the length of the longest group of digits.
func longestRun(text string) (n int) {
	for _, g := range groupsOf(text) {
		n = max(n, len(g.digits))
	}
	return n
}
