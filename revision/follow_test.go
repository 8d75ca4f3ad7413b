package revision_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"towncrier/city"
	"towncrier/store"
	"towncrier/store/storetest"
)

// within is how soon a revision is in force in every process.
const within = 2 * time.Second

// process is one that answers from a database, as serve does.
type process struct {
	*testing.T
	live *city.Live
	log  *logged
}

type logged struct {
	mu sync.Mutex
	bytes.Buffer
}

func (l *logged) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.Buffer.Write(p)
}

func start(t *testing.T, revisions city.Revisions, folder fs.FS) *process {
	t.Helper()
	p := &process{T: t, log: &logged{}}
	now := func() time.Time { return time.Date(2030, time.May, 7, 1, 0, 0, 0, time.UTC) }
	live, problems, err := city.Open(t.Context(), folder, revisions, now, slog.New(slog.NewTextHandler(p.log, nil)))
	if live == nil || err != nil {
		t.Fatal(problems, err)
	}
	p.live = live
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		live.Follow(ctx, revisions)
	}()
	t.Cleanup(func() { cancel(); <-done })
	return p
}

// answers is what the process says about the library's hours.
func (p *process) answers() string {
	c := p.live.Current()
	card, _ := c.Card("library.hours", time.Date(2030, time.May, 7, 1, 0, 0, 0, time.UTC))
	text, _ := c.Render(card)
	return text
}

// soon waits for an answer.
func (p *process) soon(want string) {
	p.Helper()
	for end := time.Now().Add(20 * within); ; time.Sleep(20 * time.Millisecond) {
		if strings.Contains(p.answers(), want) {
			return
		}
		if time.Now().After(end) {
			p.Fatalf("it still answers %s", p.answers())
		}
	}
}

// TestEveryProcessServesTheNewest: what one publishes another serves, also one that starts later, and nobody serves half of it.
func TestEveryProcessServesTheNewest(t *testing.T) {
	storetest.Each(t, func(t *testing.T, openDB func() *store.DB) {
		folder := townFolder(t)
		d := openOn(t, openDB(), folder)
		other := openOn(t, openDB(), folder)
		first, second := start(t, d, folder.FS()), start(t, other, folder.FS())
		old := first.answers()

		draft := d.draft("改")
		d.replace("wang", draft.ID, library, "1200册", "1300册")
		d.replace("wang", draft.ID, hours, "1200册", "1300册")
		d.publish(draft.ID)
		first.soon("1300册")
		second.soon("1300册")

		if _, err := other.Withdraw(t.Context(), "zhao", "L1", "W1"); err != nil {
			t.Fatal(err)
		}
		for _, p := range []*process{first, second, start(t, d, folder.FS())} {
			p.soon("已经撤回，请以示例水站")
			if text := p.answers(); strings.Contains(text, "1300册") {
				t.Errorf("a withdrawn notice is quoted: %s", text)
			}
		}

		back, err := other.RollBack(t.Context(), "wang", 1, []string{"L1"})
		if err != nil {
			t.Fatal(err)
		}
		other.publish(back.ID)
		first.soon("1200册")
		second.soon("1200册")
		if now := second.answers(); now != old {
			t.Errorf("after the way back it says\n%s\nand before\n%s", now, old)
		}
	})
}

// spoilt are revisions of which a later program published the newest.
type spoilt struct{ city.Revisions }

func (s spoilt) Newest(ctx context.Context) (int, time.Time, error) {
	n, made, err := s.Revisions.Newest(ctx)
	return n + 1, made, err
}

func (s spoilt) Folder(ctx context.Context, number int) (fs.FS, error) {
	if newest, _, err := s.Newest(ctx); err != nil || number < newest {
		return s.Revisions.Folder(ctx, number)
	}
	return fstest.MapFS{"notices/W1.md": {Data: []byte("---\nstatus: withdrawn\n---\nsomething new")}}, nil
}

// TestARevisionThatThisProgramDoesNotTake: the newest that it takes answers, less what is withdrawn since, and the log says so.
func TestARevisionThatThisProgramDoesNotTake(t *testing.T) {
	d := open(t)
	draft := d.draft("改")
	d.replace("wang", draft.ID, library, "1200册", "1300册")
	d.replace("wang", draft.ID, hours, "1200册", "1300册")
	d.publish(draft.ID)
	p := start(t, spoilt{d.Service}, townFolder(t).FS())
	if text := p.answers(); !strings.Contains(text, "1300册") {
		t.Error(text)
	}
	if got := p.live.Current().Library.Notices["W1"].Status; got != "withdrawn" {
		t.Errorf("W1 is %s", got)
	}
	if now := [2]int{p.live.Revision(), p.live.Refused()}; now != [2]int{2, 3} {
		t.Errorf("revisions %v answer and are refused", now)
	}
	if !strings.Contains(p.log.String(), "does not take the content's revision") {
		t.Error(p.log.String())
	}
}
