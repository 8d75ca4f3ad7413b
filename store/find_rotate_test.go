package store_test

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"maps"
	"os"
	"os/exec"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestFindingKeyChanges changes the finding key twice. What was known before is found, and what was refused is refused.
func TestFindingKeyChanges(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		for round := range 2 {
			c.close(t)
			before := c.hashes(t)
			if r, err := c.rotate(t); err != nil || r.Key != 2+2*round || r.Damaged > 0 || r.Seen != r.Total || r.Seen == 0 {
				t.Fatalf("%+v, %v", r, err)
			}
			after := c.hashes(t)
			for hash, column := range after {
				if before[hash] != "" {
					t.Errorf("%s keeps a hash under the key before", column)
				}
			}
			if len(after) != len(before) {
				t.Errorf("%d hashes, %d before", len(after), len(before))
			}
			c.open(t)
			c.works(t)
			// Sealing keys go a day after they were superseded, finding keys never.
			if r := rotate(t, c.db, noon.Add(time.Duration(round)*48*time.Hour)); r.Key != 3+2*round || r.Deleted != round {
				t.Errorf("sealed anew: %+v", r)
			}
			c.works(t)
		}
		ctx, people := t.Context(), c.people()
		// What only hashes are left of, under the first key of three.
		for number, want := range map[phone.Number]roster.Suppression{erasedNumber: roster.Erased, stoppedNumber: roster.Stopped, boundNumber: ""} {
			if why, _, err := people.Suppressed(ctx, number); err != nil || why != want {
				t.Errorf("%s is suppressed: %q, %v, want %q", number, why, err, want)
			}
		}
		if _, err := people.Add(ctx, audit.Local("root"), roster.Resident{Phone: erasedNumber}); !errors.Is(err, roster.ErrSuppressed) {
			t.Errorf("who was erased is added: %v", err)
		}
		n, err := c.imports(t, 1, boundNumber, erasedNumber, stoppedNumber, strangeNumber)
		if err != nil || n.Erased != 1 || n.Stopped != 1 || n.Added != 2 {
			t.Errorf("imported: %+v, %v", n, err)
		}
		if stopped, err := people.FindByPhone(ctx, stoppedNumber); err != nil || !stopped.Stopped {
			t.Errorf("who stopped: %+v, %v", stopped, err)
		}
		if err := c.lists(t); err != nil {
			t.Fatal(err)
		}
		if lists, err := c.db.Broadcasts().Lists(ctx); err != nil || len(lists) != 1 || lists[0].Numbers != 3 {
			t.Errorf("the same numbers on the list again: %+v, %v", lists, err)
		}
		_, prior, err := c.db.Idempotency().Claim(ctx, "wang", "k1", "POST /x", noon, time.Minute)
		if err != nil || prior != "answer" {
			t.Errorf("a request sent again: %q, %v", prior, err)
		}
		if _, _, err := c.db.Idempotency().Claim(ctx, "wang", "k1", "POST /y", noon, time.Minute); !errors.Is(err, store.ErrKeyReused) {
			t.Errorf("another request: %v", err)
		}
		listed := c.count(t, `SELECT count(*) FROM resident r JOIN list_number l ON l.phone_find = r.phone_find`)
		subscribed := c.count(t, `SELECT count(*) FROM subscription`)
		if listed != 2 || subscribed != 1 {
			t.Errorf("%d residents on the list, want 2; %d subscriptions, want 1", listed, subscribed)
		}
		// Numbers that change still leave lists, and openids their subscriptions.
		if err := people.Unfollow(ctx, resident); err != nil {
			t.Fatal(err)
		}
		if n := c.count(t, `SELECT count(*) FROM subscription`); n != 0 {
			t.Errorf("%d subscriptions of who left", n)
		}
	})
}

// TestFindingKeyChangesAlone: neither beside an open database, nor can one be opened meanwhile.
func TestFindingKeyChangesAlone(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		if _, err := c.rotate(t); !errors.Is(err, store.ErrInUse) {
			t.Fatalf("beside an open database: %v", err)
		}
		c.works(t)
		c.close(t)
		asked := false
		_, err := store.RotateFinding(t.Context(), c.setting, newBox(t, c.master), rotation(noon), func(store.Refound) {
			if asked {
				return
			}
			asked = true
			if kind == "SQLite" { // the file cannot even be read
				if _, err := byHand(t, kind, setting).ExecContext(t.Context(), `SELECT count(*) FROM seal_key`); err == nil {
					t.Error("read while the finding key changes")
				}
				return
			}
			within, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
			defer cancel()
			if db, err := store.Open(within, c.setting, newBox(t, c.master)); err == nil {
				db.Close()
				t.Error("opened while the finding key changes")
			}
		})
		if err != nil || !asked {
			t.Fatal(err, asked)
		}
		c.open(t)
		c.works(t)
	})
}

// TestFindingKeyCutOffChangesNothing interrupts a change at each of its slices.
func TestFindingKeyCutOffChangesNothing(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		c.close(t)
		before := c.hashes(t)
		for slice := 1; slice < 4; slice++ {
			ctx, cancel := context.WithCancel(t.Context())
			n := 0
			_, err := store.RotateFinding(ctx, c.setting, newBox(t, c.master), rotation(noon), func(store.Refound) {
				if n++; n == slice {
					cancel()
				}
			})
			cancel()
			if !errors.Is(err, context.Canceled) {
				t.Fatalf("cut off at slice %d: %v", slice, err)
			}
			for hash := range c.hashes(t) {
				if before[hash] == "" {
					t.Fatal("cut off, it left a new hash")
				}
			}
		}
		c.open(t)
		c.works(t)
		c.close(t)
		if r, err := c.rotate(t); err != nil || r.Key != 2 {
			t.Fatalf("run again: %+v, %v", r, err)
		}
		c.open(t)
		c.works(t)
	})
}

// TestKilledChangeOfTheFindingKey kills a process that changes the finding key: nothing has changed, and the next does all of it.
func TestKilledChangeOfTheFindingKey(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		c.close(t)
		before := c.hashes(t)
		child := exec.CommandContext(t.Context(), os.Args[0])
		child.Env = append(os.Environ(), childDatabase+"="+setting, childKey+"="+base64.StdEncoding.EncodeToString(c.master), childRotates+"=1")
		child.Stderr = t.Output()
		out, err := child.StdoutPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := child.Start(); err != nil {
			t.Fatal(err)
		}
		if _, err := bufio.NewReader(out).ReadString('\n'); err != nil {
			t.Error(err)
		}
		child.Process.Kill()
		child.Wait()
		if after := c.hashes(t); !maps.Equal(before, after) {
			t.Error("killed, it left other hashes")
		}
		if r, err := c.rotate(t); err != nil || r.Key != 2 {
			t.Fatalf("run again: %+v, %v", r, err)
		}
		c.open(t)
		c.works(t)
	})
}

// TestProcessFromBeforeIsTurnedAway takes a process's connections to PostgreSQL away, as a restart of the server does, and changes the
// finding key before it comes back: it must not write a hash by the old one.
func TestProcessFromBeforeIsTurnedAway(t *testing.T) {
	c := newFindCity(t, "PostgreSQL", storetest.Postgres(t))
	for {
		c.count(t, `SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
		_, err := c.rotate(t)
		if err == nil {
			break
		}
		if !errors.Is(err, store.ErrInUse) { // it had connected again
			t.Fatal(err)
		}
	}
	for range 50 { // more than it has connections
		if _, err := c.people().Add(t.Context(), audit.Local("root"), roster.Resident{Phone: importedNumber}); err == nil || errors.Is(err, roster.ErrPhoneTaken) {
			t.Fatalf("written by a process from before: %v", err)
		}
	}
	c.open(t)
	c.works(t)
}
