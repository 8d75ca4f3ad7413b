package store_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"towncrier/audit"
	"towncrier/inbox"
	"towncrier/seal"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestRotationUnderLoad rotates twice while two processes file, answer, read and forget. Nothing is lost or unreadable,
// and in the end everything is under the newest key.
func TestRotationUnderLoad(t *testing.T) {
	eachKind(t, func(t *testing.T, _, setting string) {
		master := seal.NewKey()
		db, other := storetest.Open(t, setting, newBox(t, master)), storetest.Open(t, setting, newBox(t, master))
		for n := range 1200 { // a few slices
			file(t, db, fmt.Sprintf("o-old-%d", n), fmt.Sprintf("旧%d", n))
		}
		ctx, stop := context.WithCancel(t.Context())
		defer stop()
		var all sync.WaitGroup
		var turn sync.Mutex // SQLite is not fair to writers that never rest: these take turns with each other, not with the rotation
		kept := make([]map[string]string, 4)
		for i := range kept {
			kept[i] = make(map[string]string)
			handle := []*store.DB{db, other}[i%2]
			all.Go(func() {
				for n := 0; ctx.Err() == nil && n < 600; n++ {
					turn.Lock()
					err := work(t.Context(), handle.Inbox(), i, n, kept[i])
					turn.Unlock()
					if err != nil {
						t.Errorf("process %d, round %d: %v", i, n, err)
						return
					}
				}
			})
		}
		for round := range 2 {
			r, err := db.Keys().TakenUpAfter(0).Rotate(t.Context(), rotation(noon), nil)
			if err != nil || r.Key != round+2 || r.Resealed < 3600 || r.Damaged > 0 {
				t.Errorf("rotation %d: %+v, %v", round, r, err)
			}
			if err := other.RefreshKeys(t.Context()); err != nil {
				t.Error(err)
			}
		}
		stop()
		all.Wait()
		// What the other process sealed before it refreshed is under the key before: the next rotation takes it along.
		r := rotate(t, db, noon)
		want := fmt.Sprintf("0:0 1:0 2:0 3:0 4:%d", r.Total)
		if got := keysOf(t, other); got != want {
			t.Errorf("keys %s, want %s", got, want)
		}
		for n := range 1200 {
			reads(t, other, inbox.Number("20231113", n+1), fmt.Sprintf("旧%d", n))
		}
		for _, tickets := range kept {
			if len(tickets) == 0 {
				t.Error("a process did no work")
			}
			for number, text := range tickets {
				reads(t, other, number, text)
			}
		}
	})
}

// work is what a process does with one ticket: every third is forgotten, every second answered.
func work(ctx context.Context, tickets *store.Inbox, process, n int, kept map[string]string) error {
	from, text := fmt.Sprintf("o-%d-%d", process, n), fmt.Sprintf("问题%d-%d", process, n)
	ticket, err := tickets.Add(ctx, inbox.Filing{From: from, Kind: inbox.Question, Text: text, At: noon}, "", noon)
	if err != nil {
		return err
	}
	kept[ticket.Number] = text
	if n%2 == 0 {
		if _, err := tickets.SetAnswer(ctx, audit.Act{Subject: ticket.Number, At: noon}, "王", "答复"); err != nil {
			return err
		}
		if n%4 == 0 {
			told, err := tickets.CollectFor(ctx, from, "", noon)
			if err != nil || len(told) != 1 || told[0].Answer != "答复" {
				return fmt.Errorf("told %+v: %w", told, err)
			}
		}
	}
	if n%3 == 0 {
		if err := tickets.Forget(ctx, from); err != nil {
			return err
		}
	}
	got, err := tickets.Get(ctx, inbox.Number("20231113", n%1200+1))
	if err != nil || got.Text != fmt.Sprintf("旧%d", n%1200) {
		return fmt.Errorf("read %q: %w", got.Text, err)
	}
	return nil
}

// TestInterruptedRotationGoesOn stops a rotation in its middle, as a kill between two slices does: what is written then is
// whole slices, and another process goes on under the same key.
func TestInterruptedRotationGoesOn(t *testing.T) {
	eachKind(t, func(t *testing.T, _, setting string) {
		master := seal.NewKey()
		db := storetest.Open(t, setting, newBox(t, master))
		for n := range 1200 {
			file(t, db, resident, fmt.Sprintf("旧%d", n))
		}
		ctx, cancel := context.WithCancel(t.Context())
		var done int64
		_, err := db.Keys().TakenUpAfter(0).Rotate(ctx, rotation(noon), func(r store.Rotation) {
			if done = r.Resealed; done >= 1000 {
				cancel()
			}
		})
		if !errors.Is(err, context.Canceled) {
			t.Fatalf("interrupted: %v", err)
		}
		again := storetest.Open(t, setting, newBox(t, master))
		if got, want := keysOf(t, again), fmt.Sprintf("0:0 1:%d 2:%d", 3600-done, done); got != want {
			t.Errorf("half-way: keys %s, want %s", got, want)
		}
		reads(t, again, inbox.Number("20231113", 1), "旧0")
		reads(t, again, inbox.Number("20231113", 1200), "旧1199")
		r := rotate(t, again, noon)
		if !r.Resumed || r.Key != 2 || r.Resealed != 3600-done {
			t.Errorf("resumed: %+v", r)
		}
		if got := keysOf(t, again); got != "0:0 1:0 2:3600" {
			t.Errorf("keys %s", got)
		}
		if next := rotate(t, again, noon); next.Resumed || next.Key != 3 {
			t.Errorf("the next one: %+v", next)
		}
	})
}

// TestRotationsAtOnce starts two: one of them makes the key, both end well.
func TestRotationsAtOnce(t *testing.T) {
	eachKind(t, func(t *testing.T, _, setting string) {
		master := seal.NewKey()
		handles := []*store.DB{storetest.Open(t, setting, newBox(t, master)), storetest.Open(t, setting, newBox(t, master))}
		for n := range 600 {
			file(t, handles[0], resident, fmt.Sprintf("旧%d", n))
		}
		var all sync.WaitGroup
		var made, resealed [2]int64
		for i, db := range handles {
			all.Go(func() {
				r, err := db.Keys().TakenUpAfter(0).Rotate(t.Context(), rotation(noon), nil)
				if err != nil {
					t.Error(err)
				}
				made[i], resealed[i] = int64(r.Key), r.Resealed
			})
		}
		all.Wait()
		if newest := max(made[0], made[1]); newest > 3 || resealed[0]+resealed[1] < 1800 {
			t.Errorf("keys %v, values %v", made, resealed)
		}
		if _, damaged, err := handles[0].Keys().List(t.Context()); err != nil || damaged > 0 {
			t.Errorf("%d damaged, %v", damaged, err)
		}
		if _, err := handles[0].Audit().Verify(t.Context(), nil); err != nil {
			t.Error(err)
		}
	})
}
