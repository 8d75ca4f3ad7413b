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

type seriesView struct {
	ID            string       `json:"id" example:"SABCDEFGHIJ"`
	Version       int64        `json:"version"`
	Cron          string       `json:"cron" doc:"minute hour day month weekday, time of the city"`
	Until         time.Time    `json:"until" doc:"Nothing comes after it"`
	ExpireMinutes int          `json:"expire_minutes,omitempty" doc:"After its due time, an occurrence that has not gone does not go; a day when left out"`
	Proposal      proposalView `json:"proposal" doc:"Of each occurrence; its times come from the series"`
	labelsView
	Upcoming  []time.Time `json:"upcoming" nullable:"false" doc:"The next times, once it is approved"`
	Author    string      `json:"author" doc:"Staff id"`
	Editors   []string    `json:"editors" nullable:"false" doc:"Staff ids of all who wrote in it: none of them may approve it"`
	Hash      string      `json:"hash" doc:"Of all that an approver says yes to"`
	Size      *int        `json:"size" doc:"Of the audience when it was written; null below ten, or when it is a list"`
	SizeLabel string      `json:"size_label" doc:"size in words, in Chinese"`
	Expected  billView    `json:"expected" doc:"What the texts of an occurrence were to cost when it was written"`
	Accepted  []string    `json:"accepted" nullable:"false" doc:"Names of the warnings that were accepted when it was written: its approver accepts the same"`
	Approver  string      `json:"approver,omitempty" doc:"Staff id"`
	Stopped   bool        `json:"stopped"`
	Why       string      `json:"why,omitempty" doc:"It is stopped, in Chinese"`
	Next      time.Time   `json:"next,omitzero" doc:"The first occurrence that is no broadcast yet"`
	CreatedAt time.Time   `json:"created_at"`
	UpdatedAt time.Time   `json:"updated_at"`
}

func (a *server) viewSeries(ctx context.Context, s broadcast.Series) seriesView {
	return a.seriesAs(a.names(ctx, s.Proposal), s)
}

func (a *server) seriesAs(names broadcast.Names, s broadcast.Series) seriesView {
	v := seriesView{
		ID: s.ID, Version: s.Version, Cron: s.Cron, Until: s.Until, ExpireMinutes: int(s.Expire / time.Minute), Proposal: viewProposal(s.Proposal),
		labelsView: viewLabels(names, s.Proposal), Upcoming: []time.Time{}, Author: s.Author, Editors: append([]string{}, s.Editors...), Hash: hex.EncodeToString(s.Hash),
		Accepted: append([]string{}, s.Accepted...), Approver: s.Approver, Stopped: s.Stopped, Why: s.Why, Next: s.Next, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
	v.Size, v.SizeLabel, v.Expected = a.sizeOf(s.Size, s.Lists, s.Proposal.Audience, s.Expected, s.AnyFew)
	if times, err := broadcast.Occurrences(s.Cron, a.Now(), s.Until, upcoming); err == nil && !s.Stopped { // was checked when it was written
		v.Upcoming = append(v.Upcoming, times...)
	}
	return v
}

func (a *server) shownSeries(ctx context.Context) func(broadcast.Series, error) (*reply[seriesView], error) {
	return func(s broadcast.Series, err error) (*reply[seriesView], error) {
		if err != nil {
			return nil, err
		}
		return &reply[seriesView]{a.viewSeries(ctx, s)}, nil
	}
}

func (a *server) listSeries(ctx context.Context, who staff.Person, _ *nothing) (*reply[page[seriesView]], error) {
	all, err := a.Broadcasts.ListSeries(ctx, official(who))
	if err != nil {
		return nil, err
	}
	names := a.names(ctx, each(all, func(s broadcast.Series) broadcast.Proposal { return s.Proposal })...)
	return &reply[page[seriesView]]{page[seriesView]{Items: each(all, func(s broadcast.Series) seriesView { return a.seriesAs(names, s) })}}, nil
}

type seriesInput struct {
	ID string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
}

func (a *server) getSeries(ctx context.Context, who staff.Person, in *seriesInput) (*reply[seriesView], error) {
	return a.shownSeries(ctx)(a.Broadcasts.GetSeries(ctx, official(who), in.ID))
}

// writtenSeries is what officials write of a series.
type writtenSeries struct {
	Cron          string       `json:"cron" maxLength:"120" example:"0 9 * * 1" doc:"minute hour day month weekday, time of the city: this one is Mondays at nine"`
	Until         time.Time    `json:"until" doc:"Nothing comes after it"`
	ExpireMinutes int          `json:"expire_minutes,omitempty" minimum:"0" maximum:"4320" doc:"After its due time, an occurrence that has not gone does not go; a day when left out"`
	Proposal      proposalView `json:"proposal" doc:"Of each occurrence. Its send_at and expire_at are not looked at"`
	Accept        []string     `json:"accept,omitempty" nullable:"false" maxItems:"100" doc:"Names of the warnings that are accepted: a refusal says them"`
}

func (w writtenSeries) series() (broadcast.Series, error) {
	p, err := w.Proposal.proposal()
	return broadcast.Series{Cron: w.Cron, Until: w.Until, Expire: time.Duration(w.ExpireMinutes) * time.Minute, Proposal: p, Accepted: w.Accept}, err
}

type createSeriesInput struct{ Body writtenSeries }

func (a *server) createSeries(ctx context.Context, who staff.Person, in *createSeriesInput) (*created[seriesView], error) {
	s, err := in.Body.series()
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
	return &created[seriesView]{wire.Prefix + "/series/" + s.ID, a.viewSeries(ctx, s)}, nil
}

type changeSeriesInput struct {
	ID   string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body struct {
		Version       int64        `json:"version" minimum:"1" doc:"Of the series as it was looked at"`
		Cron          string       `json:"cron" maxLength:"120"`
		Until         time.Time    `json:"until"`
		ExpireMinutes int          `json:"expire_minutes,omitempty" minimum:"0" maximum:"4320"`
		Proposal      proposalView `json:"proposal"`
		Accept        []string     `json:"accept,omitempty" nullable:"false" maxItems:"100"`
	} `doc:"In place of all that was written; its approval is void"`
}

func (a *server) changeSeries(ctx context.Context, who staff.Person, in *changeSeriesInput) (*reply[seriesView], error) {
	b := in.Body
	s, err := writtenSeries{b.Cron, b.Until, b.ExpireMinutes, b.Proposal, b.Accept}.series()
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
	return a.shownSeries(ctx)(a.Broadcasts.EditSeries(ctx, official(who), in.ID, b.Version, s))
}

type approveSeriesInput struct {
	ID   string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body approval
}

func (a *server) approveSeries(ctx context.Context, who staff.Person, in *approveSeriesInput) (*reply[seriesView], error) {
	return a.shownSeries(ctx)(a.Broadcasts.ApproveSeries(ctx, official(who), in.ID, in.Body.sum(), in.Body.Accept...))
}

type stopSeriesInput struct {
	ID   string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body reason
}

func (a *server) stopSeries(ctx context.Context, who staff.Person, in *stopSeriesInput) (*reply[seriesView], error) {
	return a.shownSeries(ctx)(a.Broadcasts.StopSeries(ctx, official(who), in.ID, in.Body.Why))
}
