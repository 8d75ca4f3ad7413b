package sandbox

import (
	"embed"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"slices"

	"towncrier/sandbox/platform"
	"towncrier/sandbox/sms"
	"towncrier/sandbox/wechat"
)

//go:embed page
var files embed.FS

// noopPath takes anything and does nothing: what it costs to call this process at all, for benchmarks to compare with.
const noopPath = "/sandbox/noop"

// page serves the phone page and its own API.
type page struct {
	*phone
	look   Look
	opened func() // called whenever the page is asked for; only the first call does anything
}

func (p *page) route(mux *http.ServeMux) {
	root, err := fs.Sub(files, "page")
	if err != nil {
		root = files // cannot happen: the folder is embedded
	}
	static := http.StripPrefix("/sandbox/", http.FileServerFS(root))
	mux.Handle("/sandbox/", static)
	mux.HandleFunc("GET /sandbox/{$}", p.opening(static.ServeHTTP))
	mux.HandleFunc("GET /sandbox/state", p.opening(func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, p.state()) }))
	mux.HandleFunc("GET /sandbox/record", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("via") == platform.BySMS {
			writeJSON(w, http.StatusOK, p.base.Record.Texts(q.Get("phone")))
			return
		}
		writeJSON(w, http.StatusOK, slices.DeleteFunc(p.base.Record.Of(q.Get("resident")), func(e platform.Entry) bool {
			return q.Has("via") && e.Via != q.Get("via")
		}))
	})
	mux.HandleFunc("GET /sandbox/events", p.opening(func(w http.ResponseWriter, r *http.Request) { serveEvents(w, r, p.base, p.state) }))
	mux.HandleFunc("POST /sandbox/actions", p.serveAction)
	mux.HandleFunc("GET /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, p.base.Faults.List()) })
	mux.HandleFunc("POST /sandbox/faults", p.serveFault)
	mux.HandleFunc("DELETE /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		p.base.Faults.Clear()
		writeJSON(w, http.StatusOK, p.base.Faults.List())
	})
	mux.HandleFunc("POST "+noopPath, func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, http.MaxBytesReader(w, r.Body, platform.MaxCall))
		io.WriteString(w, "{}")
	})
}

// opening serves what whoever looks at the phone page asks for first.
func (p *page) opening(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.opened()
		next(w, r)
	}
}

func (p *page) state() pageState { return stateOf(p.look, p.phone) }

// serveAction lets a resident do something: {"resident":"o…","kind":"text","text":"…"}. What became of it comes by
// /sandbox/events.
func (p *page) serveAction(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Resident string `json:"resident"`
		platform.Action
	}
	if err := readJSON(w, r, &in); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	e, _, err := p.act(in.Resident, in.Action)
	switch {
	case errors.Is(err, platform.ErrUnknownResident):
		refuse(w, http.StatusNotFound, err)
	case errors.Is(err, wechat.ErrNotFollowing), errors.Is(err, wechat.ErrFollowing), errors.Is(err, ErrNoSMS), errors.Is(err, sms.ErrNoNumber):
		refuse(w, http.StatusConflict, err)
	case err != nil:
		refuse(w, http.StatusBadRequest, err)
	default:
		writeJSON(w, http.StatusAccepted, e)
	}
}

func (p *page) serveFault(w http.ResponseWriter, r *http.Request) {
	var f platform.Fault
	err := readJSON(w, r, &f)
	if err == nil {
		err = p.base.Faults.Add(f)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusCreated, p.base.Faults.List())
}
