package broadcast

import (
	"context"
	"fmt"
)

// Report is what became of a broadcast so far.
type Report struct {
	Broadcast Broadcast                 `json:"-"`
	Counts    map[Channel]map[State]int `json:"counts"`
	Left      map[Reason]int            `json:"left"` // deliveries that were not to be sent, by reason
	Open      int                       `json:"open"` // deliveries that are still to be sent or settled
	Delivered int                       `json:"delivered"`
	Doubles   int                       `json:"doubles"` // recipients whom more than one message may have reached
	Parts     int                       `json:"parts"`   // of a text; 0 without one
	Cost      Money                     `json:"cost"`    // of texts that arrived: others are not billed. In 1/1000 yuan
	CostMost  Money                     `json:"cost_most"`
	Saved     Money                     `json:"saved"` // of texts that were not needed, because WeChat came first
}

// Report counts from the tally, and reckons texts by today's template and price.
func (s *Service) Report(ctx context.Context, by Official, id string) (Report, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return Report{}, err
	}
	counts, err := s.Store.Tally(ctx, id)
	if err != nil {
		return Report{}, fmt.Errorf("report on a broadcast: %w", err)
	}
	r := Report{Broadcast: b, Counts: map[Channel]map[State]int{}, Parts: Parts(s.Texts(b)[SMS])}
	if r.Left, err = s.Store.Reasons(ctx, id); err != nil {
		return Report{}, fmt.Errorf("report on a broadcast: %w", err)
	}
	if r.Doubles, err = s.Store.Doubles(ctx, id); err != nil {
		return Report{}, fmt.Errorf("report on a broadcast: %w", err)
	}
	each := Money(r.Parts) * Money(s.Price)
	for _, c := range counts {
		if r.Counts[c.Channel] == nil {
			r.Counts[c.Channel] = map[State]int{}
		}
		r.Counts[c.Channel][c.State] += c.N
		if c.State == Delivered {
			r.Delivered += c.N
		}
		if !c.State.Settled() && c.State != Planned {
			r.Open += c.N
		}
		if c.Channel == SMS {
			r.reckon(c, each)
		}
	}
	r.CostMost += r.Cost
	return r, nil
}

// reckon adds texts to what they cost, may still cost, and would have cost.
func (r *Report) reckon(c Count, each Money) {
	switch amount := Money(c.N) * each; c.State {
	case Delivered:
		r.Cost += amount
	case Pending, InFlight, Accepted, InDoubt, Unknown:
		r.CostMost += amount
	case Planned:
		r.Saved += amount
	}
}
