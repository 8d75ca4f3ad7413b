package roster

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"towncrier/phone"
	"towncrier/problem"
)

// Fields of a table of committees.
const (
	codeColumn = iota
	nameColumn
	streetColumn
	areaColumn
	communitiesColumn
)

var committeesForm = form{
	names: [][]string{
		codeColumn:        {"代码", "居委会代码", "社区代码", "code", "committee"},
		nameColumn:        {"名称", "居委会", "居委会名称", "社区居委会", "name"},
		streetColumn:      {"街道", "街道办", "街道办事处", "乡镇", "street"},
		areaColumn:        {"区县", "县区", "区", "县", "area", "district"},
		communitiesColumn: {"小区", "小区名称", "communities", "community"},
	},
	needs: [][]int{{codeColumn}, {nameColumn}},
}

// maxCommittees and maxCommitteesText are far above the largest city's: a table of committees is held in memory.
const (
	maxCommittees     = 20_000
	maxCommitteesText = 32 << 20 // bytes
)

var errManyCommittees = fmt.Errorf("超过%d个居委会，或文字超过%d MiB：这不像居委会的表；请核对后分成几个文件", maxCommittees, maxCommitteesText>>20)

// CommitteePlan is what an import of committees would do: the outcome of a dry run, which writes nothing.
type CommitteePlan struct {
	Judged
	Changes []CommitteeRows // those that are not known as they are, in the file's order
	Planned ImportCounts    // committees, those that stay as they are included

	known []Committee
	wrong map[string]int // by code of what is left out, the first row with a problem
}

// CommitteeRows is a committee, and how many rows of the file it stands in.
type CommitteeRows struct {
	Committee
	Rows int
}

// PlanCommittees reads committees from a sheet: code, name, street, area and communities, several of these in a cell, separated by 、
// or the like, or one in each of several rows of the same code. What the file has no column for stays as it is in known. It reports every
// problem as it finds it. A committee with a problem is left out with all of its rows, which count as bad. The error, in Chinese, is for what
// makes the file unreadable as a whole.
func PlanCommittees(ctx context.Context, sheet Table, known []Committee, report func(RowProblem)) (*CommitteePlan, error) {
	heading, err := committeesForm.find(sheet)
	if err != nil {
		return nil, err
	}
	p := &CommitteePlan{
		Judged: Judged{Kinds: map[string]int{}, Unknown: heading.unknown, sheet: sheet, heading: heading},
		known:  known, wrong: map[string]int{},
	}
	reader := newCommitteeReader(heading, known)
	goodRows := map[string]int{} // by code
	err = p.Judged.read(ctx, func(row Row) ([]RowProblem, error) {
		code, problems := reader.read(row)
		switch {
		case len(problems) == 0:
			goodRows[code]++
		case code != "" && p.wrong[code] == 0:
			p.wrong[code] = row.Number
		}
		if len(goodRows) > maxCommittees || len(p.wrong) > maxCommittees || reader.text > maxCommitteesText {
			return nil, errManyCommittees
		}
		return problems, nil
	}, report)
	if err != nil {
		return nil, err
	}
	for code := range p.wrong {
		p.Bad += goodRows[code]
	}
	for _, c := range reader.committees {
		if p.wrong[c.Code] > 0 {
			continue
		}
		switch old, there := reader.known[c.Code]; {
		case !there:
			p.Planned.Added++
		case old.Name == c.Name && old.Street == c.Street && old.Area == c.Area && slices.Equal(old.Communities, c.Communities):
			p.Planned.Unchanged++
			continue
		default:
			p.Planned.Changed++
		}
		p.Changes = append(p.Changes, CommitteeRows{c, goodRows[c.Code]})
	}
	return p, nil
}

// BadRows are the rows that are left out: of a committee with a problem all of them. The cells of a row are good until the next one.
func (p *CommitteePlan) BadRows() (BadHeading, iter.Seq2[BadRow, error]) {
	reader := newCommitteeReader(p.heading, p.known)
	return BadHeading{Headings: p.heading.headings, Phone: -1}, p.badRows(func(row Row) BadRow {
		code, problems := reader.read(row)
		if first := p.wrong[code]; len(problems) == 0 && first > 0 {
			return BadRow{Note: fmt.Sprintf("同一居委会的第%d行有问题，整个居委会没有导入", first)}
		}
		return BadRow{Problems: problems}
	})
}

// committeeReader puts rows together to committees.
type committeeReader struct {
	columns
	known      map[string]Committee
	committees []Committee
	places     map[string]int // in committees, by code
	firstRow   map[string]int // by code
	text       int            // bytes of what is in committees
}

func newCommitteeReader(heading columns, known []Committee) *committeeReader {
	r := &committeeReader{columns: heading, known: map[string]Committee{}, places: map[string]int{}, firstRow: map[string]int{}}
	for _, c := range known {
		r.known[c.Code] = c
	}
	return r
}

// read returns the code in a row, "" when that is none, and what is wrong with the row. Without problems the row is in committees.
func (r *committeeReader) read(row Row) (code string, problems []RowProblem) {
	bad := func(column int, kind, text string) {
		problems = append(problems, r.problem(row.Number, column, kind, text))
	}
	cell := func(field int) string {
		if r.at[field] < 0 {
			return ""
		}
		return PlainCell(row.Cell(r.at[field]))
	}
	written, rounded := readCode(cell(codeColumn))
	if rounded == "" && committeeCode.MatchString(written) {
		code = written
	}
	for _, fault := range row.Faults {
		bad(fault.Column, badCell, fault.Text)
	}
	if rounded != "" {
		bad(r.at[codeColumn], badValue, rounded)
	}
	if len(problems) > 0 {
		return code, problems
	}
	c := Committee{Code: written, Name: cell(nameColumn), Street: cell(streetColumn), Area: cell(areaColumn), Communities: splitNames(cell(communitiesColumn))}
	size := len(c.Name) + len(c.Street) + len(c.Area) + len(cell(communitiesColumn))
	if known, ok := r.known[code]; ok {
		c.keep(known, r.at)
	}
	place, again := r.places[code]
	if again {
		first := &r.committees[place]
		for _, f := range []struct {
			column   int
			had, has string
		}{{nameColumn, first.Name, c.Name}, {streetColumn, first.Street, c.Street}, {areaColumn, first.Area, c.Area}} {
			if f.has = tidy(f.has); f.has != "" && f.has != f.had {
				bad(r.at[f.column], badDuplicate, fmt.Sprintf("与第%d行代码相同，名称、街道或区县却不同", r.firstRow[code]))
				return code, problems
			}
		}
		if cell(communitiesColumn) == "" {
			return code, nil
		}
		c.Name, c.Street, c.Area = first.Name, first.Street, first.Area
	}
	clean, err := c.Clean()
	if err == nil && again {
		err = r.addCommunities(&r.committees[place], clean.Communities)
	}
	if err != nil {
		field, why := "code", err.Error()
		if invalid, ok := errors.AsType[*problem.Invalid](err); ok {
			field, why = invalid.Field, invalid.Reason
		}
		text := committeeFields[field].label + "有误（" + committeeFields[field].wants + "）"
		if why == phone.Unfit {
			text = committeeFields[field].label + "里有手机号：请删去"
		}
		bad(r.at[committeeFields[field].column], badValue, text)
		return code, problems
	}
	if again {
		return code, nil
	}
	r.text += size
	r.places[code], r.firstRow[code] = len(r.committees), row.Number
	r.committees = append(r.committees, clean)
	return code, nil
}

// addCommunities puts names of another row into a committee. There are few in a row and many rows: what is there already is not looked at again.
func (r *committeeReader) addCommunities(to *Committee, names []string) error {
	for _, name := range names {
		i, there := slices.BinarySearch(to.Communities, name)
		switch {
		case there:
		case len(to.Communities) >= MaxCommunities:
			return &problem.Invalid{Field: "communities", Reason: tooManyCommunities(len(to.Communities) + 1)}
		default:
			to.Communities = slices.Insert(to.Communities, i, name)
			r.text += len(name)
		}
	}
	return nil
}

// keep takes from known what the file has no column for.
func (c *Committee) keep(known Committee, at []int) {
	if at[streetColumn] < 0 {
		c.Street = known.Street
	}
	if at[areaColumn] < 0 {
		c.Area = known.Area
	}
	if at[communitiesColumn] < 0 {
		c.Communities = known.Communities
	}
}

// committeeFields are what problem.Invalid calls them.
var committeeFields = map[string]struct {
	column       int
	label, wants string
}{
	"code":        {codeColumn, "代码", "1至32个英文字母、数字、-或_"},
	"name":        {nameColumn, "名称", fmt.Sprintf("必填，最多%d字", MaxText)},
	"street":      {streetColumn, "街道", fmt.Sprintf("最多%d字", MaxText)},
	"area":        {areaColumn, "区县", fmt.Sprintf("最多%d字", MaxText)},
	"communities": {communitiesColumn, "小区", fmt.Sprintf("每个最多%d字，最多%d个", MaxText, MaxCommunities)},
}
