package api

import (
	"context"
	"encoding/hex"
	"reflect"
	"time"

	"towncrier/broadcast"
	"towncrier/content"
)

// proposalView is what officials write of a broadcast. It is given back as it is shown, so that it can be changed.
type proposalView struct {
	Title     string        `json:"title,omitempty" maxLength:"200" pattern:"^\\P{C}*$" patternDescription:"text on one line" doc:"For colleagues; residents never see it"`
	Topic     string        `json:"topic,omitempty" maxLength:"64" doc:"A subject of the city's list: its id, which is kept, or its name"`
	Cites     []citeView    `json:"cites,omitempty" nullable:"false" maxItems:"50" doc:"The passages that it rests on"`
	Messages  []messageView `json:"messages,omitempty" nullable:"false" maxItems:"3" doc:"At most one a channel; the cheapest that reaches somebody is tried first"`
	Audience  ruleView      `json:"audience,omitzero"`
	Window    string        `json:"window,omitempty" pattern:"^[0-9]{2}:[0-9]{2}-[0-9]{2}:[0-9]{2}$" example:"08:00-20:00" doc:"When it may be sent, time of the city; 08:00-20:00 when left out"`
	SendAt    time.Time     `json:"send_at,omitzero" doc:"Not before; at once when it is scheduled, when left out"`
	ExpireAt  time.Time     `json:"expire_at,omitzero" doc:"What has not gone by then does not go; a day after send_at when left out"`
	Fallback  fallbackView  `json:"fallback,omitzero"`
	Emergency bool          `json:"emergency,omitempty" doc:"Passes windows and frequency caps; approving it and letting it go need broadcasts.emergency"`
	Committee string        `json:"committee,omitempty" maxLength:"64" doc:"Code or name, of which the code is kept, when a committee sends it: it goes to that committee's residents only. A committee's own when left out by a committee"`
}

type citeView struct {
	Notice  string `json:"notice" minLength:"1" maxLength:"64"`
	Passage int    `json:"passage" minimum:"1"`
}

type messageView struct {
	Channel  string            `json:"channel" enum:"subscription,template,sms"`
	Template string            `json:"template" minLength:"1" maxLength:"64" doc:"One of the city's list, of this channel: its id, which is kept, or its title"`
	Data     map[string]string `json:"data,omitempty" doc:"What stands for each of the template's variables"`
	URL      string            `json:"url,omitempty" maxLength:"1024" doc:"Opened by a tap; WeChat only"`
}

// ruleView chooses residents. It is written by code or by name, and shown by code.
type ruleView struct {
	All       bool       `json:"all,omitempty"`
	Area      string     `json:"area,omitempty" doc:"District or county of the committee; also with the prefecture before it"`
	Street    string     `json:"street,omitempty" doc:"Street office above the committee"`
	Committee string     `json:"committee,omitempty" doc:"Code, or name as long as only one committee has it"`
	Community string     `json:"community,omitempty" doc:"Name"`
	Tag       string     `json:"tag,omitempty"`
	Topic     string     `json:"topic,omitempty" doc:"Who subscribed to it: id or name"`
	List      string     `json:"list,omitempty" doc:"Id or title of an uploaded list of numbers"`
	And       []ruleView `json:"and,omitempty" nullable:"false"`
	Or        []ruleView `json:"or,omitempty" nullable:"false"`
	Not       *ruleView  `json:"not,omitempty"`
}

// labelsView says what the codes of a proposal stand for.
type labelsView struct {
	AudienceLabel  string `json:"audience_label" doc:"To whom it goes, on one line, in Chinese" example:"盐湖区，且 演示第一社区（demo-1）"`
	TopicLabel     string `json:"topic_label" doc:"In Chinese"`
	CommitteeLabel string `json:"committee_label,omitempty" doc:"Of the committee that sends it, in Chinese"`
}

func viewLabels(names broadcast.Names, p broadcast.Proposal) labelsView {
	return labelsView{names.Audience(p), names.Topic(p.Topic), names.Committee(p.Committee)}
}

// names are for some proposals. Where they cannot be read the codes are shown alone: what was asked for is done by then.
func (a *server) names(ctx context.Context, of ...broadcast.Proposal) broadcast.Names {
	names, err := a.Broadcasts.Names(ctx, official(visitOf(ctx).person), of...)
	if err != nil {
		a.Log.WarnContext(ctx, "codes are shown without names", "error", err)
	}
	return names
}

type fallbackView struct {
	WaitMinutes int  `json:"wait_minutes,omitempty" minimum:"0" maximum:"4320" doc:"How long an accepted message may be without a receipt before it counts as lost; 0 never"`
	Doubtful    bool `json:"doubtful,omitempty" doc:"Go on to the next channel also from what may have arrived: some people may get it twice"`
}

func viewProposal(p broadcast.Proposal) proposalView {
	return proposalView{
		Title: p.Title, Topic: p.Topic, Window: p.Window.String(), SendAt: p.SendAt, ExpireAt: p.ExpireAt,
		Cites: each(p.Cites, func(c broadcast.Cite) citeView { return citeView(c) }),
		Messages: each(p.Messages, func(m broadcast.Message) messageView {
			return messageView{string(m.Channel), m.Template, m.Data, m.URL}
		}),
		Audience:  viewRule(p.Audience),
		Fallback:  fallbackView{int(p.Fallback.Wait / time.Minute), p.Fallback.Doubtful},
		Emergency: p.Emergency, Committee: p.Committee,
	}
}

func (v proposalView) proposal() (broadcast.Proposal, error) {
	p := broadcast.Proposal{
		Title: v.Title, Topic: v.Topic, SendAt: v.SendAt, ExpireAt: v.ExpireAt,
		Audience:  v.Audience.rule(),
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

func viewRule(r broadcast.Rule) ruleView {
	v := ruleView{All: r.All, Area: r.Area, Street: r.Street, Committee: r.Committee, Community: r.Community, Tag: r.Tag, Topic: r.Topic, List: r.List}
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

func (v ruleView) rule() broadcast.Rule {
	r := broadcast.Rule{All: v.All, Area: v.Area, Street: v.Street, Committee: v.Committee, Community: v.Community, Tag: v.Tag, Topic: v.Topic, List: v.List,
		And: rules(v.And), Or: rules(v.Or)}
	if v.Not != nil {
		not := v.Not.rule()
		r.Not = &not
	}
	return r
}

// rules keeps none apart from an empty list, which is a fault.
func rules(views []ruleView) []broadcast.Rule {
	if views == nil {
		return nil
	}
	return each(views, ruleView.rule)
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

// over is a draft with what was given in place of what it says.
func over(draft, given broadcast.Proposal) broadcast.Proposal {
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

type broadcastView struct {
	ID          string       `json:"id" example:"BABCDEFGHIJ"`
	Version     int64        `json:"version" doc:"Grows with every change"`
	Status      string       `json:"status" enum:"draft,submitted,approved,scheduled,held,freezing,sending,paused,done,cancelled,expired"`
	StatusLabel string       `json:"status_label" doc:"In Chinese"`
	Why         string       `json:"why,omitempty" doc:"It is held, paused, cancelled or expired, or was rejected; in Chinese"`
	Emergency   bool         `json:"emergency"`
	Proposal    proposalView `json:"proposal"`
	labelsView
	Series      string      `json:"series,omitempty" doc:"Of which it is an occurrence"`
	DueAt       time.Time   `json:"due_at,omitzero" doc:"Of an occurrence"`
	Author      string      `json:"author" doc:"Staff id"`
	Editors     []string    `json:"editors" nullable:"false" doc:"Staff ids of all who wrote in it: none of them may approve it"`
	Hash        string      `json:"hash,omitempty" doc:"Of all that an approver says yes to; from submission on"`
	Size        *int        `json:"size" doc:"Recipients, when it was submitted; null when they were fewer than ten, or the audience is a list"`
	SizeLabel   string      `json:"size_label" doc:"size in words, in Chinese" example:"少于10人"`
	Expected    billView    `json:"expected,omitzero" doc:"What texts were to cost when it was submitted: part of what is approved"`
	Warnings    []faultView `json:"warnings,omitempty" doc:"Of one that has not begun, when it is read by itself and with each act: worth a look by whoever takes the next step"`
	Accepted    []string    `json:"accepted" nullable:"false" doc:"Names of the warnings that were accepted when it was submitted: its approver accepts the same"`
	Approver    string      `json:"approver,omitempty" doc:"Staff id"`
	ApprovedAt  time.Time   `json:"approved_at,omitzero"`
	Confirmer   string      `json:"confirmer,omitempty" doc:"Staff id of who confirmed it"`
	ReleasedAt  time.Time   `json:"released_at,omitzero" doc:"When somebody let it go last"`
	Deadline    time.Time   `json:"deadline,omitzero" doc:"What has not gone by then does not go; once it is scheduled"`
	BegunAt     time.Time   `json:"begun_at,omitzero"`
	Frozen      *int        `json:"frozen" doc:"Recipients so far, those who get nothing included; null below ten"`
	FrozenLabel string      `json:"frozen_label" doc:"frozen in words, in Chinese"`
	FrozenAt    time.Time   `json:"frozen_at,omitzero" doc:"When the audience was whole"`
	Round       int         `json:"round" doc:"1, and one more for each resend"`
	ForgottenAt time.Time   `json:"forgotten_at,omitzero" doc:"When it was forgotten who the recipients were: only counts are left"`
	CreatedAt   time.Time   `json:"created_at"`
	UpdatedAt   time.Time   `json:"updated_at"`
}

func (a *server) viewBroadcast(ctx context.Context, b broadcast.Broadcast) broadcastView {
	return a.broadcastAs(a.names(ctx, b.Proposal()), b)
}

func (a *server) viewBroadcasts(ctx context.Context, all []broadcast.Broadcast) []broadcastView {
	names := a.names(ctx, each(all, broadcast.Broadcast.Proposal)...)
	return each(all, func(b broadcast.Broadcast) broadcastView { return a.broadcastAs(names, b) })
}

func (a *server) broadcastAs(names broadcast.Names, b broadcast.Broadcast) broadcastView {
	v := broadcastView{
		ID: b.ID, Version: b.Version, Status: string(b.Status), StatusLabel: b.Status.Label(), Why: b.Why, Emergency: b.Emergency,
		Proposal: viewProposal(b.Proposal()), labelsView: viewLabels(names, b.Proposal()), Series: b.Series, DueAt: b.DueAt,
		Author: b.Author, Editors: append([]string{}, b.Editors...), Hash: hex.EncodeToString(b.Hash),
		Accepted: append([]string{}, b.Accepted...), Approver: b.Approver, ApprovedAt: b.ApprovedAt, Confirmer: b.Confirmer, ReleasedAt: b.ReleasedAt,
		BegunAt: b.BegunAt, FrozenAt: b.FrozenAt, Round: b.Round, ForgottenAt: b.ForgottenAt, CreatedAt: b.CreatedAt, UpdatedAt: b.UpdatedAt,
	}
	if !b.ReleasedAt.IsZero() {
		v.Deadline = b.Deadline()
	}
	var expected billView
	v.Size, v.SizeLabel, expected = a.sizeOf(b.Size, b.Lists, b.Audience, b.Expected, b.AnyFew)
	v.Frozen, v.FrozenLabel = broadcast.People(b.Frozen)
	if b.Hash != nil {
		v.Expected = expected
	}
	return v
}
