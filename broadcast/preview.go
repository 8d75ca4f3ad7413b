package broadcast

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"towncrier/newest"
	"towncrier/plaintext"
	"towncrier/roster"
)

// sampled is how many residents a preview shows.
const sampled = 10

// Estimate is what a broadcast would do now, and cost.
type Estimate struct {
	Residents int             // that the rule chooses
	Left      map[Reason]int  // of them, those that would get nothing, by reason
	First     map[Channel]int // of them, by the channel that is tried first
	BySMS     int             // of them, those that get an SMS first
	SpareSMS  int             // of them, those that get one when WeChat does not work
	Bill                      // Cost when every first channel works, CostMost when none of WeChat does
	// SelfDeclared is how many of Residents are chosen by a place that only they themselves said; 0 when no place is named.
	SelfDeclared int
	// Doubles is how many could get it twice, because the official chose to go on from what may have arrived.
	Doubles int
}

// Estimate counts the residents that b reaches and plans for each, as freezing would. Those that the planner cannot tell apart are planned for once:
// a million residents are some dozens of buckets.
func (s *Service) Estimate(ctx context.Context, b Broadcast) (Estimate, error) {
	return s.estimate(ctx, b, Parts(s.Texts(b)[SMS]))
}

// estimate is Estimate of texts of so many parts.
func (s *Service) estimate(ctx context.Context, b Broadcast, parts int) (Estimate, error) {
	planner := s.Planner(b)
	scope := s.countScope(planner)
	kinds, err := s.Store.AudienceCounts(ctx, scope)
	if err != nil {
		return Estimate{}, err
	}
	return s.estimateOf(planner, kinds, parts), nil
}

// estimateOf plans for counted residents.
func (s *Service) estimateOf(planner Planner, kinds []Bucket, parts int) Estimate {
	b := planner.broadcast
	e := Estimate{Left: map[Reason]int{}, First: map[Channel]int{}}
	for _, k := range kinds {
		e.Residents += k.N
		if k.SelfDeclared {
			e.SelfDeclared += k.N
		}
		plan := planner.Plan(k.Candidate)
		if len(plan.Channels) == 0 {
			e.Left[plan.Reason] += k.N
			continue
		}
		e.First[plan.Channels[0]] += k.N
		switch last := plan.Channels[len(plan.Channels)-1]; {
		case plan.Channels[0] == SMS:
			e.BySMS += k.N
		case last == SMS:
			e.SpareSMS += k.N
		}
		if b.Fallback.Doubtful && len(plan.Channels) > 1 {
			e.Doubles += k.N
		}
	}
	e.Parts = parts
	each := Money(e.Parts) * Money(s.Price)
	e.Cost, e.Saved = Money(e.BySMS)*each, Money(e.SpareSMS)*each
	e.CostMost = e.Cost + e.Saved
	return e
}

// countScope is the scope in which an audience is counted.
func (s *Service) countScope(p Planner) Scope {
	scope := s.scope(p)
	scope.Declared, _ = p.broadcast.Proposal().names()
	return scope
}

// scope is the audience of a planner's broadcast.
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
	Estimate           // zero unless Counted
	Counted  bool      // false of an audience by list, of which only Lines are told, of one that is at fault, and until the first count is there
	At       time.Time // when it was counted, of PreviewSoon
	Counting bool      // it is being counted anew
	Lines    int       // of the list that is the audience
	Faults   []Fault
	Texts    map[Channel]string
	Sample   []Sample
	Hash     []byte // what an approver says yes to; nil before submission
}

// nobody is what is wrong with an audience of nobody. Whether somebody on a list is known is not said.
func (s *Service) nobody(ctx context.Context, by Official, b Broadcast, e Estimate) ([]Fault, error) {
	if e.Residents > 0 || b.Audience.List != "" {
		return nil, nil
	}
	p := b.Proposal()
	names, err := s.Names(ctx, by, p)
	return []Fault{{Field: "audience", Text: "发送范围里没有居民：" + plaintext.OneLine(names.Audience(p), 100) + "，请核对名称或修改范围"}}, err
}

// Sample is a resident as an official may see them, and what they would get. Resident, Phone and Plan are only for officials with the right to read residents.
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
	return s.previewOf(ctx, by, id, whole)
}

// PreviewSoon is Preview for who does not wait for a count: with what was counted lately, and without a sample. One count serves all who ask.
func (s *Service) PreviewSoon(ctx context.Context, by Official, id string) (Preview, error) {
	return s.previewOf(ctx, by, id, soon)
}

// toCount is how an audience is counted for a preview.
type toCount int

const (
	not toCount = iota
	whole
	soon // with what is there at once
)

func (s *Service) previewOf(ctx context.Context, by Official, id string, how toCount) (Preview, error) {
	b, err := s.Find(ctx, by, id)
	if err != nil {
		return Preview{}, err
	}
	if by.sees(b) {
		p, err := s.preview(ctx, by, b, how)
		if err == nil && slices.Contains([]Status{Draft, Submitted, Approved}, b.Status) {
			err = s.addTimes(ctx, by, b, &p)
		}
		return p, err
	}
	b.Committee = by.Committee
	p, err := s.preview(ctx, by, b, how)
	p.Faults, p.Hash, p.Bill = nil, nil, Bill{}
	return p, err
}

// PreviewProposal is Preview of what is not kept: what p would do and say now. What is still missing of it is at fault; what has no meaning is
// refused, as New refuses it. Uncounted leaves out what is told of its audience, and so it is, with a warning, when the audience cannot be
// counted now. It returns p with codes for the names in it.
func (s *Service) PreviewProposal(ctx context.Context, by Official, p Proposal, uncounted bool) (Proposal, Preview, error) {
	p, missing, err := s.unfinished(ctx, by, p)
	if err != nil {
		return p, Preview{}, fmt.Errorf("preview a proposal: %w", err)
	}
	b := Broadcast{Status: Draft}
	b.propose(p)
	if !by.sees(b) {
		return p, Preview{}, ErrCommittee
	}
	how := whole
	if uncounted {
		how = not
	}
	shown, err := s.preview(ctx, by, b, how)
	if why := uncountable(err); why != "" {
		shown, err = s.preview(ctx, by, b, not)
		missing = append(missing, Fault{Field: "audience", Text: why, Warning: true})
	}
	if err != nil {
		return p, Preview{}, err
	}
	shown.Faults = append(missing, shown.Faults...)
	return p, shown, s.addTimes(ctx, by, b, &shown)
}

// uncountable is why an audience may not be counted now, "" for any other error and for none.
func uncountable(err error) string {
	if many, ok := errors.AsType[*TooManyAudiences](err); ok {
		return many.Error()
	}
	if errors.Is(err, ErrUncounted) {
		return ErrUncounted.Error()
	}
	return ""
}

// unfinished is p with codes for names, and what it lacks.
func (s *Service) unfinished(ctx context.Context, by Official, p Proposal) (Proposal, []Fault, error) {
	if p.Committee == "" {
		p.Committee = by.Committee
	}
	whole, missing := p, []Fault(nil)
	if p.Title == "" {
		missing = append(missing, Fault{Field: "title", Text: noTitle})
		whole.Title = "未填标题"
	}
	whole, err := s.resolve(ctx, by, whole)
	if p.Title == "" {
		whole.Title = ""
	}
	return whole, missing, err
}

// addTimes adds what is at fault with b's times, and what else goes to its audience then.
func (s *Service) addTimes(ctx context.Context, by Official, b Broadcast, p *Preview) error {
	near, err := s.collisions(ctx, by, b)
	p.Faults = slices.Concat(p.Faults, s.timeFaults(b), near)
	slices.SortStableFunc(p.Faults, func(a, b Fault) int { // what must be mended comes first
		switch {
		case a.Warning == b.Warning:
			return 0
		case b.Warning:
			return -1
		}
		return 1
	})
	return err
}

func (s *Service) preview(ctx context.Context, by Official, b Broadcast, how toCount) (Preview, error) {
	faults, err := s.audienceFaults(ctx, by, b)
	if err != nil {
		return Preview{}, fmt.Errorf("preview a broadcast: %w", err)
	}
	texts := s.Texts(b)
	p := Preview{Faults: faults}
	if p.Parts = Parts(texts[SMS]); how != not {
		if p, err = s.counted(ctx, by, b, faults, p.Parts, how); err != nil {
			return Preview{}, err
		}
	}
	p.Faults, p.Texts, p.Hash = slices.Concat(s.Lint(b), b.putBackFaults(s.instant()), p.Faults), texts, b.Hash
	if how == whole && p.Counted && p.Residents >= Few {
		p.Sample, err = s.sample(ctx, by, b, p.Texts)
	}
	return p, err
}

// counted is what is told of an audience with faults of its own: how many it has, when those allow it and it is no list.
func (s *Service) counted(ctx context.Context, by Official, b Broadcast, faults []Fault, parts int, how toCount) (p Preview, err error) {
	p.Faults, p.Parts = faults, parts
	switch {
	case refused(faults) != nil:
		return p, nil
	case len(b.Audience.Lists()) > 0:
		p.Lines, err = s.lines(ctx, b.Audience.List)
		return p, err
	}
	if err := s.mayCount(ctx, by, b); err != nil {
		return Preview{}, err
	}
	if how == soon {
		planner := s.Planner(b)
		var kinds newest.Answer[[]Bucket]
		kinds, p.Counting, err = s.audiences.Soon(ctx, countPatience, b.counted(), s.instant(), func(ctx context.Context) ([]Bucket, error) {
			return s.Store.AudienceCounts(ctx, s.countScope(planner))
		})
		if err != nil || kinds.At.IsZero() {
			return p, err
		}
		p.At, p.Estimate = kinds.At, s.estimateOf(planner, kinds.Value, parts)
	} else if p.Estimate, err = s.estimate(ctx, b, parts); err != nil {
		return Preview{}, err
	}
	p.Counted = true
	empty, err := s.nobody(ctx, by, b, p.Estimate)
	p.Faults = append(p.Faults, empty...)
	return p, err
}

func (s *Service) lines(ctx context.Context, list string) (int, error) {
	lists, err := s.Store.ListContents(ctx, []string{list})
	if err != nil || len(lists) == 0 {
		return 0, err
	}
	return lists[0].Lines, nil
}

// sample shows some residents. An official without the right to read residents sees only where each lives and what they would read.
func (s *Service) sample(ctx context.Context, by Official, b Broadcast, texts map[Channel]string) (all []Sample, err error) {
	planner := s.Planner(b)
	found, err := s.Store.Sample(ctx, s.scope(planner), sampled)
	if err != nil {
		return nil, err
	}
	for _, c := range found {
		plan := planner.Plan(c)
		shown := Sample{Committee: c.Committee, Community: c.Community}
		if len(plan.Channels) > 0 {
			shown.Channel = plan.Channels[0]
			shown.Text = texts[shown.Channel]
		}
		if by.Residents {
			resident, err := s.Resident(ctx, c.Subject)
			if errors.Is(err, roster.ErrNoResident) { // left since they were counted
				continue
			} else if err != nil {
				return nil, fmt.Errorf("preview a broadcast: %w", err)
			}
			shown.Resident, shown.Phone, shown.Plan = c.Subject, resident.Phone.Masked(), plan
		}
		all = append(all, shown)
	}
	return all, nil
}
