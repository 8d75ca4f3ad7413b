package store_test

import (
	"bytes"
	"errors"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/store"
	"towncrier/store/storetest"
)

func TestAlarms(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		db, log, raised := open(), &bytes.Buffer{}, 0
		now := noon
		alarms := alarm.New(alarm.Config{Store: db.Alarms(), Log: slog.New(slog.NewTextHandler(log, nil)),
			Now: func() time.Time { return now }, Observe: func(alarm.Kind) { raised++ }})
		for i := range 3 {
			now = noon.Add(time.Duration(i) * time.Second)
			alarms.Raise(t.Context(), alarm.ManyStops, "退订异常增多")
		}
		now = noon.Add(2 * time.Minute)
		alarms.Raise(t.Context(), alarm.ManyStops, "退订异常增多，请检查")
		if raised != 4 || strings.Count(log.String(), "level=ERROR") != 2 {
			t.Errorf("raised %d times, and logged: %s", raised, log)
		}
		list := func() alarm.Alarm {
			all, err := alarms.List(t.Context())
			if err != nil || len(all) != 1 {
				t.Fatalf("%+v, %v", all, err)
			}
			return all[0]
		}
		if got, want := list(), (alarm.Alarm{Kind: alarm.ManyStops, Detail: "退订异常增多，请检查", Since: noon, Last: now, Count: 4}); !reflect.DeepEqual(got, want) {
			t.Errorf("%+v, want %+v", got, want)
		}
		if err := alarms.Acknowledge(t.Context(), audit.Staff("chen"), alarm.ManyStops); err != nil {
			t.Fatal(err)
		}
		if got := list(); got.AckedBy != "staff:chen" || !got.AckedAt.Equal(now) {
			t.Errorf("acknowledged: %+v", got)
		}
		for _, kind := range []alarm.Kind{alarm.ManyStops, alarm.CodesCapped} {
			if err := alarms.Acknowledge(t.Context(), audit.Staff("chen"), kind); !errors.Is(err, alarm.ErrNoAlarm) {
				t.Errorf("nothing of %s is open: %v", kind, err)
			}
		}
		entries, err := db.Audit().List(t.Context(), 0, 10, audit.Filter{Action: "alarm.acknowledge"})
		if err != nil || len(entries) != 1 || entries[0].Subject != "sms-stops" {
			t.Errorf("audited: %+v, %v", entries, err)
		}
		now = noon.Add(time.Hour)
		alarms.Raise(t.Context(), alarm.ManyStops, "又来了")
		if got := list(); !got.Since.Equal(now) || got.Count != 1 || !got.AckedAt.IsZero() {
			t.Errorf("raised anew: %+v", got)
		}
	})
}

// TestWhoCausedAnAlarmDoesNotAcknowledgeItAlone: somebody else must have looked at what they did.
func TestWhoCausedAnAlarmDoesNotAcknowledgeItAlone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, open func() *store.DB) {
		alarms := alarm.New(alarm.Config{Store: open().Alarms(), Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return noon }})
		li, wang, chen := audit.Staff("li"), audit.Staff("wang"), audit.Staff("chen")
		raise := func(by audit.Actor) { alarms.RaiseBy(t.Context(), by, alarm.NumbersExported, "号码被取回") }
		acknowledge := func(by audit.Actor, want error, open bool) {
			t.Helper()
			if err := alarms.Acknowledge(t.Context(), by, alarm.NumbersExported); !errors.Is(err, want) {
				t.Errorf("by %s: %v, want %v", by, err, want)
			}
			all, err := alarms.List(t.Context())
			if err != nil || len(all) != 1 || all[0].AckedAt.IsZero() != open || !open && len(all[0].Causes) > 0 {
				t.Errorf("acknowledged by %s: %+v, %v", by, all, err)
			}
		}
		raise(li)
		raise(li)
		acknowledge(li, alarm.ErrOwn, true)
		acknowledge(wang, nil, false)
		acknowledge(wang, alarm.ErrNoAlarm, false)

		// Two who each caused some of it need each other.
		raise(li)
		raise(wang)
		acknowledge(li, nil, true)
		acknowledge(li, alarm.ErrOwn, true)
		acknowledge(wang, nil, false)
		raise(li)
		raise(wang)
		acknowledge(chen, nil, false)
	})
}
