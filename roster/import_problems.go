package roster

import (
	"encoding/csv"
	"io"
	"slices"
	"strconv"
	"strings"
)

// WriteBad writes the rows that are left out as CSV for a spreadsheet, with their row number and what is wrong in front.
// Corrected, that file can be imported as it is. It holds personal data, as the file that it comes from does.
func (p *Plan) WriteBad(w io.Writer) error {
	out, err := newSpreadsheetCSV(w)
	if err != nil {
		return err
	}
	if err := out.Write(append(slices.Clone(ourColumns), p.without(p.reader.headings)...)); err != nil {
		return err
	}
	for row, err := range p.sheet.Rows() {
		if err != nil {
			return err
		}
		if !p.bad.has(row.Number) {
			continue
		}
		var wrong []string
		for _, problem := range p.problems(row) {
			wrong = append(wrong, strings.TrimPrefix(problem.Column+"："+problem.Text, "："))
		}
		if err := out.Write(append([]string{strconv.Itoa(row.Number), strings.Join(wrong, "；")}, p.without(row.Cells)...)); err != nil {
			return err
		}
	}
	return out.Close()
}

// without leaves out the two columns in front, when the sheet is such a file itself.
func (p *Plan) without(cells []string) []string {
	var kept []string
	for i, cell := range cells {
		if i >= len(p.reader.headings) || !slices.Contains(ourColumns, p.reader.headings[i]) {
			kept = append(kept, cell)
		}
	}
	return kept
}

// spreadsheetCSV writes CSV as Excel opens it: UTF-8 with a byte-order mark, CRLF. No cell can act as a formula.
type spreadsheetCSV struct{ *csv.Writer }

func newSpreadsheetCSV(w io.Writer) (spreadsheetCSV, error) {
	_, err := io.WriteString(w, "\ufeff")
	out := csv.NewWriter(w)
	out.UseCRLF = true
	return spreadsheetCSV{out}, err
}

func (w spreadsheetCSV) Close() error {
	w.Flush()
	return w.Error()
}

func (w spreadsheetCSV) Write(cells []string) error {
	safe := make([]string, len(cells))
	for i, cell := range cells {
		safe[i] = harmless(cell)
	}
	return w.Writer.Write(safe)
}

// harmless puts an apostrophe before what a spreadsheet would run as a formula (OWASP, CSV Injection).
func harmless(cell string) string {
	if cell != "" && strings.ContainsRune("=+-@\t\r＝＋－＠", []rune(cell)[0]) {
		return "'" + cell
	}
	return cell
}
