package desktest

import (
	"fmt"

	"github.com/chromedp/chromedp/kb"
)

// smallest is the side of what a finger presses, in CSS pixels.
const smallest = 44

// Looks are what is wrong with how the page looks in this window: targets that are too small, and scrolling sideways.
func (tab *Tab) Looks() []string {
	tab.t.Helper()
	return append(ask[[]string](tab, `tab.wide()`), ask[[]string](tab, fmt.Sprintf(`tab.narrow(%d)`, smallest))...)
}

// Walk goes through the page by Tab: what has the focus must be seen to have it, and everything is reached.
func (tab *Tab) Walk() []string {
	tab.t.Helper()
	ask[bool](tab, `(tab.walk(), true)`)
	var all []string
	for range farthest {
		tab.Keys(kb.Tab)
		stop := ask[struct {
			Over   bool
			Faults []string
		}](tab, `tab.stop()`)
		if stop.Over {
			break
		}
		all = append(all, stop.Faults...)
	}
	return append(all, ask[[]string](tab, `tab.missed()`)...)
}
