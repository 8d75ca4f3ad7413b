package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/roster"
	"towncrier/staff"
)

// reportHandler has the preview of a broadcast, and the reports on it.
type reportHandler struct {
	broadcasts *broadcast.Service
	roster     *roster.Roster
	views      broadcastViews
	tags       tagRights
	access     accessLog
	counting   *counting
	now        func() time.Time
}

func (h reportHandler) register(g *gate) {
	const read = staff.ReadBroadcasts
	add(g, get("/broadcasts/{id}/preview", "preview-broadcast", "Preview recipients, channels, cost and warnings of a broadcast", read).countsResidents(), h.preview)
	add(g, post("/broadcasts/preview", "preview-proposal", "Preview a broadcast that is not kept: texts, faults, recipients and cost", staff.WriteBroadcasts).withProposal().countsResidents(), h.previewProposal)
	add(g, get("/broadcasts/{id}/report", "report-broadcast", "Report deliveries by channel and state, and costs", read).impersonal(), h.report)
	add(g, get("/broadcasts/{id}/progress", "progress-broadcast", "Report how far a broadcast has come: cheap, to be asked again and again", read).impersonal(), h.progress)
	add(g, get("/broadcasts/{id}/reach", "reach-broadcast", "Report recipients reached, by committee", read).impersonal(), h.reach)
	add(g, get("/broadcasts/{id}/arrivals", "list-arrivals", "List what was accepted, arrived and failed over time, by channel", read).impersonal().labelled("query.span", labelOf[broadcast.Span]), h.arrivals)
	add(g, get("/broadcasts/{id}/deliveries", "list-deliveries", "List deliveries", read).labelled("query.state", labelOf[broadcast.State]).labelled("query.channel", labelOf[broadcast.Channel]), h.deliveries)
	h.registerFiles(g)
}

func (h reportHandler) preview(ctx context.Context, caller staff.Person, in *CountedInput) (*reply[wire.Preview], error) {
	if in.Soon.Soon {
		p, err := h.broadcasts.PreviewSoon(ctx, official(caller), in.ID)
		if err == nil && p.Counted && !p.Counting { // who still waits has not seen it yet
			err = h.access.record(ctx, caller, "broadcast.preview", in.ID, "sample=0")
		}
		if err != nil {
			return nil, err
		}
		return &reply[wire.Preview]{h.viewPreview(ctx, p)}, nil
	}
	done, err := h.counting.begin(caller.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := h.broadcasts.Preview(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	if p.Sample, err = h.sampleFor(ctx, caller, in.ID, p.Sample); err != nil {
		return nil, err
	}
	if err := h.access.record(ctx, caller, "broadcast.preview", in.ID, fmt.Sprintf("sample=%d", len(p.Sample))); err != nil {
		return nil, err
	}
	return &reply[wire.Preview]{h.viewPreview(ctx, p)}, nil
}

func (h reportHandler) viewPreview(ctx context.Context, p broadcast.Preview) wire.Preview {
	return wire.Preview{
		Estimate: h.views.estimate(p),
		Texts: each(slices.Sorted(maps.Keys(p.Texts)), func(c broadcast.Channel) wire.Text {
			return wire.Text{Channel: string(c), Label: c.Label(), Text: p.Texts[c]}
		}),
		Sample: each(p.Sample, viewSample(h.views.committees(ctx))), Hash: hex.EncodeToString(p.Hash),
		CountedAt: p.At, Counting: p.Counting,
	}
}

// previewProposal notes the audience as an estimate does, and each resident that it shows.
func (h reportHandler) previewProposal(ctx context.Context, caller staff.Person, in *Body[wire.PreviewProposal]) (*reply[wire.ProposalPreview], error) {
	p, err := proposalOf(in.Body.Proposal)
	if err == nil {
		err = h.tags.mayAddress(caller, p.Audience)
	}
	if err != nil {
		return nil, err
	}
	if !in.Body.Uncounted {
		done, err := h.counting.begin(caller.ID)
		if err != nil {
			return nil, err
		}
		defer done()
	}
	p, shown, err := h.broadcasts.PreviewProposal(ctx, official(caller), p, in.Body.Uncounted)
	if err != nil {
		return nil, err
	}
	if shown.Sample, err = h.sampleFor(ctx, caller, "a proposal", shown.Sample); err != nil {
		return nil, err
	}
	v := wire.ProposalPreview{Labels: h.views.labels(h.views.names(ctx, p), p), Preview: h.viewPreview(ctx, shown)}
	if shown.Counted {
		v.CountedAt = h.now().UTC()
		q := broadcast.AudienceQuery{Audience: p.Audience, Topic: p.Topic, Committee: p.Committee}
		if err := h.access.record(ctx, caller, "audience.estimate", "", notedAudience(q)); err != nil {
			return nil, err
		}
	}
	return &reply[wire.ProposalPreview]{v}, nil
}

// sampleFor is the sample as far as the caller may see it. Each resident that is named in it is recorded first.
func (h reportHandler) sampleFor(ctx context.Context, caller staff.Person, id string, sample []broadcast.Sample) ([]broadcast.Sample, error) {
	if !caller.Role.May(staff.WriteBroadcasts) && !caller.Role.May(staff.ApproveBroadcasts) && !caller.Role.May(staff.ReadResidents) {
		return nil, nil
	}
	for _, s := range sample {
		if s.Resident == "" {
			continue
		}
		if err := h.access.record(ctx, caller, "resident.read", s.Resident, "sample of "+id); err != nil {
			return nil, err
		}
	}
	return sample, nil
}

func (h reportHandler) report(ctx context.Context, caller staff.Person, in *CountedInput) (*reply[wire.Report], error) {
	ask := h.broadcasts.Report
	if in.Soon.Soon {
		ask = h.broadcasts.ReportSoon
	}
	r, err := ask(ctx, official(caller), in.ID)
	if err != nil {
		return nil, err
	}
	v := wire.Report{Broadcast: h.views.broadcast(ctx, r.Broadcast), Committee: r.Committee, CommitteeLabel: h.views.committees(ctx).Committee(r.Committee), Counts: []wire.StateCount{}, Left: []wire.ReasonCount{}, Failures: []wire.FailureCount{}, Notes: append([]string{}, r.Notes...)}
	v.Expected, v.CountedAt, v.Counting = v.Broadcast.Expected, r.RowsAt, r.Counting
	if v.Few = broadcast.AnyFew(r.Audience); v.Few {
		v.Bill = wire.Bill{Parts: r.Parts, Cost: untold, CostMost: untold, Saved: untold}
		return &reply[wire.Report]{v}, nil
	}
	v.Left, v.Open, v.Delivered, v.Doubles = viewReasons(r.Left, broadcast.People), &r.Open, &r.Delivered, &r.Doubles
	v.Failures, v.Bill = each(r.Failures, viewFailure), viewBill(r.Bill)
	v.BilledTexts, v.BilledParts = r.Billed.Texts, r.Billed.Parts
	v.Counts = viewStates(r.Counts)
	v.Resend, v.ResendLabel = broadcast.People(r.ToResend)
	v.Fallback, v.FallbackLabel = broadcast.People(r.ToFallBack)
	return &reply[wire.Report]{v}, nil
}

// reach shows a committee how far a broadcast came with its own residents, its own broadcast or the city's.
func (h reportHandler) reach(ctx context.Context, caller staff.Person, in *CountedInput) (*reply[wire.Reached], error) {
	if in.Soon.Soon {
		all, at, making, err := h.broadcasts.ReachSoon(ctx, official(caller), in.ID)
		if err != nil {
			return nil, err
		}
		return &reply[wire.Reached]{wire.Reached{Items: viewReach(h.views.committees(ctx), all), Total: viewTotal(all), CountedAt: at, Counting: making}}, nil
	}
	return shown(func(all []broadcast.Reach) wire.Reached {
		return wire.Reached{Items: viewReach(h.views.committees(ctx), all), Total: viewTotal(all)}
	})(h.broadcasts.Reach(ctx, official(caller), in.ID))
}

type ListDeliveriesInput struct {
	Following
	ID    string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	DeliveriesChosen
}

// DeliveriesChosen are the deliveries that are asked for.
type DeliveriesChosen struct {
	State   string `query:"state" enum:"planned,pending,sending,accepted,delivered,undelivered,failed,in_doubt,unknown,suppressed,cancelled,expired"`
	Channel string `query:"channel" enum:"subscription,template,sms"`
	Round   int    `query:"round" minimum:"1"`
}

func (c DeliveriesChosen) filter() broadcast.DeliveryFilter {
	return broadcast.DeliveryFilter{State: broadcast.State(c.State), Channel: broadcast.Channel(c.Channel), Round: c.Round}
}

func (h reportHandler) deliveries(ctx context.Context, caller staff.Person, in *ListDeliveriesInput) (*reply[wire.Page[wire.Delivery]], error) {
	after, err := numberAfter(in.After)
	if err != nil {
		return nil, err
	}
	found, next, err := h.broadcasts.Deliveries(ctx, official(caller), in.ID, in.filter(), after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.Delivery]{Items: each(found, h.viewDelivery)}
	if next != 0 {
		out.Next = strconv.FormatInt(next, 10)
	}
	if err := h.access.record(ctx, caller, "broadcast.deliveries", in.ID, fmt.Sprintf("deliveries=%d", len(out.Items))); err != nil {
		return nil, err
	}
	if caller.Role.May(staff.ReadResidents) {
		return &reply[wire.Page[wire.Delivery]]{out}, h.showNumbers(ctx, caller, out.Items)
	}
	return &reply[wire.Page[wire.Delivery]]{out}, nil
}

// showNumbers adds the masked numbers of residents who are still there and that the caller may still see.
func (h reportHandler) showNumbers(ctx context.Context, caller staff.Person, deliveries []wire.Delivery) error {
	for i := range deliveries {
		r, err := h.roster.Get(ctx, deliveries[i].Resident)
		switch {
		case errors.Is(err, roster.ErrNoResident) || err == nil && !caller.Sees(r.Committee):
		case err != nil:
			return err
		default:
			deliveries[i].Phone = r.Phone.Masked()
		}
	}
	return nil
}

func (h reportHandler) viewDelivery(d broadcast.Delivery) wire.Delivery {
	return wire.Delivery{
		ID: d.ID, Recipient: d.Recipient, Resident: d.Subject, Channel: string(d.Channel), ChannelLabel: d.Channel.Label(), Round: d.Round,
		State: string(d.State), StateLabel: d.State.Label(), Class: d.Class, Code: d.Code,
		CodeLabel: h.broadcasts.Explain(d.Channel, d.Code).Text, Reason: string(d.Reason), ReasonLabel: d.Reason.Label(),
		Handle: d.Handle, Tries: d.Tries, SentAt: d.SentAt, UpdatedAt: d.UpdatedAt,
	}
}
