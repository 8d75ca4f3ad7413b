package roster

import (
	"strings"
	"time"
)

const wantDate = "日期无法识别：请写成 2023-11-13"

// readDate reads a day as people and spreadsheets write it, a time behind it passed over: 2023-11-13, 2023/11/13,
// 2023.11.13, 20231113, 2023年11月13日, or a spreadsheet's day number. It is midnight in China.
func readDate(text string, now time.Time, date1904 bool) (at time.Time, wrong string) {
	if text == "" {
		return at, "未填日期"
	}
	day, rest := text, ""
	if i := strings.IndexAny(text, " T"); i >= 0 {
		day, rest = text[:i], text[i+1:]
	}
	if strings.ContainsFunc(rest, func(r rune) bool { return !strings.ContainsRune("0123456789:.Z+-", r) }) {
		return at, wantDate
	}
	at, ok := calendarDay(day)
	if !ok && rest == "" {
		at, ok = serialDay(day, date1904)
	}
	switch {
	case !ok:
		return time.Time{}, wantDate
	case at.After(now):
		return time.Time{}, "日期在将来：" + at.Format(time.DateOnly)
	case at.Year() < 1990:
		return time.Time{}, "日期过早：" + at.Format(time.DateOnly)
	}
	return at.UTC(), ""
}

func calendarDay(text string) (time.Time, bool) {
	var part [3]int
	if len(text) == 8 && !strings.ContainsAny(text, "-/.年") {
		text = text[:4] + "-" + text[4:6] + "-" + text[6:]
	}
	n, digits := 0, 0
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			if n > 2 || digits == 4 {
				return time.Time{}, false
			}
			part[n] = 10*part[n] + int(r-'0')
			digits++
		case (r == '-' || r == '/' || r == '.') && n < 2, r == '年' && n == 0, r == '月' && n == 1, r == '日' && n == 2:
			if digits == 0 || n == 0 && digits != 4 {
				return time.Time{}, false
			}
			n, digits = n+1, 0
		default:
			return time.Time{}, false
		}
	}
	if n < 2 || n == 2 && digits == 0 {
		return time.Time{}, false
	}
	at := time.Date(part[0], time.Month(part[1]), part[2], 0, 0, 0, 0, chinaTime)
	return at, at.Day() == part[2] && int(at.Month()) == part[1]
}

// serialDay is a spreadsheet's day number: 45243 is 2023-11-13. Its fraction is the time of day.
func serialDay(text string, date1904 bool) (time.Time, bool) {
	whole, fraction, _ := strings.Cut(text, ".")
	if len(whole) != 5 || strings.Trim(fraction, "0123456789") != "" {
		return time.Time{}, false
	}
	n := 0
	for _, r := range whole {
		if r < '0' || r > '9' {
			return time.Time{}, false
		}
		n = 10*n + int(r-'0')
	}
	if date1904 {
		n += 1462
	}
	return time.Date(1899, time.December, 30+n, 0, 0, 0, 0, chinaTime), true
}
