package broadcast

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/problem"

	"github.com/robfig/cron/v3"
)

// cronFields name the fields of a cron line, for refusals.
var cronFields = []string{"分", "时", "日", "月", "星期"}

// lastDayMark stands in the field of days for the last day of a month.
const lastDayMark = "L"

// parseCron reads five fields: minute, hour, day, month, weekday. Sunday is 0 or 7, as in crontab(5), and a day may be L, the last of the
// month. A time zone in front, which the library would take, is refused: the country has one. The refusals are read by officials.
func parseCron(line string) (cron.Schedule, error) {
	fields := strings.Fields(line)
	if len(fields) != len(cronFields) || strings.ContainsAny(line, "=@") || len(line) > maxOperand {
		return nil, cronRefused("要写五项，用空格分开：分 时 日 月 星期，例如“0 9 * * 1”是每周一九点")
	}
	written := strings.Fields(line)
	days, last := withoutLast(fields[2])
	fields[2], fields[4] = cmp.Or(days, "*"), sundayIsZero(fields[4])
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	for i, field := range fields { // one at a time, so that the refusal names the field
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = field
		if _, err := parser.Parse(strings.Join(alone, " ")); err != nil {
			return nil, unreadable(i, written[i])
		}
	}
	schedule, err := parser.Parse(strings.Join(fields, " "))
	if err != nil {
		return nil, cronRefused("看不懂：要写五项，分 时 日 月 星期")
	}
	if !last {
		return schedule, nil
	}
	ends, err := parser.Parse(strings.Join([]string{fields[0], fields[1], "28-31", fields[3], "*"}, " "))
	if err != nil {
		return nil, cronRefused("看不懂：要写五项，分 时 日 月 星期")
	}
	if days == "" && fields[4] == "*" {
		return lastDay{ends}, nil
	}
	return either{schedule, lastDay{ends}}, nil // as crontab(5) takes days and weekdays that are both named
}

// withoutLast is a field of days without the last of the month, "" when it names no other.
func withoutLast(field string) (days string, last bool) {
	parts := strings.Split(field, ",")
	kept := slices.DeleteFunc(parts, func(part string) bool { return strings.EqualFold(part, lastDayMark) })
	return strings.Join(kept, ","), len(kept) < len(parts)
}

// lastDay is the times of a schedule that are on the last day of a month.
type lastDay struct{ cron.Schedule }

func (l lastDay) Next(after time.Time) time.Time {
	for {
		after = l.Schedule.Next(after)
		if after.IsZero() || after.AddDate(0, 0, 1).Day() == 1 {
			return after
		}
	}
}

// either is the times of both schedules, each once.
type either [2]cron.Schedule

func (e either) Next(after time.Time) time.Time {
	a, b := e[0].Next(after), e[1].Next(after)
	if a.IsZero() || !b.IsZero() && b.Before(a) {
		return b
	}
	return a
}

// quartz are forms that other programs have and cron has not: the last Friday, the nearest weekday, the third Friday.
var quartz = regexp.MustCompile(`(?i)^LW?$|\dL$|\dW$|#`)

func unreadable(field int, text string) error {
	if quartz.MatchString(text) {
		return cronRefused(fmt.Sprintf("%s写成了“%s”：不支持 W 和 #，L 只能单独写在“日”里，表示每月最后一天，例如“0 9 L * *”", cronFields[field], text))
	}
	return cronRefused(fmt.Sprintf("%s写成了“%s”，看不懂：分0到59，时0到23，日1到31，月1到12，星期0到7（0和7都是星期日）", cronFields[field], text))
}

func cronRefused(reason string) error { return &problem.Invalid{Field: "cron", Reason: reason} }

// sundayIsZero writes weekday 7 as 0, which is all that the library knows of Sunday. What it cannot read stays as it is.
func sundayIsZero(field string) string {
	parts := strings.Split(field, ",")
	for i, part := range parts {
		days, step, stepped := strings.Cut(part, "/")
		first, last, ranged := strings.Cut(days, "-")
		switch {
		case !ranged && days == "7":
			parts[i] = "0" + strings.TrimPrefix(part, days)
		case ranged && (last == "7" || strings.EqualFold(last, "SUN")):
			parts[i] = weekdaysUntilSunday(part, first, step, stepped)
		}
	}
	return strings.Join(parts, ",")
}

// weekdaysUntilSunday lists the days of a range that ends with the Sunday behind it, such as 5-7: the library's week begins with Sunday.
func weekdaysUntilSunday(part, first, step string, stepped bool) string {
	from := strings.Index("SUNMONTUEWEDTHUFRISAT", strings.ToUpper(first)) / 3
	if n, err := strconv.Atoi(first); err == nil {
		from = n
	} else if len(first) != 3 || from < 0 {
		return part
	}
	by := 1
	if stepped {
		n, err := strconv.Atoi(step)
		if err != nil || n < 1 {
			return part
		}
		by = n
	}
	if from < 0 || from > 7 {
		return part
	}
	var days []string
	for day := from; day <= 7; day += by {
		days = append(days, strconv.Itoa(day%7))
	}
	return strings.Join(days, ",")
}
