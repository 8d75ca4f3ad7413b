package desk_test

import (
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"

	"towncrier/desk/desktest"
)

// TestByKeyboardAlone does the eight main acts with Tab, Enter, the space bar and typing. On the way everything that has the focus is seen to have
// it, in the order of the page.
func TestByKeyboardAlone(t *testing.T) {
	desktest.InFull(t)
	d := desktest.OpenDesk(t)
	const title = "只用键盘的群发"
	c := enrolled(t, d, "rehearsal-author")
	author := desktest.OpenTab(t, d.URL, desktest.View{}).Open("/desk/login")
	author.KeyTo("账号").Write(c.ID).KeyTo("密码").Write(c.Passphrase).KeyTo("验证码").Write(c.Code(time.Now().Add(30 * time.Second))) // the one of now set the app
	author.KeyTo("登录").Enter().Sees("今天要办")

	author.KeyTo("群发").Enter().KeyTo("新建群发").Enter().KeyTo("用这一份").Enter()
	author.KeyTo("标题").Write(title).KeyTo("存草稿").Enter().Sees("已存为草稿")

	b := titled(t, d, title)
	for _, w := range b.Warnings {
		if w.Name != "" {
			author.KeyTo("看过并接受：" + w.Text).Keys(" ")
		}
	}
	author.KeyTo("送审").Enter().Sees("已送审", "待审批")

	approver := d.Tab(t, "approver", desktest.View{}).Open("/desk/")
	approver.KeyTo("看内容并审批").Enter().Sees("签批内容", title)
	b = titled(t, d, title)
	for _, w := range b.Warnings {
		if w.Name != "" {
			approver.KeyTo(w.Text).Keys(" ")
		}
	}
	approver.KeyTo("收到的人很多").Write(sizeOf(b)).KeyTo("批准").Enter().Sees("已批准")

	author.Open("/desk/sends/" + scheduled(t, d, "要暂停的").ID).KeyTo("暂停").Enter().Sees("已暂停")

	file(t, d, "新九针在哪家社区医院做", 0)
	author.Open("/desk/inbox").KeyTo("打开来办").Enter().Sees("这条留言由您在办")
	author.KeyTo("写给居民的话").Write("请拨打12345咨询。").KeyTo("答复（将发给1人）").Enter().Sees("已答复", "请拨打12345咨询。")

	committee := d.SignIn(t, "committee")
	faulty := upload(t, committee)
	mending := desktest.OpenTab(t, d.URL, desktest.View{}).Carry(committee).Open(faulty.URL.Path)
	mending.KeyTo("B6 手机号码").Write("19900000001").Keys(kb.Enter).Sees("已改正")

	author.Open("/desk/content/notices/N2").KeyTo("撤回").Enter().Sees("会停下的").KeyTo("撤回").Enter().Sees("已撤回")
}
