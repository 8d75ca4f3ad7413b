package sends_test

import (
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

// TestLooks holds the pages to axe-core, to a walk by keyboard, and to fingers and the width of a phone: a broadcast in every state, its
// report, and what asks before a step is taken, with a fault.
func TestLooks(t *testing.T) {
	desktest.InFull(t)
	d := city(t)
	author := d.SignIn(t, "author")
	paths := []string{"/desk/sends", "/desk/sends?text=没有这样的", "/desk/sends?month=昨天", "/desk/sends?status=draft&mine=yes"}
	questions := map[string]string{}
	for _, status := range []string{"draft", "submitted", "approved", "scheduled", "held", "sending", "paused", "done", "cancelled", "expired"} {
		for _, at := range broadcasts(author.Open("/desk/sends?status=" + status))[:1] {
			paths = append(paths, at)
			for _, href := range author.Open(at).Links() {
				if below, is := strings.CutPrefix(href, at+"/"); is && below != "edit" && below != "approve" {
					questions[below] = href
				}
			}
		}
	}
	for _, href := range questions {
		paths = append(paths, href)
	}
	tab := desktest.OpenTab(t, d.URL, desktest.View{}).Carry(author)
	for _, path := range paths {
		tab.Open(path)
		if strings.HasSuffix(path, "/cancel") {
			tab.Press("取消发送").Sees("没有填写")
		}
		faults := append(tab.Axe(), tab.Walk()...)
		faults = append(faults, tab.Looks()...)
		faults = append(faults, tab.Resize(desktest.Phone).Looks()...)
		faults = append(faults, tab.Axe()...)
		faults = append(faults, tab.Resize(desktest.Reflow).Looks()...)
		for _, fault := range faults {
			t.Errorf("%s: %s", path, fault)
		}
		tab.Resize(desktest.Desktop)
	}
}
