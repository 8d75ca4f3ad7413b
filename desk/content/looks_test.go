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
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	author := d.As(t, "author")
	draft := author.Open("/desk/content/edit?kind=intents&part=dog.breeds").Form("去修改").Fill("新稿件的标题", "犬种答复").Press()
	saved := draft.Form("存进稿件").Fill("标题", "哪些犬不让养").Press()
	author.Open(draft.URL.RequestURI()).Form("存进稿件").Fill("问法", "哪些狗不让养\n什么狗不能养\n哪种狗禁养\n啥品种的狗不许养\n多高的狗算大型犬\n多重算大型犬\n土狗让养吗\n大狗\n大型犬\n城里能养大狗吗\n限养区包括哪些地方").Press()
	declared := author.Open("/desk/emergencies/new?template=road").Form("提交审批").Fill("发生了什么", "路面塌陷").Fill("哪段路不能走", "示例路东段").
		Fill("几时起不能通行", "00:30").Fill("请居民怎么做", "请绕行示例西路").Fill("由谁发布", "示例交通部门").Press().URL.Path
	pages := []struct{ name, path string }{
		{"index", "/desk/content"}, {"notice", "/desk/content/notices/N2"}, {"withdraw", "/desk/content/notices/N2/withdraw"},
		{"parts", "/desk/content/parts?kind=contacts"}, {"part", draft.URL.RequestURI()}, {"draft", saved.URL.Path + "?q=藏獒能养吗"}, {"check", saved.URL.Path + "/check"},
		{"new", "/desk/content/new"}, {"tables", "/desk/content/tables"}, {"revisions", "/desk/content/revisions"}, {"questions", "/desk/content/unanswered"},
		{"emergencies", "/desk/emergencies"}, {"emergency", declared}, {"declare", "/desk/emergencies/new?template=water"},
	}
	for _, width := range []int64{desktest.Phone, desktest.Desktop} {
		tab := d.Tab(t, "author", desktest.View{Width: width})
		if width == desktest.Phone { // where an emergency is approved
			approving := d.Tab(t, "approver", desktest.View{Width: width}).Open(declared).Sees("批准，马上发出")
			for _, fault := range append(approving.Looks(), approving.Axe()...) {
				t.Errorf("%s as its approver: %s", declared, fault)
			}
			if *pictures != "" {
				approving.Picture(*pictures, "approve-375")
			}
		}
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
	d.As(t, "author").Open(declared).Form("作废").Fill("为什么", "只是看看").Press().Sees("已作废")
}
