package desk

import (
	"errors"
	"strings"

	"towncrier/api"
	"towncrier/desk/page"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/signin"
	"towncrier/staff"
)

func (d *desk) registerEnrol(k *page.Kit) {
	k.Open("GET /desk/enrol", d.showEnrol)
	k.Open("POST /desk/enrol", d.invited)
	k.Open("POST /desk/enrol/login", d.enrol)
}

// enrolment is the page on which somebody opens an invitation: first the activation code, then all the rest.
type enrolment struct {
	page.Form
	Invited *staff.Invitation // once the activation code was right
	App     app
}

// app is a secret for an app that shows codes, as people scan it or type it in.
type app struct {
	Secret string
	Groups string // of four
	QR     page.QR
}

func enrolPage(e *enrolment) page.Page {
	return page.Page{Title: "用激活码设置登录", Name: "desk/enrol", Data: e}
}

func (d *desk) showEnrol(v *page.Visit) (page.Result, error) {
	return v.Show(enrolPage(&enrolment{Form: v.NewForm()}))
}

// invited takes the activation code, and has the code sent that proves whose it is.
func (d *desk) invited(v *page.Visit) (page.Result, error) {
	e := &enrolment{Form: v.NewForm()}
	inv, err := d.cfg.SignIn.Invited(v.Context(), strings.TrimSpace(v.Form.Get("activation")), api.AddressOf(v.Request, d.cfg.Proxies))
	if err != nil {
		return again(v, enrolPage(e), &e.Form, err)
	}
	if err := e.begin(d, inv, signin.NewSecret()); err != nil {
		return nil, err
	}
	return v.Show(enrolPage(e))
}

func (e *enrolment) begin(d *desk, inv staff.Invitation, secret string) (err error) {
	e.Invited = &inv
	e.App, err = d.app(inv.Person, secret)
	return err
}

// app shows a secret, or a new one in the place of what is none.
func (d *desk) app(person, secret string) (app, error) {
	if !signin.IsSecret(secret) {
		secret = signin.NewSecret()
	}
	code, err := page.NewQR(signin.SecretURI(d.cfg.City(), person, secret), "验证器的二维码，不能扫码的请输入下面的密钥")
	var groups []string
	for rest := secret; rest != ""; rest = rest[min(4, len(rest)):] {
		groups = append(groups, rest[:min(4, len(rest))])
	}
	return app{secret, strings.Join(groups, " "), code}, err
}

// recovery is the page that shows recovery codes, once.
type recovery struct {
	Codes  []string
	Signed bool // in already
}

func (d *desk) enrol(v *page.Visit) (page.Result, error) {
	e := &enrolment{Form: v.NewForm()}
	e.Form.Set("passphrase")
	e.Form.Set("passphrase_again")
	activation, address := strings.TrimSpace(v.Form.Get("activation")), api.AddressOf(v.Request, d.cfg.Proxies)
	err := twice(v)
	var codes []string
	if err == nil {
		codes, _, err = d.cfg.SignIn.Enrol(v.Context(), signin.Enrolling{
			Activation: activation, SMSCode: strings.TrimSpace(v.Form.Get("sms_code")), Passphrase: v.Form.Get("passphrase"),
			Secret: v.Form.Get("secret"), Code: v.Form.Get("app_code"), Address: address,
		})
	}
	if err == nil {
		return v.Show(page.Page{Title: "登录已设置", Name: "desk/recovery", Data: recovery{Codes: codes}})
	}
	inv, gone := d.cfg.SignIn.Opening(v.Context(), activation)
	if gone == nil {
		if err := e.begin(d, inv, v.Form.Get("secret")); err != nil {
			return nil, err
		}
	}
	return again(v, enrolPage(e), &e.Form, err)
}

// twice refuses a new passphrase that was typed in two ways.
func twice(v *page.Visit) error {
	if v.Form.Get("passphrase") != v.Form.Get("passphrase_again") {
		return &problem.Invalid{Field: "passphrase_again", Reason: "两次输入的密码不一样：请再输入一次"}
	}
	return nil
}

// again shows a form again with what the sign-in refused, beside its fields.
func again(v *page.Visit, p page.Page, form *page.Form, err error) (page.Result, error) {
	faults := faultsOf(err)
	if len(faults) == 0 {
		return nil, err
	}
	for _, f := range faults[1:] {
		form.Refuse(f.Field, f.Text)
	}
	return v.Again(p, form, faults[0])
}

// places are the fields of forms about signing in that a refusal is about.
var places = []struct {
	err   error
	field string
}{
	{staff.ErrNoInvitation, "activation"}, {staff.ErrUnconfirmed, "activation"}, {staff.ErrSMSOff, "activation"}, {roster.ErrCodeOff, "activation"},
	{roster.ErrCodeGone, "sms_code"}, {signin.ErrCode, "code"}, {signin.ErrPassphrase, "present"}, {signin.ErrNoLogin, ""}, {signin.ErrBusy, ""},
}

func faultsOf(err error) []*page.FieldError {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		var all []*page.FieldError
		for _, one := range joined.Unwrap() {
			all = append(all, faultsOf(one)...)
		}
		return all
	}
	if bad, ok := errors.AsType[*problem.Invalid](err); ok {
		field := bad.Field
		if field == "code" || field == "secret" { // which stands in no field that people see
			field = "app_code"
		}
		return []*page.FieldError{{Field: field, Text: bad.Reason}}
	}
	for _, p := range places {
		if errors.Is(err, p.err) {
			return []*page.FieldError{{Field: p.field, Text: p.err.Error()}}
		}
	}
	if wrong, ok := errors.AsType[*roster.WrongCode](err); ok {
		return []*page.FieldError{{Field: "sms_code", Text: wrong.Error()}}
	}
	if soon, ok := errors.AsType[*roster.TooSoon](err); ok {
		return []*page.FieldError{{Field: "activation", Text: soon.Error()}}
	}
	if many, ok := errors.AsType[*signin.TooMany](err); ok {
		return []*page.FieldError{{Text: many.Error()}}
	}
	return nil
}
