package residents_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

// TestLooks holds the pages to axe-core, and to fingers and the width of a phone.
func TestLooks(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	admin := as(t, d, "演示管理员")
	_, content := written(t, 40, 40)
	judged := admin.Open("/desk/residents/import").Form("上传并检查").Attach("居民的表格", "looks.xlsx", content).Press()
	person := ""
	for name, path := range admin.Open("/desk/residents").Links() {
		if strings.HasPrefix(name, "199****") {
			person = path
		}
	}
	paths := []string{"/desk/residents", "/desk/residents?tag=没有的", "/desk/residents/counts", person, person + "/change", person + "/consent", person + "/prefer", person + "/erase",
		"/desk/residents/new", "/desk/residents/import", "/desk/residents/import?kind=committees", judged.URL.Path, judged.URL.Path + "/delete",
		"/desk/residents/exports", "/desk/residents/stops", "/desk/committees?count=yes", "/desk/committees/demo-1", "/desk/committees/demo-1/change", "/desk/committees/demo-1/delete", "/desk/committees/new"}
	for _, width := range []int64{desktest.Desktop, desktest.Phone, desktest.Reflow} {
		tab := desktest.OpenTab(t, d.URL, desktest.View{Width: width}).Carry(admin)
		for _, path := range paths {
			tab.Open(path)
			if width != desktest.Reflow {
				for _, fault := range tab.Axe() {
					t.Errorf("%s at %d: %s", path, width, fault)
				}
			}
			for _, fault := range tab.Looks() {
				t.Errorf("%s at %d: %s", path, width, fault)
			}
		}
		if width == desktest.Phone {
			tab.Open("/desk/residents/import").Sees("请在电脑上做").Lacks("上传并检查")
		}
	}
}

// TestDropInChromium: a file is dropped on its box, judged while somebody watches, mended and imported.
func TestDropInChromium(t *testing.T) {
	desktest.InFull(t)
	d := desktest.SharedDesk(t)
	tab := desktest.OpenTab(t, d.URL, desktest.View{Width: desktest.Desktop}).Carry(as(t, d, "演示管理员"))
	path := filepath.Join(t.TempDir(), "drop.csv")
	if err := os.WriteFile(path, []byte("手机号,居委会,依据,同意时间\n19900008901,演示第一社区居委会,同意,2023-11-01\n19900008902,演示第一社区,同意,2023-02-30\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	tab.Open("/desk/residents/import").Attach("居民的表格", path).Press("上传并检查").Sees("有问题的行", "没有这一天")
	tab.Fill("D3 同意时间", "2023-02-28").Press("改正这一页，重新检查").Sees("全部导入：2 行").Press("全部导入：2 行").Sees("已导入", "新增")
}
