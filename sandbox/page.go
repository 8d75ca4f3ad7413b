package sandbox

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"

	"towncrier/sandbox/platform"
	"towncrier/sandbox/sms"
	"towncrier/sandbox/wechat"
)

//go:embed page
var files embed.FS

// contentPolicy lets the page load its own files and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// noopPath takes anything and does nothing: what it costs to call this process at all, for benchmarks to compare with.
const noopPath = "/sandbox/noop"

// page serves the phone page and its own API.
type page struct {
	*phone
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
	mux.HandleFunc("GET /sandbox/events", p.opening(p.serveEvents))
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

// opening serves what a browser asks for first that opens the phone page.
func (p *page) opening(next http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		p.opened()
		next(w, r)
	}
}

// serveAction lets a resident do something: {"resident":"o…","kind":"text","text":"…"}. Its outcome comes by
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

// heartbeat keeps proxies from closing a quiet stream, and finds pages that are gone.
const heartbeat = 15 * time.Second

// serveEvents streams to an open page: first everything ("state", "record"), then each entry that is new or changed
// ("entry") and the state when it changed. A page that lost the stream just connects again.
func (p *page) serveEvents(w http.ResponseWriter, r *http.Request) {
	past, news, stop := p.base.Record.Listen()
	defer stop()
	out := http.NewResponseController(w)
	out.SetReadDeadline(time.Time{}) // a server's ReadTimeout would end the stream
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := func(event string, v any) bool {
		data, err := json.Marshal(v)
		if err != nil {
			p.base.Log.Error("sandbox event not written", "event", event, "err", err)
			return false
		}
		out.SetWriteDeadline(time.Now().Add(heartbeat)) // servers without deadlines refuse; theirs is none then
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, data)
		return err == nil && out.Flush() == nil
	}
	if !send("state", p.state()) || !send("record", past) {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for open := true; open; {
		select {
		case e, listening := <-news:
			switch {
			case !listening:
				return
			case e != nil:
				open = send("entry", e)
			default:
				open = send("state", p.state())
			}
		case <-beat.C:
			open = send("beat", nil)
		case <-r.Context().Done():
			return
		case <-p.base.Closed():
			return
		}
	}
}

// readJSON reads the page's own calls, which are strict where the platform is not.
func readJSON(w http.ResponseWriter, r *http.Request, into any) error {
	dec := json.NewDecoder(http.MaxBytesReader(w, r.Body, platform.MaxCall))
	dec.DisallowUnknownFields()
	if err := dec.Decode(into); err != nil {
		return fmt.Errorf("body is not the JSON that is wanted: %w", err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return errors.New("body goes on after its JSON")
	}
	return nil
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	json.NewEncoder(w).Encode(v) // a page that went away is no matter
}

func refuse(w http.ResponseWriter, status int, err error) {
	writeJSON(w, status, map[string]string{"error": err.Error()})
}

// guard keeps other sites out: what they make a browser post is refused, and so is a name of theirs that leads here.
func guard(next http.Handler) http.Handler {
	next = http.NewCrossOriginProtection().Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !loopback(r.Host) {
			http.Error(w, "the rehearsal is served on loopback only: open it as http://127.0.0.1 or http://localhost", http.StatusForbidden)
			return
		}
		w.Header().Set("Content-Security-Policy", contentPolicy)
		w.Header().Set("X-Content-Type-Options", "nosniff")
		w.Header().Set("Referrer-Policy", "no-referrer")
		next.ServeHTTP(w, r)
	})
}

func loopback(hostport string) bool {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}
