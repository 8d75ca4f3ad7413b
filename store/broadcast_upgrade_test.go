package store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pressly/goose/v3"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestApprovalsOutliveAnUpgrade: what was approved in a database of schema 7 goes on after it, under the hash that was approved, until
// it is edited. The rows are as the release of that schema wrote them.
func TestApprovalsOutliveAnUpgrade(t *testing.T) {
	text, err := os.ReadFile("testdata/broadcasts-schema7.json")
	if err != nil {
		t.Fatal(err)
	}
	var kept map[string]json.RawMessage
	if err := json.Unmarshal(text, &kept); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		dialect goose.Dialect
		folder  string
		fresh   func(testing.TB) string
	}{
		"SQLite":     {goose.DialectSQLite3, "sqlite", storetest.SQLite},
		"PostgreSQL": {goose.DialectPostgres, "postgres", storetest.Postgres},
	} {
		t.Run(name, func(t *testing.T) {
			setting := c.fresh(t)
			if name == "SQLite" {
				if err := os.MkdirAll(filepath.Dir(setting), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			raw := byHand(t, name, setting)
			steps, err := goose.NewProvider(c.dialect, raw, os.DirFS("migrations/"+c.folder))
			if err != nil {
				t.Fatal(err)
			}
			if _, err := steps.UpTo(t.Context(), 7); err != nil {
				t.Fatal(err)
			}
			insert := func(query string, args ...any) {
				t.Helper()
				if _, err := raw.ExecContext(t.Context(), query, args...); err != nil {
					t.Fatal(err)
				}
			}
			insert(`INSERT INTO number_list (id, title, committee, numbers, created_at) VALUES ('LAAAAAAAAA2', '旧名单', '', 0, 1)`)
			ids := make(map[broadcast.Status]string)
			for _, status := range []broadcast.Status{broadcast.Submitted, broadcast.Approved, broadcast.Scheduled, broadcast.Held} {
				var b broadcast.Broadcast
				if err := json.Unmarshal(kept[string(status)], &b); err != nil {
					t.Fatal(err)
				}
				emergency, doubtful := 0, 0
				if b.Emergency {
					emergency = 1
				}
				if b.Fallback.Doubtful {
					doubtful = 1
				}
				insert(`INSERT INTO broadcast (id, version, status, committee, author, topic, emergency, doubtful, wait, doc)
					VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`, b.ID, b.Version, string(b.Status), b.Committee, b.Author, b.Topic,
					emergency, doubtful, b.Fallback.Wait.Milliseconds(), string(kept[string(status)]))
				ids[status] = b.ID
			}
			var series broadcast.Series
			if err := json.Unmarshal(kept["series"], &series); err != nil {
				t.Fatal(err)
			}
			insert(`INSERT INTO series (id, version, doc) VALUES ($1, $2, $3)`, series.ID, series.Version, string(kept["series"]))
			goesOn(t, storetest.Open(t, setting, storetest.Sealer(t)), ids, series.ID)
		})
	}
}

func goesOn(t *testing.T, db *store.DB, ids map[broadcast.Status]string, seriesID string) {
	ctx, now := t.Context(), time.Date(2030, 5, 8, 9, 0, 0, 0, broadcast.Zone)
	lib := &content.Library{
		City:    content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}},
		Notices: map[string]*content.Notice{"N1": {ID: "N1", Status: content.InForce, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}}},
		Templates: map[string]*content.Template{
			"text":   {ID: "text", Channel: "sms", Code: "SMS_1", Text: "居民您好，${what}。", Vars: []content.TemplateVar{{Name: "what", Type: "text"}}},
			"notice": {ID: "notice", Channel: "template", Code: "t1", Title: "通知", Vars: []content.TemplateVar{{Name: "thing1", Label: "事项", Type: "thing"}}},
		},
	}
	people := roster.New(roster.Config{Store: db.Roster(), Tickets: db.Inbox(), Now: func() time.Time { return now }})
	for code, n := range map[string]int{"C1": 8, "C2": 4} {
		if _, err := people.PutCommittee(ctx, audit.System("test"), roster.Committee{Code: code, Name: code, Street: "东街", Area: "某区"}); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			_, err := people.Add(ctx, audit.System("test"), roster.Resident{Phone: phone.Number(fmt.Sprintf("1990000%s%03d", code[1:], i)),
				Committee: code, Consents: []roster.Consent{{What: roster.Notices, At: now, How: "paper", Basis: roster.ByConsent}}})
			if err != nil {
				t.Fatal(err)
			}
		}
	}
	rows := db.Broadcasts()
	service := broadcast.NewService(broadcast.Config{
		Store: rows, Content: func() *content.Library { return lib }, Resident: people.Get, Now: func() time.Time { return now }, Sign: "示例市",
	})
	author, chief := broadcast.Official{ID: "li"}, broadcast.Official{ID: "chen", Emergency: true}
	is := func(want broadcast.Status) func(broadcast.Broadcast, error) broadcast.Broadcast {
		return func(b broadcast.Broadcast, err error) broadcast.Broadcast {
			t.Helper()
			if err != nil || b.Status != want {
				t.Fatalf("%s is %s (%s), want %s: %v", b.ID, b.Status, b.Why, want, err)
			}
			return b
		}
	}

	// The list stays as it was approved, and what was approved must still be what it was.
	var inUse *broadcast.ListInUseError
	if err := rows.AddNumbers(ctx, "LAAAAAAAAA2", []phone.Number{"19900001000"}, audit.Act{At: now}); !errors.As(err, &inUse) || inUse.By != ids[broadcast.Approved] {
		t.Errorf("added to a list of what is approved: %v", err)
	}
	text := lib.Templates["text"].Text
	lib.Templates["text"].Text = "改了，${what}。"
	if _, err := service.Schedule(ctx, author, ids[broadcast.Approved]); !errors.Is(err, broadcast.ErrChanged) {
		t.Errorf("scheduled with another text: %v", err)
	}
	lib.Templates["text"].Text = text

	submitted, err := service.Get(ctx, author, ids[broadcast.Submitted])
	if err != nil {
		t.Fatal(err)
	}
	is(broadcast.Approved)(service.Approve(ctx, chief, submitted.ID, submitted.Hash))
	is(broadcast.Scheduled)(service.Schedule(ctx, author, ids[broadcast.Approved]))
	is(broadcast.Scheduled)(service.Confirm(ctx, chief, ids[broadcast.Held]))
	now = now.Add(time.Hour)
	for _, was := range []broadcast.Status{broadcast.Approved, broadcast.Scheduled, broadcast.Held} {
		b := is(broadcast.Freezing)(service.Start(ctx, ids[was]))
		found, next, err := rows.Candidates(ctx, b.Audience.Lists(), now, "", 100)
		if err != nil || next != "" {
			t.Fatalf("then %q: %v", next, err)
		}
		slice, planner := broadcast.Slice{}, service.Planner(b)
		for _, c := range found {
			if b.Reaches(c) {
				slice.Recipients = append(slice.Recipients, broadcast.Recipient{Subject: c.Subject, Channels: planner.Plan(c).Channels})
			}
		}
		if written, err := rows.Freeze(ctx, b.ID, slice, now); err != nil || !written || len(slice.Recipients) != 12 {
			t.Fatalf("freeze of %d: %t, %v", len(slice.Recipients), written, err)
		}
		is(broadcast.Sending)(service.Whole(ctx, b.ID))
	}

	now = time.Date(2030, 5, 12, 10, 0, 0, 0, broadcast.Zone)
	if n, err := service.Recur(ctx); err != nil || n != 1 {
		t.Fatalf("%d occurrences, %v", n, err)
	}
	made, _, err := service.List(ctx, author, broadcast.Filter{Series: seriesID}, "", 0)
	if err != nil || len(made) != 1 {
		t.Fatalf("%+v, %v", made, err)
	}
	now = time.Date(2030, 5, 13, 9, 0, 0, 0, broadcast.Zone)
	is(broadcast.Freezing)(service.Start(ctx, made[0].ID))

	// An edit leads to a hash of today's version, which covers what is cited, too.
	now = now.AddDate(0, 0, -5)
	p := submitted.Proposal()
	p.SendAt, p.Committee, p.Emergency = now.Add(2*time.Hour), "", false
	edited := is(broadcast.Draft)(service.Edit(ctx, author, submitted.ID, 0, p))
	edited = is(broadcast.Submitted)(service.Submit(ctx, author, edited.ID))
	lib.Notices["N1"].Passages[0].Text = "遛狗不用牵绳。"
	if _, err := service.Approve(ctx, chief, edited.ID, edited.Hash); !errors.Is(err, broadcast.ErrChanged) || edited.HashVersion != 2 {
		t.Errorf("approved with version %d and another passage: %v", edited.HashVersion, err)
	}
}
