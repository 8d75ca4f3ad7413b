package broadcast

import (
	"context"
	"slices"

	"towncrier/content"
	"towncrier/roster"
)

// cheapest is the order in which channels are tried: WeChat costs nothing. The subscription notification comes first because a
// long-term consent to it was given for exactly this, while template messages in bulk may be intercepted.
var cheapest = []Channel{Subscription, Template, SMS}

func rank(c Channel) int { return slices.Index(cheapest, c) }

// Planner picks each recipient's channels for one broadcast.
type Planner struct {
	broadcast Broadcast
	channels  []Channel // that the broadcast uses, the cheapest first
	template  string    // the provider's id of the subscription notification's template
	most      int       // broadcasts that somebody may have got lately; 0 is without limit
}

// Planner makes one for b.
func (s *Service) Planner(b Broadcast) Planner {
	p := Planner{broadcast: b, most: s.Cap}
	for _, m := range b.Messages {
		p.channels = append(p.channels, m.Channel)
		if t := s.Content().Templates[m.Template]; m.Channel == Subscription && t != nil {
			p.template = t.Code
		}
	}
	slices.SortFunc(p.channels, func(a, b Channel) int { return rank(a) - rank(b) })
	return p
}

// Plan is what was decided about a candidate.
type Plan struct {
	Channels []Channel // in the order in which they are tried
	Reason   Reason    // why there is none
	Passed   []Passed  // channels that are not used
}

// Passed is a channel that is not used for somebody, and why.
type Passed struct {
	Channel Channel
	Reason  Reason
}

// Plan decides about a candidate of the broadcast.
func (p Planner) Plan(c Candidate) Plan {
	if !p.broadcast.Emergency && p.most > 0 && c.Recent >= p.most {
		return Plan{Reason: Capped}
	}
	var plan Plan
	for _, channel := range p.channels {
		if why := p.rejection(c, channel); why != "" {
			plan.Passed = append(plan.Passed, Passed{channel, why})
		} else {
			plan.Channels = append(plan.Channels, channel)
		}
	}
	if len(plan.Channels) == 0 {
		plan.Reason = mostSevere(plan.Passed)
	}
	return plan
}

// rejection is why a channel is not used, "" when it is.
func (p Planner) rejection(c Candidate, channel Channel) Reason {
	topic := p.broadcast.Topic
	if channel == SMS {
		switch {
		case !c.Phone:
			return NoChannel
		case c.Suppressed || c.refuses(topic, roster.SMS):
			return OptedOut
		case !c.resident().Wants(topic, roster.SMS):
			return NoConsent
		}
		return ""
	}
	if !c.WeChat {
		return NoChannel
	}
	if c.refuses(topic, roster.WeChat) {
		return OptedOut
	}
	// The platform lets the one go only with a long-term consent to that very template, the other only to residents who subscribed.
	if channel == Subscription && !slices.Contains(c.Templates, p.template) ||
		channel == Template && !c.resident().Subscribed(topic) {
		return NoConsent
	}
	return ""
}

// refuses says whether an explicit choice stands against a topic on a channel: somebody who agreed to every notice would
// still not want it.
func (c Candidate) refuses(topic string, channel roster.Channel) bool {
	agreed := roster.Resident{Preferences: c.Preferences, Consents: []roster.Consent{{What: roster.Notices}}}
	return !agreed.Wants(topic, channel)
}

// mostSevere is the one reason that is kept: a no outweighs what was never asked, and that what is not there.
func mostSevere(passed []Passed) Reason {
	for _, why := range []Reason{OptedOut, NoConsent} {
		if slices.ContainsFunc(passed, func(p Passed) bool { return p.Reason == why }) {
			return why
		}
	}
	return NoChannel
}

// Texts are what residents read, by channel, with the sign of texts.
func (s *Service) Texts(b Broadcast) map[Channel]string {
	lib := s.Content()
	texts := map[Channel]string{}
	for _, m := range b.Messages {
		t := lib.Templates[m.Template]
		if t == nil {
			continue
		}
		texts[m.Channel] = read(t, m, s.Sign)
	}
	return texts
}

// MessageText is what residents read on a channel.
type MessageText struct {
	Channel Channel
	Text    string
	URL     string // that a tap opens
}

// Finished is what residents read of a broadcast, the channel that is tried first at the top. A committee reads what the city sends to its
// residents too. A channel whose template is gone is left out.
func (s *Service) Finished(ctx context.Context, by Official, id string) ([]MessageText, error) {
	b, err := s.Find(ctx, by, id)
	if err != nil {
		return nil, err
	}
	texts := s.Texts(b)
	var all []MessageText
	for _, channel := range cheapest {
		if text, ok := texts[channel]; ok {
			m, _ := b.message(channel)
			all = append(all, MessageText{channel, text, m.URL})
		}
	}
	return all, nil
}

// read is what a resident reads of a message that fills t.
func read(t *content.Template, m Message, sign string) string {
	if m.Channel == SMS {
		return signed(sign, t.Render(m.Data))
	}
	return t.Title + "\n" + t.Render(m.Data)
}
