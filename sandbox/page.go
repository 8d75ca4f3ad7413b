package sandbox

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"time"
)

//go:embed page
var page embed.FS

// contentPolicy lets the page load its own files and nothing else.
const contentPolicy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
	"base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

func (s *Sandbox) routePage(mux *http.ServeMux) {
	files, err := fs.Sub(page, "page")
	if err != nil {
		files = page // cannot happen: the folder is embedded
	}
	static := http.StripPrefix("/sandbox/", http.FileServerFS(files))
	mux.Handle("/sandbox/", static)
	mux.Handle("GET /sandbox/{$}", s.opening(static))
	mux.Handle("GET /sandbox/state", s.opening(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.state()) })))
	mux.HandleFunc("GET /sandbox/record", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		if q.Get("via") == BySMS {
			writeJSON(w, http.StatusOK, s.Texts(q.Get("phone")))
			return
		}
		writeJSON(w, http.StatusOK, slices.DeleteFunc(s.Record(q.Get("resident")), func(e Entry) bool {
			return q.Has("via") && e.Via != q.Get("via")
		}))
	})
	mux.Handle("GET /sandbox/events", s.opening(http.HandlerFunc(s.serveEvents)))
	mux.HandleFunc("POST /sandbox/actions", s.serveAction)
	mux.HandleFunc("GET /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, s.Faults()) })
	mux.HandleFunc("POST /sandbox/faults", s.serveFault)
	mux.HandleFunc("DELETE /sandbox/faults", func(w http.ResponseWriter, _ *http.Request) {
		s.ClearFaults()
		writeJSON(w, http.StatusOK, s.Faults())
	})
}

// opening serves what whoever looks at the phone page asks for first.
func (s *Sandbox) opening(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.opened()
		next.ServeHTTP(w, r)
	})
}

// guard keeps other sites out: what they make a browser post is refused, and so is a name of theirs that leads here.
func (s *Sandbox) guard(next http.Handler) http.Handler {
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

// pageState is all that the page shows beside the record.
type pageState struct {
	Account    string         `json:"account"`
	Welcome    string         `json:"welcome"`
	Suggestion string         `json:"suggestion"`
	Mode       Mode           `json:"mode"`
	Residents  []pageResident `json:"residents"`
	Menu       []button       `json:"menu"`
	Scenes     []Scene        `json:"scenes"`
	APIs       []string       `json:"apis"`
	SMS        bool           `json:"sms"` // whether the phone has an SMS inbox
	Subscribed []pageTemplate `json:"subscriptions"`
	Faults     []Fault        `json:"faults"`
}

type pageResident struct {
	Resident
	Follows bool      `json:"follows"`
	Until   time.Time `json:"until"`  // end of the 48 hours
	Left    int       `json:"left"`   // messages left in them
	Agreed  []string  `json:"agreed"` // ids of subscription templates
}

// pageTemplate is a subscription that a resident may agree to.
type pageTemplate struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

func (s *Sandbox) state() pageState {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := pageState{
		Account: s.cfg.AccountName, Welcome: s.cfg.Welcome, Suggestion: s.cfg.Suggestion, Mode: s.cfg.Mode,
		Menu: []button{}, Scenes: append([]Scene{}, s.cfg.Scenes...), Faults: s.Faults(),
		APIs: s.apis(), SMS: s.sms != nil, Subscribed: []pageTemplate{},
	}
	for _, r := range s.cfg.Residents {
		known := s.residents[r.OpenID]
		w := known.windows[byMessage]
		st.Residents = append(st.Residents, pageResident{Resident: r, Follows: known.follows, Until: w.until, Left: w.left, Agreed: known.agreedTo()})
	}
	for _, t := range s.cfg.Templates {
		if t.Kind == Subscription {
			st.Subscribed = append(st.Subscribed, pageTemplate{t.ID, t.Title})
		}
	}
	if s.menu != nil {
		st.Menu = s.menu.buttons
	}
	for _, c := range s.codes {
		listed := slices.ContainsFunc(st.Scenes, func(sc Scene) bool { return sc.Scene == c.scene })
		if c.good(s.cfg.Now()) && !listed {
			st.Scenes = append(st.Scenes, Scene{Label: c.scene, Scene: c.scene})
		}
	}
	return st
}

// serveAction lets a resident do something: {"resident":"o…","kind":"text","text":"…"}. What became of it comes by
// /sandbox/events.
func (s *Sandbox) serveAction(w http.ResponseWriter, r *http.Request) {
	var in struct {
		Resident string `json:"resident"`
		Action
	}
	if err := readJSON(w, r, &in); err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	e, _, err := s.start(in.Resident, in.Action)
	switch {
	case errors.Is(err, ErrUnknownResident):
		refuse(w, http.StatusNotFound, err)
	case errors.Is(err, ErrNotFollowing), errors.Is(err, ErrFollowing), errors.Is(err, ErrNoSMS), errors.Is(err, ErrNoNumber):
		refuse(w, http.StatusConflict, err)
	case err != nil:
		refuse(w, http.StatusBadRequest, err)
	default:
		writeJSON(w, http.StatusAccepted, e)
	}
}

func (s *Sandbox) serveFault(w http.ResponseWriter, r *http.Request) {
	var f Fault
	err := readJSON(w, r, &f)
	if err == nil {
		err = s.Fault(f)
	}
	if err != nil {
		refuse(w, http.StatusBadRequest, err)
		return
	}
	writeJSON(w, http.StatusCreated, s.Faults())
}

// heartbeat keeps proxies from closing a quiet stream, and finds pages that are gone.
const heartbeat = 15 * time.Second

// serveEvents streams to an open page: first everything ("state", "record"), then each entry that is new or changed
// ("entry") and the state when it changed. A page that lost the stream just connects again.
func (s *Sandbox) serveEvents(w http.ResponseWriter, r *http.Request) {
	past, news, stop := s.record.listen()
	defer stop()
	out := http.NewResponseController(w)
	out.SetReadDeadline(time.Time{}) // a server's ReadTimeout would end the stream
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-store")
	send := func(event string, v any) bool {
		data, err := json.Marshal(v)
		if err != nil {
			s.cfg.Log.Error("sandbox event not written", "event", event, "err", err)
			return false
		}
		out.SetWriteDeadline(time.Now().Add(heartbeat)) // servers without deadlines refuse; theirs is none then
		_, err = fmt.Fprintf(w, "event: %s\ndata: %s\n\n", event, data)
		return err == nil && out.Flush() == nil
	}
	if !send("state", s.state()) || !send("record", past) {
		return
	}
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for open := true; open; {
		select {
		case u, listening := <-news:
			switch {
			case !listening:
				return
			case u.entry != nil:
				open = send("entry", u.entry)
			default:
				open = send("state", s.state())
			}
		case <-beat.C:
			open = send("beat", nil)
		case <-r.Context().Done():
			return
		case <-s.ctx.Done():
			return
		}
	}
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
