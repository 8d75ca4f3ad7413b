package soak

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"towncrier/broadcast"
	"towncrier/sandbox/platform"
)

// verdict is what the ledger looks like beside the platforms' record.
type verdict struct {
	counts     []broadcast.Count // of the rows
	messages   map[broadcast.Channel]int
	silent     map[broadcast.Channel]int // accepted, and what the platform reported was lost while nothing listened
	doubtful   map[string]int            // reported as in doubt, by what the platform knows
	faults     []string                  // that time does not heal
	unfinished string                    // why it is too early to tell; "" when it is not
}

func (v *verdict) fault(format string, args ...any) {
	if len(v.faults) < 20 {
		v.faults = append(v.faults, fmt.Sprintf(format, args...))
	}
}

func (v *verdict) wait(format string, args ...any) {
	if v.unfinished == "" {
		v.unfinished = fmt.Sprintf(format, args...)
	}
}

func (v *verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "rows:")
	for _, c := range v.counts {
		fmt.Fprintf(&b, " %s/%s %d", cmp.Or(string(c.Channel), "none"), c.State, c.N)
	}
	fmt.Fprintf(&b, "; accepted by the platforms: %v; their word was lost while nothing listened: %v; reported as in doubt: %v", v.messages, v.silent, v.doubtful)
	return b.String()
}

// judge compares every row with the platforms' record, and every message on record with its row.
func (r *run) judge(t *testing.T) *verdict {
	t.Helper()
	v := &verdict{messages: map[broadcast.Channel]int{}, silent: map[broadcast.Channel]int{}, doubtful: map[string]int{}}
	rows, err := r.ledger.rows(t.Context(), "")
	if err != nil {
		v.wait("the database does not answer: %v", err)
		return v
	}
	sent, err := r.record.sent() // after the rows: what they know of is on it
	if err != nil {
		t.Fatal(err)
	}
	people := r.addresses()
	byAddress, byPerson := map[to]broadcast.Delivery{}, map[string][]broadcast.Delivery{}
	counts := map[broadcast.Count]int{}
	for _, d := range rows {
		counts[broadcast.Count{Channel: d.Channel, State: d.State}]++
		if _, twice := byAddress[people.of(d)]; twice && d.Channel != "" {
			v.fault("delivery %d: a second one on %s", d.ID, d.Channel)
		}
		byAddress[people.of(d)] = d
		byPerson[d.Subject] = append(byPerson[d.Subject], d)
		v.row(d, sent[people.of(d)], people[d.Subject])
	}
	for at, entries := range sent {
		v.messages[at.channel] += len(entries)
		d, known := byAddress[at]
		if len(entries) > 1 {
			v.fault("%d messages to one resident on %s (delivery %d, %s after %d tries, %s): %s", len(entries), at.channel, d.ID, d.State, d.Tries, d.OutID, timesOf(entries))
		}
		if !known {
			v.fault("a message on %s that is of no delivery", at.channel)
		}
	}
	for _, p := range r.people {
		v.person(p, byPerson[p.known.ID])
	}
	if len(byPerson) != len(r.people) {
		v.wait("%d of %d residents are recipients", len(byPerson), len(r.people))
	}
	for c, n := range counts {
		c.N = n
		v.counts = append(v.counts, c)
	}
	slices.SortFunc(v.counts, byCount)
	return v
}

func byCount(x, y broadcast.Count) int {
	return cmp.Or(cmp.Compare(x.Channel, y.Channel), cmp.Compare(x.State, y.State))
}

func timesOf(entries []platform.Entry) string {
	var all []string
	for _, e := range entries {
		id := ""
		switch {
		case e.SMS != nil:
			id = e.SMS.OutID
		case e.Notice != nil:
			id = e.Notice.ClientMsgID
		}
		all = append(all, e.At.Format("15:04:05.000")+" "+id)
	}
	slices.Sort(all)
	return strings.Join(all, ", ")
}

// row compares a delivery with what the platform has of it.
func (v *verdict) row(d broadcast.Delivery, entries []platform.Entry, p *person) {
	var e platform.Entry
	if len(entries) > 0 {
		e = entries[0]
	}
	is := func(ok bool, what string) {
		if !ok {
			v.fault("delivery %d on %s is %s, but %s", d.ID, d.Channel, d.State, what)
		}
	}
	wrong := "" // the platform's reason for which the message did not arrive
	if e.SMS != nil && e.State == platform.Failed {
		wrong = e.SMS.Code
	}
	if e.Notice != nil && e.State == platform.Failed {
		wrong = e.Notice.Status
	}
	switch d.State {
	case broadcast.Pending, broadcast.InFlight:
		v.wait("delivery %d on %s is %s", d.ID, d.Channel, d.State)
	case broadcast.Delivered:
		is(len(entries) > 0 && wrong == "", "the platform says "+cmp.Or(wrong, "nothing of it"))
	case broadcast.Undelivered:
		// A subscription's event has an ErrorCode beside its words.
		is(wrong != "" && d.Code != "" && (d.Channel == broadcast.Subscription || strings.Contains(wrong, d.Code)),
			fmt.Sprintf("with code %q, the platform says %q", d.Code, wrong))
	case broadcast.Failed:
		is(len(entries) == 0, "the platform accepted it")
		is(d.Code != "", "without a code")
	case broadcast.Suppressed, broadcast.Planned:
		if len(entries) > 0 { // it may have been promoted and sent since the rows were read
			v.wait("delivery %d on %s is %s, but the platform accepted it", d.ID, d.Channel, d.State)
		}
	case broadcast.Accepted:
		is(len(entries) > 0, "the platform knows nothing of it")
		if d.Channel == broadcast.SMS || len(entries) > 0 && told(e) {
			v.wait("delivery %d on %s is accepted, although what became of it was told, or will be", d.ID, d.Channel)
		}
		v.silent[d.Channel]++
	case broadcast.InDoubt:
		v.wait("delivery %d on %s is in doubt", d.ID, d.Channel)
	case broadcast.Unknown:
		// Only a subscription notification, which has no id of ours, cannot be asked about.
		is(d.Channel == broadcast.Subscription, "it can be asked about")
		if len(entries) > 0 && told(e) {
			v.wait("delivery %d on %s is unknown, although what became of it was told, or will be", d.ID, d.Channel)
		}
		what := "the platform has it"
		if len(entries) == 0 {
			what = "the platform has nothing"
		}
		v.doubtful[string(d.Channel)+", "+what]++
	default:
		v.fault("delivery %d on %s is %s", d.ID, d.Channel, d.State)
	}
}

// person says whether somebody was forgotten: their deliveries are in the order in which they are tried.
func (v *verdict) person(p person, deliveries []broadcast.Delivery) {
	reached := false // or may have been
	for i, d := range deliveries {
		switch {
		case d.State == broadcast.Planned && !reached:
			v.wait("delivery %d on %s waits although nothing before it may have arrived", d.ID, d.Channel)
		case d.State == broadcast.Suppressed && d.Reason != broadcast.Reached && d.Channel != "":
			v.fault("delivery %d on %s is suppressed: %s", d.ID, d.Channel, d.Reason)
		case d.State != broadcast.Planned && reached && i > 0 && deliveries[i-1].State != broadcast.Undelivered && d.State != broadcast.Suppressed:
			v.fault("delivery %d on %s is %s although %s is %s", d.ID, d.Channel, d.State, deliveries[i-1].Channel, deliveries[i-1].State)
		}
		reached = reached || d.State.MayHaveArrived()
	}
	if len(deliveries) == 1 && deliveries[0].Channel == "" {
		if q := p.part; !q.out && !q.stopped && (q.number || q.subscribed || q.agreed) {
			v.fault("delivery %d: a resident with a channel gets nothing: %s", deliveries[0].ID, deliveries[0].Reason)
		}
	}
}

// report holds tally, rows, and what the API says against each other, and fails the test for what is wrong.
func (r *run) report(t *testing.T, v *verdict, base, bearer string) {
	t.Helper()
	for _, f := range v.faults {
		t.Error(f)
	}
	tally, err := r.ledger.Tally(t.Context(), r.ledger.broadcast)
	if err != nil {
		t.Fatal(err)
	}
	recount, err := r.ledger.Recount(t.Context(), r.ledger.broadcast)
	if err != nil {
		t.Fatal(err)
	}
	said := reported(t, base, bearer, r.ledger.broadcast)
	for what, counts := range map[string][]broadcast.Count{"the tally": tally, "the database's count": recount, "the API's report": said} {
		slices.SortFunc(counts, byCount)
		if !slices.Equal(counts, v.counts) {
			t.Errorf("%s is\n%v, the rows are\n%v", what, counts, v.counts)
		}
	}
	for channel, n := range v.messages {
		arrived := 0 // or may have, or was lost behind the platform
		for _, c := range v.counts {
			if c.Channel == channel && slices.Contains([]broadcast.State{broadcast.Accepted, broadcast.Delivered, broadcast.Undelivered}, c.State) {
				arrived += c.N
			}
		}
		if n != arrived+v.doubtful[string(channel)+", the platform has it"] {
			t.Errorf("%s: the platform accepted %d messages, the rows have %d", channel, n, arrived)
		}
	}
	if len(v.messages) != 3 {
		t.Errorf("messages went on %v only", slices.Sorted(maps.Keys(v.messages)))
	}
}
