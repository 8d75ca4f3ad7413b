package sheet

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"towncrier/roster"
)

// Limits of an XLSX file, which is a ZIP archive of XML. A million rows of eight columns are about 400 MiB of XML.
const (
	maxUnzipped      = 1 << 30 // of what is read
	maxPartInMemory  = 1 << 20 // what says of the sheets where they are
	maxSheets        = 255
	maxRelationships = 1000

	// What the rows may hold in all, each cell with the text that it shares or is merged under: a small file may say the same text a hundred
	// million times. A million rows of eight columns are less than half of it.
	maxCells = 16 << 20
	maxText  = 1 << 30
)

// openXLSX looks at the whole sheet before a row is read: it refuses what would take memory, and learns what is hidden and merged. No part
// is unpacked to disk; the texts that cells share are in memory, or sealed when they are many.
func (s *File) openXLSX(temp string) error {
	archive, err := openArchive(s.source, s.size)
	if err != nil {
		return err
	}
	book, err := readBook(archive)
	archive.File = nil // what is read of them is in book
	if err != nil {
		return err
	}
	if err := book.checkSize(); err != nil {
		return err
	}
	texts, err := readTexts(book.texts, temp)
	if err != nil {
		return err
	}
	shape, err := scanSheet(book.part)
	if err != nil {
		return errors.Join(err, texts.close())
	}
	s.close = texts.close
	s.format = "XLSX，工作表“" + book.sheet + "”"
	s.Hidden = shape.notes()
	s.Notes = append(book.notes(), s.Hidden...)
	s.date1904 = book.date1904
	s.read = func(yield func(roster.Row, error) bool) {
		r := sheetReader{texts: texts, shape: shape, merged: mergedCells{all: shape.merges}, yield: yield}
		switch err := scanXML(book.part, r.visit); {
		case errors.Is(err, errEndOfTable):
		case err == nil:
			err = errBrokenXML
			fallthrough
		default:
			yield(roster.Row{}, fmt.Errorf("第%d行：%w", r.row.Number, err))
		}
	}
	return nil
}

// checkSize refuses a zip bomb by what its directory declares: more than is declared is not read.
func (b workbookParts) checkSize() error {
	size := b.part.UncompressedSize64
	if b.texts != nil {
		size += b.texts.UncompressedSize64
	}
	if size > maxUnzipped {
		return fmt.Errorf("解压后超过%d MiB：请把表格分开，或另存为 CSV", maxUnzipped>>20)
	}
	return nil
}

// errEndOfTable ends a reading: of the sheet's XML nothing that follows is wanted, or of the rows nobody wants more.
var errEndOfTable = errors.New("end of the table")

// sheetReader makes rows of a sheet's XML.
type sheetReader struct {
	texts  *sharedTexts
	shape  sheetShape
	merged mergedCells
	yield  func(roster.Row, error) bool

	row    roster.Row // under way; its Number is 0 before the first
	column int
	times  [MaxColumns]int // that each cell of the row came
	cells  int             // given up to now
	size   int             // of their text
	cell   struct {
		open     bool
		kind     string // the attribute t
		value    []byte
		phonetic bool // how a text is read aloud is no part of it
	}
}

func (r *sheetReader) visit(tag xmlTag, text []byte) error {
	switch string(tag.name) {
	case "row":
		next := r.row.Number + 1
		if n, ok := tag.number("r"); ok {
			next = n
		}
		if err := r.giveUpTo(next); err != nil {
			return err
		}
		r.column = -1
	case "/sheetData":
		return errors.Join(r.giveUpTo(r.row.Number+1), errEndOfTable)
	case "c":
		r.column++
		if ref, ok := tag.attr("r"); ok {
			r.column, _, _ = cellPlace(ref)
		}
		if r.column < MaxColumns {
			r.times[r.column]++
		}
		kind, _ := tag.attr("t")
		r.cell.open, r.cell.kind, r.cell.value = !tag.empty(), cellKinds[string(kind)], r.cell.value[:0]
	case "rPh":
		r.cell.phonetic = !tag.empty()
	case "/rPh":
		r.cell.phonetic = false
	case "/v":
		if r.cell.open && r.cell.kind != inlineText {
			r.cell.value = append(r.cell.value, text...)
		}
	case "/t":
		if r.cell.open && r.cell.kind == inlineText && !r.cell.phonetic {
			r.cell.value = append(r.cell.value, text...)
		}
	case "/c":
		if r.cell.open {
			r.cell.open = false
			return r.endCell()
		}
	}
	return nil
}

// Kinds of cells whose value is not what it says. The others are given as they stand, numbers as they are stored.
const (
	sharedText = "s"
	inlineText = "inlineStr"
)

var cellKinds = map[string]string{sharedText: sharedText, inlineText: inlineText}

func (r *sheetReader) endCell() error {
	value := unescapeXML(r.cell.value)
	switch r.cell.kind {
	case inlineText:
		value = unescapeControls(value)
	case sharedText:
		if value == "" {
			break
		}
		number, err := strconv.Atoi(value)
		if err == nil {
			value, err = r.texts.at(number)
		}
		if errors.Is(err, errNoText) || errors.Is(err, strconv.ErrSyntax) || errors.Is(err, strconv.ErrRange) {
			r.row.Faults = append(r.row.Faults, roster.CellFault{Column: r.column, Text: "单元格的文字缺失，文件已损坏：请重新保存"})
			value = ""
		} else if err != nil {
			return err
		}
	}
	if value == "" {
		return nil
	}
	r.put(r.column, value)
	return nil
}

// put puts a value into the row that is being read. All columns beyond MaxColumns share one cell: it is enough that a row shows that it has
// more than are read.
func (r *sheetReader) put(column int, value string) {
	column = min(column, MaxColumns)
	for len(r.row.Cells) <= column {
		r.row.Cells = append(r.row.Cells, "")
	}
	r.row.Cells[column] = value
}

// giveUpTo gives the row under way, and the empty ones that stand between it and the next.
func (r *sheetReader) giveUpTo(next int) error {
	for r.row.Number < next {
		if r.row.Number > 0 {
			if err := r.give(); err != nil {
				return err
			}
		}
		r.row, r.times = roster.Row{Number: r.row.Number + 1, Cells: r.row.Cells[:0]}, [MaxColumns]int{}
	}
	return nil
}

// give gives a row as a person sees it.
func (r *sheetReader) give() error {
	row := &r.row
	for column, times := range r.times {
		if times > 1 && !r.shape.hiddenColumn(column) {
			r.put(column, "")
			row.Faults = append(row.Faults, roster.CellFault{Column: column, Text: fmt.Sprintf("单元格%s%d在文件里有%d个，文件已损坏：请重新保存", roster.ColumnName(column), row.Number, times)})
		}
	}
	for _, column := range r.shape.formulas[row.Number] {
		if r.shape.hiddenColumn(column) {
			continue
		}
		r.put(column, "")
		row.Faults = append(row.Faults, roster.CellFault{Column: column, Text: "单元格" + roster.ColumnName(column) + strconv.Itoa(row.Number) + "是公式，请改为数值（复制后选择性粘贴）"})
	}
	r.merged.show(row)
	for _, cell := range row.Cells {
		if cell != "" {
			r.cells++
			r.size += len(cell)
		}
	}
	if r.cells > maxCells || r.size > maxText {
		return fmt.Errorf("内容过多（超过%d万个单元格，或%d MiB 文字）：请删除多余的列，或分成几个文件", maxCells/10_000, maxText>>20)
	}
	if r.shape.hiddenRows.Has(row.Number) {
		return nil
	}
	for column := range row.Cells {
		if r.shape.hiddenColumn(column) {
			row.Cells[column] = ""
		}
	}
	if !r.yield(*row, nil) {
		return errEndOfTable
	}
	return nil
}

// unescapeXML reads references, and line ends as XML does (2.11).
func unescapeXML(text []byte) string {
	if bytes.IndexByte(text, '&') < 0 && bytes.IndexByte(text, '\r') < 0 {
		return string(text)
	}
	text = bytes.ReplaceAll(text, []byte("\r\n"), []byte("\n"))
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); i++ {
		switch c := text[i]; c {
		case '\r':
			out = append(out, '\n')
		case '&':
			name, _, _ := bytes.Cut(text[i+1:], []byte(";"))
			out = append(out, referenced(name)...)
			i += len(name) + 1
		default:
			out = append(out, c)
		}
	}
	return string(out)
}
