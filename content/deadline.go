package content

import (
	"regexp"
	"strconv"
	"strings"
	"time"
)

// Deadline is the last day of the earliest deadline that a passage sets, as in 11月底前; false when it sets none. A day without a year
// is of the notice's year, or of the next when its month is before the notice's. Days that a passage only tells of, as in 11月13日召开,
// and those as of which it counts, as in 截至11月底, are no deadlines.
func (n *Notice) Deadline(p Passage) (Date, bool) {
	text := strings.Map(halfWidth, p.Text)
	var first Date
	for _, form := range []*regexp.Regexp{endsWith, beginsWith} {
		for _, at := range form.FindAllStringSubmatchIndex(text, -1) {
			group := func(name string) string {
				i := 2 * form.SubexpIndex(name)
				if i < 0 || at[i] < 0 {
					return ""
				}
				return text[at[i]:at[i+1]]
			}
			rest := []rune(text[at[1]:])
			if group("end") == "前" && len(rest) > 0 && strings.ContainsRune(notBefore, rest[0]) {
				continue
			}
			if d, ok := n.lastDay(group); ok && (first == (Date{}) || d.Before(first)) {
				first = d
			}
		}
	}
	return first, first != (Date{})
}

// dayOf is a day, a part of a month, a month or the end of a year; hourOf is what may stand between it and the word that makes it a
// deadline.
const (
	numberOf = `[0-9]{1,2}|[一二三四五六七八九十]{1,3}`
	dayOf    = `(?:(?:(?P<year>[0-9]{4})年|(?P<when>当年|今年|本年|明年|次年|去年)的?)?` +
		`(?:(?P<yearend>年底|年末|底)|(?:(?P<month>` + numberOf + `)月份?|(?P<this>本月|当月|下月|次月))(?:(?P<day>` + numberOf + `)[日号]|(?P<part>底|末|上旬|中旬|下旬|初))?)` +
		`|(?P<isoyear>[0-9]{4})[-./](?P<isomonth>[0-9]{1,2})[-./](?P<isoday>[0-9]{1,2}))`
	hourOf = `(?:[（(][^（）()]{1,8}[）)])?(?:上午|中午|下午|晚上|晚|早上|凌晨)?(?:[0-9]{1,2}(?:[:：][0-9]{2}|[时点](?:[0-9]{1,2}分|整|半)?))?`
	// notBefore are the words that make 前 no "before": 前后, 前往, 前来, 前夕, 前期, 前景.
	notBefore = "后往来夕期景"
)

var (
	endsWith   = regexp.MustCompile(dayOf + hourOf + `(?P<end>之前|以前|前|为止|止|截止)`)
	beginsWith = regexp.MustCompile(`(?:截止(?:日期|时间)(?:延长)?[到至为是：:]*|(?:不晚于|不迟于|最迟|最晚)[于在是到]?|有效期限?[到至为]|(?:延长|延期|顺延)[到至])` + dayOf + `(?P<end>)`)
)

// lastDay reads a match of dayOf.
func (n *Notice) lastDay(group func(name string) string) (Date, bool) {
	if year := group("isoyear"); year != "" {
		return aDay(numeral(year), numeral(group("isomonth")), numeral(group("isoday")))
	}
	year, stated := n.Date.Year, true
	switch when := group("when"); {
	case group("year") != "":
		year = numeral(group("year"))
	case n.Date == (Date{}):
		return Date{}, false
	case when == "明年", when == "次年":
		year++
	case when == "去年":
		year--
	case when == "":
		stated = false
	}
	if end := group("yearend"); end != "" {
		if end == "底" && group("year") == "" && group("when") == "" {
			return Date{}, false // of what is not said
		}
		return Date{year, time.December, 31}, true
	}
	month := numeral(group("month"))
	switch group("this") {
	case "本月", "当月":
		month = int(n.Date.Month)
	case "下月", "次月":
		if month = int(n.Date.Month) + 1; month > 12 {
			year, month = year+1, 1
		}
	default:
		if !stated && month < int(n.Date.Month) {
			year++
		}
	}
	if month < 1 || month > 12 {
		return Date{}, false
	}
	monthEnd := DateOf(time.Date(year, time.Month(month)+1, 0, 0, 0, 0, 0, time.UTC))
	day := monthEnd.Day
	switch part := group("part"); {
	case group("day") != "":
		day = numeral(group("day"))
	case part == "上旬", part == "初":
		day = 10
	case part == "中旬":
		day = 20
	case part == "" && strings.HasSuffix(group("end"), "前"): // before the month begins
		return DateOf(time.Date(year, time.Month(month), 0, 0, 0, 0, 0, time.UTC)), true
	}
	return aDay(year, month, day)
}

// aDay refuses days that no calendar has.
func aDay(year, month, day int) (Date, bool) {
	d := DateOf(time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC))
	return d, d == Date{year, time.Month(month), day}
}

// numeral is a number in digits, or one below 100 in Chinese; 0 for anything else.
func numeral(text string) int {
	if n, err := strconv.Atoi(text); err == nil {
		return n
	}
	n := 0
	for _, r := range text {
		if r == '十' {
			n = max(n, 1) * 10
			continue
		}
		at := strings.Index("一二三四五六七八九", string(r))
		if at < 0 {
			return 0
		}
		n += at/len("一") + 1
	}
	return n
}

func halfWidth(r rune) rune {
	if r >= '０' && r <= '９' {
		return r - '０' + '0'
	}
	return r
}
