package broadcast_test

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

var (
	author   = broadcast.Official{ID: "li"}
	second   = broadcast.Official{ID: "wang"}
	approver = broadcast.Official{ID: "zhao"}
	chief    = broadcast.Official{ID: "chen", Emergency: true}
	ofC1     = broadcast.Official{ID: "c1", Committee: "C1"}
)

// cityFixture is a city of two committees: C1 with 8 residents and C2 with 4, each with a number and a consent.
type cityFixture struct {
	*testing.T
	db      *store.DB
	store   *broadcasts
	roster  *roster.Roster
	service *broadcast.Service
	lib     *content.Library
	now     time.Time
}

type broadcasts = store.Broadcasts

func at(day, hour, minute int) time.Time {
	return time.Date(2030, 5, day, hour, minute, 0, 0, broadcast.Zone)
}

func newCityFixture(t *testing.T) *cityFixture {
	w := &cityFixture{T: t, db: storetest.One(t), now: at(8, 9, 0)}
	clock := func() time.Time { return w.now }
	w.store = w.db.Broadcasts()
	w.roster = roster.New(roster.Config{Store: w.db.Roster(), Tickets: w.db.Inbox(), Now: clock})
	w.lib = &content.Library{
		City:    content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}},
		Notices: map[string]*content.Notice{"N1": {ID: "N1", Status: content.InForce, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}}},
		Templates: map[string]*content.Template{
			"text":   {ID: "text", Channel: "sms", Code: "SMS_1", Text: "居民您好，${what}。", Vars: []content.TemplateVar{{Name: "what", Type: "text"}}},
			"notice": {ID: "notice", Channel: "template", Code: "t1", Title: "通知", Vars: []content.TemplateVar{{Name: "thing1", Label: "事项", Type: "thing"}}},
		},
	}
	w.service = w.open(broadcast.Config{})
	for code, n := range map[string]int{"C1": 8, "C2": 4} {
		if _, err := w.roster.PutCommittee(t.Context(), audit.System("test"), roster.Committee{Code: code, Name: code, Street: "东街", Area: "某区"}); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			w.resident(code, phone.Number(fmt.Sprintf("1990000%s0%d%d", code[1:], i/10, i%10)))
		}
	}
	return w
}

func (w *cityFixture) open(c broadcast.Config) *broadcast.Service {
	c.Store, c.Content, c.Resident = w.store, func() *content.Library { return w.lib }, w.roster.Get
	c.Now, c.Sign = func() time.Time { return w.now }, "示例市"
	return broadcast.NewService(c)
}

func (w *cityFixture) resident(committee string, number phone.Number) {
	w.Helper()
	_, err := w.roster.Add(w.Context(), audit.System("test"), roster.Resident{
		Phone: number, Committee: committee, PhoneFrom: roster.FromImport, PlaceFrom: roster.FromImport,
		Consents: []roster.Consent{{What: roster.Notices, At: w.now, How: "paper", Basis: roster.ByConsent}},
	})
	if err != nil {
		w.Fatal(err)
	}
}

func proposal() broadcast.Proposal {
	return broadcast.Proposal{
		Title: "牵绳提醒", Topic: "dogs", Cites: []broadcast.Cite{{Notice: "N1", Passage: 1}}, Audience: broadcast.Rule{Area: "某区"},
		Messages: []broadcast.Message{{Channel: broadcast.SMS, Template: "text", Data: map[string]string{"what": "遛狗请牵绳"}}},
		SendAt:   at(8, 10, 0),
	}
}

// ok fails the test on an error, and returns the broadcast.
func (w *cityFixture) ok(b broadcast.Broadcast, err error) broadcast.Broadcast {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
	return b
}

func (w *cityFixture) is(b broadcast.Broadcast, want broadcast.Status) {
	w.Helper()
	if now := w.ok(w.store.Get(w.Context(), b.ID)); now.Status != want {
		w.Fatalf("%s is %s (%s), want %s", b.ID, now.Status, now.Why, want)
	}
}

func (w *cityFixture) refuses(err, want error) {
	w.Helper()
	if !errors.Is(err, want) {
		w.Fatalf("%v, want %v", err, want)
	}
}

func (w *cityFixture) draft(p broadcast.Proposal) broadcast.Broadcast {
	w.Helper()
	return w.ok(w.service.New(w.Context(), author, p))
}

func (w *cityFixture) approved(p broadcast.Proposal) broadcast.Broadcast {
	w.Helper()
	b := w.ok(w.service.Submit(w.Context(), author, w.draft(p).ID))
	return w.ok(w.service.Approve(w.Context(), chief, b.ID, b.Hash))
}

func (w *cityFixture) scheduled(p broadcast.Proposal) broadcast.Broadcast {
	w.Helper()
	return w.ok(w.service.Schedule(w.Context(), chief, w.approved(p).ID))
}

// frozen writes the whole audience down, as an engine does.
func (w *cityFixture) frozen(b broadcast.Broadcast) {
	w.Helper()
	found, next, err := w.store.Candidates(w.Context(), nil, w.now, "", 1000)
	if err != nil || next != "" {
		w.Fatalf("%d candidates, then %q: %v", len(found), next, err)
	}
	planner, slice := w.service.Planner(b), broadcast.Slice{}
	for _, c := range found {
		if b.Reaches(c) {
			plan := planner.Plan(c)
			slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: c.Subject, Channels: plan.Channels, Reason: plan.Reason})
		}
	}
	if written, err := w.store.Freeze(w.Context(), b.ID, slice, w.now); err != nil || !written {
		w.Fatalf("freeze: %t, %v", written, err)
	}
}

// failure is the error of a call.
func failure[T any](_ T, err error) error { return err }

func (w *cityFixture) series(by broadcast.Official, cron string) broadcast.Series {
	w.Helper()
	p := proposal()
	series, err := w.service.NewSeries(w.Context(), by, broadcast.Series{Cron: cron, Until: at(20, 0, 0), Proposal: p})
	if err != nil {
		w.Fatal(err)
	}
	return series
}

func (w *cityFixture) recur(want int) {
	w.Helper()
	if n, err := w.service.Recur(w.Context()); err != nil || n != want {
		w.Fatalf("%d occurrences made, want %d: %v", n, want, err)
	}
}
