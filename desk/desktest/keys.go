package desktest

import (
	"strings"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

// Keys presses keys: kb.Tab, kb.Enter.
func (tab *Tab) Keys(keys string) *Tab {
	tab.t.Helper()
	tab.do("press keys", chromedp.KeyEvent(keys))
	return tab
}

// farthest is how often Tab is pressed on the way to something.
const farthest = 400

// KeyTo presses Tab until what is called so, or has a name that begins so, has the focus. Everything on the way must be seen to have the focus,
// and come in the order of the page.
func (tab *Tab) KeyTo(name string) *Tab {
	tab.t.Helper()
	ask[bool](tab, `(tab.look(), true)`)
	for range farthest {
		tab.Keys(kb.Tab)
		at := ask[struct{ Name, Fault string }](tab, `tab.step()`)
		if at.Fault != "" {
			tab.t.Errorf("%s: %s", tab.Path(), at.Fault)
		}
		if at.Name == name || at.Name != "" && strings.HasPrefix(at.Name, name) {
			return tab
		}
	}
	tab.t.Fatalf("%s: Tab does not lead to %q", tab.Path(), name)
	return nil
}

// Enter presses the key, and waits for the page that it leads to.
func (tab *Tab) Enter() *Tab {
	tab.t.Helper()
	tab.leave("Enter", func() { tab.Keys(kb.Enter) })
	return tab
}
