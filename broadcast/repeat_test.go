package broadcast

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"towncrier/problem"
)

// TestRepeatSaysWhen: what an official writes, the cron line that is kept, what they read, and the next times.
func TestRepeatSaysWhen(t *testing.T) {
	days := func(times []time.Time) (all []string) {
		for _, at := range times {
			all = append(all, at.In(Zone).Format("01-02 15:04"))
		}
		return all
	}
	for _, test := range []struct {
		every Period
		on    []int
		last  bool
		at    string
		cron  string
		label string
		next  string // three, from Wednesday 8 May 2030
	}{
		{EveryDay, nil, false, "09:00", "0 9 * * *", "每天 09:00", "[05-08 09:00 05-09 09:00 05-10 09:00]"},
		{EveryWeek, []int{4, 1}, false, "09:00", "0 9 * * 1,4", "每周一、周四 09:00", "[05-09 09:00 05-13 09:00 05-16 09:00]"},
		{EveryWeek, []int{7, 7}, false, "18:30", "30 18 * * 7", "每周日 18:30", "[05-12 18:30 05-19 18:30 05-26 18:30]"},
		{EveryMonth, []int{15}, false, "09:05", "5 9 15 * *", "每月15日 09:05", "[05-15 09:05 06-15 09:05 07-15 09:05]"},
		{EveryMonth, []int{31}, false, "09:00", "0 9 31 * *", "每月31日 09:00（没有31日的月份，这一天不发送）", "[05-31 09:00 07-31 09:00 08-31 09:00]"},
		{EveryMonth, nil, true, "09:00", "0 9 L * *", "每月最后一天 09:00", "[05-31 09:00 06-30 09:00 07-31 09:00]"},
		{EveryMonth, []int{1, 30}, true, "09:00", "0 9 1,30,L * *", "每月1日、30日、最后一天 09:00（没有30日的月份，这一天不发送）", "[05-30 09:00 05-31 09:00 06-01 09:00]"},
	} {
		r, err := ParseRepeat(test.every, test.on, test.last, test.at)
		if err != nil || r.Cron() != test.cron || r.Label() != test.label {
			t.Errorf("%v: %q, %q, %v", test, r.Cron(), r.Label(), err)
		}
		next, err := Occurrences(r.Cron(), local(8, 0, 0), local(400, 0, 0), 3)
		if got := fmt.Sprint(days(next)); err != nil || got != test.next {
			t.Errorf("%s: %s, %v, want %s", test.label, got, err, test.next)
		}
	}
}

func TestRepeatRefuses(t *testing.T) {
	for field, bad := range map[string]struct {
		Repeat
		at string
	}{
		"repeat.every":            {Repeat{Every: "year", On: []int{1}}, "09:00"},
		"repeat.on (of a day)":    {Repeat{Every: EveryDay, On: []int{1}}, "09:00"},
		"repeat.on (none)":        {Repeat{Every: EveryWeek}, "09:00"},
		"repeat.on (none, month)": {Repeat{Every: EveryMonth}, "09:00"},
		"repeat.on (0)":           {Repeat{Every: EveryWeek, On: []int{0}}, "09:00"},
		"repeat.on (8)":           {Repeat{Every: EveryWeek, On: []int{1, 8}}, "09:00"},
		"repeat.on (32)":          {Repeat{Every: EveryMonth, On: []int{32}}, "09:00"},
		"repeat.last":             {Repeat{Every: EveryWeek, On: []int{1}, Last: true}, "09:00"},
		"repeat.at":               {Repeat{Every: EveryDay}, "9:00"},
		"repeat.at (24)":          {Repeat{Every: EveryDay}, "24:00"},
	} {
		want, _, _ := strings.Cut(field, " ")
		var invalid *problem.Invalid
		if _, err := ParseRepeat(bad.Every, bad.On, bad.Last, bad.at); !errors.As(err, &invalid) || invalid.Field != want {
			t.Errorf("%s: %v", field, err)
		}
	}
}

// TestScheduleOfCronLines: a series that was written as a cron line is shown in words where there are words for it.
func TestScheduleOfCronLines(t *testing.T) {
	for line, want := range map[string]string{
		"0 9 * * 1-5":       "每周一、周二、周三、周四、周五 09:00",
		"0 9 * * 0":         "每周日 09:00",
		"0 9 1,15 * *":      "每月1日、15日 09:00",
		" 30  7 * * * ":     "每天 07:30",
		"0 9 * jul 7":       "0 9 * jul 7（分 时 日 月 星期）",
		"30 8,15 * * 1":     "30 8,15 * * 1（分 时 日 月 星期）",
		"0 9 * * mon":       "0 9 * * mon（分 时 日 月 星期）",
		"0 9 15 * 1":        "0 9 15 * 1（分 时 日 月 星期）",
		"0 9 L * 1":         "0 9 L * 1（分 时 日 月 星期）",
		"0 */6 1 * *":       "0 */6 1 * *（分 时 日 月 星期）",
		"0 9 1-10/3 * *":    "0 9 1-10/3 * *（分 时 日 月 星期）",
		"what was not read": "what was not read（分 时 日 月 星期）",
	} {
		if got := (Series{Cron: line}).Schedule(); got != want {
			t.Errorf("%q: %q, want %q", line, got, want)
		}
	}
}

// TestRepeatIsItsCronLine: what is written comes back from the line that is kept.
func TestRepeatIsItsCronLine(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		r := Repeat{Every: rapid.SampledFrom([]Period{EveryDay, EveryWeek, EveryMonth}).Draw(t, "every"), At: rapid.IntRange(0, dayMinutes-1).Draw(t, "at")}
		switch r.Every {
		case EveryWeek:
			r.On = rapid.SliceOfNDistinct(rapid.IntRange(1, 7), 1, 7, rapid.ID).Draw(t, "on")
		case EveryMonth:
			r.Last = rapid.Bool().Draw(t, "last")
			r.On = rapid.SliceOfNDistinct(rapid.IntRange(1, 31), 1, 31, rapid.ID).Draw(t, "on")
		}
		slices.Sort(r.On)
		got, ok := RepeatOf(r.Cron())
		if !ok || fmt.Sprint(got) != fmt.Sprint(r) {
			t.Fatalf("%v became %q and %v", r, r.Cron(), got)
		}
	})
}
