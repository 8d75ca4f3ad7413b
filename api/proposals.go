package api

import (
	"reflect"
	"time"

	"towncrier/api/wire"
	"towncrier/broadcast"
	"towncrier/content"
)

func viewProposal(p broadcast.Proposal) wire.Proposal {
	return wire.Proposal{
		Title: p.Title, Topic: p.Topic, Window: p.Window.String(), SendAt: p.SendAt, ExpireAt: p.ExpireAt,
		Cites: each(p.Cites, func(c broadcast.Cite) wire.Cite { return wire.Cite(c) }),
		Messages: each(p.Messages, func(m broadcast.Message) wire.Message {
			return wire.Message{Channel: string(m.Channel), Template: m.Template, Data: m.Data, URL: m.URL}
		}),
		Audience:  viewRule(p.Audience),
		Fallback:  wire.Fallback{WaitMinutes: int(p.Fallback.Wait / time.Minute), Doubtful: p.Fallback.Doubtful},
		Emergency: p.Emergency, Committee: p.Committee,
	}
}

func proposalOf(v wire.Proposal) (broadcast.Proposal, error) {
	p := broadcast.Proposal{
		Title: v.Title, Topic: v.Topic, SendAt: v.SendAt, ExpireAt: v.ExpireAt,
		Audience:  ruleOf(v.Audience),
		Fallback:  broadcast.Fallback{Wait: time.Duration(v.Fallback.WaitMinutes) * time.Minute, Doubtful: v.Fallback.Doubtful},
		Emergency: v.Emergency, Committee: v.Committee,
	}
	for _, c := range v.Cites {
		p.Cites = append(p.Cites, broadcast.Cite(c))
	}
	for _, m := range v.Messages {
		p.Messages = append(p.Messages, broadcast.Message{Channel: broadcast.Channel(m.Channel), Template: m.Template, Data: m.Data, URL: m.URL})
	}
	if v.Window == "" {
		return p, nil
	}
	var err error
	p.Window, err = broadcast.ParseWindow(v.Window)
	return p, err
}

func viewRule(r broadcast.Rule) wire.Rule {
	v := wire.Rule{All: r.All, Area: r.Area, Street: r.Street, Committee: r.Committee, Community: r.Community, Tag: r.Tag, Topic: r.Topic, List: r.List}
	for _, part := range r.And {
		v.And = append(v.And, viewRule(part))
	}
	for _, part := range r.Or {
		v.Or = append(v.Or, viewRule(part))
	}
	if r.Not != nil {
		not := viewRule(*r.Not)
		v.Not = &not
	}
	return v
}

func ruleOf(v wire.Rule) broadcast.Rule {
	r := broadcast.Rule{All: v.All, Area: v.Area, Street: v.Street, Committee: v.Committee, Community: v.Community, Tag: v.Tag, Topic: v.Topic, List: v.List,
		And: rules(v.And), Or: rules(v.Or)}
	if v.Not != nil {
		not := ruleOf(*v.Not)
		r.Not = &not
	}
	return r
}

// rules keeps none apart from an empty list, which is a fault.
func rules(views []wire.Rule) []broadcast.Rule {
	if views == nil {
		return nil
	}
	return each(views, ruleOf)
}

// fromDraft is what a city's draft proposes.
func fromDraft(d *content.Draft) broadcast.Proposal {
	p := broadcast.Proposal{Title: d.Title, Topic: d.Topic, Audience: fromAudience(d.Audience)}
	for _, c := range d.Cites {
		p.Cites = append(p.Cites, broadcast.Cite{Notice: c.Notice, Passage: c.Passage})
	}
	for _, m := range d.Messages {
		p.Messages = append(p.Messages, broadcast.Message{Channel: broadcast.Channel(m.Channel), Template: m.Template, Data: m.Data, URL: m.URL})
	}
	return p
}

func fromAudience(a content.Audience) broadcast.Rule {
	r := broadcast.Rule{All: a.All, Area: a.Area, Street: a.Street, Committee: a.Committee, Community: a.Community, Tag: a.Tag, Topic: a.Topic}
	for _, part := range a.And {
		r.And = append(r.And, fromAudience(part))
	}
	for _, part := range a.Or {
		r.Or = append(r.Or, fromAudience(part))
	}
	if a.Not != nil {
		not := fromAudience(*a.Not)
		r.Not = &not
	}
	return r
}

// withDefaults is what was given, with what a draft says in place of what is missing.
func withDefaults(given, draft broadcast.Proposal) broadcast.Proposal {
	if given.Title == "" {
		given.Title = draft.Title
	}
	if given.Topic == "" {
		given.Topic = draft.Topic
	}
	if given.Cites == nil {
		given.Cites = draft.Cites
	}
	if given.Messages == nil {
		given.Messages = draft.Messages
	}
	if reflect.DeepEqual(given.Audience, broadcast.Rule{}) { // an empty and or or is something, and at fault
		given.Audience = draft.Audience
	}
	return given
}
