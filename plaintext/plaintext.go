// Package plaintext reads text that people write in files, forms and pipes: UTF-8 with or without a byte-order mark, lines that end in
// LF, CRLF or CR. What is none of this is refused by name and place: no byte is replaced in silence.
package plaintext

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"
)

// Mark is the byte-order mark, as editors on Windows write it in front of UTF-8.
const Mark = "\ufeff"

// Decode returns text without the mark, its lines ending in \n. src is not changed. The error is an *Error.
func Decode(src []byte) ([]byte, error) {
	if err := check(src); err != nil {
		return nil, err
	}
	src = bytes.TrimPrefix(src, []byte(Mark))
	if bytes.IndexByte(src, '\r') < 0 {
		return src, nil
	}
	src = bytes.ReplaceAll(src, []byte("\r\n"), []byte("\n"))
	return bytes.ReplaceAll(src, []byte("\r"), []byte("\n")), nil
}

// ErrTooLong says that there is more text than a caller of Read takes.
var ErrTooLong = errors.New("text is too long")

// Read reads all of r and decodes it. The error wraps ErrTooLong when there are more than most bytes; it is an *Error when they are
// not plain text.
func Read(r io.Reader, most int64) ([]byte, error) {
	src, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, err
	}
	if int64(len(src)) > most {
		return nil, fmt.Errorf("%w: more than %d bytes", ErrTooLong, most)
	}
	return Decode(src)
}

// Lines returns text that a form sent, which is UTF-8, without the mark, its lines ending in \n.
func Lines(text string) string {
	return strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(text, Mark))
}

// ScanLines is a bufio.SplitFunc for lines that end in LF, CRLF or CR. The line's bytes are as they come: Decode checks them.
func ScanLines(data []byte, atEOF bool) (advance int, line []byte, err error) {
	i := bytes.IndexAny(data, "\r\n")
	switch {
	case i < 0 && atEOF && len(data) > 0:
		return len(data), data, nil
	case i < 0:
		return 0, nil, nil
	case data[i] == '\n', i+1 < len(data) && data[i+1] != '\n', i+1 == len(data) && atEOF:
		return i + 1, data[:i], nil
	case i+1 == len(data): // a line feed may follow
		return 0, nil, nil
	}
	return i + 2, data[:i], nil
}

// Error says why a text cannot be read, and what to do.
type Error struct {
	Line     int    // from 1, where the first bad byte is; 0 when the whole text is meant
	Encoding string // what the text seems to be: "UTF-16" or "GBK"; "" for damaged UTF-8
	NUL      bool   // it holds the character NUL
}

// Error is for operators.
func (e *Error) Error() string {
	if e.Line > 0 {
		return fmt.Sprintf("line %d: %s", e.Line, e.english())
	}
	return e.english()
}

func (e *Error) english() string {
	switch {
	case e.Encoding != "":
		return "not UTF-8 text, but " + e.Encoding + " it seems: save the file as UTF-8"
	case e.NUL:
		return "holds the character NUL: not a text file, or a damaged one"
	}
	return "not UTF-8 text: save the file as UTF-8"
}

// Chinese is for officials.
func (e *Error) Chinese() string {
	if e.Encoding != "" {
		return e.Reason()
	}
	return fmt.Sprintf("第%d行%s", e.Line, e.Reason())
}

// Reason is Chinese without the line.
func (e *Error) Reason() string {
	switch {
	case e.Encoding != "":
		return "文件似乎是 " + e.Encoding + " 编码：请另存为 UTF-8"
	case e.NUL:
		return "有空字符（NUL）：不是文本文件，或已损坏"
	}
	return "有不是 UTF-8 的字节：请另存为 UTF-8"
}

// Chinese is what officials should read of an error of this package: its text in Chinese, or that of any other error as it is.
func Chinese(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		return errors.New(e.Chinese())
	}
	return err
}

func check(src []byte) error {
	if bytes.HasPrefix(src, []byte("\xff\xfe")) || bytes.HasPrefix(src, []byte("\xfe\xff")) || UTF16(src) != "" {
		return &Error{Encoding: "UTF-16"}
	}
	if i := bytes.IndexByte(src, 0); i >= 0 {
		return &Error{Line: lineAt(src, i), NUL: true}
	}
	i := invalidAt(src)
	switch {
	case i == len(src) && isMisread(src):
		return &Error{Encoding: "GBK"}
	case i == len(src):
		return nil
	case isGBK(src):
		return &Error{Line: lineAt(src, i), Encoding: "GBK"}
	}
	return &Error{Line: lineAt(src, i)}
}

// UTF16 is "UTF-16LE" or "UTF-16BE" when a text that begins so, without a mark, is written in it, else "". Spaces, digits and line
// ends have a high byte that is NUL. A low byte may be NUL too, in 一 for one, but then no line end is seen in the other order.
func UTF16(head []byte) string {
	head = head[:min(len(head), 4<<10)&^1]
	little, big := countWide(head, 1), countWide(head, 0)
	switch {
	case little.nuls+big.nuls > 0:
		return ""
	case little.ascii >= 2 && (big.ascii == 0 || little.breaks > 0 && big.breaks == 0):
		return "UTF-16LE"
	case big.ascii >= 2 && (little.ascii == 0 || big.breaks > 0 && little.breaks == 0):
		return "UTF-16BE"
	}
	return ""
}

// wideCount counts what a text holds, read in one of the two byte orders.
type wideCount struct{ ascii, breaks, nuls int }

// countWide reads text whose high bytes stand at even (0) or odd (1) places.
func countWide(text []byte, high int) (n wideCount) {
	for i := 0; i+1 < len(text); i += 2 {
		if text[i+high] != 0 {
			continue
		}
		switch low := text[i+1-high]; {
		case low == 0:
			n.nuls++
		case low == '\n', low == '\r':
			n.breaks++
			n.ascii++
		case low == '\t', low >= ' ' && low < 0x7f:
			n.ascii++
		}
	}
	return n
}

// isGBK reports whether bytes that are no UTF-8 are Chinese in GBK or GB18030.
func isGBK(src []byte) bool {
	text, err := simplifiedchinese.GB18030.NewDecoder().Bytes(src)
	return err == nil && bytes.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) }) && !bytes.ContainsRune(text, utf8.RuneError)
}

// isMisread reports whether text is UTF-8 by accident only. Some Chinese in GBK, such as 停水通知, is: it reads as accents without letters
// and as scripts that nobody mixes, all in two bytes each, without any Chinese.
func isMisread(src []byte) bool {
	text := src
	strange := false
	scripts := map[*unicode.RangeTable]bool{}
	before := ' '
	for len(src) > 0 {
		r, size := utf8.DecodeRune(src)
		src = src[size:]
		switch {
		case size > 2:
			return false
		case size == 2 && unicode.Is(unicode.M, r):
			strange = strange || before < utf8.RuneSelf && !unicode.IsLetter(before)
		case size == 2:
			for _, script := range []*unicode.RangeTable{unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Armenian, unicode.Hebrew, unicode.Arabic} {
				scripts[script] = scripts[script] || unicode.Is(script, r)
			}
		}
		before = r
	}
	mixed := 0
	for _, found := range scripts {
		if found {
			mixed++
		}
	}
	return (strange || mixed > 2) && isGBK(text)
}

// invalidAt is the offset of the first byte that is not UTF-8.
func invalidAt(src []byte) int {
	for i := 0; i < len(src); {
		r, size := utf8.DecodeRune(src[i:])
		if r == utf8.RuneError && size == 1 {
			return i
		}
		i += size
	}
	return len(src)
}

// lineAt is the number of the line that holds a byte, whatever ends the lines.
func lineAt(src []byte, offset int) int {
	before := src[:offset]
	return 1 + bytes.Count(before, []byte("\n")) + bytes.Count(before, []byte("\r")) - bytes.Count(before, []byte("\r\n"))
}
