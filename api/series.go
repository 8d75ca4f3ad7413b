package api

import (
	"cmp"
	"context"
	"encoding/hex"
	"time"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/problem"
	"towncrier/staff"
)

// seriesHandler has the series: broadcasts that are repeated.
type seriesHandler struct {
	broadcasts *broadcast.Service
	views      broadcastViews
	tags       tagRights
	counting   *counting
	now        func() time.Time
}

func (h seriesHandler) register(g *gate) {
	const read, write, approve = staff.ReadBroadcasts, staff.WriteBroadcasts, staff.ApproveBroadcasts
	add(g, get("/series", "list-series", "List series", read).impersonal(), h.list)
	add(g, post("/series", "create-series", "Create a series: a broadcast that is repeated", write).withProposal().labelled("body.repeat.every", labelOf[broadcast.Period]), repeatable(h.create, h.created, "series.new"))
	add(g, post("/series/schedule", "preview-schedule", "Show when a series would come", write).labelled("body.repeat.every", labelOf[broadcast.Period]), h.schedule)
	add(g, get("/series/{id}", "get-series", "Show a series", read).impersonal(), h.get)
	add(g, put("/series/{id}", "change-series", "Replace the content of a series; it loses its approval", write).withProposal().labelled("body.repeat.every", labelOf[broadcast.Period]), repeatable(h.change, h.changed, "series.edit"))
	add(g, post("/series/{id}/approve", "approve-series", "Approve this exact version of a series, identified by its hash", approve), repeatable(h.approve, h.changed, "series.approve"))
	add(g, post("/series/{id}/reject", "reject-series", "Return a series that waits for approval to its author", approve), repeatable(h.reject, h.changed, "series.reject"))
	add(g, post("/series/{id}/stop", "stop-series", "Stop a series", staff.ScheduleBroadcasts), repeatable(h.stop, h.changed, "series.stop"))
}

type ListSeriesInput struct {
	Text      string `query:"text" maxLength:"100" doc:"In its title, in what residents read, or in its id"`
	Author    string `query:"author" maxLength:"64" doc:"Staff id or name"`
	Approver  string `query:"approver" maxLength:"64" doc:"Staff id or name"`
	Committee string `query:"committee" maxLength:"64" doc:"Code or name of the committee that sends it"`
	Topic     string `query:"topic" maxLength:"64" doc:"Id or name"`
}

func (h seriesHandler) list(ctx context.Context, caller staff.Person, in *ListSeriesInput) (*reply[wire.Page[wire.Series]], error) {
	f, err := BroadcastFilter{Text: in.Text, Author: in.Author, Approver: in.Approver, Committee: in.Committee, Topic: in.Topic}.filter(ctx, caller, h.views.directory)
	if err != nil {
		return nil, err
	}
	all, err := h.broadcasts.ListSeries(ctx, official(caller), f)
	if err != nil {
		return nil, err
	}
	names := h.views.names(ctx, each(all, func(s broadcast.Series) broadcast.Proposal { return s.Proposal })...)
	return &reply[wire.Page[wire.Series]]{wire.Page[wire.Series]{Items: each(all, func(s broadcast.Series) wire.Series { return h.named(names, s) })}}, nil
}

type SeriesInput struct {
	ID string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
}

type SeriesBody[B any] struct {
	ID   string `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body B
}

func (h seriesHandler) get(ctx context.Context, caller staff.Person, in *SeriesInput) (*reply[wire.Series], error) {
	return shown(h.view(ctx))(h.broadcasts.GetSeries(ctx, official(caller), in.ID))
}

func seriesOf(w wire.WrittenSeries) (broadcast.Series, error) {
	line, err := cronOf(w.Cron, w.Repeat)
	if err != nil {
		return broadcast.Series{}, err
	}
	p, err := proposalOf(w.Proposal)
	return broadcast.Series{Cron: line, Until: w.Until, Expire: time.Duration(w.ExpireMinutes) * time.Minute, Proposal: p, Accepted: w.Accept}, err
}

// cronOf is the schedule that is kept of what was written.
func cronOf(line string, repeat *wire.Repeat) (string, error) {
	switch {
	case line != "" && repeat != nil:
		return "", &problem.Invalid{Field: "repeat", Reason: "cron 和 repeat 只能写一个：每天、每周、每月用 repeat，其他用 cron"}
	case line == "" && repeat == nil:
		return "", &problem.Invalid{Field: "repeat", Reason: `没有写什么时候发送：例如 {"every":"week","on":[1,4],"at":"09:00"} 是每周一、周四九点`}
	case repeat == nil:
		return line, nil
	}
	r, err := broadcast.ParseRepeat(broadcast.Period(repeat.Every), repeat.On, repeat.Last, repeat.At)
	return r.Cron(), err
}

func viewRepeat(line string) *wire.Repeat {
	r, ok := broadcast.RepeatOf(line)
	if !ok {
		return nil
	}
	return &wire.Repeat{Every: string(r.Every), On: r.On, Last: r.Last, At: r.Clock()}
}

// schedule shows when a series would come that is not kept.
func (h seriesHandler) schedule(_ context.Context, _ staff.Person, in *Body[wire.PreviewSchedule]) (*reply[wire.Schedule], error) {
	line, err := cronOf(in.Body.Cron, in.Body.Repeat)
	if err != nil {
		return nil, err
	}
	times, err := broadcast.Occurrences(line, h.now(), cmp.Or(in.Body.Until, broadcast.NoEnd), upcoming)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Schedule]{wire.Schedule{Cron: line, Repeat: viewRepeat(line), Label: broadcast.Series{Cron: line}.Schedule(),
		Upcoming: append([]time.Time{}, times...)}}, nil
}

type CreateSeriesInput struct{ Body wire.WrittenSeries }

func (h seriesHandler) create(ctx context.Context, caller staff.Person, in *CreateSeriesInput) (*created[wire.Series], error) {
	r, err := h.write(ctx, caller, in.Body, func(s broadcast.Series) (broadcast.Series, error) {
		return h.broadcasts.NewSeries(ctx, official(caller), s)
	})
	return createdAt(seriesPath)(r, err)
}

type ChangeSeriesInput struct {
	ID   string            `path:"id" pattern:"^S[A-Z2-7]{10}$" patternDescription:"S and 10 letters and digits"`
	Body wire.ChangeSeries `doc:"In place of all that was written; its approval is void"`
}

func (h seriesHandler) change(ctx context.Context, caller staff.Person, in *ChangeSeriesInput) (*reply[wire.Series], error) {
	return h.write(ctx, caller, in.Body.WrittenSeries, func(s broadcast.Series) (broadcast.Series, error) {
		return h.broadcasts.EditSeries(ctx, official(caller), in.ID, in.Body.Version, s)
	})
}

// write keeps what was written of a series, which counts its audience.
func (h seriesHandler) write(ctx context.Context, caller staff.Person, written wire.WrittenSeries, keep func(broadcast.Series) (broadcast.Series, error)) (*reply[wire.Series], error) {
	s, err := seriesOf(written)
	if err == nil {
		err = h.tags.mayAddress(caller, s.Proposal.Audience)
	}
	if err != nil {
		return nil, err
	}
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	return shown(h.view(ctx))(keep(s))
}

func (h seriesHandler) approve(ctx context.Context, caller staff.Person, in *SeriesBody[wire.Approval]) (*reply[wire.Series], error) {
	s, err := h.broadcasts.GetSeries(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	return shown(h.view(ctx))(h.broadcasts.ApproveSeries(ctx, official(caller), in.ID, broadcast.NamedHash(s.Hash, in.Body.Hash), in.Body.Accept...))
}

func (h seriesHandler) reject(ctx context.Context, caller staff.Person, in *SeriesBody[wire.Reason]) (*reply[wire.Series], error) {
	return shown(h.view(ctx))(h.broadcasts.RejectSeries(ctx, official(caller), in.ID, in.Body.Why))
}

func (h seriesHandler) stop(ctx context.Context, caller staff.Person, in *SeriesBody[wire.Reason]) (*reply[wire.Series], error) {
	return shown(h.view(ctx))(h.broadcasts.StopSeries(ctx, official(caller), in.ID, in.Body.Why))
}

func (h seriesHandler) created(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.Series], error) {
	return createdAt(seriesPath)(h.changed(ctx, caller, act))
}

func (h seriesHandler) changed(ctx context.Context, caller staff.Person, act audit.Act) (*reply[wire.Series], error) {
	return h.get(ctx, caller, &SeriesInput{act.Subject})
}

func seriesPath(s wire.Series) string { return "/series/" + s.ID }

// upcoming is how many times of a series are shown: enough to see what its schedule means.
const upcoming = 5

// view shows a series with the warnings of its occurrences, until it is stopped.
func (h seriesHandler) view(ctx context.Context) func(broadcast.Series) wire.Series {
	return func(s broadcast.Series) wire.Series {
		v := h.named(h.views.names(ctx, s.Proposal), s)
		if !s.Stopped {
			v.Warnings = viewWarnings(h.broadcasts.LintSeries(s))
		}
		return v
	}
}

func (h seriesHandler) named(names knownNames, s broadcast.Series) wire.Series {
	v := wire.Series{
		ID: s.ID, Version: s.Version, Cron: s.Cron, Repeat: viewRepeat(s.Cron), ScheduleLabel: s.Schedule(), Until: s.Until, ExpireMinutes: int(s.Expire / time.Minute), Proposal: viewProposal(s.Proposal),
		Labels: h.views.labels(names, s.Proposal), Upcoming: []time.Time{}, Colleagues: names.colleagues(s.Author, s.Editors, s.Reviewer, s.ReviewedAt, s.Approver), Signatures: h.broadcasts.SeriesSignatures(s), Hash: hex.EncodeToString(s.Hash),
		Accepted: append([]string{}, s.Accepted...), Stopped: s.Stopped, Rejected: s.Rejected, Why: s.Why, Next: s.Next, CreatedAt: s.CreatedAt, UpdatedAt: s.UpdatedAt,
	}
	v.Size, v.SizeLabel, v.Expected = h.views.sizeOf(s.Size, s.Lists, s.Proposal.Audience, s.Expected)
	if times, err := broadcast.Occurrences(s.Cron, h.now(), s.Until, upcoming); err == nil && !s.Stopped { // was checked when it was written
		v.Upcoming = append(v.Upcoming, times...)
	}
	return v
}
