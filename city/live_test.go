package city

import (
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/problem"
)

// reload is what OnReload was told.
type reload struct {
	ok       bool
	problems problem.List
}

// watched runs a Live over a real folder inside a synctest bubble, where only the polls' clock is pretended.
type watched struct {
	t    *testing.T
	dir  string
	live *Live

	mu     sync.Mutex
	told   []reload
	log    strings.Builder
	opened func(name string) // called before a file of the folder is read
}

func watch(t *testing.T, test func(*watched)) {
	dir := t.TempDir()
	if err := os.CopyFS(dir, town(t)); err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		w := &watched{t: t, dir: dir, opened: func(string) {}}
		var problems problem.List
		now := func() time.Time { return fresh }
		w.live, problems = NewLive(w, now, slog.New(slog.NewTextHandler(w, nil)))
		if w.live == nil {
			t.Fatal(problems)
		}
		w.live.OnReload = func(ok bool, problems problem.List) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.told = append(w.told, reload{ok, problems})
		}
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			w.live.Watch(ctx)
		}()
		test(w)
		cancel()
		<-done
	})
}

// Open makes w the folder that is watched.
func (w *watched) Open(name string) (fs.File, error) {
	w.mu.Lock()
	opened := w.opened
	w.mu.Unlock()
	opened(name)
	return os.DirFS(w.dir).Open(name)
}

// Stat keeps the polls, which read nothing, from Open.
func (w *watched) Stat(name string) (fs.FileInfo, error) { return fs.Stat(os.DirFS(w.dir), name) }

// Write takes the log.
func (w *watched) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.Write(p)
}

func (w *watched) reloads() []reload {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.told)
}

func (w *watched) written() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.log.String()
}

// polls lets the watcher look n times.
func (w *watched) polls(n int) {
	time.Sleep(time.Duration(n) * pollEvery)
	synctest.Wait()
}

func (w *watched) edit(file, old, new string) {
	w.t.Helper()
	path := filepath.Join(w.dir, file)
	data, err := os.ReadFile(path)
	if err != nil || !strings.Contains(string(data), old) {
		w.t.Fatalf("%s does not hold %q: %v", file, old, err)
	}
	if err := os.WriteFile(path, []byte(strings.Replace(string(data), old, new, 1)), 0o644); err != nil {
		w.t.Fatal(err)
	}
}

func (w *watched) title() string { return w.live.Current().Intents["water.stop"].Title }

func TestWatchTakesAGoodEdit(t *testing.T) {
	watch(t, func(w *watched) {
		before := w.live.Current()
		w.polls(5)
		if len(w.reloads()) != 0 || w.live.Current() != before {
			t.Fatalf("nothing changed, but: %+v", w.reloads())
		}
		w.edit("intents/water.stop.yaml", "什么时候停水、停哪里", "哪天停水")
		w.polls(2)
		if w.title() != "哪天停水" || len(w.reloads()) != 1 || !w.reloads()[0].ok {
			t.Errorf("title %q, told %+v", w.title(), w.reloads())
		}
		if before.Intents["water.stop"].Title != "什么时候停水、停哪里" {
			t.Error("the City that was held has changed")
		}
		w.polls(5)
		if len(w.reloads()) != 1 {
			t.Errorf("told again without an edit: %+v", w.reloads())
		}
	})
}

func TestWatchRefusesABadEdit(t *testing.T) {
	watch(t, func(w *watched) {
		before := w.live.Current()
		w.edit("intents/water.stop.yaml", "320余户", "1500余户")
		w.polls(5)
		if w.live.Current() != before {
			t.Error("a bad edit was taken")
		}
		if len(w.reloads()) != 1 || w.reloads()[0].ok || w.reloads()[0].problems.Faults() != 1 {
			t.Errorf("told %+v, want one refusal", w.reloads())
		}
		if log := w.written(); strings.Count(log, "content fault") != 1 || !strings.Contains(log, "file=intents/water.stop.yaml line=17") ||
			!strings.Contains(log, "1500余户") {
			t.Errorf("the log does not say why: %s", log)
		}
		w.edit("intents/water.stop.yaml", "1500余户", "320余户")
		w.polls(2)
		if len(w.reloads()) != 2 || !w.reloads()[1].ok || w.live.Current() == before {
			t.Errorf("the repair was not taken: %+v", w.reloads())
		}
	})
}

// A folder that is still being copied changes at every poll, and is judged only when it rests.
func TestWatchWaitsForAHalfCopiedFolder(t *testing.T) {
	watch(t, func(w *watched) {
		file := filepath.Join(w.dir, "intents/water.stop.yaml")
		whole, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		whole = []byte(strings.Replace(string(whole), "什么时候停水、停哪里", "哪天停水", 1))
		for part := 1; part <= 4; part++ {
			if err := os.WriteFile(file, whole[:len(whole)*part/4], 0o644); err != nil {
				t.Fatal(err)
			}
			w.polls(1)
			if len(w.reloads()) != 0 {
				t.Fatalf("part %d was judged: %+v", part, w.reloads())
			}
		}
		w.polls(1)
		if len(w.reloads()) != 1 || !w.reloads()[0].ok || w.title() != "哪天停水" {
			t.Errorf("the whole folder was not taken: %+v", w.reloads())
		}
	})
}

// What changes while it is read is read again.
func TestWatchReadsAgainWhatChangedMeanwhile(t *testing.T) {
	watch(t, func(w *watched) {
		w.edit("intents/water.stop.yaml", "320余户", "1500余户")
		var once sync.Once
		w.mu.Lock()
		w.opened = func(name string) {
			if name == "matching/negatives.txt" { // read after the intents
				once.Do(func() { w.edit("intents/water.stop.yaml", "1500余户", "320余户") })
			}
		}
		w.mu.Unlock()
		w.polls(5)
		if told := w.reloads(); len(told) != 1 || !told[0].ok {
			t.Errorf("told %+v, want the repair only", told)
		}
	})
}

func TestWatchSeesFilesComeAndGo(t *testing.T) {
	watch(t, func(w *watched) {
		gone := filepath.Join(w.dir, "menu.yaml")
		if err := os.Remove(gone); err != nil {
			t.Fatal(err)
		}
		w.polls(2)
		if len(w.reloads()) != 1 || len(w.live.Current().Library.Menu) != 0 {
			t.Errorf("a removed file: %+v", w.reloads())
		}
		if err := os.WriteFile(filepath.Join(w.dir, "notices/.W1.md.swp"), []byte("an editor's own"), 0o644); err != nil {
			t.Fatal(err)
		}
		w.polls(3)
		if len(w.reloads()) != 1 {
			t.Errorf("an editor's hidden file was read: %+v", w.reloads())
		}
		if err := os.RemoveAll(w.dir); err != nil {
			t.Fatal(err)
		}
		w.polls(3)
		if len(w.reloads()) != 2 || w.reloads()[1].ok || w.live.Current() == nil {
			t.Errorf("a removed folder: %+v", w.reloads())
		}
	})
}

func TestWatchSeesAnEditOfADraft(t *testing.T) {
	watch(t, func(w *watched) {
		w.edit("broadcasts/water.yaml", "title: 东街检修停水", "title: 东街停水")
		w.polls(2)
		if d := w.live.Current().Library.Drafts["water"]; len(w.reloads()) != 1 || d.Title != "东街停水" {
			t.Errorf("title %q, told %+v", d.Title, w.reloads())
		}
	})
}

func TestRefusalsAreLoggedUpToABound(t *testing.T) {
	watch(t, func(w *watched) {
		w.edit("notices/W1.md", "1. 5月8日", strings.Repeat("一行\n", 60)+"\n1. 5月8日")
		w.polls(2)
		if n := strings.Count(w.written(), "content fault"); n != logged || w.reloads()[0].problems.Faults() < 60 {
			t.Errorf("%d faults logged of %d, want %d", n, w.reloads()[0].problems.Faults(), logged)
		}
	})
}

func TestNewLiveRefusesABadFolder(t *testing.T) {
	files := town(t)
	delete(files, "city.yaml")
	if live, problems := NewLive(files, func() time.Time { return fresh }, slog.New(slog.DiscardHandler)); live != nil || problems.Faults() == 0 {
		t.Errorf("got %v, %v", live, problems)
	}
}
