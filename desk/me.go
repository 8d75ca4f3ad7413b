package desk

import (
	"errors"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/signin"
)

var (
	getMe        = page.NewAct[api.Nothing, wire.Me]("get-me")
	mySessions   = page.NewAct[api.Nothing, wire.Page[wire.Session]]("list-my-sessions")
	endMySession = page.NewAct[api.SessionInput, api.Nothing]("end-my-session")
	myKeys       = page.NewAct[api.Nothing, wire.Page[wire.Key]]("list-my-keys")
)

func (d *desk) registerMe(k *page.Kit) {
	k.Says("session-ended", "已退出那台设备。")
	k.Says("passphrase-changed", "密码已修改，其他已登录的浏览器都已退出。")
	k.Says("app-changed", "验证器已更换，其他已登录的浏览器都已退出。")
	k.Handle("GET /desk/me", d.me, getMe, mySessions, myKeys, myWeChat, myNotices)
	k.Handle("POST /desk/me/sessions/{id}/end", endSession, endMySession)
	registerNumber(k)
	registerWeChat(k)
	registerNotices(k)
	for path, c := range changes {
		k.Handle("GET /desk/me/"+path, func(v *page.Visit) (page.Result, error) { return d.showChange(v, c) })
		k.Handle("POST /desk/me/"+path, func(v *page.Visit) (page.Result, error) { return d.change(v, c) })
	}
}

// account is the page of one's own.
type account struct {
	page.Form
	Me       wire.Person
	Role     string
	Last     time.Time // sign-in before this one
	Failures int       // since then
	Sessions []wire.Session
	Keys     []wire.Key
	WeChat   wire.WeChat
	Notices  []page.Choice // what they may be told of by WeChat
}

func (d *desk) me(v *page.Visit) (page.Result, error) {
	me, err := getMe.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	a := account{Form: v.NewForm(), Me: me.Staff, Role: v.Person.Role.Label()}
	sessions, err := mySessions.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	keys, err := myKeys.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	a.Sessions = sessions.Items
	for _, key := range keys.Items {
		if key.RevokedAt.IsZero() && v.Now().Before(key.ExpiresAt) {
			a.Keys = append(a.Keys, key)
		}
	}
	if a.WeChat, err = myWeChat.Do(v, api.Nothing{}); err != nil {
		return nil, err
	}
	if a.Notices, err = noticesOf(v, &a.Form); err != nil {
		return nil, err
	}
	if a.Last, a.Failures, err = d.cfg.SignIn.Since(v.Context(), v.Person.ID); err != nil {
		return nil, err
	}
	return v.Show(page.Page{Title: "我的账号", Name: "desk/me", Data: a})
}

func endSession(v *page.Visit) (page.Result, error) {
	if _, err := endMySession.Do(v, api.SessionInput{Session: v.Path("id")}); err != nil {
		return nil, err
	}
	return page.See("/desk/me?done=session-ended"), nil
}

// change is one of the three things that somebody signs in with.
type change struct {
	Title, Path, Do string
	Passphrase, App bool
	done            string
}

var changes = map[string]change{
	"passphrase": {Title: "修改密码", Path: "passphrase", Do: "修改密码", Passphrase: true, done: "passphrase-changed"},
	"app":        {Title: "更换验证器", Path: "app", Do: "更换验证器", App: true, done: "app-changed"},
	"recovery":   {Title: "更换恢复码", Path: "recovery", Do: "更换恢复码"},
}

// changing is the page on which somebody changes it.
type changing struct {
	page.Form
	change
	ID     string // whose
	Secret app
}

func changePage(c *changing) page.Page {
	return page.Page{Title: c.Title, Name: "desk/change", Data: c, Crumbs: []page.Crumb{{Label: "我的账号", Path: "/desk/me"}, {Label: c.Title}}}
}

func (d *desk) showChange(v *page.Visit, what change) (page.Result, error) {
	c := &changing{Form: v.NewForm(), change: what, ID: v.Person.ID}
	if err := c.draw(d, v, signin.NewSecret()); err != nil {
		return nil, err
	}
	return v.Show(changePage(c))
}

func (c *changing) draw(d *desk, v *page.Visit, secret string) (err error) {
	if c.App {
		c.Secret, err = d.app(v.Person.ID, secret)
	}
	return err
}

func (d *desk) change(v *page.Visit, what change) (page.Result, error) {
	c := &changing{Form: v.NewForm(), change: what, ID: v.Person.ID}
	for _, secret := range []string{"present", "passphrase", "passphrase_again"} {
		c.Form.Set(secret)
	}
	token, codes, err := d.changeLogin(v, what)
	if errors.Is(err, signin.ErrOver) {
		return page.See("/desk/login?next=/desk/me"), nil
	}
	if err != nil {
		if err := c.draw(d, v, v.Form.Get("secret")); err != nil {
			return nil, err
		}
		return again(v, changePage(c), &c.Form, err)
	}
	d.cookie.set(v.Writer(), token)
	if codes != nil {
		return v.Show(page.Page{Title: "新的恢复码", Name: "desk/recovery", Data: recovery{codes, true}})
	}
	return page.See("/desk/me?done=" + what.done), nil
}

func (d *desk) changeLogin(v *page.Visit, what change) (token string, codes []string, err error) {
	now := signin.Present{Token: d.cookie.of(v.Request), Passphrase: v.Form.Get("present"), Code: v.Form.Get("code")}
	switch {
	case what.Passphrase:
		if err = twice(v); err == nil {
			token, err = d.cfg.SignIn.ChangePassphrase(v.Context(), now, v.Form.Get("passphrase"))
		}
	case what.App:
		token, err = d.cfg.SignIn.ChangeApp(v.Context(), now, v.Form.Get("secret"), v.Form.Get("app_code"))
	default:
		codes, token, err = d.cfg.SignIn.RenewRecovery(v.Context(), now)
	}
	return token, codes, err
}
