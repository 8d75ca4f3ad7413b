package sheet

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/xuri/excelize/v2"

	"towncrier/roster"
)

// Formats that NewWriter writes.
const (
	CSV  = "csv"  // UTF-8 with a byte-order mark, CRLF, as Excel opens it
	XLSX = "xlsx" // texts only, so that no number is taken for a quantity
)

// NewWriter writes a table to w in a format. No cell can act as a formula. Its owner closes it, also after an error: it then
// removes what waited on disk.
func NewWriter(w io.Writer, format string) (roster.TableWriter, error) {
	switch format {
	case CSV:
		_, err := io.WriteString(w, "\ufeff")
		out := csv.NewWriter(w)
		out.UseCRLF = true
		return textWriter{out}, err
	case XLSX:
		spill, err := spillFolder()
		if err != nil {
			return nil, err
		}
		book := excelize.NewFile(excelize.Options{TmpDir: spill})
		stream, err := book.NewStreamWriter(book.GetSheetName(0))
		if err != nil {
			return nil, errors.Join(err, book.Close(), os.RemoveAll(spill))
		}
		return &bookWriter{book: book, stream: stream, to: w, spill: spill}, nil
	}
	return nil, fmt.Errorf("no such format: %q; want csv or xlsx", format)
}

type textWriter struct{ *csv.Writer }

func (w textWriter) Format() string { return CSV }

func (w textWriter) Write(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = harmless(cell)
	}
	return w.Writer.Write(safe)
}

func (w textWriter) Close() error {
	w.Flush()
	return w.Error()
}

// bookWriter is an XLSX file whose rows wait in a file of excelize, in the folder spill, until Close.
type bookWriter struct {
	book   *excelize.File
	stream *excelize.StreamWriter
	row    int
	to     io.Writer
	spill  string
}

func (b *bookWriter) Format() string { return XLSX }

func (b *bookWriter) Write(cells []string) error {
	b.row++
	row := make([]any, len(cells))
	for i, cell := range cells {
		row[i] = harmless(cell)
	}
	return b.stream.SetRow(fmt.Sprintf("A%d", b.row), row)
}

func (b *bookWriter) Close() error {
	err := b.stream.Flush()
	if err == nil {
		_, err = b.book.WriteTo(b.to)
	}
	return errors.Join(err, b.book.Close(), os.RemoveAll(b.spill))
}

// harmless puts an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV Injection).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
