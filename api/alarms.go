package api

import (
	"context"
	"time"

	"towncrier/alarm"
	"towncrier/audit"
	"towncrier/staff"
)

type alarmView struct {
	Kind    string    `json:"kind" doc:"Which kind of trouble, such as sms-stops"`
	Detail  string    `json:"detail" doc:"What is wrong and what to do, in Chinese"`
	Since   time.Time `json:"since"`
	Last    time.Time `json:"last"`
	Count   int       `json:"count" doc:"How often it was raised since"`
	AckedAt time.Time `json:"acknowledged_at,omitzero"`
	AckedBy string    `json:"acknowledged_by,omitempty"`
}

func viewAlarm(a alarm.Alarm) alarmView {
	return alarmView{string(a.Kind), a.Detail, a.Since, a.Last, a.Count, a.AckedAt, a.AckedBy}
}

func (a *server) listAlarms(ctx context.Context, _ staff.Person, _ *nothing) (*reply[page[alarmView]], error) {
	all, err := a.Alarms.List(ctx)
	if err != nil {
		return nil, err
	}
	return &reply[page[alarmView]]{page[alarmView]{Items: each(all, viewAlarm)}}, nil
}

type alarmInput struct {
	Kind string `path:"kind" pattern:"^[a-z][a-z-]{1,31}$" patternDescription:"a kind of alarm"`
}

func (a *server) acknowledgeAlarm(ctx context.Context, who staff.Person, in *alarmInput) (*nothing, error) {
	return nil, a.Alarms.Acknowledge(ctx, audit.Staff(who.ID), alarm.Kind(in.Kind))
}
