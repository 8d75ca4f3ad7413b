package store_test

import (
	"context"
	"errors"
	"testing"

	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestAway: PostgreSQL that has crashed is away for calls that read and that write, on connections from before and new ones. What is refused is not.
func TestAway(t *testing.T) {
	server := storetest.Start(t)
	db := storetest.Open(t, server.URL(), storetest.Sealer(t))
	calls := map[string]func() error{
		"read":  func() error { _, err := db.Roster().Committees(t.Context()); return err },
		"write": func() error { return db.ProbeWrite(t.Context(), noon) },
	}
	check := func(when string, away bool) {
		t.Helper()
		for name, call := range calls {
			if err := call(); store.Away(err) != away || !away && err != nil {
				t.Errorf("%s: %s: %v", when, name, err)
			}
		}
	}
	check("before", false)
	server.Crash()
	check("on connections from before", true)
	check("on new ones", true)
	server.Restart(t)
	check("again", false)

	for _, err := range []error{nil, context.Canceled, context.DeadlineExceeded, roster.ErrNoRoom, errors.New("other")} {
		if store.Away(err) {
			t.Errorf("%v is taken for a database that is away", err)
		}
	}
}
