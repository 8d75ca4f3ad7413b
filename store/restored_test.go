package store_test

import (
	"slices"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestRestoredPausesWhatWouldGoOn marks a database in which broadcasts stand everywhere.
func TestRestoredPausesWhatWouldGoOn(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting, sealer := fresh(t), storetest.Sealer(t)
			db, err := store.Open(t.Context(), setting, sealer)
			if err != nil {
				t.Fatal(err)
			}
			goes := []broadcast.Status{broadcast.Scheduled, broadcast.Held, broadcast.Freezing, broadcast.Sending, broadcast.Paused}
			stays := []broadcast.Status{broadcast.Draft, broadcast.Submitted, broadcast.Approved, broadcast.Done, broadcast.Cancelled, broadcast.Expired}
			act := audit.Act{Actor: audit.System("test"), Action: "test", At: noon}
			for _, status := range slices.Concat(goes, stays) {
				b := broadcast.Broadcast{ID: "B" + string(status), Version: 1, Status: status, Title: "t", Topic: "dog", Author: "li", SendAt: noon, Round: 1}
				if _, err := db.Broadcasts().Create(t.Context(), b, act); err != nil {
					t.Fatal(err)
				}
			}
			if err := db.Broadcasts().PutSeries(t.Context(), broadcast.Series{ID: "S1", Approver: "zhao", Next: noon}, act); err != nil {
				t.Fatal(err)
			}
			if err := db.Broadcasts().PutSeries(t.Context(), broadcast.Series{ID: "S2"}, act); err != nil {
				t.Fatal(err)
			}
			restore := store.Restore{AsOf: noon, By: audit.System("test"), At: noon.Add(time.Hour)}
			if _, err := store.MarkRestored(t.Context(), setting, sealer, restore); err == nil {
				t.Error("it was marked while it was open")
			}
			if err := db.Close(); err != nil {
				t.Fatal(err)
			}
			done, err := store.MarkRestored(t.Context(), setting, sealer, restore)
			if err != nil {
				t.Fatal(err)
			}
			if len(done.Broadcasts) != len(goes) || !slices.Equal(done.Series, []string{"S1"}) {
				t.Errorf("to confirm: %v, %v", done.Broadcasts, done.Series)
			}
			db = storetest.Open(t, setting, sealer)
			for _, status := range slices.Concat(goes, stays) {
				b, err := db.Broadcasts().Get(t.Context(), "B"+string(status))
				want := status
				if slices.Contains(goes, status) {
					want = broadcast.Paused
				}
				if err != nil || b.Status != want || !b.PutBackAt.Equal(noon) || (b.Why != "") != (want == broadcast.Paused) {
					t.Errorf("%s is %s (%s), put back at %v: %v", status, b.Status, b.Why, b.PutBackAt, err)
				}
			}
			one, err := db.Broadcasts().GetSeries(t.Context(), "S1")
			if err != nil || !one.Stopped || one.Approver != "" || !one.Next.IsZero() {
				t.Errorf("%+v, %v", one, err)
			}
			alarms, err := db.Alarms().List(t.Context())
			if err != nil || len(alarms) != 1 {
				t.Errorf("%v, %v", alarms, err)
			}
		})
	}
}
