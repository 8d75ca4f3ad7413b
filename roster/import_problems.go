package roster

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// WriteBad writes the rows that are left out to out, which the caller closes, with their row number and what is wrong in front. A row
// whose number another row repeats is written too, although it is imported: without it the file would import the other one over
// it. Corrected, that file can be imported as it is: what held for the whole sheet has a column there. It holds personal data, as
// the file that it comes from does.
func (p *Plan) WriteBad(out TableWriter) error {
	var names, texts []string // of columns that the sheet has not
	for field, text := range p.reader.whole {
		if text != "" {
			names, texts = append(names, residentsForm.names[field][0]), append(texts, text)
		}
	}
	repeated := map[int]int{} // by the first row with a number, another one
	for row, first := range p.twice {
		if had, ok := repeated[first]; !ok || row < had {
			repeated[first] = row
		}
	}
	if err := out.Write(slices.Concat(ourColumns, names, p.without(p.reader.headings))); err != nil {
		return err
	}
	for row, err := range p.sheet.Rows() {
		if err != nil {
			return err
		}
		other, isRepeated := repeated[row.Number]
		if !p.bad.Has(row.Number) && !isRepeated {
			continue
		}
		var wrong []string
		if isRepeated && !p.bad.Has(row.Number) {
			wrong = append(wrong, fmt.Sprintf("与第%d行的号码相同（这一行已导入）", other))
		}
		for _, problem := range p.problems(row) {
			wrong = append(wrong, strings.TrimPrefix(problem.Column+"："+problem.Text, "："))
		}
		if err := out.Write(slices.Concat([]string{strconv.Itoa(row.Number), strings.Join(wrong, "；")}, texts, p.without(row.Cells))); err != nil {
			return err
		}
	}
	return nil
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
