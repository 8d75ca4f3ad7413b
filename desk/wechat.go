package desk

import (
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/signin"
)

var (
	myWeChat      = page.NewAct[api.Nothing, wire.WeChat]("get-my-wechat")
	bindWeChat    = page.NewAct[api.Nothing, wire.WeChatCode]("bind-my-wechat")
	confirmWeChat = page.NewAct[api.Body[wire.ConfirmWeChat], api.Nothing]("confirm-my-wechat")
	unbindWeChat  = page.NewAct[api.Nothing, api.Nothing]("unbind-my-wechat")
)

// registerWeChat adds the pages on which somebody binds their WeChat account, or takes it off.
func registerWeChat(k *page.Kit) {
	k.Says("wechat-unbound", "微信已解除绑定。")
	k.Says("wechat-confirmed", "已核对：可以用这个微信扫码登录了。")
	k.Handle("GET /desk/me/wechat", showWeChat, myWeChat, bindWeChat)
	k.Handle("GET /desk/me/wechat/confirm", askNumber, confirmWeChat, myWeChat)
	k.Handle("POST /desk/me/wechat/confirm", confirmAccount, confirmWeChat, myWeChat)
	k.Handle("POST /desk/me/wechat", askWeChat, bindWeChat, myWeChat)
	k.Handle("POST /desk/me/wechat/unbind", takeWeChat, unbindWeChat)
}

// binding is the page: it asks, and then shows the code.
type binding struct {
	page.Form
	WeChat wire.WeChat
	QR     *page.QR
	Until  time.Time

	Confirm bool // it asks for the number that the bound account was told
}

func weChatPage(v *page.Visit) (page.Page, *binding, error) {
	b := &binding{Form: v.NewForm(page.Subject(signin.BindStep))}
	var err error
	b.WeChat, err = myWeChat.Do(v, api.Nothing{})
	return page.Page{Title: "绑定微信", Name: "desk/wechat", Data: b, Crumbs: []page.Crumb{{Label: "我的账号", Path: "/desk/me"}, {Label: "绑定微信"}},
		Fields: map[string]string{"body.number": "number"}}, b, err
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

func askNumber(v *page.Visit) (page.Result, error) {
	p, b, err := weChatPage(v)
	if err != nil {
		return nil, err
	}
	if !b.WeChat.Bound {
		return page.See("/desk/me/wechat"), nil
	}
	b.Confirm = true
	return v.Show(p)
}

// confirmAccount takes the number that the bound account was told.
func confirmAccount(v *page.Visit) (page.Result, error) {
	err := v.StepUp(signin.BindStep)
	if err == nil {
		_, err = confirmWeChat.Do(v, api.Body[wire.ConfirmWeChat]{Body: wire.ConfirmWeChat{Number: strings.TrimSpace(v.Form.Get("number"))}})
	}
	if err == nil {
		return page.See("/desk/me?done=wechat-confirmed"), nil
	}
	p, b, again := weChatPage(v)
	if again != nil {
		return nil, again
	}
	b.Confirm = true
	return v.Again(p, &b.Form, err)
}

func takeWeChat(v *page.Visit) (page.Result, error) {
	if _, err := unbindWeChat.Do(v, api.Nothing{}); err != nil {
		return nil, err
	}
	return page.See("/desk/me?done=wechat-unbound"), nil
}
