package desk_test

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

// TestEveryPageInChromium looks at a page of every route, in a city full and empty, on a desktop and on a phone: axe-core finds nothing, all is
// reached by keyboard and seen to have the focus, what a finger presses is large enough, and nothing scrolls sideways at 320 pixels.
func TestEveryPageInChromium(t *testing.T) {
	desktest.InFull(t)
	for state, d := range map[string]*desktest.Desk{"full": full(t), "empty": desktest.SharedDesk(t)} {
		looked := map[string]bool{}
		found := walksOf(t, d)
		for _, who := range slices.Sorted(maps.Keys(found)) {
			w := found[who]
			tab := d.Tab(t, who, desktest.View{})
			for _, pattern := range slices.Sorted(maps.Keys(w.pages)) {
				shown := w.pages[pattern][0]
				one := strings.Contains(pattern, "{") // of something: it looks in an empty city as in a full one
				if looked[pattern] || state == "empty" && one || shown.Header.Get("Content-Disposition") != "" {
					continue
				}
				looked[pattern] = true
				for _, fault := range look(tab.Open(shown.URL.RequestURI())) {
					t.Errorf("%s city, %s at %s: %s", state, who, pattern, fault)
				}
			}
		}
	}
}

// look looks at the page that is open in every width, and leaves the window as wide as it was.
func look(tab *desktest.Tab) (faults []string) {
	faults = append(tab.Axe(), tab.Walk()...)
	for _, fault := range append(tab.Resize(desktest.Phone).Looks(), tab.Axe()...) {
		faults = append(faults, "phone: "+fault)
	}
	for _, fault := range tab.Resize(desktest.Reflow).Looks() {
		faults = append(faults, "320 px: "+fault)
	}
	tab.Resize(desktest.Desktop)
	return faults
}

// TestTroubleInChromium looks at what people see when something is wrong: not there, not theirs, or refused.
func TestTroubleInChromium(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	tab := d.Tab(t, "committee", desktest.View{})
	for _, path := range []string{"/desk/none"} {
		for _, fault := range look(tab.Open(path)) {
			t.Errorf("%s: %s", path, fault)
		}
	}
	stranger := desktest.OpenTab(t, d.URL, desktest.View{})
	stranger.Open("/desk/login").Press("登录").Sees("账号、密码或验证码不对")
	for _, fault := range look(stranger) {
		t.Errorf("a sign-in that is refused: %s", fault)
	}
}
