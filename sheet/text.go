package sheet

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"towncrier/roster"
)

// maxBreaks is how many line ends a row may have inside quotes.
const maxBreaks = 200

// openText finds out encoding, line ends and separator.
func (s *File) openText() error {
	charset, name, skip, err := s.charset()
	if err != nil {
		return err
	}
	decoded := func() io.Reader {
		var r io.Reader = io.NewSectionReader(s.source, skip, s.size-skip)
		if charset != nil {
			r = charset.NewDecoder().Reader(r)
		}
		return r
	}
	head, err := bufio.NewReaderSize(decoded(), maxLine).Peek(maxLine)
	if err != nil && err != io.EOF {
		return err
	}
	if what := markupKind(head); what != "" {
		return errors.New(what)
	}
	oldMac := bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0
	if oldMac {
		carriageReturns{}.replace(head)
	}
	if bytes.IndexByte(head, '\n') < 0 && len(head) == maxLine {
		return fmt.Errorf("第1行超过%d字节：不是表格软件写的文件", maxLine)
	}
	comma, told := toldSeparator(head)
	if told == 0 {
		comma = separator(head)
	}
	s.format = "CSV，" + name + "，" + separatorName(comma) + "分隔"
	s.read = func(yield func(roster.Row, error) bool) {
		source := decoded()
		if oldMac {
			source = carriageReturns{source}
		}
		r := textReader{src: bufio.NewReaderSize(source, maxLine), comma: comma}
		if _, err := r.src.Discard(told); err != nil {
			yield(roster.Row{}, err)
			return
		}
		for {
			row, err := r.next()
			if err == io.EOF || !yield(row, err) || err != nil {
				return
			}
		}
	}
	return nil
}

// carriageReturns reads text whose lines end in a carriage return alone, as old Macs wrote it.
type carriageReturns struct{ from io.Reader }

func (c carriageReturns) Read(p []byte) (int, error) {
	n, err := c.from.Read(p)
	c.replace(p[:n])
	return n, err
}

func (carriageReturns) replace(text []byte) {
	for i, b := range text {
		if b == '\r' {
			text[i] = '\n'
		}
	}
}

// toldSeparator reads a first line "sep=;", by which a file tells Excel its separator. The line is no row: told is its length in
// bytes, 0 when there is none.
func toldSeparator(head []byte) (comma byte, told int) {
	line, _, _ := bytes.Cut(head, []byte("\n"))
	text := bytes.TrimSuffix(line, []byte("\r"))
	if len(text) != len("sep=;") || !bytes.EqualFold(text[:4], []byte("sep=")) || text[4] == '"' || text[4] >= utf8.RuneSelf {
		return 0, 0
	}
	return text[4], min(len(line)+1, len(head))
}

// separator is the one that the first lines have most often outside of quotes: the first line alone may be a title.
func separator(head []byte) byte {
	counts := map[byte]int{}
	quoted := false
	for lines := 0; len(head) > 0 && lines < titleRows; head = head[1:] {
		switch c := head[0]; {
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '\n':
			lines++
		default:
			counts[c]++
		}
	}
	comma := byte(',')
	for _, other := range []byte(";\t") {
		if counts[other] > counts[comma] {
			comma = other
		}
	}
	return comma
}

func separatorName(comma byte) string {
	switch comma {
	case ',':
		return "逗号"
	case ';':
		return "分号"
	case '\t':
		return "制表符"
	}
	return string(rune(comma))
}

// textReader splits text into rows as RFC 4180 and spreadsheets do, within the limits.
type textReader struct {
	src   *bufio.Reader
	comma byte
	row   int
	cells []string
	cell  []byte // so far, while a quote is open
}

func (r *textReader) next() (roster.Row, error) {
	r.row++
	line, err := r.src.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return r.skipLine()
	}
	if err != nil && (err != io.EOF || len(line) == 0) {
		return roster.Row{}, err
	}
	r.cells = r.cells[:0]
	if bytes.IndexByte(line, '"') < 0 {
		r.split(string(trimBreak(line)))
		return roster.Row{Number: r.row, Cells: r.cells}, nil
	}
	size := len(line)
	for open, lines := r.splitQuoted(line, false), 1; open; lines++ {
		line, err := r.src.ReadSlice('\n')
		size += len(line)
		if err == io.EOF && len(line) == 0 || errors.Is(err, bufio.ErrBufferFull) || size > maxLine || lines == maxBreaks {
			return roster.Row{}, fmt.Errorf("第%d行：有一个引号没有结束（在%d行、%d字节之内）", r.row, maxBreaks, maxLine)
		}
		if err != nil && err != io.EOF {
			return roster.Row{}, err
		}
		open = r.splitQuoted(line, true)
	}
	return roster.Row{Number: r.row, Cells: r.cells}, nil
}

// skipLine passes over a line that does not fit.
func (r *textReader) skipLine() (roster.Row, error) {
	for {
		_, err := r.src.ReadSlice('\n')
		if err == nil || err == io.EOF {
			return roster.Row{Number: r.row, Faults: []roster.CellFault{{Column: -1, Text: fmt.Sprintf("整行超过%d字节", maxLine)}}}, nil
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return roster.Row{}, err
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

// splitQuoted splits a line that has quotes, or the next one of a row in which a quote is open, and reports whether one is open at its end. A
// quote inside a cell that does not begin with one is a character like any other, as Excel reads it.
func (r *textReader) splitQuoted(line []byte, open bool) bool {
	lineBreak := line[len(trimBreak(line)):]
	line = line[:len(line)-len(lineBreak)]
	for {
		if !open {
			if !bytes.HasPrefix(line, []byte(`"`)) {
				i := bytes.IndexByte(line, r.comma)
				if i < 0 {
					r.cells = append(r.cells, string(line))
					return false
				}
				r.cells = append(r.cells, string(line[:i]))
				line = line[i+1:]
				continue
			}
			line, r.cell = line[1:], r.cell[:0]
		}
		for open = true; open; {
			i := bytes.IndexByte(line, '"')
			if i < 0 {
				r.cell = append(append(r.cell, line...), lineBreak...)
				return true
			}
			r.cell = append(r.cell, line[:i]...)
			line = line[i+1:]
			if open = bytes.HasPrefix(line, []byte(`"`)); open {
				r.cell = append(r.cell, '"')
				line = line[1:]
			}
		}
		i := bytes.IndexByte(line, r.comma)
		if i < 0 {
			r.cells = append(r.cells, string(append(r.cell, line...)))
			return false
		}
		r.cells = append(r.cells, string(append(r.cell, line[:i]...)))
		line = line[i+1:]
	}
}

// titleRows is how many rows at the beginning may be titles and a heading.
const titleRows = 10
