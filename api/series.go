package api

import (
	"context"
	"encoding/hex"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/staff"
)

// upcoming is how many times of a series are shown: enough to see what its cron line means.
const upcoming = 5

func (a *server) viewSeries(ctx context.Context, s broadcast.Series) wire.Series {
	return a.seriesAs(a.names(ctx, s.Proposal), s)
}

func (a *server) seriesAs(names broadcast.Names, s broadcast.Series) wire.Series {
	v := wire.Series{
		ID: s.ID, Version: s.Version, Cron: s.Cron, Until: s.Until, ExpireMinutes: int(s.Expire / time.Minute), Proposal: viewProposal(s.Proposal),
		Labels: viewLabels(names, s.Proposal), Upcoming: []time.Time{}, Author: s.Author, Editors: append([]string{}, s.Editors...), Hash: hex.EncodeToString(s.Hash),
		Accepted: append([]string{}, s.Accepted...), Approver: s.Approver, Stopped: s.Stopped, Why: s.Why, Next: s.Next, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
	v.Size, v.SizeLabel, v.Expected = a.sizeOf(s.Size, s.Lists, s.Proposal.Audience, s.Expected, s.AnyFew)
	if times, err := broadcast.Occurrences(s.Cron, a.Now(), s.Until, upcoming); err == nil && !s.Stopped { // was checked when it was written
		v.Upcoming = append(v.Upcoming, times...)
	}
	return v
}

func (a *server) shownSeries(ctx context.Context) func(broadcast.Series, error) (*reply[wire.Series], error) {
	return func(s broadcast.Series, err error) (*reply[wire.Series], error) {
		if err != nil {
			return nil, err
		}
		return &reply[wire.Series]{a.viewSeries(ctx, s)}, nil
	}
}

func (a *server) listSeries(ctx context.Context, who staff.Person, _ *nothing) (*reply[wire.Page[wire.Series]], error) {
	all, err := a.Broadcasts.ListSeries(ctx, official(who))
	if err != nil {
		return nil, err
	}
	names := a.names(ctx, each(all, func(s broadcast.Series) broadcast.Proposal { return s.Proposal })...)
	return &reply[wire.Page[wire.Series]]{wire.Page[wire.Series]{Items: each(all, func(s broadcast.Series) wire.Series { return a.seriesAs(names, s) })}}, nil
}

type seriesInput struct {
	ID string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
}

func (a *server) getSeries(ctx context.Context, who staff.Person, in *seriesInput) (*reply[wire.Series], error) {
	return a.shownSeries(ctx)(a.Broadcasts.GetSeries(ctx, official(who), in.ID))
}

func seriesOf(w wire.WrittenSeries) (broadcast.Series, error) {
	p, err := proposalOf(w.Proposal)
	return broadcast.Series{Cron: w.Cron, Until: w.Until, Expire: time.Duration(w.ExpireMinutes) * time.Minute, Proposal: p, Accepted: w.Accept}, err
}

type createSeriesInput struct{ Body wire.WrittenSeries }

func (a *server) createSeries(ctx context.Context, who staff.Person, in *createSeriesInput) (*created[wire.Series], error) {
	s, err := seriesOf(in.Body)
	if err != nil {
		return nil, err
	}
	if err := a.mayChoose(who, "body.proposal.audience", tagsOf(s.Proposal.Audience)...); err != nil {
		return nil, err
	}
	done, err := a.counting.begin(who.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	if s, err = a.Broadcasts.NewSeries(ctx, official(who), s); err != nil {
		return nil, err
	}
	return &created[wire.Series]{wire.Prefix + "/series/" + s.ID, a.viewSeries(ctx, s)}, nil
}

type changeSeriesInput struct {
	ID   string            `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body wire.ChangeSeries `doc:"In place of all that was written; its approval is void"`
}

func (a *server) changeSeries(ctx context.Context, who staff.Person, in *changeSeriesInput) (*reply[wire.Series], error) {
	s, err := seriesOf(in.Body.WrittenSeries)
	if err != nil {
		return nil, err
	}
	if err := a.mayChoose(who, "body.proposal.audience", tagsOf(s.Proposal.Audience)...); err != nil {
		return nil, err
	}
	done, err := a.counting.begin(who.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	return a.shownSeries(ctx)(a.Broadcasts.EditSeries(ctx, official(who), in.ID, in.Body.Version, s))
}

type approveSeriesInput struct {
	ID   string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body wire.Approval
}

func (a *server) approveSeries(ctx context.Context, who staff.Person, in *approveSeriesInput) (*reply[wire.Series], error) {
	return a.shownSeries(ctx)(a.Broadcasts.ApproveSeries(ctx, official(who), in.ID, sumOf(in.Body), in.Body.Accept...))
}

type stopSeriesInput struct {
	ID   string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body wire.Reason
}

func (a *server) stopSeries(ctx context.Context, who staff.Person, in *stopSeriesInput) (*reply[wire.Series], error) {
	return a.shownSeries(ctx)(a.Broadcasts.StopSeries(ctx, official(who), in.ID, in.Body.Why))
}
