package city

import (
	"context"
	"io/fs"
	"log/slog"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"testing/synctest"
	"time"
)

// shelf is revisions in memory, and one draft that waits.
type shelf struct {
	mu        sync.Mutex
	published []fs.FS
	upcoming  map[string]fs.FS
}

func (s *shelf) Newest(context.Context) (int, time.Time, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.published), time.Time{}, nil
}

func (s *shelf) Folder(_ context.Context, number int) (fs.FS, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.published[number-1], nil
}

func (s *shelf) Upcoming(context.Context, int) (names []string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Collect(maps.Keys(s.upcoming)), nil
}

func (s *shelf) Prospect(_ context.Context, name string) (fs.FS, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.upcoming[name], nil
}

func (s *shelf) submit(name string, folder fs.FS) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.upcoming = map[string]fs.FS{name: folder}
}

func (s *shelf) publish(folder fs.FS) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.published, s.upcoming = append(s.published, folder), nil
}

// TestSubmittedDraftsAreTrainedAhead: what waits for publication is trained when it is submitted, on every process and however long it
// waits; its publication only takes it. A correction of an answer trains nothing.
func TestSubmittedDraftsAreTrainedAhead(t *testing.T) {
	files := town(t)
	learns, says, faulty := maps.Clone(files), maps.Clone(files), maps.Clone(files)
	edit(t, learns, "intents/library.hours.yaml", "  - 有多少本书", "  - 有多少本书\n  - 藏书多少册")
	edit(t, says, "intents/library.hours.yaml", "  - 有多少本书", "  - 有多少本书\n  - 藏书多少册")
	edit(t, says, "intents/library.hours.yaml", "星期一闭馆。", "")
	faulty["city.yaml"] = &fstest.MapFile{Data: []byte("name: ''\n")}
	synctest.Test(t, func(t *testing.T) {
		l, problems := NewLive(files, func() time.Time { return fresh }, slog.New(slog.DiscardHandler))
		if l == nil {
			t.Fatal(problems)
		}
		s := &shelf{published: []fs.FS{files}}
		ctx, cancel := context.WithCancel(t.Context())
		var following sync.WaitGroup
		following.Go(func() { l.Follow(ctx, s) })
		defer following.Wait()
		defer cancel()
		kept := func() []*kept {
			l.trained.mu.Lock()
			defer l.trained.mu.Unlock()
			return slices.Clone(l.trained.all)
		}
		ticks := func(n int) { time.Sleep(time.Duration(n) * followEvery); synctest.Wait() }

		s.submit("D1@2", faulty)
		ticks(3)
		if n := len(kept()); n > 0 {
			t.Errorf("%d matchers of a folder with faults", n)
		}
		s.submit("D2@2", learns)
		ticks(2)
		all := kept()
		if len(all) != 1 {
			t.Fatalf("%d matchers are trained ahead", len(all))
		}
		ready := all[0].matcher()
		if l.Current().Matcher == ready {
			t.Fatal("a draft answers")
		}
		time.Sleep(3 * matcherKept) // nobody hurries
		s.publish(learns)
		ticks(2)
		if l.Revision() != 2 || l.Current().Matcher != ready {
			t.Errorf("revision %d was trained again", l.Revision())
		}
		s.publish(says)
		ticks(2)
		if l.Revision() != 3 || l.Current().Matcher != ready || strings.Contains(l.Current().Intents["library.hours"].Answer, "星期一") {
			t.Errorf("revision %d was trained again, or its answer is the old one", l.Revision())
		}
		time.Sleep(2 * matcherKept)
		synctest.Wait()
		if n := len(kept()); n > 0 {
			t.Errorf("%d matchers are kept for nobody", n)
		}
	})
}
