package content_test

import (
	"flag"
	"fmt"
	"testing"

	"towncrier/desk/desktest"
)

var pictures = flag.String("pictures", "", "folder to write pictures of the pages to")

// TestContentInChromium looks at the pages on a phone and on a desktop, with scripts: nothing is cut off, all is large enough to press, and
// axe-core finds nothing.
func TestContentInChromium(t *testing.T) {
	d := desktest.SharedDesk(t)
	author := as(t, d, "撰稿员")
	draft := author.Open("/desk/content/edit?kind=intents&part=dog.breeds").Form("去修改").Fill("新稿件的标题", "犬种答复").Press()
	saved := draft.Form("存进稿件").Fill("标题", "哪些犬不让养").Press()
	pages := []struct{ name, path string }{
		{"index", "/desk/content"}, {"notice", "/desk/content/notices/N2"}, {"withdraw", "/desk/content/notices/N2/withdraw"},
		{"parts", "/desk/content/parts?kind=contacts"}, {"part", draft.URL.RequestURI()}, {"draft", saved.URL.Path + "?q=藏獒能养吗"}, {"check", saved.URL.Path + "/check"},
		{"new", "/desk/content/new"}, {"tables", "/desk/content/tables"}, {"revisions", "/desk/content/revisions"}, {"questions", "/desk/content/unanswered"},
		{"emergencies", "/desk/emergencies"}, {"declare", "/desk/emergencies/new?template=water"},
	}
	for _, width := range []int64{desktest.Phone, desktest.Desktop} {
		tab := desktest.OpenTab(t, d.URL, desktest.View{Width: width})
		tab.Carry(author)
		for _, p := range pages {
			tab.Open(p.path)
			for _, fault := range append(tab.Looks(), tab.Axe()...) {
				t.Errorf("%s at %d px: %s", p.path, width, fault)
			}
			if *pictures != "" {
				tab.Picture(*pictures, fmt.Sprintf("%s-%d", p.name, width))
			}
		}
	}
}
