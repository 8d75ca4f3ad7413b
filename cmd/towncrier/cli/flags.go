package cli

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"towncrier/broadcast"
)

// value is a flag that is checked as it is read.
type value[T any] struct {
	into  *T
	kind  string // as --help names it
	parse func(text string) (T, error)
	text  string
}

func (v *value[T]) Set(text string) (err error) {
	*v.into, err = v.parse(text)
	v.text = text
	return err
}

func (v *value[T]) String() string { return v.text }
func (v *value[T]) Type() string   { return v.kind }

// listFlag is several words with commas between, as people write them: ,，or 、. Given again it adds to them.
func listFlag(into *[]string) pflag.Value { return &listValue{into: into} }

type listValue struct {
	into  *[]string
	given bool
}

func (v *listValue) Set(text string) error {
	if !v.given {
		*v.into, v.given = []string{}, true
	}
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune(",，、", r) }) {
		if word = strings.TrimSpace(word); word != "" {
			*v.into = append(*v.into, word)
		}
	}
	return nil
}

func (v *listValue) String() string {
	if v.into == nil {
		return ""
	}
	return strings.Join(*v.into, ",")
}

func (v *listValue) Type() string { return "stringSlice" }

// intFlag is a whole number between least and most.
func intFlag(into *int, least, most int) pflag.Value {
	return &value[int]{into, "int", func(text string) (int, error) {
		n, err := strconv.Atoi(text)
		if err != nil || n < least || n > most {
			return 0, &rangeError{least, most}
		}
		return n, nil
	}, strconv.Itoa(*into)}
}

// rangeError refuses a number.
type rangeError struct{ least, most int }

func (e *rangeError) Error() string {
	return fmt.Sprintf("want a number from %d to %d", e.least, e.most)
}

// momentFlag is an instant as parseMoment reads it.
func momentFlag(into *time.Time) pflag.Value {
	return &value[time.Time]{into, "time", func(text string) (time.Time, error) { return parseMoment(text, time.Now()) }, ""}
}

// dayFlag is the beginning of a day in the city, or of one so many days later; also an instant as parseMoment reads it.
func dayFlag(into *time.Time, later int) pflag.Value {
	return &value[time.Time]{into, "day", func(text string) (time.Time, error) {
		if day, err := time.ParseInLocation(time.DateOnly, text, broadcast.Zone); err == nil {
			return day.AddDate(0, 0, later).UTC(), nil
		}
		at, err := parseMoment(text, time.Now())
		if err != nil {
			err = errors.New("不是日期：应写成 2030-05-08，或 2030-05-08 09:00")
		}
		return at, err
	}, ""}
}

// minutesFlag is a duration in whole minutes.
func minutesFlag(into *int) pflag.Value {
	return &value[int]{into, "duration", func(text string) (int, error) {
		d, err := time.ParseDuration(text)
		if err != nil || d <= 0 || d%time.Minute != 0 {
			return 0, errors.New("不是整分钟的时长：应写成 90m（90分钟）或 6h（6小时）")
		}
		return int(d / time.Minute), nil
	}, ""}
}

// parseMoment reads an instant as officials write it: in the city's time, or from now.
func parseMoment(text string, now time.Time) (time.Time, error) {
	if after, ok := strings.CutPrefix(text, "+"); ok {
		if d, err := time.ParseDuration(after); err == nil && d > 0 {
			return now.Add(d).UTC().Truncate(time.Second), nil
		}
	}
	if t, err := time.Parse(time.RFC3339, text); err == nil {
		return t.UTC(), nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02 15:04:05"} {
		if t, err := time.ParseInLocation(form, text, broadcast.Zone); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, errors.New("不是时间：应写成 2030-05-08 09:00（北京时间），或 +30m（30分钟后）")
}

// required refuses the command line when one of these flags is not given.
func required(cmd *cobra.Command, flags ...string) {
	for _, flag := range flags {
		if err := cmd.MarkFlagRequired(flag); err != nil {
			panic(err) // no such flag
		}
	}
}

// eitherOf wants exactly one of these flags.
func eitherOf(cmd *cobra.Command, flags ...string) {
	cmd.MarkFlagsOneRequired(flags...)
	cmd.MarkFlagsMutuallyExclusive(flags...)
}
