package desk

import (
	"errors"
	"net/http"
	"net/url"
	"path"
	"strings"

	"towncrier/api"
	"towncrier/desk/page"
	"towncrier/signin"
)

func (d *desk) registerLogin(k *page.Kit) {
	k.Says("left", "已退出登录。")
	k.Open("GET /desk/login", d.showLogin)
	k.Open("POST /desk/login", d.login)
	k.Open("POST /desk/login/rehearsal", d.rehearse)
	k.Open("POST /desk/logout", d.logout)
	k.Open("POST /desk/login/scan", d.scanned)
	k.Open("GET /desk/login/scan", d.watchScan)
}

// continued is the page that posts once more what was posted when the session was over.
type continued struct {
	Next   string
	Fields []posted
}

type posted struct{ Name, Value string }

func (d *desk) showLogin(v *page.Visit) (page.Result, error) {
	next := safeNext(v.Query("next"))
	if _, err := d.enterBy(d.cfg.SignIn.Resume)(v.Request); err == nil {
		return page.See(next), nil
	}
	return v.Show(d.signInPage(v, next, ""))
}

// signIn is what the sign-in page shows.
type signIn struct {
	page.Form
	Next   string        // path to go on to
	Posted string        // what was posted when the session was over
	Press  []page.Button // a rehearsal's colleagues
}

func (d *desk) signInPage(v *page.Visit, next, posted string) page.Page {
	return loginPage(d.signIn(v, next, posted))
}

func loginPage(s *signIn) page.Page { return page.Page{Title: "登录", Name: "desk/login", Data: s} }

// signIn shows a rehearsal's colleagues to who sits at this machine alone.
func (d *desk) signIn(v *page.Visit, next, posted string) *signIn {
	s := &signIn{Form: page.EmptyForm(), Next: next, Posted: posted}
	if d.cfg.Colleagues == nil || !d.here(v.Request) {
		return s
	}
	for _, who := range d.cfg.Colleagues(v.Context()) {
		s.Press = append(s.Press, page.Button{Label: who.Name, Name: "id", Value: who.ID})
	}
	return s
}

// here says whether a request comes from this machine.
func (d *desk) here(r *http.Request) bool {
	client, ok := api.ClientAddress(r, d.cfg.Proxies)
	return ok && client.IsLoopback()
}

func (d *desk) login(v *page.Visit) (page.Result, error) {
	attempt := signin.Attempt{
		ID: v.Form.Get("id"), Passphrase: v.Form.Get("passphrase"), Code: strings.TrimSpace(v.Form.Get("code")),
		Address: api.AddressOf(v.Request, d.cfg.Proxies), Agent: v.Request.UserAgent(),
		Admits: d.admits(v.Request),
	}
	if v.Form.Get("by") == "wechat" {
		return d.askScan(v, attempt)
	}
	token, _, err := d.cfg.SignIn.Enter(v.Context(), attempt)
	switch {
	case errors.Is(err, signin.ErrBusy):
		return d.signInAgain(v, signin.ErrBusy.Error())
	case errors.Is(err, signin.ErrNoEntry), tooMany(err):
		return d.signInAgain(v, err.Error())
	case err != nil:
		return nil, err
	}
	return d.enterWith(v, token)
}

func tooMany(err error) bool { return errors.As(err, new(*signin.TooMany)) }

// signInAgain is the sign-in page with what is wrong.
func (d *desk) signInAgain(v *page.Visit, fault string) (page.Result, error) {
	s := d.signIn(v, safeNext(v.Form.Get("next")), v.Form.Get("posted"))
	s.Set("id", v.Form.Get("id"))
	return v.Again(loginPage(s), &s.Form, &page.FieldError{Text: fault})
}

// rehearse signs a made-up colleague in. Elsewhere there is no such page.
func (d *desk) rehearse(v *page.Visit) (page.Result, error) {
	if d.cfg.Colleagues == nil || !d.here(v.Request) {
		return nil, page.Refuse(http.StatusNotFound, "没有这个页面")
	}
	token, _, err := d.cfg.SignIn.Rehearse(v.Context(), v.Form.Get("id"), api.AddressOf(v.Request, d.cfg.Proxies), v.Request.UserAgent())
	if err != nil {
		return nil, err
	}
	return d.enterWith(v, token)
}

// enterWith goes on to where somebody wanted to go, or shows what they had posted, to be posted again.
func (d *desk) enterWith(v *page.Visit, token string) (page.Result, error) {
	d.cookie.set(v.Writer(), token)
	next := safeNext(v.Form.Get("next"))
	kept, err := url.ParseQuery(v.Form.Get("posted"))
	if err != nil || len(kept) == 0 {
		return page.See(next), nil
	}
	c := continued{Next: next}
	for name, values := range kept {
		for _, value := range values {
			c.Fields = append(c.Fields, posted{name, value})
		}
	}
	return v.Show(page.Page{Title: "继续提交", Name: "desk/continue", Data: c})
}

func (d *desk) logout(v *page.Visit) (page.Result, error) {
	if err := d.cfg.SignIn.Leave(v.Context(), d.cookie.of(v.Request)); err != nil {
		return nil, err
	}
	d.cookie.clear(v.Writer())
	return page.See("/desk/login?done=left"), nil
}

// safeNext is a page of the desk, whatever was asked for.
func safeNext(next string) string {
	at, err := url.Parse(next)
	if err != nil || at.Host != "" || at.Scheme != "" {
		return "/desk/"
	}
	at.Path = path.Clean(at.Path)
	if !strings.HasPrefix(at.Path+"/", "/desk/") || strings.HasPrefix(at.Path, "/desk/log") {
		return "/desk/"
	}
	if at.Path == "/desk" {
		at.Path = "/desk/"
	}
	return at.RequestURI()
}
