package broadcast

import (
	"context"
	"errors"
	"fmt"
	"time"

	"towncrier/audit"
	"towncrier/phone"
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

// Tester is whom a test send goes to: exactly one field is set.
type Tester struct {
	Phone  phone.Number
	OpenID string
}

// ErrChannelOff says that a channel is not switched on, or carries nothing of the broadcast.
var ErrChannelOff = errors.New("the channel is off, or the broadcast has no message for it")

const (
	// testWithin bounds a test send.
	testWithin = 20 * time.Second
	// maxTests of one broadcast are enough for colleagues to look at it, and too few to reach residents without an approval.
	maxTests = 20
)

// TestSend gives one message to somebody of the staff, outside of the ledger, and returns what the provider said. It is audited
// before it is tried, without the address.
func (s *Service) TestSend(ctx context.Context, by Official, id string, channel Channel, to Tester) (Outcome, error) {
	if channel == SMS && (to.Phone == "" || to.OpenID != "") || channel != SMS && (to.OpenID == "" || to.Phone != "") {
		return Outcome{}, &InvalidError{Field: "to", Reason: "want a number for sms, an openid for WeChat, and nothing else"}
	}
	b, err := s.change(ctx, audit.Staff(by.ID), id, "test", func(b *Broadcast) error {
		if !by.sees(*b) {
			return ErrNotFound
		}
		if b.Status.Over() {
			return &StateError{Status: b.Status, Step: "test"}
		}
		m, ok := b.message(channel)
		if !ok || s.Carriers[channel] == nil {
			return ErrChannelOff
		}
		if b.Tests++; b.Tests > maxTests {
			return FaultsError{{Channel: channel, Text: fmt.Sprintf("已经试发过%d次，不能再试发：请送审，或另写一份", maxTests)}}
		}
		return refused(s.messageFaults(s.Content(), m))
	})
	if err != nil {
		return Outcome{}, err
	}
	m, _ := b.message(channel)
	template := s.Content().Templates[m.Template]
	if template == nil { // the folder was changed within this call
		return Outcome{}, fmt.Errorf("test a broadcast: %w", ErrChanged)
	}
	ctx, cancel := context.WithTimeout(ctx, testWithin)
	defer cancel()
	letter := Letter{OutID: newID("T"), Phone: to.Phone, OpenID: to.OpenID}
	return s.Carriers[channel].Send(ctx, m, template.Code, []Letter{letter})[0], nil
}

func (b Broadcast) message(channel Channel) (Message, bool) {
	for _, m := range b.Messages {
		if m.Channel == channel {
			return m, true
		}
	}
	return Message{}, false
}
