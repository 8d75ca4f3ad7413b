package page

import (
	"errors"
	"fmt"
	"html/template"
	"io/fs"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"towncrier/api"
	"towncrier/staff"
)

// Config is what a Kit needs. All but Now, Proxies and Warning are required.
type Config struct {
	Calls *api.Calls
	// Enter is the session that a request belongs to; ErrNoSession when it belongs to none.
	Enter func(r *http.Request) (Session, error)
	// Watch is Enter for what an open page asks by itself: it keeps nobody signed in.
	Watch func(r *http.Request) (Session, error)
	// Still is Watch for what goes on for a while, by the session's id: its answer may be some seconds old.
	Still func(r *http.Request, id string) (Session, error)
	// Prove takes a second factor for a subject, and sets the session's new cookie. Its errors are for the field.
	Prove func(w http.ResponseWriter, r *http.Request, subject, code string) (Session, error)
	// SignIn is the page on which people sign in: to go on to next, with a form that was posted when their session was over, or "".
	SignIn    func(v *Visit, next, posted string) Page
	City      func() string // as residents know it
	Rehearsal bool
	Version   string
	Log       *slog.Logger
	Now       func() time.Time
	Proxies   []netip.Prefix
	Warning   func() string // what stands on every page; "" for nothing
}

// Session is a browser that a person signed in with.
type Session struct {
	ID     string // public; names it in lists and in the log
	Person staff.Person
	Proved func(subject string) bool // by a second factor, not long ago
	// Code is the code that is right for a subject, where the session is a made-up colleague's; "" else.
	Code func(subject string) string
}

// ErrNoSession is of a request without a session, or with one that is over.
var ErrNoSession = errors.New("no session")

// Kit is what the pages of all areas share. It is filled before it serves; then it is safe for concurrent use.
type Kit struct {
	cfg      Config
	mux      *http.ServeMux
	parts    *template.Template
	troubled *template.Template            // the page of what went wrong
	pages    map[string]*template.Template // by area/name
	said     map[string]string             // sentences for ?done=
	nav      map[string][]AnyAct           // by path of a section: who may do one of them sees it; everybody when there are none
	routes   []Route
	streams  api.Places
	closing  chan struct{}
	close    func()
}

// Route is what a page is found by, and the right to see it.
type Route struct {
	Pattern string // as http.ServeMux takes it
	Right   staff.Right
	Watched bool // pages ask it by themselves: no link leads there
	File    bool // its form carries a file, which the page reads itself

	act string // the operation that asks for the right; "" for none
}

// New makes a Kit without pages.
func New(cfg Config) *Kit {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	k := &Kit{cfg: cfg, mux: http.NewServeMux(), parts: Parts(), pages: map[string]*template.Template{}, said: map[string]string{}, nav: map[string][]AnyAct{}}
	k.closing = make(chan struct{})
	k.close = sync.OnceFunc(func() { close(k.closing) })
	k.troubled = template.Must(template.Must(k.parts.Clone()).Parse(`{{define "main"}}{{template "trouble" .}}{{end}}`))
	folder, files := Static()
	k.Public("GET "+folder, kept(http.StripPrefix(folder, http.FileServerFS(files))))
	k.mux.HandleFunc("/desk/", func(w http.ResponseWriter, r *http.Request) { k.serve(w, r, k.cfg.Enter, nowhere, Route{}) })
	return k
}

// nowhere is for every address without a page.
func nowhere(*Visit) (Result, error) {
	return nil, Refuse(http.StatusNotFound, "没有这个页面：请核对地址，或者从栏目里进去")
}

// Handler makes a page, or does what it posts.
type Handler func(v *Visit) (Result, error)

// Handle serves a pattern such as "GET /desk/sends/{id}". acts are all operations that it may do; the right of the first is the right to come
// here. An act that the API has not is an error of the program.
func (k *Kit) Handle(pattern string, do Handler, acts ...AnyAct) {
	k.route(Route{Pattern: pattern}, k.cfg.Enter, do, acts)
}

// HandleFile is Handle for a form that carries a file: the page reads it itself, its nonce too. No other page takes such a form.
func (k *Kit) HandleFile(pattern string, do Handler, acts ...AnyAct) {
	k.route(Route{Pattern: pattern, File: true}, k.cfg.Enter, do, acts)
}

// Watch serves a pattern that open pages ask by themselves, perhaps for as long as they are open.
func (k *Kit) Watch(pattern string, do Handler, acts ...AnyAct) {
	k.route(Route{Pattern: pattern, Watched: true}, k.cfg.Watch, do, acts)
}

func (k *Kit) route(route Route, enter func(*http.Request) (Session, error), do Handler, acts []AnyAct) {
	for _, act := range acts {
		if err := act.fits(k.cfg.Calls); err != nil {
			panic(fmt.Sprintf("%s: %v", route.Pattern, err))
		}
	}
	if len(acts) > 0 {
		route.act = acts[0].operation()
		route.Right = k.cfg.Calls.Right(route.act)
	}
	k.routes = append(k.routes, route)
	k.mux.HandleFunc(route.Pattern, func(w http.ResponseWriter, r *http.Request) { k.serve(w, r, enter, do, route) })
}

// Close ends what open pages are watching. A server's Shutdown waits for them.
func (k *Kit) Close() { k.close() }

// Open serves a pattern to everybody, signed in or not.
func (k *Kit) Open(pattern string, do Handler) {
	k.mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
		v := &Visit{Request: r, kit: k, w: w}
		defer k.recover(v)
		http.NewResponseController(w).SetWriteDeadline(time.Now().Add(longestAct))
		err := v.readForm(false)
		if errors.Is(err, errNoNonce) { // nothing is done twice here that matters
			err = nil
		}
		k.answer(v, do, err)
	})
}

// Public serves a pattern without a session, such as a stylesheet.
func (k *Kit) Public(pattern string, h http.Handler) { k.mux.Handle(pattern, h) }

// Routes are all patterns that ask for a session.
func (k *Kit) Routes() []Route { return slices.Clone(k.routes) }

// Section shows a section in the navigation, by its path, to those who may do one of the acts; to everybody when there are none.
func (k *Kit) Section(path string, acts ...AnyAct) { k.nav[path] = acts }

// Says gives See("/desk/…?done=word") its sentence, such as 已暂停。 A word has one sentence on all pages: another one panics.
func (k *Kit) Says(word, sentence string) {
	if said, twice := k.said[word]; twice && said != sentence {
		panic(fmt.Sprintf("done=%s says %q, and %q", word, said, sentence))
	}
	k.said[word] = sentence
}

// Templates reads an area's pages: NAME.html defines "main" and is called area/NAME; what begins with _ is shared by the area's pages.
func (k *Kit) Templates(fsys fs.FS, area string) {
	files, err := fs.Glob(fsys, "*.html")
	if err != nil {
		panic(err)
	}
	base := template.Must(k.parts.Clone())
	for _, file := range files {
		if strings.HasPrefix(file, "_") {
			template.Must(base.ParseFS(fsys, file))
		}
	}
	for _, file := range files {
		if !strings.HasPrefix(file, "_") {
			k.pages[area+"/"+strings.TrimSuffix(file, ".html")] = template.Must(template.Must(base.Clone()).ParseFS(fsys, file))
		}
	}
}

// ServeHTTP serves all pages.
func (k *Kit) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	guard(k.mux, k.refused).ServeHTTP(w, r)
}

// kept lets browsers keep files for good: their folder is named after what they hold.
func kept(files http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
		files.ServeHTTP(w, r)
	})
}
