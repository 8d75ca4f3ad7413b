package store_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/content"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store/storetest"
)

// TestEntriesPutInByHand: what was written into a list past the service is found before anything is sent.
func TestEntriesPutInByHand(t *testing.T) {
	for name, fresh := range databases {
		t.Run(name, func(t *testing.T) {
			setting, now := fresh(t), time.Date(2030, 5, 8, 9, 0, 0, 0, broadcast.Zone)
			db := storetest.Open(t, setting, storetest.Sealer(t))
			rows, ctx := db.Broadcasts(), t.Context()
			act := audit.Act{Actor: audit.System("test"), Action: "list.add", At: now}
			if err := rows.CreateList(ctx, broadcast.NumberList{ID: "LAAAAAAAAAA", Title: "名单", CreatedAt: now}, act); err != nil {
				t.Fatal(err)
			}
			var numbers []phone.Number
			for n := range 20 {
				numbers = append(numbers, phone.Number(fmt.Sprintf("1990000%04d", n)))
			}
			if err := rows.AddNumbers(ctx, "LAAAAAAAAAA", numbers, act); err != nil {
				t.Fatal(err)
			}
			people := roster.New(roster.Config{Store: db.Roster(), Tickets: db.Inbox(), Now: func() time.Time { return now }})
			if _, err := people.Add(ctx, audit.System("test"), roster.Resident{Phone: numbers[0]}); err != nil {
				t.Fatal(err)
			}
			service := broadcast.NewService(broadcast.Config{
				Store: rows, Now: func() time.Time { return now }, Sign: "示例市",
				Resident: func(ctx context.Context, id string) (roster.Resident, error) { return people.Get(ctx, id) },
				Content: func() *content.Library {
					return &content.Library{
						City:      content.City{Topics: []content.Topic{{ID: "dogs", Name: "文明养犬"}}},
						Notices:   map[string]*content.Notice{"N1": {ID: "N1", Status: content.InForce, Passages: []content.Passage{{Number: 1, Text: "遛狗牵绳。"}}}},
						Templates: map[string]*content.Template{"text": {ID: "text", Channel: "sms", Code: "SMS_1", Text: "居民您好。"}},
					}
				},
			})
			b, err := service.New(ctx, broadcast.Official{ID: "li"}, broadcast.Proposal{
				Title: "提醒", Topic: "dogs", Cites: []broadcast.Cite{{Notice: "N1", Passage: 1}}, Audience: broadcast.Rule{List: "LAAAAAAAAAA"},
				Messages: []broadcast.Message{{Channel: broadcast.SMS, Template: "text"}}, SendAt: now.Add(time.Hour),
			})
			if err == nil {
				b, err = service.Submit(ctx, broadcast.Official{ID: "li"}, b.ID)
			}
			if err == nil {
				b, err = service.Approve(ctx, broadcast.Official{ID: "zhao"}, b.ID, b.Hash)
			}
			if err == nil {
				b, err = service.Schedule(ctx, broadcast.Official{ID: "li"}, b.ID)
			}
			if err != nil {
				t.Fatal(err)
			}
			raw := byHand(t, name, setting)
			if _, err := raw.ExecContext(ctx, `INSERT INTO list_number (phone_find, list) VALUES ($1, 'LAAAAAAAAAA')`, make([]byte, 32)); err != nil {
				t.Fatal(err)
			}
			now = now.Add(time.Hour)
			if b, err = service.Start(ctx, b.ID); err != nil || b.Status != broadcast.Held || b.Why != "名单LAAAAAAAAAA在送审之后改动过，请核对名单后重新送审" {
				t.Errorf("%s (%s), %v", b.Status, b.Why, err)
			}
			var faults broadcast.FaultsError
			if _, err := service.Confirm(ctx, broadcast.Official{ID: "zhao"}, b.ID); !errors.As(err, &faults) {
				t.Errorf("confirmed: %v", err)
			}
		})
	}
}
