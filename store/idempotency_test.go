package store_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestIdempotency(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		s, other := open().Idempotency(), open().Idempotency()
		claim := func(s *store.Idempotency, who, key, request string, at time.Time) (*store.Claim, string, error) {
			t.Helper()
			return s.Claim(t.Context(), who, key, request, at, time.Minute)
		}
		first, prior, err := claim(s, "wang", "k1", "POST /x 19900001234", noon)
		if err != nil || first == nil || prior != "" {
			t.Fatalf("first: %v, %q, %v", first, prior, err)
		}
		if _, _, err := claim(other, "wang", "k1", "POST /x 19900001234", noon); !errors.Is(err, store.ErrKeyBusy) {
			t.Errorf("while it is done: %v, want ErrKeyBusy", err)
		}
		if _, _, err := claim(other, "wang", "k1", "POST /y", noon.Add(time.Hour)); !errors.Is(err, store.ErrKeyReused) {
			t.Errorf("for another request: %v, want ErrKeyReused", err)
		}
		if c, _, err := claim(other, "li", "k1", "POST /y", noon); err != nil || c == nil {
			t.Errorf("of another person: %v, %v", c, err)
		}
		if err := s.Complete(t.Context(), first, "answer", ""); err != nil {
			t.Fatal(err)
		}
		if c, prior, err := claim(other, "wang", "k1", "POST /x 19900001234", noon.Add(23*time.Hour)); err != nil || c != nil || prior != "answer" {
			t.Errorf("again: %v, %q, %v, want the answer", c, prior, err)
		}
		if err := s.Release(t.Context(), first); err != nil {
			t.Fatal(err)
		}
		if _, prior, err := claim(other, "wang", "k1", "POST /x 19900001234", noon); err != nil || prior != "answer" {
			t.Errorf("released after it was done: %q, %v, want the answer", prior, err)
		}
		if c, prior, err := claim(other, "wang", "k1", "POST /y", noon.Add(24*time.Hour)); err != nil || c == nil || prior != "" {
			t.Errorf("a day later: %v, %q, %v, want a new claim", c, prior, err)
		}
	})
}

func TestIdempotencyOfADeadProcess(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		s := open().Idempotency()
		dead, _, err := s.Claim(t.Context(), "wang", "k", "r", noon, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Claim(t.Context(), "wang", "k", "r", noon.Add(59*time.Second), time.Minute); !errors.Is(err, store.ErrKeyBusy) {
			t.Errorf("within the lease: %v, want ErrKeyBusy", err)
		}
		next, _, err := s.Claim(t.Context(), "wang", "k", "r", noon.Add(time.Minute), time.Minute)
		if err != nil || next == nil {
			t.Fatalf("after the lease: %v, %v", next, err)
		}
		// Not dead but late: what it says does not count any more.
		if err := errors.Join(s.Complete(t.Context(), dead, "late", ""), s.Release(t.Context(), dead)); err != nil {
			t.Fatal(err)
		}
		if err := s.Complete(t.Context(), next, "answer", ""); err != nil {
			t.Fatal(err)
		}
		if _, prior, err := s.Claim(t.Context(), "wang", "k", "r", noon.Add(2*time.Minute), time.Minute); err != nil || prior != "answer" {
			t.Errorf("answer %q, %v", prior, err)
		}
	})
}

// TestIdempotencyOutlivesAClockAhead has a key claimed by a process whose clock was eight hours ahead, and which died.
func TestIdempotencyOutlivesAClockAhead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		s := open().Idempotency()
		claim := func(at time.Time) error {
			t.Helper()
			_, _, err := s.Claim(t.Context(), "wang", "k", "r", at, time.Minute)
			return err
		}
		if err := claim(noon.Add(8 * time.Hour)); err != nil {
			t.Fatal(err)
		}
		if err := claim(noon); err != nil {
			t.Errorf("once the clock is right: %v, want the claim", err)
		}
		if err := claim(noon.Add(time.Minute - 1)); !errors.Is(err, store.ErrKeyBusy) {
			t.Errorf("within the lease of a right clock: %v, want ErrKeyBusy", err)
		}
	})
}

func TestIdempotencyReleaseAndSecrets(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		s := open().Idempotency()
		c, _, err := s.Claim(t.Context(), "wang", "k", "r", noon, time.Minute)
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Release(t.Context(), c); err != nil {
			t.Fatal(err)
		}
		if c, _, err = s.Claim(t.Context(), "wang", "k", "another", noon, time.Minute); err != nil || c == nil {
			t.Fatalf("a released key for another request: %v, %v", c, err)
		}
		if err := s.Complete(t.Context(), c, "", ""); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Claim(t.Context(), "wang", "k", "another", noon, time.Minute); !errors.Is(err, store.ErrKeySpent) {
			t.Errorf("an answer that is not kept: %v, want ErrKeySpent", err)
		}
	})
}

func TestIdempotentAnswersGoWithTheResident(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		people := roster.New(roster.Config{Store: db.Roster(), Tickets: db.Inbox(), Now: func() time.Time { return noon }})
		who, err := people.Add(t.Context(), audit.Local("test"), roster.Resident{Phone: "19900000001"})
		if err != nil {
			t.Fatal(err)
		}
		answer := func(key string) (c *store.Claim, prior string, err error) {
			t.Helper()
			c, prior, err = db.Idempotency().Claim(t.Context(), "wang", key, "r", noon, time.Minute)
			if c != nil {
				if err := db.Idempotency().Complete(t.Context(), c, "answer", who.ID); err != nil {
					t.Fatal(err)
				}
			}
			return c, prior, err
		}
		answer("k1")
		if _, prior, err := answer("k1"); err != nil || prior != "answer" {
			t.Fatalf("while they are there: %q, %v", prior, err)
		}
		if err := people.Erase(t.Context(), audit.Local("test"), who.ID); err != nil {
			t.Fatal(err)
		}
		if c, prior, err := answer("k1"); c == nil || err != nil {
			t.Errorf("erased: %q, %v, want a new claim", prior, err)
		}
		if _, _, err := answer("k1"); !errors.Is(err, store.ErrKeySpent) {
			t.Errorf("about somebody who is gone: %v, want ErrKeySpent", err)
		}
	})
}

func TestIdempotencyOfMany(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		stores := []*store.Idempotency{open().Idempotency(), open().Idempotency()}
		var won atomic.Int32
		var all sync.WaitGroup
		for i := range 20 {
			all.Go(func() {
				c, _, err := stores[i%2].Claim(t.Context(), "wang", "k", "r", noon, time.Minute)
				switch {
				case c != nil:
					won.Add(1)
				case !errors.Is(err, store.ErrKeyBusy):
					t.Errorf("loser: %v, want ErrKeyBusy", err)
				}
			})
		}
		all.Wait()
		if n := won.Load(); n != 1 {
			t.Errorf("%d of 20 won", n)
		}
	})
}

// TestIdempotencyKnowsWhatWasDone has callers die, fail and come late after the transaction that did what was asked.
func TestIdempotencyKnowsWhatWasDone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		s := db.Idempotency()
		claim := func(at time.Time) *store.Claim {
			t.Helper()
			c, _, err := s.Claim(t.Context(), "wang", "k", "r", at, time.Minute)
			if err != nil || c == nil {
				t.Fatalf("claim: %v, %v", c, err)
			}
			return c
		}
		hire := func(c *store.Claim, id string, actions ...string) error {
			return db.Staff().Add(store.WithClaim(t.Context(), c, actions...), staff.Person{ID: id, Name: "王", Role: staff.Author, CreatedAt: noon},
				audit.Act{Actor: audit.Staff("wang"), Action: "staff.add", Subject: id, At: noon})
		}
		if err := db.Staff().Add(t.Context(), staff.Person{ID: "wang", Name: "王", Role: staff.Admin, CreatedAt: noon},
			audit.Act{Actor: audit.Local("test"), Action: "staff.add", Subject: "wang", At: noon}); err != nil {
			t.Fatal(err)
		}
		// An act of another name is not what was asked for.
		first := claim(noon)
		if err := errors.Join(hire(first, "author-1", "staff.other"), s.Release(t.Context(), first)); err != nil {
			t.Fatal(err)
		}
		first = claim(noon)
		if first.Done != nil {
			t.Errorf("done is %v, want nothing", first.Done)
		}
		// Whoever comes late does nothing: another may be doing it.
		second := claim(noon.Add(time.Minute))
		if err := hire(first, "author-2", "staff.add"); !errors.Is(err, store.ErrKeyBusy) {
			t.Errorf("late: %v, want ErrKeyBusy", err)
		}
		if _, err := db.Staff().Get(t.Context(), "author-2"); !errors.Is(err, staff.ErrNoPerson) {
			t.Errorf("what was done late: %v, want ErrNoPerson", err)
		}
		if err := hire(second, "author-3", "staff.other", "staff.add"); err != nil {
			t.Fatal(err)
		}
		third := claim(noon.Add(2 * time.Minute))
		if third.Done == nil || third.Done.Subject != "author-3" || third.Done.Action != "staff.add" {
			t.Fatalf("done is %v, want what the second did", third.Done)
		}
		// Released without an answer it is done all the same, and may be asked again at once, for nothing else.
		if err := s.Release(t.Context(), third); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.Claim(t.Context(), "wang", "k", "other", noon.Add(2*time.Minute), time.Minute); !errors.Is(err, store.ErrKeyReused) {
			t.Errorf("for another request: %v, want ErrKeyReused", err)
		}
		if again := claim(noon.Add(2 * time.Minute)); again.Done == nil || again.Done.Subject != "author-3" {
			t.Errorf("done is %v, want what the second did", again.Done)
		}
	})
}
