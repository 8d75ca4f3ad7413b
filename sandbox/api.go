package sandbox

import (
	"bytes"
	"cmp"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// apiBase is where the platform's API hangs: the base URL for whoever calls it.
const apiBase = "/sandbox/wechat/cgi-bin/"

// noopPath takes anything and does nothing: what it costs to call this process at all, for benchmarks to compare with.
const noopPath = "/sandbox/noop"

// maxCall is far above the largest call that is served, a menu.
const maxCall = 256 << 10

// call is what an endpoint is given.
type call struct {
	query url.Values
	body  []byte
}

// endpoint answers a call with a value for JSON, or an error.
type endpoint struct {
	path   string // below /cgi-bin/; faults name it by this
	method string
	open   bool // served without an access token
	serve  func(*Sandbox, call) (any, *apiError)
}

func endpoints() []endpoint {
	return []endpoint{
		{"token", http.MethodGet, true, (*Sandbox).getToken},
		{"stable_token", http.MethodPost, true, (*Sandbox).getStableToken},
		{"message/custom/send", http.MethodPost, false, (*Sandbox).customSend},
		{"message/template/send", http.MethodPost, false, (*Sandbox).templateSend},
		{bizsend, http.MethodPost, false, (*Sandbox).subscribeSend},
		{"menu/create", http.MethodPost, false, (*Sandbox).menuCreate},
		{"menu/get", http.MethodGet, false, (*Sandbox).menuGet},
		{"menu/delete", http.MethodGet, false, (*Sandbox).menuDelete},
		{"qrcode/create", http.MethodPost, false, (*Sandbox).qrCreate},
		{"user/info", http.MethodGet, false, (*Sandbox).userInfo},
		{"get_api_domain_ip", http.MethodGet, false, (*Sandbox).apiAddresses},
	}
}

func apiNames() []string {
	var names []string
	for _, e := range endpoints() {
		names = append(names, e.path)
	}
	return append(names, "showqrcode", templateResult, subscribeResult)
}

func (s *Sandbox) routeAPI(mux *http.ServeMux) {
	for _, e := range endpoints() {
		serve := s.faulty(e.path, s.serveAPI(e))
		if e.path == bizsend {
			serve = s.serially(serve)
		}
		mux.HandleFunc(apiBase+e.path, serve)
	}
	mux.HandleFunc("GET "+apiBase+"showqrcode", s.faulty("showqrcode", s.showQRCode))
	if s.sms != nil {
		mux.HandleFunc(smsBase+"{$}", s.serveSMS)
	}
	mux.HandleFunc("POST "+noopPath, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, maxCall))
		io.WriteString(w, "{}")
	})
	mux.HandleFunc("/sandbox/wechat/", func(w http.ResponseWriter, _ *http.Request) { answer(w, fail(40066)) })
}

// serveAPI reads a call, checks method and token, and answers with the platform's JSON and HTTP 200, whatever happens.
func (s *Sandbox) serveAPI(e endpoint) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		c := call{query: r.URL.Query()}
		if r.Method != e.method {
			wrongMethod := 43001
			if e.method == http.MethodPost {
				wrongMethod = 43002
			}
			answer(w, fail(wrongMethod))
			return
		}
		if !e.open {
			if err := s.tokens.check(c.query.Get("access_token")); err != nil {
				answer(w, err)
				return
			}
		}
		var err error
		if c.body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxCall)); err != nil {
			http.Error(w, "body is too large or broke off", http.StatusRequestEntityTooLarge)
			return
		}
		if e.method == http.MethodPost && len(bytes.TrimSpace(c.body)) == 0 {
			answer(w, fail(44002))
			return
		}
		result, failed := e.serve(s, c)
		if failed != nil {
			s.cfg.Log.Info("sandbox refused a call", "api", e.path, "code", failed.Code)
			answer(w, failed)
			return
		}
		answer(w, result)
	}
}

// faulty puts the faults before a handler.
func (s *Sandbox) faulty(api string, next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		f, struck := s.strike(api, nil)
		if !struck {
			next(w, r)
			return
		}
		s.suffer(f, w, r, next, func(w http.ResponseWriter, kind string) {
			code, _ := strconv.Atoi(kind) // check read it
			answer(w, fail(code))
		})
	}
}

// suffer does to a call what a fault demands. refuse answers with a code of the platform.
func (s *Sandbox) suffer(f Fault, w http.ResponseWriter, r *http.Request, next http.HandlerFunc, refuse func(http.ResponseWriter, string)) {
	http.NewResponseController(w).SetReadDeadline(time.Time{}) // a server's ReadTimeout would end the wait
	badGateway := func() {
		http.Error(w, "<html><body><h1>502 Bad Gateway</h1></body></html>", http.StatusBadGateway)
	}
	switch f.Kind {
	case FaultLatency:
		if s.wait(r.Context(), f.delay()) {
			next(w, r)
		}
	case FaultSlowAnswer:
		held := heldAnswer{header: w.Header()}
		next(&held, r)
		if s.wait(r.Context(), f.delay()) {
			held.give(w)
		}
	case Fault5xx:
		badGateway()
	case Fault5xxAfter:
		next(discard{header: http.Header{}}, r)
		badGateway()
	case FaultDrop:
		panic(http.ErrAbortHandler) // net/http's own way to break a connection
	case FaultTimeout:
		next(discard{header: http.Header{}}, r)
		s.wait(r.Context(), f.delay())
		panic(http.ErrAbortHandler)
	default:
		refuse(w, f.Kind)
	}
}

// heldAnswer keeps an answer back.
type heldAnswer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (h *heldAnswer) Header() http.Header         { return h.header }
func (h *heldAnswer) Write(p []byte) (int, error) { return h.body.Write(p) }
func (h *heldAnswer) WriteHeader(status int)      { h.status = status }

func (h *heldAnswer) give(w http.ResponseWriter) {
	w.WriteHeader(cmp.Or(h.status, http.StatusOK))
	w.Write(h.body.Bytes()) // a caller that went away is no matter
}

// discard swallows an answer that its caller is never to hear.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

// answer writes JSON as the platform does: raw UTF-8, HTTP 200.
func answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json; encoding=utf-8")
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.Encode(v) // a caller that went away is no matter
}

// decode reads a call's JSON.
func (c call) decode(into any) *apiError {
	if err := json.Unmarshal(c.body, into); err != nil {
		return fail(47001)
	}
	return nil
}

func (s *Sandbox) getToken(c call) (any, *apiError) {
	if err := s.credentials(c.query.Get("grant_type"), c.query.Get("appid"), c.query.Get("secret")); err != nil {
		return nil, err
	}
	token, life := s.tokens.fetch()
	return tokenAnswer(token, life), nil
}

func (s *Sandbox) getStableToken(c call) (any, *apiError) {
	var in struct {
		GrantType    string `json:"grant_type"`
		AppID        string `json:"appid"`
		Secret       string `json:"secret"`
		ForceRefresh bool   `json:"force_refresh"`
	}
	if err := c.decode(&in); err != nil {
		return nil, err
	}
	if err := s.credentials(in.GrantType, in.AppID, in.Secret); err != nil {
		return nil, err
	}
	token, life, err := s.tokens.fetchStable(in.ForceRefresh)
	if err != nil {
		return nil, err
	}
	return tokenAnswer(token, life), nil
}

func tokenAnswer(token string, life time.Duration) any {
	return struct {
		Token string `json:"access_token"`
		Life  int64  `json:"expires_in"` // seconds
	}{token, int64(life / time.Second)}
}

func (s *Sandbox) credentials(grantType, appID, secret string) *apiError {
	switch {
	case grantType != "client_credential":
		return fail(40002)
	case appID == "":
		return fail(41002)
	case appID != s.cfg.AppID:
		return fail(40013)
	case secret == "":
		return fail(41004)
	case subtle.ConstantTimeCompare([]byte(secret), []byte(s.cfg.Secret)) != 1:
		return fail(40125)
	}
	return nil
}

// readJSON reads the page's own calls, which are strict where the platform is not.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxCall))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("body is not the JSON that is wanted: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("body goes on after its JSON")
	}
	return nil
}
