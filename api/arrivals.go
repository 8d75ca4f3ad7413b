package api

import (
	"context"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/staff"
)

type ArrivalsInput struct {
	ID    string    `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Span  string    `query:"span" enum:"minute,hour,day" doc:"What one item counts; left out: the shortest that makes a chart of the whole time"`
	Since time.Time `query:"since" doc:"Only from the minute of this time on"`
}

func (h reportHandler) arrivals(ctx context.Context, caller staff.Person, in *ArrivalsInput) (*reply[wire.Arrivals], error) {
	a, err := h.broadcasts.Arrivals(ctx, official(caller), in.ID, broadcast.Span(in.Span), in.Since)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Arrivals]{wire.Arrivals{
		Status: string(a.Broadcast.Status), StatusLabel: a.Broadcast.Status.Label(), BegunAt: a.Broadcast.BegunAt, Few: a.Few,
		Span: string(a.Span), SpanLabel: a.Span.Label(), FinalUntil: a.FinalUntil,
		Items: each(a.Items, func(one broadcast.Arrival) wire.Arrival {
			return wire.Arrival{At: one.At, Channel: string(one.Channel), ChannelLabel: one.Channel.Label(),
				Accepted: one.Accepted, Delivered: one.Delivered, Failed: one.Failed}
		}),
	}}, nil
}
