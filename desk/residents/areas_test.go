package residents

import (
	"fmt"
	"testing"

	"towncrier/api/wire"
)

// TestManyCommitteesComeByArea: a large city's committees do not stand on one page, and each is found below its area and street.
func TestManyCommitteesComeByArea(t *testing.T) {
	var all []wire.Committee
	for n := range 2000 {
		all = append(all, wire.Committee{Code: fmt.Sprintf("c%04d", n), Name: "社区", Area: fmt.Sprint("区", n%3), Street: fmt.Sprint("街道", n%20)})
	}
	seen := 0
	var areas committeesPage
	areas.show(all, "", "")
	for _, a := range areas.ByArea.Tabs {
		var streets committeesPage
		streets.show(all, a.Label, "")
		for _, s := range streets.ByStreet.Tabs {
			var one committeesPage
			one.show(all, a.Label, s.Label)
			for _, street := range one.Areas[0].Streets {
				if n := len(street.Committees); n == 0 || n > mostCommittees || street.Name != s.Label || one.Areas[0].Name != a.Label {
					t.Errorf("%s %s: %d of %s", a.Label, s.Label, n, street.Name)
				}
				seen += len(street.Committees)
			}
		}
	}
	if seen != 2000 || len(areas.ByArea.Tabs) != 3 {
		t.Errorf("%d committees in %d areas", seen, len(areas.ByArea.Tabs))
	}
	var few committeesPage
	if few.show(all[:100], "区1", ""); len(few.Areas) != 3 || few.ByArea.Tabs != nil {
		t.Errorf("a few: %d areas", len(few.Areas))
	}
}
