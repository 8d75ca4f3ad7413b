package inbox

import (
	"testing"
	"time"
)

func TestDue(t *testing.T) {
	const layout = "2006-01-02 15:04 Mon"
	for filed, want := range map[string]string{ // civil time in China; due at the midnight that ends the day before
		"2023-11-13 12:00 Mon": "2023-11-21 00:00 Tue", // Tue, Wed, Thu, Fri, Mon
		"2023-11-13 00:00 Mon": "2023-11-21 00:00 Tue",
		"2023-11-17 23:59 Fri": "2023-11-25 00:00 Sat",
		"2023-11-18 10:00 Sat": "2023-11-25 00:00 Sat",
		"2023-11-19 10:00 Sun": "2023-11-25 00:00 Sat",
		"2023-12-29 10:00 Fri": "2024-01-06 00:00 Sat",
	} {
		at, err := time.ParseInLocation(layout, filed, chinaTime)
		if err != nil {
			t.Fatal(err)
		}
		got := due(at.UTC())
		if got.In(chinaTime).Format(layout) != want || got.Location() != time.UTC {
			t.Errorf("filed %s: due %s, want %s", filed, got.In(chinaTime).Format(layout), want)
		}
	}
}

func TestNumber(t *testing.T) {
	for _, c := range []struct {
		n    int
		want string
	}{{1, "20231113-0001"}, {42, "20231113-0042"}, {12345, "20231113-12345"}} {
		if got := Number("20231113", c.n); got != c.want {
			t.Errorf("number %d: %s, want %s", c.n, got, c.want)
		}
	}
}
