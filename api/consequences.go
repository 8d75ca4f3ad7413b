package api

import (
	"context"
	"slices"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/content"
	"towncrier/intents"
	"towncrier/revision"
	"towncrier/staff"
)

// StopsOf names the broadcasts and series that stop when one folder comes into force in the place of another.
func StopsOf(broadcasts *broadcast.Service) func(ctx context.Context, before, after revision.Folder) ([]string, error) {
	return func(ctx context.Context, before, after revision.Folder) ([]string, error) {
		was, _ := content.Load(before.FS()) // the caller has judged both
		is, _ := content.Load(after.FS())
		stopped, err := broadcasts.Stopped(ctx, was, is)
		return stopped.IDs(), err
	}
}

// consequences shows what an act that changes the content stops: one way of showing it for all of them.
type consequences struct {
	broadcasts *broadcast.Service // nil where nothing is sent
}

// takeEffect stops, or brings back, what rests on the content at once. If it fails, the engines do it within seconds.
func (c consequences) takeEffect(ctx context.Context) {
	if c.broadcasts != nil {
		c.broadcasts.Ground(context.WithoutCancel(ctx))
	}
}

// of are the consequences of after coming into force in the place of before. A committee's official is shown its own broadcasts and series.
func (c consequences) of(ctx context.Context, caller staff.Person, before, after *city.City) (wire.ContentStops, error) {
	answers := before.Stopped(after)
	out := wire.ContentStops{
		Intents:    each(answers.Intents, func(in *intents.Intent) wire.StoppedAnswer { return wire.StoppedAnswer{ID: in.ID, Title: in.Title} }),
		Broadcasts: []wire.StoppedSend{}, Series: []wire.StoppedSend{}, Drafts: append([]string{}, answers.Drafts...),
	}
	if c.broadcasts == nil {
		return out, nil
	}
	sends, err := c.broadcasts.Stopped(ctx, before.Library, after.Library)
	sends.Broadcasts = slices.DeleteFunc(sends.Broadcasts, func(b broadcast.StoppedBroadcast) bool { return !caller.Sees(b.Committee) })
	sends.Series = slices.DeleteFunc(sends.Series, func(s broadcast.StoppedSeries) bool { return !caller.Sees(s.Proposal.Committee) })
	out.Broadcasts = each(sends.Broadcasts, func(b broadcast.StoppedBroadcast) wire.StoppedSend {
		return wire.StoppedSend{ID: b.ID, Title: b.Title, Status: string(b.Status), Label: b.Status.Label(), Why: b.Why}
	})
	out.Series = each(sends.Series, func(s broadcast.StoppedSeries) wire.StoppedSend {
		return wire.StoppedSend{ID: s.ID, Title: s.Proposal.Title, Why: s.Why}
	})
	return out, err
}
