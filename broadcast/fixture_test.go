package broadcast_test

import (
	"context"
	"fmt"
	"log/slog"
	"maps"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/broadcast/broadcasttest"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

// engineFixture is an engine over a real store, with residents n = 0, 1, 2 …: all have a number, the even ones of followers follow the
// topic on WeChat.
type engineFixture struct {
	*testing.T
	db      *store.DB
	store   *store.Broadcasts
	service *broadcast.Service
	engine  *broadcast.Engine
	lib     *content.Library
	queue   *works
	texts   *platform
	wechat  *platform
	open    func() *store.DB

	mu  sync.Mutex
	now time.Time
}

func (m *engineFixture) clock() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *engineFixture) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func mobile(n int) phone.Number { return phone.Number(fmt.Sprintf("1990000%04d", n)) }

func follower(n int) string { return fmt.Sprintf("oFollower-%04d", n) }

func eachMill(t *testing.T, residents int, test func(m *engineFixture)) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		m := &engineFixture{T: t, open: open, db: open(), now: at(8, 9, 0), queue: new(works)}
		m.texts, m.wechat = &platform{batch: 100}, &platform{batch: 100}
		m.store = m.db.Broadcasts()
		m.lib = &content.Library{
			City: content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}},
			Notices: map[string]*content.Notice{
				"N1": {ID: "N1", Status: content.InForce, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}},
			},
			Templates: map[string]*content.Template{
				"text":   {ID: "text", Channel: "sms", Code: "SMS_1", Text: "居民您好，${what}。", Vars: []content.TemplateVar{{Name: "what", Type: "text"}}},
				"notice": {ID: "notice", Channel: "template", Code: "t1", Title: "通知", Vars: []content.TemplateVar{{Name: "thing1", Label: "事项", Type: "thing"}}},
			},
		}
		m.service, m.engine = m.process(m.store)
		for from := 0; from < residents; from += 100 {
			m.residents(from, min(from+100, residents))
		}
		test(m)
		m.exact()
	})
}

// process is another one's service and engine on the same store and queue.
func (m *engineFixture) process(s *store.Broadcasts) (*broadcast.Service, *broadcast.Engine) {
	service := broadcast.NewService(broadcast.Config{
		Store: s, Content: func() *content.Library { return m.lib }, Now: m.clock, Sign: "示例市",
		Resident: func(context.Context, string) (roster.Resident, error) { return roster.Resident{}, roster.ErrNoResident },
	})
	return service, broadcast.NewEngine(broadcast.EngineConfig{
		Service: service, Store: s, Queue: m.queue, Log: slog.New(slog.NewTextHandler(m.Output(), nil)),
		Providers: map[broadcast.Channel]broadcast.Provider{broadcast.SMS: m.texts, broadcast.Template: m.wechat},
		Breakers:  map[broadcast.Channel]*broadcast.Breaker{broadcast.SMS: m.texts.breaker, broadcast.Template: m.wechat.breaker},
	})
}

func (m *engineFixture) residents(from, to int) {
	m.Helper()
	var keys []roster.Key
	var all []roster.Resident
	for n := from; n < to; n++ {
		r := roster.Resident{
			ID: fmt.Sprintf("%032x", n+1), Phone: mobile(n), PhoneFrom: roster.FromImport, CreatedAt: m.now, UpdatedAt: m.now,
			Consents: []roster.Consent{{What: roster.Notices, At: m.now, How: "paper", Basis: roster.ByConsent}},
		}
		if n%2 == 0 {
			r.OpenID = follower(n)
			r.Preferences = []roster.Preference{{Topic: "dogs", Channel: roster.WeChat, Wants: true, At: m.now.Add(-time.Hour)}}
		}
		if n < 8 {
			r.Tags = []string{"first"}
		}
		keys, all = append(keys, roster.Key{ID: r.ID}, roster.Key{Phone: r.Phone}), append(all, r)
	}
	err := m.db.Roster().Edit(m.Context(), keys, func([]roster.Found) (roster.Edit, error) {
		return roster.Edit{Save: all, Acts: []audit.Act{{Actor: audit.System("test"), Action: "resident.add", At: m.now}}}, nil
	})
	if err != nil {
		m.Fatal(err)
	}
}

// scheduled is a broadcast that goes at ten, when it is.
func (m *engineFixture) scheduled(change func(*broadcast.Proposal)) string {
	m.Helper()
	p := broadcast.Proposal{
		Title: "牵绳提醒", Topic: "dogs", Cites: []broadcast.Cite{{Notice: "N1", Passage: 1}}, Audience: broadcast.Rule{All: true},
		Messages: []broadcast.Message{
			{Channel: broadcast.Template, Template: "notice", Data: map[string]string{"thing1": "遛狗请牵绳"}},
			{Channel: broadcast.SMS, Template: "text", Data: map[string]string{"what": "遛狗请牵绳"}},
		},
		SendAt: at(8, 10, 0),
	}
	if change != nil {
		change(&p)
	}
	b, err := m.service.New(m.Context(), author, p)
	if err == nil {
		b, err = m.service.Submit(m.Context(), author, b.ID)
	}
	if err == nil {
		b, err = m.service.Approve(m.Context(), approver, b.ID, b.Hash)
	}
	if err == nil {
		b, err = m.service.Schedule(m.Context(), author, b.ID)
	}
	if err != nil {
		m.Fatal(err)
	}
	m.mu.Lock()
	m.now = at(8, 10, 0)
	m.mu.Unlock()
	return b.ID
}

func textsOnly(p *broadcast.Proposal) { p.Messages = p.Messages[1:] }

func (m *engineFixture) tick() {
	m.Helper()
	if err := m.engine.Tick(m.Context()); err != nil {
		m.Fatal(err)
	}
}

// begin ticks until the audience is frozen: a slow machine needs more than one.
func (m *engineFixture) begin(id string) {
	m.Helper()
	for range 20 {
		if m.tick(); m.get(id).Status == broadcast.Sending {
			return
		}
	}
	m.is(id, broadcast.Sending)
}

// work sends what waits in the queue.
func (m *engineFixture) work() {
	m.Helper()
	for _, c := range m.queue.empty() {
		if err := m.engine.Send(m.Context(), c); err != nil {
			m.Fatal(err)
		}
	}
}

func (m *engineFixture) settle() {
	m.Helper()
	if err := m.engine.ResolveDoubts(m.Context()); err != nil {
		m.Fatal(err)
	}
}

func (m *engineFixture) get(id string) broadcast.Broadcast {
	m.Helper()
	b, err := m.store.Get(m.Context(), id)
	if err != nil {
		m.Fatal(err)
	}
	return b
}

func (m *engineFixture) is(id string, want broadcast.Status) {
	m.Helper()
	if b := m.get(id); b.Status != want {
		m.Fatalf("it is %s (%s), want %s", b.Status, b.Why, want)
	}
}

func (m *engineFixture) tally(id string) []broadcast.Count {
	m.Helper()
	tally, err := m.store.Tally(m.Context(), id)
	if err != nil {
		m.Fatal(err)
	}
	return tally
}

// counts is "sms accepted 3, …".
func (m *engineFixture) counts(id string) string {
	m.Helper()
	tally := m.tally(id)
	by := make(map[string]int)
	for _, c := range tally {
		if c.N != 0 {
			by[string(c.Channel)+" "+string(c.State)] += c.N
		}
	}
	text := ""
	for _, key := range slices.Sorted(maps.Keys(by)) {
		text += fmt.Sprintf("%s %d, ", key, by[key])
	}
	return text
}

func (m *engineFixture) want(id, counts string) {
	m.Helper()
	if got := m.counts(id); got != counts {
		m.Fatalf("deliveries: %s\nwant: %s", got, counts)
	}
}

// exact checks that every tally is what its rows are.
func (m *engineFixture) exact() {
	m.Helper()
	all, _, err := m.store.List(m.Context(), broadcast.Filter{}, "", 100)
	if err != nil {
		m.Fatal(err)
	}
	for _, b := range all {
		tally, err := m.store.Tally(m.Context(), b.ID)
		if err != nil {
			m.Fatal(err)
		}
		rows, err := m.store.Recount(m.Context(), b.ID)
		if err != nil {
			m.Fatal(err)
		}
		tally = slices.DeleteFunc(tally, func(c broadcast.Count) bool { return c.N == 0 })
		if !slices.Equal(tally, rows) {
			m.Errorf("%s: the tally is %v, the rows %v", b.ID, tally, rows)
		}
		arrivals, err := m.store.Arrivals(m.Context(), b.ID, time.Time{})
		if err != nil {
			m.Fatal(err)
		}
		if differ := broadcasttest.Delivered(tally, arrivals); differ != "" {
			m.Errorf("%s: %s", b.ID, differ)
		}
	}
}

// once checks that residents from..to-1 were sent one message each, and on how many channels.
func (m *engineFixture) once(from, to int) {
	m.Helper()
	for n := from; n < to; n++ {
		if texts, wechat := m.texts.took[string(mobile(n))], m.wechat.took[follower(n)]; texts+wechat != 1 {
			m.Errorf("resident %d was sent %d texts and %d WeChat messages", n, texts, wechat)
		}
	}
}

// arrive reports every message that was taken as delivered.
func (m *engineFixture) arrive() {
	m.Helper()
	var receipts []sms.Receipt
	for _, l := range m.texts.calls {
		receipts = append(receipts, sms.Receipt{Handle: "h-" + l.OutID, OutID: l.OutID, Phone: l.Phone, Delivered: true, Code: "DELIVERED"})
	}
	matched, err := m.engine.Receipts(m.Context(), receipts)
	if err != nil || slices.Contains(matched, false) {
		m.Fatalf("receipts of our texts matched %v: %v", matched, err)
	}
	for _, l := range m.wechat.calls {
		if err := m.engine.NoticeResult(m.Context(), broadcast.Template, 0, l.OpenID, true, ""); err != nil {
			m.Fatal(err)
		}
	}
}
