package app

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/city"
	"towncrier/desk"
	"towncrier/signin"
	"towncrier/staff"
)

// openDesk makes the console's pages. They are for browsers that reach this server by https, or, in a rehearsal, from this machine. Without
// that they are not opened, and the log says why.
func (a *App) openDesk(calls *api.Calls, sessions *signin.Service, live *city.Live, people *staff.Service) http.Handler {
	secure := strings.HasPrefix(a.cfg.PublicURL, "https://")
	if !secure && a.opt.Colleagues == nil {
		a.log.Warn("the console is not open: officials sign in over https only; set TOWNCRIER_PUBLIC_URL (public_url) to the https address of this server", "path", "/desk/")
		return http.NotFoundHandler()
	}
	cfg := desk.Config{
		Calls: calls, SignIn: sessions, City: func() string { return live.Current().Library.City.Area },
		Version: a.opt.Version, Log: a.log, Now: time.Now, Proxies: a.cfg.Proxies, Secure: secure, Networks: desk.Networks(a.cfg.Desk),
	}
	if at, err := url.Parse(a.cfg.PublicURL); err == nil {
		cfg.Host = at.Host
	}
	if a.opt.Colleagues != nil {
		cfg.Colleagues = func(ctx context.Context) (there []staff.Person) {
			for _, id := range a.opt.Colleagues {
				if p, err := people.Get(ctx, id); err == nil && p.DisabledAt.IsZero() {
					there = append(there, p)
				}
			}
			return there
		}
	}
	a.desk, a.signin = desk.New(cfg), sessions
	return a.desk
}
