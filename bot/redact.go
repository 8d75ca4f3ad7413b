package bot

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
)

// maxDigits is the longest run of digits that is read on: identity cards and bank cards have 18 and more.
const maxDigits = 11

// spoken are digits as people say and dictate them.
const spoken = "零一二三四五六七八九"

// digit is the value of r as a digit in any width; false for other signs. 幺 is how a one is said in a number.
func digit(r rune) (byte, bool) {
	switch {
	case r >= '0' && r <= '9':
		return byte(r), true
	case r == '幺':
		return '1', true
	case r == '〇' || r == '○':
		return '0', true
	case r >= '一' && r <= '龥':
		if i := strings.IndexRune(spoken, r); i >= 0 {
			return '0' + byte(i/len("零")), true
		}
	case r > unicode.MaxASCII && unicode.IsDigit(r):
		if s := norm.NFKC.String(string(r)); len(s) == 1 && s[0] >= '0' && s[0] <= '9' {
			return s[0], true
		}
	}
	return 0, false
}

// group is digits without anything between them: text[from:to] in characters.
type group struct {
	from, to int
	digits   string
}

// groups are the runs of digits in text. Spoken ones count from three on: 三个月 and 一九 are words.
func groups(text []rune) []group {
	var all []group
	for i := 0; i < len(text); i++ {
		g := group{from: i}
		plain := false
		for ; i < len(text); i++ {
			d, ok := digit(text[i])
			if !ok {
				break
			}
			g.digits += string(d)
			plain = plain || unicode.IsDigit(text[i])
		}
		if g.to = i; plain || len(g.digits) >= 3 {
			all = append(all, g)
		}
	}
	return all
}

// near reports whether a group goes on in the next one: with nothing between them but a space, a hyphen or the like.
func (g group) near(next group, text []rune) bool {
	between := text[g.to:next.from]
	return len(between) <= 3 && !slices.ContainsFunc(between, func(r rune) bool { return !phone.IsBetween(r) })
}

// redacted is a message without the numbers in it that are personal, and what they were.
type redacted struct {
	said     string
	numbers  []phone.Number // mobile
	landline bool
	foreign  bool
	long     bool // longer digits, which name a person or an account
}

// redactNumbers takes numbers that are personal out of a message before anything reads or keeps it: mobile numbers become
// 199****1234, landlines with their area code, foreign numbers and longer digits ****. The numbers of the city's contacts
// are public and stay.
func redactNumbers(said string, contacts []content.Contact) redacted {
	var h redacted
	text := []rune(said)
	all := groups(text)
	var out strings.Builder
	at := 0
	cut := func(from, to int, by string) {
		out.WriteString(string(text[at:from]) + by)
		at = to
	}
	public := func(digits string) bool {
		return slices.ContainsFunc(contacts, func(c content.Contact) bool { return strings.ReplaceAll(c.Phone, "-", "") == digits })
	}
	for i := 0; i < len(all); i++ {
		number, last := mobile(all[i:], text)
		abroad, end := foreignNumber(all[i:], text)
		home, area := landlineNumber(all[i:], text)
		switch {
		case number != "" && public(string(number)), home != "" && public(home):
			i += max(last, area)
		case number != "":
			cut(all[i].from, all[i+last].to, number.Masked())
			if !slices.Contains(h.numbers, number) {
				h.numbers = append(h.numbers, number)
			}
			i += last
		case abroad:
			cut(all[i].from, all[i+end].to, "****")
			h.foreign = true
			i += end
		case home != "":
			cut(all[i].from, all[i+area].to, "****")
			h.landline = true
			i += area
		case len(all[i].digits) > maxDigits:
			cut(all[i].from, all[i].to, "****")
			h.long = true
		}
	}
	h.said = out.String() + string(text[at:])
	return h
}

// foreignNumber reads a number of another country, +1 415 555 0100 or 001…, that begins with the first group; last is the
// index of its last group. Such numbers have at most 15 digits (ITU-T E.164).
func foreignNumber(all []group, text []rune) (ok bool, last int) {
	first := all[0]
	digits := len(first.digits)
	switch {
	case first.from > 0 && (text[first.from-1] == '+' || text[first.from-1] == '＋') && !strings.HasPrefix(first.digits, "86"):
	case strings.HasPrefix(first.digits, "00") && !strings.HasPrefix(first.digits, "0086") && !strings.HasPrefix(first.digits, "000"):
		digits -= len("00")
	default:
		return false, 0
	}
	for last+1 < len(all) && all[last].near(all[last+1], text) && digits+len(all[last+1].digits) <= 15 {
		last++
		digits += len(all[last].digits)
	}
	return digits >= 8 && digits <= 15, last
}

// landlineNumber reads a fixed line with its area code, 0359-2222222, that begins with the first group; last is the index
// of its last group.
func landlineNumber(all []group, text []rune) (digits string, last int) {
	digits = all[0].digits
	if n := len(digits); (n == 3 || n == 4) && len(all) > 1 && all[0].near(all[1], text) {
		digits, last = digits+all[1].digits, 1
	}
	if !phone.IsLandline(digits) {
		return "", 0
	}
	return digits, last
}

// mobile reads a number that begins with the first group; last is the index of its last group.
func mobile(all []group, text []rune) (number phone.Number, last int) {
	digits := ""
	if at := all[0].from; at > 0 && (text[at-1] == '+' || text[at-1] == '＋') && !strings.HasPrefix(all[0].digits, "86") {
		return "", 0 // of another country: +1 415 …
	}
	for i, g := range all {
		if i > 0 && !all[i-1].near(g, text) {
			break
		}
		if digits += g.digits; len(digits) > len("0086")+maxDigits {
			break
		}
		if n, err := phone.Parse(digits); err == nil {
			return n, i
		}
	}
	return "", 0
}

// codes are the different verification codes that a message may hold: groups of as many digits, or all its digits when there
// are so many (12 34 56).
func codes(said string) []string {
	all := ""
	var six []string
	for _, g := range groups([]rune(said)) {
		if all += g.digits; len(g.digits) == roster.CodeDigits && !slices.Contains(six, g.digits) {
			six = append(six, g.digits)
		}
	}
	if len(six) == 0 && len(all) == roster.CodeDigits {
		six = []string{all}
	}
	return six
}
