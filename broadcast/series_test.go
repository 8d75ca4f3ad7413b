package broadcast

import (
	"errors"
	"strings"
	"testing"
	"time"

	"towncrier/problem"

	"pgregory.net/rapid"
)

func TestOccurrences(t *testing.T) {
	far := local(400, 0, 0)
	for _, test := range []struct {
		cron         string
		after, until time.Time
		want         []time.Time
	}{
		{"0 9 * * *", local(8, 8, 0), far, []time.Time{local(8, 9, 0), local(9, 9, 0)}},
		{"0 9 * * *", local(8, 9, 0), far, []time.Time{local(9, 9, 0), local(10, 9, 0)}},
		{"0 9 * * 1", local(8, 8, 0), far, []time.Time{local(13, 9, 0), local(20, 9, 0)}}, // 2030-05-13 is a Monday
		{"30 7 1 * *", local(8, 8, 0), far, []time.Time{local(32, 7, 30), local(62, 7, 30)}},
		{"0 9 * * *", local(8, 8, 0), local(9, 9, 0), []time.Time{local(8, 9, 0), local(9, 9, 0)}},
		{"0 9 * * *", local(8, 8, 0), local(9, 8, 59), []time.Time{local(8, 9, 0)}},
		{"0 9 30 2 *", local(8, 8, 0), far.AddDate(20, 0, 0), nil},
		{"0 9 * * 7", local(8, 8, 0), far, []time.Time{local(12, 9, 0), local(19, 9, 0)}}, // 7 is Sunday, as 0 is
		{"0 9 * * 0", local(8, 8, 0), far, []time.Time{local(12, 9, 0), local(19, 9, 0)}},
		{"0 9 * * 6-7", local(8, 8, 0), far, []time.Time{local(11, 9, 0), local(12, 9, 0)}},
		{"0 9 * * 1,7", local(8, 8, 0), far, []time.Time{local(12, 9, 0), local(13, 9, 0)}},
		{"0 9 * * sat-sun", local(8, 8, 0), far, []time.Time{local(11, 9, 0), local(12, 9, 0)}},
		{"0 9 * * 1-7/3", local(8, 8, 0), far, []time.Time{local(9, 9, 0), local(12, 9, 0)}}, // Monday, Thursday, Sunday
		{"0 9 L * *", local(8, 8, 0), far, []time.Time{local(31, 9, 0), local(61, 9, 0)}},    // 31 May, 30 June
		{"0 9 15,l * *", local(8, 8, 0), far, []time.Time{local(15, 9, 0), local(31, 9, 0)}},
		{"0 9 31,L * *", local(8, 8, 0), far, []time.Time{local(31, 9, 0), local(61, 9, 0)}}, // one day is one time
		{"0 9 L 2 *", local(8, 8, 0), far, []time.Time{local(304, 9, 0)}},                    // 28 February 2031
		{"0 9 L * 1", local(14, 8, 0), far, []time.Time{local(20, 9, 0), local(27, 9, 0)}},   // or Mondays
		{"0 9 * jul 7", local(8, 8, 0), far, []time.Time{local(68, 9, 0), local(75, 9, 0)}},
	} {
		got, err := Occurrences(test.cron, test.after, test.until, 2)
		if err != nil || len(got) != len(test.want) {
			t.Errorf("%s: %v, %v", test.cron, got, err)
			continue
		}
		for i := range got {
			if !got[i].Equal(test.want[i]) {
				t.Errorf("%s: %v, want %v", test.cron, got[i].In(Zone), test.want[i])
			}
		}
	}
}

func TestCronRefuses(t *testing.T) {
	for _, bad := range []string{"", "9", "0 9 * *", "0 0 9 * * *", "60 9 * * *", "0 25 * * *", "@daily", "@every 1s", "TZ=UTC 0 9 * * *",
		"TZ=", "CRON_TZ=UTC", "0 9 * * 一"} {
		var invalid *problem.Invalid
		if _, err := Occurrences(bad, local(8, 0, 0), local(9, 0, 0), 1); !errors.As(err, &invalid) || invalid.Field != "cron" {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestCronRefusalsNameTheField: an official reads which of the five fields is wrong, and what would be right.
func TestCronRefusalsNameTheField(t *testing.T) {
	for line, want := range map[string]string{
		"0 9 LW * *":  "日写成了“LW”：不支持 W",
		"0 9 15W * *": "日写成了“15W”：不支持 W",
		"0 9 * * 5L":  "星期写成了“5L”：不支持 W 和 #，L 只能单独写在“日”里",
		"0 9 * * 5#3": "星期写成了“5#3”：不支持",
		"0 9 * * 8":   "星期写成了“8”，看不懂",
		"0 24 * * *":  "时写成了“24”，看不懂",
		"0 9 * *":     "要写五项",
	} {
		var invalid *problem.Invalid
		if _, err := Occurrences(line, local(8, 0, 0), local(9, 0, 0), 1); !errors.As(err, &invalid) || !strings.Contains(invalid.Reason, want) {
			t.Errorf("%q: %v, want %q", line, err, want)
		}
	}
}

// TestOccurrencesAreTheSameFromAnywhere: the next times do not depend on where one begins to look, so that every process finds the
// same due times.
func TestOccurrencesAreTheSameFromAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		line := rapid.SampledFrom([]string{"0 9 * * *", "30 8,15 * * 1-5", "15 */6 1 * *", "0 10 * 3 0"}).Draw(t, "cron")
		after := time.UnixMilli(rapid.Int64Range(1.7e12, 2e12).Draw(t, "after"))
		times, err := Occurrences(line, after, after.AddDate(9, 0, 0), 3)
		if err != nil || len(times) != 3 {
			t.Fatalf("%v, %v", times, err)
		}
		for i, at := range times[1:] {
			next, err := Occurrences(line, times[i], at, 1)
			if err != nil || len(next) != 1 || !next[0].Equal(at) || !at.After(times[i]) {
				t.Fatalf("after %v: %v, %v, want %v", times[i], next, err, at)
			}
		}
		if !times[0].After(after) {
			t.Fatalf("%v is not after %v", times[0], after)
		}
	})
}

func TestCheckSeries(t *testing.T) {
	s := linter(library())
	good := Series{Cron: "0 9 * * 1", Until: local(60, 0, 0), Proposal: proposed().Proposal()}
	if err := s.checkSeries(Official{}, good); err != nil {
		t.Fatal(err)
	}
	for field, change := range map[string]func(*Series){
		"cron":   func(series *Series) { series.Cron = "*/30 * * * *" },
		"until":  func(series *Series) { series.Until = local(8, 10, 0) },
		"expire": func(series *Series) { series.Expire = -1 },
		"title":  func(series *Series) { series.Proposal.Title = "" },
	} {
		series := good
		change(&series)
		var invalid *problem.Invalid
		if err := s.checkSeries(Official{}, series); !errors.As(err, &invalid) || invalid.Field != field {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := s.checkSeries(Official{Committee: "C1"}, good); !errors.Is(err, ErrCommittee) {
		t.Errorf("a committee's series for the city: %v", err)
	}
}
