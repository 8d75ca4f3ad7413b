package broadcast

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"towncrier/audit"
	"towncrier/phone"
	"towncrier/roster"
)

const (
	// candidates is how many residents are read at once.
	candidates = 1000
	// sampled is how many residents a preview shows.
	sampled = 10
)

// Estimate is what a broadcast would do now, and cost.
type Estimate struct {
	Residents int             `json:"residents"` // whom the rule chooses
	Left      map[Reason]int  `json:"left"`      // of them, who would get nothing, and why
	First     map[Channel]int `json:"first"`     // of them, by the channel that is tried first
	Parts     int             `json:"parts"`     // of a text; 0 without one
	Cost      Money           `json:"cost"`      // when every first channel works, in 1/1000 yuan
	CostMost  Money           `json:"cost_most"` // when none of WeChat works
	Saved     Money           `json:"saved"`     // what WeChat first saves: CostMost less Cost
	// Doubles is how many could get it twice, because the official chose to go on from what may have arrived.
	Doubles int `json:"doubles"`

	sample []Candidate
}

// Estimate counts whom b reaches and plans for each, as freezing would. It reads every resident, in slices.
func (s *Service) Estimate(ctx context.Context, b Broadcast) (Estimate, error) {
	e := Estimate{Left: map[Reason]int{}, First: map[Channel]int{}}
	planner, lists := s.Planner(b), b.Audience.Lists()
	since := s.instant().Add(-s.CapPeriod)
	texts, spare := 0, 0 // by SMS first, and as an alternative
	for after := ""; ; {
		found, next, err := s.Store.Candidates(ctx, lists, since, after, candidates)
		if err != nil {
			return Estimate{}, fmt.Errorf("count an audience: %w", err)
		}
		for _, c := range found {
			if !b.Reaches(c) {
				continue
			}
			e.Residents++
			e.pick(c)
			plan := planner.Plan(c)
			if len(plan.Channels) == 0 {
				e.Left[plan.Reason]++
				continue
			}
			e.First[plan.Channels[0]]++
			switch last := plan.Channels[len(plan.Channels)-1]; {
			case plan.Channels[0] == SMS:
				texts++
			case last == SMS:
				spare++
			}
			if b.Fallback.Doubtful && len(plan.Channels) > 1 {
				e.Doubles++
			}
		}
		if next == "" {
			break
		}
		after = next
	}
	e.Parts = Parts(s.Texts(b)[SMS])
	each := Money(e.Parts) * Money(s.Price)
	e.Cost, e.Saved = Money(texts)*each, Money(spare)*each
	e.CostMost = e.Cost + e.Saved
	return e, nil
}

// pick keeps a sample in which everybody is as likely as everybody else.
func (e *Estimate) pick(c Candidate) {
	if len(e.sample) < sampled {
		e.sample = append(e.sample, c)
	} else if i := rand.IntN(e.Residents); i < sampled {
		e.sample[i] = c
	}
}

// Preview is what a broadcast would do and say.
type Preview struct {
	Estimate
	Faults []Fault            `json:"faults"`
	Texts  map[Channel]string `json:"texts"`
	Sample []Sample           `json:"sample"`
	Hash   []byte             `json:"hash"` // what an approver says yes to; nil before submission
}

// Sample is a resident as an official may see them, and what they would get.
type Sample struct {
	Resident  string  `json:"resident"` // subject id
	Phone     string  `json:"phone"`    // masked
	Committee string  `json:"committee"`
	Community string  `json:"community"`
	Plan      Plan    `json:"plan"`
	Channel   Channel `json:"channel,omitempty"` // that is tried first; "" when they get nothing
	Text      string  `json:"text,omitempty"`    // on that channel
}

// Preview shows what b would do now, with some residents, masked.
func (s *Service) Preview(ctx context.Context, by Official, id string) (Preview, error) {
	b, err := s.Get(ctx, by, id)
	if err != nil {
		return Preview{}, err
	}
	return s.preview(ctx, b)
}

func (s *Service) preview(ctx context.Context, b Broadcast) (Preview, error) {
	estimate, err := s.Estimate(ctx, b)
	if err != nil {
		return Preview{}, err
	}
	p := Preview{Estimate: estimate, Faults: s.Lint(b), Texts: s.Texts(b), Hash: b.Hash}
	planner := s.Planner(b)
	for _, c := range estimate.sample {
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

// testWithin bounds a test send.
const testWithin = 20 * time.Second

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
