package roster

import (
	"iter"
	"slices"
	"strconv"
	"strings"
)

// BadRow is a row that an import leaves out, or one that it takes and that the file of bad rows needs besides.
type BadRow struct {
	Number   int
	Cells    []string
	Problems []RowProblem // by column
	Note     string       // in Chinese: why the row is there without a problem of its own
}

// BadHeading is the heading of a file of bad rows: that of the file which they are of, and columns for what was said of the whole sheet.
type BadHeading struct {
	Headings   []string
	Phone      int // the column of numbers, -1 without one
	WholeNames []string
	WholeTexts []string
}

// ourColumns are those that a file of bad rows has in front: an import passes them over without a word.
var ourColumns = []string{"行号", "问题"}

// WriteBadRows writes bad rows to out, which the caller closes, with their row number and what is wrong in front. Corrected, that file can be
// imported as it is. It holds personal data, as the file that it comes from does.
func WriteBadRows(out TableWriter, heading BadHeading, rows iter.Seq2[BadRow, error]) error {
	if err := out.Write(slices.Concat(ourColumns, heading.WholeNames, heading.without(heading.Headings))); err != nil {
		return err
	}
	for row, err := range rows {
		if err == nil {
			err = out.Write(slices.Concat([]string{strconv.Itoa(row.Number), row.inWords()}, heading.WholeTexts, heading.without(row.Cells)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// inWords is what is wrong with a row.
func (r BadRow) inWords() string {
	if len(r.Problems) == 0 {
		return r.Note
	}
	var said []string
	for _, problem := range r.Problems {
		said = append(said, strings.TrimPrefix(problem.Column+"："+problem.Text, "："))
	}
	return strings.Join(said, "；")
}

// without leaves out the two columns in front, when the file is one of bad rows itself.
func (h BadHeading) without(cells []string) []string {
	var kept []string
	for i, cell := range cells {
		if i >= len(h.Headings) || !slices.Contains(ourColumns, h.Headings[i]) {
			kept = append(kept, cell)
		}
	}
	return kept
}

// badRows are the rows of which judge finds something to say. It reads the sheet again.
func (j *Judged) badRows(judge func(Row) BadRow) iter.Seq2[BadRow, error] {
	return func(yield func(BadRow, error) bool) {
		for row, err := range j.sheet.Rows() {
			if err != nil {
				yield(BadRow{}, err)
				return
			}
			if row.Number <= j.heading.row || row.blank() {
				continue
			}
			bad := judge(row)
			if len(bad.Problems) == 0 && bad.Note == "" {
				continue
			}
			bad.Number, bad.Cells = row.Number, row.Cells
			slices.SortStableFunc(bad.Problems, byColumn)
			if !yield(bad, nil) {
				return
			}
		}
	}
}
