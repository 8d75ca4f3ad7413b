package broadcasttest

import (
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
)

// claimsUpTo demands that a claim takes no more than it was told, and says where the chunk goes on.
func claimsUpTo(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 5)
	p.frozen(t, draft("B1"), upTo(5), broadcast.SMS)
	chunk := broadcast.Chunk{Broadcast: "B1", Channel: broadcast.SMS, To: 1 << 40}
	for _, want := range []int{2, 2, 1} {
		c, err := p.Claim(t.Context(), chunk, 2, noon, noon.Add(lease))
		must(t, err)
		if len(c.Messages) != want || (c.Next == 0) != (want == 1) {
			t.Fatalf("%d letters, want %d; the chunk goes on at %d", len(c.Messages), want, c.Next)
		}
		chunk.From = c.Next
	}
	p.counted(t, "B1", "sms sending 5")
}

// holds demands that a claim is its caller's until its lease is swept, and while its broadcast is being sent.
func holds(t *testing.T, open Open) {
	p, other := open(), open()
	p.people(t, 0, 2)
	p.frozen(t, draft("B1"), upTo(1), broadcast.SMS)
	p.frozen(t, draft("B2"), []int{1}, broadcast.SMS)
	one, two := p.claim(t, "B1", broadcast.SMS, noon), p.claim(t, "B2", broadcast.SMS, noon.Add(time.Second))
	is := func(c broadcast.Claimed, want bool, when string) {
		t.Helper()
		if got, err := p.Holds(t.Context(), c.ID); err != nil || got != want {
			t.Errorf("%s: held is %v, %v, want %v", when, got, err, want)
		}
	}
	is(one, true, "after the claim")
	other.setStatus(t, "B1", broadcast.Paused)
	is(one, false, "while it is paused")
	other.setStatus(t, "B1", broadcast.Sending)
	is(one, true, "when it goes on")
	_, err := other.Sweep(t.Context(), noon.Add(lease), noon.Add(-time.Hour), 10)
	must(t, err)
	is(one, false, "after its lease")
	is(two, true, "a second before its lease ends")
	is(broadcast.Claimed{ID: 1 << 40}, false, "without such a claim")
}

// keepsMessageIDs demands that a template message has one id over the tries within nine minutes of its first, since the platform sends
// only one message under it: what it refused and took all the same is not sent twice. Nobody repeats an id that it may have forgotten.
func keepsMessageIDs(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 1)
	p.frozen(t, draft("B1"), upTo(1), broadcast.Template)
	ids := make(map[string]int)
	try := func(after time.Duration, known int, since time.Duration) broadcast.Claimed {
		t.Helper()
		c := p.claim(t, "B1", broadcast.Template, noon.Add(after))
		if len(c.Messages) != 1 {
			t.Fatalf("%d letters after %s", len(c.Messages), after)
		}
		l := c.Messages[0]
		if ids[l.OutID]++; ids[l.OutID] != known || !l.NamedAt.Equal(noon.Add(since)) {
			t.Errorf("after %s the id is used for time %d, since %s, want time %d since %s", after, ids[l.OutID], l.NamedAt, known, noon.Add(since))
		}
		if got := p.deliveries(t, "B1")[0]; got.OutID != l.OutID {
			t.Errorf("the delivery is listed under %s, want %s", got.OutID, l.OutID)
		}
		return c
	}
	refused := func(c broadcast.Claimed, after time.Duration) {
		t.Helper()
		p.settle(t, c, broadcast.Outcome{State: broadcast.Pending, Class: "retry", Wait: time.Minute}, noon.Add(after))
	}
	refused(try(0, 1, 0), 0)
	refused(try(time.Minute, 2, 0), time.Minute)
	refused(try(9*time.Minute-time.Second, 3, 0), 9*time.Minute-time.Second)
	c := try(11*time.Minute, 1, 11*time.Minute)
	p.settle(t, c, doubtful, noon.Add(11*time.Minute))
	found, err := p.Doubts(t.Context(), broadcast.Template, noon.Add(13*time.Minute), noon.Add(15*time.Minute), 9)
	must(t, err)
	if len(found) != 1 || found[0].OutID != c.Messages[0].OutID || !found[0].NamedAt.Equal(noon.Add(11*time.Minute)) {
		t.Errorf("asked about %d under another id than it was sent", len(found))
	}
	p.counted(t, "B1", "template in_doubt 1")
}

// clockSetBack has everything written by a clock that was eight hours ahead: nothing waits for eight hours once it is right.
func clockSetBack(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 4)
	ahead := noon.Add(8 * time.Hour)
	p.frozen(t, draft("B1"), upTo(2), broadcast.SMS)
	p.settle(t, p.claim(t, "B1", broadcast.SMS, ahead), notSent, ahead)
	if c := p.claim(t, "B1", broadcast.SMS, noon); len(c.Messages) != 2 {
		t.Errorf("%d of 2 that were put off for a minute are due", len(c.Messages))
	}
	p.frozen(t, draft("B2"), []int{2}, broadcast.SMS)
	p.claim(t, "B2", broadcast.SMS, ahead) // and dies
	p.frozen(t, draft("B3"), []int{3}, broadcast.SMS)
	p.settle(t, p.claim(t, "B3", broadcast.SMS, ahead), doubtful, ahead)
	swept, err := p.Sweep(t.Context(), noon, noon.Add(-time.Hour), 10)
	if err != nil || swept.Doubtful != 1 {
		t.Errorf("%d leases ended, %v; want that of the clock ahead", swept.Doubtful, err)
	}
	found, err := p.Doubts(t.Context(), broadcast.SMS, noon, noon.Add(lease), 9)
	must(t, err)
	if len(found) != 2 {
		t.Fatalf("%d are asked about, want 2", len(found))
	}
	for _, d := range found {
		if d.SentAt.After(noon) {
			t.Errorf("%s is asked about as sent at %s, in the future: the provider knows nothing of that day", d.Broadcast, d.SentAt)
		}
	}
	p.counted(t, "B1", "sms sending 2")
}

// stopAfterClockSetBack has an audience frozen by a clock that was eight hours ahead: who says no once it is right gets nothing, though
// that seems to be before freezing began.
func stopAfterClockSetBack(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 4)
	p.create(t, draft("B1"))
	_, err := p.Change(t.Context(), "B1", func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Status = broadcast.Freezing
		freeze := act("broadcast.freeze", "B1")
		freeze.At = noon.Add(8 * time.Hour)
		return []audit.Act{freeze}, nil
	})
	must(t, err)
	_, err = p.Freeze(t.Context(), "B1", broadcast.Slice{Recipients: []broadcast.Recipient{
		{Subject: subject(1), Channels: []broadcast.Channel{broadcast.SMS}}, {Subject: subject(3), Channels: []broadcast.Channel{broadcast.SMS}},
	}}, noon.Add(8*time.Hour))
	must(t, err)
	p.setStatus(t, "B1", broadcast.Sending)
	p.edit(t, []roster.Key{{Phone: number(1)}}, roster.Edit{Suppress: map[phone.Number]roster.Suppression{number(1): roster.Stopped}})
	now := noon.Add(time.Second)
	_, err = p.Sweep(t.Context(), now, now.Add(-time.Hour), 10)
	must(t, err)
	if c := p.claim(t, "B1", broadcast.SMS, now); len(c.Messages) != 1 || c.Messages[0].Phone != number(3) {
		t.Errorf("%d letters, want one: the other stopped", len(c.Messages))
	}
	p.counted(t, "B1", "sms sending 1", "sms suppressed 1")
}
