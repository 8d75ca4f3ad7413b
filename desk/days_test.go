package desk_test

import (
	"net/http"
	"net/url"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
	"towncrier/imports/importstest"
	"towncrier/inbox"
)

// views are how a day is gone through: with scripts, without them, and on a phone.
var views = []struct {
	name string
	desktest.View
}{
	{"with scripts", desktest.View{}}, {"without scripts", desktest.View{NoScripts: true}}, {"on a phone", desktest.View{Width: desktest.Phone}},
}

// submitted is a broadcast that the author asks an approval for.
func submitted(t *testing.T, d *desktest.Desk, title string) (b wire.Broadcast) {
	t.Helper()
	d.Call(t, "author", http.MethodPost, "/broadcasts", wire.CreateBroadcast{Draft: "civility", Proposal: wire.Proposal{Title: title}}, &b)
	return submit(t, d, b)
}

func submit(t *testing.T, d *desktest.Desk, b wire.Broadcast) wire.Broadcast {
	t.Helper()
	accept := wire.Acceptance{Accept: []string{}}
	for _, w := range b.Warnings {
		if w.Name != "" {
			accept.Accept = append(accept.Accept, w.Name)
		}
	}
	d.Call(t, "author", http.MethodPost, "/broadcasts/"+b.ID+"/submit", accept, &b)
	return b
}

// TestApproversDay: an approver finds what waits, reads what is signed, returns it with a reason, and approves what comes back.
func TestApproversDay(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	for _, view := range views {
		t.Run(view.name, func(t *testing.T) {
			title := "文明养犬提醒（" + view.name + "）"
			b := submitted(t, d, title)
			tab := d.Tab(t, "approver", view.View).Open("/desk/").Sees(title)
			tab.Within(title).Press("看内容并审批")
			tab.Sees("签批内容", "此刻情况", title, "首次送审")
			tab.Fill("原因", "请写明咨询电话").Press("退回修改")
			d.Call(t, "author", http.MethodGet, "/broadcasts/"+b.ID, nil, &b)
			if b.Status != "draft" {
				t.Fatalf("returned, it is %s", b.Status)
			}
			b = submit(t, d, b)
			tab.Open("/desk/sends/" + b.ID + "/approve")
			for _, w := range b.Warnings {
				if w.Name != "" {
					tab.Tick(w.Text)
				}
			}
			tab.Fill("收到的人很多", sizeOf(b)).Press("批准").Sees("已批准")
			d.Call(t, "author", http.MethodGet, "/broadcasts/"+b.ID, nil, &b)
			if b.Status != "approved" && b.Status != "scheduled" {
				t.Errorf("approved, it is %s", b.Status)
			}
		})
	}
}

// sizeOf is what an approver types to say how many a broadcast goes to.
func sizeOf(b wire.Broadcast) string { return strings.Trim(b.SizeLabel, "约人") }

// accepting ticks what a broadcast warns of, as the pages say it.
func accepting(tab *desktest.Tab, b wire.Broadcast) *desktest.Tab {
	for _, w := range b.Warnings {
		if w.Name != "" {
			tab.Tick(w.Text)
		}
	}
	return tab
}

// TestAuthorsDay: an author begins with a text that is ready, says whom it is for, counts them, and submits; what comes back with a reason is mended
// and submitted again.
func TestAuthorsDay(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	for _, view := range views[1:] {
		t.Run(view.name, func(t *testing.T) {
			const ready = "文明养犬提醒：牵好绳，不让狗随地便溺"
			title := "文明养犬（" + view.name + "）"
			tab := d.Tab(t, "author", view.View).Open("/desk/sends").Press("新建群发")
			tab.Within(ready).Press("用这一份")
			tab.Fill("标题", title).Fill("再加", "区县").Press("加条件").Fill("区县", "盐湖区").Press("清点人数").Sees("清点结果", "盐湖区")
			tab.Press("存草稿").Sees("已存为草稿")
			b := titled(t, d, title)
			accepting(tab, b).Press("送审").Sees("已送审", "待审批")

			d.Call(t, "approver", http.MethodPost, "/broadcasts/"+b.ID+"/reject", wire.Reason{Why: "请写明发给哪个区"}, &b)
			tab.Open("/desk/").Sees(title, "请写明发给哪个区").Within(title).Press("修改")
			tab.Fill("标题", title+"盐湖区").Press("存草稿").Sees("已存为草稿")
			accepting(tab, titled(t, d, title)).Press("送审").Sees("已送审")
			if b = titled(t, d, title); b.Status != "submitted" || b.Proposal.Title != title+"盐湖区" {
				t.Errorf("submitted again, %s is %s", b.Proposal.Title, b.Status)
			}
		})
	}
}

// titled is the only broadcast whose title begins so.
func titled(t *testing.T, d *desktest.Desk, title string) (b wire.Broadcast) {
	t.Helper()
	var all wire.Page[wire.Broadcast]
	d.Call(t, "author", http.MethodGet, "/broadcasts?text="+url.QueryEscape(title), nil, &all)
	if len(all.Items) != 1 {
		t.Fatalf("%d broadcasts are called %s", len(all.Items), title)
	}
	d.Call(t, "author", http.MethodGet, "/broadcasts/"+all.Items[0].ID, nil, &b)
	return b
}

// TestInboxDay: what a resident asked is opened, and held, answered, and made a standard answer of.
func TestInboxDay(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	tickets := inbox.New(d.App.Store().Inbox(), time.Now)
	for i, view := range views[1:] {
		t.Run(view.name, func(t *testing.T) {
			asked := []string{"骨科术后康复要带什么材料", "新九针在哪家社区医院做"}[i]
			if _, err := tickets.File(t.Context(), inbox.Filing{From: "oSomebodyWhoAsked0000000000" + strconv.Itoa(i), Kind: inbox.Question, Text: asked}); err != nil {
				t.Fatal(err)
			}
			tab := d.Tab(t, "author", view.View).Open("/desk/inbox").Sees("还没有人")
			tab.Within(asked).Press("打开来办")
			tab.Sees("这条留言由您在办", "机器人现在怎样回答").Fill("写给居民的话", "请拨打12345咨询。")
			if !view.NoScripts {
				tab.Sees("有答复了") // as the resident gets it
			}
			tab.Press("答复（将发给1人）").Sees("已答复", "请拨打12345咨询。").Press("起草标准问答").Sees(asked)
			if !strings.HasPrefix(tab.Path(), "/desk/content/drafts/D") {
				t.Errorf("a standard answer leads to %s", tab.Path())
			}
			tab.Open("/desk/inbox?status=answered").Sees(asked)
		})
	}
}

// TestRosterDay: a file with every kind of fault is handed in on the desktop, without scripts, and a cell is mended there; what is good is imported
// from a phone, which says that it shows no sheets.
func TestRosterDay(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	file := importstest.WriteRoster(t, filepath.Join(t.TempDir(), "花名册.xlsx"), 40, 40)
	b := d.SignIn(t, "committee")
	tab := desktest.OpenTab(t, d.URL, desktest.View{NoScripts: true}).Carry(b).Open("/desk/residents").Press("导入名单")
	tab.Attach("居民的表格", file.Path).Press("上传并检查")
	for !strings.Contains(tab.Text(), "有问题的行") {
		tab.Press("刷新") // it is judged still
	}
	tab.Sees("有问题 37", "有7位数字，应为11位").Fill("B6 手机号码", "19900000001").Press("改正这一页，重新检查").Sees("已改正", "有问题 36")

	phone := desktest.OpenTab(t, d.URL, desktest.View{Width: desktest.Phone}).Carry(b)
	phone.Open("/desk/residents/import").Sees("请在电脑上做").Lacks("上传并检查")
	phone.Press("花名册.xlsx").Sees("请在电脑上改").Press("导入没有问题的 4 行").Sees("已导入", "还有 36 行没有导入").Press("看名单").Sees("幸福苑")
}

// TestAdminsDay: an admin lets a colleague go, who is out at once, and has another invited.
func TestAdminsDay(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	for i, view := range views[1:] {
		t.Run(view.name, func(t *testing.T) {
			leaving := []string{"committee", "auditor"}[i]
			at := d.SignIn(t, leaving)
			tab := d.Tab(t, "admin", view.View).Open("/desk/staff").Press(desktest.Colleagues[leaving])
			tab.Sees("已登录的浏览器", "退出这台").Press("停用").Sees("立即失效").Press("停用").Sees("已停用", "现在没有登录")
			if shown := at.Get("/desk/"); shown.URL.Path != "/desk/login" {
				t.Errorf("a page after somebody was let go: %s", shown.URL)
			}
			coming := "新同事" + strconv.Itoa(i)
			tab.Open("/desk/staff").Press("添加同事").Fill("账号", "new"+strconv.Itoa(i)).Fill("姓名", coming).Fill("角色", "审计员").Press("添加同事").Sees("已添加")
			tab.Press("邀请设置登录").Press("邀请").Sees("只显示这一次", "tca_").Press("已交给本人，返回").Sees("待另一位管理员确认")
			d.As(t, "admin2").Open("/desk/").Sees("核对并确认")
		})
	}
}

// TestCuratorsDay: an answer is changed, tried and submitted; a colleague publishes it; a notice is withdrawn and brought back.
func TestCuratorsDay(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	for i, view := range views {
		t.Run(view.name, func(t *testing.T) {
			part := []string{"dog.breeds", "dog.leash", "dog.registration.pilot"}[i]
			author := d.Tab(t, "author", view.View).Open("/desk/content/edit?kind=intents&part=" + part)
			author.Fill("新稿件的标题", "改标题"+view.name).Press("去修改").Sees("标题")
			author.Fill("标题", "养犬问答"+string(rune('甲'+i))).Press("存进稿件").Sees("改了什么")
			path := author.Path()
			author.Press("试过再送审").Press("送审").Sees("已送审")

			approver := d.Tab(t, "approver", view.View).Open(path)
			approver.Press("核对并发布").Sees("校验码").Press("发布这一份").Sees("已发布")

			author.Open("/desk/content/notices/N2").Press("撤回").Sees("会停下的").Press("撤回").Sees("已撤回")
			approver.Open("/desk/content/notices/N2").Press("恢复").Press("恢复").Sees("已恢复")
		})
	}
}
