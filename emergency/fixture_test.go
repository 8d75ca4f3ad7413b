package emergency_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/emergency"
	"towncrier/phone"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/roster"
	"towncrier/seal"
	"towncrier/sms"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

// The people of the tests: wang writes, li and zhao may approve, and zhao has no number.
var (
	wang = broadcast.Official{ID: "wang"}
	li   = broadcast.Official{ID: "li", Emergency: true}
	zhao = broadcast.Official{ID: "zhao", Emergency: true}
)

// noon is when the tests begin.
var noon = time.Date(2030, time.May, 7, 4, 0, 0, 0, time.UTC)

// process is a Service on a database, as one process has it.
type process struct {
	t *testing.T
	*emergency.Service
	db         *store.DB
	contents   *revision.Service
	broadcasts *broadcast.Service
	left       atomic.Int64 // writes before it dies
	now        time.Time

	mu   sync.Mutex
	sent []string // out ids of texts
}

// errDead is what everything comes to after a process died.
var errDead = errors.New("dead")

func (p *process) alive() error {
	if p.left.Load() <= 0 {
		return errDead
	}
	return nil
}

// wrote counts a write that was made: the process may die right after it.
func (p *process) wrote(err error) error {
	if err == nil && p.left.Add(-1) <= 0 {
		return errDead
	}
	return err
}

type mortalStore struct {
	emergency.Store
	*process
}

func (s mortalStore) Get(ctx context.Context, id string) (emergency.Emergency, error) {
	e, err := s.Store.Get(ctx, id)
	return e, errors.Join(s.alive(), err)
}

func (s mortalStore) Change(ctx context.Context, id string, decide func(*emergency.Emergency) (audit.Act, error)) (emergency.Emergency, error) {
	if err := s.alive(); err != nil {
		return emergency.Emergency{}, err
	}
	e, err := s.Store.Change(ctx, id, decide)
	return e, s.wrote(err)
}

type mortalContent struct {
	revision.Store
	*process
}

func (s mortalContent) Append(ctx context.Context, step revision.Step, act audit.Act) error {
	if err := s.alive(); err != nil {
		return err
	}
	return s.wrote(s.Store.Append(ctx, step, act))
}

type mortalBroadcasts struct {
	broadcast.BroadcastStore
	*process
}

func (s mortalBroadcasts) Create(ctx context.Context, b broadcast.Broadcast, act audit.Act) (bool, error) {
	if err := s.alive(); err != nil {
		return false, err
	}
	created, err := s.BroadcastStore.Create(ctx, b, act)
	return created, s.wrote(err)
}

func (s mortalBroadcasts) Change(ctx context.Context, id string, decide func(*broadcast.Broadcast) ([]audit.Act, error)) (broadcast.Broadcast, error) {
	if err := s.alive(); err != nil {
		return broadcast.Broadcast{}, err
	}
	b, err := s.BroadcastStore.Change(ctx, id, decide)
	return b, s.wrote(err)
}

// Send is an sms.Sender that takes every text.
func (p *process) Send(_ context.Context, t sms.Text) (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sent = append(p.sent, t.OutID)
	return "biz", nil
}

func (p *process) texts() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.sent)
}

// begin is a process on a database, which dies after so many writes.
func begin(t *testing.T, db *store.DB, writes int64) *process {
	t.Helper()
	folder, err := revision.Read(os.DirFS("../testdata/littletown"))
	if err != nil {
		t.Fatal(err)
	}
	p := &process{t: t, db: db, now: noon}
	p.left.Store(writes)
	clock := func() time.Time { return p.now }
	p.contents = revision.NewService(revision.Config{Store: mortalContent{db.Content(), p}, Base: func() (revision.Folder, error) { return folder, nil },
		Judge: func(fsys fs.FS) problem.List { return city.Check(fsys, p.now) }, Now: clock})
	p.broadcasts = broadcast.NewService(broadcast.Config{Store: mortalBroadcasts{db.Broadcasts(), p}, Now: clock, Sign: "示例小镇"})
	log := slog.New(slog.DiscardHandler)
	p.Service = emergency.NewService(emergency.Config{
		Store: mortalStore{db.Emergencies(), p}, Content: p.contents, City: p.city, Staff: staff.New(db.Staff(), nil, clock), Now: clock, Log: log,
		Texts:      sms.New(sms.Config{Store: db.SMS(), Sender: p, Now: clock, Log: log}),
		Broadcasts: func(c *city.City) emergency.Broadcasts { return p.broadcasts.On(c.Library, nil) },
	})
	return p
}

// city is what the newest revision says.
func (p *process) city() *city.City {
	_, folder, err := p.contents.Head(context.Background())
	if err != nil {
		p.t.Fatal(err)
	}
	c, problems := city.Read(folder.FS(), p.now)
	if c == nil {
		p.t.Fatal(problems)
	}
	return c
}

// people puts a resident, an author and two approvers into a database.
func people(t *testing.T, db *store.DB) {
	t.Helper()
	ctx, clock := t.Context(), func() time.Time { return noon }
	residents := roster.New(roster.Config{Store: db.Roster(), Now: clock})
	for n := range 12 {
		_, err := residents.Add(ctx, audit.Local("test"), roster.Resident{Phone: phone.Number(fmt.Sprintf("1990000%04d", n)), PhoneFrom: roster.FromImport,
			Consents: []roster.Consent{{What: roster.Notices, Basis: roster.ByConsent, How: "paper", At: noon}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	colleagues := staff.New(db.Staff(), nil, clock)
	for id, role := range map[string]staff.Role{"wang": staff.Author, "li": staff.Approver, "zhao": staff.Approver, "sun": staff.Auditor} {
		if _, err := colleagues.Add(ctx, audit.Local("test"), staff.Person{ID: id, Name: id, Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	act := audit.Act{Actor: audit.Staff("li"), Action: "staff.phone", Subject: "li", At: noon}
	if err := db.Staff().SetPhone(ctx, "li", "19900009992", audit.Staff("li"), act); err != nil {
		t.Fatal(err)
	}
}

// burstMain is what an official fills in.
var burstMain = emergency.Draft{Template: "停水", Audience: broadcast.Rule{All: true},
	Fields: map[string]string{"what": "供水主管道爆裂", "where": "东街", "since": "12:00", "advice": "请提前储水", "issuer": "示例水站"}}

// state is all that matters of how things stand, ids left out where they are random.
func (p *process) state(id string) string {
	p.t.Helper()
	ctx := context.Background()
	e, err := p.db.Emergencies().Get(ctx, id)
	if err != nil {
		p.t.Fatal(err)
	}
	revisions, err := p.db.Content().Revisions(ctx, 0, 100)
	if err != nil {
		p.t.Fatal(err)
	}
	all, _, err := p.db.Broadcasts().List(ctx, broadcast.Filter{}, "", 100)
	if err != nil {
		p.t.Fatal(err)
	}
	text := fmt.Sprintf("%s %s revision %d, paused by %q;", id, e.Status, e.Revision, e.PausedBy)
	for _, r := range revisions {
		text += fmt.Sprintf(" %d %s %s %s %s;", r.Number, r.Kind, r.Notice, r.Author, r.Folder[:8])
	}
	slices.SortFunc(all, func(a, b broadcast.Broadcast) int { return a.CreatedAt.Compare(b.CreatedAt) })
	for _, b := range all {
		text += fmt.Sprintf(" %s %s by %s and %s to %d;", b.ID, b.Status, b.Author, b.Approver, b.Size)
	}
	return text
}

// fresh is a database with people, and the emergency that wang declared in it.
func fresh(t *testing.T) (setting string, sealer *seal.Sealer, e emergency.Emergency) {
	t.Helper()
	setting, sealer = storetest.FreshSQLite(t), storetest.Sealer(t)
	db, err := store.Open(t.Context(), setting, sealer)
	if err != nil {
		t.Fatal(err)
	}
	people(t, db)
	sight, err := begin(t, db, forEver).Declare(t.Context(), wang, burstMain)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	return setting, sealer, sight.Emergency
}

const forEver = 1 << 40
