// Package wechat is a pretend WeChat with one official account, on the real wire. It pushes what residents do to the webhook, signed and
// sealed, waits five seconds and retries, and checks the passive reply with a reader of its own; it serves the platform's API with
// the platform's limits and error codes.
//
// Template messages and subscription notifications are held against their templates' limits and residents' consents, reach the
// phone once a client_msg_id, and end with an event that may be lost, late or doubled.
package wechat

import (
	"net/http"
	"sync/atomic"

	"towncrier/sandbox/platform"
)

// Server is the pretend WeChat. Safe for concurrent use.
type Server struct {
	mode      Mode
	templates []Template
	gateway   *gateway
	actions   *actions
	users     *users
	menus     *menus
	codes     *codes
}

// New checks cfg. The server stops when base is closed.
func New(cfg Config, base *platform.Base) (*Server, error) {
	cfg.setDefaults()
	crypto, err := cfg.check()
	if err != nil {
		return nil, err
	}
	templates, err := readTemplates(cfg.Templates)
	if err != nil {
		return nil, err
	}
	base.Faults.Register(webhookAPI)
	var ids atomic.Int64                     // of messages and notices
	ids.Store(base.Now().UnixMilli() * 1000) // a restart must not repeat ids that the webhook remembers
	hook := &webhook{base: base, crypto: crypto, cfg: cfg, reader: replyReader{cfg.Mode, crypto}}
	users, menus, codes := newUsers(base), &menus{changed: base.Record.Changed, menu: noMenu}, &codes{base: base}
	notices := newNotices(base, users, templates, &results{base: base, webhook: hook, delay: cfg.ResultDelay}, cfg.TemplateQuota, &ids)
	s := &Server{
		mode: cfg.Mode, templates: cfg.Templates, users: users, menus: menus, codes: codes,
		actions: &actions{
			base: base, users: users, templates: templates, webhook: hook,
			composer: composer{ids: &ids, menus: menus, codes: codes, picture: cfg.picture()},
		},
	}
	tokens := newTokens(cfg.AppID, cfg.Secret, base.Now)
	s.gateway = newGateway(base, tokens, []endpoint{
		{path: "token", method: http.MethodGet, open: true, serve: tokens.get},
		{path: "stable_token", method: http.MethodPost, open: true, serve: tokens.getStable},
		{path: "message/custom/send", method: http.MethodPost, serve: users.sendCustom},
		{path: "message/template/send", method: http.MethodPost, serve: notices.sendTemplate},
		{path: "message/subscribe/bizsend", method: http.MethodPost, serve: notices.sendSubscription, oneAtATime: true},
		{path: "template/get_all_private_template", method: http.MethodGet, serve: templateLists(cfg.Templates).messages},
		{path: "newtmpl/gettemplate", at: "wxaapi/newtmpl/gettemplate", method: http.MethodGet, serve: templateLists(cfg.Templates).subscriptions},
		{path: "menu/create", method: http.MethodPost, serve: menus.create},
		{path: "menu/get", method: http.MethodGet, serve: menus.get},
		{path: "menu/delete", method: http.MethodGet, serve: menus.remove},
		{path: "qrcode/create", method: http.MethodPost, serve: codes.create},
		{path: "user/info", method: http.MethodGet, serve: users.info},
		{path: "get_api_domain_ip", method: http.MethodGet, serve: addresses},
		{path: "showqrcode", picture: codes.show},
	})
	base.Faults.Register(templateResultAPI, subscribeResultAPI)
	return s, nil
}

// Route serves WeChat's API below /sandbox/wechat/.
func (s *Server) Route(mux *http.ServeMux) { s.gateway.route(mux) }

// Act records what a resident does, which Check passed, and pushes it in the background. The channel gives its outcome, once.
// The error says why the action is impossible.
func (s *Server) Act(openid string, a platform.Action) (platform.Entry, <-chan platform.Outcome, error) {
	return s.actions.start(openid, a)
}

// State is what a phone shows of the account beside the record.
type State struct {
	Mode          Mode           `json:"mode"`
	Users         []User         `json:"residents"` // in the order of the residents
	Menu          []Button       `json:"menu"`
	Subscriptions []Subscribable `json:"subscriptions"`
	Scenes        []string       `json:"-"` // of QR codes that the account created, as long as they are good
}

// Subscribable is a template that a resident may agree to.
type Subscribable struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// State is the account as it is now.
func (s *Server) State() State {
	st := State{
		Mode: s.mode, Users: s.users.list(), Menu: s.menus.current().Buttons, Subscriptions: []Subscribable{}, Scenes: s.codes.scenes(),
	}
	for _, t := range s.templates {
		if t.Kind == Subscription {
			st.Subscriptions = append(st.Subscriptions, Subscribable{t.ID, t.Title})
		}
	}
	return st
}
