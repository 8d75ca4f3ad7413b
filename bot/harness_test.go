package bot_test

import (
	"bytes"
	"context"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"towncrier/bot"
	"towncrier/city"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/problem"
	"towncrier/seal"
	"towncrier/store"
)

// day is the first moment of every test conversation.
var day = time.Date(2023, 11, 20, 9, 0, 0, 0, time.FixedZone("Asia/Shanghai", 8*3600))

// cities trains each matcher once for all tests: yuncheng is the city that the program carries, rehearsal the same with a
// few communities in its table, littletown the second city in testdata.
var cities = map[string]func() (*city.City, problem.List){
	"yuncheng": sync.OnceValues(func() (*city.City, problem.List) { return city.Load(content.Embedded(), day) }),
	"rehearsal": sync.OnceValues(func() (*city.City, problem.List) {
		return city.Load(withTable{content.Embedded(), "tables/renovation.csv", os.DirFS("testdata"), "renovation.csv"}, day)
	}),
	"littletown": sync.OnceValues(func() (*city.City, problem.List) { return city.Load(os.DirFS("../testdata/littletown"), day) }),
}

// withTable is a folder in which one file is another folder's.
type withTable struct {
	fs.FS
	path  string
	other fs.FS
	name  string
}

func (w withTable) Open(path string) (fs.File, error) {
	if path == w.path {
		return w.other.Open(w.name)
	}
	return w.FS.Open(path)
}

func load(t testing.TB, name string) *city.City {
	t.Helper()
	c, problems := cities[name]()
	if c == nil {
		t.Fatalf("%s does not load:\n%v", name, problems.Err())
	}
	return c
}

// town is a bot with everything real behind it: SQLite in a temporary file, sessions in memory.
type town struct {
	*bot.Bot
	city     *city.City
	inbox    *inbox.Inbox
	choices  *store.Choices
	sessions *bot.MemorySessions
	log      *bytes.Buffer
	clock    time.Time
}

func newTown(t testing.TB, name string) *town {
	t.Helper()
	box, err := seal.New(seal.NewKey())
	if err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(t.Context(), filepath.Join(t.TempDir(), "town.db"), box)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	w := &town{city: load(t, name), choices: db.Choices(), log: &bytes.Buffer{}, clock: day}
	now := func() time.Time { return w.clock }
	w.inbox = inbox.New(db.Inbox(), now)
	w.sessions = bot.NewMemorySessions(30*time.Minute, now)
	w.Bot = bot.New(bot.Config{
		City: func() *city.City { return w.city }, Sessions: w.sessions, Inbox: w.inbox, Choices: w.choices,
		Now: now, Log: slog.New(slog.NewTextHandler(w.log, nil)),
	})
	return w
}

// newTrial is the bot of a conversation that files nothing, as in a terminal.
func newTrial(t testing.TB, name string) *bot.Bot {
	c := load(t, name)
	now := func() time.Time { return day }
	return bot.New(bot.Config{
		City: func() *city.City { return c }, Sessions: bot.NewMemorySessions(30*time.Minute, now), Now: now,
		Log: slog.New(slog.DiscardHandler),
	})
}

// tell sends a text and fails the test when there is no reply.
func tell(t testing.TB, b *bot.Bot, from, text string) bot.Reply {
	t.Helper()
	r, err := b.Reply(context.Background(), bot.Message{From: from, Kind: bot.Text, Text: text})
	if err != nil {
		t.Fatal(err)
	}
	return r
}
