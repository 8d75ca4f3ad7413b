package city

import (
	"testing"

	"towncrier/city/citytest"
)

// What measurements and tests of size rest on is a city like any other.
func TestMadeCityHasNoFault(t *testing.T) {
	files := citytest.City(40, 120)
	if problems := Check(files, fresh); problems.Faults() > 0 {
		t.Fatal(problems.Err())
	}
	c, set, _ := read(files, fresh)
	if len(c.Library.Notices) != 40 || len(set.Intents) != 120 {
		t.Errorf("%d notices and %d intents, want 40 and 120", len(c.Library.Notices), len(set.Intents))
	}
}
