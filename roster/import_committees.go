package roster

import (
	"errors"
	"fmt"
	"slices"

	"towncrier/phone"
	"towncrier/problem"
)

var committeesForm = form{
	names: [][]string{
		{"代码", "居委会代码", "社区代码", "code", "committee"},
		{"名称", "居委会", "居委会名称", "社区居委会", "name"},
		{"街道", "街道办", "街道办事处", "乡镇", "street"},
		{"区县", "县区", "区", "县", "area", "district"},
		{"小区", "小区名称", "communities", "community"},
	},
	needs: [][]int{{0}, {1}},
}

// ReadCommittees reads committees from a sheet: code, name, street, area and communities, several of these in a cell,
// separated by 、 or the like, or one in each of several rows of the same code. What the file has no column for stays as it
// is in known. A committee with a problem is left out. unknown are headings that mean nothing.
func ReadCommittees(sheet Table, known []Committee) (committees []Committee, unknown []string, problems []RowProblem, err error) {
	heading, err := committeesForm.find(sheet)
	if err != nil {
		return nil, nil, nil, err
	}
	at, unknown := heading.at, heading.unknown
	byCode := map[string]int{}
	firstRow := map[string]int{}
	wrong := map[string]bool{}
	for row, err := range sheet.Rows() {
		if err != nil {
			return nil, nil, nil, err
		}
		if row.Number <= heading.row || row.blank() {
			continue
		}
		cell := func(i int) string {
			if at[i] < 0 || at[i] >= len(row.Cells) {
				return ""
			}
			return PlainCell(row.Cells[at[i]])
		}
		code, rounded := readCode(cell(0))
		bad := func(kind, text string) {
			problems = append(problems, RowProblem{Row: row.Number, Kind: kind, Text: text})
			wrong[code] = true
		}
		for _, fault := range row.Faults {
			bad(badCell, fault.Text)
		}
		if rounded != "" {
			bad(badValue, rounded)
			continue
		}
		c := Committee{Code: code, Name: cell(1), Street: cell(2), Area: cell(3), Communities: splitNames(cell(4))}
		i, again := byCode[c.Code]
		if k := slices.IndexFunc(known, func(k Committee) bool { return k.Code == c.Code }); k >= 0 {
			c.keep(known[k], at)
		}
		if again {
			first := &committees[i]
			for _, f := range []struct{ had, has string }{{first.Name, c.Name}, {first.Street, c.Street}, {first.Area, c.Area}} {
				if f.has != "" && f.has != f.had {
					bad(badDuplicate, fmt.Sprintf("与第%d行代码相同，名称、街道或区县却不同", firstRow[c.Code]))
					break
				}
			}
			c.Name, c.Street, c.Area = first.Name, first.Street, first.Area
			c.Communities = append(first.Communities, c.Communities...)
		}
		clean, err := cleanCommittee(c)
		if invalid, ok := errors.AsType[*problem.Invalid](err); ok && invalid.Reason == phone.Unfit {
			bad(badValue, committeeFieldNames[invalid.Field]+"里有手机号：请删去")
			continue
		} else if ok {
			bad(badValue, committeeFieldNames[invalid.Field]+"有误（"+committeeWants[invalid.Field]+"）")
			continue
		} else if err != nil {
			return nil, nil, nil, err
		}
		if again {
			committees[i] = clean
			continue
		}
		byCode[c.Code], firstRow[c.Code] = len(committees), row.Number
		committees = append(committees, clean)
	}
	good := committees[:0]
	for _, c := range committees {
		if !wrong[c.Code] {
			good = append(good, c)
		}
	}
	return good, unknown, problems, nil
}

// CommitteeChanges are those of read that are not known as they are. counts says what of each would come.
func CommitteeChanges(known, read []Committee) (changes []Committee, counts ImportCounts) {
	had := map[string]Committee{}
	for _, c := range known {
		had[c.Code] = c
	}
	for _, c := range read {
		switch old, there := had[c.Code]; {
		case !there:
			counts.Added++
		case old.Name == c.Name && old.Street == c.Street && old.Area == c.Area && slices.Equal(old.Communities, c.Communities):
			counts.Unchanged++
			continue
		default:
			counts.Changed++
		}
		changes = append(changes, c)
	}
	return changes, counts
}

// keep takes from known what the file has no column for.
func (c *Committee) keep(known Committee, at []int) {
	if at[2] < 0 {
		c.Street = known.Street
	}
	if at[3] < 0 {
		c.Area = known.Area
	}
	if at[4] < 0 {
		c.Communities = known.Communities
	}
}

var committeeFieldNames = map[string]string{"code": "代码", "name": "名称", "street": "街道", "area": "区县", "communities": "小区"}

var committeeWants = map[string]string{
	"code":        "1至32个英文字母、数字、-或_",
	"name":        fmt.Sprintf("必填，最多%d字", MaxText),
	"street":      fmt.Sprintf("最多%d字", MaxText),
	"area":        fmt.Sprintf("最多%d字", MaxText),
	"communities": fmt.Sprintf("每个最多%d字，最多%d个", MaxText, MaxCommunities),
}
