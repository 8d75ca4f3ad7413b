package broadcast

import (
	"context"
	"fmt"
	"slices"

	"towncrier/lookup"
	"towncrier/problem"
)

// AudienceQuery is an audience to be counted before there is a broadcast to it.
type AudienceQuery struct {
	Audience  Rule
	Topic     string
	Channels  []Channel
	Template  string // of Subscription; "" where the city has one only
	Parts     int    // that a text is billed as
	Emergency bool
	Committee string // code or name of the committee that would send
}

// EstimateAudience counts what a broadcast would reach now, as Preview does, and under the same rules; there are no Texts, Sample and Hash.
// It returns the query with codes for the names in it. The error is joined *problem.Invalid for what it names that is not there.
func (s *Service) EstimateAudience(ctx context.Context, by Official, q AudienceQuery) (AudienceQuery, Preview, error) {
	p, err := s.proposal(by, q)
	if err == nil {
		p, err = s.resolve(ctx, by, p)
	}
	if err != nil {
		return q, Preview{}, err
	}
	if faults := topicFaults(s.Content(), p.Topic); faults != nil {
		return q, Preview{}, &problem.Invalid{Field: "topic", Reason: faults[0].Text}
	}
	q.Audience, q.Topic, q.Committee = p.Audience, p.Topic, p.Committee
	var b Broadcast
	b.propose(p)
	if !by.sees(b) {
		return q, Preview{}, ErrCommittee
	}
	parts := 0
	if slices.Contains(q.Channels, SMS) {
		parts = max(1, q.Parts)
	}
	faults, err := s.audienceFaults(ctx, by, b)
	if err != nil {
		return q, Preview{}, fmt.Errorf("estimate an audience: %w", err)
	}
	counted, err := s.counted(ctx, by, b, faults, parts, whole)
	return q, counted, err
}

// proposal is what of a broadcast decides how many it reaches.
func (s *Service) proposal(by Official, q AudienceQuery) (Proposal, error) {
	p := Proposal{Title: "估算", Topic: q.Topic, Audience: q.Audience, Emergency: q.Emergency, Committee: q.Committee}
	if p.Committee == "" {
		p.Committee = by.Committee
	}
	for i, channel := range q.Channels {
		if slices.Contains(q.Channels[:i], channel) {
			return p, &problem.Invalid{Field: "channels", Reason: channel.Label() + "写了两次，每个渠道只写一次"}
		}
		m := Message{Channel: channel}
		if channel == Subscription {
			var err error
			if m.Template, err = s.subscriptionTemplate(q.Template); err != nil {
				return p, err
			}
		}
		p.Messages = append(p.Messages, m)
	}
	return p, nil
}

// subscriptionTemplate is the template of a subscription notification, by id or title: residents agree to each by itself.
func (s *Service) subscriptionTemplate(said string) (id string, err error) {
	all := templates(s.Content(), Subscription)
	all.AsSaid = false
	if said == "" && len(all.All) == 1 {
		return all.All[0].Code, nil
	}
	id, reason := all.Find(said)
	switch {
	case len(all.All) == 0:
		reason = "本市没有微信订阅通知的模板，请去掉这个渠道"
	case said == "":
		reason = "居民是按模板同意微信订阅通知的，请写明用哪一个：" + lookup.Joined(all.All)
	case reason == "":
		return id, nil
	}
	return "", &problem.Invalid{Field: "template", Reason: reason}
}
