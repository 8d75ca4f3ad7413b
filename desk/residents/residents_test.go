package residents_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"towncrier/desk/desktest"
)

func TestMain(m *testing.M) { desktest.Main(m) }

// as is a browser in which a made-up colleague is signed in by one press.
func as(t *testing.T, d *desktest.Desk, name string) *desktest.Browser {
	t.Helper()
	b := desktest.Browse(t, d.URL)
	b.Open("/desk/login").Press(name)
	return b
}

// TestPagesOfResidents opens every page as each role that may, and finds what it should on it.
func TestPagesOfResidents(t *testing.T) {
	d := desktest.SharedDesk(t)
	admin := as(t, d, "演示管理员")
	admin.Open("/desk/residents").Sees("199****", "登记一位", "导入名单", "导出完整号码", "短信退订")
	admin.Open("/desk/residents?committee=demo-1&has_phone=true").Sees("199****", "演示第一社区居委会").Lacks("演示第二社区居委会 ")
	admin.Open("/desk/residents?tag=没有的").Sees("没有符合条件的居民")
	admin.Get("/desk/residents?since=x").Want(http.StatusUnprocessableEntity).Sees("不是日期：请写成 2023-11-13")
	admin.Open("/desk/residents/counts").Sees("演示第一社区居委会", "同意接收通知")
	admin.Open("/desk/residents/exports").Sees("没有申请过")
	admin.Open("/desk/residents/stops").Sees("退订")
	held := admin.Open("/desk/committees?count=yes").Sees("演示街道", "短信能到").Follow("演示第一社区居委会").Sees("演示社区工作者").Follow("删除")
	held.Sees("现在还不能删除", "先把他们转到别的社区", "演示社区工作者：先换社区或者停用")
	if buttons := held.Buttons(); slices.Contains(buttons, "删除") {
		t.Errorf("there is a button that leads to a refusal: %q", buttons)
	}

	auditor := as(t, d, "演示审计员")
	auditor.Open("/desk/residents").Sees("199****").Lacks("登记一位", "导入名单")
	auditor.Open("/desk/committees").Lacks("登记社区", "导入")
	auditor.Open("/desk/residents/exports").Lacks("申请导出")
	auditor.Get("/desk/residents/import").Want(http.StatusForbidden)
	author := as(t, d, "演示撰稿员")
	author.Open("/desk/committees").Sees("演示第一社区居委会").Lacks("登记社区", "清点居民")
	author.Get("/desk/residents").Want(http.StatusForbidden)
}

// TestDayOfACommittee: a community worker adds somebody who signed a paper, finds them by number, corrects them and notes what they want; all of
// others is not there, and what was done is in the log without a number.
func TestDayOfACommittee(t *testing.T) {
	d := desktest.OpenDesk(t)
	worker := as(t, d, "演示社区工作者")
	ask := worker.Open("/desk/residents").Lacks("导出完整号码", "演示第二社区居委会").Follow("登记一位")
	wrong := ask.Form("登记").Fill("手机号", "1990000").Tick("别的凭据，写在下面").Press().Want(http.StatusUnprocessableEntity)
	wrong.Sees("没有写凭据")
	wrong = wrong.Form("登记").Fill("别的凭据", "登记表第3页").Fill("标签", "养犬、独居").Press().Want(http.StatusUnprocessableEntity).Sees("有7位数字，应为11位")
	person := wrong.Form("登记").Fill("手机号", "199 0000 8701").Fill("小区", "演示小区甲").Press()
	person.Sees("已登记。", "此次查看已记录", "199****8701", "工作人员登记", "演示第一社区居委会（demo-1）", "演示小区甲", "养犬、独居", "依据：同意，凭据：登记表第3页", "还没有发过").Lacks("删除")
	id := person.URL.Path[strings.LastIndex(person.URL.Path, "/")+1:]

	worker.Open("/desk/residents").Form("查找").Fill("按手机号找", "19900008701").Press().Sees("199****8701")
	none := worker.Open("/desk/residents").Form("查找").Fill("按手机号找", "19900008702").Press().Want(http.StatusUnprocessableEntity)
	none.Sees("没有登记这个号码的居民")
	worker.Open("/desk/residents/new").Form("登记").Fill("手机号", "19900008701").Press().Want(http.StatusConflict).Sees("已经登记")

	person = worker.Open("/desk/residents/"+id).Follow("更正").Form("保存").Fill("小区", "演示小区乙").Fill("标签", "").Press()
	person.Sees("已改正。", "演示小区乙", "没有").Lacks("独居")
	person = worker.Open("/desk/residents/"+id).Follow("登记同意").Form("登记").Tick("保存手机号").Fill("哪天同意的", "2023-11-01").Press()
	person.Sees("已登记同意。", "保存手机号", "凭据：纸质", "2023-11-01")
	stop := worker.Open("/desk/residents/"+id).Follow("接收和退订").Form("登记").Press().Sees("已记下居民的选择", "不接收")
	stop.Follow("接收和退订").Form("登记").Tick("重新接收").Fill("哪个主题", "没有的主题").Press().Want(http.StatusUnprocessableEntity)
	worker.Get("/desk/residents/" + id + "/erase").Want(http.StatusForbidden)
	worker.Get("/desk/committees/demo-1/delete").Want(http.StatusForbidden)

	admin := as(t, d, "演示管理员")
	var other string
	for name, path := range admin.Open("/desk/residents?committee=demo-2").Links() {
		if strings.HasPrefix(name, "199****") {
			other = path
		}
	}
	for _, path := range []string{other, other + "/change", other + "/consent", other + "/prefer"} {
		if page := worker.Get(path).Want(http.StatusNotFound); page.Has("demo-2") || !page.Has("没有找到") {
			t.Errorf("%s: %s", path, page.Text())
		}
	}
	worker.Get("/desk/residents?committee=demo-2").Want(http.StatusForbidden)

	erase := admin.Open("/desk/residents/" + id).Follow("删除").Sees("不能恢复")
	erase.Form("删除这位居民").Press().Want(http.StatusUnprocessableEntity).Sees("请写“删除”两个字")
	erase.Form("删除这位居民").Fill("写“删除”两个字", "删除").Press().Sees("已删除：这位居民的资料不再保存")
	admin.Get("/desk/residents/" + id).Want(http.StatusNotFound)
	worker.Open("/desk/residents/new").Form("登记").Fill("手机号", "19900008701").Press().Want(http.StatusConflict)
	if inFull.MatchString(d.Log.String()) {
		t.Error("a number in full is in the log")
	}
}

// TestCommitteesAreKept: they are added, corrected and deleted; a code that is taken is no way to write over another.
func TestCommitteesAreKept(t *testing.T) {
	d := desktest.SharedDesk(t)
	admin := as(t, d, "演示管理员")
	form := admin.Open("/desk/committees").Follow("登记社区").Form("保存").Fill("代码", "demo-1").Fill("名称", "假的")
	form.Press().Want(http.StatusUnprocessableEntity).Sees("这个代码已经是另一个社区的")
	made := admin.Open("/desk/committees/new").Form("保存").Fill("代码", "kept-1").Fill("名称", "新的社区").Fill("街道", "新的街道").Fill("小区", "丙园\n丁园").Press()
	made.Sees("已登记。", "kept-1", "丁园", "新的街道")
	made.Follow("更正").Form("保存").Fill("名称", strings.Repeat("长", 200)).Press().Want(http.StatusUnprocessableEntity).Sees("太长")
	made.Follow("更正").Form("保存").Fill("名称", "改了的社区").Press().Sees("改了的社区", "丙园")
	admin.Open("/desk/committees/kept-1").Follow("删除").Press("删除").Sees("已删除这个社区").Lacks("改了的社区")
	admin.Get("/desk/committees/kept-1").Want(http.StatusNotFound)
	admin.Open("/desk/committees").Follow("CSV").Sees("代码,名称", "demo-1")
}

// TestNumbersInFullTakeTwoAdmins: one asks, another confirms, and who asked fetches the file once.
func TestNumbersInFullTakeTwoAdmins(t *testing.T) {
	d := desktest.OpenDesk(t)
	first, second := as(t, d, "演示管理员"), as(t, d, "演示第二管理员")
	asked := first.Open("/desk/residents/exports").Form("申请导出").Fill("导出谁的", "演示第一社区居委会（demo-1）").Fill("为什么要用", "换系统").Press()
	asked.Sees("已申请", "等另一位管理员确认", "自己不能确认", "换系统")
	path := asked.URL.Path
	confirmed := second.Open("/desk/residents/exports").Sees("换系统").Follow("演示第一社区居委会").Press("确认导出")
	confirmed.Sees("已确认", "可以取文件").Lacks("取文件。")
	for i := range 3000 {
		first.MayShow(fmt.Sprintf("1990000%04d", i))
	}
	file := first.Open(path).Form("取文件").Tick("CSV").Press()
	if file.Want(http.StatusOK); !strings.Contains(file.Header.Get("Content-Disposition"), "attachment") || !inFull.MatchString(file.Text()) {
		t.Errorf("%v %.200s", file.Header, file.Text())
	}
	first.Open(path).Sees("已取走").Lacks("只能取一次")
}
