package desk

import (
	"errors"

	"towncrier/api"
	"towncrier/desk/page"
	"towncrier/signin"
)

// scan is the page of a sign-in that waits for an answer in WeChat. It looks the same whether somebody can answer or not.
type scan struct {
	page.Form
	signin.Scan
	QR           page.QR
	Next, Posted string
}

// askScan takes a passphrase, and shows a code to scan.
func (d *desk) askScan(v *page.Visit, a signin.Attempt) (page.Result, error) {
	token, waiting, err := d.cfg.SignIn.AskScan(v.Context(), a)
	switch {
	case errors.Is(err, signin.ErrNoQR), errors.Is(err, signin.ErrQRLater):
		d.cfg.Log.WarnContext(v.Context(), "nobody can sign in by WeChat", "err", err)
		return d.signInAgain(v, "微信现在生成不了二维码，不能扫码登录：请填验证器里的验证码，或者一个恢复码")
	case errors.Is(err, signin.ErrBusy):
		return d.signInAgain(v, signin.ErrBusy.Error())
	case tooMany(err):
		return d.signInAgain(v, err.Error())
	case err != nil:
		return nil, err
	}
	d.scan.set(v.Writer(), token)
	p, _, err := scanPage(v, waiting)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func scanPage(v *page.Visit, waiting signin.Scan) (page.Page, *scan, error) {
	qr, err := page.NewQR(waiting.QR, "登录的二维码")
	s := &scan{Form: page.EmptyForm(), Scan: waiting, QR: qr, Next: safeNext(v.Form.Get("next")), Posted: v.Form.Get("posted")}
	return page.Page{Title: "微信扫码登录", Name: "desk/scan", Data: s}, s, err
}

// scanned goes on when the person has answered.
func (d *desk) scanned(v *page.Visit) (page.Result, error) {
	held := d.scan.of(v.Request)
	token, _, err := d.cfg.SignIn.EnterScanned(v.Context(), held, api.AddressOf(v.Request, d.cfg.Proxies), v.Request.UserAgent())
	switch {
	case errors.Is(err, signin.ErrNotAnswered):
		waiting, err := d.cfg.SignIn.Scan(v.Context(), held)
		if err != nil {
			return nil, err
		}
		p, s, err := scanPage(v, waiting)
		if err != nil {
			return nil, err
		}
		return v.Again(p, &s.Form, &page.FieldError{Text: signin.ErrNotAnswered.Error()})
	case errors.Is(err, signin.ErrScanOver):
		if _, err := d.enterBy(d.cfg.SignIn.Resume)(v.Request); err == nil { // the button was pressed twice
			return page.See(safeNext(v.Form.Get("next"))), nil
		}
		return d.signInAgain(v, err.Error())
	case err != nil:
		return nil, err
	}
	d.scan.clear(v.Writer())
	return d.enterWith(v, token)
}

// watchScan tells an open page how its sign-in stands; its last word has the page go on by itself.
func (d *desk) watchScan(v *page.Visit) (page.Result, error) {
	waiting, err := d.cfg.SignIn.Scan(v.Context(), d.scan.of(v.Request))
	switch {
	case errors.Is(err, signin.ErrScanOver):
		return v.Partial("desk/scan", "over", nil)
	case err != nil:
		return nil, err
	case waiting.Passed:
		return v.Partial("desk/scan", "passed", nil)
	}
	return v.Partial("desk/scan", "waiting", waiting)
}
