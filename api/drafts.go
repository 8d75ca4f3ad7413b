package api

import (
	"context"
	"maps"
	"slices"

	"towncrier/api/wire"
	"towncrier/content"
	"towncrier/staff"
)

func (a *server) listDrafts(_ context.Context, _ staff.Person, _ *nothing) (*reply[wire.Page[wire.Draft]], error) {
	drafts := a.Broadcasts.Content().Drafts
	return &reply[wire.Page[wire.Draft]]{wire.Page[wire.Draft]{Items: each(slices.Sorted(maps.Keys(drafts)), func(id string) wire.Draft {
		return wire.Draft{ID: id, Proposal: viewProposal(fromDraft(drafts[id]))}
	})}}, nil
}

func (a *server) listTemplates(_ context.Context, _ staff.Person, _ *nothing) (*reply[wire.Page[wire.Template]], error) {
	templates := a.Broadcasts.Content().Templates
	return &reply[wire.Page[wire.Template]]{wire.Page[wire.Template]{Items: each(slices.Sorted(maps.Keys(templates)), func(id string) wire.Template {
		t := templates[id]
		return wire.Template{ID: t.ID, Channel: t.Channel, Title: t.Title, Text: t.Text, Vars: each(t.Vars, func(v content.TemplateVar) wire.TemplateVariable { return wire.TemplateVariable(v) })}
	})}}, nil
}
