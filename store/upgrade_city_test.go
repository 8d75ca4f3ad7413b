package store_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
)

// upgradeCity is a database with something of everything, through the services of the domain.
type upgradeCity struct {
	*testing.T
	db  *store.DB
	now time.Time
	// notes are what the one who wrote the city was told once, and what is random: keys, codes, ids.
	notes map[string]string

	lib      *content.Library
	people   *roster.Roster
	tickets  *inbox.Inbox
	team     *staff.Service
	enrol    *staff.Enrolment
	texts    *sms.Outbox
	alarms   *alarm.Alarms
	rows     *store.Broadcasts
	messages *broadcast.Service
}

// upgradeMaster is the master key of the kept databases, whose numbers are nobody's.
func upgradeMaster() []byte {
	key := sha256.Sum256([]byte("the key of the test's made-up city"))
	return key[:]
}

var (
	upgradeBegan = time.Date(2030, 5, 8, 9, 0, 0, 0, broadcast.Zone) // a Wednesday
	boss, wang   = audit.Staff("boss"), audit.Staff("wang")
	author       = broadcast.Official{ID: "li"}
	chief        = broadcast.Official{ID: "chen", Emergency: true}
)

const (
	upgradeFollower, upgradeOther = "oUpgrade-0001", "oUpgrade-0002"
	callbackKey                   = "k1"
	upgradeTemplate               = "template-1"
	upgradeList                   = "LUPGRADE001"
)

func upgradeNumber(n int) phone.Number { return phone.Number(fmt.Sprintf("1990000%04d", n)) }

func openUpgradeCity(t *testing.T, setting string) *upgradeCity {
	t.Helper()
	db, err := store.Open(t.Context(), setting, newBox(t, upgradeMaster()))
	if err != nil {
		t.Fatal(err)
	}
	c := &upgradeCity{T: t, db: db, now: upgradeBegan, notes: make(map[string]string), rows: db.Broadcasts()}
	t.Cleanup(c.close)
	clock, log := func() time.Time { return c.now }, slog.New(slog.NewTextHandler(t.Output(), nil))
	c.lib = &content.Library{
		City:    content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}},
		Notices: map[string]*content.Notice{"N1": {ID: "N1", Status: content.InForce, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}}},
		Templates: map[string]*content.Template{
			"text": {ID: "text", Channel: "sms", Code: "SMS_1", Text: "居民您好，${what}。", Vars: []content.TemplateVar{{Name: "what", Type: "text"}}},
		},
	}
	c.tickets = inbox.New(db.Inbox(), clock)
	c.people = roster.New(roster.Config{Store: db.Roster(), Tickets: c.tickets, Now: clock})
	c.team = staff.New(db.Staff(), nil, clock)
	c.enrol = staff.NewEnrolment(staff.EnrolmentConfig{Store: db.Staff(), Now: clock})
	c.alarms = alarm.New(alarm.Config{Store: db.Alarms(), Log: log, Now: clock})
	c.texts = sms.New(sms.Config{Store: db.SMS(), Sender: acceptsAll{}, Stops: c.people, Now: clock, Log: log})
	c.messages = broadcast.NewService(broadcast.Config{
		Store: c.rows, Content: func() *content.Library { return c.lib }, Resident: c.people.Get, Now: clock, Sign: "示例市",
	})
	return c
}

func (c *upgradeCity) close() {
	if c.db == nil {
		return
	}
	if err := c.db.Close(); err != nil {
		c.Error(err)
	}
	c.db = nil
}

// acceptsAll is a provider that accepts every text.
type acceptsAll struct{}

func (acceptsAll) Send(_ context.Context, t sms.Text) (string, error) {
	return "call-of-" + t.OutID, nil
}

func (c *upgradeCity) must(err error) {
	c.Helper()
	if err != nil {
		c.Fatal(err)
	}
}

// write fills an empty database.
func (c *upgradeCity) write() {
	c.writeStaff()
	c.writeResidents()
	c.writeTexts()
	c.writeTickets()
	c.writeBroadcasts()
	c.writeRequests()
	head, err := c.db.Audit().Head(c.Context())
	c.must(err)
	c.notes["audit"] = head.String()
}

func (c *upgradeCity) writeStaff() {
	ctx := c.Context()
	for _, p := range []staff.Person{
		{ID: "boss", Name: "管理员甲", Role: staff.Admin}, {ID: "wang", Name: "管理员乙", Role: staff.Admin},
		{ID: "li", Name: "作者", Role: staff.Author}, {ID: "chen", Name: "审批人", Role: staff.Approver}, {ID: "gone", Name: "已离职", Role: staff.Auditor},
	} {
		_, err := c.team.Add(ctx, audit.Local("root"), p)
		c.must(err)
	}
	var err error
	c.notes["key"], _, err = stafftest.KeyOf(ctx, c.db.Staff(), func() time.Time { return c.now.Add(-time.Hour) }, "li")
	c.must(err)
	c.notes["ended"], _, err = stafftest.KeyOf(ctx, c.db.Staff(), func() time.Time { return c.now.Add(-2 * time.Hour) }, "gone")
	c.must(err)
	c.must(c.team.Disable(ctx, audit.Local("root"), "gone", true))
	c.must(c.db.Staff().SetPhone(ctx, "wang", upgradeNumber(9), audit.Local("root"), audit.Act{Actor: audit.Local("root"), Action: "staff.phone", Subject: "wang", At: c.now}))
	c.notes["activation"], _, err = c.enrol.InviteAdmin(ctx, audit.Local("root"), "boss", "")
	c.must(err)
}

func (c *upgradeCity) writeResidents() {
	ctx := c.Context()
	for _, committee := range []roster.Committee{
		{Code: "C1", Name: "一社区居委会", Street: "东街", Area: "某区", Communities: []string{"桃园", "柳园"}}, {Code: "C2", Name: "二社区居委会", Street: "西街", Area: "某区"},
	} {
		_, err := c.people.PutCommittee(ctx, boss, committee)
		c.must(err)
	}
	paper := []roster.Consent{{What: roster.Notices, At: c.now.Add(-time.Hour), How: "paper", Basis: roster.ByConsent}}
	var erased roster.Resident
	for n := range 7 {
		r := roster.Resident{Phone: upgradeNumber(n), Committee: "C1", Consents: paper}
		if n == 1 {
			r.Community, r.Tags = "桃园", []string{"独居", "高龄"}
		}
		if n == 5 {
			r.Committee = "C2"
		}
		added, err := c.people.Add(ctx, boss, r)
		c.must(err)
		if n == 6 {
			erased = added
		}
	}
	_, err := c.people.Bind(ctx, upgradeFollower, upgradeNumber(0))
	c.must(err)
	c.must(c.people.Prefer(ctx, upgradeFollower, "dogs", roster.WeChat, true))
	c.must(c.people.Prefer(ctx, upgradeFollower, "dogs", roster.SMS, false))
	_, err = c.rows.Subscribe(ctx, upgradeFollower, upgradeTemplate, true, c.now)
	c.must(err)
	c.must(c.people.Meet(ctx, upgradeOther))
	c.must(c.people.SetPlace(ctx, upgradeOther, "C2", ""))
	c.must(c.people.StopSMS(ctx, upgradeNumber(2), roster.ViaChat))
	c.must(c.people.Erase(ctx, boss, erased.ID))

	// An import that was cut off after its first slice.
	state, err := c.db.Roster().BeginImport(ctx, [32]byte{1}, audit.Act{Actor: boss, Action: "roster.import", At: c.now})
	c.must(err)
	slice := roster.ImportSlice{UpTo: 1, Rows: roster.NewImportRows(roster.ImportRow{Phone: upgradeNumber(7), Committee: "C2", Consent: paper[0]})}
	c.must(c.db.Roster().WriteSlice(ctx, state.ID, slice, func(roster.ImportCounts) {}))

	e, err := c.people.AskNumbersExport(ctx, boss, "C1", "打电话")
	c.must(err)
	_, err = c.people.ConfirmNumbersExport(ctx, wang, e.ID)
	c.must(err)
	c.notes["export"] = e.ID
}

func (c *upgradeCity) writeTexts() {
	ctx := c.Context()
	for _, id := range []string{"t1", "t2"} {
		_, err := c.texts.Send(ctx, sms.Code, sms.Text{To: upgradeNumber(1), Template: "SMS_2", OutID: id})
		c.must(err)
	}
	c.must(c.texts.TakeReceipts(ctx, []sms.Receipt{{OutID: "t1", Handle: "call-of-t1", Phone: upgradeNumber(1), Delivered: true, Code: "DELIVERED", Parts: 1, SentAt: c.now, ReportedAt: c.now, Raw: "r1"}}))
	c.must(c.texts.TakeReplies(ctx, []sms.Reply{{ID: "s1", Phone: upgradeNumber(3), Content: "T", At: c.now, Via: callbackKey, Raw: "s1"}}))
	_, err := c.texts.Process(ctx)
	c.must(err)
	// Pushed, and not handled yet.
	c.must(c.texts.TakeReplies(ctx, []sms.Reply{{ID: "s2", Phone: upgradeNumber(4), Content: "退订", At: c.now, Via: callbackKey, Raw: "s2"}}))
	undo, err := c.people.AskUndo(ctx, boss, roster.Undo{Key: callbackKey, Since: c.now.Add(-time.Hour), Until: c.now, Why: "密钥泄露"})
	c.must(err)
	c.notes["undo"] = undo.ID
}

func (c *upgradeCity) writeTickets() {
	ctx, owner := c.Context(), "市民中心"
	file := func(from string, kind inbox.Kind, text, message string) inbox.Ticket {
		c.now = c.now.Add(time.Minute)
		t, err := c.tickets.File(ctx, inbox.Filing{From: from, Kind: kind, Text: text, Where: "东街", Topic: "lamps", At: c.now, Message: message})
		c.must(err)
		return t
	}
	answered := file(upgradeFollower, inbox.Suggestion, "路灯坏了", "m1")
	_, err := c.tickets.Answer(ctx, wang, answered.Number, owner, "已修好")
	c.must(err)
	told := file(upgradeOther, inbox.Suggestion, "井盖松了", "m2")
	_, err = c.tickets.Answer(ctx, wang, told.Number, owner, "已固定")
	c.must(err)
	_, err = c.tickets.Collect(ctx, upgradeOther, "m3")
	c.must(err)
	closed := file(upgradeFollower, inbox.Handoff, "转人工", "m4")
	_, err = c.tickets.Close(ctx, wang, closed.Number, owner)
	c.must(err)
	open := file(upgradeFollower, inbox.Question, "犬证在哪里办", "m5")
	_, err = c.tickets.Propose(ctx, wang, open.Number, owner, "派出所")
	c.must(err)
	_, err = c.tickets.FileReply(ctx, inbox.SMSReply{From: upgradeNumber(1), Text: "谢谢", At: c.now, Message: "m6"})
	c.must(err)
}

func (c *upgradeCity) proposal(title string, of broadcast.Rule) broadcast.Proposal {
	return broadcast.Proposal{
		Title: title, Topic: "dogs", Cites: []broadcast.Cite{{Notice: "N1", Passage: 1}}, Audience: of,
		Messages: []broadcast.Message{{Channel: broadcast.SMS, Template: "text", Data: map[string]string{"what": title}}},
		SendAt:   upgradeBegan.Add(time.Hour),
	}
}

// broadcast brings a broadcast to a status by what officials do.
func (c *upgradeCity) broadcast(title string, status broadcast.Status, of broadcast.Rule) broadcast.Broadcast {
	c.Helper()
	ctx := c.Context()
	b, err := c.messages.New(ctx, author, c.proposal(title, of))
	for _, step := range []struct {
		to broadcast.Status
		do func() (broadcast.Broadcast, error)
	}{
		{broadcast.Submitted, func() (broadcast.Broadcast, error) { return c.messages.Submit(ctx, author, b.ID) }},
		{broadcast.Approved, func() (broadcast.Broadcast, error) { return c.messages.Approve(ctx, chief, b.ID, b.Hash) }},
		{broadcast.Scheduled, func() (broadcast.Broadcast, error) { return c.messages.Schedule(ctx, author, b.ID) }},
	} {
		if c.must(err); b.Status == status {
			return b
		}
		b, err = step.do()
	}
	c.must(err)
	return b
}

func (c *upgradeCity) writeBroadcasts() {
	ctx := c.Context()
	c.now = upgradeBegan
	all, list := broadcast.Rule{Area: "某区"}, upgradeList
	c.must(c.rows.CreateList(ctx, broadcast.NumberList{ID: list, Title: "名单", Author: "li", CreatedAt: c.now}, audit.Act{Actor: audit.Staff("li"), Action: "list.add", Subject: list, At: c.now}))
	var numbers []phone.Number // of residents, and of nobody
	for n := range 24 {
		numbers = append(numbers, upgradeNumber(n))
	}
	c.must(c.rows.AddNumbers(ctx, list, numbers,
		audit.Act{Actor: audit.Staff("li"), Action: "list.numbers", Subject: list, At: c.now}))
	series, err := c.messages.NewSeries(ctx, author, broadcast.Series{Cron: "0 9 * * 1", Until: upgradeBegan.AddDate(0, 1, 0), Proposal: c.proposal("每周提醒", all)})
	c.must(err)
	_, err = c.messages.ApproveSeries(ctx, chief, series.ID, series.Hash)
	c.must(err)

	c.broadcast("草稿", broadcast.Draft, all)
	c.broadcast("待批", broadcast.Submitted, broadcast.Rule{List: list})
	c.broadcast("已批", broadcast.Approved, broadcast.Rule{List: list})
	c.broadcast("待发", broadcast.Scheduled, all)
	cancelled := c.broadcast("撤销", broadcast.Scheduled, all)
	_, err = c.messages.Cancel(ctx, author, cancelled.ID, "不发了")
	c.must(err)
	sending, done := c.broadcast("在发", broadcast.Scheduled, all), c.broadcast("已发", broadcast.Scheduled, broadcast.Rule{Committee: "C2"})

	c.now = upgradeBegan.Add(time.Hour)
	c.must(c.rows.Serve(ctx, []broadcast.Channel{broadcast.SMS}, c.now))
	for _, b := range []broadcast.Broadcast{sending, done} {
		c.freeze(b.ID)
	}
	outcomes := []broadcast.Outcome{
		{State: broadcast.Accepted, Handle: "biz-1"}, {State: broadcast.Failed, Class: "permanent", Code: "isv.MOBILE"}, {State: broadcast.InDoubt, Wait: time.Minute},
	}
	c.send(sending.ID, outcomes)
	c.send(done.ID, []broadcast.Outcome{{State: broadcast.Accepted, Handle: "biz-2"}, {State: broadcast.Accepted, Handle: "biz-2"}})
	_, err = c.rows.Receipts(ctx, []broadcast.Receipt{{Channel: broadcast.SMS, State: broadcast.Delivered, Handle: "biz-2", Phone: upgradeNumber(5), Code: "DELIVERED", Parts: 1}}, c.now)
	c.must(err)
	c.must(c.messages.Finish(ctx, done.ID))
	_, err = c.rows.TakeTest(ctx, "li", "li", string(upgradeNumber(9)), c.now, 3)
	c.must(err)
}

// freeze begins a broadcast and writes down its audience.
func (c *upgradeCity) freeze(id string) {
	c.Helper()
	ctx := c.Context()
	b, err := c.messages.Start(ctx, id)
	c.must(err)
	found, _, err := c.rows.Candidates(ctx, b.Audience.Lists(), c.now, "", 100)
	c.must(err)
	slice, planner := broadcast.Slice{}, c.messages.Planner(b)
	for _, candidate := range found {
		if b.Reaches(candidate) {
			plan := planner.Plan(candidate)
			slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: candidate.Subject, Channels: plan.Channels, Reason: plan.Reason})
		}
	}
	_, err = c.rows.Freeze(ctx, id, slice, c.now)
	c.must(err)
	_, err = c.messages.Whole(ctx, id)
	c.must(err)
}

// send claims as many texts of a broadcast as there are outcomes, and settles them so. It returns how many it claimed.
func (c *upgradeCity) send(id string, outcomes []broadcast.Outcome) (claimed int) {
	c.Helper()
	ctx := c.Context()
	chunks, err := c.rows.Chunks(ctx, id, broadcast.SMS, 0, 100, 1, c.now)
	c.must(err)
	if len(chunks) != 1 {
		c.Fatalf("%d chunks", len(chunks))
	}
	claim, err := c.rows.Claim(ctx, chunks[0], len(outcomes), c.now, c.now.Add(time.Minute))
	c.must(err)
	var settled []broadcast.Settled
	for i, m := range claim.Messages {
		settled = append(settled, broadcast.Settled{Delivery: m.Delivery, Claim: claim.ID, Outcome: outcomes[i]})
	}
	c.must(c.rows.RecordOutcomes(ctx, settled, c.now))
	return len(settled)
}

func (c *upgradeCity) writeRequests() {
	ctx := c.Context()
	requests := c.db.Idempotency()
	claim, _, err := requests.Claim(ctx, "li", "answered", "POST /x", c.now, time.Minute)
	c.must(err)
	c.must(requests.Complete(ctx, claim, "the answer", ""))
	claim, _, err = requests.Claim(ctx, "li", "died", "POST /y", c.now, time.Minute)
	c.must(err)
	c.must(c.db.Audit().Record(store.WithClaim(ctx, claim, "test.act"), audit.Act{Actor: audit.Staff("li"), Action: "test.act", Subject: "y", At: c.now}))
	c.alarms.Raise(ctx, alarm.ManyStops, "stops=9")
	c.alarms.Raise(ctx, alarm.CodesCapped, "codes=9")
	c.must(c.alarms.Acknowledge(ctx, boss, alarm.CodesCapped))
}

// asNotes and notesOf are the notes as comments of a kept database.
func (c *upgradeCity) asNotes() (text string) {
	for _, name := range []string{"activation", "audit", "bearer", "ended", "export", "undo"} {
		text += "-- note " + name + " " + c.notes[name] + "\n"
	}
	return text
}

func notesOf(text string) map[string]string {
	notes := make(map[string]string)
	for line := range strings.Lines(text) {
		if note, ok := strings.CutPrefix(strings.TrimSpace(line), "-- note "); ok {
			name, value, _ := strings.Cut(note, " ")
			notes[name] = value
		}
	}
	return notes
}
