package page

import (
	"errors"
	"html/template"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"towncrier/api"
)

// TestAFileEndsWithItsSession: whoever is signed out gets no more of a file, and what breaks off is cut, so that nobody takes it for the whole.
// What fails before its first byte is a page.
func TestAFileEndsWithItsSession(t *testing.T) {
	now := time.Now()
	var over error
	k := &Kit{cfg: Config{
		Now: func() time.Time { return now }, Log: slog.New(slog.DiscardHandler), City: func() string { return "" },
		Still: func(*http.Request, string) (Session, error) { return Session{}, over },
	}}
	k.troubled = template.Must(template.New("").Parse(`{{define "layout"}}{{.Title}}{{end}}`))
	piece := func(w io.Writer) error {
		_, err := io.WriteString(w, "one,two\n")
		return err
	}
	// fetch is what comes of a file that is written so. When it returns the page is done with it, too.
	fetch := func(write func(io.Writer) error) (resp *http.Response, text string, err error) {
		t.Helper()
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			v := &Visit{Request: r, kit: k, w: w}
			defer k.recover(v)
			k.answer(v, func(*Visit) (Result, error) {
				return Download(api.File{Name: "a.csv", Type: "text/csv", Write: write}), nil
			}, nil)
		}))
		defer server.Close()
		server.Config.ErrorLog = slog.NewLogLogger(slog.DiscardHandler, slog.LevelError)
		if resp, err = http.Get(server.URL); err != nil {
			return nil, "", err
		}
		defer resp.Body.Close()
		body, err := io.ReadAll(resp.Body)
		return resp, string(body), err
	}

	twice := func(w io.Writer) error { return errors.Join(piece(w), piece(w)) }
	if resp, text, err := fetch(twice); err != nil || text != "one,two\none,two\n" || resp.Header.Get("Content-Disposition") != "attachment; filename=a.csv" {
		t.Errorf("a file: %q, %v", text, err)
	}
	leaves := func(w io.Writer) error {
		if err := piece(w); err != nil {
			return err
		}
		now, over = now.Add(stillInEvery), ErrNoSession
		return piece(w)
	}
	if _, text, err := fetch(leaves); err == nil {
		t.Errorf("after the session's end all of %q comes", text)
	}
	breaks := func(w io.Writer) error { return errors.Join(piece(w), errors.New("no more")) }
	if _, text, err := fetch(breaks); err == nil {
		t.Errorf("half of a file looks whole: %q", text)
	}
	fails := func(io.Writer) error { return errors.New("nothing") }
	if resp, text, err := fetch(fails); err != nil || resp.StatusCode != http.StatusInternalServerError || resp.Header.Get("Content-Disposition") != "" || text != "系统出错" {
		t.Errorf("a file of which nothing comes: %q, %v", text, err)
	}
}
