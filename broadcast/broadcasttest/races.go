package broadcasttest

import (
	"fmt"
	"sync"
	"testing"

	"towncrier/broadcast"
)

const rounds = 12

// race runs each of what is done at the same time, in a process of its own.
func race(t *testing.T, do ...func() error) {
	t.Helper()
	start := make(chan struct{})
	var all sync.WaitGroup
	for _, one := range do {
		all.Go(func() {
			<-start
			if err := one(); err != nil {
				t.Error(err)
			}
		})
	}
	close(start)
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
}

func freezeRaces(t *testing.T, open Open) {
	a, b := open(), open()
	a.people(t, 0, 20)
	for n := range rounds {
		id := fmt.Sprint("B", n)
		a.create(t, draft(id))
		a.setStatus(t, id, broadcast.Freezing)
		s := broadcast.Slice{}
		for i := range 20 {
			s.Recipients = append(s.Recipients, broadcast.Recipient{Subject: subject(i), Channels: []broadcast.Channel{broadcast.SMS}})
		}
		var won [2]bool
		freeze := func(p Process, i int) func() error {
			return func() (err error) {
				won[i], err = p.Freeze(t.Context(), id, s, noon)
				return err
			}
		}
		race(t, freeze(a, 0), freeze(b, 1))
		if won[0] == won[1] {
			t.Fatalf("won: %v", won)
		}
		a.counted(t, id, "sms pending 20")
	}
}

func claimRaces(t *testing.T, open Open) {
	a, b := open(), open()
	a.people(t, 0, 20)
	for n := range rounds {
		id := fmt.Sprint("B", n)
		a.frozen(t, draft(id), upTo(20), broadcast.SMS)
		chunks, err := a.Chunks(t.Context(), id, broadcast.SMS, 0, 100, 1, noon)
		must(t, err)
		half := chunks[0]
		half.To -= 5
		var got [3]broadcast.Claimed
		claim := func(p Process, c broadcast.Chunk, i int) func() error {
			return func() (err error) {
				got[i], err = p.Claim(t.Context(), c, broadcast.ClaimRows, noon, noon.Add(lease))
				return err
			}
		}
		race(t, claim(a, chunks[0], 0), claim(b, half, 1), claim(b, chunks[0], 2))
		seen := make(map[int64]bool)
		for _, c := range got {
			for _, l := range c.Messages {
				if seen[l.Delivery] {
					t.Fatalf("delivery %d is claimed twice", l.Delivery)
				}
				seen[l.Delivery] = true
			}
		}
		if len(seen) != 20 {
			t.Fatalf("%d claimed, want 20", len(seen))
		}
		a.counted(t, id, "sms sending 20")
	}
}

func claimRacesPause(t *testing.T, open Open) {
	a, b := open(), open()
	a.people(t, 0, 10)
	for n := range rounds {
		id := fmt.Sprint("B", n)
		a.frozen(t, draft(id), upTo(10), broadcast.SMS)
		chunk := broadcast.Chunk{Broadcast: id, Channel: broadcast.SMS, To: 1 << 40}
		var c broadcast.Claimed
		race(t, func() (err error) {
			c, err = a.Claim(t.Context(), chunk, broadcast.ClaimRows, noon, noon.Add(lease))
			return err
		}, func() error {
			b.setStatus(t, id, broadcast.Paused)
			return nil
		})
		if len(c.Messages) == 0 {
			a.counted(t, id, "sms pending 10")
		} else {
			a.counted(t, id, "sms sending 10")
		}
		if late, err := a.Claim(t.Context(), chunk, broadcast.ClaimRows, noon, noon.Add(lease)); err != nil || len(late.Messages) != 0 {
			t.Fatalf("%d claimed after a pause, %v", len(late.Messages), err)
		}
	}
}

func settleRacesReceipt(t *testing.T, open Open) {
	a, b, c := open(), open(), open()
	a.people(t, 0, 10)
	for n := range rounds {
		id := fmt.Sprint("B", n)
		a.frozen(t, draft(id), upTo(10), broadcast.SMS)
		call := a.claim(t, id, broadcast.SMS, noon)
		var receipts []broadcast.Receipt
		for i, l := range call.Messages {
			state := broadcast.Delivered
			if i%2 == 1 {
				state = broadcast.Undelivered
			}
			receipts = append(receipts, report(call, "biz-1", l, state, "X"))
		}
		race(t, func() error { return a.RecordOutcomes(t.Context(), all(call, accepted), noon) },
			func() error { _, err := b.Receipts(t.Context(), receipts, noon); return err },
			func() error { _, err := c.Sweep(t.Context(), noon.Add(lease), noon.Add(-lease), 10); return err })
		a.counted(t, id, "sms delivered 5", "sms undelivered 5")
	}
}

// settleRacesEvent has events that name a handle come while the answers that gave it are written down.
func settleRacesEvent(t *testing.T, open Open) {
	a, b := open(), open()
	a.people(t, 0, 10)
	people := []int{0, 2, 4, 6, 8}
	for n := range 4 * rounds {
		id := fmt.Sprint("B", n)
		a.frozen(t, draft(id), people, broadcast.Template)
		call := a.claim(t, id, broadcast.Template, noon)
		settled := all(call, accepted)
		for i := range settled {
			settled[i].Outcome.Handle = fmt.Sprintf("m-%d-%d", n, i)
		}
		do := []func() error{func() error { return a.RecordOutcomes(t.Context(), settled, noon) }}
		for i, l := range call.Messages {
			event := report(call, settled[i].Outcome.Handle, l, broadcast.Delivered, "success")
			do = append(do, func() error { _, err := b.Receipts(t.Context(), []broadcast.Receipt{event}, noon); return err })
		}
		race(t, do...)
		a.counted(t, id, "template delivered 5")
	}
}

func fallbackRacesReceipt(t *testing.T, open Open) {
	a, b := open(), open()
	a.people(t, 0, 20)
	var even []int
	for i := 0; i < 20; i += 2 {
		even = append(even, i)
	}
	for n := range rounds {
		id := fmt.Sprint("B", n)
		d := draft(id)
		d.Fallback = broadcast.Fallback{Wait: 1, Doubtful: true}
		d.Fallback.Wait = lease
		a.frozen(t, d, even, broadcast.Template, broadcast.SMS)
		call := a.claim(t, id, broadcast.Template, noon)
		settled := all(call, accepted)
		var receipts []broadcast.Receipt
		for i := range settled {
			settled[i].Outcome.Handle = fmt.Sprintf("m-%d-%d", n, i)
			receipts = append(receipts, report(call, settled[i].Outcome.Handle, call.Messages[i], broadcast.Delivered, "success"))
		}
		must(t, a.RecordOutcomes(t.Context(), settled, noon))
		race(t, func() error { _, err := a.Sweep(t.Context(), noon.Add(lease), noon.Add(-lease), 10); return err },
			func() error { _, err := b.Receipts(t.Context(), receipts, noon); return err })
		a.counted(t, id)
		if c := a.claim(t, id, broadcast.SMS, noon.Add(lease)); len(c.Messages) != 0 {
			t.Fatalf("%d get a text although WeChat said that they have it", len(c.Messages))
		}
	}
}

func followersRace(t *testing.T, open Open) {
	a, b := open(), open()
	a.people(t, 0, 10)
	people := []int{0, 2, 4, 6, 8}
	for n := range rounds {
		one, two := fmt.Sprint("B1-", n), fmt.Sprint("B2-", n)
		a.frozen(t, draft(one), people, broadcast.Template)
		a.frozen(t, draft(two), people, broadcast.Subscription)
		var got [2]broadcast.Claimed
		claim := func(p Process, id string, channel broadcast.Channel, i int) func() error {
			return func() (err error) {
				got[i], err = p.Claim(t.Context(), broadcast.Chunk{Broadcast: id, Channel: channel, To: 1 << 40}, broadcast.ClaimRows, noon, noon.Add(lease))
				return err
			}
		}
		race(t, claim(a, one, broadcast.Template, 0), claim(b, two, broadcast.Subscription, 1))
		if calls := len(got[0].Messages) + len(got[1].Messages); calls != len(people) {
			t.Fatalf("%d calls at once to %d followers", calls, len(people))
		}
		for _, c := range got {
			a.settle(t, c, failed, noon)
		}
		a.counted(t, one)
		a.counted(t, two)
	}
}
