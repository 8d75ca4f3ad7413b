package sheet

import (
	"bufio"
	"encoding/csv"
	"fmt"
	"io"
	"strings"

	"towncrier/roster"
)

// Formats that NewWriter writes.
const (
	CSV  = "csv"  // UTF-8 with a byte-order mark, CRLF, as Excel opens it
	XLSX = "xlsx" // texts only, so that no number is taken for a quantity
)

// NewWriter writes a table to w in a format, as it comes: nothing waits in memory or on disk. No cell can act as a formula. Its owner closes
// it.
func NewWriter(w io.Writer, format string) (roster.TableWriter, error) {
	switch format {
	case CSV:
		buffered := bufio.NewWriter(w) // which the writer of rows takes for its own
		_, err := buffered.WriteString("\ufeff")
		out := csv.NewWriter(buffered)
		out.UseCRLF = true
		return textWriter{out}, err
	case XLSX:
		return newBookWriter(w)
	}
	return nil, fmt.Errorf("no such format: %q; want csv or xlsx", format)
}

// ContentType is a format's media type, "" for no format.
func ContentType(format string) string {
	switch format {
	case CSV:
		return "text/csv; charset=utf-8"
	case XLSX:
		return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	}
	return ""
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

// harmless puts an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV Injection).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
