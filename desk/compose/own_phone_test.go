package compose_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"towncrier/desk/desktest"
	"towncrier/sandbox/platform"
)

// TestToMyPhone: an author sees a text on their own phone, and a message in the WeChat account that they bound; who bound none is told where.
func TestToMyPhone(t *testing.T) {
	d := desktest.OpenDesk(t)
	b, phone := d.SignIn(t, "author"), d.Handset(t, 0)
	p := draft(b, "发到我的手机")
	p = p.Press("把短信发到我的手机").Want(http.StatusOK).Sees("已发到您的手机（短信）", "已提交")
	p = p.Press("把微信模板消息发到我的手机").Want(http.StatusUnprocessableEntity).Sees("您还没有绑定微信", "我的账号")

	b.Open("/desk/me/wechat").Press("生成二维码").Want(http.StatusOK)
	phone.Scan(d.NewestScene(t))
	phone.Say("1")
	before := len(phone.Record())
	p.Press("把微信模板消息发到我的手机").Want(http.StatusOK).Sees("已发到您的手机（微信模板消息）")
	if !slices.ContainsFunc(phone.Record()[before:], func(e platform.Entry) bool { return e.Kind == "template" }) {
		t.Errorf("the phone has %+v", phone.Record()[before:])
	}
}

// TestWhyItCameBack: whoever mends what was returned reads why above it, also after it was kept, until it is submitted again.
func TestWhyItCameBack(t *testing.T) {
	d := desktest.SharedDesk(t)
	b := d.As(t, "author")
	p := draft(b, "退回以后再改")
	id := kept(t, d, p).ID
	submit := func() {
		t.Helper()
		f := p.Form("送审")
		for _, label := range f.Labels() {
			if strings.HasPrefix(label, "看过并接受") {
				f.Tick(label)
			}
		}
		f.Press().Want(http.StatusOK)
	}
	submit()
	d.Call(t, "approver", http.MethodPost, "/broadcasts/"+id+"/reject", map[string]string{"why": "请写明<b>从哪天起</b>。"}, nil)
	const why = "被退回：请写明<b>从哪天起</b>。改好以后"
	p = b.Open("/desk/sends/" + id + "/edit").Sees(why)
	p = p.Form("存草稿").Fill("标题", "退回以后改过").Press().Sees(why)
	submit()
	b.Open("/desk/sends/" + id + "/edit").Lacks("被退回")
}
