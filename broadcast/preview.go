package broadcast

import (
	"context"
	"errors"
	"fmt"

	"towncrier/roster"
)

// sampled is how many residents a preview shows.
const sampled = 10

// Estimate is what a broadcast would do now, and cost.
type Estimate struct {
	Residents int             // whom the rule chooses
	Left      map[Reason]int  // of them, who would get nothing, and why
	First     map[Channel]int // of them, by the channel that is tried first
	Bill                      // Cost when every first channel works, CostMost when none of WeChat does
	// Doubles is how many could get it twice, because the official chose to go on from what may have arrived.
	Doubles int
}

// Estimate counts whom b reaches and plans for each, as freezing would. Those whom the planner cannot tell apart are planned for once:
// a million residents are some dozens of kinds.
func (s *Service) Estimate(ctx context.Context, b Broadcast) (Estimate, error) {
	e := Estimate{Left: map[Reason]int{}, First: map[Channel]int{}}
	planner := s.Planner(b)
	kinds, err := s.Store.Census(ctx, s.scope(planner))
	if err != nil {
		return Estimate{}, err
	}
	texts, spare := 0, 0 // by SMS first, and as an alternative
	for _, k := range kinds {
		e.Residents += k.N
		plan := planner.Plan(k.Candidate)
		if len(plan.Channels) == 0 {
			e.Left[plan.Reason] += k.N
			continue
		}
		e.First[plan.Channels[0]] += k.N
		switch last := plan.Channels[len(plan.Channels)-1]; {
		case plan.Channels[0] == SMS:
			texts += k.N
		case last == SMS:
			spare += k.N
		}
		if b.Fallback.Doubtful && len(plan.Channels) > 1 {
			e.Doubles += k.N
		}
	}
	e.Parts = Parts(s.Texts(b)[SMS])
	each := Money(e.Parts) * Money(s.Price)
	e.Cost, e.Saved = Money(texts)*each, Money(spare)*each
	e.CostMost = e.Cost + e.Saved
	return e, nil
}

// scope is whom a planner's broadcast is for.
func (s *Service) scope(p Planner) Scope {
	b := p.broadcast
	scope := Scope{Rule: b.Audience, Committee: b.Committee, Topic: b.Topic, Template: p.template, Since: s.instant().Add(-s.CapPeriod)}
	if !b.Emergency {
		scope.Most = p.most
	}
	return scope
}

// Preview is what a broadcast would do and say.
type Preview struct {
	Estimate
	Faults []Fault
	Texts  map[Channel]string
	Sample []Sample
	Hash   []byte // what an approver says yes to; nil before submission
}

// Sample is a resident as an official may see them, and what they would get.
type Sample struct {
	Resident  string // subject id
	Phone     string // masked
	Committee string
	Community string
	Plan      Plan
	Channel   Channel // that is tried first; "" when they get nothing
	Text      string  // on that channel
}

// Preview shows what b would do now, with some residents, masked. Of what the city sends, a committee previews what its own residents
// get; faults, price and approval are the city's affair.
func (s *Service) Preview(ctx context.Context, by Official, id string) (Preview, error) {
	b, err := s.Find(ctx, by, id)
	if err != nil {
		return Preview{}, err
	}
	if by.sees(b) {
		return s.preview(ctx, b)
	}
	b.Committee = by.Committee
	p, err := s.preview(ctx, b)
	p.Faults, p.Hash, p.Bill = nil, nil, Bill{}
	return p, err
}

func (s *Service) preview(ctx context.Context, b Broadcast) (Preview, error) {
	estimate, err := s.Estimate(ctx, b)
	if err != nil {
		return Preview{}, err
	}
	names, err := s.nameFaults(ctx, b)
	if err != nil {
		return Preview{}, fmt.Errorf("preview a broadcast: %w", err)
	}
	p := Preview{Estimate: estimate, Faults: append(s.Lint(b), names...), Texts: s.Texts(b), Hash: b.Hash}
	planner := s.Planner(b)
	sample, err := s.Store.Sample(ctx, s.scope(planner), sampled)
	if err != nil {
		return Preview{}, err
	}
	for _, c := range sample {
		resident, err := s.Resident(ctx, c.Subject)
		if errors.Is(err, roster.ErrNotFound) { // left since they were counted
			continue
		} else if err != nil {
			return Preview{}, fmt.Errorf("preview a broadcast: %w", err)
		}
		shown := Sample{
			Resident: c.Subject, Phone: resident.Phone.Masked(), Committee: c.Committee, Community: c.Community, Plan: planner.Plan(c),
		}
		if len(shown.Plan.Channels) > 0 {
			shown.Channel = shown.Plan.Channels[0]
			shown.Text = p.Texts[shown.Channel]
		}
		p.Sample = append(p.Sample, shown)
	}
	return p, nil
}
