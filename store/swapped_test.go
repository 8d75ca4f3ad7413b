package store_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestNumbersSwappedByHandAreRefused has two residents' sealed numbers exchanged, as whoever writes to the database could, so
// that one's notices would reach the other: neither row opens.
func TestNumbersSwappedByHandAreRefused(t *testing.T) {
	eachKind(t, func(t *testing.T, name, setting string) {
		db := storetest.Open(t, setting, storetest.Sealer(t))
		r := roster.New(roster.Config{Store: db.Roster(), Now: func() time.Time { return noon }})
		var ids []string
		for _, n := range []string{"19900000001", "19900000002"} {
			who, err := r.Add(t.Context(), audit.Local("root"), roster.Resident{Phone: phone.Number(n)})
			if err != nil {
				t.Fatal(err)
			}
			if who, err := r.Get(t.Context(), who.ID); err != nil || string(who.Phone) != n {
				t.Fatalf("before: %v, %v", who.Phone, err)
			}
			ids = append(ids, who.ID)
		}
		raw := byHand(t, name, setting)
		if _, err := raw.ExecContext(t.Context(), `CREATE TABLE kept AS SELECT id, phone FROM resident`); err != nil {
			t.Fatal(err)
		}
		if _, err := raw.ExecContext(t.Context(), `UPDATE resident SET phone = (SELECT k.phone FROM kept k WHERE k.id <> resident.id)`); err != nil {
			t.Fatal(err)
		}
		for _, id := range ids {
			if who, err := r.Get(t.Context(), id); !errors.Is(err, store.ErrSwapped) || who.Phone != "" || strings.Contains(err.Error(), "1990000") {
				t.Errorf("%v, %v; want ErrSwapped", who.Phone, err)
			}
		}
		if _, err := r.FindByPhone(t.Context(), phone.Number("19900000001")); !errors.Is(err, store.ErrSwapped) {
			t.Errorf("by the number: %v", err)
		}
	})
}
