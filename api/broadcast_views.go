package api

import (
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/content"
)

// broadcastViews shows broadcasts, with names for codes, and no count of few people.
type broadcastViews struct {
	service *broadcast.Service
	directory
}

// knownNames say in Chinese what ids and codes stand for. One that they do not know is shown as it is.
type knownNames struct {
	broadcast.Names
	people people
}

// person is 赵作者（zhao）; "" for nobody.
func (n knownNames) person(id string) string {
	if name := n.people[id]; name != "" {
		return name + "（" + id + "）"
	}
	return id
}

func (n knownNames) colleagues(author string, editors []string, reviewer string, reviewedAt time.Time, approver string) wire.Colleagues {
	return wire.Colleagues{Author: author, AuthorLabel: n.person(author), Editors: append([]string{}, editors...), EditorLabels: each(editors, n.person),
		Reviewer: reviewer, ReviewerLabel: n.person(reviewer), ReviewedAt: reviewedAt, Approver: approver, ApproverLabel: n.person(approver)}
}

func (v broadcastViews) broadcast(ctx context.Context, b broadcast.Broadcast) wire.Broadcast {
	return v.named(v.names(ctx, b.Proposal()), b)
}

func (v broadcastViews) broadcasts(ctx context.Context, all []broadcast.Broadcast) []wire.Broadcast {
	names := v.names(ctx, each(all, broadcast.Broadcast.Proposal)...)
	return each(all, func(b broadcast.Broadcast) wire.Broadcast { return v.named(names, b) })
}

func (v broadcastViews) named(names knownNames, b broadcast.Broadcast) wire.Broadcast {
	out := wire.Broadcast{
		ID: b.ID, Version: b.Version, Status: string(b.Status), StatusLabel: b.Status.Label(), Why: b.Why, Emergency: b.Emergency,
		Proposal: viewProposal(b.Proposal()), Labels: v.labels(names, b.Proposal()), Series: b.Series, DueAt: b.DueAt,
		Colleagues: names.colleagues(b.Author, b.Editors, b.Reviewer, b.ReviewedAt, b.Approver), Signatures: v.service.Signatures(b), Hash: hex.EncodeToString(b.Hash),
		Accepted: append([]string{}, b.Accepted...), ApprovedAt: b.ApprovedAt, Confirmer: b.Confirmer, ConfirmerLabel: names.person(b.Confirmer), ReleasedAt: b.ReleasedAt,
		BegunAt: b.BegunAt, FrozenAt: b.FrozenAt, Round: b.Round, ForgottenAt: b.ForgottenAt, PutBackAt: b.PutBackAt, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
	}
	if !b.ReleasedAt.IsZero() {
		out.Deadline = b.Deadline()
	}
	var expected wire.Bill
	out.Size, out.SizeLabel, expected = v.sizeOf(b.Size, b.Lists, b.Audience, b.Expected)
	out.Frozen, out.FrozenLabel = broadcast.People(b.Frozen)
	if b.Hash != nil {
		out.Expected = expected
	}
	return out
}

// names are those of colleagues, and what some proposals name. Where they cannot be read the ids are shown alone: what was asked for is done by then.
func (v broadcastViews) names(ctx context.Context, of ...broadcast.Proposal) knownNames {
	known, err := v.service.Names(ctx, official(infoOf(ctx).person), of...)
	if err != nil {
		v.log.WarnContext(ctx, "codes in broadcasts are shown without names", "error", err)
	}
	return knownNames{known, v.people(ctx)}
}

// committees are the names of all committees, and of colleagues.
func (v broadcastViews) committees(ctx context.Context) knownNames {
	return v.names(ctx, broadcast.Proposal{Committee: "any"})
}

func (v broadcastViews) labels(names knownNames, p broadcast.Proposal) wire.Labels {
	return wire.Labels{AudienceLabel: names.Audience(p), TopicLabel: names.Topic(p.Topic), CommitteeLabel: names.Committee(p.Committee),
		MessageLabels: each(p.Messages, v.messageLabels)}
}

func (v broadcastViews) messageLabels(m broadcast.Message) wire.MessageLabels {
	labels := wire.MessageLabels{Channel: string(m.Channel), ChannelLabel: m.Channel.Label(), TemplateLabel: m.Template, Variables: []wire.VariableLabel{}}
	if t := v.service.Content().Templates[m.Template]; t != nil {
		labels.TemplateLabel = t.Title + "（" + t.ID + "）"
		labels.Variables = each(t.Vars, func(v content.TemplateVar) wire.VariableLabel {
			return wire.VariableLabel{Name: v.Name, Label: v.Label}
		})
	}
	return labels
}

// sizeOf is how many an audience had when it was submitted, and what its texts were to cost.
func (v broadcastViews) sizeOf(size int, lists []broadcast.ListContent, rule broadcast.Rule, expected broadcast.Bill) (n *int, label string, bill wire.Bill) {
	if rule.List == "" {
		n, label = broadcast.About(size)
		return n, label, v.expectedBill(expected)
	}
	if len(lists) == 0 { // not submitted, or before lines were counted
		return nil, "按名单发送", wire.Bill{Parts: expected.Parts, Cost: untold, CostMost: untold, Saved: untold}
	}
	n, label = broadcast.AtMost(lists[0].Lines)
	return n, label, v.listBill(expected.Parts, lists[0].Lines)
}

// estimate is how many a preview counted, to the ten: an official chooses the next audience after it.
func (v broadcastViews) estimate(p broadcast.Preview) wire.Estimate {
	e := wire.Estimate{
		Left: viewReasons(p.Left, broadcast.About), Bill: v.expectedBill(p.Bill), Faults: each(p.Faults, viewFault),
		First: each(slices.Sorted(maps.Keys(p.First)), func(c broadcast.Channel) wire.ChannelCount {
			n, label := broadcast.About(p.First[c])
			return wire.ChannelCount{Channel: string(c), Label: c.Label(), N: n, NLabel: label}
		}),
	}
	switch {
	case p.Counted:
		e.Residents, e.People = broadcast.About(p.Residents)
		e.SelfDeclared, e.Declared = broadcast.About(p.SelfDeclared)
		e.Doubles, e.Twice = broadcast.About(p.Doubles)
	case p.Lines > 0:
		e.Residents, e.People = broadcast.AtMost(p.Lines)
		e.Bill = v.listBill(p.Parts, p.Lines)
	default:
		e.People = uncountedPeople
		e.Bill = wire.Bill{Parts: p.Parts, Cost: uncounted, CostMost: uncounted, Saved: uncounted}
	}
	return e
}

// expectedBill is a bill of before anything is sent: in it each amount tells a count.
func (v broadcastViews) expectedBill(b broadcast.Bill) wire.Bill {
	each := broadcast.Money(b.Parts) * broadcast.Money(v.service.Price)
	return wire.Bill{Parts: b.Parts, Cost: aboutCost(b.Cost, each), CostMost: aboutCost(b.CostMost, each), Saved: aboutCost(b.Saved, each)}
}

// listBill is the most that texts to a list of so many lines can cost.
func (v broadcastViews) listBill(parts, lines int) wire.Bill {
	most := viewMoney(broadcast.Money(lines) * broadcast.Money(parts) * broadcast.Money(v.service.Price))
	most.Label = "至多" + most.Label
	return wire.Bill{Parts: parts, Cost: untold, CostMost: most, Saved: untold}
}
