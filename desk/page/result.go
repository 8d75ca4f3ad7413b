package page

import (
	"bytes"
	"fmt"
	"html/template"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
)

// Result is what a page answers with.
type Result interface {
	write(v *Visit) error
}

type rendered struct {
	status int
	html   []byte
}

func (r rendered) write(v *Visit) error {
	v.w.Header().Set("Content-Type", "text/html; charset=utf-8")
	v.w.WriteHeader(r.status)
	_, err := v.w.Write(r.html)
	return err
}

type seeOther string

func (path seeOther) write(v *Visit) error {
	http.Redirect(v.w, v.Request, string(path), http.StatusSeeOther)
	return nil
}

type download api.File

// write sends a file. One that breaks off cuts the connection, so that nobody takes the part for the whole.
func (f download) write(v *Visit) error {
	h := v.w.Header()
	h.Set("Content-Type", f.Type)
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	out := &steady{ResponseWriter: v.w, server: http.NewResponseController(v.w), stillIn: v.StillInNowAndThen()}
	err := f.Write(out)
	switch {
	case err == nil:
		return nil
	case out.begun:
		v.kit.cfg.Log.WarnContext(v.Context(), "a file broke off", "page", v.Request.Pattern, "err", fmt.Sprintf("%T", err))
		panic(http.ErrAbortHandler)
	}
	h.Del("Content-Disposition")
	return v.failure(err).write(v)
}

// steady writes a file for as long as the browser takes it and its person is signed in.
type steady struct {
	http.ResponseWriter
	server  *http.ResponseController
	stillIn func() error
	begun   bool
}

// stall is longer than any network takes to find its way again.
const stall = 30 * time.Second

func (s *steady) Write(p []byte) (int, error) {
	if s.begun {
		if err := s.stillIn(); err != nil {
			return 0, err
		}
	}
	s.begun = true
	s.server.SetWriteDeadline(time.Now().Add(stall))
	return s.ResponseWriter.Write(p)
}

type done struct{}

func (done) write(*Visit) error { return nil }

// Done is the result of a page that has answered by Visit.Writer.
var Done Result = done{}

// See sends the browser on to a page, after something was done.
func See(path string) Result { return seeOther(path) }

// Download answers with a file.
func Download(f api.File) Result { return download(f) }

// Show shows a page.
func (v *Visit) Show(p Page) (Result, error) { return v.page(http.StatusOK, p) }

// ShowAs shows a page with a status of its own, such as that of a refusal whose faults the page has placed by itself.
func (v *Visit) ShowAs(status int, p Page) (Result, error) { return v.page(status, p) }

// Partial shows a template of a page without the shell: for live.js to put into a page that is open.
func (v *Visit) Partial(page, name string, data any) (Result, error) {
	html, err := v.Render(page, name, data)
	return rendered{http.StatusOK, html}, err
}

// Render is what Partial shows.
func (v *Visit) Render(page, name string, data any) ([]byte, error) {
	return v.kit.execute(page, name, data)
}

func (v *Visit) page(status int, p Page) (Result, error) {
	html, err := v.kit.execute(p.Name, "layout", v.kit.shell(v, p))
	return rendered{status, html}, err
}

func (k *Kit) execute(page, name string, data any) ([]byte, error) {
	t := k.pages[page]
	if t == nil {
		return nil, fmt.Errorf("there is no template %s", page)
	}
	return execute(t, name, data)
}

func execute(t *template.Template, name string, data any) ([]byte, error) {
	var out bytes.Buffer
	err := t.ExecuteTemplate(&out, name, data)
	return out.Bytes(), err
}

// shell is what stands around a page; v is nil before sign-in.
func (k *Kit) shell(v *Visit, p Page) Shell {
	s := Shell{Title: p.Title, City: k.cfg.City(), Rehearsal: k.cfg.Rehearsal, Version: k.cfg.Version, Crumbs: p.Crumbs, Refresh: p.Refresh, Data: p.Data}
	if v == nil {
		return s
	}
	s.Notice = k.said[v.Query("done")]
	if v.Person.ID == "" {
		return s
	}
	s.Person = Colleague{v.Person.Name, v.Person.Role.Label()}
	if k.cfg.Warning != nil {
		s.Warning = k.cfg.Warning()
	}
	for _, section := range Sections() {
		if acts, there := k.nav[section.Path]; there && v.maySome(acts) {
			section.Current = section.Path == p.Nav
			s.Nav = append(s.Nav, section)
		}
	}
	return s
}

func (v *Visit) maySome(acts []AnyAct) bool {
	return len(acts) == 0 || slices.ContainsFunc(acts, v.May)
}

func problem(status int, detail string) wire.Problem {
	return wire.Problem{Title: http.StatusText(status), Status: status, Detail: detail}
}

// Query is a path's query of names and values in turn, less those that are empty; "" for none.
func Query(pairs ...string) string {
	q := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] != "" {
			q.Set(pairs[i], pairs[i+1])
		}
	}
	if len(q) == 0 {
		return ""
	}
	return "?" + q.Encode()
}
