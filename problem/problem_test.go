package problem

import "testing"

func TestListIsAnErrorOnlyForFaults(t *testing.T) {
	var l List
	if l.Err() != nil {
		t.Fatal("an empty list is an error")
	}
	l.Warnf("a.md", 3, "review-by date %s has passed", "2023-12-31")
	if l.Err() != nil {
		t.Fatal("a warning is an error")
	}
	l.Addf("b.yaml", 7, "no such notice: %s", "N9")
	l.Addf("a.md", 1, "no title")
	l.Addf("", 0, "no city.yaml")
	l.Sort()
	const want = "no city.yaml\n" +
		"a.md:1: no title\n" +
		"b.yaml:7: no such notice: N9\n" +
		"a.md:3: warning: review-by date 2023-12-31 has passed"
	if err := l.Err(); err == nil || err.Error() != want {
		t.Errorf("Err = %v\nwant %s", err, want)
	}
}
