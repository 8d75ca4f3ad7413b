package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/cmd/towncrier/config"
	"towncrier/cmd/towncrier/rehearsal"
)

// TestRehearsalWaitsForThePhonePage: its broadcast is made when the page is first opened, once, and not before, by however many starts.
func TestRehearsalWaitsForThePhonePage(t *testing.T) {
	t.Parallel()
	cfg := rehearsalOf(t, smallCity...)
	list := func(r *running) []wire.Broadcast {
		t.Helper()
		var page wire.Page[wire.Broadcast]
		if err := json.Unmarshal([]byte(ok(t, r.as(t, "author"), "broadcast", "list", "--json")), &page); err != nil {
			t.Fatal(err)
		}
		return page.Items
	}
	stop := func(r *running) {
		t.Helper()
		if err := r.stop(); err != nil || strings.Contains(r.log.String(), "level=ERROR") {
			t.Errorf("stop: %v\n%s", err, r.log)
		}
	}
	for range 2 {
		unseen := rehearse(t, cfg)
		unseen.get(t, "/sandbox/record") // as a script does, without a look at the page
		if out := unseen.out.String(); !strings.Contains(out, "waits for you to open the phone page") || strings.Contains(out, "--watch") {
			t.Errorf("announced:\n%s", out)
		}
		if all := list(unseen); len(all) > 0 {
			t.Errorf("before the page was opened: %+v", all)
		}
		stop(unseen)
	}
	r := rehearse(t, cfg)
	before := time.Now()
	r.openPage(t)
	r.get(t, "/sandbox/state")
	all := list(r)
	if len(all) != 1 || all[0].Status != string(broadcast.Scheduled) {
		t.Fatalf("opened twice: %+v", all)
	}
	if at := all[0].Proposal.SendAt; at.Before(before.Add(rehearsal.FirstSend-time.Second)) || at.After(time.Now().Add(rehearsal.FirstSend)) {
		t.Errorf("opened at %s, it goes at %s", before, at)
	}
	stop(r)
}

// TestRehearsalHasAHistory: what was done before a rehearsal began reaches nobody once more, what waits keeps to the city's content, and the
// broadcast that is there to be watched still is. A second start makes none of it again.
func TestRehearsalHasAHistory(t *testing.T) {
	t.Parallel()
	cfg := rehearsalOf(t)
	cfg.History = true
	var before string
	for range 2 {
		r := rehearse(t, cfg)
		if out := r.out.String(); !strings.Contains(out, "waits for you to open the phone page") {
			t.Errorf("announced:\n%s", out)
		}
		author := r.keyOf(t, "author")
		var page wire.Page[wire.Broadcast]
		_, list := r.api(t, author, "GET", "/broadcasts?limit=100", "")
		if err := json.Unmarshal([]byte(list), &page); err != nil || len(page.Items) < 15 {
			t.Fatalf("%d broadcasts, %v", len(page.Items), err)
		}
		for _, b := range page.Items {
			var preview wire.Preview
			_, text := r.api(t, author, "GET", "/broadcasts/"+b.ID+"/preview", "")
			if err := json.Unmarshal([]byte(text), &preview); err != nil {
				t.Fatal(err)
			}
			for _, f := range preview.Faults {
				if !f.Warning {
					t.Errorf("%s is refused by the city's content: %s", b.Proposal.Title, f.Text)
				}
			}
		}
		_, tickets := r.api(t, author, "GET", "/inbox/counts", "")
		now := fmt.Sprint(len(page.Items), tickets)
		if before != "" && now != before {
			t.Errorf("after the second start %s, before %s", now, before)
		}
		before = now
		if _, record := r.get(t, "/sandbox/record"); strings.TrimSpace(record) != "[]" {
			t.Errorf("the sandbox's platforms were called: %.300s", record)
		}
		if err := r.stop(); err != nil || strings.Contains(r.log.String(), "level=ERROR") {
			t.Errorf("stop: %v\n%s", err, r.log)
		}
	}
}

// TestRehearsalInterruptedByItsPage ends a rehearsal while it makes its broadcast.
func TestRehearsalInterruptedByItsPage(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsalOf(t, smallCity...))
	r.get(t, "/sandbox/")
	if err := r.stop(); err != nil || strings.Contains(r.log.String(), "level=ERROR") || strings.Contains(r.log.String(), "broadcast was not made") {
		t.Errorf("stop: %v\n%s", err, r.log)
	}
}

// TestRehearsalGoesOn: the next rehearsal finds the residents of the last, its broadcast that is under way, and the keys of its staff; who
// was disabled, or has no file any more, gets a new one. It prints no key.
func TestRehearsalGoesOn(t *testing.T) {
	t.Parallel()
	cfg := rehearsalOf(t, smallCity...)
	first := rehearse(t, cfg)
	first.openPage(t)
	if out := first.out.String(); strings.Contains(out, "tck_") || !strings.Contains(out, "(Asia/Shanghai)") {
		t.Errorf("announced:\n%s", out)
	}
	colleagues := []string{"admin", "admin2", "author", "approver", "committee", "auditor"}
	keys := map[string]string{}
	for _, who := range colleagues {
		keys[who] = first.keyOf(t, who)
		if info, err := os.Stat(filepath.Join(cfg.Data, "keys", who)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("file of %s: %v, %v", who, info, err)
		}
	}
	if status, answer := first.api(t, keys["admin"], "POST", "/staff/rehearsal-auditor/disable", ""); status != 200 && status != 204 {
		t.Fatal(status, answer)
	}
	if err := errors.Join(first.stop(), os.Remove(filepath.Join(cfg.Data, "keys", "admin2"))); err != nil {
		t.Fatal(err)
	}
	second := rehearse(t, cfg)
	if out := second.out.String(); !strings.Contains(out, "of an earlier rehearsal goes on") {
		t.Errorf("announced:\n%s", out)
	}
	for _, who := range colleagues {
		wantIn(t, ok(t, second.as(t, who), "broadcast", "whoami"), "演示")
		if renewed := second.keyOf(t, who) != keys[who]; renewed != (who == "auditor" || who == "admin2") {
			t.Errorf("key of %s renewed: %v", who, renewed)
		}
	}
	refuses(t, []string{config.URLVariable + "=http://" + second.addr, config.KeyVariable + "=" + keys["admin2"]}, 1, "没有办成（401", "broadcast", "list")
	if _, stats := second.api(t, keys["admin"], "GET", "/stats", ""); !strings.Contains(stats, `"residents":200`) {
		t.Error(stats)
	}
	if err := second.stop(); err != nil {
		t.Error(err)
	}
	if leaked := leaks(t, cfg.Data, "1990000", "oSANDBOX"); leaked != "" {
		t.Error(leaked)
	}
}

// TestRehearsalWithoutDrafts serves a city that keeps no draft: it says so, and sends nothing.
func TestRehearsalWithoutDrafts(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(littletown)); err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(dir + "/broadcasts"); err != nil {
		t.Fatal(err)
	}
	r := rehearse(t, rehearsalOf(t, "TOWNCRIER_CONTENT="+dir))
	if out := r.out.String(); !strings.Contains(out, "no broadcast to watch") {
		t.Errorf("announced:\n%s", out)
	}
}

// TestRehearsalSpeaksOfItsCity: what it proposes to ask is answered by the city that it serves, on the page too.
func TestRehearsalSpeaksOfItsCity(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsalOf(t, smallCity...))
	out := r.out.String()
	_, state := r.get(t, "/sandbox/state")
	if !strings.Contains(out, "ask:  "+smallQuestion) || strings.Contains(out, "遛狗") || !strings.Contains(state, `"suggestion":"`+smallQuestion+`"`) {
		t.Errorf("it proposes:\n%s%.300s", out, state)
	}
	if status, _ := r.get(t, "/"); status != 200 {
		t.Errorf("/ leads nowhere: %d", status)
	}
}

// TestRehearsalHasResidents: nobody who starts one has to say how many.
func TestRehearsalHasResidents(t *testing.T) {
	wantIn(t, ok(t, nil, "rehearse", "--help"), fmt.Sprintf("keeps its own (default %d)", rehearsal.DefaultResidents))
}
