package api

import (
	"context"

	"towncrier/alarm"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/staff"
)

type alarmHandler struct {
	alarms *alarm.Alarms
	names  directory
}

func (h alarmHandler) register(g *gate) {
	add(g, get("/alarms", "list-alarms", "List alarms, newest first", staff.ReadAlarms).impersonal(), h.list)
	add(g, post("/alarms/{kind}/acknowledge", "acknowledge-alarm", "Acknowledge an alarm", staff.AcknowledgeAlarms), repeatable(h.acknowledge, nothingShown, "alarm.acknowledge"))
}

func (h alarmHandler) list(ctx context.Context, _ staff.Person, _ *Nothing) (*reply[wire.Page[wire.Alarm]], error) {
	return listed(h.view(ctx))(h.alarms.List(ctx))
}

type AlarmInput struct {
	Kind string `path:"kind" pattern:"^[a-z][a-z-]{1,31}$" patternDescription:"a kind of alarm"`
}

func (h alarmHandler) acknowledge(ctx context.Context, caller staff.Person, in *AlarmInput) (*Nothing, error) {
	return nil, h.alarms.Acknowledge(ctx, audit.Staff(caller.ID), alarm.Kind(in.Kind))
}

func (h alarmHandler) view(ctx context.Context) func(alarm.Alarm) wire.Alarm {
	people := h.names.people(ctx)
	return func(a alarm.Alarm) wire.Alarm {
		return wire.Alarm{Kind: string(a.Kind), Label: a.Kind.Label(), Detail: a.Detail, Since: a.Since, Last: a.Last, Count: a.Count,
			AckedAt: a.AckedAt, AckedBy: a.AckedBy, AckedByName: people.actor(audit.Actor(a.AckedBy)),
			CausedBy: each(a.Causes, func(actor audit.Actor) string { return string(actor) }), CausedNames: each(a.Causes, people.actor)}
	}
}
