package desktest

import (
	"bytes"
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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

	mu     sync.Mutex
	signed map[string]*Browser // by role
	end    func() error
}

// Setting changes a desk.
type Setting func(*rehearsal.Config)

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
	shared.Lock()
	defer shared.Unlock()
	if !shared.ends {
		t.Fatal("nobody would stop the desk: the package needs func TestMain(m *testing.M) { desktest.Main(m) }")
	}
	if shared.desk != nil {
		return shared.desk
	}
	folder, err := os.MkdirTemp("", "desk")
	if err != nil {
		t.Fatal(err)
	}
	shared.add(func() error { return os.RemoveAll(folder) })
	d, err := openDesk(folder, nil)
	if err != nil {
		t.Fatal(err)
	}
	shared.add(d.end)
	shared.desk = d
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
	d := &Desk{Folder: cfg.Data, Log: &Log{}, signed: map[string]*Browser{}}
	ctx, stop := context.WithCancel(context.Background())
	serving, ended := make(chan string, 1), make(chan error, 1)
	go func() {
		ended <- rehearsal.Run(ctx, cfg, rehearsal.Options{
			Out: d.Log, Log: slog.New(slog.NewTextHandler(d.Log, nil)), Program: "towncrier", Serving: func(addr string) { serving <- addr },
		})
	}()
	select {
	case addr := <-serving:
		d.URL = "http://" + addr
	case err := <-ended:
		stop()
		return nil, err
	}
	d.end = func() error { stop(); return <-ended }
	return d, nil
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
