// Package api is what officials, committees and their programs work with: the JSON API at /api/v1.
//
// A request passes one gate: the client's address is counted, the bearer key names a person, their role must have the right
// that the operation declares, the key is counted, the body is read and checked as text, and an Idempotency-Key answers a
// repeated request without doing it again. Errors are problem details (RFC 9457) that name the field. No answer, error or log
// line holds a full phone number, an openid, a key, or a body.
//
// Each kind of resource has a handler with the services that it uses, in a file of its own that begins with its operations.
package api

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humago"

	"towncrier/alarm"
	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/emergency"
	"towncrier/feedback"
	"towncrier/imports"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/notify"
	"towncrier/roster"
	"towncrier/signin"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/unanswered"
)

// Config is what the API needs. All but Broadcasts, Emergencies, Now, Observe, Version and Proxies are required.
type Config struct {
	Staff       *staff.Service
	Enrolment   *staff.Enrolment
	Signin      *signin.Service
	WeChat      *signin.WeChat
	Notices     *notify.Service
	Roster      *roster.Roster
	Texts       roster.Texts
	Inbox       *inbox.Inbox
	Audit       Audit
	Alarms      *alarm.Alarms
	Imports     *imports.Service
	Feedback    *feedback.Service
	Limits      *kv.Limits
	Idempotency *store.Idempotency
	// Broadcasts may be nil: then there are no operations on broadcasts, series, lists, drafts and templates.
	Broadcasts *broadcast.Service
	// Emergencies may be nil, as Broadcasts may: they are sent by these.
	Emergencies *emergency.Service
	Questions   *unanswered.Service
	Content     Content
	Settings    func() wire.Settings // those in force, masked
	Checks      func(context.Context) []wire.Check
	Log         *slog.Logger
	Now         func() time.Time // time.Now when nil
	// Observe hears of every request; may be nil. operation is "" for a path without one.
	Observe func(operation string, status int)
	Version string // of towncrier, for the API's description
	// Proxies are the reverse proxies in front, whose X-Forwarded-For is believed. Without them every client would seem to
	// come from the one address of the proxy, and share its limits.
	Proxies []netip.Prefix
}

// API is what officials do: a handler for everything under wire.Prefix, and the same operations for callers in the process.
type API struct {
	http.Handler
	Calls *Calls
}

// New makes the API.
func New(cfg Config) (*API, error) {
	if cfg.Staff == nil || cfg.Enrolment == nil || cfg.Signin == nil || cfg.WeChat == nil || cfg.Notices == nil || cfg.Roster == nil || cfg.Texts == nil || cfg.Inbox == nil || cfg.Audit == nil || cfg.Alarms == nil || cfg.Imports == nil || cfg.Feedback == nil || cfg.Limits == nil ||
		cfg.Idempotency == nil || cfg.Content.Revisions == nil || cfg.Content.Live == nil || cfg.Questions == nil || cfg.Settings == nil || cfg.Checks == nil || cfg.Log == nil {
		return nil, errors.New("the API needs Staff, Enrolment, Signin, WeChat, Notices, Roster, Texts, Inbox, Audit, Alarms, Imports, Feedback, Limits, Idempotency, Content, Questions, Settings, Checks and Log")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	mux := http.NewServeMux()
	problems := problems{cfg.Log}
	g := &gate{
		staff: cfg.Staff, limits: &limiter{limits: cfg.Limits, log: cfg.Log}, access: accessLog{cfg.Audit, cfg.Now}, denied: throttle{span: time.Hour},
		idempotency: idempotency{cfg.Idempotency, problems, cfg.Now}, problems: problems, now: cfg.Now, stall: stall,
		huma: humago.NewWithPrefix(mux, wire.Prefix, settings(cfg.Version)),
	}
	register(g, cfg)
	if err := formsKnown(g.huma.OpenAPI()); err != nil {
		return nil, err
	}
	mux.HandleFunc("GET "+wire.Document, g.serveDocument())
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, refuse(http.StatusForbidden, "cross-origin", "别的网站的页面不能在这里改动内容：请在本系统里操作"))
	}))
	o := &observer{log: cfg.Log, heard: cfg.Observe, proxies: cfg.Proxies, refusals: throttle{span: time.Minute}}
	return &API{o.observe(sameOrigin.Handler(known(mux))), &Calls{g}}, nil
}

// register adds every resource's operations.
func register(g *gate, cfg Config) {
	tags, names := tagRights{cfg.Broadcasts}, directory{cfg.Staff, cfg.Roster, cfg.Broadcasts, cfg.Log}
	counting := &counting{}
	staffHandler{cfg.Staff, names, g.rightsOf, cfg.Signin}.register(g)
	sessionHandler{cfg.Signin, cfg.Staff}.register(g)
	wechatHandler{cfg.WeChat}.register(g)
	myNoticesHandler{cfg.Notices}.register(g)
	enrolmentHandler{cfg.Enrolment, cfg.Staff, names, cfg.Now}.register(g)
	residentHandler{cfg.Roster, cfg.Texts, residentViews{cfg.Roster, names, tags}, searches{g.limits}, g.access, counting}.register(g)
	committeeHandler{cfg.Roster}.register(g)
	auditHandler{cfg.Audit, names, g.access}.register(g)
	alarmHandler{cfg.Alarms, names}.register(g)
	feedbackHandler{cfg.Feedback, names}.register(g)
	importHandler{cfg.Imports, cfg.Staff, searches{g.limits}, g.access}.register(g)
	stopHandler{cfg.Roster, names, cfg.Now}.register(g)
	exportHandler{cfg.Roster, cfg.Staff, names, cfg.Now}.register(g)
	drafts := contentDraftHandler{cfg.Content.Revisions, cfg.Content.Live, names, consequences{cfg.Broadcasts}}
	tickets := inboxHandler{cfg.Inbox, cfg.Roster, drafts, g.access}
	tickets.register(g)
	ticketWorkHandler{tickets, cfg.Staff, cfg.Now}.register(g)
	questionHandler{cfg.Questions, drafts, g.access}.register(g)
	tasksHandler{cfg.Staff, names, cfg.Enrolment, cfg.Roster, cfg.Imports, cfg.Inbox, cfg.Alarms, cfg.Feedback, cfg.Broadcasts, cfg.Content, cfg.Emergencies, cfg.Log, cfg.Now}.register(g)
	settingsHandler{cfg.Settings, cfg.Checks}.register(g)
	contentHandler{cfg.Content, names}.register(g)
	drafts.register(g)
	contentTableHandler{drafts, cfg.Roster}.register(g)
	contentPartHandler{drafts}.register(g)
	contentProposalHandler{cfg.Content, names}.register(g)
	if cfg.Broadcasts == nil {
		return
	}
	views := broadcastViews{cfg.Broadcasts, names}
	broadcastHandler{cfg.Broadcasts, views, tags, counting}.register(g)
	reportHandler{cfg.Broadcasts, cfg.Roster, views, tags, g.access, counting, cfg.Now}.register(g)
	audienceHandler{cfg.Broadcasts, views, tags, g.access, counting}.register(g)
	testSendHandler{cfg.Broadcasts, cfg.Staff, cfg.WeChat, cfg.Roster, views, g.access}.register(g)
	seriesHandler{cfg.Broadcasts, views, tags, counting, cfg.Now}.register(g)
	signedHandler{cfg.Broadcasts, cfg.Staff, views}.register(g)
	listHandler{cfg.Broadcasts, views}.register(g)
	draftHandler{cfg.Broadcasts.Content}.register(g)
	noticeHandler{cfg.Content, names, drafts.stops}.register(g)
	if cfg.Emergencies != nil {
		emergencyHandler{cfg.Emergencies, cfg.Content.Live, cfg.Broadcasts, views, tags, cfg.Staff, counting, drafts.stops}.register(g)
	}
}

// settings turns off what huma would serve by itself: a documentation page that loads scripts from a CDN, links to schemas,
// and its own OpenAPI routes, which lack the headers that every answer has here.
func settings(version string) huma.Config {
	cfg := huma.DefaultConfig("towncrier", version)
	cfg.Info.Description = "Broadcasts, residents, committees, staff, audit and inbox of a city's notice system. Times are RFC 3339 in UTC. " +
		"Phone numbers are always masked. Lists go on from `next`, given back as `after`. " +
		"An Idempotency-Key is honoured for 24 hours on every POST, PUT, PATCH and DELETE but uploads, which are recognised by what they hold."
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", Description: "A key of a member of staff, as towncrier staff activate prints it once: tck_…. Every answer to a key says in " + wire.KeyExpires + " until when the key opens"},
	}
	cfg.OpenAPIPath, cfg.DocsPath, cfg.SchemasPath = "", "", ""
	cfg.CreateHooks = nil
	cfg.RejectUnknownQueryParameters = true
	cfg.Transformers = []huma.Transformer{asProblem}
	return cfg
}

// known answers what mux has no route for: net/http would do it in plain text.
func known(mux *http.ServeMux) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		handler, pattern := mux.Handler(r)
		if pattern != "" {
			mux.ServeHTTP(w, r)
			return
		}
		probe := newRecorder()
		handler.ServeHTTP(probe, r)
		switch probe.status {
		case http.StatusMethodNotAllowed:
			w.Header().Set("Allow", probe.Header().Get("Allow"))
			writeProblem(w, r, refuse(http.StatusMethodNotAllowed, "method", "这个地址不支持这种方法：可用的方法见 Allow 头"))
		case http.StatusNotFound:
			writeProblem(w, r, refuse(http.StatusNotFound, "no-route", "没有这个地址：接口说明见"+wire.Document))
		default: // a redirect to the clean form of the path
			probe.copyTo(w)
		}
	})
}
