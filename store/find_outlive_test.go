package store_test

import (
	"errors"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/staff"
	"towncrier/store"
)

// TestCallsOutliveTheFindingKey: a delivery in doubt is still asked about under the number that it went to, and receipts find theirs.
func TestCallsOutliveTheFindingKey(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		who, err := c.people().FindByPhone(t.Context(), boundNumber)
		if err != nil {
			t.Fatal(err)
		}
		calls := make(map[broadcast.Channel]broadcast.Claimed)
		for id, channel := range map[string]broadcast.Channel{"B1": broadcast.SMS, "B2": broadcast.Template} {
			rows := c.db.Broadcasts()
			freezeOn(t, rows, id, channel, who.ID)
			_, err := rows.Change(t.Context(), id, func(b *broadcast.Broadcast) ([]audit.Act, error) {
				b.Status = broadcast.Sending
				return []audit.Act{put}, nil
			})
			if err != nil {
				t.Fatal(err)
			}
			chunk := broadcast.Chunk{Broadcast: id, Channel: channel, To: 1 << 40}
			call, err := rows.Claim(t.Context(), chunk, broadcast.ClaimRows, noon, noon.Add(time.Minute))
			if err != nil || len(call.Messages) != 1 {
				t.Fatal(call, err)
			}
			doubt := broadcast.Settled{Delivery: call.Messages[0].Delivery, Claim: call.ID, Outcome: broadcast.Outcome{State: broadcast.InDoubt, Class: "in_doubt", Wait: time.Minute}}
			if err := rows.RecordOutcomes(t.Context(), []broadcast.Settled{doubt}, noon); err != nil {
				t.Fatal(err)
			}
			calls[channel] = call
		}
		c.close(t)
		if _, err := c.rotate(t); err != nil {
			t.Fatal(err)
		}
		c.open(t)
		rows := c.db.Broadcasts()
		for channel, call := range calls {
			found, err := rows.Doubts(t.Context(), channel, noon.Add(time.Minute), noon.Add(2*time.Minute), 9)
			if err != nil || len(found) != 1 || found[0].Gone || found[0].Delivery != call.Messages[0].Delivery {
				t.Errorf("%s: in doubt: %d, %v", channel, len(found), err)
			}
			l := call.Messages[0]
			receipt := broadcast.Receipt{Channel: channel, State: broadcast.Delivered, Handle: "h-" + string(channel), Code: "DELIVERED", Phone: l.Phone, OpenID: l.OpenID}
			if channel == broadcast.SMS {
				receipt.OutID = call.OutID
			}
			if matched, err := rows.Receipts(t.Context(), []broadcast.Receipt{receipt}, noon.Add(time.Minute)); err != nil || !matched[0] {
				t.Errorf("%s: a receipt finds nothing: %v", channel, err)
			}
		}
	})
}

// TestInvitationsOutliveTheFindingKey has one issued before the change, one confirmed after it, and both opened after the next.
func TestInvitationsOutliveTheFindingKey(t *testing.T) {
	eachKind(t, func(t *testing.T, kind, setting string) {
		c := newFindCity(t, kind, setting)
		rows := func() *store.Staff { return c.db.Staff() }
		i := staff.Invitation{ID: "iiiiiiiiii", Person: "boss", IssuedBy: audit.Staff("wang"), IssuedAt: noon, ExpiresAt: noon.Add(time.Hour)}
		digest := []byte("digest")
		if err := rows().Invite(t.Context(), i, digest, 0, rotation(noon)); err != nil {
			t.Fatal(err)
		}
		holds := func(when string) {
			t.Helper()
			if _, err := rows().InvitationOf(t.Context(), i.ID, digest); err != nil {
				t.Errorf("%s: %v", when, err)
			}
			if _, err := rows().InvitationOf(t.Context(), i.ID, []byte("other")); !errors.Is(err, staff.ErrNoPerson) {
				t.Errorf("%s, with another secret: %v", when, err)
			}
		}
		change := func() {
			t.Helper()
			c.close(t)
			if _, err := c.rotate(t); err != nil {
				t.Fatal(err)
			}
			c.open(t)
		}
		change()
		holds("issued")
		i.ConfirmedBy, i.ConfirmedAt, i.InPerson = audit.Staff("zhao"), noon, true
		if err := rows().Confirm(t.Context(), i, rotation(noon)); err != nil {
			t.Fatal(err)
		}
		change()
		holds("confirmed")
	})
}
