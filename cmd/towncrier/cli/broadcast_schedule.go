package cli

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"towncrier/api/wire"
	"towncrier/plaintext"
)

// seriesFlags is what flags say of a series, besides what an occurrence says.
type seriesFlags struct {
	proposalFlags
	weekly, monthly string
	daily           bool
	clock           string
	cron            string
	until           time.Time
	within          int          // minutes
	repeat          *wire.Repeat // what weekly, monthly, daily and clock say; nil when they say nothing
}

// scheduleFlags are the ways to say when a series comes.
var scheduleFlags = []string{"weekly", "monthly", "daily", "cron"}

func (r *seriesFlags) flags(cmd *cobra.Command) {
	r.content(cmd)
	cmd.Flags().StringVar(&r.weekly, "weekly", "", "每周的哪几天：一,四 或 1,4")
	cmd.Flags().StringVar(&r.monthly, "monthly", "", "每月的哪几天：15，或 1,15,最后一天")
	cmd.Flags().BoolVar(&r.daily, "daily", false, "每天")
	cmd.Flags().StringVar(&r.clock, "at", "", "几点发送，与 --weekly、--monthly、--daily 同用：09:00")
	cmd.Flags().StringVar(&r.cron, "cron", "", "分 时 日 月 星期：\"0 9 * * 1\" 是每周一9点")
	cmd.Flags().Var(dayFlag(&r.until, 1), "until", "截止时间，之后不再发送：2030-12-31 20:00，只写日期的含当天")
	cmd.Flags().Var(minutesFlag(&r.within), "expire-after", "到时间后多久还没发出就不再发送：6h 是6小时（不写：一天）")
	cmd.MarkFlagsMutuallyExclusive(scheduleFlags...)
	cmd.MarkFlagsMutuallyExclusive("cron", "at")
	cmd.PreRunE = func(cmd *cobra.Command, _ []string) (err error) {
		if r.repeat, err = r.readRepeat(); err != nil {
			return &usageError{cmd.CommandPath(), err}
		}
		return nil
	}
}

// into writes what the flags say into a series, whose proposal and schedule stay when they say none. It returns the version that the file says.
func (r seriesFlags) into(cmd *cobra.Command, series *wire.WrittenSeries) (version int64, err error) {
	if series.Proposal, version, err = r.read(cmd, series.Proposal); err != nil {
		return 0, err
	}
	if r.cron != "" || r.repeat != nil {
		series.Cron, series.Repeat = r.cron, r.repeat
	}
	series.Until, series.ExpireMinutes = cmp.Or(r.until, series.Until), cmp.Or(r.within, series.ExpireMinutes)
	return version, nil
}

// readRepeat reads --weekly, --monthly and --daily, with --at.
func (r seriesFlags) readRepeat() (*wire.Repeat, error) {
	repeat := &wire.Repeat{}
	var err error
	if r.clock != "" {
		if repeat.At, err = clockOf(r.clock); err != nil {
			return nil, err
		}
	}
	switch {
	case r.weekly != "":
		repeat.Every = "week"
		repeat.On, err = weekdays(r.weekly)
	case r.monthly != "":
		repeat.Every = "month"
		repeat.On, repeat.Last, err = monthDays(r.monthly)
	case r.daily:
		repeat.Every = "day"
	case r.clock != "":
		return nil, errors.New("--at 要和 --weekly、--monthly 或 --daily 一起写")
	default:
		return nil, nil
	}
	if err == nil && r.clock == "" {
		err = errors.New("没有写几点发送：加 --at 09:00")
	}
	return repeat, err
}

// clockForms are how people write a time of day: 9:00, 09：00, 9点, 9点30分, 9点半.
var clockForms = regexp.MustCompile(`^([0-9]{1,2})(?:[:：]([0-9]{2})|[点时](?:([0-9]{1,2})分?|(半))?)$`)

// clockOf is a time of day as 09:00.
func clockOf(text string) (string, error) {
	m := clockForms.FindStringSubmatch(strings.TrimSpace(text))
	if m != nil {
		minute := cmp.Or(m[2], m[3], "0")
		if m[4] != "" {
			minute = "30"
		}
		hour, _ := strconv.Atoi(m[1]) // of two digits at most, both of them
		if minute, _ := strconv.Atoi(minute); hour < 24 && minute < 60 {
			return fmt.Sprintf("%02d:%02d", hour, minute), nil
		}
	}
	return "", fmt.Errorf("--at：看不懂“%s”，要写几点几分，例如 09:00，时0到23，分0到59", plaintext.OneLine(text, 20))
}

// daysWritten parts a list of days as people write it.
func daysWritten(text string) []string {
	return strings.FieldsFunc(text, func(c rune) bool { return strings.ContainsRune(",，、 ", c) })
}

func weekdays(text string) (days []int, err error) {
	for _, word := range daysWritten(text) {
		name := strings.TrimPrefix(strings.TrimPrefix(word, "星期"), "周")
		at := strings.Index("一二三四五六日", name) / len("一")
		switch n, err := strconv.Atoi(name); {
		case err == nil && n >= 1 && n <= 7:
			days = append(days, n)
		case name == "天":
			days = append(days, 7)
		case len(name) == len("一") && at >= 0 && strings.Contains("一二三四五六日", name):
			days = append(days, at+1)
		default:
			return nil, fmt.Errorf("--weekly：看不懂“%s”，要写星期几，例如 一,四 或 1,4，星期日写7", plaintext.OneLine(word, 20))
		}
	}
	return days, nil
}

func monthDays(text string) (days []int, last bool, err error) {
	for _, word := range daysWritten(text) {
		switch n, err := strconv.Atoi(strings.TrimSuffix(strings.TrimSuffix(word, "日"), "号")); {
		case err == nil && n >= 1 && n <= 31:
			days = append(days, n)
		case word == "最后一天" || word == "月底" || word == "last":
			last = true
		default:
			return nil, false, fmt.Errorf("--monthly：看不懂“%s”，要写1到31的日期，例如 15 或 1,15,最后一天", plaintext.OneLine(word, 20))
		}
	}
	return days, last, nil
}
