package roster

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/simplifiedchinese"
	"golang.org/x/text/encoding/unicode"
)

// maxBreaks is how many lines a row may take: each makes what is open be split anew.
const maxBreaks = 200

// openText finds out encoding and separator.
func (s *Sheet) openText() error {
	charset, name, skip, err := s.charset()
	if err != nil {
		return err
	}
	source := func() *bufio.Reader {
		var r io.Reader = io.NewSectionReader(s.file, skip, s.size-skip)
		if charset != nil {
			r = charset.NewDecoder().Reader(r)
		}
		return bufio.NewReaderSize(r, maxLine)
	}
	heading, err := source().ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return fmt.Errorf("the first line is longer than %d bytes: not a table as spreadsheets write it", maxLine)
	}
	if err != nil && err != io.EOF {
		return err
	}
	comma, commaName := separator(heading)
	s.format = "CSV, " + name + ", " + commaName
	s.read = func(yield func(SheetRow, error) bool) {
		r := textReader{src: source(), comma: comma}
		for {
			row, err := r.next()
			if err == io.EOF || !yield(row, err) || err != nil {
				return
			}
		}
	}
	return nil
}

// charset tells the encoding from the mark at the beginning or else from every byte of the file; nil means UTF-8.
func (s *Sheet) charset() (charset encoding.Encoding, name string, skip int64, err error) {
	r := bufio.NewReaderSize(io.NewSectionReader(s.file, 0, s.size), maxLine)
	mark, err := r.Peek(3)
	if err != nil && err != io.EOF {
		return nil, "", 0, err
	}
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		return nil, "UTF-8", 3, nil
	case bytes.HasPrefix(mark, []byte("\xff\xfe")):
		return unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM), "UTF-16LE", 2, nil
	case bytes.HasPrefix(mark, []byte("\xfe\xff")):
		return unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM), "UTF-16BE", 2, nil
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

// separator is the one that the heading has most often outside of quotes.
func separator(heading []byte) (comma byte, name string) {
	counts := map[byte]int{}
	quoted := false
	for _, c := range heading {
		if c == '"' {
			quoted = !quoted
		} else if !quoted {
			counts[c]++
		}
	}
	comma, name = ',', "comma"
	for _, other := range []struct {
		comma byte
		name  string
	}{{';', "semicolon"}, {'\t', "tab"}} {
		if counts[other.comma] > counts[comma] {
			comma, name = other.comma, other.name
		}
	}
	return comma, name
}

// textReader splits text into rows as RFC 4180 and spreadsheets do, within the limits.
type textReader struct {
	src   *bufio.Reader
	comma byte
	row   int
	cells []string
	open  []byte // a row so far, while a quote is open
}

func (r *textReader) next() (SheetRow, error) {
	r.row++
	line, err := r.src.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return r.skipLine()
	}
	if err != nil && (err != io.EOF || len(line) == 0) {
		return SheetRow{}, err
	}
	r.cells = r.cells[:0]
	if bytes.IndexByte(line, '"') < 0 {
		r.split(string(trimBreak(line)))
		return SheetRow{Number: r.row, Cells: r.cells}, nil
	}
	r.open = append(r.open[:0], line...)
	for lines := 1; !r.splitQuoted(string(trimBreak(r.open))); lines++ {
		line, err := r.src.ReadSlice('\n')
		if err == io.EOF && len(line) == 0 || errors.Is(err, bufio.ErrBufferFull) || len(r.open)+len(line) > maxLine || lines == maxBreaks {
			return SheetRow{}, fmt.Errorf("row %d: a quotation mark is opened and not closed within %d lines and %d bytes", r.row, maxBreaks, maxLine)
		}
		if err != nil && err != io.EOF {
			return SheetRow{}, err
		}
		r.open = append(r.open, line...)
	}
	return SheetRow{Number: r.row, Cells: r.cells}, nil
}

// skipLine passes over a line that does not fit.
func (r *textReader) skipLine() (SheetRow, error) {
	for {
		_, err := r.src.ReadSlice('\n')
		if err == nil || err == io.EOF {
			return SheetRow{Number: r.row, Faults: []CellFault{{-1, fmt.Sprintf("整行超过%d字节", maxLine)}}}, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return SheetRow{}, err
		}
	}
}

func trimBreak(line []byte) []byte {
	line = bytes.TrimSuffix(line, []byte("\n"))
	return bytes.TrimSuffix(line, []byte("\r"))
}

func (r *textReader) split(line string) {
	for {
		i := strings.IndexByte(line, r.comma)
		if i < 0 {
			r.cells = append(r.cells, line)
			return
		}
		r.cells = append(r.cells, line[:i])
		line = line[i+1:]
	}
}

// splitQuoted splits a row that has quotes; it is false when the last one is not closed yet. A quote inside a cell that
// does not begin with one is a character like any other, as Excel reads it.
func (r *textReader) splitQuoted(line string) bool {
	r.cells = r.cells[:0]
	for {
		if !strings.HasPrefix(line, `"`) {
			i := strings.IndexByte(line, r.comma)
			if i < 0 {
				r.cells = append(r.cells, line)
				return true
			}
			r.cells = append(r.cells, line[:i])
			line = line[i+1:]
			continue
		}
		var cell strings.Builder
		line = line[1:]
		for {
			i := strings.IndexByte(line, '"')
			if i < 0 {
				return false
			}
			cell.WriteString(line[:i])
			line = line[i+1:]
			if !strings.HasPrefix(line, `"`) {
				break
			}
			cell.WriteByte('"')
			line = line[1:]
		}
		i := strings.IndexByte(line, r.comma)
		if i < 0 {
			r.cells = append(r.cells, cell.String()+line)
			return true
		}
		r.cells = append(r.cells, cell.String()+line[:i])
		line = line[i+1:]
	}
}
