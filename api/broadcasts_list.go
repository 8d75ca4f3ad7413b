package api

import (
	"context"
	"errors"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/staff"
)

// BroadcastFilter is what broadcasts are listed and counted by: what is given must all be so. It is exported for huma, which reads no others.
type BroadcastFilter struct {
	Text      string    `query:"text" maxLength:"100" doc:"In its title, in what residents read, or in its id; spaces and the case of letters do not matter"`
	From      time.Time `query:"from" doc:"Not before. The date of a broadcast is when it began to be sent; before that when it is to be; and without such a time, when it was last changed"`
	To        time.Time `query:"to" doc:"Before; of the same date"`
	Author    string    `query:"author" maxLength:"64" doc:"Staff id or name"`
	Approver  string    `query:"approver" maxLength:"64" doc:"Staff id or name"`
	Committee string    `query:"committee" maxLength:"64" doc:"Code or name of the committee that sends it"`
	Topic     string    `query:"topic" maxLength:"64" doc:"Id or name"`
	Series    string    `query:"series" maxLength:"32"`
}

func (in BroadcastFilter) filter(ctx context.Context, caller staff.Person, names directory) (broadcast.Filter, error) {
	author, errAuthor := names.colleague(ctx, caller, "author", in.Author)
	approver, errApprover := names.colleague(ctx, caller, "approver", in.Approver)
	return broadcast.Filter{Text: in.Text, From: in.From, To: in.To, Author: author, Approver: approver, Committee: in.Committee, Topic: in.Topic, Series: in.Series},
		errors.Join(errAuthor, errApprover)
}

type ListBroadcastsInput struct {
	Following
	BroadcastFilter
	Status []string `query:"status,explode" enum:"draft,submitted,approved,scheduled,held,freezing,sending,paused,done,cancelled,expired" doc:"One of them, when it is given several times"`
	Limit  int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h broadcastHandler) list(ctx context.Context, caller staff.Person, in *ListBroadcastsInput) (*reply[wire.Page[wire.Broadcast]], error) {
	f, err := in.filter(ctx, caller, h.views.directory)
	if err != nil {
		return nil, err
	}
	f.Statuses = each(in.Status, func(status string) broadcast.Status { return broadcast.Status(status) })
	found, next, err := h.broadcasts.List(ctx, official(caller), f, in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Broadcast]]{wire.Page[wire.Broadcast]{Items: h.views.broadcasts(ctx, found), Next: next}}, nil
}

type CountBroadcastsInput struct{ BroadcastFilter }

func (h broadcastHandler) counts(ctx context.Context, caller staff.Person, in *CountBroadcastsInput) (*reply[wire.Page[wire.BroadcastCount]], error) {
	f, err := in.filter(ctx, caller, h.views.directory)
	if err != nil {
		return nil, err
	}
	counts, err := h.broadcasts.CountByStatus(ctx, official(caller), f)
	return listed(func(status broadcast.Status) wire.BroadcastCount {
		return wire.BroadcastCount{Status: string(status), StatusLabel: status.Label(), N: counts[status]}
	})(broadcast.Statuses, err)
}
