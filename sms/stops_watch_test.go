package sms_test

import (
	"context"
	"fmt"
	"log/slog"
	"testing"
	"time"

	"towncrier/alarm"
	"towncrier/inbox"
	"towncrier/phone"
	"towncrier/roster"
	"towncrier/sms"
	"towncrier/store"
	"towncrier/store/storetest"
)

// TestManyStopsRaiseAnAlarm has people stop texts: as many as is usual, too many of what was sent, and too many at once.
func TestManyStopsRaiseAnAlarm(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db, c := open(), &clock{at: noon}
		log := slog.New(slog.DiscardHandler)
		alarms := alarm.New(alarm.Config{Store: db.Alarms(), Log: log, Now: c.now})
		people := roster.New(roster.Config{Store: db.Roster(), Tickets: inbox.New(db.Inbox(), c.now), Now: c.now})
		outbox := sms.New(sms.Config{Store: db.SMS(), Sender: provider(func(context.Context, sms.Text) (string, error) { return "h", nil }),
			Stops: people, Alarms: alarms, Now: c.now, Log: log})
		n := 0
		stop := func(many int) {
			t.Helper()
			var replies []sms.Reply
			for range many {
				n++
				replies = append(replies, sms.Reply{ID: fmt.Sprint(n), Phone: phone.Number(fmt.Sprintf("1990000%04d", n)), Content: "T", Via: "k1"})
			}
			if err := outbox.TakeReplies(t.Context(), replies); err != nil {
				t.Fatal(err)
			}
			if done, err := outbox.Process(t.Context()); err != nil || done.Stops != many {
				t.Fatalf("%+v, %v", done, err)
			}
		}
		raised := func() int {
			all, err := alarms.List(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(all) == 0 {
				return 0
			}
			return all[0].Count
		}
		stop(19)
		if raised() != 0 {
			t.Error("19 stops of a day raise an alarm")
		}
		stop(1)
		if raised() != 1 {
			t.Error("20 stops, of no text that was sent, raise none")
		}
		c.add(25 * time.Hour)
		for i := range 30 * 50 { // so that 30 stops are one in fifty
			if _, won, err := db.SMS().Begin(t.Context(), sms.Code, code(fmt.Sprint("text-", i)), c.now(), c.now()); err != nil || !won {
				t.Fatal(err)
			}
		}
		stop(30)
		if raised() != 1 {
			t.Error("one stop in fifty texts raises an alarm")
		}
		stop(1)
		if raised() != 2 {
			t.Error("more than one stop in fifty texts raises none")
		}
		seen, err := people.StopsSince(t.Context(), noon)
		if err != nil || len(seen) != 1 || seen[0].Key != "k1" || seen[0].Stops != 51 {
			t.Errorf("seen: %+v, %v", seen, err)
		}
	})
}

// TestManyStopsOfOnePushAllCount pushes so many that the caller, who waits for 0.6 s, gives up in between.
func TestManyStopsOfOnePushAllCount(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		rows, c := open().SMS(), &clock{at: noon}
		ctx, cancel := context.WithCancel(t.Context())
		stopped := 0
		outbox := sms.New(sms.Config{Store: &impatient{rows, cancel}, Now: c.now, Log: slog.New(slog.DiscardHandler),
			Stops: stops(func(context.Context, phone.Number) error { stopped++; return nil })})
		var replies []sms.Reply
		for n := range 1200 {
			replies = append(replies, sms.Reply{ID: fmt.Sprint(n), Phone: phone.Number(fmt.Sprintf("1990000%04d", n)), Content: "T"})
		}
		if err := outbox.TakeReplies(ctx, replies); err != nil {
			t.Fatal(err)
		}
		if _, err := outbox.Process(t.Context()); err != nil || stopped != 1200 {
			t.Errorf("%d of 1200 stops count, %v", stopped, err)
		}
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		if err := outbox.TakeReplies(gone, replies); err == nil {
			t.Error("a push that nobody waits for any more is taken")
		}
	})
}

// impatient ends the caller's context once a first part is kept.
type impatient struct {
	*store.SMS
	giveUp context.CancelFunc
}

func (s *impatient) Keep(ctx context.Context, elements []sms.Element, at time.Time) (int, error) {
	defer s.giveUp()
	return s.SMS.Keep(ctx, elements, at)
}
