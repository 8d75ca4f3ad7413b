package desktest

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"towncrier/api/wire"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
)

// Desk is a served city: a rehearsal with few residents, in a folder of its own. Its colleagues are signed in by role.
type Desk struct {
	URL    string
	App    *app.App
	Folder string // its data
	Log    *Log

	mu   sync.Mutex
	jars map[string]http.CookieJar // of who is signed in
	cfg  rehearsal.Config
	end  func() error
}

// Colleagues are a rehearsal's staff: what a test calls them, and what their button on the sign-in page says.
var Colleagues = map[string]string{
	"author": "演示撰稿员", "approver": "演示审批员", "approver2": "演示第二审批员", "committee": "演示社区工作者", "auditor": "演示审计员",
	"admin": "演示管理员", "admin2": "演示第二管理员",
}

// Setting changes a desk.
type Setting func(*rehearsal.Config)

// WithHistory gives a desk three weeks behind it, so that every list is full.
func WithHistory(cfg *rehearsal.Config) {
	cfg.Residents, cfg.History = rehearsal.FewestWithHistory, true
}

// residents are enough for every way that a notice can go.
const residents = 40

// OpenDesk serves a city until the test ends.
func OpenDesk(t testing.TB, settings ...Setting) *Desk {
	t.Helper()
	d, err := openDesk(t.TempDir(), settings)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.end(); err != nil {
			t.Error(err)
		}
	})
	return d
}

// SharedDesk is the city that the tests of a package share, for what leaves nothing that another test would stumble over.
func SharedDesk(t testing.TB) *Desk {
	t.Helper()
	return share(t, &shared.desk)
}

// SharedHistory is SharedDesk with three weeks behind it.
func SharedHistory(t testing.TB) *Desk {
	t.Helper()
	return share(t, &shared.history, WithHistory)
}

func share(t testing.TB, desk **Desk, settings ...Setting) *Desk {
	t.Helper()
	shared.Lock()
	defer shared.Unlock()
	if !shared.ends {
		t.Fatal("nobody would stop the desk: the package needs func TestMain(m *testing.M) { desktest.Main(m) }")
	}
	if *desk != nil {
		return *desk
	}
	folder, err := os.MkdirTemp("", "desk")
	if err != nil {
		t.Fatal(err)
	}
	shared.add(func() error { return os.RemoveAll(folder) })
	d, err := openDesk(folder, settings)
	if err != nil {
		t.Fatal(err)
	}
	shared.add(d.end)
	*desk = d
	return d
}

func openDesk(folder string, settings []Setting) (*Desk, error) {
	src, err := config.Read("", []string{"TOWNCRIER_LISTEN=127.0.0.1:0", "TOWNCRIER_DATA=" + folder})
	if err != nil {
		return nil, err
	}
	cfg, err := rehearsal.NewConfig(src)
	if err != nil {
		return nil, err
	}
	cfg.Residents = residents
	for _, set := range settings {
		set(&cfg)
	}
	d := &Desk{Folder: cfg.Data, Log: &Log{}, jars: map[string]http.CookieJar{}, cfg: cfg}
	return d, d.serve()
}

// serve begins to serve the city in its folder.
func (d *Desk) serve() error {
	cfg := d.cfg
	ctx, stop := context.WithCancel(context.Background())
	serving, ended := make(chan *app.App, 1), make(chan error, 1)
	go func() {
		ended <- rehearsal.Run(ctx, cfg, rehearsal.Options{
			Out: d.Log, Log: slog.New(slog.NewTextHandler(d.Log, nil)), Program: "towncrier", Serving: func(server *app.App) { serving <- server },
		})
	}()
	select {
	case d.App = <-serving:
		d.URL = "http://" + d.App.Addr()
	case err := <-ended:
		stop()
		d.end = func() error { return nil }
		return err
	}
	d.end = func() error { stop(); return <-ended }
	return nil
}

// Restart ends the server and serves the same city again, at the same address: what was only in its memory is gone.
func (d *Desk) Restart(t testing.TB) {
	t.Helper()
	if err := d.end(); err != nil {
		t.Fatal(err)
	}
	d.cfg.Listen = strings.TrimPrefix(d.URL, "http://")
	if err := d.serve(); err != nil {
		t.Fatal(err)
	}
}

// SignIn opens a browser of its own in which a colleague has just signed in. The third of a colleague's ends the first.
func (d *Desk) SignIn(t testing.TB, who string) *Browser {
	t.Helper()
	b := Browse(t, d.URL)
	name := Colleagues[who]
	if name == "" {
		t.Fatalf("nobody is called %q", who)
	}
	if page := b.Open("/desk/login").Press(name).Want(http.StatusOK); page.URL.Path != "/desk/" {
		t.Fatalf("signing %s in leads to %s", name, page.URL)
	}
	return b
}

// As is a browser in which a colleague is signed in. All that are given for a colleague are one session, which Chromium's may end.
func (d *Desk) As(t testing.TB, who string) *Browser {
	t.Helper()
	d.mu.Lock()
	defer d.mu.Unlock()
	b := Browse(t, d.URL)
	if jar := d.jars[who]; jar != nil {
		b.client.Jar = jar
		if page := b.Get("/desk/"); page.URL.Path == "/desk/" {
			return b
		}
	}
	b = d.SignIn(t, who)
	d.jars[who] = b.client.Jar
	return b
}

// Tab opens a tab of Chromium in which a colleague is signed in, in a session of its own.
func (d *Desk) Tab(t *testing.T, who string, view View) *Tab {
	t.Helper()
	return OpenTab(t, d.URL, view).Carry(d.SignIn(t, who))
}

// Key is the bearer key of a colleague, by the name of its file.
func (d *Desk) Key(t testing.TB, file string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(d.Folder, "keys", file))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(text))
}

// Log is what a server writes.
type Log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *Log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *Log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// Call does an operation of the API with the key of a colleague, and fails the test when it is refused. in and out may be nil.
func (d *Desk) Call(t testing.TB, who, method, path string, in, out any) {
	t.Helper()
	body, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	if in == nil {
		body = nil
	}
	req, err := http.NewRequestWithContext(t.Context(), method, d.URL+wire.Prefix+path, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+d.Key(t, who))
	req.Header.Set("Content-Type", "application/json")
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode > 299 {
		t.Fatalf("%s %s: %d %s %v", method, path, resp.StatusCode, answer, err)
	}
	if out != nil {
		if err := json.Unmarshal(answer, out); err != nil {
			t.Fatal(err)
		}
	}
}
