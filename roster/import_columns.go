package roster

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// field is what a column may hold.
type field int

const (
	phoneField field = iota
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

// fieldNames are the headings that people write, the one that messages use first.
var fieldNames = [fields][]string{
	phoneField:         {"手机号", "手机号码", "手机", "电话", "电话号码", "联系电话", "联系方式", "phone", "mobile", "phone_number"},
	committeeField:     {"居委会代码", "社区代码", "居委会编码", "社区编码", "committee", "committee_code"},
	committeeNameField: {"居委会", "社区居委会", "居委会名称", "社区", "社区名称", "committee_name"},
	communityField:     {"小区", "小区名称", "所在小区", "community"},
	tagsField:          {"标签", "tags", "tag"},
	basisField:         {"依据", "处理依据", "法律依据", "basis"},
	dateField:          {"同意时间", "同意日期", "依据时间", "日期", "consented_at", "date"},
	howField:           {"同意方式", "how"},
	whatField:          {"同意内容", "what"},
}

// ourColumns are those that a file of problems has in front: they are passed over without a word.
var ourColumns = []string{"行号", "问题"}

// columns says where in a file each field is; -1 when nowhere.
type columns struct {
	at       [fields]int
	headings []string
	unknown  []string // headings that mean nothing here
}

// readHeading finds the fields in the heading row.
func readHeading(cells []string) (columns, error) {
	var c columns
	for f := range c.at {
		c.at[f] = -1
	}
	for i, heading := range cells {
		heading = strings.TrimSpace(heading)
		c.headings = append(c.headings, heading)
		f, ok := fieldOf(heading)
		switch {
		case ok && c.at[f] >= 0:
			return c, fmt.Errorf("columns %s and %s both say what %s is: keep one of them",
				columnName(c.at[f]), columnName(i), fieldNames[f][0])
		case ok:
			c.at[f] = i
		case heading != "" && !slices.Contains(ourColumns, heading):
			c.unknown = append(c.unknown, heading)
		}
	}
	var missing []string
	for _, any := range [][]field{{phoneField}, {committeeField, committeeNameField}, {basisField}, {dateField}} {
		var names []string
		found := false
		for _, f := range any {
			names = append(names, fieldNames[f]...)
			found = found || c.at[f] >= 0
		}
		if !found {
			missing = append(missing, strings.Join(names, ", "))
		}
	}
	if len(missing) > 0 {
		return c, fmt.Errorf("the heading row lacks columns; each of these lines needs one, under any of its names:\n  %s", strings.Join(missing, "\n  "))
	}
	return c, nil
}

// fieldOf knows a heading by its letters: case, spaces, marks and what is in parentheses, such as （必填）, do not matter.
func fieldOf(heading string) (field, bool) {
	key := headingKey(heading)
	for f, names := range fieldNames {
		for _, name := range names {
			if headingKey(name) == key {
				return field(f), true
			}
		}
	}
	return 0, false
}

func headingKey(heading string) string {
	if before, _, ok := strings.Cut(strings.ReplaceAll(heading, "（", "("), "("); ok && strings.TrimSpace(before) != "" {
		heading = before
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, heading)
}
