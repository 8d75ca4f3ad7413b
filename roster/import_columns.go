package roster

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Fields of a table of residents.
const (
	phoneField = iota
	committeeField
	committeeNameField
	communityField
	tagsField
	basisField
	dateField
	howField
	whatField
	fields // how many there are
)

var residentsForm = form{
	names: [][]string{
		phoneField:         {"手机号", "手机号码", "手机", "电话", "电话号码", "联系电话", "联系方式", "phone", "mobile", "phone_number"},
		committeeField:     {"居委会代码", "社区代码", "居委会编码", "社区编码", "committee", "committee_code"},
		committeeNameField: {"居委会", "社区居委会", "居委会名称", "社区", "社区名称", "committee_name"},
		communityField:     {"小区", "小区名称", "所在小区", "community"},
		tagsField:          {"标签", "tags", "tag"},
		basisField:         {"依据", "处理依据", "法律依据", "basis"},
		dateField:          {"同意时间", "同意日期", "依据时间", "日期", "consented_at", "date"},
		howField:           {"同意方式", "how"},
		whatField:          {"同意内容", "what"},
	},
	needs: [][]int{{phoneField}, {committeeField, committeeNameField}, {basisField}, {dateField}},
}

// WholeSheet is what holds for every row of a sheet that has no column for it; "" where the sheet has one. It is written as in
// a cell.
type WholeSheet struct {
	// Own is the code of the one committee whose residents the rows may be, for a person who keeps no others; "" for any. A sheet without a
	// column of committees is its.
	Own       string
	Committee string // code or name
	Basis     string // 同意, 法定职责 or 应急
	Date      string // of the consent, or of the basis
}

// texts are its fields.
func (w WholeSheet) texts() [fields]string {
	return [fields]string{committeeField: w.Committee, basisField: w.Basis, dateField: w.Date}
}

// find finds the heading of a table of residents.
func (w WholeSheet) find(sheet Table) (columns, error) {
	f := residentsForm
	f.needs = nil
	for _, need := range residentsForm.needs {
		if w.texts()[need[0]] == "" && !(w.Own != "" && need[0] == committeeField) {
			f.needs = append(f.needs, need)
		}
	}
	found, err := f.find(sheet)
	if lacking, ok := errors.AsType[*noHeading](err); ok {
		return found, fmt.Errorf("%w%s", err, howToFill(lacking.missing))
	}
	if err != nil {
		return found, err
	}
	for _, need := range residentsForm.needs {
		for _, field := range need {
			if at := found.at[field]; at >= 0 && w.texts()[need[0]] != "" {
				return found, fmt.Errorf("表里已有“%s”一列（%s列），不要再为整张表指定", found.headings[at], ColumnName(at))
			}
		}
	}
	return found, nil
}

// howToFill says how columns are given that a sheet lacks, when they are alike in every row.
func howToFill(missing [][]int) string {
	var options []string
	for _, need := range missing {
		if option := map[int]string{committeeField: "居委会", basisField: "依据", dateField: "同意时间"}[need[0]]; option != "" {
			options = append(options, option)
		}
	}
	if len(options) == 0 {
		return ""
	}
	return "\n请在表里补上。如果每一行都相同，也可以不改表，导入时统一填写：" + strings.Join(options, "、")
}

// check reads what holds for every row, before any row is.
func (w WholeSheet) check(d directory, now time.Time) error {
	if w.Committee != "" {
		if _, wrong := d.find(PlainCell(w.Committee)); wrong != "" {
			return errors.New("为整张表指定的居委会：" + wrong)
		}
	}
	if w.Basis != "" {
		if _, wrong := readBasis(PlainCell(w.Basis)); wrong != "" {
			return errors.New("为整张表指定的依据：" + wrong)
		}
	}
	if w.Date != "" {
		if _, wrong := readDate(PlainCell(w.Date), now, false); wrong != "" {
			return errors.New("为整张表指定的日期：" + wrong)
		}
	}
	return nil
}
