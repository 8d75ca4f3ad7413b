package store_test

import (
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/inbox"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestMergedResidentGetsItOnce makes two recipients one person: where both are in an audience, one gets nothing more; where
// only the one who goes was, the other takes their place.
func TestMergedResidentGetsItOnce(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		residents := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), time.Now), Now: func() time.Time { return noon }})
		var who [2]roster.Resident
		for i := range who {
			var err error
			openid := []string{resident, other}[i]
			if err := residents.Prefer(t.Context(), openid, "", "", true); err != nil {
				t.Fatal(err)
			}
			if who[i], err = residents.Me(t.Context(), openid); err != nil {
				t.Fatal(err)
			}
		}
		goes, stays := who[0].ID, who[1].ID
		s := db.Broadcasts()
		freeze(t, s, "B1", goes, stays)
		freeze(t, s, "B2", goes)
		if known, err := s.Subscribe(t.Context(), resident, "T-1", true, noon); err != nil || !known {
			t.Fatal(known, err)
		}
		if err := db.MergeDeliveries(t.Context(), goes, stays, noon); err != nil {
			t.Fatal(err)
		}
		for id, want := range map[string][]broadcast.State{"B1": {broadcast.Suppressed, broadcast.Pending}, "B2": {broadcast.Pending}} {
			found, _, err := s.Deliveries(t.Context(), id, broadcast.DeliveryFilter{}, 0, 9)
			if err != nil {
				t.Fatal(err)
			}
			var got []broadcast.State
			for _, d := range found {
				got = append(got, d.State)
			}
			if !slices.Equal(got, want) || found[len(found)-1].Subject != stays {
				t.Errorf("%s: %v, want %v", id, got, want)
			}
			tally, err := s.Tally(t.Context(), id)
			if err != nil {
				t.Fatal(err)
			}
			if rows, err := s.Recount(t.Context(), id); err != nil || !slices.Equal(rows, tally) {
				t.Errorf("%s: the tally says %v, the rows are %v, %v", id, tally, rows, err)
			}
		}
		found, _, err := s.Candidates(t.Context(), nil, noon, "", 9)
		if err != nil || !slices.Equal(found[1].Templates, []string{"T-1"}) {
			t.Errorf("%+v, %v: the subscription did not move", found, err)
		}
	})
}

// TestMergeKeepsTheConsentsOfTheOpenID: who binds a number that stands with another openid keeps what they subscribed to, and gets
// nothing of what the other openid has.
func TestMergeKeepsTheConsentsOfTheOpenID(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db := open()
		residents := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), time.Now), Now: func() time.Time { return noon }})
		s := db.Broadcasts()
		const number = "19900000001"
		for openid, template := range map[string]string{resident: "T-old", other: "T-new"} {
			if err := residents.Prefer(t.Context(), openid, "", "", true); err != nil {
				t.Fatal(err)
			}
			if known, err := s.Subscribe(t.Context(), openid, template, true, noon); err != nil || !known {
				t.Fatal(known, err)
			}
		}
		for _, openid := range []string{resident, other} {
			if _, err := residents.Bind(t.Context(), openid, number); err != nil {
				t.Fatal(err)
			}
		}
		found, _, err := s.Candidates(t.Context(), nil, noon, "", 9)
		if err != nil || len(found) != 2 {
			t.Fatalf("%+v, %v; want two", found, err)
		}
		for _, who := range found {
			want := "T-old"
			if who.Phone {
				want = "T-new"
			}
			if !who.WeChat || !slices.Equal(who.Templates, []string{want}) {
				t.Errorf("%+v, want %s", who, want)
			}
		}
	})
}

// freeze makes a broadcast by WeChat to residents, all pending.
func freeze(t *testing.T, s *store.Broadcasts, id string, subjects ...string) {
	t.Helper()
	freezeOn(t, s, id, broadcast.Template, subjects...)
}

func freezeOn(t *testing.T, s *store.Broadcasts, id string, channel broadcast.Channel, subjects ...string) {
	t.Helper()
	if _, err := s.Create(t.Context(), broadcast.Broadcast{ID: id, Status: broadcast.Draft, Round: 1}, put); err != nil {
		t.Fatal(err)
	}
	_, err := s.Change(t.Context(), id, func(b *broadcast.Broadcast) ([]audit.Act, error) {
		b.Status = broadcast.Freezing
		return []audit.Act{put}, nil
	})
	if err != nil {
		t.Fatal(err)
	}
	slice := broadcast.Slice{}
	for _, subject := range subjects {
		slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: subject, Channels: []broadcast.Channel{channel}})
	}
	if written, err := s.Freeze(t.Context(), id, slice, noon); err != nil || !written {
		t.Fatal(written, err)
	}
}
