package roster

import (
	"fmt"
	"iter"
)

// BadRows are the rows that are left out. A row whose number another row repeats is there too, although it is imported: without it the file
// of bad rows would import the other one over it. The cells of a row are good until the next one.
func (p *Plan) BadRows() (BadHeading, iter.Seq2[BadRow, error]) {
	heading := BadHeading{Headings: p.heading.headings, Phone: p.heading.at[phoneField]}
	for field, text := range p.reader.whole {
		if text != "" {
			heading.WholeNames, heading.WholeTexts = append(heading.WholeNames, residentsForm.names[field][0]), append(heading.WholeTexts, text)
		}
	}
	repeated := map[int]int{} // by the first row with a number, another one
	for row, first := range p.twice {
		if had, ok := repeated[first]; !ok || row < had {
			repeated[first] = row
		}
	}
	return heading, p.badRows(func(row Row) BadRow {
		if p.bad.Has(row.Number) {
			return BadRow{Problems: p.problems(row)}
		}
		if other, ok := repeated[row.Number]; ok {
			return BadRow{Note: fmt.Sprintf("与第%d行的号码相同（这一行已导入）：请删去其中一行", other)}
		}
		return BadRow{}
	})
}
