package store_test

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/store/storetest"
)

// upgradeUpdate makes the kept databases anew:
//
//	go test ./store -run TestUpgrade -update-upgrade
//
// A release does so last, with its own migrations and code; the next version's test then begins where that release's databases are.
var upgradeUpdate = flag.Bool("update-upgrade", false, "keep databases as this version writes them, for the next version's TestUpgrade")

// TestUpgrade opens a database as the version before this one wrote it: migrated, it holds everything, and everything that was
// promised goes on. testdata/upgrade has the databases as SQL text, and in found.txt what the services of that version said of them.
func TestUpgrade(t *testing.T) {
	eachKind(t, func(t *testing.T, name, _ string) {
		kept := filepath.Join("testdata/upgrade", map[string]string{"SQLite": "sqlite.sql", "PostgreSQL": "postgres.sql"}[name])
		found := "testdata/upgrade/found.txt"
		if *upgradeUpdate {
			text, account := written(t, name)
			keep(t, kept, text)
			keep(t, found, account)
		}
		outlives(t, unmade[name](t), fromFile(t, kept), fromFile(t, found))
	})
}

// TestUpgradeOfThisVersion does the same with a database that this version writes, so that the next release's text can be made and read.
func TestUpgradeOfThisVersion(t *testing.T) {
	eachKind(t, func(t *testing.T, name, _ string) {
		text, account := written(t, name)
		outlives(t, unmade[name](t), text, account)
	})
}

// written is a city that this version writes, as SQL text, and what it says of it.
func written(t *testing.T, name string) (text, account string) {
	t.Helper()
	setting := unmade[name](t)
	c := openUpgradeCity(t, setting)
	c.write()
	account = c.account()
	c.close()
	return c.asNotes() + storetest.Dump(t, setting), account
}

func outlives(t *testing.T, setting, text, account string) {
	t.Helper()
	storetest.Load(t, setting, text)
	c := openUpgradeCity(t, setting)
	c.notes = notesOf(text)
	c.now = upgradeBegan.Add(time.Hour)
	before, after := strings.Split(account, "\n"), strings.Split(c.account(), "\n")
	for i := range max(len(before), len(after)) {
		if i >= len(before) || i >= len(after) || before[i] != after[i] {
			t.Errorf("before the upgrade there was\n%s\nsince there is\n%s", strings.Join(before[i:], "\n"), strings.Join(after[i:], "\n"))
			break
		}
	}
	c.goesOn()
}

func keep(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

func fromFile(t *testing.T, file string) string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// account says all that the services say of the city, but for what is random.
func (c *upgradeCity) account() string {
	c.Helper()
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	ctx := c.Context()

	committees, err := c.people.Committees(ctx)
	c.must(err)
	for _, k := range committees {
		say("committee %s %s %s %s %v", k.Code, k.Name, k.Street, k.Area, k.Communities)
	}
	residents, _, err := c.people.List(ctx, roster.Filter{}, "", 100)
	c.must(err)
	numbers := make(map[string]phone.Number)
	for _, r := range residents {
		numbers[r.ID] = r.Phone
		say("resident %q by %q openid %q of %s %s by %q tags %v stopped %t, at %s, %s", string(r.Phone), r.PhoneFrom, r.OpenID, r.Committee, r.Community,
			r.PlaceFrom, r.Tags, r.Stopped, instantText(r.CreatedAt), instantText(r.UpdatedAt))
		for _, k := range r.Consents {
			say("  consent to %s at %s by %s, %s", k.What, instantText(k.At), k.How, k.Basis)
		}
		for _, p := range r.Preferences {
			say("  wants %q by %q: %t, at %s", p.Topic, p.Channel, p.Wants, instantText(p.At))
		}
		sent, err := c.rows.DeliveriesTo(ctx, r.ID, 100)
		c.must(err)
		say("  %d deliveries", len(sent))
		texts, err := c.db.SMS().Sent(ctx, r.ID, 100)
		c.must(err)
		for _, s := range texts {
			say("  sent %s %s at %s", s.What, s.State, instantText(s.At))
		}
	}
	candidates, _, err := c.rows.Candidates(ctx, []string{upgradeList}, c.now, "", 100)
	c.must(err)
	for _, k := range candidates {
		say("candidate %s: notifications %v, lists %v", string(numbers[k.Subject]), k.Templates, k.Lists)
	}
	for n := range 10 {
		why, err := c.db.Roster().Suppressed(ctx, upgradeNumber(n))
		c.must(err)
		if why != "" {
			say("suppressed %s: %s", string(upgradeNumber(n)), why)
		}
	}
	stops, err := c.people.StopsSince(ctx, upgradeBegan.Add(-time.Hour))
	c.must(err)
	for _, s := range stops {
		say("stops by %s: %d, undone %d", s.Key, s.Stops, s.Undone)
	}
	undo, err := c.people.Undo(ctx, c.notes["undo"])
	c.must(err)
	say("undo of %s asked by %s: %s, left %d", undo.Key, undo.AskedBy, undo.Why, undo.Left)
	e, err := c.people.NumbersExport(ctx, c.notes["export"])
	c.must(err)
	say("export of %s asked by %s, confirmed by %s: %s", e.Committee, e.AskedBy, e.ConfirmedBy, e.Why)

	team, err := c.team.List(ctx)
	c.must(err)
	for _, p := range team {
		say("staff %s %s %s phone %q by %q disabled %t", p.ID, p.Name, p.Role, string(p.Phone), p.PhoneBy, !p.DisabledAt.IsZero())
		keys, err := c.team.Keys(ctx, p.ID)
		c.must(err)
		for _, k := range keys {
			say("  key until %s", instantText(k.ExpiresAt))
		}
	}
	invitations, err := c.enrol.Invitations(ctx)
	c.must(err)
	for _, i := range invitations {
		say("invitation of %s by %s: %s", i.Person, i.IssuedBy, i.State(upgradeBegan))
	}

	for _, status := range []inbox.Status{inbox.Open, inbox.Answered, inbox.Closed} {
		tickets, err := c.tickets.List(ctx, inbox.Filter{Status: status})
		c.must(err)
		for _, k := range tickets {
			say("ticket %s %s %s %q at %q on %q, phone %q, due %s, answer %q by %q, told %t, messages %d", k.Number, k.Kind, k.Status, k.Text, k.Where, k.Topic,
				string(k.Phone), instantText(k.DueAt), k.Answer, k.Owner, !k.ToldAt.IsZero(), k.Messages)
			if p, err := c.tickets.Proposal(ctx, k.Number); !errors.Is(err, inbox.ErrProposal) {
				c.must(err)
				say("  proposed %q by %s", p.Answer, p.Actor)
			}
		}
	}

	broadcasts, _, err := c.messages.List(ctx, chief, broadcast.Filter{}, "", 100)
	c.must(err)
	for _, k := range broadcasts {
		audience, err := json.Marshal(k.Audience) // as the API writes it
		c.must(err)
		say("broadcast %s is %s, version %d, by %s, approved by %q, why %q, at %s, audience %s, message %v, %d frozen, hash of %d bytes, version %d", k.Title, k.Status,
			k.Version, k.Author, k.Approver, k.Why, instantText(k.SendAt), audience, k.Messages[0].Data, k.Frozen, len(k.Hash), k.HashVersion)
		deliveries, _, err := c.rows.Deliveries(ctx, k.ID, broadcast.DeliveryFilter{}, 0, 100)
		c.must(err)
		for _, d := range deliveries {
			say("  to %s by %s: %s %s %s %s %s after %d", string(numbers[d.Subject]), d.Channel, d.State, d.Reason, d.Class, d.Code, d.Handle, d.Tries)
		}
		tally, err := c.rows.Tally(ctx, k.ID)
		c.must(err)
		if recount, err := c.rows.Recount(ctx, k.ID); err != nil || !slices.Equal(tally, recount) {
			c.Errorf("%s counts %v, its rows are %v: %v", k.Title, tally, recount, err)
		}
	}
	series, err := c.messages.ListSeries(ctx, chief, broadcast.Filter{})
	c.must(err)
	for _, k := range series {
		say("series %s %s until %s, next %s, approved by %q, stopped %t", k.Proposal.Title, k.Cron, instantText(k.Until), instantText(k.Next), k.Approver, k.Stopped)
	}
	lists, err := c.rows.Lists(ctx)
	c.must(err)
	for _, l := range lists {
		say("list %s %s of %s: %d lines, %d numbers", l.ID, l.Title, l.Author, l.Lines, l.Numbers)
	}
	alarms, err := c.alarms.List(ctx)
	c.must(err)
	for _, a := range alarms {
		say("alarm %s %s %d times, acknowledged by %q", a.Kind, a.Detail, a.Count, a.AckedBy)
	}
	entries, err := c.db.Audit().List(ctx, 0, 1000, audit.Filter{})
	c.must(err)
	for _, e := range entries {
		if e.Action != "key.rotate" {
			say("audit %d: %s %s", e.Seq, e.Actor, e.Action)
		}
	}
	return b.String()
}

func instantText(at time.Time) string {
	if at.IsZero() {
		return "never"
	}
	return at.UTC().Format("2006-01-02T15:04:05.000")
}

// goesOn does what was promised before the upgrade.
func (c *upgradeCity) goesOn() {
	c.Helper()
	ctx := c.Context()

	head, err := c.db.Audit().Verify(ctx, nil)
	c.must(err)
	noted, err := audit.ParseMark(c.notes["audit"])
	c.must(err)
	if err := c.db.Audit().Holds(ctx, noted); err != nil || head.Seq < noted.Seq {
		c.Errorf("the audit log ends at %d, before it did at %d: %v", head.Seq, noted.Seq, err)
	}

	if key := c.notes["key"]; key != "" {
		if p, _, err := c.team.Authenticate(ctx, key); err != nil || p.ID != "li" {
			c.Errorf("a key opens for %q: %v", p.ID, err)
		}
	}
	for _, name := range []string{"ended", "bearer"} { // bearer was made during set-up, by one person
		if _, _, err := c.team.Authenticate(ctx, c.notes[name]); err == nil {
			c.Errorf("the key %s, which has ended, opens", name)
		}
	}
	if i, err := c.enrol.Begin(ctx, c.notes["activation"]); err != nil || i.Person != "boss" {
		c.Errorf("an invitation opens for %q: %v", i.Person, err)
	}

	if r, err := c.people.FindByPhone(ctx, upgradeNumber(0)); err != nil || r.OpenID != upgradeFollower {
		c.Errorf("by number: %v", err)
	}
	if r, err := c.people.Me(ctx, upgradeFollower); err != nil || r.Phone != upgradeNumber(0) {
		c.Errorf("by openid: %v", err)
	}
	if _, err := c.people.Add(ctx, boss, roster.Resident{Phone: upgradeNumber(6)}); !errors.Is(err, roster.ErrSuppressed) {
		c.Errorf("who was erased is added again: %v", err)
	}
	state, err := c.db.Roster().BeginImport(ctx, [32]byte{1}, audit.Act{Actor: boss, Action: "roster.import", At: c.now})
	if c.must(err); state.UpTo != 1 || state.Counts.Added != 1 {
		c.Errorf("the import goes on at %+v", state)
	}
	if e, err := c.people.ConfirmNumbersExport(ctx, wang, c.notes["export"]); !errors.Is(err, roster.ErrExportClosed) {
		c.Errorf("an export is confirmed twice: %+v, %v", e, err)
	}

	if texts, err := c.tickets.Collect(ctx, upgradeFollower, "m9"); err != nil || len(texts) != 1 || texts[0].Answer != "已修好" {
		c.Errorf("told %v, %v", texts, err)
	}
	again, err := c.tickets.File(ctx, inbox.Filing{From: upgradeFollower, Kind: inbox.Suggestion, Text: "路灯坏了", Where: "东街", At: c.now, Message: "m1"})
	if c.must(err); again.Status != inbox.Answered {
		c.Errorf("a message that comes again is filed as %s", again.Number)
	}
	done, err := c.texts.Process(ctx)
	c.must(err)
	if why, err := c.db.Roster().Suppressed(ctx, upgradeNumber(4)); err != nil || why != roster.Stopped {
		c.Errorf("what was pushed before is handled as %+v, and stops %q: %v", done, why, err)
	}
	if state, err := c.texts.Send(ctx, sms.Code, sms.Text{To: upgradeNumber(1), Template: "SMS_2", OutID: "t1"}); err != nil || state != sms.Delivered {
		c.Errorf("a text that arrived is %s: %v", state, err)
	}

	requests := c.db.Idempotency()
	if _, answer, err := requests.Claim(ctx, "li", "answered", "POST /x", c.now, time.Minute); err != nil || answer != "the answer" {
		c.Errorf("the request was answered %q: %v", answer, err)
	}
	claim, _, err := requests.Claim(ctx, "li", "died", "POST /y", c.now.Add(2*time.Minute), time.Minute)
	if c.must(err); claim.Done == nil || claim.Done.Subject != "y" {
		c.Error("what a request did before its process died is not known")
	}
	c.sends()
}

// sends goes on with the broadcasts: the approvals hold.
func (c *upgradeCity) sends() {
	c.Helper()
	ctx := c.Context()
	found, _, err := c.messages.List(ctx, chief, broadcast.Filter{}, "", 100)
	c.must(err)
	ids := make(map[string]string)
	for _, b := range found {
		ids[b.Title] = b.ID
	}
	c.now = upgradeBegan.Add(time.Minute)
	submitted, err := c.messages.Get(ctx, chief, ids["待批"])
	c.must(err)
	if b, err := c.messages.Approve(ctx, chief, submitted.ID, submitted.Hash); err != nil || b.Status != broadcast.Approved {
		c.Errorf("what was submitted is %s: %v", b.Status, err)
	}
	if b, err := c.messages.Schedule(ctx, author, ids["已批"]); err != nil || b.Status != broadcast.Scheduled {
		c.Errorf("what was approved is %s: %v", b.Status, err)
	}
	if err := c.rows.AddNumbers(ctx, upgradeList, []phone.Number{upgradeNumber(5)}, audit.Act{At: c.now}); err == nil {
		c.Error("numbers are added to the list of what was approved")
	}
	c.now = upgradeBegan.Add(time.Hour)
	c.freeze(ids["待发"])
	if n := c.send(ids["在发"], slices.Repeat([]broadcast.Outcome{{State: broadcast.Accepted, Handle: "biz-3"}}, 9)); n != 1 {
		c.Errorf("%d more texts are claimed", n)
	}
	matched, err := c.rows.Receipts(ctx, []broadcast.Receipt{{Channel: broadcast.SMS, State: broadcast.Delivered, Handle: "biz-1", Phone: upgradeNumber(1), Code: "DELIVERED"}}, c.now)
	if err != nil || !slices.Equal(matched, []bool{true}) {
		c.Errorf("a receipt of a text that was sent before matches %v: %v", matched, err)
	}
	doubts, err := c.rows.Doubts(ctx, broadcast.SMS, c.now.Add(time.Hour), c.now.Add(2*time.Hour), 10)
	if err != nil || len(doubts) != 1 {
		c.Errorf("%d texts are in doubt: %v", len(doubts), err)
	}
	c.now = time.Date(2030, 5, 12, 10, 0, 0, 0, broadcast.Zone)
	if n, err := c.messages.Recur(ctx); err != nil || n != 1 {
		c.Errorf("the series makes %d broadcasts: %v", n, err)
	}
}
