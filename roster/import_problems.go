package roster

import "fmt"

// WriteBad writes the rows that are left out to out, which the caller closes, with their row number and what is wrong in front. A row
// whose number another row repeats is written too, although it is imported: without it the file would import the other one over
// it. Corrected, that file can be imported as it is: what held for the whole sheet has a column there. It holds personal data, as
// the file that it comes from does.
func (p *Plan) WriteBad(out TableWriter) error {
	var whole wholeColumns
	for field, text := range p.reader.whole {
		if text != "" {
			whole.names, whole.texts = append(whole.names, residentsForm.names[field][0]), append(whole.texts, text)
		}
	}
	repeated := map[int]int{} // by the first row with a number, another one
	for row, first := range p.twice {
		if had, ok := repeated[first]; !ok || row < had {
			repeated[first] = row
		}
	}
	return p.writeBad(out, whole, func(row Row) []string {
		if p.bad.Has(row.Number) {
			return inWords(p.problems(row))
		}
		if other, ok := repeated[row.Number]; ok {
			return []string{fmt.Sprintf("与第%d行的号码相同（这一行已导入）：请删去其中一行", other)}
		}
		return nil
	})
}
