package sheet

import (
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
		_, err := io.WriteString(w, "\ufeff")
		out := csv.NewWriter(w)
		out.UseCRLF = true
		return textWriter{out}, err
	case XLSX:
		return newBookWriter(w)
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

// harmless puts an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV Injection).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
