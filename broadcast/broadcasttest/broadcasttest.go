// Package broadcasttest is the contract of broadcast.Store: every implementation runs it.
package broadcasttest

import (
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
)

// noon is when the suite begins: 2023-11-13 12:00 in China.
var noon = time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)

const lease = 2 * time.Minute

var official = audit.Staff("wang")

// Process is one process's handle to a store, with the roster beside it.
type Process struct {
	broadcast.Store
	Roster roster.Store
	// Audited counts the entries of the audit log.
	Audited func(t testing.TB) int
}

// Open opens one more process on the same database.
type Open func() Process

// Run runs the contract. each calls test, once an implementation, on an empty store.
func Run(t *testing.T, each func(t *testing.T, test func(t *testing.T, open Open))) {
	for _, c := range []struct {
		name string
		test func(t *testing.T, open Open)
	}{
		{"a broadcast comes back as it was written", comesBack},
		{"change", changes},
		{"list", lists},
		{"what a committee finds", foundByCommittees},
		{"test sends", testSends},
		{"an occurrence of a series is made once", occursOnce},
		{"series", series},
		{"candidates", candidates},
		{"audience counts are what every resident says", audienceCounts},
		{"an uploaded list", numberLists},
		{"freeze", freezes},
		{"who is gone or twice in an audience", freezesOnce},
		{"send by hundreds", sends},
		{"what is sent later", later},
		{"a claim takes what it was told", claimsUpTo},
		{"a claim is held", holds},
		{"a template message keeps its id", keepsMessageIDs},
		{"a clock that was ahead", clockSetBack},
		{"a stop after a clock that was ahead", stopAfterClockSetBack},
		{"a lease ends", leaseEnds},
		{"doubts", doubts},
		{"early receipts", earlyReceipts},
		{"receipts doubled, late and foreign", receipts},
		{"events of another system's messages", foreignEvents},
		{"events of what is unknown", lateEvents},
		{"fallback", fallsBack},
		{"fallback beyond the wait", fallsBackLate},
		{"without news", givesUp},
		{"one WeChat call a resident", oneCallAtOnce},
		{"what nobody can be asked about", lostEarly},
		{"who left or said no since", leftSince},
		{"cancel and expire", closes},
		{"resend", resends},
		{"what a resident was sent", sentTo},
		{"failures and what is billed", counts},
		{"what a committee counts", countsOfCommittees},
		{"what ended is forgotten", forgets},
		{"lists that nothing needs", unusedLists},
		{"two freeze one slice", freezeRaces},
		{"two claim one range", claimRaces},
		{"claim races pause", claimRacesPause},
		{"settle races receipt", settleRacesReceipt},
		{"settle races an event", settleRacesEvent},
		{"fallback races a late receipt", fallbackRacesReceipt},
		{"two broadcasts race to one follower", followersRace},
		{"any sequence of events", model},
	} {
		t.Run(c.name, func(t *testing.T) { each(t, c.test) })
	}
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func number(n int) phone.Number { return phone.Number(fmt.Sprintf("199%08d", n)) }

func subject(n int) string { return fmt.Sprintf("%032x", n+1) }

func openid(n int) string { return fmt.Sprintf("oResident-%06d", n) }

// people adds residents n of from..upTo-1, each with a number and, when it is even, WeChat.
func (p Process) people(t testing.TB, from, upTo int) {
	t.Helper()
	for n := from; n < upTo; n++ {
		r := roster.Resident{
			ID: subject(n), Phone: number(n), PhoneFrom: roster.FromImport, Community: "花园小区", PlaceFrom: roster.FromImport, Tags: []string{"dog"},
			Consents:  []roster.Consent{{What: roster.Notices, At: noon, How: "paper", Basis: roster.ByConsent}},
			CreatedAt: noon, UpdatedAt: noon,
		}
		if n%2 == 0 {
			r.OpenID = openid(n)
		}
		p.save(t, r)
	}
}

func (p Process) edit(t testing.TB, keys []roster.Key, e roster.Edit) {
	t.Helper()
	e.Acts = []audit.Act{{Actor: official, Action: "resident.change", At: noon}}
	must(t, p.Roster.Edit(t.Context(), keys, func([]roster.Found) (roster.Edit, error) { return e, nil }))
}

func (p Process) save(t testing.TB, r roster.Resident) {
	t.Helper()
	p.edit(t, []roster.Key{{ID: r.ID}, {Phone: r.Phone}}, roster.Edit{Save: []roster.Resident{r}})
}

func (p Process) remove(t testing.TB, n int) {
	t.Helper()
	p.edit(t, []roster.Key{{ID: subject(n)}}, roster.Edit{Remove: []string{subject(n)}})
}

// draft is a broadcast as it is made.
func draft(id string) broadcast.Broadcast {
	return broadcast.Broadcast{
		ID: id, Version: 1, Status: broadcast.Draft, Title: "文明养犬", Topic: "dog", Cites: []broadcast.Cite{{Notice: "civility", Passage: 2}},
		Messages:  []broadcast.Message{{Channel: broadcast.SMS, Template: "reminder", Data: map[string]string{"name": "示例市"}}},
		Audience:  broadcast.Rule{Or: []broadcast.Rule{{Tag: "dog"}, {Not: &broadcast.Rule{Area: "示例区"}}}},
		Window:    broadcast.DefaultWindow,
		SendAt:    noon.Add(time.Hour),
		Author:    "wang",
		Editors:   []string{"wang"},
		Round:     1,
		CreatedAt: noon,
		UpdatedAt: noon,
	}
}

func act(action, id string) audit.Act {
	return audit.Act{Actor: official, Action: action, Subject: id, At: noon}
}

func (p Process) create(t testing.TB, b broadcast.Broadcast) {
	t.Helper()
	if created, err := p.Create(t.Context(), b, act("broadcast.new", b.ID)); err != nil || !created {
		t.Fatal(created, err)
	}
}

func (p Process) setStatus(t testing.TB, id string, to broadcast.Status) {
	t.Helper()
	_, err := p.Change(t.Context(), id, func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Status = to
		return []audit.Act{act("broadcast."+string(to), id)}, nil
	})
	must(t, err)
}

// frozen is a broadcast that is Sending, with an audience of residents who each get it by these channels.
func (p Process) frozen(t testing.TB, b broadcast.Broadcast, people []int, channels ...broadcast.Channel) {
	t.Helper()
	p.create(t, b)
	p.setStatus(t, b.ID, broadcast.Freezing)
	s := broadcast.Slice{}
	for _, n := range people {
		s.Recipients = append(s.Recipients, broadcast.Recipient{Subject: subject(n), Channels: channels})
	}
	if written, err := p.Freeze(t.Context(), b.ID, s, noon); err != nil || !written {
		t.Fatal(written, err)
	}
	p.setStatus(t, b.ID, broadcast.Sending)
}

func upTo(n int) []int {
	all := make([]int, n)
	for i := range all {
		all[i] = i
	}
	return all
}

// claim takes whatever is due on a channel, in one chunk.
func (p Process) claim(t testing.TB, id string, channel broadcast.Channel, now time.Time) broadcast.Claimed {
	t.Helper()
	chunks, err := p.Chunks(t.Context(), id, channel, 0, 1000, 1, now)
	must(t, err)
	if len(chunks) == 0 {
		return broadcast.Claimed{}
	}
	c, err := p.Claim(t.Context(), chunks[0], broadcast.ClaimRows, now, now.Add(lease))
	must(t, err)
	return c
}

func (p Process) settle(t testing.TB, c broadcast.Claimed, o broadcast.Outcome, now time.Time) {
	t.Helper()
	must(t, p.RecordOutcomes(t.Context(), all(c, o), now))
}

func all(c broadcast.Claimed, o broadcast.Outcome) (settled []broadcast.Settled) {
	for _, l := range c.Messages {
		settled = append(settled, broadcast.Settled{Delivery: l.Delivery, Claim: c.ID, Outcome: o})
	}
	return settled
}

// counted checks the tally against the rows and against what is wanted: "sms pending 3".
func (p Process) counted(t testing.TB, id string, want ...string) {
	t.Helper()
	tally, err := p.Tally(t.Context(), id)
	must(t, err)
	rows, err := p.Recount(t.Context(), id)
	must(t, err)
	if !slices.Equal(tally, rows) {
		t.Fatalf("the tally says %v, the rows are %v", tally, rows)
	}
	arrivals, err := p.Arrivals(t.Context(), id, time.Time{})
	must(t, err)
	if delivered := Delivered(tally, arrivals); delivered != "" {
		t.Fatal(delivered)
	}
	var got []string
	for _, c := range tally {
		got = append(got, fmt.Sprint(c.Channel, " ", c.State, " ", c.N))
	}
	if want != nil && !slices.Equal(got, want) {
		t.Fatalf("%v, want %v", got, want)
	}
}

// Delivered says how a tally and arrivals differ about what was delivered, which nothing takes back; "" when they agree.
func Delivered(tally []broadcast.Count, arrivals []broadcast.Arrival) string {
	counted, arrived := map[broadcast.Channel]int{}, map[broadcast.Channel]int{}
	for _, c := range tally {
		if c.State == broadcast.Delivered && c.N > 0 {
			counted[c.Channel] += c.N
		}
	}
	for _, a := range arrivals {
		if a.Delivered > 0 {
			arrived[a.Channel] += a.Delivered
		}
	}
	if maps.Equal(counted, arrived) {
		return ""
	}
	return fmt.Sprintf("the tally has %v delivered, of arrivals there were %v", counted, arrived)
}

// states are the states of each recipient's deliveries, in the order of their ids.
func (p Process) deliveries(t testing.TB, id string) []broadcast.Delivery {
	t.Helper()
	found, next, err := p.Deliveries(t.Context(), id, broadcast.DeliveryFilter{}, 0, 10_000)
	must(t, err)
	if next != 0 {
		t.Fatal("more than 10,000")
	}
	return found
}

func (p Process) receipts(t testing.TB, now time.Time, receipts ...broadcast.Receipt) []bool {
	t.Helper()
	matched, err := p.Receipts(t.Context(), receipts, now)
	must(t, err)
	return matched
}

// report is a receipt for a message of a call.
func report(c broadcast.Claimed, handle string, l broadcast.OutboundMessage, state broadcast.State, code string) broadcast.Receipt {
	r := broadcast.Receipt{Channel: c.Channel, State: state, Handle: handle, Code: code, Phone: l.Phone, OpenID: l.OpenID}
	if c.Channel == broadcast.SMS {
		r.OutID = c.OutID
	}
	return r
}
