// Package api is what officials, committees and their programs work with: the JSON API at /api/v1.
//
// A request passes one gate: the client's address is counted, the bearer key names a person, their role must have the right
// that the operation declares, the key is counted, the body is read and checked as text, and an Idempotency-Key answers a
// repeated request without doing it again. Errors are problem details (RFC 9457) that name the field. No answer, error or log
// line holds a full phone number, an openid, a key, or a body.
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
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store"
)

// Prefix is the path under which New's handler serves.
const Prefix = "/api/v1"

// Document is where the API describes itself, to everybody.
const Document = wire.Prefix + "/openapi.json"

// patience ends a request, with 503, well before the server would cut its connection and an Idempotency-Key's lease would
// pass to another.
const patience = 8 * time.Second

// Config is what the API needs. All but Broadcasts, Now, Version and Proxies are required.
type Config struct {
	Staff       *staff.Service
	Enrolment   *staff.Enrolment
	Roster      *roster.Roster
	Texts       roster.Texts
	Inbox       *inbox.Inbox
	Audit       Audit
	Alarms      *alarm.Alarms
	Limits      *kv.Limits
	Idempotency *store.Idempotency
	// Broadcasts may be nil: then there are no operations on broadcasts, series, lists, drafts and templates.
	Broadcasts *broadcast.Service
	Log        *slog.Logger
	Now        func() time.Time // time.Now when nil
	// Observe hears of every request; may be nil. operation is "" for a path that is none's.
	Observe func(operation string, status int)
	Version string // of towncrier, for the API's description
	// Proxies are the reverse proxies in front, whose X-Forwarded-For is believed. Without them every client would seem to
	// come from the one address of the proxy, and share its limits.
	Proxies []netip.Prefix
}

// Audit is the log, to read and to add what no service records by itself.
type Audit interface {
	audit.Log
	Record(ctx context.Context, act audit.Act) error
}

type server struct {
	Config
	rights   []staff.Right // that operations need, in their order
	huma     huma.API
	limits   guard
	counting counting
	lines    refusals // lines of the log
	denied   refusals // entries of the audit log
	describe []byte   // the OpenAPI document
}

// New is the handler for everything under wire.Prefix.
func New(cfg Config) (http.Handler, error) {
	if cfg.Staff == nil || cfg.Enrolment == nil || cfg.Roster == nil || cfg.Texts == nil || cfg.Inbox == nil || cfg.Audit == nil || cfg.Alarms == nil || cfg.Limits == nil ||
		cfg.Idempotency == nil || cfg.Log == nil {
		return nil, errors.New("the API needs Staff, Enrolment, Roster, Texts, Inbox, Audit, Alarms, Limits, Idempotency and Log")
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	a := &server{Config: cfg, limits: guard{limits: cfg.Limits, log: cfg.Log},
		lines: refusals{span: time.Minute}, denied: refusals{span: time.Hour}}
	mux := http.NewServeMux()
	a.huma = humago.NewWithPrefix(mux, wire.Prefix, a.settings())
	a.routes()
	if a.Broadcasts != nil {
		a.broadcastRoutes()
	}
	a.huma.OpenAPI().Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"key": {Type: "http", Scheme: "bearer", Description: "A key of a member of staff, as towncrier staff key prints it once: tck_…"},
	}
	schemas := a.huma.OpenAPI().Components.Schemas.Map()
	delete(schemas, "ErrorModel") // huma's own error, which asProblem lets nobody see
	delete(schemas, "ErrorDetail")
	var err error
	if a.describe, err = describe(a.huma.OpenAPI()); err != nil {
		return nil, err
	}
	mux.HandleFunc("GET "+wire.Document, a.serveDocument)
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		writeProblem(w, r, refuse(http.StatusForbidden, "cross-origin", "a page of another origin may not change anything here"))
	}))
	return a.observe(sameOrigin.Handler(known(mux))), nil
}

// serveDocument is for everybody: the document holds no data.
func (a *server) serveDocument(w http.ResponseWriter, r *http.Request) {
	visitOf(r.Context()).operation = "get-openapi"
	if no := a.limits.pass(r.Context(), "address", a.address(r), perAddress); no != nil {
		writeProblem(w, r, no)
		return
	}
	w.Header().Set("Content-Type", "application/openapi+json")
	w.Write(a.describe)
}

// settings turns off what huma would serve by itself: a documentation page that loads scripts from a CDN, links to schemas,
// and its own OpenAPI routes, which lack the headers that every answer has here.
func (a *server) settings() huma.Config {
	cfg := huma.DefaultConfig("towncrier", a.Version)
	cfg.Info.Description = "Broadcasts, residents, committees, staff, audit and inbox of a city's notice system. Times are RFC 3339 in UTC. " +
		"Phone numbers are always masked. Lists go on from `next`, given back as `after`. " +
		"An Idempotency-Key is honoured on every POST, PUT, PATCH and DELETE for 24 hours."
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
			writeProblem(w, r, refuse(http.StatusMethodNotAllowed, "method", "the path exists, with the methods in the Allow header"))
		case http.StatusNotFound:
			writeProblem(w, r, refuse(http.StatusNotFound, "no-route", "no operation has this path: see "+wire.Prefix+"/openapi.json"))
		default: // a redirect to the clean form of the path
			probe.copyTo(w)
		}
	})
}

// visit is what is learned about a request on its way, for the log.
type visit struct {
	id        string
	operation string
	person    staff.Person
	origin    audit.Origin
	claim     *store.Claim // on the request's Idempotency-Key; nil without one, and when the key is spent before it runs
}

type visitKey struct{}

func visitOf(ctx context.Context) *visit {
	v, _ := ctx.Value(visitKey{}).(*visit)
	if v == nil {
		return &visit{}
	}
	return v
}
