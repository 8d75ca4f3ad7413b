package roster

import (
	"archive/zip"
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"
)

// What one cell, row or table of an XLSX file may hold. Excel admits 32,767 characters in a cell: 96 KiB of Chinese.
const (
	maxCellXML  = 256 << 10
	maxRowXML   = 1 << 20
	maxTexts    = 4_000_000
	maxFormulas = 10_000
)

var (
	errBrokenXML = errors.New("the XLSX file's XML is broken: save it anew")
	// errForbidden is about text in which excelize stops reading, without a word when nothing but that row follows.
	errForbidden = errors.New("a character that XML forbids: the file is damaged, save it anew")
)

// sheetShape is what a look at a sheet's XML told.
type sheetShape struct {
	last     int           // number of the last row
	formulas map[int][]int // columns, from 0, by row number
}

// scanSheet passes over a sheet's XML without keeping it: it refuses what would take memory, and finds the formulas.
func scanSheet(part *zip.File) (sheetShape, error) {
	shape := sheetShape{formulas: map[int][]int{}}
	var row, column, cells, formulas, inCell, inRow int
	open := false // inside a cell: extensions after the table have elements called f too
	root := ""
	err := scanXML(part, func(tag xmlTag, text int) error {
		inCell += text
		inRow += text
		if inCell > maxCellXML || inRow > maxRowXML {
			return fmt.Errorf("cell %s%d or its row holds more than a spreadsheet may: clear it", columnName(max(column, 0)), row)
		}
		switch string(tag.name) {
		case "row":
			row++
			if n, ok := tag.number("r"); ok {
				row = n
			}
			if row < 1 || row > excelize.TotalRows {
				return errBrokenXML
			}
			shape.last = max(shape.last, row)
			column, cells, inRow, inCell = -1, 0, 0, 0
		case "c":
			column++
			if ref, ok := tag.attr("r"); ok {
				c, r, err := excelize.CellNameToCoordinates(string(ref))
				if err != nil || r != row {
					return errBrokenXML
				}
				column = c - 1
			}
			if cells++; cells > excelize.MaxColumns {
				return errBrokenXML
			}
			inCell, open = 0, !tag.empty()
		case "/c":
			open = false
		case "f":
			if !open {
				break
			}
			if formulas++; formulas > maxFormulas {
				return fmt.Errorf("more than %d formulas: copy the table and paste its values only", maxFormulas)
			}
			shape.formulas[row] = append(shape.formulas[row], column)
		}
		root = string(tag.name)
		return nil
	})
	switch {
	case errors.Is(err, errForbidden):
		err = fmt.Errorf("row %d: %w", row, err)
	case err == nil && root != "/worksheet":
		err = errBrokenXML
	}
	return shape, err
}

// scanTexts passes over the texts that cells share.
func scanTexts(archive *zip.Reader) error {
	part := findPart(archive, "xl/sharedStrings.xml")
	if part == nil {
		return nil
	}
	var texts, inText int
	err := scanXML(part, func(tag xmlTag, text int) error {
		inText += text
		if inText > maxCellXML {
			return fmt.Errorf("a cell holds more than a spreadsheet may (text %d of the file): clear it", texts)
		}
		if string(tag.name) == "si" {
			inText = 0
			if texts++; texts > maxTexts {
				return fmt.Errorf("more than %d different texts: save the table as CSV", maxTexts)
			}
		}
		return nil
	})
	if errors.Is(err, errForbidden) {
		err = fmt.Errorf("text %d of the file: %w", texts, err)
	}
	return err
}

// xmlTag is a start or end tag, without namespace prefix; an end tag's name begins with a slash.
type xmlTag struct{ name, rest []byte }

func (t xmlTag) empty() bool { return bytes.HasSuffix(t.rest, []byte("/")) }

func (t xmlTag) attr(name string) ([]byte, bool) {
	_, rest, ok := bytes.Cut(t.rest, []byte(" "+name+"="))
	if !ok || len(rest) < 2 {
		return nil, false
	}
	value, _, ok := bytes.Cut(rest[1:], rest[:1])
	return value, ok
}

func (t xmlTag) number(name string) (n int, ok bool) {
	text, ok := t.attr(name)
	for _, c := range text {
		if c < '0' || c > '9' || n > excelize.TotalRows {
			return 0, false
		}
		n = 10*n + int(c-'0')
	}
	return n, ok && n > 0
}

// scanXML gives each tag, with how much text came before it. It knows as much of XML as spreadsheets write.
func scanXML(part *zip.File, visit func(tag xmlTag, text int) error) error {
	source, err := part.Open()
	if err != nil {
		return errBrokenXML
	}
	defer source.Close()
	r := bufio.NewReaderSize(source, 64<<10)
	depth := 0
	for {
		text := -1 // the < itself
		for {
			chunk, err := r.ReadSlice('<')
			text += len(chunk)
			if err == nil { // what fills the buffer is more than a cell may hold, and found so later
				if !admitted(chunk[:len(chunk)-1]) {
					return errForbidden
				}
				break
			}
			if err == io.EOF && depth == 0 {
				return nil
			}
			if !errors.Is(err, bufio.ErrBufferFull) {
				return errBrokenXML
			}
			if text > maxRowXML {
				if err := visit(xmlTag{}, text); err != nil {
					return err
				}
				text = 0
			}
		}
		inside, err := r.ReadSlice('>')
		if err != nil || len(inside) < 2 {
			return errBrokenXML
		}
		inside = inside[:len(inside)-1]
		switch {
		case inside[0] == '?':
			continue
		case inside[0] == '!': // comments, CDATA and DOCTYPE: no spreadsheet writes them here
			return errBrokenXML
		case inside[0] == '/':
			depth--
		case inside[len(inside)-1] != '/':
			depth++
		}
		if depth < 0 {
			return errBrokenXML
		}
		if err := visit(newTag(inside), text); err != nil {
			return err
		}
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
