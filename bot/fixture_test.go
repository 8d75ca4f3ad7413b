package bot_test

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/bot"
	"towncrier/city"
	"towncrier/city/citytest"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/store"
	"towncrier/store/storetest"
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
	"bus": sync.OnceValues(func() (*city.City, problem.List) { // the same with a notice that is too long for a reply
		files, err := citytest.Copy(os.DirFS("../testdata/littletown"))
		if err != nil {
			return nil, nil
		}
		var stops []string
		for i := range 4 {
			stops = append(stops, fmt.Sprintf("第%d站：%s", i+1, strings.Repeat("学生在站点按指定的位置排队候车，家长在黄线以外等候，车停稳以后再上车。", 4)))
		}
		citytest.Bus(files, "示例镇", stops...)
		return city.Load(files, day)
	}),
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

// fixture is a bot with everything real behind it: SQLite in a temporary file, verification codes in an embedded Redis,
// conversations in memory. Only the provider of texts is the test's own.
type fixture struct {
	*bot.Bot
	city     *city.City
	inbox    *inbox.Inbox
	roster   *roster.Roster
	sessions *bot.MemorySessions
	texts    *provider
	db       *store.DB
	log      *bytes.Buffer
	clock    time.Time
}

// provider is an SMS provider that takes every text and remembers the last.
type provider struct {
	mu   sync.Mutex
	last sms.Text
	sent int
}

func (p *provider) Send(_ context.Context, t sms.Text) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.last = t
	p.sent++
	return fmt.Sprintf("handle-%d", p.sent), nil
}

// code is the code that was texted last.
func (p *provider) code() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.last.Params["code"]
}

// atOnce is a queue whose worker is always free.
type atOnce struct{ codes *roster.Codes }

func (q *atOnce) QueueCode(ctx context.Context, id string) error {
	_, err := q.codes.Send(ctx, id)
	return err
}

// committees serve the rehearsal's communities, and one of them more than a menu shows.
var committees = []roster.Committee{
	{Code: "YL-01", Name: "演练社区居委会", Street: "演练街道", Communities: []string{"演练一号小区", "演练花园东区", "演练花园西区"}},
	{Code: "YL-02", Name: "向阳社区居委会", Street: "演练街道", Communities: []string{"向阳小区"}},
	{Code: "YL-03", Name: "长街社区居委会", Street: "演练东街", Communities: []string{"长街一院", "长街二院", "长街三院", "长街四院", "长街五院", "长街六院",
		"长街七院", "长街八院", "长街九院", "长街十院", "演练一号小区"}},
	{Code: "YL-04", Name: "空地社区居委会"},
}

// newFixture opens a fixture; change may replace a part of its bot.
func newFixture(t testing.TB, name string, change ...func(*bot.Config)) *fixture {
	t.Helper()
	db := storetest.One(t)
	redis, closeRedis, err := kv.Open(t.Context(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeRedis() })
	w := &fixture{city: load(t, name), db: db, texts: &provider{}, log: &bytes.Buffer{}, clock: day}
	now := func() time.Time { return w.clock }
	log := slog.New(slog.NewTextHandler(w.log, nil))
	w.inbox = inbox.New(db.Inbox(), now)
	w.roster = roster.New(roster.Config{Store: db.Roster(), Tickets: w.inbox, Now: now})
	for _, c := range committees {
		if _, err := w.roster.PutCommittee(t.Context(), audit.System("test"), c); err != nil {
			t.Fatal(err)
		}
	}
	desk := sms.New(sms.Config{Store: db.SMS(), Sender: w.texts, Stops: w.roster, Now: now, Log: log})
	queue := &atOnce{}
	queue.codes = roster.NewCodes(roster.CodesConfig{
		Store: kv.NewCodes(redis, storetest.Sealer(t)), Queue: queue, Texts: desk, Template: "SMS_CODE", Enabled: true, Now: now,
	})
	w.sessions = bot.NewMemorySessions(30*time.Minute, now)
	cfg := bot.Config{
		City: func() *city.City { return w.city }, Sessions: w.sessions, Inbox: w.inbox, Roster: w.roster, Codes: queue.codes, Sent: db.SMS(),
		Now: now, Log: log,
	}
	for _, edit := range change {
		edit(&cfg)
	}
	w.Bot = bot.New(cfg)
	return w
}

// smsOff is a change of newTown: no provider is configured.
func smsOff(cfg *bot.Config) { cfg.Codes = roster.NewCodes(roster.CodesConfig{}) }

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
