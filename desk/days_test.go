package desk_test

import (
	"net/http"
	"strings"
	"testing"

	"towncrier/api/wire"
	"towncrier/desk/desktest"
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
			tab.Fill("收到的人很多", strings.Trim(b.SizeLabel, "约人")).Press("批准").Sees("已批准")
			d.Call(t, "author", http.MethodGet, "/broadcasts/"+b.ID, nil, &b)
			if b.Status != "approved" && b.Status != "scheduled" {
				t.Errorf("approved, it is %s", b.Status)
			}
		})
	}
}

// TestCuratorsDay: an answer is changed, tried and submitted; a colleague publishes it; a notice is withdrawn and brought back.
func TestCuratorsDay(t *testing.T) {
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
