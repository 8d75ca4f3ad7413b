package roster_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"testing"
	"time"

	"towncrier/alarm"
	"towncrier/inbox"
	"towncrier/kv"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/store/storetest"
)

func TestMain(m *testing.M) { os.Exit(storetest.Run(m)) }

// unsent is a queue that nobody works on.
type unsent struct{}

func (unsent) QueueCode(context.Context, string) error { return nil }

func TestCodesAreCappedOverAllNumbers(t *testing.T) {
	sealer := storetest.Sealer(t)
	db := storetest.Open(t, storetest.SQLite(t), sealer)
	client, closeAll, err := kv.Open(t.Context(), kv.Embedded)
	if err != nil {
		t.Fatal(err)
	}
	defer closeAll()
	at := time.Date(2023, 11, 13, 4, 0, 0, 0, time.UTC)
	now := func() time.Time { return at }
	alarms := alarm.New(alarm.Config{Store: db.Alarms(), Log: slog.New(slog.DiscardHandler), Now: now})
	people := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), now), Now: now})
	codes := roster.NewCodes(roster.CodesConfig{Store: kv.NewCodes(client, sealer), Queue: unsent{}, Stops: people, Alarms: alarms,
		AMinute: 100, ADay: 4, Enabled: true, Now: now})
	ask := func(n int, number phone.Number) *roster.TooSoon {
		t.Helper()
		err := codes.Request(t.Context(), fmt.Sprint("o-", n), number)
		soon, ok := errors.AsType[*roster.TooSoon](err)
		if err != nil && !ok {
			t.Fatal(err)
		}
		return soon
	}

	const stopped phone.Number = "19900001234"
	if err := people.StopSMS(t.Context(), stopped, "key"); err != nil {
		t.Fatal(err)
	}
	if soon := ask(1, stopped); soon != nil {
		t.Errorf("who wants no texts cannot bind a number: %v", soon)
	}
	at = at.Add(time.Hour)
	if soon := ask(2, stopped); soon == nil || soon.Wait != 23*time.Hour || soon.Capped {
		t.Errorf("a second code of a day to who wants no texts: %+v", soon)
	}
	for n := range 3 {
		if soon := ask(10+n, phone.Number(fmt.Sprintf("1990000000%d", n))); soon != nil {
			t.Errorf("code %d waits %s", n+2, soon.Wait)
		}
	}
	if all, err := alarms.List(t.Context()); err != nil || len(all) != 0 {
		t.Errorf("alarms below the cap: %+v, %v", all, err)
	}
	if soon := ask(20, "19900000009"); soon == nil || !soon.Capped {
		t.Errorf("beyond the cap of a day: %+v", soon)
	}
	if all, err := alarms.List(t.Context()); err != nil || len(all) != 1 || all[0].Kind != alarm.CodesCapped {
		t.Errorf("alarms at the cap: %+v, %v", all, err)
	}
}
