package wechat

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"sync"

	"towncrier/sandbox/platform"
)

// Where the platform hangs, and most of its API.
const (
	platformBase = "/sandbox/wechat/"
	apiBase      = platformBase + "cgi-bin/"
)

// gateway reads calls, checks method and token, and answers with the platform's JSON.
type gateway struct {
	base      *platform.Base
	tokens    *tokens
	endpoints []endpoint

	mu   sync.Mutex
	busy map[string]bool // openids of calls under way that are served one at a time
}

// endpoint answers a call with a value for JSON, or an error.
type endpoint struct {
	path       string // below /cgi-bin/; faults name it by this
	at         string // where it hangs instead, below the platform's base
	method     string
	open       bool // served without an access token
	oneAtATime bool // a call for an openid while another one is under way is refused with 43108
	serve      func(call) (any, *apiError)
	picture    http.HandlerFunc // in the place of serve, which answers JSON
	api        platform.API
}

func newGateway(base *platform.Base, tokens *tokens, endpoints []endpoint) *gateway {
	for i, e := range endpoints {
		endpoints[i].api = platform.API{
			Name: e.path, Kinds: platform.CallFaults, Any: true, Codes: ", nor an error code like -1 or 45009",
			IsCode: func(kind string) bool { code, err := strconv.Atoi(kind); return err == nil && code != 0 },
		}
		base.Faults.Register(endpoints[i].api)
	}
	return &gateway{base: base, tokens: tokens, endpoints: endpoints, busy: map[string]bool{}}
}

func (g *gateway) route(mux *http.ServeMux) {
	for _, e := range g.endpoints {
		switch serve := func(w http.ResponseWriter, r *http.Request) { g.serve(w, r, e) }; {
		case e.picture != nil:
			mux.HandleFunc("GET "+apiBase+e.path, g.faulty(e, e.picture))
		case e.oneAtATime:
			mux.HandleFunc(apiBase+e.path, g.serially(g.faulty(e, serve)))
		case e.at != "":
			mux.HandleFunc(platformBase+e.at, g.faulty(e, serve))
		default:
			mux.HandleFunc(apiBase+e.path, g.faulty(e, serve))
		}
	}
	mux.HandleFunc(platformBase, func(w http.ResponseWriter, _ *http.Request) { answer(w, fail(40066)) })
}

// serially lets one call for a resident through at a time.
func (g *gateway) serially(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		body, ok := platform.ReadCall(w, r)
		if !ok {
			return
		}
		r.Body = io.NopCloser(bytes.NewReader(body))
		var in struct {
			To string `json:"touser"`
		}
		json.Unmarshal(body, &in) // the endpoint itself refuses what is no JSON
		g.mu.Lock()
		busy := g.busy[in.To]
		if !busy && in.To != "" {
			g.busy[in.To] = true
		}
		g.mu.Unlock()
		if busy {
			answer(w, fail(43108))
			return
		}
		defer func() {
			g.mu.Lock()
			defer g.mu.Unlock()
			delete(g.busy, in.To)
		}()
		next(w, r)
	}
}

// faulty puts the faults before a handler.
func (g *gateway) faulty(e endpoint, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		g.base.ServeCall(w, r, platform.Call{API: e.api, Serve: next, Refuse: func(w http.ResponseWriter, kind string) {
			code, _ := strconv.Atoi(kind) // IsCode read it
			answer(w, fail(code))
		}})
	}
}

// serve answers with HTTP 200, whatever happens.
func (g *gateway) serve(w http.ResponseWriter, r *http.Request, e endpoint) {
	query := r.URL.Query()
	if failed := g.admit(e, r.Method, query.Get("access_token")); failed != nil {
		answer(w, failed)
		return
	}
	body, ok := platform.ReadCall(w, r)
	if !ok {
		return
	}
	if e.method == http.MethodPost && len(bytes.TrimSpace(body)) == 0 {
		answer(w, fail(44002))
		return
	}
	result, failed := e.serve(call{query, body})
	if failed != nil {
		g.base.Log.Info("sandbox refused a call", "api", e.path, "code", failed.Code)
		result = failed
	}
	answer(w, result)
}

// admit checks method and access token of a call.
func (g *gateway) admit(e endpoint, method, token string) *apiError {
	switch {
	case method != e.method && e.method == http.MethodPost:
		return fail(43002)
	case method != e.method:
		return fail(43001)
	case e.open:
		return nil
	}
	return g.tokens.check(token)
}

// answer writes JSON as the platform does: raw UTF-8, HTTP 200.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v) // a caller that went away is no matter
}

// addresses is /get_api_domain_ip, with those of documentation (RFC 5737).
func addresses(call) (any, *apiError) {
	return map[string][]string{"ip_list": {"192.0.2.1"}}, nil
}
