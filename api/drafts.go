package api

import (
	"context"
	"maps"
	"slices"

	"towncrier/api/wire"
	"towncrier/content"
	"towncrier/staff"
)

// draftHandler has what the city's content prepares for broadcasts.
type draftHandler struct{ content func() *content.Library }

func (h draftHandler) register(g *gate) {
	add(g, get("/drafts", "list-drafts", "List the city's prepared drafts", staff.ReadBroadcasts).impersonal(), h.listDrafts)
	add(g, get("/templates", "list-templates", "List the message templates of broadcasts", staff.ReadBroadcasts).impersonal(), h.listTemplates)
}

func (h draftHandler) listDrafts(context.Context, staff.Person, *Nothing) (*reply[wire.Page[wire.Draft]], error) {
	drafts := h.content().Drafts
	return listed(func(id string) wire.Draft { return wire.Draft{ID: id, Proposal: viewProposal(fromDraft(drafts[id]))} })(slices.Sorted(maps.Keys(drafts)), nil)
}

func (h draftHandler) listTemplates(context.Context, staff.Person, *Nothing) (*reply[wire.Page[wire.Template]], error) {
	templates := maps.Clone(h.content().Templates)
	maps.DeleteFunc(templates, func(_ string, t *content.Template) bool { return t.ForStaff() })
	return listed(func(id string) wire.Template {
		t := templates[id]
		return wire.Template{ID: t.ID, Channel: t.Channel, Title: t.Title, Text: t.Text, Vars: each(t.Vars, func(v content.TemplateVar) wire.TemplateVariable {
			most, form := t.Limits(v)
			return wire.TemplateVariable{Name: v.Name, Label: v.Label, Type: v.Type, Values: v.Values, Most: most, Form: form}
		})}
	})(slices.Sorted(maps.Keys(templates)), nil)
}
