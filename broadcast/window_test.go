package broadcast

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func local(day, hour, minute int) time.Time { return time.Date(2030, 5, day, hour, minute, 0, 0, Zone) }

func TestWindow(t *testing.T) {
	for _, test := range []struct {
		window   Window
		at, next time.Time
	}{
		{Window{}, local(8, 8, 0), local(8, 8, 0)},
		{Window{}, local(8, 7, 59), local(8, 8, 0)},
		{Window{}, local(8, 19, 59), local(8, 19, 59)},
		{Window{}, local(8, 20, 0), local(9, 8, 0)},
		{Window{}, local(31, 23, 0), local(32, 8, 0)},
		{Window{0, dayMinutes}, local(8, 23, 59), local(8, 23, 59)},
		{Window{9*60 + 30, 9*60 + 31}, local(8, 9, 31), local(9, 9, 30)},
		{Window{}, time.Date(2030, 5, 7, 23, 30, 0, 0, time.UTC), local(8, 8, 0)}, // 07:30 in the city
	} {
		if got := test.window.Next(test.at); !got.Equal(test.next) {
			t.Errorf("%s from %v: %v, want %v", test.window, test.at, got, test.next)
		}
		if open := test.at.Equal(test.next); test.window.Allows(test.at) != open {
			t.Errorf("%s at %v: open is %t", test.window, test.at, !open)
		}
	}
}

func TestParseWindow(t *testing.T) {
	for _, bad := range []string{"", "8-20", "08:00", "20:00-08:00", "08:00-08:00", "08:00-24:01", "-1:00-08:00", "08:60-10:00", "08:00-20:00x", "00:00-00:00", "8:00-20:00"} {
		if w, err := ParseWindow(bad); err == nil {
			t.Errorf("%q is %v", bad, w)
		}
	}
	for _, bad := range []Window{{5, 5}, {6, 5}, {-1, 5}, {0, dayMinutes + 1}} {
		if bad.Validate() == nil {
			t.Errorf("%v is taken", bad)
		}
	}
}

func TestWindowProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		from := rapid.IntRange(0, dayMinutes-1).Draw(t, "from")
		w := Window{from, rapid.IntRange(from+1, dayMinutes).Draw(t, "to")}
		at := time.UnixMilli(rapid.Int64Range(0, 4e12).Draw(t, "at"))
		next := w.Next(at)
		if next.Before(at) || next.Sub(at) >= 24*time.Hour || !w.Allows(next) {
			t.Fatalf("%s from %v: %v", w, at, next)
		}
		if next.After(at) && w.Allows(next.Add(-time.Millisecond)) {
			t.Fatalf("%s from %v: open before %v", w, at, next)
		}
		if again, err := ParseWindow(w.String()); err != nil || again != w {
			t.Fatalf("%s reads as %v, %v", w, again, err)
		}
	})
}
