package broadcasttest

import (
	"slices"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/phone"
	"towncrier/roster"
)

func freezes(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 5)
	p.create(t, draft("B1"))
	first := broadcast.Slice{Next: "2", Recipients: []broadcast.Recipient{
		{Subject: subject(0), Channels: []broadcast.Channel{broadcast.Template, broadcast.SMS}},
		{Subject: subject(1), Reason: broadcast.OptedOut},
	}}
	if written, err := p.Freeze(t.Context(), "B1", first, noon); err != nil || written {
		t.Fatalf("a draft is frozen: %t, %v", written, err)
	}
	p.setStatus(t, "B1", broadcast.Freezing)
	for i := range 2 {
		if written, err := p.Freeze(t.Context(), "B1", first, noon); err != nil || written != (i == 0) {
			t.Fatalf("time %d: %t, %v", i, written, err)
		}
	}
	if after, whole, err := p.FreezeCursor(t.Context(), "B1"); err != nil || after != "2" || whole {
		t.Fatal(after, whole, err)
	}
	last := broadcast.Slice{After: "2", Recipients: []broadcast.Recipient{{Subject: subject(2), Channels: []broadcast.Channel{broadcast.SMS}}}}
	for i := range 2 {
		if written, err := p.Freeze(t.Context(), "B1", last, noon.Add(time.Second)); err != nil || written != (i == 0) {
			t.Fatalf("time %d: %t, %v", i, written, err)
		}
	}
	if _, whole, err := p.FreezeCursor(t.Context(), "B1"); err != nil || !whole {
		t.Fatal(whole, err)
	}
	b, err := p.Get(t.Context(), "B1")
	if err != nil || b.Frozen != 3 || !b.FrozenAt.Equal(noon.Add(time.Second)) {
		t.Errorf("%+v, %v", b, err)
	}
	p.counted(t, "B1", " suppressed 1", "sms pending 1", "sms planned 1", "template pending 1")
	if why, err := p.Reasons(t.Context(), "B1"); err != nil || len(why) != 1 || why[broadcast.OptedOut] != 1 {
		t.Errorf("%v, %v", why, err)
	}
	suppressed, _, err := p.Deliveries(t.Context(), "B1", broadcast.DeliveryFilter{State: broadcast.Suppressed}, 0, 9)
	if err != nil || len(suppressed) != 1 || suppressed[0].Subject != subject(1) || suppressed[0].Reason != broadcast.OptedOut || suppressed[0].Recipient != 2 {
		t.Errorf("%+v, %v", suppressed, err)
	}
}

func freezesOnce(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 3)
	p.create(t, draft("B1"))
	p.setStatus(t, "B1", broadcast.Freezing)
	sms := []broadcast.Channel{broadcast.SMS}
	one := broadcast.Recipient{Subject: subject(0), Channels: sms}
	slice := broadcast.Slice{Next: "2", Recipients: []broadcast.Recipient{one, {Subject: subject(77), Channels: sms}, {Subject: subject(1), Channels: sms}}}
	if written, err := p.Freeze(t.Context(), "B1", slice, noon); err != nil || !written {
		t.Fatal(written, err)
	}
	p.counted(t, "B1", "sms pending 2")
	slice = broadcast.Slice{After: "2", Recipients: []broadcast.Recipient{one, {Subject: subject(2), Channels: sms}}}
	if written, err := p.Freeze(t.Context(), "B1", slice, noon); err != nil || !written {
		t.Fatal(written, err)
	}
	p.counted(t, "B1", "sms pending 3")
	if b, err := p.Get(t.Context(), "B1"); err != nil || b.Frozen != 3 {
		t.Errorf("%d recipients, %v; want 3", b.Frozen, err)
	}
}

func leftSince(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 8)
	p.frozen(t, draft("B1"), []int{0, 2, 4, 6}, broadcast.Template, broadcast.SMS)
	change := func(n int, change func(*roster.Resident)) {
		r, err := p.Roster.Find(t.Context(), roster.Key{ID: subject(n)})
		must(t, err)
		change(&r)
		p.save(t, r)
	}
	p.remove(t, 0)
	change(2, func(r *roster.Resident) { r.OpenID = "" })
	change(4, func(r *roster.Resident) {
		r.Preferences = []roster.Preference{{Topic: "dog", Wants: false, At: noon.Add(time.Second)}}
	})
	change(6, func(r *roster.Resident) { // before, about something else
		r.Preferences = []roster.Preference{{Topic: "", Channel: roster.WeChat, Wants: false, At: noon.Add(-time.Hour)}, {Topic: "water", At: noon.Add(time.Hour)}}
	})
	c := p.claim(t, "B1", broadcast.Template, noon.Add(time.Minute))
	if len(c.Messages) != 1 || c.Messages[0].OpenID != openid(6) {
		t.Fatalf("%d letters, want one", len(c.Messages))
	}
	p.counted(t, "B1", "sms pending 3", "sms planned 1", "template sending 1", "template suppressed 3")
	c = p.claim(t, "B1", broadcast.SMS, noon.Add(time.Minute))
	if len(c.Messages) != 1 || c.Messages[0].Phone != number(2) {
		t.Fatalf("%d letters, want one", len(c.Messages))
	}
	p.counted(t, "B1", "sms planned 1", "sms sending 1", "sms suppressed 2", "template sending 1", "template suppressed 3")
	if why, err := p.Reasons(t.Context(), "B1"); err != nil || why[broadcast.Gone] != 3 || why[broadcast.OptedOut] != 2 {
		t.Errorf("%v, %v", why, err)
	}

	p.frozen(t, draft("B2"), []int{1, 3, 5}, broadcast.SMS)
	for n, why := range map[int]roster.Suppression{1: roster.Stopped, 5: roster.Erased} {
		e := roster.Edit{Suppress: map[phone.Number]roster.Suppression{number(n): why}}
		p.edit(t, []roster.Key{{Phone: number(n)}}, e)
	}
	if c := p.claim(t, "B2", broadcast.SMS, noon.Add(time.Minute)); len(c.Messages) != 1 || c.Messages[0].Phone != number(3) {
		t.Fatalf("%d letters, want one", len(c.Messages))
	}
	p.counted(t, "B2", "sms sending 1", "sms suppressed 2")
}

func closes(t *testing.T, open Open) {
	p := open()
	p.people(t, 0, 10)
	p.frozen(t, draft("B1"), []int{0, 2, 4, 6, 8}, broadcast.Template, broadcast.SMS)
	chunks, err := p.Chunks(t.Context(), "B1", broadcast.Template, 0, 2, 1, noon)
	must(t, err)
	c, err := p.Claim(t.Context(), chunks[0], broadcast.ClaimRows, noon, noon.Add(lease))
	must(t, err)
	if n, err := p.Close(t.Context(), "B1", broadcast.Withdrawn, noon, 100); err != nil || n != 0 {
		t.Fatalf("closed %d of one that is not over, %v", n, err)
	}
	p.setStatus(t, "B1", broadcast.Cancelled)
	if again := p.claim(t, "B1", broadcast.Template, noon); len(again.Messages) != 0 {
		t.Fatal("claimed of a cancelled broadcast")
	}
	var took []int
	for {
		n, err := p.Close(t.Context(), "B1", broadcast.Withdrawn, noon, 3)
		must(t, err)
		if took = append(took, n); n < 3 {
			break
		}
	}
	if !slices.Equal(took, []int{3, 3, 2}) {
		t.Errorf("slices of %v", took)
	}
	p.counted(t, "B1", "sms cancelled 5", "template cancelled 3", "template sending 2")
	p.unsent(t, broadcast.Cancelled)
	settled := all(c, accepted)
	settled[0].Outcome = notSent
	must(t, p.RecordOutcomes(t.Context(), settled, noon))
	p.unsent(t, broadcast.Cancelled, "B1")
	if n, err := p.Close(t.Context(), "B1", broadcast.Withdrawn, noon, 3); err != nil || n != 1 {
		t.Errorf("%d, %v: what was certainly not sent is cancelled too", n, err)
	}
	p.unsent(t, broadcast.Cancelled)
	p.counted(t, "B1", "sms cancelled 5", "template accepted 1", "template cancelled 4")
	p.frozen(t, draft("B2"), []int{1}, broadcast.SMS)
	p.setStatus(t, "B2", broadcast.Expired)
	if n, err := p.Close(t.Context(), "B2", broadcast.Lapsed, noon, 3); err != nil || n != 1 {
		t.Fatal(n, err)
	}
	p.counted(t, "B2", "sms expired 1")
}
