package store_test

import (
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestStalledClaimIsNoClaim stalls a claim after it read its rows. Meanwhile another process claims them, is refused and puts them back, to
// be tried in a minute, and claims them again when it is over: the first reading is of no use at either time.
func TestStalledClaimIsNoClaim(t *testing.T) {
	for _, channel := range []broadcast.Channel{broadcast.SMS, broadcast.Template} {
		t.Run(string(channel), func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, open func() *store.DB) {
				db := open()
				a, b := db.Broadcasts(), open().Broadcasts()
				who := roster.Resident{ID: "00000000000000000000000000000001", Phone: "19900000001", PhoneFrom: roster.FromImport, OpenID: resident,
					CreatedAt: noon, UpdatedAt: noon}
				err := db.Roster().Edit(t.Context(), []roster.Key{{ID: who.ID}}, func([]roster.Found) (roster.Edit, error) {
					return roster.Edit{Save: []roster.Resident{who}, Acts: []audit.Act{put}}, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				freezeOn(t, a, "B1", channel, who.ID)
				_, err = a.Change(t.Context(), "B1", func(b *broadcast.Broadcast) ([]audit.Act, error) {
					b.Status = broadcast.Sending
					return []audit.Act{put}, nil
				})
				if err != nil {
					t.Fatal(err)
				}
				chunk := broadcast.Chunk{Broadcast: "B1", Channel: channel, To: 1 << 40}
				refusedOnce := func(at time.Time) func() {
					return func() {
						c, err := b.Claim(t.Context(), chunk, broadcast.ClaimRows, at, at.Add(time.Minute))
						if err != nil || len(c.Messages) != 1 {
							t.Fatalf("the other process claims %d letters, %v", len(c.Messages), err)
						}
						err = b.RecordOutcomes(t.Context(), []broadcast.Settled{{Delivery: c.Messages[0].Delivery, Claim: c.ID,
							Outcome: broadcast.Outcome{State: broadcast.Pending, Wait: time.Minute}}}, at)
						if err != nil {
							t.Fatal(err)
						}
					}
				}
				for _, stall := range []time.Duration{0, time.Minute} {
					at := noon.Add(stall)
					c, err := a.ClaimInTwo(t.Context(), chunk, at, at.Add(time.Minute), refusedOnce(at))
					if err != nil || len(c.Messages) != 0 {
						t.Errorf("a claim that was stalled takes %d letters, %v", len(c.Messages), err)
					}
				}
				// Even when what it read is due by the time at which it goes on.
				late := noon.Add(time.Hour)
				c, err := a.ClaimInTwo(t.Context(), chunk, late, late.Add(time.Minute), refusedOnce(late.Add(-10*time.Minute)))
				if err != nil || len(c.Messages) != 0 {
					t.Errorf("a claim that was stalled for long takes %d letters, %v", len(c.Messages), err)
				}
			})
		})
	}
}
