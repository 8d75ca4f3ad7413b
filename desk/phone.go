package desk

import (
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	registerPhone = page.NewAct[api.Body[wire.RegisterPhone], wire.PhoneStatus]("register-phone")
	confirmPhone  = page.NewAct[api.Body[wire.ConfirmPhone], wire.PhoneStatus]("confirm-phone")
)

// registerNumber adds the two pages on which somebody registers their own number: where a code is sent, and where it is typed in.
func registerNumber(k *page.Kit) {
	k.Says("phone-code", "验证码已发出，五分钟内有效。")
	k.Says("phone-registered", "本人手机号已登记。")
	k.Handle("GET /desk/me/phone", showNumber, registerPhone)
	k.Handle("POST /desk/me/phone", sendPhoneCode, registerPhone)
	k.Handle("GET /desk/me/phone/code", showNumber, confirmPhone)
	k.Handle("POST /desk/me/phone/code", takePhoneCode, confirmPhone)
}

// numbering is either page.
type numbering struct {
	page.Form
	Sent bool // the code is asked for, and not the number
}

func numberPage(v *page.Visit) (page.Page, *page.Form) {
	n := &numbering{v.NewForm(page.Subject(ownNumber)), strings.HasSuffix(v.Request.URL.Path, "/code")}
	fields := map[string]string{"body.phone": "phone"}
	if n.Sent {
		fields = map[string]string{"": "sms_code", "body.code": "sms_code"}
	}
	return page.Page{Title: "登记本人手机号", Name: "desk/phone", Data: n, Crumbs: []page.Crumb{{Label: "我的账号", Path: "/desk/me"}, {Label: "登记本人手机号"}}, Fields: fields}, &n.Form
}

// ownNumber is what a second factor is asked for: whoever has the number may be sent codes that let them in.
const ownNumber = "own number"

func showNumber(v *page.Visit) (page.Result, error) {
	p, _ := numberPage(v)
	return v.Show(p)
}

func sendPhoneCode(v *page.Visit) (page.Result, error) {
	err := v.StepUp(ownNumber)
	if err == nil {
		_, err = registerPhone.Do(v, api.Body[wire.RegisterPhone]{Body: wire.RegisterPhone{Phone: strings.TrimSpace(v.Form.Get("phone"))}})
	}
	return onwards(v, err, "/desk/me/phone/code?done=phone-code")
}

func takePhoneCode(v *page.Visit) (page.Result, error) {
	err := v.StepUp(ownNumber)
	if err == nil {
		_, err = confirmPhone.Do(v, api.Body[wire.ConfirmPhone]{Body: wire.ConfirmPhone{Code: strings.TrimSpace(v.Form.Get("sms_code"))}})
	}
	return onwards(v, err, "/desk/me?done=phone-registered")
}

func onwards(v *page.Visit, err error, path string) (page.Result, error) {
	if err == nil {
		return page.See(path), nil
	}
	p, form := numberPage(v)
	return v.Again(p, form, err)
}
