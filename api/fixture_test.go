package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"towncrier/alarm"
	"towncrier/aliyun"
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/content"
	"towncrier/emergency"
	"towncrier/feedback"
	"towncrier/imports"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/notify"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/roster"
	"towncrier/signin"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
	"towncrier/store/storetest"
	"towncrier/unanswered"
)

// Whatever the tests send that no log may hold begins like this.
const (
	numbers = "1990000"  // phone numbers
	openid  = "oConsole" // openids
	keys    = "tck_"     // bearer keys
	private = "私事"       // what residents and officials write
)

// personal is what no answer may hold.
var personal = regexp.MustCompile(`1990000\d{4}|oConsole`)

// published are the telephone numbers of the town, which its content prints.
var published = regexp.MustCompile(`1990000000[12]`)

// lines is everything that was logged by all tests.
var lines struct {
	sync.Mutex
	bytes.Buffer
}

type logged struct{}

func (logged) Write(b []byte) (int, error) {
	lines.Lock()
	defer lines.Unlock()
	return lines.Buffer.Write(b)
}

func TestMain(m *testing.M) {
	code := storetest.Run(m)
	if leak := regexp.MustCompile(`1990000\d{4}|oConsole|tck_[a-z0-9]|私事|idem-`).Find(lines.Bytes()); leak != nil {
		fmt.Printf("FAIL: the log of the tests holds %q\n", leak)
		code = 1
	}
	os.Exit(code)
}

const (
	here  = "C01" // the committee of the test's member
	there = "C02"
)

var roles = []staff.Role{staff.Author, staff.Approver, staff.Committee, staff.Auditor, staff.Admin}

// fixture is the whole API over real HTTP, real rows and a real Redis.
type fixture struct {
	t         testing.TB
	url       string
	calls     *api.Calls
	db        *store.DB
	staff     *staff.Service
	roster    *roster.Roster
	inbox     *inbox.Inbox
	questions *unanswered.Service
	alarms    *alarm.Alarms
	redis     redis.UniversalClient
	key       map[staff.Role]string
	now       *clock

	broadcasts *broadcast.Service
	ledger     *store.Broadcasts

	imports     *imports.Service
	content     api.Content
	emergencies *emergency.Service

	enrolment *staff.Enrolment
	signin    *signin.Service // of a rehearsal: anybody is signed in by one press
	codes     *kv.Codes
	queued    []string // ids of codes to send, the newest last
}

// QueueCode is a roster.CodeQueue: the test reads what a text would say.
func (r *fixture) QueueCode(_ context.Context, id string) error {
	r.queued = append(r.queued, id)
	return nil
}

// texted is the newest code, and the number that it is for.
func (r *fixture) texted() (phone.Number, string) {
	r.t.Helper()
	c, err := r.codes.Get(r.t.Context(), r.queued[len(r.queued)-1], r.now.Now())
	if err != nil {
		r.t.Fatal(err)
	}
	return c.Number, c.Code
}

// qrCodes stands for WeChat's.
type qrCodes struct{}

func (qrCodes) QRCode(_ context.Context, scene string, _ time.Duration) (string, error) {
	return "http://weixin.qq.com/q/" + scene, nil
}

type clock struct {
	sync.Mutex
	at time.Time
}

func (c *clock) Now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.at = c.at.Add(d)
}

// each runs test on SQLite and on PostgreSQL.
func each(t *testing.T, test func(r *fixture)) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) { test(newFixture(t, open())) })
}

// lite runs test on SQLite.
func lite(t *testing.T) *fixture {
	return newFixture(t, storetest.One(t))
}

func newFixture(t testing.TB, db *store.DB, change ...func(*api.Config)) *fixture {
	t.Helper()
	client, closeAll, err := kv.Open(t.Context(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeAll() })
	now := &clock{at: time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)}
	r := &fixture{t: t, db: db, redis: client, key: map[staff.Role]string{}, now: now,
		inbox:  inbox.New(db.Inbox(), now.Now),
		alarms: alarm.New(alarm.Config{Store: db.Alarms(), Log: slog.New(slog.NewJSONHandler(logged{}, nil)), Now: now.Now})}
	r.questions = unanswered.New(unanswered.Config{Store: db.Unanswered(), Askers: kv.NewAskers(client, storetest.Sealer(t), 0), KeepFor: unanswered.Keep, Now: now.Now})
	r.staff = staff.New(db.Staff(), r.alarms, now.Now)
	r.codes = kv.NewCodes(client, storetest.Sealer(t))
	r.enrolment = staff.NewEnrolment(staff.EnrolmentConfig{Store: db.Staff(), SMS: true, Now: now.Now,
		Codes: roster.NewCodes(roster.CodesConfig{Store: r.codes, Queue: r, Enabled: true, Now: now.Now})})
	r.signin = signin.New(signin.Config{Store: db.Signin(), Staff: r.staff, Enrolment: r.enrolment, Rehearsal: true, Now: now.Now})
	r.roster = roster.New(roster.Config{Store: db.Roster(), Tickets: r.inbox, Alarms: r.alarms, Now: now.Now})
	for _, code := range []string{here, there} {
		if _, err := r.roster.PutCommittee(t.Context(), audit.Local("test"), roster.Committee{Code: code, Name: "示例社区" + code}); err != nil {
			t.Fatal(err)
		}
	}
	for _, role := range roles {
		p := staff.Person{ID: string(role) + "-1", Name: "职员" + string(role), Role: role}
		if role.NeedsOwnCommittee() {
			p.Committee = here
		}
		r.key[role] = r.hire(p)
	}
	r.ledger = db.Broadcasts()
	r.broadcasts = broadcast.NewService(broadcast.Config{
		Store: r.ledger, Content: func() *content.Library { return r.content.Live.Current().Library }, Resident: r.roster.Get, Now: now.Now, Sign: "示例小镇",
		Meaning:   func(_ broadcast.Channel, code string) broadcast.CodeInfo { return aliyun.CodeInfo(code) },
		Unprinted: r.unprinted(func() *city.City { return r.content.Live.Current() }),
		Audiences: kv.NewAudiences(client, storetest.Sealer(t)),
		InForce: func(ctx context.Context) (in broadcast.InForce, err error) {
			c, made, err := r.content.Live.InForce(ctx, r.content.Revisions)
			if err != nil {
				return in, err
			}
			return broadcast.InForce{Library: c.Library, Unprinted: r.unprinted(func() *city.City { return c }), Since: made}, nil
		},
	})
	r.townContent()
	r.content.Revisions.Stops = api.StopsOf(r.broadcasts)
	cfg := api.Config{
		Questions: r.questions, Broadcasts: r.broadcasts, Settings: inForce, Checks: standing, Content: r.content,
		Staff: r.staff, Enrolment: r.enrolment, Signin: r.signin, WeChat: &signin.WeChat{Store: db.Signin(), QR: qrCodes{}, Now: now.Now}, Notices: &notify.Service{Store: db.Notices(), Now: now.Now}, Roster: r.roster, Texts: db.SMS(), Inbox: r.inbox, Audit: db.Audit(), Alarms: r.alarms, Feedback: &feedback.Service{Store: db.Feedback(), Now: now.Now},
		Limits: kv.NewLimits(client), Idempotency: db.Idempotency(),
		Log: slog.New(slog.NewTextHandler(logged{}, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: now.Now, Version: "test",
	}
	r.emergencies = emergency.NewService(emergency.Config{
		Store: db.Emergencies(), Content: r.content.Revisions, City: r.content.Live.Current, Worse: r.worse, Staff: r.staff, Now: now.Now, Log: cfg.Log,
		Broadcasts: func(c *city.City) emergency.Broadcasts {
			return r.broadcasts.On(c.Library, r.unprinted(func() *city.City { return c }))
		},
	})
	cfg.Emergencies = r.emergencies
	for _, c := range change {
		c(&cfg)
	}
	r.takeImports(&cfg)
	handler, err := api.New(cfg)
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	r.url, r.calls = server.URL+wire.Prefix, handler.Calls
	return r
}

// takeImports keeps uploaded files in a folder of the test's, unless it has them elsewhere.
func (r *fixture) takeImports(cfg *api.Config) {
	if cfg.Imports == nil {
		cfg.Imports = r.openImports(r.t.TempDir())
	}
	r.imports = cfg.Imports
}

// openImports is what a server has of a folder of uploaded files: until the test ends, it judges and imports what waits there.
func (r *fixture) openImports(folder string) *imports.Service {
	r.t.Helper()
	s, err := imports.Open(imports.Config{Folder: folder, Sealer: storetest.Sealer(r.t), Roster: r.roster, Importer: r.db.Roster(), May: api.ImportAllowed(r.staff), Away: store.Away, Audit: r.db.Audit(),
		Log: slog.New(slog.NewTextHandler(logged{}, nil)), Now: r.now.Now})
	if err != nil {
		r.t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	var running sync.WaitGroup
	running.Go(func() { s.Run(ctx) })
	r.t.Cleanup(func() { cancel(); running.Wait(); s.Close() })
	return s
}

// townContent is the town's folder, with revisions in the database. Nothing follows these: see follow.
func (r *fixture) townContent() {
	r.t.Helper()
	var live *city.Live
	revisions := revision.NewService(revision.Config{
		Store: r.db.Content(), Now: r.now.Now,
		Base:  func() (revision.Folder, error) { return revision.Read(live.Folder()) },
		Judge: func(fsys fs.FS) problem.List { return city.Check(fsys, r.now.Now()) },
		Worse: r.worse,
	})
	live, problems, err := city.Open(r.t.Context(), os.DirFS("../testdata/littletown"), revisions, r.now.Now, slog.New(slog.NewTextHandler(logged{}, nil)))
	if live == nil {
		r.t.Fatal(problems, err)
	}
	live.Filed = api.FiledQuestions(live, r.inbox)
	r.content = api.Content{Revisions: revisions, Live: live}
}

func (r *fixture) worse(ctx context.Context, before, after revision.Folder) ([]string, error) {
	return r.content.Live.Worse(ctx, before.FS(), after.FS())
}

// unprinted is what a message states and no cited passage prints, as the program finds it.
func (r *fixture) unprinted(current func() *city.City) func([]broadcast.Cite, broadcast.Message) []broadcast.Unprinted {
	return func(cites []broadcast.Cite, m broadcast.Message) (all []broadcast.Unprinted) {
		now := current()
		var of []content.Citation
		for _, c := range cites {
			of = append(of, content.Citation(c))
		}
		if t := now.Library.Templates[m.Template]; t != nil {
			for _, u := range now.Unprinted(of, t, m.Data) {
				all = append(all, broadcast.Unprinted{Text: u.Text, Variable: u.Var})
			}
		}
		return all
	}
}

// follow serves every revision from now on, as a process does.
func (r *fixture) follow() {
	ctx, cancel := context.WithCancel(r.t.Context())
	var running sync.WaitGroup
	running.Go(func() { r.content.Live.Follow(ctx, r.content.Revisions) })
	r.t.Cleanup(func() { cancel(); running.Wait() })
}

func townLibrary(t testing.TB) *content.Library {
	lib, problems := content.Load(os.DirFS("../testdata/littletown"))
	if problems.Faults() > 0 {
		t.Fatal(problems)
	}
	return lib
}

func (r *fixture) hire(p staff.Person) (bearer string) {
	r.t.Helper()
	if _, err := r.staff.Add(r.t.Context(), audit.Local("test"), p); err != nil && !errors.Is(err, staff.ErrExists) { // of another process's rig
		r.t.Fatal(err)
	}
	bearer, _, err := stafftest.KeyOf(r.t.Context(), r.db.Staff(), r.now.Now, p.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return bearer
}

// resident registers the nth resident.
func (r *fixture) resident(n int, committee string) roster.Resident {
	r.t.Helper()
	who, err := r.roster.Add(r.t.Context(), audit.Local("test"), roster.Resident{
		Phone: phone.Number(fmt.Sprintf("%s%04d", numbers, n)), Committee: committee, PhoneFrom: roster.FromImport, PlaceFrom: roster.FromImport})
	if err != nil {
		r.t.Fatal(err)
	}
	return who
}

// registers gives a member of staff their own number.
func (r *fixture) registers(id, number string) {
	r.t.Helper()
	if err := r.db.Staff().SetPhone(r.t.Context(), id, phone.Number(number), audit.Staff(id), audit.Act{Actor: audit.Staff(id), Action: "staff.phone", At: r.now.Now()}); err != nil {
		r.t.Fatal(err)
	}
}

func (r *fixture) ticket(text string) string {
	r.t.Helper()
	t, err := r.inbox.File(r.t.Context(), inbox.Filing{From: openid + "-1", Kind: inbox.Suggestion, Text: private + text})
	if err != nil {
		r.t.Fatal(err)
	}
	return t.Number
}

// answer is what came back.
type answer struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	body   string
}

// do asks as a role; body is JSON text, "" for none; more are header names and values.
func (r *fixture) do(role staff.Role, method, path, body string, more ...string) answer {
	r.t.Helper()
	return r.as(r.key[role], method, path, body, more...)
}

func (r *fixture) as(key, method, path, body string, more ...string) answer {
	r.t.Helper()
	a, err := r.try(r.t.Context(), key, method, path, body, more...)
	if err != nil {
		r.t.Fatal(err)
	}
	return a
}

func (r *fixture) try(ctx context.Context, key, method, path, body string, more ...string) (answer, error) {
	req, err := http.NewRequestWithContext(ctx, method, r.url+path, strings.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	if key != "" {
		req.Header.Set("Authorization", "Bearer "+key)
	}
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(more); i += 2 {
		req.Header.Set(more[i], more[i+1])
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return answer{}, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if shown := personal.Find(published.ReplaceAll(text, nil)); shown != nil {
		r.t.Errorf("%s %s shows %q", method, path, shown)
	}
	return answer{r.t, method + " " + path, resp.StatusCode, resp.Header, string(text)}, err
}

// rested gives all keys and addresses back what they have used of their rates.
func (r *fixture) rested() {
	r.t.Helper()
	if err := r.redis.FlushDB(r.t.Context()).Err(); err != nil {
		r.t.Fatal(err)
	}
}

// is demands a status and gives the body as a map.
func (a answer) is(status int) map[string]any {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: %d, want %d: %s", a.what, a.status, status, a.body)
	}
	var m map[string]any
	if a.body != "" {
		if err := json.Unmarshal([]byte(a.body), &m); err != nil {
			a.t.Fatalf("%s: %v in %s", a.what, err, a.body)
		}
	}
	return m
}

// problem demands a problem of a status and a name, about the fields at locations.
func (a answer) problem(status int, name string, locations ...string) {
	a.t.Helper()
	m := a.is(status)
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		a.t.Errorf("%s: Content-Type %q", a.what, got)
	}
	if m["type"] != "urn:towncrier:problem:"+name || m["status"] != float64(status) || m["title"] != http.StatusText(status) || m["request"] != a.header.Get("X-Request-Id") {
		a.t.Errorf("%s: problem %s, want %s", a.what, a.body, name)
	}
	var got []string
	faults, _ := m["errors"].([]any)
	for _, f := range faults {
		got = append(got, f.(map[string]any)["location"].(string))
	}
	if fmt.Sprint(got) != fmt.Sprint(locations) {
		a.t.Errorf("%s: errors at %v, want %v: %s", a.what, got, locations, a.body)
	}
}
