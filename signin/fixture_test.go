package signin_test

import (
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/problem"
	"towncrier/signin"
	"towncrier/signin/signintest"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

const (
	office = "192.0.2.10"
	home   = "198.51.100.20"
	edge   = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0"
	phone  = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Mobile Safari/537.36 MicroMessenger/8.0.50"
)

var boss = audit.Local("root")

// clock is the time of all processes of a test.
type clock struct {
	sync.Mutex
	at time.Time
}

func (c *clock) now() time.Time {
	c.Lock()
	defer c.Unlock()
	return c.at
}

func (c *clock) pass(d time.Duration) {
	c.Lock()
	defer c.Unlock()
	c.at = c.at.Add(d)
}

// process is a process of the city.
type process struct {
	*signin.Service
	staff *staff.Service
	enrol *staff.Enrolment
	db    *store.DB

	wechat *signin.WeChat
}

// city is a city with two admins, an author and an approver.
type city struct {
	t *testing.T
	*clock
	process
	setting func() process // another one
	people  map[string]signintest.Colleague
}

func each(t *testing.T, test func(*testing.T, *city)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, open func() *store.DB) { test(t, newCity(t, open, false)) })
}

func newCity(t *testing.T, open func() *store.DB, rehearsal bool) *city {
	c := &city{t: t, clock: &clock{at: time.Date(2026, 11, 30, 9, 0, 0, 0, time.UTC)}, people: map[string]signintest.Colleague{}}
	c.setting = func() process {
		db := open()
		people := staff.New(db.Staff(), nil, c.now)
		enrol := staff.NewEnrolment(staff.EnrolmentConfig{Store: db.Staff(), Now: c.now})
		return process{signin.New(signin.Config{Store: db.Signin(), Staff: people, Enrolment: enrol, Rehearsal: rehearsal, Now: c.now, QR: drawn{},
			City: func() []string { return []string{"盐湖区", "运城市"} }}), people, enrol, db,
			&signin.WeChat{Store: db.Signin(), QR: drawn{}, Now: c.now}}
	}
	c.process = c.setting()
	for id, role := range map[string]staff.Role{"anna": staff.Admin, "bao": staff.Admin, "xu": staff.Author, "li": staff.Approver} {
		if _, err := c.staff.Add(t.Context(), boss, staff.Person{ID: id, Name: "某" + id, Role: role}); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func (c *city) colleague(id string) signintest.Colleague {
	c.t.Helper()
	if known, ok := c.people[id]; ok {
		return known
	}
	fresh, err := signintest.Enrolled(c.t.Context(), c.Service, c.db.Staff(), c.now, id)
	if err != nil {
		c.t.Fatal(err)
	}
	c.people[id] = fresh
	return fresh
}

// enters signs somebody in, with a code that nobody used.
func (c *city) enters(id, address string) (string, signin.Session) {
	c.t.Helper()
	who := c.colleague(id)
	c.pass(31 * time.Second)
	token, session, err := c.Enter(c.t.Context(), signin.Attempt{ID: id, Passphrase: who.Passphrase, Code: who.Code(c.now()), Address: address, Agent: edge})
	if err != nil {
		c.t.Fatal(err)
	}
	return token, session
}

func (c *city) tries(id, passphrase, code, address string) error {
	_, _, err := c.Enter(c.t.Context(), signin.Attempt{ID: id, Passphrase: passphrase, Code: code, Address: address, Agent: edge})
	return err
}

func (c *city) open(p process, what, token string) staff.Person {
	c.t.Helper()
	who, _, err := p.Resume(c.t.Context(), token)
	if err != nil {
		c.t.Errorf("%s: %v", what, err)
	}
	return who
}

func (c *city) over(p process, what, token string) {
	c.t.Helper()
	if _, _, err := p.Resume(c.t.Context(), token); !errors.Is(err, signin.ErrOver) {
		c.t.Errorf("%s: %v; want it over", what, err)
	}
}

func (c *city) wants(what string, err, want error) {
	c.t.Helper()
	if !errors.Is(err, want) {
		c.t.Errorf("%s: %v; want %v", what, err, want)
	}
}

func (c *city) field(what string, err error, field string) {
	c.t.Helper()
	if at, ok := errors.AsType[*problem.Invalid](err); !ok || at.Field != field {
		c.t.Errorf("%s: %v; want a fault at %s", what, err, field)
	}
}

// recorded are the audit entries of an action, the oldest first, without what is random in them.
func (c *city) recorded(action string) (all []string) {
	c.t.Helper()
	entries, err := c.db.Audit().List(context.WithoutCancel(c.t.Context()), 0, 200, audit.Filter{Action: action})
	if err != nil {
		c.t.Fatal(err)
	}
	for _, e := range entries {
		all = append([]string{strings.Join([]string{string(e.Actor), e.Subject, e.Detail, e.Origin}, "|")}, all...)
	}
	return all
}
