package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"

	"towncrier/plaintext"
)

// charset tells the encoding from the mark at the beginning or else from every byte of the file; nil means UTF-8.
func (s *File) charset() (charset encoding.Encoding, name string, skip int64, err error) {
	r := bufio.NewReaderSize(io.NewSectionReader(s.source, 0, s.size), maxLine)
	head, err := r.Peek(4 << 10)
	if err != nil && err != io.EOF {
		return nil, "", 0, err
	}
	little, big := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe\x00\x00")), bytes.HasPrefix(head, []byte("\x00\x00\xfe\xff")):
		return nil, "", 0, errors.New("文件是 UTF-32 编码：请另存为 UTF-8 或 .xlsx")
	case bytes.HasPrefix(head, []byte("\xef\xbb\xbf")):
		return nil, "UTF-8", 3, nil
	case bytes.HasPrefix(head, []byte("\xff\xfe")):
		return little, "UTF-16LE", 2, nil
	case bytes.HasPrefix(head, []byte("\xfe\xff")):
		return big, "UTF-16BE", 2, nil
	}
	switch plaintext.UTF16(head) {
	case "UTF-16LE":
		return little, "UTF-16LE", 0, nil
	case "UTF-16BE":
		return big, "UTF-16BE", 0, nil
	}
	wide, broken, err := countUTF8(r)
	if err != nil {
		return nil, "", 0, err
	}
	// Chinese in GB18030 is hardly ever well-formed UTF-8. A file of mostly well-formed characters with a few broken bytes is
	// damaged UTF-8: read as GB18030 it would be nonsense without a fault.
	if broken == 0 || wide > 8*broken {
		return nil, "UTF-8", 0, nil
	}
	return simplifiedchinese.GB18030, "GB18030", 0, nil
}

// countUTF8 counts well-formed characters beyond ASCII, and bytes that are part of no well-formed character.
func countUTF8(r io.Reader) (wide, broken int, err error) {
	buf := make([]byte, 64<<10)
	kept := 0
	for {
		n, err := r.Read(buf[kept:])
		chunk := buf[:kept+n]
		for len(chunk) > 0 {
			if chunk[0] < utf8.RuneSelf {
				chunk = chunk[1:]
				continue
			}
			if err == nil && !utf8.FullRune(chunk) {
				break
			}
			if c, size := utf8.DecodeRune(chunk); c == utf8.RuneError && size == 1 {
				broken++
				chunk = chunk[1:]
			} else {
				wide++
				chunk = chunk[size:]
			}
		}
		kept = copy(buf, chunk)
		if err == io.EOF {
			return wide, broken, nil
		}
		if err != nil {
			return 0, 0, err
		}
	}
}
