package roster

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"
)

// earliest is before any consent to be sent notices: what is older was mistyped.
var earliest = time.Date(1990, 1, 1, 0, 0, 0, 0, chinaTime)

const wantDate = "请写成 2023-11-13"

// readDate reads a day as people and spreadsheets write it, a time or a day of the week behind it passed over: 2023-11-13,
// 2023/11/13, 2023.11.13, 20231113, 2023年11月13日, or a spreadsheet's day number. It is midnight in China.
func readDate(text string, now time.Time, date1904 bool) (at time.Time, wrong string) {
	if text == "" {
		return at, "未填日期：" + wantDate
	}
	at, wrong = readDay(norm.NFKC.String(text), date1904)
	switch {
	case wrong != "":
		return time.Time{}, wrong
	case at.After(now):
		return time.Time{}, "日期在将来：" + at.Format(time.DateOnly) + "，请核对"
	case at.Before(earliest):
		return time.Time{}, "日期过早：" + at.Format(time.DateOnly) + "，请核对"
	}
	return at.UTC(), ""
}

var (
	calendarDay = regexp.MustCompile(`^(?:(\d{4}) *[-/.年—–―−‐‑] *(\d{1,2}) *[-/.月—–―−‐‑] *(\d{1,2})( *[日号]|\.)?|(\d{4})(\d{2})(\d{2}))`)
	behindDay   = regexp.MustCompile(`^,?[ T]*` + weekday + `?[ T]*` + dayPart + `? *` + clock + `? *` + dayPart + `? *` + weekday + `?$`)
	justMonth   = regexp.MustCompile(`^\d{4} *[-/.年—] *\d{1,2} *月?$`)
	dayOrMonth  = regexp.MustCompile(`^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$`)
)

const (
	weekday = `(?:\(?(?:星期|周|礼拜)([一二三四五六日天])\)?)`
	dayPart = `(?:上午|下午|凌晨|清晨|早上|早晨|中午|傍晚|晚上|[AaPp][Mm])`
	clock   = `(?:\d[0-9:.时点分秒]*(?:Z|[+-]\d{2}:?\d{2})?)`
)

// readDay reads the day. It does not look whether the day can be.
func readDay(text string, date1904 bool) (at time.Time, wrong string) {
	if instant, err := time.Parse(time.RFC3339Nano, text); err == nil { // late in the evening it is the next day in China
		year, month, day := instant.In(chinaTime).Date()
		return time.Date(year, month, day, 0, 0, 0, 0, chinaTime), ""
	}
	found := calendarDay.FindStringSubmatch(text)
	if found == nil {
		if at, ok := serialDay(text, date1904); ok {
			return at, ""
		}
		return at, describeDay(text)
	}
	rest := text[len(found[0]):]
	behind := behindDay.FindStringSubmatch(rest)
	closed := strings.TrimSpace(found[4]) != "" && found[4] != "." // 日 ends the day, otherwise a space must
	if behind == nil || rest != "" && rest[0] >= '0' && rest[0] <= '9' && !closed {
		return at, "日期无法识别：" + wantDate
	}
	year, month, day := number(found[1]+found[5]), number(found[2]+found[6]), number(found[3]+found[7])
	at = time.Date(year, time.Month(month), day, 0, 0, 0, 0, chinaTime)
	if at.Day() != day || int(at.Month()) != month {
		return at, "没有这一天：" + wantDate
	}
	if name := behind[1] + behind[2]; name != "" && !isWeekday(at, name) {
		return at, fmt.Sprintf("日期与星期不符：%s是星期%s，请核对", at.Format(time.DateOnly), string([]rune("日一二三四五六")[at.Weekday()]))
	}
	return at, ""
}

func isWeekday(at time.Time, names string) bool {
	for _, name := range names {
		if name == '天' {
			name = '日'
		}
		if []rune("日一二三四五六")[at.Weekday()] != name {
			return false
		}
	}
	return true
}

// describeDay says why a text is no day.
func describeDay(text string) string {
	if justMonth.MatchString(text) {
		return "只写到月，缺少日：" + wantDate
	}
	if found := dayOrMonth.FindStringSubmatch(text); found != nil {
		if a, b := number(found[1]), number(found[2]); a != b && a >= 1 && a <= 12 && b >= 1 && b <= 12 {
			return fmt.Sprintf("看不出是%d月%d日还是%d月%d日：请写成年月日，如 2023-11-13", a, b, b, a)
		}
	}
	return "日期无法识别：" + wantDate
}

// number reads digits; few enough that it cannot fail.
func number(digits string) int {
	n, _ := strconv.Atoi(digits)
	return n
}

// serialDay is a spreadsheet's day number: 45243 is 2023-11-13. Its fraction is the time of day.
func serialDay(text string, date1904 bool) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(whole) != 5 || strings.Trim(whole+fraction, "0123456789") != "" {
		return time.Time{}, false
	}
	n := number(whole)
	if date1904 {
		n += 1462
	}
	return time.Date(1899, time.December, 30+n, 0, 0, 0, 0, chinaTime), true
}
