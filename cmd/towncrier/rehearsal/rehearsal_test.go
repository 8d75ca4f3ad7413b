package rehearsal

import (
	"errors"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/cmd/towncrier/app"
	"towncrier/cmd/towncrier/config"
	"towncrier/content"
	"towncrier/inbox"
	"towncrier/revision"
	"towncrier/roster"
	pretendwechat "towncrier/sandbox/wechat"
	"towncrier/unanswered"
)

func rehearsedLibrary(t *testing.T, folder string) *content.Library {
	t.Helper()
	lib, problems := content.Load(os.DirFS(folder))
	if lib == nil {
		t.Fatal(problems)
	}
	return lib
}

// TestRehearsalKeepsItsResidents goes on with as many residents as it began with.
func TestRehearsalKeepsItsResidents(t *testing.T) {
	folder := t.TempDir()
	for _, c := range []struct {
		wanted int
		asked  bool
		want   int
		says   string
	}{{300, true, 300, ""}, {2000, false, 300, ""}, {300, true, 300, ""}, {2000, true, 0, "has 300"}} {
		got, err := KeptResidents(folder, c.wanted, c.asked)
		if got != c.want || (err != nil) != (c.says != "") || err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("%+v: %d, %v", c, got, err)
		}
	}
}

// TestPlayers: the pretend platforms and the city know the same people, and each way that a notice can go is there.
func TestPlayers(t *testing.T) {
	for _, folder := range []string{"../../../content/yuncheng", "../../../testdata/littletown"} {
		lib := rehearsedLibrary(t, folder)
		all := syntheticResidents(lib, DefaultResidents)
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
			if !strings.HasPrefix(p.Phone, "1990000") || p.known.OpenID != "" != (p.Following && i > 0) || i < len(firstTraits) && !p.Following || p.known.OpenID != "" && p.known.OpenID != p.OpenID ||
				p.known.Phone != "" && string(p.known.Phone) != p.Phone || p.known.Phone == "" && p.known.OpenID == "" {
				t.Errorf("resident %d: %+v", i, p)
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

func TestWindowFor(t *testing.T) {
	for clock, want := range map[string]string{"07:59": "00:00-24:00", "08:00": "", "19:49": "", "19:55": "00:00-24:00", "20:00": "00:00-24:00", "23:59": "00:00-24:00"} {
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
	lib := rehearsedLibrary(t, "../../../content/yuncheng")
	for _, d := range lib.Drafts {
		if area := areaOf(d.Audience); area != "" && committeesOf(lib)[0].Area != area {
			t.Errorf("nobody lives in the area of %s", d.ID)
		}
	}
	if committees[0].Area == committeesOf(lib)[0].Area {
		t.Error("the areas of one city are kept for the next")
	}
	if forms := noticeForms(lib); len(forms) == 0 || forms[0].Kind != pretendwechat.Subscription && forms[0].Kind != pretendwechat.TemplateMessage {
		t.Errorf("forms: %+v", forms)
	}
}

func TestExampleOfACityThatNamesNone(t *testing.T) {
	lib := rehearsedLibrary(t, "../../../testdata/littletown")
	own := lib.City.Example
	if lib.City.Example = ""; exampleOf(lib) == "" || exampleOf(lib) == own {
		t.Errorf("without an example it proposes %q", exampleOf(lib))
	}
}

// TestHistory: every list of a new rehearsal has something in it, nobody is to be told anything more, and none of it is made twice.
func TestHistory(t *testing.T) {
	src, err := config.Read("", []string{"TOWNCRIER_DATA=" + t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	cfg, err := NewConfig(src)
	if err != nil {
		t.Fatal(err)
	}
	cfg.Residents, cfg.History = 2*FewestWithHistory, true
	lib := rehearsedLibrary(t, "../../../content/yuncheng")
	db, _, err := app.OpenDatabase(t.Context(), cfg.Config)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	seen := func() map[string]int {
		t.Helper()
		if _, err := settle(t.Context(), db, os.DirFS("../../../content/yuncheng"), lib, cfg); err != nil {
			t.Fatal(err)
		}
		n := map[string]int{}
		all, _, err := db.Broadcasts().List(t.Context(), broadcast.Filter{}, "", 100)
		for _, b := range all {
			n[string(b.Status)]++
			if b.Status == broadcast.Draft && b.Why != "" {
				n["returned"]++
			}
			if b.Series != "" {
				n["of a series"]++
			}
		}
		series, err2 := db.Broadcasts().ListSeries(t.Context())
		for _, s := range series {
			if s.Approver != "" {
				n["series"]++
			}
		}
		tickets, err3 := db.Inbox().List(t.Context(), inbox.Filter{Status: inbox.AnyStatus, Limit: 100})
		for _, ticket := range tickets {
			n["tickets"]++
			n[string(ticket.Status)]++
			if ticket.Group != ticket.Number {
				n["like another"]++
			}
			if ticket.Status == inbox.Answered && ticket.ToldAt.IsZero() {
				n["not told"]++
			}
		}
		counts, err4 := inbox.New(db.Inbox(), time.Now).Counts(t.Context())
		n["overdue"], n["proposed"] = counts.Overdue, counts.Proposed
		questions, err5 := unanswered.New(unanswered.Config{Store: db.Unanswered(), Now: time.Now}).Groups(t.Context(), unanswered.Open, 100)
		for _, g := range questions {
			if g.Shown() {
				n["questions"]++
			}
		}
		acts, err6 := db.Audit().List(t.Context(), 0, 1000, audit.Filter{})
		n["acts"] = len(acts)
		drafts, err7 := revision.NewService(revision.Config{Store: db.Content()}).Unpublished(t.Context())
		n["notices"] = len(drafts)
		if err := errors.Join(err, err2, err3, err4, err5, err6, err7); err != nil {
			t.Fatal(err)
		}
		return n
	}
	first := seen()
	for what, least := range map[string]int{
		"draft": 3, "returned": 1, "submitted": 2, "approved": 1, "scheduled": 1, "held": 1, "sending": 1, "paused": 1, "done": 7, "cancelled": 1, "expired": 1,
		"series": 1, "of a series": 2, "tickets": 40, "open": 20, "answered": 10, "closed": 3, "like another": 10, "overdue": 4, "proposed": 2, "questions": 3,
		"acts": 90, "notices": 1,
	} {
		if first[what] < least {
			t.Errorf("%s: %d, want %d", what, first[what], least)
		}
	}
	if first["not told"] > 0 {
		t.Errorf("%d askers wait for an answer of long ago", first["not told"])
	}
	if again := seen(); !maps.Equal(again, first) {
		t.Errorf("a second start changed %v into %v", first, again)
	}
	if err := unfinishedIn(cfg.Data).begin(); err != nil {
		t.Fatal(err)
	}
	if _, err := settle(t.Context(), db, nil, lib, cfg); err == nil || !strings.Contains(err.Error(), "delete the folder") {
		t.Errorf("a city that was made by half: %v", err)
	}
}
