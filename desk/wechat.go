package desk

import (
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/signin"
)

var (
	myWeChat     = page.NewAct[api.Nothing, wire.WeChat]("get-my-wechat")
	bindWeChat   = page.NewAct[api.Nothing, wire.WeChatCode]("bind-my-wechat")
	unbindWeChat = page.NewAct[api.Nothing, api.Nothing]("unbind-my-wechat")
)

// registerWeChat adds the pages on which somebody binds their WeChat account, or takes it off.
func registerWeChat(k *page.Kit) {
	k.Says("wechat-unbound", "微信已解除绑定。")
	k.Handle("GET /desk/me/wechat", showWeChat, myWeChat, bindWeChat)
	k.Handle("POST /desk/me/wechat", askWeChat, bindWeChat, myWeChat)
	k.Handle("POST /desk/me/wechat/unbind", takeWeChat, unbindWeChat)
}

// binding is the page: it asks, and then shows the code.
type binding struct {
	page.Form
	WeChat wire.WeChat
	QR     *page.QR
	Until  time.Time
}

func weChatPage(v *page.Visit) (page.Page, *binding, error) {
	b := &binding{Form: v.NewForm(page.Subject(signin.BindStep))}
	var err error
	b.WeChat, err = myWeChat.Do(v, api.Nothing{})
	return page.Page{Title: "绑定微信", Name: "desk/wechat", Data: b, Crumbs: []page.Crumb{{Label: "我的账号", Path: "/desk/me"}, {Label: "绑定微信"}}}, b, err
}

func showWeChat(v *page.Visit) (page.Result, error) {
	p, _, err := weChatPage(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func askWeChat(v *page.Visit) (page.Result, error) {
	refused := v.StepUp(signin.BindStep)
	p, b, err := weChatPage(v)
	if err != nil {
		return nil, err
	}
	if refused != nil {
		return v.Again(p, &b.Form, refused)
	}
	code, err := bindWeChat.Do(v, api.Nothing{})
	if err != nil {
		return v.Again(p, &b.Form, err)
	}
	qr, err := page.NewQR(code.Text, "绑定微信的二维码")
	if err != nil {
		return nil, err
	}
	b.QR, b.Until = &qr, code.Until
	return v.Show(p)
}

func takeWeChat(v *page.Visit) (page.Result, error) {
	if _, err := unbindWeChat.Do(v, api.Nothing{}); err != nil {
		return nil, err
	}
	return page.See("/desk/me?done=wechat-unbound"), nil
}
