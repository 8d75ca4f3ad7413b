package desktest

import "testing"

// TestDesk: colleagues are signed in to a desk of one's own and to the shared one, without scripts and in Chromium.
func TestDesk(t *testing.T) {
	InFull(t)
	for _, d := range []*Desk{OpenDesk(t), SharedDesk(t), SharedDesk(t)} {
		for who, name := range Colleagues {
			if links := d.As(t, who).Open("/desk/").Links(); links[name] == "" {
				t.Errorf("%s is not %s: %v", who, name, links)
			}
		}
		d.As(t, "author").Open("/desk/").Sees("今天要办")
	}
	for _, view := range []View{{}, {NoScripts: true}} {
		SharedDesk(t).Tab(t, "author", view).Open("/desk/").Sees("演示撰稿员")
	}
	SharedDesk(t).Tab(t, "author", View{}) // the third session ends the first
	SharedDesk(t).As(t, "author").Open("/desk/").Sees("今天要办")
}
