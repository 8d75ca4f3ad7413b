package wechat

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrXML says that a body is not the flat XML that the platform writes.
var ErrXML = errors.New("body is not the platform's XML")

// Bounds of a body, far above what the platform sends: its deepest event nests four elements under the root.
const (
	maxDepth = 8
	maxNodes = 512 // elements and CDATA sections
)

// visitor receives a document's elements in order. path holds the names below the root; it is reused after the call.
type visitor interface {
	begin(path []string)
	end(path []string, text string) // text is the element's own, without its children's
}

// scanXML reads the subset of XML that the platform writes: elements without attributes, text, CDATA, comments, the five
// named entities and characters by number, below one root called xml. Declarations of types and entities and attributes are
// refused, so nothing can expand. encoding/xml takes five times as long over the same documents.
//
// It is for documents in which no resident wrote. Others can be divided only as document does it.
//
// Bytes that are not UTF-8 become U+FFFD: a label that the platform cut inside a character must not cost the resident an
// answer. Control characters, which XML forbids and phones can still send, are dropped, but tab and line breaks kept.
func scanXML(body []byte, v visitor) error {
	s := scanner{text: clean(string(body)), visit: v}
	s.skipSpace()
	if strings.HasPrefix(s.text[s.at:], "<?xml") {
		end := strings.Index(s.text[s.at:], "?>")
		if end < 0 {
			return ErrXML
		}
		s.at += end + 2
		s.skipSpace()
	}
	name, empty, ok := s.startTag()
	if !ok || name != "xml" {
		return ErrXML
	}
	if !empty && !s.content("xml", 0) {
		return ErrXML
	}
	s.skipSpace()
	if s.at != len(s.text) {
		return ErrXML
	}
	return nil
}

type scanner struct {
	text  string
	at    int
	nodes int
	path  [maxDepth]string
	visit visitor
}

// content reads up to the closing tag of an element at depth, whose start tag was read.
func (s *scanner) content(name string, depth int) bool {
	var text string
	for {
		lt := strings.IndexByte(s.text[s.at:], '<')
		if lt < 0 {
			return false
		}
		text += unescape(s.text[s.at : s.at+lt])
		s.at += lt
		rest := s.text[s.at:]
		switch {
		case strings.HasPrefix(rest, "</"):
			if !s.endTag(name) {
				return false
			}
			if depth > 0 {
				s.visit.end(s.path[:depth], text)
			}
			return true
		case strings.HasPrefix(rest, "<![CDATA["):
			end := strings.Index(rest, "]]>")
			s.nodes++
			if end < 0 || s.nodes > maxNodes {
				return false
			}
			text += rest[len("<![CDATA["):end]
			s.at += end + len("]]>")
		case strings.HasPrefix(rest, "<!--"):
			end := strings.Index(rest, "-->")
			if end < 0 {
				return false
			}
			s.at += end + len("-->")
		default:
			if !s.child(depth + 1) {
				return false
			}
		}
	}
}

func (s *scanner) child(depth int) bool {
	name, empty, ok := s.startTag()
	s.nodes++
	if !ok || depth > maxDepth || s.nodes > maxNodes {
		return false
	}
	s.path[depth-1] = name
	s.visit.begin(s.path[:depth])
	if empty {
		s.visit.end(s.path[:depth], "")
		return true
	}
	return s.content(name, depth)
}

func (s *scanner) startTag() (name string, empty, ok bool) {
	rest := s.text[s.at:]
	end := strings.IndexByte(rest, '>')
	if end < 2 || rest[0] != '<' {
		return "", false, false
	}
	s.at += end + 1
	name = strings.TrimRight(rest[1:end], " \t\r\n")
	if trimmed, ok := strings.CutSuffix(name, "/"); ok {
		name, empty = strings.TrimRight(trimmed, " \t\r\n"), true
	}
	return name, empty, validName(name)
}

func (s *scanner) endTag(name string) bool {
	rest := s.text[s.at+2:]
	end := strings.IndexByte(rest, '>')
	if end < 0 || strings.TrimRight(rest[:end], " \t\r\n") != name {
		return false
	}
	s.at += 2 + end + 1
	return true
}

func (s *scanner) skipSpace() {
	for s.at < len(s.text) && strings.IndexByte(" \t\r\n", s.text[s.at]) >= 0 {
		s.at++
	}
}

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
