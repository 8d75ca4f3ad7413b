package main

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/roster"
	"towncrier/sandbox"
)

func rehearsedLibrary(t *testing.T, folder string) *content.Library {
	t.Helper()
	lib, problems := content.Load(os.DirFS(folder))
	if lib == nil {
		t.Fatal(problems)
	}
	return lib
}

// TestPlayers: the pretend platforms and the city know the same people, and each way that a notice can go is there.
func TestPlayers(t *testing.T) {
	for _, folder := range []string{"../../content/yuncheng", littletown} {
		lib := rehearsedLibrary(t, folder)
		all := players(lib, DefaultResidents)
		if len(all) != DefaultResidents {
			t.Fatalf("%d players", len(all))
		}
		var byText, inWeChat, neither, lost, blocks, agreed, subscribed, out, stopped int
		homes := map[string][3]int{}
		for i, p := range all {
			home := homes[p.known.Community]
			for way, is := range []bool{len(p.Agreed) > 0, p.Following && len(p.known.Preferences) > 0, !p.Following} {
				if is {
					home[way]++
				}
			}
			homes[p.known.Community] = home
			if !strings.HasPrefix(p.Phone, "1990000") || p.known.OpenID != "" != (p.Following && i > 0) || i < len(leads) && !p.Following || p.known.OpenID != "" && p.known.OpenID != p.OpenID ||
				p.known.Phone != "" && string(p.known.Phone) != p.Phone || p.known.Phone == "" && p.known.OpenID == "" {
				t.Errorf("player %d: %+v", i, p)
			}
			for what, n := range map[*int]bool{
				&byText: p.known.Phone != "" && !p.Following, &inWeChat: p.Following, &lost: p.Unreachable != "", &blocks: p.Blocks,
				&neither: p.known.Phone == "" && len(p.known.Preferences) == 0, &agreed: len(p.Agreed) > 0, &stopped: p.stopped,
				&subscribed: p.known.Subscribed(draftTopics(lib)[0]), &out: !p.known.Wants(draftTopics(lib)[0], roster.WeChat),
			} {
				if n {
					*what++
				}
			}
		}
		for name, ways := range homes {
			if slices.Contains(ways[:], 0) {
				t.Errorf("%s: by each way %v", name, ways)
			}
		}
		for what, n := range map[string]int{"by text": byText, "in WeChat": inWeChat, "neither": neither, "lost": lost, "blocks": blocks, "agreed": agreed,
			"subscribed": subscribed, "out": out, "stopped": stopped} {
			if n < DefaultResidents/25 {
				t.Errorf("%s: %d of %s", folder, n, what)
			}
		}
	}
}

// TestRehearsalWaitsForThePhonePage: its broadcast is made when the page is first opened, once, and not before, by however many starts.
func TestRehearsalWaitsForThePhonePage(t *testing.T) {
	t.Parallel()
	cfg := rehearsal(t, smallCity...)
	list := func(r *running) []broadcastView {
		t.Helper()
		var page broadcastPage
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
	if at := all[0].Proposal.SendAt; at.Before(before.Add(firstSend-time.Second)) || at.After(time.Now().Add(firstSend)) {
		t.Errorf("opened at %s, it goes at %s", before, at)
	}
	stop(r)
}

// TestRehearsalInterruptedByItsPage ends a rehearsal while it makes its broadcast.
func TestRehearsalInterruptedByItsPage(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsal(t, smallCity...))
	r.get(t, "/sandbox/")
	if err := r.stop(); err != nil || strings.Contains(r.log.String(), "level=ERROR") || strings.Contains(r.log.String(), "broadcast was not made") {
		t.Errorf("stop: %v\n%s", err, r.log)
	}
}

// TestRehearsalGoesOn: the next rehearsal finds the residents of the last, its broadcast that is under way, and fresh keys.
func TestRehearsalGoesOn(t *testing.T) {
	t.Parallel()
	cfg := rehearsal(t, smallCity...)
	first := rehearse(t, cfg)
	first.openPage(t)
	if out := first.out.String(); strings.Count(out, "tck_") != 6 || !strings.Contains(out, "(Asia/Shanghai)") {
		t.Errorf("announced:\n%s", out)
	}
	old := first.as(t, "author")
	if err := first.stop(); err != nil {
		t.Fatal(err)
	}
	second := rehearse(t, cfg)
	if out := second.out.String(); !strings.Contains(out, "of an earlier rehearsal goes on") {
		t.Errorf("announced:\n%s", out)
	}
	refuses(t, []string{URLVariable + "=http://" + second.addr, old[1]}, 1, "refused (401", "broadcast", "list")
	admin := strings.TrimPrefix(second.as(t, "admin")[1], KeyVariable+"=")
	if _, stats := second.api(t, admin, "GET", "/stats", ""); !strings.Contains(stats, `"residents":200`) {
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
	r := rehearse(t, rehearsal(t, "TOWNCRIER_CONTENT="+dir))
	if out := r.out.String(); !strings.Contains(out, "no broadcast to watch") {
		t.Errorf("announced:\n%s", out)
	}
}

func TestWindowFor(t *testing.T) {
	for clock, want := range map[string]string{"07:59": allDay, "08:00": "", "19:49": "", "19:55": allDay, "20:00": allDay, "23:59": allDay} {
		day, err := time.ParseInLocation("15:04", clock, broadcast.Zone)
		if err != nil {
			t.Fatal(err)
		}
		if got := windowFor(day); got != want {
			t.Errorf("at %s %q, want %q", clock, got, want)
		}
	}
}

// TestAreasOfDrafts: a draft for an area has somebody to go to.
func TestAreasOfDrafts(t *testing.T) {
	if got := areaOf(content.Audience{And: []content.Audience{{Topic: "x"}, {Or: []content.Audience{{Area: "某区"}}}}}); got != "某区" {
		t.Errorf("area %q", got)
	}
	lib := rehearsedLibrary(t, "../../content/yuncheng")
	for _, d := range lib.Drafts {
		if area := areaOf(d.Audience); area != "" && committeesOf(lib)[0].Area != area {
			t.Errorf("nobody lives in the area of %s", d.ID)
		}
	}
	if rehearsalCommittees[0].Area == committeesOf(lib)[0].Area {
		t.Error("the areas of one city are kept for the next")
	}
	if forms := noticeForms(lib); len(forms) == 0 || forms[0].Kind != sandbox.Subscription && forms[0].Kind != sandbox.TemplateMessage {
		t.Errorf("forms: %+v", forms)
	}
}

// TestRehearsalSpeaksOfItsCity: what it proposes to ask is answered by the city that it serves, on the page too, and the line that it prints
// opens its data to the commands.
func TestRehearsalSpeaksOfItsCity(t *testing.T) {
	t.Parallel()
	r := rehearse(t, rehearsal(t, smallCity...))
	out := r.out.String()
	_, state := r.get(t, "/sandbox/state")
	if !strings.Contains(out, "ask:  "+smallQuestion) || strings.Contains(out, "遛狗") || !strings.Contains(state, `"suggestion":"`+smallQuestion+`"`) {
		t.Errorf("it proposes:\n%s%.300s", out, state)
	}
	line := regexp.MustCompile(`export (TOWNCRIER_DATA=\S+) (TOWNCRIER_KEY_FILE=\S+)`).FindStringSubmatch(out)
	if line == nil {
		t.Fatalf("no line to export:\n%s", out)
	}
	for _, args := range [][]string{{"inbox", "list"}, {"committee", "list"}, {"roster", "stats"}, {"staff", "list"}, {"audit", "verify"}} {
		if code, out, errs := command(t, line[1:], "", args...); code != 0 {
			t.Errorf("%q: exit %d\n%s%s", args, code, out, errs)
		}
	}
	if status, _ := r.get(t, "/"); status != 200 {
		t.Errorf("/ leads nowhere: %d", status)
	}
	lib := rehearsedLibrary(t, littletown)
	if lib.City.Example = ""; exampleOf(lib) == "" || exampleOf(lib) == smallQuestion {
		t.Errorf("without an example it proposes %q", exampleOf(lib))
	}
}
