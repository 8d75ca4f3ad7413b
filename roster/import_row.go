package roster

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"towncrier/phone"
)

// chinaTime is the time of all of China.
var chinaTime = time.FixedZone("Asia/Shanghai", 8*60*60)

// Problem is what is wrong at one place of a file. It never holds a phone number.
type RowProblem struct {
	Row    int    // from 1, the heading's, as spreadsheets count
	Column string // its heading; "" when the row is meant
	Cell   string // "B7"; "" when the row is meant
	Kind   string // a short name to count by, in Chinese
	Text   string // what is wrong and what would be right, in Chinese
}

// Kinds of problems.
const (
	badPhone     = "手机号无效"
	badCommittee = "居委会不明"
	badDuplicate = "号码重复"
	badBasis     = "缺少依据"
	badDate      = "日期有误"
	badWish      = "本人未同意"
	badValue     = "内容有误"
	badCell      = "无法读取"
)

var (
	bases = map[string]Basis{"同意": ByConsent, "本人同意": ByConsent, "consent": ByConsent, "法定职责": ByDuty, "duty": ByDuty,
		"应急": ByEmergency, "突发事件应急": ByEmergency, "emergency": ByEmergency}
	whats = map[string]string{"": "notices", "notices": "notices", "通知": "notices", "接收通知": "notices", "短信通知": "notices",
		"phone": "phone", "手机号": "phone", "保存手机号": "phone"}
	hows = map[string]string{"导入": "import", "纸质": "paper", "书面": "paper", "纸质签字": "paper"}
)

// rowReader turns rows into ImportRows.
type rowReader struct {
	columns
	directory
	wishes   Wishes
	whole    [fields]string // for every row, where there is no column
	now      time.Time
	date1904 bool
}

// read returns the problems of a row, or the row when there are none. A blank row is neither: ok is false.
func (r *rowReader) read(row Row) (out ImportRow, ok bool, problems []RowProblem) {
	if row.blank() {
		return out, false, nil
	}
	bad := func(column int, kind, text string) {
		problems = append(problems, r.problem(row.Number, column, kind, text))
	}
	for _, fault := range row.Faults {
		bad(fault.Column, badCell, fault.Text)
	}
	if len(problems) > 0 {
		return out, true, problems
	}
	for i := len(r.headings); i < len(row.Cells); i++ {
		if strings.TrimSpace(row.Cells[i]) != "" {
			bad(i, badValue, "表头之外还有内容：请删去，或者补上表头（可能有未加引号的分隔符）")
			return out, true, problems
		}
	}
	// check reads one field; an absent column reads as what holds for the whole sheet, or as empty.
	check := func(f int, kind string, read func(text string) (wrong string)) {
		text := r.whole[f]
		if at := r.at[f]; at >= 0 {
			text = ""
		}
		if at := r.at[f]; at >= 0 && at < len(row.Cells) {
			text = PlainCell(row.Cells[at])
		}
		if wrong := read(text); wrong != "" {
			bad(r.at[f], kind, wrong)
		}
	}
	check(phoneField, badPhone, func(text string) (wrong string) {
		out.Phone, wrong = readPhone(text)
		return wrong
	})
	r.readCommittee(&out, check)
	check(communityField, badValue, func(text string) string {
		out.Community = text
		return badText(text)
	})
	check(tagsField, badValue, func(text string) (wrong string) {
		if r.at[tagsField] >= 0 {
			out.Tags, wrong = readTags(text)
		}
		return wrong
	})
	check(basisField, badBasis, func(text string) (wrong string) {
		out.Consent.Basis, wrong = readBasis(text)
		return wrong
	})
	check(dateField, badDate, func(text string) (wrong string) {
		out.Consent.At, wrong = readDate(text, r.now, r.date1904)
		return wrong
	})
	check(howField, badValue, func(text string) string {
		how, inChat := readHow(text)
		if out.Consent.How = cmp.Or(how, string(FromImport)); inChat {
			return text + " 只用于居民在微信里的同意，请填实际方式，如 纸质"
		}
		return badText(text)
	})
	check(whatField, badValue, func(text string) string {
		what, known := whats[strings.ToLower(text)]
		if out.Consent.What = what; !known {
			return "同意内容不认识：请填 接收通知 或 保存手机号"
		}
		return ""
	})
	for _, w := range r.wishes {
		if wrong := w.wrong(PlainCell(row.Cell(w.column))); wrong != "" {
			bad(w.column, badWish, wrong)
		}
	}
	return out, true, problems
}

func readBasis(text string) (basis Basis, wrong string) {
	basis, known := bases[strings.ToLower(text)]
	switch {
	case known:
		return basis, ""
	case text == "":
		return "", "未填依据：请填 同意、法定职责 或 应急"
	}
	return "", "依据不认识：请填 同意、法定职责 或 应急"
}

func (r *rowReader) readCommittee(out *ImportRow, check func(int, string, func(string) string)) {
	told := false
	for _, f := range []int{committeeField, committeeNameField} {
		if r.at[f] < 0 && r.whole[f] == "" {
			continue
		}
		check(f, badCommittee, func(text string) string {
			if text == "" {
				return ""
			}
			told = true
			code, wrong := r.find(text)
			switch {
			case wrong != "":
				return wrong
			case out.Committee != "" && out.Committee != code:
				return "与本行居委会代码不是同一个居委会：请核对"
			}
			out.Committee = code
			return ""
		})
	}
	if !told {
		f := committeeField
		if r.at[f] < 0 {
			f = committeeNameField
		}
		check(f, badCommittee, func(string) string { return "未填居委会：请填居委会代码或名称" })
	}
}

// readPhone reads a number. What is wrong is described, never repeated.
func readPhone(text string) (number phone.Number, wrong string) {
	number, err := phone.Parse(text)
	return number, phone.Reason(err)
}

func readTags(text string) (tags []string, wrong string) {
	tags = append([]string{}, splitNames(text)...)
	for _, tag := range tags {
		if wrong := badText(tag); wrong != "" {
			return nil, "标签" + wrong
		}
	}
	slices.Sort(tags)
	if tags = slices.Compact(tags); len(tags) > MaxTags {
		return nil, fmt.Sprintf("有%d个标签，最多%d个", len(tags), MaxTags)
	}
	return tags, ""
}

// badText says what is wrong with a name, a tag or the like.
func badText(text string) string {
	if strings.ContainsFunc(text, unprintable) {
		return "内容里有换行或控制字符：请删去"
	}
	if phone.In(text) {
		return "内容里有手机号：请删去，号码只填在手机号一列"
	}
	if len(text) > MaxText {
		if n := utf8.RuneCountInString(text); n > MaxText {
			return fmt.Sprintf("内容过长：有%d字，最多%d字", n, MaxText)
		}
	}
	return ""
}
