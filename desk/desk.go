// Package desk is the console: pages under /desk/ in which officials and committees work.
//
// A browser has a session, by a cookie that only these pages take; a key opens the API alone. An area is a package of pages, which it
// registers with the kit that they share.
package desk

import (
	"context"
	"embed"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"towncrier/api"
	"towncrier/desk/approve"
	"towncrier/desk/compose"
	"towncrier/desk/content"
	"towncrier/desk/inbox"
	"towncrier/desk/office"
	"towncrier/desk/page"
	"towncrier/desk/residents"
	"towncrier/desk/sends"
	"towncrier/signin"
	"towncrier/staff"
)

// Config is what the desk needs. All but Colleagues, Now and Proxies are required.
type Config struct {
	Calls   *api.Calls
	SignIn  *signin.Service
	City    func() string // as residents know it
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	Proxies []netip.Prefix
	// Host is the name, and the port if there is one, under which the console is reached. A rehearsal is reached under any of this machine's.
	Host     string
	Networks Networks
	// Secure has the cookie go over https alone. Only a rehearsal may do without.
	Secure bool
	// Colleagues are a rehearsal's made-up staff, who sign in by one press from this machine; nil where residents are real.
	Colleagues func(context.Context) []staff.Person
}

//go:embed *.html
var templates embed.FS

// Desk is the console.
type Desk struct {
	http.Handler              // serves everything under /desk/
	Routes       []page.Route // all pages that ask for a session
	Close        func()       // ends what open pages are watching: a server's Shutdown waits for them
}

// New makes the desk.
func New(cfg Config) *Desk {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	d := &desk{cfg: cfg, cookie: cookie{"desk", cfg.Secure}, scan: cookie{"desk-scan", cfg.Secure}}
	kit := page.New(page.Config{
		Calls: cfg.Calls, Enter: d.enterBy(cfg.SignIn.Resume), Watch: d.enterBy(cfg.SignIn.Watch), Still: d.still, Prove: d.prove, SignIn: d.signInPage,
		City: cfg.City, Rehearsal: cfg.Colleagues != nil, Version: cfg.Version, Log: cfg.Log, Now: cfg.Now, Proxies: cfg.Proxies,
	})
	d.kit = kit
	kit.Templates(templates, "desk")
	d.registerLogin(kit)
	d.registerEnrol(kit)
	d.registerMe(kit)
	registerHome(kit)
	registerAbout(kit)
	registerFeedback(kit)
	for _, register := range areas {
		register(kit)
	}
	return &Desk{d.admit(kit), kit.Routes(), kit.Close}
}

// areas are the packages of pages.
var areas = []func(*page.Kit){office.Register, approve.Register, compose.Register, content.Register, residents.Register, inbox.Register, sends.Register}

type desk struct {
	cfg    Config
	cookie cookie // a session's
	scan   cookie // of a sign-in that waits for an answer in WeChat
	kit    *page.Kit
}

// enterBy finds the session of a request's cookie.
func (d *desk) enterBy(resume func(ctx context.Context, token string) (staff.Person, signin.Session, error)) func(*http.Request) (page.Session, error) {
	return func(r *http.Request) (page.Session, error) {
		person, session, err := resume(r.Context(), d.cookie.of(r))
		if errors.Is(err, signin.ErrOver) {
			return page.Session{}, page.ErrNoSession
		}
		if err != nil {
			return page.Session{}, err
		}
		entered := d.session(person, session)
		if !d.admits(r)(person.Role) {
			d.kit.Refused(r, entered, "network")
			return page.Session{}, page.Refuse(http.StatusNotFound, "没有这个页面")
		}
		return entered, nil
	}
}

// still finds a session by its id, for what began when its cookie was another.
func (d *desk) still(r *http.Request, id string) (page.Session, error) {
	return d.enterBy(func(ctx context.Context, _ string) (staff.Person, signin.Session, error) {
		return d.cfg.SignIn.Still(ctx, id)
	})(r)
}

func (d *desk) session(person staff.Person, s signin.Session) page.Session {
	return page.Session{ID: s.ID, Person: person,
		Proved: func(subject string) bool { return d.cfg.SignIn.SteppedUp(s, subject) },
		Code:   func(subject string) string { return d.cfg.SignIn.RehearsalCode(s, subject) }}
}

// prove takes a second factor, and gives the session its new cookie.
func (d *desk) prove(w http.ResponseWriter, r *http.Request, subject, code string) (page.Session, error) {
	token, err := d.cfg.SignIn.StepUp(r.Context(), d.cookie.of(r), subject, code)
	switch tooMany := (*signin.TooMany)(nil); {
	case errors.Is(err, signin.ErrOver):
		return page.Session{}, page.ErrNoSession
	case errors.Is(err, signin.ErrCode), errors.As(err, &tooMany):
		return page.Session{}, &page.FieldError{Field: "code", Text: err.Error()}
	case err != nil:
		return page.Session{}, err
	}
	d.cookie.set(w, token)
	person, session, err := d.cfg.SignIn.Resume(r.Context(), token)
	return d.session(person, session), err
}
