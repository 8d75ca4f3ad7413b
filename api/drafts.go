package api

import (
	"context"
	"maps"
	"slices"

	"towncrier/content"
	"towncrier/staff"
)

type draftView struct {
	ID       string       `json:"id"`
	Proposal proposalView `json:"proposal" doc:"What a broadcast that is made of it says"`
}

func (a *server) listDrafts(_ context.Context, _ staff.Person, _ *nothing) (*reply[page[draftView]], error) {
	drafts := a.Broadcasts.Content().Drafts
	return &reply[page[draftView]]{page[draftView]{Items: each(slices.Sorted(maps.Keys(drafts)), func(id string) draftView {
		return draftView{id, viewProposal(fromDraft(drafts[id]))}
	})}}, nil
}

type templateView struct {
	ID      string            `json:"id"`
	Channel string            `json:"channel" enum:"subscription,template,sms"`
	Title   string            `json:"title" doc:"As it is called on the platform"`
	Text    string            `json:"text,omitempty" doc:"Of an SMS, with ${name} where a variable stands"`
	Vars    []templateVarView `json:"vars" nullable:"false"`
}

type templateVarView struct {
	Name   string   `json:"name"`
	Label  string   `json:"label" doc:"What it means"`
	Type   string   `json:"type" doc:"Decides what the platform takes"`
	Values []string `json:"values,omitempty" nullable:"false" doc:"All that it may be"`
}

func (a *server) listTemplates(_ context.Context, _ staff.Person, _ *nothing) (*reply[page[templateView]], error) {
	templates := a.Broadcasts.Content().Templates
	return &reply[page[templateView]]{page[templateView]{Items: each(slices.Sorted(maps.Keys(templates)), func(id string) templateView {
		t := templates[id]
		return templateView{t.ID, t.Channel, t.Title, t.Text, each(t.Vars, func(v content.TemplateVar) templateVarView { return templateVarView(v) })}
	})}}, nil
}
