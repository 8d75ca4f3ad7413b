package cli

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/staff"
	"towncrier/staff/stafftest"
	"towncrier/store"
)

// onDatabase opens the database that an environment names, whether or not a server runs.
func onDatabase(t *testing.T, env []string, do func(*store.DB)) {
	t.Helper()
	src, err := config.Read("", env)
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := src.Config("key")
	if err != nil {
		t.Fatal(err)
	}
	db, _, err := app.OpenDatabase(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	do(db)
}

// machineOf is the environment of commands on the machine of a server.
func machineOf(cfg config.Config) []string {
	return []string{"TOWNCRIER_DATA=" + cfg.Data, "TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg)}
}

// hire gives people keys for a server, and returns the environment of each who works over its API, by id.
func (r *running) hire(t *testing.T, cfg config.Config, people ...staff.Person) map[string][]string {
	t.Helper()
	environs := map[string][]string{}
	onDatabase(t, machineOf(cfg), func(db *store.DB) {
		team := staff.New(db.Staff(), nil, time.Now)
		for _, p := range people {
			if _, err := team.Add(t.Context(), audit.Local("test"), p); err != nil && !errors.Is(err, staff.ErrExists) {
				t.Fatal(err)
			}
			key, _, err := stafftest.KeyOf(t.Context(), db.Staff(), time.Now, p.ID)
			if err != nil {
				t.Fatal(err)
			}
			environs[p.ID] = []string{config.URLVariable + "=http://" + r.addr, config.KeyVariable + "=" + key}
		}
	})
	return environs
}

// recorded is the audit log of the database that an environment names, newest first, a line an entry.
func recorded(t *testing.T, env []string, filter audit.Filter) string {
	t.Helper()
	var lines []string
	onDatabase(t, env, func(db *store.DB) {
		entries, err := db.Audit().List(t.Context(), 0, 1000, filter)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range slices.All(entries) {
			lines = append(lines, fmt.Sprintf("%d %s %s %s %s", e.Seq, e.Actor, e.Action, e.Subject, e.Detail))
		}
	})
	return strings.Join(lines, "\n")
}
