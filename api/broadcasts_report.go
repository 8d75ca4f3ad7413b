package api

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/problem"
	"towncrier/roster"
	"towncrier/staff"
)

func viewBill(b broadcast.Bill) wire.Bill {
	return wire.Bill{Parts: b.Parts, Cost: viewMoney(b.Cost), CostMost: viewMoney(b.CostMost), Saved: viewMoney(b.Saved)}
}

func viewFault(f broadcast.Fault) wire.BroadcastFault {
	return wire.BroadcastFault{Channel: string(f.Channel), Variable: f.Variable, Text: f.Text, Warning: f.Warning, Name: f.Name}
}

func viewSample(s broadcast.Sample) wire.Sample {
	return wire.Sample{
		Resident: s.Resident, Phone: s.Phone, Committee: s.Committee, Community: s.Community, Channel: string(s.Channel),
		Channels: each(s.Plan.Channels, func(c broadcast.Channel) string { return string(c) }),
		Reason:   string(s.Plan.Reason), Label: s.Plan.Reason.Label(), Text: s.Text,
		Passed: each(s.Plan.Passed, func(p broadcast.Passed) wire.PassedChannel {
			return wire.PassedChannel{Channel: string(p.Channel), Reason: string(p.Reason), Label: p.Reason.Label()}
		}),
	}
}

func (a *server) previewBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Preview], error) {
	done, err := a.counting.begin(who.ID)
	if err != nil {
		return nil, err
	}
	defer done()
	p, err := a.Broadcasts.Preview(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	if p.Sample, err = a.sampleFor(ctx, who, in.ID, p.Sample); err != nil {
		return nil, err
	}
	if err := a.record(ctx, who, "broadcast.preview", in.ID, fmt.Sprintf("sample=%d", len(p.Sample))); err != nil {
		return nil, err
	}
	as := shownAs(p.AnyFew())
	v := wire.Preview{
		Left: viewReasons(p.Left, as), Bill: a.expectedBill(p.Bill, as),
		First: each(slices.Sorted(maps.Keys(p.First)), func(c broadcast.Channel) wire.ChannelCount {
			n, label := as(p.First[c])
			return wire.ChannelCount{Channel: string(c), Label: c.Label(), N: n, NLabel: label}
		}),
		Faults: each(p.Faults, viewFault),
		Texts: each(slices.Sorted(maps.Keys(p.Texts)), func(c broadcast.Channel) wire.Text {
			return wire.Text{Channel: string(c), Label: c.Label(), Text: p.Texts[c]}
		}),
		Sample: each(p.Sample, viewSample), Hash: hex.EncodeToString(p.Hash),
	}
	switch {
	case p.Counted:
		v.Residents, v.People = as(p.Residents)
		v.SelfDeclared, v.Declared = shownAs(p.AnyFew() || broadcast.AnyFew(p.SelfDeclared, p.Residents-p.SelfDeclared))(p.SelfDeclared)
		v.Doubles, v.Twice = as(p.Doubles)
	case p.Lines > 0:
		v.Residents, v.People = broadcast.AtMost(p.Lines)
		v.Bill = a.listBill(p.Parts, p.Lines)
	default:
		v.People = "未统计"
		v.Bill = wire.Bill{Parts: p.Parts, Cost: uncounted, CostMost: uncounted, Saved: uncounted}
	}
	return &reply[wire.Preview]{v}, nil
}

// sampleFor is what who may see of a sample. That they see who somebody is, is recorded first.
func (a *server) sampleFor(ctx context.Context, who staff.Person, id string, sample []broadcast.Sample) ([]broadcast.Sample, error) {
	if !who.Role.May(staff.WriteBroadcasts) && !who.Role.May(staff.ApproveBroadcasts) && !who.Role.May(staff.ReadResidents) {
		return nil, nil
	}
	for _, s := range sample {
		if s.Resident == "" {
			continue
		}
		act := audit.Act{Actor: audit.Staff(who.ID), Action: "resident.read", Subject: s.Resident, Detail: "sample of " + id, At: a.Now()}
		if err := a.Audit.Record(ctx, act); err != nil {
			return nil, err
		}
	}
	return sample, nil
}

func viewFailure(f broadcast.Failure) wire.FailureCount {
	return wire.FailureCount{Channel: string(f.Channel), ChannelLabel: f.Channel.Label(), State: string(f.State), StateLabel: f.State.Label(), Class: f.Class, Code: f.Code, CodeLabel: f.Meaning, N: f.N}
}

func (a *server) reportBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Report], error) {
	r, err := a.Broadcasts.Report(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	v := wire.Report{Broadcast: a.viewBroadcast(ctx, r.Broadcast), Committee: r.Committee, Counts: []wire.StateCount{}, Left: []wire.ReasonCount{}, Failures: []wire.FailureCount{}, Notes: append([]string{}, r.Notes...)}
	v.Expected = v.Broadcast.Expected
	if v.Few = broadcast.AnyFew(r.Audience); v.Few {
		v.Bill = wire.Bill{Parts: r.Parts, Cost: untold, CostMost: untold, Saved: untold}
		return &reply[wire.Report]{v}, nil
	}
	v.Left, v.Open, v.Delivered, v.Doubles = viewReasons(r.Left, broadcast.People), &r.Open, &r.Delivered, &r.Doubles
	v.Failures, v.Bill = each(r.Failures, viewFailure), viewBill(r.Bill)
	v.BilledTexts, v.BilledParts = r.Billed.Texts, r.Billed.Parts
	for _, channel := range slices.Sorted(maps.Keys(r.Counts)) {
		states := r.Counts[channel]
		for _, state := range slices.Sorted(maps.Keys(states)) {
			if states[state] == 0 {
				continue
			}
			count := states[state]
			c := wire.StateCount{Channel: string(channel), ChannelLabel: channel.Label(), State: string(state), StateLabel: state.Label(), N: &count, NLabel: fmt.Sprint(count)}
			if state == broadcast.Suppressed {
				c.N, c.NLabel = broadcast.People(count)
			}
			v.Counts = append(v.Counts, c)
		}
	}
	return &reply[wire.Report]{v}, nil
}

// reachBroadcast shows a committee how far a broadcast came with its own residents, its own broadcast or the city's.
func (a *server) reachBroadcast(ctx context.Context, who staff.Person, in *broadcastInput) (*reply[wire.Page[wire.Reach]], error) {
	all, err := a.Broadcasts.Reach(ctx, official(who), in.ID)
	if err != nil {
		return nil, err
	}
	return &reply[wire.Page[wire.Reach]]{wire.Page[wire.Reach]{Items: viewReach(all)}}, nil
}

func (a *server) viewDelivery(d broadcast.Delivery) wire.Delivery {
	return wire.Delivery{
		ID: d.ID, Recipient: d.Recipient, Resident: d.Subject, Channel: string(d.Channel), ChannelLabel: d.Channel.Label(), Round: d.Round,
		State: string(d.State), StateLabel: d.State.Label(), Class: d.Class, Code: d.Code,
		CodeLabel: a.Broadcasts.Explain(d.Channel, d.Code).Text, Reason: string(d.Reason), ReasonLabel: d.Reason.Label(),
		Handle: d.Handle, Tries: d.Tries, SentAt: d.SentAt, UpdatedAt: d.UpdatedAt,
	}
}

type listDeliveriesInput struct {
	ID      string `path:"id" pattern:"^B[A-Z2-7]{10}$" patternDescription:"B and 10 letters and digits"`
	After   string `query:"after" maxLength:"20" doc:"next of the page before"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	State   string `query:"state" enum:"planned,pending,sending,accepted,delivered,undelivered,failed,in_doubt,unknown,suppressed,cancelled,expired"`
	Channel string `query:"channel" enum:"subscription,template,sms"`
	Round   int    `query:"round" minimum:"1"`
}

func (a *server) listDeliveries(ctx context.Context, who staff.Person, in *listDeliveriesInput) (*reply[wire.Page[wire.Delivery]], error) {
	var after int64
	if in.After != "" {
		var err error
		if after, err = strconv.ParseInt(in.After, 10, 64); err != nil || after <= 0 {
			return nil, problem.ErrCursor
		}
	}
	f := broadcast.DeliveryFilter{State: broadcast.State(in.State), Channel: broadcast.Channel(in.Channel), Round: in.Round}
	found, next, err := a.Broadcasts.Deliveries(ctx, official(who), in.ID, f, after, in.Limit)
	if err != nil {
		return nil, err
	}
	out := wire.Page[wire.Delivery]{Items: each(found, a.viewDelivery)}
	if next != 0 {
		out.Next = strconv.FormatInt(next, 10)
	}
	if err := a.record(ctx, who, "broadcast.deliveries", in.ID, fmt.Sprintf("deliveries=%d", len(out.Items))); err != nil {
		return nil, err
	}
	if who.Role.May(staff.ReadResidents) {
		return &reply[wire.Page[wire.Delivery]]{out}, a.showNumbers(ctx, who, out.Items)
	}
	return &reply[wire.Page[wire.Delivery]]{out}, nil
}

// showNumbers adds the masked numbers of residents who are still there, and still who's to see.
func (a *server) showNumbers(ctx context.Context, who staff.Person, deliveries []wire.Delivery) error {
	for i := range deliveries {
		r, err := a.Roster.Get(ctx, deliveries[i].Resident)
		switch {
		case errors.Is(err, roster.ErrNoResident) || err == nil && !who.Sees(r.Committee):
		case err != nil:
			return err
		default:
			deliveries[i].Phone = r.Phone.Masked()
		}
	}
	return nil
}
