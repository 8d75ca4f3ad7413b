package desk_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/desk/desktest"
	"towncrier/imports/importstest"
	"towncrier/inbox"
)

// TestWithoutJavaScript does the main acts by pages and forms alone, as a browser does that runs no script.
func TestWithoutJavaScript(t *testing.T) {
	d := desktest.OpenDesk(t)
	author, approver, committee := d.SignIn(t, "author"), d.SignIn(t, "approver"), d.SignIn(t, "committee")
	sendsWithoutScripts(t, d, author, approver)

	file(t, d, "骨科术后康复要带什么材料", 0)
	ticket := author.Open("/desk/inbox").Within("骨科术后康复要带什么材料").Press("打开来办").Sees("这条留言由您在办")
	shown := ticket.Form("看看样子").Fill("写给居民的话", "请拨打12345咨询。").Press().Sees("有答复了")
	shown.Press("答复（将发给1人）").Sees("已答复", "请拨打12345咨询。")

	faulty := upload(t, committee)
	mended := faulty.Form("改正这一页，重新检查").Fill("B6 手机号码", "19900000001").Press().Sees("已改正")
	judged(t, committee, mended, "有问题 36").Press("导入没有问题的 4 行")
	judged(t, committee, mended, "还有 36 行没有导入").Sees("已导入", "新增 1", "更新 1")

	author.Open("/desk/content/notices/N2").Follow("撤回").Sees("会停下的").Press("撤回").Sees("已撤回")
	said := ""
	for deadline := time.Now().Add(20 * time.Second); !strings.Contains(said, "撤回"); said = d.Handset(t, 0).Say("烈性犬有哪些") {
		if time.Now().After(deadline) { // it takes two seconds at most on a machine that is not busy
			t.Fatalf("who asks is told %q", said)
		}
	}
}

// sendsWithoutScripts has a broadcast for and, or and not drafted, counted, submitted, approved, scheduled and paused.
func sendsWithoutScripts(t *testing.T, d *desktest.Desk, author, approver *desktest.Browser) {
	const title = "不用脚本的群发"
	p := author.Open("/desk/sends").Follow("新建群发").Within("文明养犬提醒：牵好绳").Follow("用这一份")
	p = p.Form("加条件").Fill("标题", title).Fill("再加", "区县").Press()
	p = p.Form("加条件").Fill("区县", "盐湖区").Fill("再加", "街道").Press()
	p = p.Form("更新本页").Fill("下面的条件", "满足任一个").Press()
	p = p.Form("都要满足").Fill("再加", "订阅的主题").Press()
	p = p.Form("更新本页").Fill("订阅的主题", "health").Press()
	p = p.Press("排除：订阅的主题health")
	street := ""
	for _, f := range p.Forms() {
		if street == "" && f.Called() == "更新本页" {
			street = f.Offered("街道")[1]
			p = f.Fill("街道", street).Press()
		}
	}
	p = p.Press("清点人数").Sees("清点结果", "居民看到的", "遛狗请牵好绳", "依据的原文")
	p.Form("存草稿").Tick("到这个时间再发").Fill("发送日期", time.Now().In(broadcast.Zone).AddDate(0, 0, 2).Format(time.DateOnly)).Fill("发送时间", "10:00").Press().Sees("已存为草稿")

	b := titled(t, d, title)
	if rule, err := json.Marshal(b.Proposal.Audience); err != nil || len(b.Proposal.Audience.Or) != 3 || !strings.Contains(string(rule), `"and":`) || !strings.Contains(string(rule), `"not":`) {
		t.Fatalf("the audience is %s, %v", rule, err)
	}
	acceptAll(author.Open("/desk/sends/"+b.ID+"/edit").Form("送审"), "看过并接受").Press().Sees("已送审", "待审批")
	home := approver.Open("/desk/").Within(title)
	approved := acceptAll(home.Follow("看内容并审批").Sees("签批内容", "盐湖区", street).Form("批准"), "").Press().Sees("已批准")
	approved.Press("排期").Sees("已排期")
	author.Open("/desk/sends/" + b.ID).Press("暂停：" + title).Sees("已暂停")
	if now := titled(t, d, title); now.Status != "paused" {
		t.Errorf("at the end it is %s", now.Status)
	}
}

// acceptAll ticks every box that accepts what is to be known, by how its label begins.
func acceptAll(f *desktest.Form, label string) *desktest.Form {
	for _, name := range f.Boxes() {
		if strings.HasPrefix(name, label) && !f.Ticked(name) {
			f.Tick(name)
		}
	}
	return f
}

// file has a resident ask something.
func file(t *testing.T, d *desktest.Desk, text string, nth int) {
	t.Helper()
	tickets := inbox.New(d.App.Store().Inbox(), time.Now)
	if _, err := tickets.File(t.Context(), inbox.Filing{From: d.Handset(t, nth).OpenID, Kind: inbox.Question, Text: text}); err != nil {
		t.Fatal(err)
	}
}

// upload hands a file in that has every kind of fault, and is its page once it is read.
func upload(t *testing.T, b *desktest.Browser) *desktest.Page {
	t.Helper()
	written := importstest.WriteRoster(t, filepath.Join(t.TempDir(), "花名册.xlsx"), 40, 40)
	content, err := os.ReadFile(written.Path)
	if err != nil {
		t.Fatal(err)
	}
	return judged(t, b, b.Open("/desk/residents/import").Form("上传并检查").Attach("居民的表格", "花名册.xlsx", string(content)).Press(), "有问题 37")
}

// judged is the page of a file once it says a text: files are read in the background.
func judged(t *testing.T, b *desktest.Browser, shown *desktest.Page, says string) *desktest.Page {
	t.Helper()
	for deadline := time.Now().Add(3 * time.Minute); !shown.Has(says); shown = b.Open(shown.URL.Path) {
		if time.Now().After(deadline) {
			t.Fatalf("it does not say %q: %s", says, shown.Text())
		}
		time.Sleep(100 * time.Millisecond)
	}
	return shown
}

// scheduled is a broadcast that goes in two days.
func scheduled(t *testing.T, d *desktest.Desk, title string) (b wire.Broadcast) {
	t.Helper()
	d.Call(t, "author", http.MethodPost, "/broadcasts", wire.CreateBroadcast{Draft: "civility", Proposal: wire.Proposal{Title: title, SendAt: time.Now().AddDate(0, 0, 2)}}, &b)
	b = submit(t, d, b)
	accept := []string{}
	for _, w := range b.Warnings {
		if w.Name != "" {
			accept = append(accept, w.Name)
		}
	}
	d.Call(t, "approver", http.MethodPost, "/broadcasts/"+b.ID+"/approve", wire.Approval{Hash: b.Hash, Accept: accept}, &b)
	d.Call(t, "author", http.MethodPost, "/broadcasts/"+b.ID+"/schedule", nil, &b)
	return b
}
