package roster

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"towncrier/phone"
	"towncrier/problem"
)

// readHow is the way in which a consent was given, under the one name that is kept for it; inChat says that it is the way that only
// residents go.
func readHow(text string) (how string, inChat bool) {
	if strings.EqualFold(text, InChat) || text == howLabels[InChat] {
		return InChat, true
	}
	return cmp.Or(hows[text], text), false
}

// PlainCell takes off what spreadsheets and people put around a value: spaces and signs that nobody sees, the apostrophe that makes a
// number a text, and ="…", which does so in CSV.
func PlainCell(cell string) string {
	cell = strings.TrimFunc(tidy(cell), func(r rune) bool { return unicode.IsSpace(r) || unicode.IsControl(r) })
	if inside, ok := strings.CutPrefix(cell, `="`); ok && strings.HasSuffix(inside, `"`) {
		cell = strings.TrimSpace(strings.TrimSuffix(inside, `"`))
	}
	if rest, ok := strings.CutPrefix(cell, "'"); ok {
		cell = strings.TrimSpace(rest)
	}
	return cell
}

// isInvisible reports whether a sign takes no room: marks of direction, joiners, byte-order marks.
func isInvisible(r rune) bool { return r >= 0xad && unicode.Is(unicode.Cf, r) }

// splitNames splits at the separators that people write between names.
func splitNames(text string) (names []string) {
	for name := range strings.FieldsFuncSeq(text, isSeparator) {
		if name = strings.TrimSpace(name); name != "" {
			names = append(names, name)
		}
	}
	return names
}

func isSeparator(r rune) bool { return strings.ContainsRune("、,，;；\n", r) }

// tidy is a name without the signs that nobody sees: with them it would look like another and be none.
func tidy(text string) string {
	if strings.ContainsFunc(text, isInvisible) {
		text = strings.Map(func(r rune) rune {
			if isInvisible(r) {
				return -1
			}
			return r
		}, text)
	}
	return strings.TrimSpace(text)
}

// checkText refuses what could not be shown on one line.
func checkText(field, text string) error {
	switch {
	case !utf8.ValidString(text):
		return &problem.Invalid{Field: field, Reason: "不是有效的 UTF-8 文字，请用 UTF-8 编码"}
	case utf8.RuneCountInString(text) > MaxText:
		return &problem.Invalid{Field: field, Reason: fmt.Sprintf("太长：最多%d个字", MaxText)}
	case strings.ContainsFunc(text, unprintable):
		return &problem.Invalid{Field: field, Reason: "里面有看不见的控制字符，请重新输入"}
	case phone.In(text):
		return &problem.Invalid{Field: field, Reason: phone.Unfit}
	}
	return nil
}

// unprintable is what a line of text cannot hold: controls, separators of lines, and what tidy takes out.
func unprintable(r rune) bool { return unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) }
