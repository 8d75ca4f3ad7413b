package store_test

import (
	"testing"
	"time"

	"towncrier/inbox"
	"towncrier/store/storetest"
)

// TestFindLooksThroughSoManyTickets has a text that none of many tickets holds but the last: a request looks through 2000, and its cursor
// goes on behind them.
func TestFindLooksThroughSoManyTickets(t *testing.T) {
	setting := storetest.SQLite(t)
	db := storetest.Open(t, setting, storetest.Sealer(t))
	box := inbox.New(db.Inbox(), func() time.Time { return noon })
	file(t, db, "oFind-1", "别的事")
	raw := byHand(t, "SQLite", setting)
	_, err := raw.ExecContext(t.Context(), `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 4500)
		INSERT INTO ticket (number, grp, kind, status, topic, text, place, filed_at, due_at)
		SELECT printf('20231113-%05d', 10000 + i), printf('20231113-%05d', 10000 + i), kind, status, topic, text, place, filed_at + i, due_at FROM ticket, n`)
	if err != nil {
		t.Fatal(err)
	}
	last, err := box.File(t.Context(), inbox.Filing{From: "oFind-2", Kind: inbox.Suggestion, Text: "路灯坏了", At: noon.Add(24 * time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	var requests int
	for after := ""; ; {
		began := time.Now()
		found, next, err := box.Find(t.Context(), inbox.Filter{Limit: 10, After: after}, "路灯")
		if err != nil {
			t.Fatal(err)
		}
		requests++
		t.Logf("request %d: %d found in %s", requests, len(found), time.Since(began))
		if after = next; next != "" && len(found) == 0 {
			continue
		}
		if len(found) != 1 || found[0].Number != last.Number || next != "" || requests != 3 {
			t.Errorf("in %d requests %d found, next %q; want %s in 3", requests, len(found), next, last.Number)
		}
		return
	}
}
