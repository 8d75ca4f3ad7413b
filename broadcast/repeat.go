package broadcast

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/problem"
)

// Repeat is when a series comes, as people say it: every day, on some days of the week or on some of the month, at a time of day. A series
// keeps it as its cron line, so that there is one schedule and one hash.
type Repeat struct {
	Every Period
	On    []int // days of the week, 1 is Monday and 7 Sunday, or of the month; a month without such a day is passed over
	Last  bool  // of EveryMonth: on its last day, too
	At    int   // minute of the day, in the city's zone
}

// Period is after how long a Repeat comes again.
type Period string

const (
	EveryDay   Period = "day"
	EveryWeek  Period = "week"
	EveryMonth Period = "month"
)

// clockForm is how a time of day is written.
const clockForm = "15:04"

// ParseRepeat reads what an official wrote, at as 09:00. The error is a *problem.Invalid about a field of repeat.
func ParseRepeat(every Period, on []int, last bool, at string) (Repeat, error) {
	clock, err := time.Parse(clockForm, at)
	if err != nil || len(at) != len(clockForm) {
		return Repeat{}, repeatRefused("at", "时间写成 09:00 这样，时0到23，分0到59")
	}
	r := Repeat{Every: every, On: slices.Compact(slices.Sorted(slices.Values(on))), Last: last, At: clock.Hour()*60 + clock.Minute()}
	most, days := 0, ""
	switch every {
	case EveryDay:
	case EveryWeek:
		most, days = 7, "星期要写1到7，1是星期一，7是星期日，例如[1,4]"
	case EveryMonth:
		most, days = 31, "日期要写1到31，例如[15]；每月最后一天写 last: true"
	default:
		return Repeat{}, repeatRefused("every", "要写 day（每天）、week（每周）或 month（每月）")
	}
	switch {
	case every == EveryDay && len(on) > 0:
		return Repeat{}, repeatRefused("on", "每天发送时不写日子；只在某几天发送请用 week 或 month")
	case every != EveryMonth && last:
		return Repeat{}, repeatRefused("last", "只有每月发送时才有“最后一天”：every 要写 month")
	case every != EveryDay && len(on) == 0 && !last:
		return Repeat{}, repeatRefused("on", "没有写哪一天："+days)
	case len(r.On) > 0 && (r.On[0] < 1 || r.On[len(r.On)-1] > most):
		return Repeat{}, repeatRefused("on", days)
	}
	return r, nil
}

func repeatRefused(field, reason string) error {
	return &problem.Invalid{Field: "repeat." + field, Reason: reason}
}

// Cron is the line that comes at the same times.
func (r Repeat) Cron() string {
	days := make([]string, len(r.On))
	for i, day := range r.On {
		days[i] = strconv.Itoa(day)
	}
	day, weekday := "*", "*"
	switch r.Every {
	case EveryWeek:
		weekday = strings.Join(days, ",")
	case EveryMonth:
		if r.Last {
			days = append(days, lastDayMark)
		}
		day = strings.Join(days, ",")
	}
	return fmt.Sprintf("%d %d %s * %s", r.At%60, r.At/60, day, weekday)
}

// RepeatOf is what a cron line says; ok is false of one that says more than a Repeat can.
func RepeatOf(line string) (r Repeat, ok bool) {
	fields := strings.Fields(line)
	if _, err := parseCron(line); err != nil || fields[3] != "*" {
		return Repeat{}, false
	}
	minute, err := strconv.Atoi(fields[0])
	hour, err2 := strconv.Atoi(fields[1])
	if err != nil || err2 != nil {
		return Repeat{}, false
	}
	r.At = hour*60 + minute
	switch days, last := withoutLast(fields[2]); {
	case fields[2] == "*" && fields[4] == "*":
		r.Every = EveryDay
	case fields[2] == "*":
		r.Every = EveryWeek
		r.On, ok = daysOf(fields[4])
		for i, day := range r.On {
			if day == 0 {
				r.On[i] = 7
			}
		}
	case fields[4] == "*":
		r.Every, r.Last = EveryMonth, last
		r.On, ok = daysOf(days)
	}
	slices.Sort(r.On)
	r.On = slices.Compact(r.On)
	return r, ok || r.Every == EveryDay
}

// daysOf are the numbers and ranges of numbers in a field of a cron line; ok is false when there is anything else.
func daysOf(field string) (days []int, ok bool) {
	if field == "" {
		return nil, true
	}
	for part := range strings.SplitSeq(field, ",") {
		first, last, ranged := strings.Cut(part, "-")
		if !ranged {
			last = first
		}
		from, err := strconv.Atoi(first)
		to, err2 := strconv.Atoi(last)
		if err != nil || err2 != nil {
			return nil, false
		}
		for day := from; day <= to; day++ {
			days = append(days, day)
		}
	}
	return days, true
}

// Label is what an official reads for it, in Chinese: 每周一、周四 09:00.
func (r Repeat) Label() string {
	at := " " + r.Clock()
	var days, rare []string
	for _, day := range r.On {
		if r.Every == EveryWeek {
			days = append(days, "周"+string([]rune("一二三四五六日")[day-1]))
			continue
		}
		text := fmt.Sprintf("%d日", day)
		if days = append(days, text); day > 28 {
			rare = append(rare, text)
		}
	}
	if r.Last {
		days = append(days, "最后一天")
	}
	switch on := strings.Join(days, "、"); {
	case r.Every == EveryDay:
		return "每天" + at
	case r.Every == EveryWeek:
		return "每" + on + at
	case len(rare) > 0:
		return "每月" + on + at + "（没有" + strings.Join(rare, "、") + "的月份，这一天不发送）"
	default:
		return "每月" + on + at
	}
}

// Clock is At as 09:00.
func (r Repeat) Clock() string { return fmt.Sprintf("%02d:%02d", r.At/60, r.At%60) }

// Schedule says in Chinese when a series comes: in words where there are any for its cron line.
func (series Series) Schedule() string {
	if r, ok := RepeatOf(series.Cron); ok {
		return r.Label()
	}
	return strings.Join(strings.Fields(series.Cron), " ") + "（" + strings.Join(cronFields, " ") + "）"
}
