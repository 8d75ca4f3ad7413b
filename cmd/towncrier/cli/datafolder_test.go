package cli

import (
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/rehearsal"
	"towncrier/store/storetest"
)

// TestLostDatabaseIsNoNewCity loses a city's file in the ways that it happens: nothing starts, and nothing is made, until somebody says so.
func TestLostDatabaseIsNoNewCity(t *testing.T) {
	for name, lose := range map[string]func(db string) error{
		"missing": os.Remove,
		"empty":   func(db string) error { return os.Truncate(db, 0) },
	} {
		dir := t.TempDir()
		db := filepath.Join(dir, "towncrier.db")
		env := goodEnv("TOWNCRIER_DATA="+dir, smallCity[0])
		if code, _, errs := command(t, env, "", "audit", "verify"); code != 0 {
			t.Fatalf("exit %d: %s", code, errs)
		}
		for _, beside := range []string{"-wal", "-shm"} {
			if err := os.Remove(db + beside); err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
		}
		if err := lose(db); err != nil {
			t.Fatal(err)
		}
		for _, args := range [][]string{{"serve"}, {"key", "list"}, {"audit", "verify"}} {
			code, _, errs := command(t, env, "", args...)
			if code != 1 || !strings.Contains(errs, db+" is "+name) || !strings.Contains(errs, "from a backup") || !strings.Contains(errs, "delete "+db+".city") {
				t.Errorf("%s, %q: exit %d: %s", name, args, code, errs)
			}
		}
		if info, err := os.Stat(db); err == nil && info.Size() > 0 {
			t.Errorf("%s: a new city was made", name)
		}
		if err := os.Remove(db + ".city"); err != nil {
			t.Fatal(err)
		}
		if code, _, errs := command(t, env, "", "audit", "verify"); code != 0 {
			t.Errorf("%s, started anew: exit %d: %s", name, code, errs)
		}
	}
}

// TestCommandsOnPostgresLeaveNoStopsLog runs one in a folder that is not the server's: a log begun there would be missing where it is looked for.
func TestCommandsOnPostgresLeaveNoStopsLog(t *testing.T) {
	cfg := production(t, append(smallCity, "TOWNCRIER_DATABASE="+storetest.Postgres(t), "TOWNCRIER_DATA="+t.TempDir())...)
	elsewhere := filepath.Join(cfg.Data, "elsewhere")
	if err := os.Mkdir(elsewhere, 0o700); err != nil {
		t.Fatal(err)
	}
	here, err := filepath.Abs(cfg.Content)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Content = here
	t.Chdir(elsewhere)
	env := goodEnv("TOWNCRIER_DATABASE=" + cfg.Database)
	ok(t, env, "audit", "verify")
	if left := folder(t, elsewhere); len(left) > 0 {
		t.Errorf("it left %q", left)
	}
	if err := serve(t, cfg).stop(); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(cfg.StopsLog()); err != nil {
		t.Errorf("the server began none: %v", err)
	}
}

// TestSecondServerOfAFolderIsRefused: two would send everything twice.
func TestSecondServerOfAFolderIsRefused(t *testing.T) {
	cfg := production(t, smallCity...)
	first := serve(t, cfg)
	err := app.New(cfg, app.Options{Log: slog.New(slog.DiscardHandler)}).Run(t.Context(), nil)
	if err == nil || !strings.Contains(err.Error(), "another towncrier serves from "+cfg.Database) {
		t.Errorf("a second one: %v", err)
	}
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	if err := serve(t, cfg).stop(); err != nil {
		t.Errorf("after the first has stopped: %v", err)
	}
}

// TestSecondRehearsalOfAFolderIsRefused: commands go on beside the first, and its keys still open.
func TestSecondRehearsalOfAFolderIsRefused(t *testing.T) {
	cfg := rehearsalOf(t, smallCity...)
	first := rehearse(t, cfg)
	err := rehearsal.Run(t.Context(), cfg, rehearsal.Options{Out: io.Discard, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "another towncrier serves from "+cfg.Database) {
		t.Errorf("a second one: %v", err)
	}
	if code, out, errs := command(t, []string{"TOWNCRIER_DATABASE=" + cfg.Database, "TOWNCRIER_KEY=" + keyText(cfg.Config)}, "", "key", "list"); code != 0 {
		t.Errorf("a command beside it: exit %d\n%s%s", code, out, errs)
	}
	if code, _, errs := command(t, first.as(t, "author"), "", "broadcast", "list"); code != 0 {
		t.Errorf("the first one's key: exit %d: %s", code, errs)
	}
	if err := first.stop(); err != nil {
		t.Error(err)
	}
	if err := rehearse(t, cfg).stop(); err != nil {
		t.Errorf("after the first has stopped: %v", err)
	}
}
