package inbox

import (
	"testing"
	"time"
)

func TestDue(t *testing.T) {
	const layout = "2006-01-02 15:04:05 Mon"
	for filed, want := range map[string]string{ // civil time in China
		"2023-11-13 12:00:00 Mon": "2023-11-20 23:59:59 Mon", // Tue, Wed, Thu, Fri, Mon
		"2023-11-13 00:00:00 Mon": "2023-11-20 23:59:59 Mon",
		"2023-11-17 23:59:00 Fri": "2023-11-24 23:59:59 Fri",
		"2023-11-18 10:00:00 Sat": "2023-11-24 23:59:59 Fri",
		"2023-11-19 10:00:00 Sun": "2023-11-24 23:59:59 Fri",
		"2023-12-29 10:00:00 Fri": "2024-01-05 23:59:59 Fri",
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
