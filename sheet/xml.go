package sheet

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"
)

var (
	errBrokenXML = errors.New("XLSX 文件里的 XML 已损坏：请重新保存")
	// errForbidden is about text that is no XML's (XML 1.0, 2.2).
	errForbidden = errors.New("有 XML 不允许的字符，文件已损坏：请重新保存")
)

// xmlTag is a start or end tag, without namespace prefix; an end tag's name begins with a slash.
type xmlTag struct{ name, rest []byte }

func (t xmlTag) empty() bool { return bytes.HasSuffix(t.rest, []byte("/")) }

func (t xmlTag) attr(name string) ([]byte, bool) {
	for rest := t.rest; ; {
		i := bytes.Index(rest, []byte(name))
		if i < 0 {
			return nil, false
		}
		before := rest[:i]
		rest = rest[i+len(name):]
		if i == 0 || !isXMLSpace(before[i-1]) {
			continue
		}
		value, ok := bytes.CutPrefix(trimXMLSpace(rest), []byte("="))
		if value = trimXMLSpace(value); !ok || len(value) < 2 {
			continue
		}
		value, _, ok = bytes.Cut(value[1:], value[:1])
		return value, ok
	}
}

// yes reads a boolean of XML Schema.
func (t xmlTag) yes(name string) bool {
	value, _ := t.attr(name)
	return string(value) == "1" || string(value) == "true"
}

// zero reports whether a size is given, and nothing.
func (t xmlTag) zero(name string) bool {
	value, ok := t.attr(name)
	n, err := strconv.ParseFloat(string(value), 64)
	return ok && err == nil && n <= 0
}

func isXMLSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

func trimXMLSpace(b []byte) []byte { return bytes.TrimLeft(b, " \t\r\n") }

// number is the count that an attribute gives: 0 when it gives none, and more than anything may be of when it is too large.
func (t xmlTag) number(name string) (n int, ok bool) {
	text, ok := t.attr(name)
	for _, c := range text {
		if c < '0' || c > '9' {
			return 0, ok
		}
		n = min(10*n+int(c-'0'), totalRows+1)
	}
	return n, ok
}

// scanXML gives each tag, with the text that came before it, as it is written and good until visit returns; of a text that no cell may hold, a
// part at a time without a tag. It knows as much of XML as spreadsheets write, and comments.
func scanXML(part *zip.File, visit func(tag xmlTag, text []byte) error) error {
	source, err := part.Open()
	if err != nil {
		return errBrokenXML
	}
	defer source.Close()
	r := xmlReader{src: bufio.NewReaderSize(source, 64<<10), visit: visit}
	for depth := 0; ; {
		end, err := r.text(depth == 0)
		if err != nil || end {
			return err
		}
		inside, err := r.tag()
		switch {
		case err != nil:
			return err
		case inside[0] == '?', inside[0] == '!': // a comment
			continue
		case inside[0] == '/':
			depth--
		case inside[len(inside)-1] != '/':
			depth++
		}
		if depth < 0 {
			return errBrokenXML
		}
		if err := visit(newTag(inside), r.seen); err != nil {
			return err
		}
		r.seen = r.seen[:0]
	}
}

// xmlReader splits XML into text and what stands between < and >.
type xmlReader struct {
	src   *bufio.Reader
	visit func(tag xmlTag, text []byte) error
	seen  []byte // text since the last tag
	long  []byte // a tag that does not end at the first >
}

// text passes over text and the < behind it. end is true when the file ends, where it may.
func (r *xmlReader) text(mayEnd bool) (end bool, err error) {
	for {
		chunk, err := r.src.ReadSlice('<')
		r.seen = append(r.seen, chunk...)
		if err == nil { // what fills the buffer is more than a cell may hold, and found so later
			r.seen = r.seen[:len(r.seen)-1]
			if !admitted(chunk[:len(chunk)-1]) {
				return false, errForbidden
			}
			return false, nil
		}
		if err == io.EOF && mayEnd {
			return true, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return false, errBrokenXML
		}
		if len(r.seen) > maxRowXML {
			if err := r.visit(xmlTag{}, r.seen); err != nil {
				return false, err
			}
			r.seen = r.seen[:0]
		}
	}
}

// tag reads to the > that ends a tag or a comment. CDATA and DOCTYPE are refused: no spreadsheet writes them here.
func (r *xmlReader) tag() ([]byte, error) {
	inside, err := r.src.ReadSlice('>')
	if err != nil || len(inside) < 2 {
		return nil, errBrokenXML
	}
	switch {
	case inside[0] == '!' && !bytes.HasPrefix(inside, []byte("!--")):
		return nil, errBrokenXML
	case inside[0] == '!':
		return r.more(inside, func(tag []byte, _ int) bool { return len(tag) > len("!--") && bytes.HasSuffix(tag, []byte("--")) })
	case bytes.IndexByte(inside, '<') >= 0, bytes.IndexByte(inside, '&') >= 0 && !admitted(inside):
		return nil, errBrokenXML
	case bytes.Count(inside, []byte(`"`))%2 == 0 && bytes.IndexByte(inside, '\'') < 0:
		return inside[:len(inside)-1], nil
	}
	return r.more(inside, quotesClosed())
}

// more reads on until what stands before a > is complete. complete is asked at each >, and knows the tag up to from.
func (r *xmlReader) more(first []byte, complete func(tag []byte, from int) bool) ([]byte, error) {
	r.long = append(r.long[:0], first...)
	for from := 0; !complete(r.long[:len(r.long)-1], from); {
		from = len(r.long) - 1
		next, err := r.src.ReadSlice('>')
		if err != nil || len(r.long)+len(next) > maxRowXML {
			return nil, errBrokenXML
		}
		r.long = append(r.long, next...)
	}
	return r.long[:len(r.long)-1], nil
}

// quotesClosed reports whether each quotation mark of a tag is closed: a > between them does not end it.
// It looks at each byte once: a tag may hold a million of them.
func quotesClosed() func(tag []byte, from int) bool {
	var open byte
	return func(tag []byte, from int) bool {
		for _, c := range tag[from:] {
			switch {
			case open == 0 && (c == '"' || c == '\''):
				open = c
			case c == open:
				open = 0
			}
		}
		return open == 0
	}
}

func newTag(inside []byte) xmlTag {
	slash := inside[0] == '/'
	end := bytes.IndexAny(inside[1:], " \t\r\n/") + 1
	if end == 0 {
		end = len(inside)
	}
	name := inside[:end]
	if colon := bytes.IndexByte(name, ':'); colon >= 0 {
		name = name[colon+1:]
		if slash {
			name = append([]byte{'/'}, name...)
		}
	}
	return xmlTag{name, inside[end:]}
}

// admitted reports whether XML admits a text (XML 1.0, 2.2 and 4.6).
func admitted(text []byte) bool {
	for i := 0; i < len(text); {
		switch c := text[i]; {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(text[i:])
			if r == utf8.RuneError && size == 1 || !isXMLChar(r) {
				return false
			}
			i += size
			continue
		case !isXMLChar(rune(c)), c == '&' && !isReference(text[i:]):
			return false
		}
		i++
	}
	return true
}

func isXMLChar(r rune) bool {
	return r >= 0x20 && r <= 0xd7ff || r == '\t' || r == '\n' || r == '\r' || r >= 0xe000 && r <= 0xfffd || r >= 0x10000 && r <= utf8.MaxRune
}

func isReference(text []byte) bool {
	name, _, closed := bytes.Cut(text[1:], []byte(";"))
	switch string(name) {
	case "amp", "lt", "gt", "quot", "apos":
		return closed
	}
	digits, ok := bytes.CutPrefix(name, []byte("#"))
	base := 10
	if hex, is := bytes.CutPrefix(digits, []byte("x")); is {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(string(digits), base, 31)
	return closed && ok && err == nil && isXMLChar(rune(n))
}
