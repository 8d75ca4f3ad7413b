package store_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/notify"
	"towncrier/roster"
	"towncrier/staff"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestStaffMessagesAndCallsTakeTurns: while a broadcast's message to an account is about to go, is under way or is in doubt, no message goes to the
// colleague whose account it is; and while one of these goes, no broadcast's call to it begins.
func TestStaffMessagesAndCallsTakeTurns(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		ledger, notices := open().Broadcasts(), db.Notices()
		if _, err := staff.New(db.Staff(), nil, func() time.Time { return noon }).Add(t.Context(), audit.Local("root"), staff.Person{ID: "li", Name: "李某", Role: staff.Approver}); err != nil {
			t.Fatal(err)
		}
		accounts, code := db.Signin(), []byte("12345678901234567890123456789012")
		_, scanned := accounts.ScanBinding(t.Context(), code, resident, noon)
		if scanned == nil {
			t.Error("a code that nobody asked for binds an account")
		}
		err := accounts.AskBinding(t.Context(), "li", "", code, noon.Add(time.Minute), noon)
		if err == nil {
			_, err = accounts.ScanBinding(t.Context(), code, resident, noon)
		}
		if err == nil {
			_, err = accounts.EndBinding(t.Context(), resident, true, noon)
		}
		if err == nil {
			who := roster.Resident{ID: "00000000000000000000000000000001", OpenID: resident, CreatedAt: noon, UpdatedAt: noon}
			err = db.Roster().Edit(t.Context(), []roster.Key{{ID: who.ID}}, func([]roster.Found) (roster.Edit, error) {
				return roster.Edit{Save: []roster.Resident{who}, Acts: []audit.Act{put}}, nil
			})
		}
		if err != nil {
			t.Fatal(err)
		}
		begin := func(what string, at time.Time, want error, keys ...string) {
			t.Helper()
			fresh, err := notices.Begin(t.Context(), "li", keys, at, at.Add(time.Minute))
			if !errors.Is(err, want) || want == nil && !slices.Equal(fresh, keys) {
				t.Errorf("%s: told of %v, %v; want %v", what, fresh, err, want)
			}
		}
		claim := func(what, id string, at time.Time, want int) broadcast.Claimed {
			t.Helper()
			c, err := ledger.Claim(t.Context(), broadcast.Chunk{Broadcast: id, Channel: broadcast.Template, To: 1 << 40}, broadcast.ClaimRows, at, at.Add(2*time.Minute))
			if err != nil || len(c.Messages) != want {
				t.Fatalf("%s: %d messages are claimed, %v; want %d", what, len(c.Messages), err, want)
			}
			return c
		}
		sending := func(id string) {
			t.Helper()
			freeze(t, ledger, id, "00000000000000000000000000000001")
			if _, err := ledger.Change(t.Context(), id, func(b *broadcast.Broadcast) ([]audit.Act, error) {
				b.Status = broadcast.Sending
				return []audit.Act{put}, nil
			}); err != nil {
				t.Fatal(err)
			}
		}
		settle := func(c broadcast.Claimed, state broadcast.State, at time.Time) {
			t.Helper()
			err := ledger.RecordOutcomes(t.Context(), []broadcast.Settled{{Delivery: c.Messages[0].Delivery, Claim: c.ID, Outcome: broadcast.Outcome{State: state, Handle: "7"}}}, at)
			if err != nil {
				t.Fatal(err)
			}
		}

		sending("B1")
		begin("about to be sent", noon, notify.ErrBusy, "a")
		c := claim("a message to a colleague that waits", "B1", noon, 1)
		begin("under way", noon, notify.ErrBusy, "a")
		settle(c, broadcast.Accepted, noon)
		begin("done", noon, nil, "a", "b")
		begin("by another process", noon, notify.ErrBusy, "c")

		sending("B2")
		claim("while a message to the colleague is under way", "B2", noon.Add(time.Second), 0)
		if err := notices.End(t.Context(), "li", []string{"b"}); err != nil {
			t.Fatal(err)
		}
		if left, err := notices.Untold(t.Context(), "li", []string{"a", "b"}); err != nil || !slices.Equal(left, []string{"b"}) {
			t.Errorf("not told of %v, %v; want b, which was not sent", left, err)
		}
		c = claim("after it", "B2", noon.Add(2*time.Second), 1)
		settle(c, broadcast.InDoubt, noon.Add(2*time.Second))
		begin("in doubt", noon.Add(3*time.Second), notify.ErrBusy, "b")

		if err := notices.Choose(t.Context(), "li", []notify.Kind{notify.Returned}, audit.Act{Actor: audit.Staff("li"), Action: "staff.notices", Subject: "li", At: noon}); err != nil {
			t.Fatal(err)
		}
		all, err := notices.Bound(t.Context())
		if err != nil || len(all) != 1 || all[0].OpenID != resident || !slices.Equal(all[0].Unwanted, []notify.Kind{notify.Returned}) {
			t.Errorf("who has an account: %v, %v", all, err)
		}
	})
}

// TestAMessageToStaffThatDiedHoldsNobodyUp: the lease of a process that was killed ends, and a thing that somebody was told of stays told.
func TestAMessageToStaffThatDiedHoldsNobodyUp(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		notices, accounts, code := db.Notices(), db.Signin(), []byte("12345678901234567890123456789012")
		_, err := staff.New(db.Staff(), nil, func() time.Time { return noon }).Add(t.Context(), audit.Local("root"), staff.Person{ID: "li", Name: "李某", Role: staff.Approver})
		if err == nil {
			err = accounts.AskBinding(t.Context(), "li", "", code, noon.Add(time.Minute), noon)
		}
		if err == nil {
			_, err = accounts.ScanBinding(t.Context(), code, resident, noon)
		}
		if err == nil {
			_, err = accounts.EndBinding(t.Context(), resident, true, noon)
		}
		if err == nil {
			_, err = notices.Begin(t.Context(), "li", []string{"a"}, noon, noon.Add(time.Minute))
		}
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := notices.Begin(t.Context(), "li", []string{"a", "b"}, noon.Add(time.Minute), noon.Add(2*time.Minute))
		if err != nil || !slices.Equal(fresh, []string{"b"}) {
			t.Errorf("after a minute %v, %v; want b alone", fresh, err)
		}
	})
}
