package page

import (
	"fmt"
	"testing"

	"towncrier/staff"
)

// TestOpenPagesAreBounded: neither one person nor all together hold more streams than there are places, and a place is given back.
func TestOpenPagesAreBounded(t *testing.T) {
	k := &Kit{}
	by := func(n int) *Visit { return &Visit{kit: k, Person: staff.Person{ID: fmt.Sprint("clerk-", n)}} }
	var end func()
	for n := range streamsAll {
		if n == streamsEach {
			if _, err := by(0).Stream(); err == nil {
				t.Error("one person has no bound")
			}
		}
		var err error
		if end, err = by(n / streamsEach).Stream(); err != nil {
			t.Fatalf("stream %d: %v", n, err)
		}
	}
	if _, err := by(99).Stream(); err == nil {
		t.Error("there is room for more than all")
	}
	end()
	if _, err := by(99).Stream(); err != nil {
		t.Errorf("after one has ended: %v", err)
	}
}
