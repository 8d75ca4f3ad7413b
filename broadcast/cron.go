package broadcast

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"towncrier/problem"

	"github.com/robfig/cron/v3"
)

// cronFields name the fields of a cron line, for refusals.
var cronFields = []string{"分", "时", "日", "月", "星期"}

// parseCron reads five fields: minute, hour, day, month, weekday. Sunday is 0 or 7, as in crontab(5). A time zone in front,
// which the library would take, is refused: the country has one. The refusals are read by officials.
func parseCron(line string) (cron.Schedule, error) {
	fields := strings.Fields(line)
	if len(fields) != len(cronFields) || strings.ContainsAny(line, "=@") || len(line) > maxOperand {
		return nil, cronRefused("要写五项，用空格分开：分 时 日 月 星期，例如“0 9 * * 1”是每周一九点")
	}
	fields[4] = sundayIsZero(fields[4])
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow)
	for i, field := range fields { // one at a time, so that the refusal names the field
		alone := []string{"*", "*", "*", "*", "*"}
		alone[i] = field
		if _, err := parser.Parse(strings.Join(alone, " ")); err != nil {
			return nil, unreadable(i, strings.Fields(line)[i])
		}
	}
	schedule, err := parser.Parse(strings.Join(fields, " "))
	if err != nil {
		return nil, cronRefused("看不懂：要写五项，分 时 日 月 星期")
	}
	return schedule, nil
}

// quartz are forms that other programs have and cron has not: the last day, the nearest weekday, the third Friday.
var quartz = regexp.MustCompile(`(?i)^LW?$|\dL$|\dW$|#`)

func unreadable(field int, text string) error {
	if quartz.MatchString(text) {
		return cronRefused(fmt.Sprintf("%s写成了“%s”：不支持 L、W 和 #，要写具体的日子，例如每月28日写“0 9 28 * *”", cronFields[field], text))
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
