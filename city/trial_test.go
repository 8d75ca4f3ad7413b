package city

import (
	"context"
	"errors"
	"io/fs"
	"log/slog"
	"maps"
	"testing"
	"testing/synctest"
	"time"

	"towncrier/intents"
)

// TestATrialEnds: a trial that takes too long is refused, and so is one that waits for another; what was begun is ready for who tries again.
func TestATrialEnds(t *testing.T) {
	files := town(t)
	next := maps.Clone(files)
	edit(t, next, "intents/library.hours.yaml", "  - 有多少本书", "  - 有多少本书\n  - 藏书多少册")
	synctest.Test(t, func(t *testing.T) {
		l, problems := NewLive(files, func() time.Time { return fresh }, slog.New(slog.DiscardHandler))
		if l == nil {
			t.Fatal(problems)
		}
		begun := time.Now()
		l.Filed = func(ctx context.Context) ([]intents.Question, error) { // so many that they are never read
			<-ctx.Done()
			return nil, ctx.Err()
		}
		if _, _, err := l.Differences(t.Context(), files, next); !errors.Is(err, ErrSlow) || time.Since(begun) != tryFor {
			t.Errorf("%v after %v", err, time.Since(begun))
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if _, _, err := l.Differences(gone, files, next); errors.Is(err, ErrSlow) || !errors.Is(err, context.Canceled) {
			t.Errorf("whose client is gone: %v", err)
		}
		l.Filed = nil

		reading, read := make(chan struct{}), make(chan struct{})
		edit(t, next, "intents/library.hours.yaml", "藏书多少册", "藏书有多少册")
		slow := &waitingFolder{FS: next, reading: reading, read: read}
		first, cancel := context.WithCancel(t.Context())
		left := make(chan error)
		go func() {
			_, err := l.Try(first, slow)
			left <- err
		}()
		<-reading
		short, done := context.WithTimeout(t.Context(), time.Second)
		defer done()
		if _, _, err := l.Differences(short, files, files); !errors.Is(err, ErrSlow) {
			t.Errorf("while another is tried: %v", err)
		}
		cancel()
		if err := <-left; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
		close(read)
		synctest.Wait() // who began it is gone; it is loaded to its end
		l.trained.mu.Lock()
		ready := l.trained.all[len(l.trained.all)-1].lessons
		l.trained.mu.Unlock()
		c, err := l.Try(t.Context(), next)
		if err != nil || c.Matcher.Lessons() != ready {
			t.Errorf("%v: what was begun is not there", err)
		}
		time.Sleep(2 * matcherKept) // its matchers are forgotten
	})
}

// waitingFolder says when it is first read, and waits.
type waitingFolder struct {
	fs.FS
	reading, read chan struct{}
	begun         bool
}

func (f *waitingFolder) Open(name string) (fs.File, error) {
	if !f.begun {
		f.begun = true
		close(f.reading)
	}
	<-f.read
	return f.FS.Open(name)
}
