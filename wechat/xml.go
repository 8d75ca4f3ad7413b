package wechat

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrXML says that a body is not the flat XML that the platform writes.
var ErrXML = errors.New("body is not the platform's XML")

// validName admits what the platform uses: letters, digits and underscores, not beginning with a digit.
func validName(name string) bool {
	for i := range len(name) {
		c := name[i]
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return name != ""
}

// unescape replaces the five named entities and references to characters by number. Every other ampersand stands for
// itself: a text must not be lost for one that nobody escaped.
func unescape(s string) string {
	before, after, found := strings.Cut(s, "&")
	if !found {
		return s
	}
	var b strings.Builder
	for found {
		b.WriteString(before)
		// The longest reference is that of U+10FFFF, "#x10FFFF;"; the limit keeps this linear.
		name, _, closed := strings.Cut(after[:min(len(after), len("#x10FFFF;"))], ";")
		if character, ok := reference(name); closed && ok {
			b.WriteString(character)
			after = after[len(name)+1:]
		} else {
			b.WriteByte('&')
		}
		before, after, found = strings.Cut(after, "&")
	}
	b.WriteString(before)
	return b.String()
}

// reference is the character that stands for &name;. Control characters are dropped, as clean drops them.
func reference(name string) (character string, ok bool) {
	switch name {
	case "lt":
		return "<", true
	case "gt":
		return ">", true
	case "amp":
		return "&", true
	case "quot":
		return `"`, true
	case "apos":
		return "'", true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return "", false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	if err != nil || n > utf8.MaxRune {
		return "", false
	}
	return clean(string(rune(n))), true
}

// clean makes s valid UTF-8 without control characters other than tab and line breaks.
func clean(s string) string {
	s = strings.TrimPrefix(s, "\ufeff")
	if !utf8.ValidString(s) {
		s = strings.ToValidUTF8(s, "\ufffd")
	}
	for i := range len(s) {
		if c := s[i]; c < ' ' && c != '\n' && c != '\r' && c != '\t' || c == 0x7f {
			return strings.Map(func(r rune) rune {
				if r < ' ' && r != '\n' && r != '\r' && r != '\t' || r == 0x7f {
					return -1
				}
				return r
			}, s)
		}
	}
	return s
}

// appendCDATA writes <name><![CDATA[text]]></name>. A "]]>" in the text is split over two sections: one section cannot
// hold it.
func appendCDATA(b []byte, name, text string) []byte {
	b = append(b, '<')
	b = append(b, name...)
	b = append(b, "><![CDATA["...)
	for {
		before, after, found := strings.Cut(text, "]]>")
		b = append(b, before...)
		if !found {
			break
		}
		b = append(b, "]]]]><![CDATA[>"...)
		text = after
	}
	b = append(b, "]]></"...)
	b = append(b, name...)
	return append(b, '>')
}
