package api

import (
	"context"

	"towncrier/alarm"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

func viewAlarm(a alarm.Alarm) wire.Alarm {
	return wire.Alarm{Kind: string(a.Kind), Detail: a.Detail, Since: a.Since, Last: a.Last, Count: a.Count, AckedAt: a.AckedAt, AckedBy: a.AckedBy}
}

func (a *server) listAlarms(ctx context.Context, _ staff.Person, _ *nothing) (*reply[wire.Page[wire.Alarm]], error) {
	all, err := a.Alarms.List(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Alarm]]{wire.Page[wire.Alarm]{Items: each(all, viewAlarm)}}, nil
}

type alarmInput struct {
	Kind string `path:"kind" pattern:"^[a-z][a-z-]{1,31}$" patternDescription:"a kind of alarm"`
}

func (a *server) acknowledgeAlarm(ctx context.Context, who staff.Person, in *alarmInput) (*nothing, error) {
	return nil, a.Alarms.Acknowledge(ctx, audit.Staff(who.ID), alarm.Kind(in.Kind))
}
