package sms_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"towncrier/sms"
)

// offerReceipts plays who else sends texts.
type otherSender func(receipts []sms.Receipt) ([]bool, error)

func (f otherSender) Receipts(_ context.Context, receipts []sms.Receipt) ([]bool, error) {
	return f(receipts)
}

// TestReceiptsOfOthers offers what is no text of the Outbox's to who else sends, until they take it.
func TestReceiptsOfOthers(t *testing.T) {
	each(t, nil, nil, func(t *testing.T, d fixture) {
		var offered []string
		theirs := map[string]bool{"a": true}
		away := false
		outbox := sms.New(sms.Config{Store: d.store, Now: d.clock.now, OtherReceipts: otherSender(func(receipts []sms.Receipt) ([]bool, error) {
			if away {
				return nil, errors.New("the database is away")
			}
			matched := make([]bool, len(receipts))
			for i, r := range receipts {
				offered = append(offered, r.OutID)
				matched[i] = theirs[r.OutID]
			}
			return matched, nil
		})})
		err := outbox.TakeReceipts(t.Context(), []sms.Receipt{
			{Handle: "1", OutID: "a", Phone: number, Delivered: true}, {Handle: "2", OutID: "b", Phone: number, Delivered: true},
		})
		if err != nil {
			t.Fatal(err)
		}
		away = true
		if done, err := outbox.Process(t.Context()); err == nil || done.Failed != 2 || done.Receipts != 0 {
			t.Fatalf("while they are away: %+v, %v", done, err)
		}
		away = false
		d.clock.add(time.Minute)
		if done, err := outbox.Process(t.Context()); err != nil || done != (sms.Done{Receipts: 1, Early: 1}) {
			t.Fatalf("%+v, %v", done, err)
		}
		theirs["b"] = true
		d.clock.add(time.Hour)
		if done, err := outbox.Process(t.Context()); err != nil || done != (sms.Done{Receipts: 1}) {
			t.Fatalf("later: %+v, %v", done, err)
		}
		d.clock.add(24 * time.Hour)
		if done, err := outbox.Process(t.Context()); err != nil || done != (sms.Done{}) || len(offered) != 3 {
			t.Errorf("what was taken comes again: %+v, %v, offered %v", done, err, offered)
		}
	})
}
