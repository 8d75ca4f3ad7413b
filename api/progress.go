package api

import (
	"context"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/staff"
)

func (h reportHandler) progress(ctx context.Context, caller staff.Person, in *BroadcastInput) (*reply[wire.Progress], error) {
	p, err := h.broadcasts.Progress(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	b := p.Broadcast
	v := wire.Progress{
		Version: b.Version, Status: string(b.Status), StatusLabel: b.Status.Label(), Why: b.Why, At: p.At, Committee: p.Committee, Few: broadcast.AnyFew(p.Audience),
		Counts: []wire.StateCount{}, Newest: []wire.NewFailure{}, Notes: append([]string{}, p.Notes...),
	}
	if p.Committee != "" {
		v.CommitteeLabel = h.views.committees(ctx).Committee(p.Committee)
	}
	v.Frozen, v.FrozenLabel = broadcast.People(b.Frozen)
	if v.Few {
		return &reply[wire.Progress]{v}, nil
	}
	messages, given, settled, failed := p.Messages(), p.Given(), p.Settled(), p.Failed()
	v.Counts, v.Messages, v.Given, v.Delivered, v.Settled, v.Failed = viewStates(p.Counts), &messages, &given, &p.Delivered, &settled, &failed
	v.Rate, v.Ends = p.Rate, p.Ends
	v.Newest = each(p.Newest, func(f broadcast.NewFailure) wire.NewFailure {
		return wire.NewFailure{At: f.At, Channel: string(f.Channel), ChannelLabel: f.Channel.Label(), State: string(f.State), StateLabel: f.State.Label(),
			Class: f.Class, Code: f.Code, CodeLabel: f.Meaning}
	})
	return &reply[wire.Progress]{v}, nil
}
