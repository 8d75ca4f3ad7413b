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
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

// platform plays a provider: what it does with a letter is the test's. It counts whom it took a message for.
type platform struct {
	mu    sync.Mutex
	batch int
	does  func(n int, l broadcast.Letter) broadcast.Outcome // n counts letters from 1; nil accepts
	asked func(l broadcast.Letter) broadcast.Outcome        // nil knows of what it took
	n     int
	took  map[string]int // by number or openid
	calls map[string]broadcast.Letter
}

func (p *platform) Batch() int { return p.batch }

func (p *platform) Send(_ context.Context, _ broadcast.Message, code string, letters []broadcast.Letter) []broadcast.Outcome {
	outcomes := make([]broadcast.Outcome, len(letters))
	for i, l := range letters {
		p.mu.Lock()
		p.n++
		n, does := p.n, p.does
		p.mu.Unlock()
		outcomes[i] = broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		if does != nil {
			outcomes[i] = does(n, l)
		}
		if outcomes[i].State == broadcast.Accepted {
			p.take(l)
		}
	}
	return outcomes
}

// take counts a message that goes out.
func (p *platform) take(l broadcast.Letter) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.took == nil {
		p.took, p.calls = make(map[string]int), make(map[string]broadcast.Letter)
	}
	p.took[string(l.Phone)+l.OpenID]++
	p.calls[string(l.Phone)+l.OpenID] = l
}

func (p *platform) Ask(_ context.Context, _ broadcast.Message, _ string, letters []broadcast.Letter) []broadcast.Outcome {
	outcomes := make([]broadcast.Outcome, len(letters))
	for i, l := range letters {
		if p.asked != nil {
			outcomes[i] = p.asked(l)
			continue
		}
		outcomes[i] = broadcast.Outcome{State: broadcast.Pending}
		p.mu.Lock()
		if known, ok := p.calls[string(l.Phone)+l.OpenID]; ok && known.OutID == l.OutID {
			outcomes[i] = broadcast.Outcome{State: broadcast.Accepted, Handle: "h-" + l.OutID}
		}
		p.mu.Unlock()
	}
	return outcomes
}

// works is the queue: chunks wait until the test has them sent.
type works struct {
	mu      sync.Mutex
	waiting []broadcast.Chunk
}

func (q *works) Chunk(_ context.Context, c broadcast.Chunk, _ bool) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.waiting = append(q.waiting, c)
	return nil
}

func (q *works) Waiting(context.Context, bool) (int, error) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting), nil
}

// empty takes everything out.
func (q *works) empty() []broadcast.Chunk {
	q.mu.Lock()
	defer q.mu.Unlock()
	chunks := q.waiting
	q.waiting = nil
	return chunks
}

// mill is an engine over a real store, with residents n = 0, 1, 2 …: all have a number, the even ones of followers follow the
// topic on WeChat.
type mill struct {
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

func (m *mill) clock() time.Time {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.now
}

func (m *mill) pass(d time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now = m.now.Add(d)
}

func mobile(n int) phone.Number { return phone.Number(fmt.Sprintf("1990000%04d", n)) }

func follower(n int) string { return fmt.Sprintf("oFollower-%04d", n) }

func eachMill(t *testing.T, residents int, test func(m *mill)) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		m := &mill{T: t, open: open, db: open(), now: at(8, 9, 0), queue: new(works)}
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
func (m *mill) process(s *store.Broadcasts) (*broadcast.Service, *broadcast.Engine) {
	service := broadcast.NewService(broadcast.Config{
		Store: s, Content: func() *content.Library { return m.lib }, Now: m.clock, Sign: "示例市",
		Resident: func(context.Context, string) (roster.Resident, error) { return roster.Resident{}, roster.ErrNotFound },
	})
	return service, broadcast.NewEngine(broadcast.EngineConfig{
		Service: service, Store: s, Queue: m.queue, Log: slog.New(slog.NewTextHandler(m.Output(), nil)),
		Carriers: map[broadcast.Channel]broadcast.Carrier{broadcast.SMS: m.texts, broadcast.Template: m.wechat},
	})
}

func (m *mill) residents(from, to int) {
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
func (m *mill) scheduled(change func(*broadcast.Proposal)) string {
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

func (m *mill) tick() {
	m.Helper()
	if err := m.engine.Tick(m.Context()); err != nil {
		m.Fatal(err)
	}
}

// begin ticks until the audience is frozen: a slow machine needs more than one.
func (m *mill) begin(id string) {
	m.Helper()
	for range 20 {
		if m.tick(); m.get(id).Status == broadcast.Sending {
			return
		}
	}
	m.is(id, broadcast.Sending)
}

// work sends what waits in the queue.
func (m *mill) work() {
	m.Helper()
	for _, c := range m.queue.empty() {
		if err := m.engine.Send(m.Context(), c); err != nil {
			m.Fatal(err)
		}
	}
}

func (m *mill) settle() {
	m.Helper()
	if err := m.engine.Settle(m.Context()); err != nil {
		m.Fatal(err)
	}
}

func (m *mill) get(id string) broadcast.Broadcast {
	m.Helper()
	b, err := m.store.Get(m.Context(), id)
	if err != nil {
		m.Fatal(err)
	}
	return b
}

func (m *mill) is(id string, want broadcast.Status) {
	m.Helper()
	if b := m.get(id); b.Status != want {
		m.Fatalf("it is %s (%s), want %s", b.Status, b.Why, want)
	}
}

// counts is "sms accepted 3, …".
func (m *mill) counts(id string) string {
	m.Helper()
	tally, err := m.store.Tally(m.Context(), id)
	if err != nil {
		m.Fatal(err)
	}
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

func (m *mill) want(id, counts string) {
	m.Helper()
	if got := m.counts(id); got != counts {
		m.Fatalf("deliveries: %s\nwant: %s", got, counts)
	}
}

// exact checks that every tally is what its rows are.
func (m *mill) exact() {
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
	}
}

// once checks that residents from..to-1 were sent one message each, and on how many channels.
func (m *mill) once(from, to int) {
	m.Helper()
	for n := from; n < to; n++ {
		if texts, wechat := m.texts.took[string(mobile(n))], m.wechat.took[follower(n)]; texts+wechat != 1 {
			m.Errorf("resident %d was sent %d texts and %d WeChat messages", n, texts, wechat)
		}
	}
}

// arrive reports every message that was taken as delivered.
func (m *mill) arrive() {
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

func TestEngineSendsOnce(t *testing.T) {
	eachMill(t, 620, func(m *mill) {
		id := m.scheduled(nil)
		m.pass(-time.Minute)
		m.tick()
		m.is(id, broadcast.Scheduled)
		m.pass(time.Minute)
		m.begin(id)
		if b := m.get(id); b.Frozen != 620 {
			t.Errorf("%d recipients, want 620", b.Frozen)
		}
		m.want(id, "sms pending 310, sms planned 310, template pending 310, ")
		chunks := m.queue.empty()
		if len(chunks) != 8 {
			t.Errorf("%d chunks, want 4 a channel", len(chunks))
		}
		// Each chunk comes three times, at the same time, in two processes.
		_, other := m.process(m.open().Broadcasts())
		var all sync.WaitGroup
		for _, c := range chunks {
			for i := range 3 {
				all.Go(func() {
					if err := []*broadcast.Engine{m.engine, other}[i%2].Send(t.Context(), c); err != nil {
						t.Error(err)
					}
				})
			}
		}
		all.Wait()
		m.once(0, 620)
		m.want(id, "sms accepted 310, sms planned 310, template accepted 310, ")
		m.tick()
		m.is(id, broadcast.Sending) // until it is heard of
	})
}

func TestReceiptsEndABroadcast(t *testing.T) {
	eachMill(t, 30, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.tick()
		m.work()
		m.once(0, 30)
		m.arrive()
		m.want(id, "sms delivered 30, ")
		m.arrive() // again
		m.tick()
		m.is(id, broadcast.Done)
		foreign := []sms.Receipt{{Handle: "x", OutID: "B-1", Phone: mobile(1), Delivered: true}}
		if matched, err := m.engine.Receipts(t.Context(), foreign); err != nil || matched[0] {
			t.Errorf("a receipt of another's text matched: %v", err)
		}
	})
}

// TestKilledBetweenClaimAndSettle loses a process before its call, and another one after it.
func TestKilledBetweenClaimAndSettle(t *testing.T) {
	eachMill(t, 220, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.tick()
		chunks := m.queue.empty()
		for i, c := range chunks[:2] {
			claimed, err := m.store.Claim(t.Context(), c, m.clock(), m.clock().Add(2*time.Minute))
			if err != nil || len(claimed.Letters) != 100 {
				t.Fatalf("claimed %d: %v", len(claimed.Letters), err)
			}
			for _, l := range claimed.Letters {
				if l.OutID = claimed.OutID; i == 1 {
					m.texts.take(l)
				}
			}
		}
		m.tick() // the third chunk is pending: it is made up at once
		m.work()
		m.want(id, "sms accepted 20, sms sending 200, ")
		m.pass(2 * time.Minute)
		m.tick()
		m.want(id, "sms accepted 20, sms in_doubt 200, ")
		m.settle()
		m.want(id, "sms accepted 120, sms in_doubt 100, ")
		for range 3 { // once absent is not absent
			m.settle()
			m.tick()
			m.work()
		}
		m.want(id, "sms accepted 120, sms in_doubt 100, ")
		m.pass(5 * time.Minute)
		m.settle()
		m.want(id, "sms accepted 120, sms pending 100, ")
		m.tick()
		m.work()
		m.want(id, "sms accepted 220, ")
		m.once(0, 220)
	})
}

func TestStopSettlesWhatWasClaimed(t *testing.T) {
	eachMill(t, 120, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.tick()
		ctx, stop := context.WithCancel(t.Context())
		m.texts.batch = 10
		m.texts.does = func(n int, l broadcast.Letter) broadcast.Outcome {
			if n == 15 {
				stop()
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		for _, c := range m.queue.empty() {
			if err := m.engine.Send(ctx, c); err != nil {
				t.Fatal(err)
			}
		}
		m.want(id, "sms accepted 20, sms pending 100, ")
		m.tick()
		m.work()
		m.once(0, 120)
	})
}

func TestPauseInFlight(t *testing.T) {
	eachMill(t, 100, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.tick()
		m.texts.batch = 1
		m.texts.does = func(n int, l broadcast.Letter) broadcast.Outcome {
			m.pass(400 * time.Millisecond)
			if n == 10 {
				if _, err := m.service.Pause(t.Context(), author, id, "等一等"); err != nil {
					t.Error(err)
				}
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		m.work()
		if got := m.texts.n; got > 13 {
			t.Errorf("%d letters went, of them %d after the pause: want at most those of a second", got, got-10)
		}
		m.tick()
		if chunks := m.queue.empty(); len(chunks) != 0 {
			t.Errorf("%d chunks of a paused broadcast were queued", len(chunks))
		}
		if _, err := m.service.Resume(t.Context(), author, id); err != nil {
			t.Fatal(err)
		}
		m.tick()
		m.work()
		m.once(0, 100)
	})
}

// TestQueueLost empties the queue in the middle: the rows know what is left.
func TestQueueLost(t *testing.T) {
	eachMill(t, 350, func(m *mill) {
		m.scheduled(textsOnly)
		m.tick()
		lost := m.queue.empty()
		if err := m.engine.Send(t.Context(), lost[1]); err != nil {
			t.Fatal(err)
		}
		m.tick()
		if chunks, _ := m.queue.Waiting(t.Context(), false); chunks != 3 {
			t.Errorf("%d chunks queued again, want 3", chunks)
		}
		m.work()
		for _, c := range lost { // they come after all
			if err := m.engine.Send(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		m.once(0, 350)
	})
}

func TestClockSetBack(t *testing.T) {
	eachMill(t, 100, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.tick()
		m.texts.does = func(n int, l broadcast.Letter) broadcast.Outcome {
			switch {
			case n == 1:
				m.pass(-30 * time.Minute)
			case n > 50:
				return broadcast.Outcome{State: broadcast.Pending, Class: "retry", Wait: time.Minute}
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: l.OutID}
		}
		m.work()
		m.want(id, "sms accepted 50, sms pending 50, ")
		m.texts.does = nil
		m.pass(2 * time.Minute)
		m.tick()
		m.work()
		m.want(id, "sms accepted 100, ")
		m.once(0, 100)
	})
}

func TestOperatorFaultPauses(t *testing.T) {
	eachMill(t, 150, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.tick()
		m.texts.does = func(int, broadcast.Letter) broadcast.Outcome {
			return broadcast.Outcome{State: broadcast.Pending, Class: "operator", Code: "isv.AMOUNT_NOT_ENOUGH", Halt: "余额不足：请充值"}
		}
		m.work()
		if b := m.get(id); b.Status != broadcast.Paused || b.Why != "余额不足：请充值" {
			t.Fatalf("it is %s: %s", b.Status, b.Why)
		}
		if m.texts.n != 100 {
			t.Errorf("%d letters met the fault, want one chunk's", m.texts.n)
		}
		m.texts.does = nil
		if _, err := m.service.Resume(t.Context(), author, id); err != nil {
			t.Fatal(err)
		}
		m.pass(time.Minute)
		m.tick()
		m.work()
		m.once(0, 150)
	})
}

func TestPanicIsInDoubt(t *testing.T) {
	eachMill(t, 20, func(m *mill) {
		id := m.scheduled(nil)
		m.wechat.does = func(n int, l broadcast.Letter) broadcast.Outcome { panic("about " + l.OpenID) }
		m.tick()
		m.work()
		m.want(id, "sms accepted 10, sms planned 10, template in_doubt 10, ")
		for n := 0; n < 20; n += 2 { // the platform had taken them all the same
			if err := m.engine.NoticeResult(t.Context(), broadcast.Template, int64(n+1), follower(n), true, ""); err != nil {
				t.Fatal(err)
			}
		}
		m.arrive()
		m.tick()
		m.is(id, broadcast.Done)
	})
}

func TestFailedGoesOnByText(t *testing.T) {
	eachMill(t, 20, func(m *mill) {
		id := m.scheduled(nil)
		m.wechat.does = func(n int, l broadcast.Letter) broadcast.Outcome {
			if n%2 == 0 {
				return broadcast.Outcome{State: broadcast.Failed, Class: "refused", Code: "43004"}
			}
			return broadcast.Outcome{State: broadcast.Accepted, Handle: fmt.Sprint(n)}
		}
		for range 3 {
			m.tick()
			m.work()
		}
		m.want(id, "sms accepted 15, sms planned 5, template accepted 5, template failed 5, ")
		m.once(0, 20)
	})
}

// TestProviderAway refuses every call for a while: the channel rests, and nothing is lost.
func TestProviderAway(t *testing.T) {
	eachMill(t, 300, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.texts.does = func(int, broadcast.Letter) broadcast.Outcome {
			return broadcast.Outcome{State: broadcast.Pending, Class: "retry"}
		}
		for range 120 { // two minutes
			m.tick()
			m.work()
			m.pass(time.Second)
		}
		if calls := m.texts.n / 100; calls < 5 || calls > 10 {
			t.Errorf("%d calls in two minutes, want 1, 2, 4 … seconds between them", calls)
		}
		m.texts.does = nil
		for range 75 {
			m.tick()
			m.work()
			m.pass(time.Second)
		}
		m.want(id, "sms accepted 300, ")
		m.once(0, 300)
	})
}

func TestWindowAndExpiry(t *testing.T) {
	eachMill(t, 250, func(m *mill) {
		id := m.scheduled(func(p *broadcast.Proposal) {
			textsOnly(p)
			p.Window = broadcast.Window{From: 9 * 60, To: 10*60 + 30}
		})
		m.tick()
		chunks := m.queue.empty()
		if err := m.engine.Send(t.Context(), chunks[0]); err != nil {
			t.Fatal(err)
		}
		m.pass(30 * time.Minute) // closed
		if err := m.engine.Send(t.Context(), chunks[1]); err != nil {
			t.Fatal(err)
		}
		m.tick()
		m.want(id, "sms accepted 100, sms pending 150, ")
		if again := m.queue.empty(); len(again) != 0 {
			t.Errorf("%d chunks were queued outside of the window", len(again))
		}
		m.pass(24 * time.Hour) // too late
		m.tick()
		m.is(id, broadcast.Expired)
		m.tick()
		m.want(id, "sms accepted 100, sms expired 150, ")
		m.arrive()
		m.want(id, "sms delivered 100, sms expired 150, ")
	})
}

func TestNoticeWithdrawnStops(t *testing.T) {
	eachMill(t, 150, func(m *mill) {
		id := m.scheduled(nil)
		m.tick()
		chunks := m.queue.empty()
		if err := m.engine.Send(t.Context(), chunks[0]); err != nil {
			t.Fatal(err)
		}
		gone := *m.lib.Notices["N1"]
		gone.Status = content.Withdrawn
		m.lib = &content.Library{City: m.lib.City, Templates: m.lib.Templates, Notices: map[string]*content.Notice{"N1": &gone}}
		m.tick()
		m.is(id, broadcast.Cancelled)
		for _, c := range chunks {
			if err := m.engine.Send(t.Context(), c); err != nil {
				t.Fatal(err)
			}
		}
		m.tick()
		m.want(id, "sms cancelled 150, template accepted 75, ")
	})
}

// TestGrownAudienceWaits adds residents between approval and freezing.
func TestGrownAudienceWaits(t *testing.T) {
	eachMill(t, 10, func(m *mill) {
		id := m.scheduled(textsOnly)
		m.residents(10, 13)
		m.tick()
		m.is(id, broadcast.Held)
		m.tick()
		if chunks := m.queue.empty(); len(chunks) != 0 {
			t.Fatal("it is sent before the second yes")
		}
		if _, err := m.service.Confirm(t.Context(), approver, id); err != nil {
			t.Fatal(err)
		}
		m.tick()
		m.work()
		m.once(0, 13)
	})
}

// TestFreezeIsResumed cuts ticks off while an audience is frozen, in two processes at once.
func TestFreezeIsResumed(t *testing.T) {
	eachMill(t, 1100, func(m *mill) {
		id := m.scheduled(textsOnly)
		_, other := m.process(m.open().Broadcasts())
		cut, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		if err := m.engine.Tick(cut); err != nil {
			t.Fatal(err)
		}
		var both sync.WaitGroup
		for _, e := range []*broadcast.Engine{m.engine, other} {
			both.Go(func() {
				if err := e.Tick(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		done := make(chan struct{})
		go func() { both.Wait(); close(done) }()
		for frozen := false; !frozen; { // each waits for the queue to be empty before it fills it
			m.queue.empty()
			select {
			case <-done:
				frozen = true
			case <-time.After(10 * time.Millisecond):
			}
		}
		m.queue.empty()
		m.begin(id)
		m.want(id, "sms pending 1100, ")
	})
}

func TestChannelOff(t *testing.T) {
	eachMill(t, 4, func(m *mill) {
		id := m.scheduled(textsOnly)
		delete(m.engine.Carriers, broadcast.SMS)
		m.tick()
		if b := m.get(id); b.Status != broadcast.Paused || b.Why == "" {
			t.Fatalf("it is %s: %s", b.Status, b.Why)
		}
	})
}
