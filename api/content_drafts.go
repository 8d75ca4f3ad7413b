package api

import (
	"context"
	"encoding/hex"
	"errors"
	"io"
	"slices"

	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/broadcast"
	"towncrier/city"
	"towncrier/intents"
	"towncrier/plaintext"
	"towncrier/problem"
	"towncrier/revision"
	"towncrier/staff"
)

// contentDraftHandler has the drafts of content, from the first word to their publication.
type contentDraftHandler struct {
	revisions *revision.Service
	live      *city.Live
	names     directory
	stops     consequences
}

func (h contentDraftHandler) register(g *gate) {
	const read, write, publish = staff.ReadContent, staff.WriteContent, staff.PublishContent
	add(g, get("/content/drafts", "list-content-drafts", "List drafts of content, last changed first", read).impersonal().labelled("query.status", labelOf[revision.Status]), h.list)
	add(g, post("/content/drafts", "create-content-draft", "Begin a draft of content on what is in force", write), repeatable(h.create, h.created, "content.draft"))
	add(g, post("/content/drafts/import", "import-content", "Begin a draft that makes of the content what a tar of a folder holds", write).uploads(), h.importTar)
	add(g, post("/content/revisions/{number}/roll-back", "roll-back-content", "Begin a draft that returns to a revision", write), repeatable(h.rollBack, h.created, "content.draft"))
	add(g, get("/content/drafts/{id}", "get-content-draft", "Show a draft of content", read).impersonal(), h.get)
	add(g, get("/content/drafts/{id}/changes", "list-content-changes", "List what a draft changes, with both texts of each file", read).impersonal(), h.changes)
	add(g, get("/content/drafts/{id}/differences", "list-content-differences", "List the known questions that a draft answers otherwise, the worse first", read).checksContent(), h.differences)
	add(g, post("/content/drafts/{id}/ask", "ask-content-draft", "Ask a draft questions of one's own, and what is in force below it; nothing is kept", read).checksContent(), h.ask)
	add(g, get("/content/drafts/{id}/stops", "list-content-stops", "List what publishing a draft stops: answers, broadcasts and series", read).impersonal(), h.stopped)
	add(g, get("/content/drafts/{id}/file", "get-content-file", "Show a file as a draft has it", read).impersonal(), h.file)
	add(g, put("/content/drafts/{id}/file", "put-content-file", "Write a file of a draft; the body is its text", write).uploads(), h.put)
	add(g, del("/content/drafts/{id}/file", "remove-content-file", "Take a file away in a draft", write), repeatable(h.remove, h.changed, "content.change"))
	add(g, post("/content/drafts/{id}/rebase", "rebase-content-draft", "Put a draft on what is in force", write), repeatable(h.rebase, h.changed, "content.rebase"))
	add(g, post("/content/drafts/{id}/submit", "submit-content-draft", "Submit a draft of content", write).checksContent(), repeatable(h.submit, h.changed, "content.submit"))
	add(g, post("/content/drafts/{id}/drop", "drop-content-draft", "Drop a draft of content", write), repeatable(h.drop, h.changed, "content.drop"))
	add(g, post("/content/drafts/{id}/return", "return-content-draft", "Return a submitted draft to its author", publish), repeatable(h.giveBack, h.changed, "content.return"))
	add(g, post("/content/drafts/{id}/publish", "publish-content-draft", "Publish what a draft's hash names", publish).checksContent(), repeatable(h.publish, h.published, "content.publish"))
}

type ListContentDraftsInput struct {
	Following
	Status []string `query:"status,explode" enum:"draft,submitted,published,dropped"`
	Limit  int      `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (h contentDraftHandler) list(ctx context.Context, caller staff.Person, in *ListContentDraftsInput) (*reply[wire.Page[wire.ContentDraft]], error) {
	if in.After != "" {
		if _, _, err := h.seen(ctx, caller, in.After); errors.Is(err, revision.ErrNoDraft) {
			return nil, problem.ErrCursor
		}
	}
	all, err := h.revisions.Store.Drafts(ctx, each(in.Status, func(s string) revision.Status { return revision.Status(s) }), ownCommittee(caller), in.After, in.Limit)
	if err != nil {
		return nil, err
	}
	head, _, err := h.revisions.Head(ctx)
	if err != nil {
		return nil, err
	}
	page := wire.Page[wire.ContentDraft]{Items: each(all, h.view(ctx, head.Folder))}
	if len(all) == in.Limit {
		page.Next = all[len(all)-1].ID
	}
	return &reply[wire.Page[wire.ContentDraft]]{page}, nil
}

// view shows a draft; head is the digest of what is in force.
func (h contentDraftHandler) view(ctx context.Context, head revision.Digest) func(revision.Draft) wire.ContentDraft {
	names, committees := h.names.people(ctx), h.names.committees(ctx)
	return func(d revision.Draft) wire.ContentDraft {
		live := d.Status == revision.Open || d.Status == revision.Submitted
		return wire.ContentDraft{
			ID: d.ID, Title: d.Title, Status: string(d.Status), Label: d.Status.Label(), BackTo: d.Back, Reinstate: d.Reinstate, Stale: live && d.Base != head,
			Files:     each(d.Changes, func(c revision.Change) string { return c.Path }),
			Committee: d.Committee, CommitteeName: committees[d.Committee], Author: d.Author, AuthorName: names[d.Author], Editors: d.Editors, EditorNames: each(d.Editors, func(id string) string { return names[id] }),
			Accepted: d.Accepted, Stops: d.Stops, Hash: hex.EncodeToString(d.Hash), Why: d.Why, Version: d.Version, CreatedAt: d.CreatedAt, ChangedAt: d.ChangedAt, Revision: d.Revision,
		}
	}
}

// show answers with a draft that a service returned.
func (h contentDraftHandler) show(ctx context.Context, d revision.Draft, err error) (*reply[wire.ContentDraft], error) {
	if err != nil {
		return nil, err
	}
	head, _, err := h.revisions.Head(ctx)
	return shown(h.view(ctx, head.Folder))(d, err)
}

func contentDraftPath(d wire.ContentDraft) string { return "/content/drafts/" + d.ID }

func (h contentDraftHandler) create(ctx context.Context, caller staff.Person, in *Body[wire.NewContentDraft]) (*created[wire.ContentDraft], error) {
	d, err := h.revisions.Draft(ctx, caller.ID, in.Body.Title)
	return createdAt(contentDraftPath)(h.show(ctx, d, err))
}

func (h contentDraftHandler) created(ctx context.Context, caller staff.Person, act audit.Act) (*created[wire.ContentDraft], error) {
	return createdAt(contentDraftPath)(h.changed(ctx, caller, act))
}

func (h contentDraftHandler) changed(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.ContentDraft], error) {
	d, err := h.revisions.Store.Draft(ctx, act.Subject)
	return h.show(ctx, d, err)
}

type ImportContentInput struct {
	Uploaded
	Title string `query:"title" required:"true" minLength:"1" maxLength:"60"`
}

func (h contentDraftHandler) importTar(ctx context.Context, caller staff.Person, in *ImportContentInput) (*created[wire.ContentDraft], error) {
	f, err := revision.ReadTar(in.File)
	if err != nil {
		if known, ok := errors.AsType[*problemDetails](err); ok { // the upload broke off, or is too large
			return nil, known
		}
		return nil, invalid("body", err.Error())
	}
	d, err := h.revisions.Import(ctx, caller.ID, in.Title, f)
	return createdAt(contentDraftPath)(h.show(ctx, d, err))
}

type RollBackInput struct {
	Number int `path:"number" minimum:"1"`
	Body   wire.RollBackContent
}

func (h contentDraftHandler) rollBack(ctx context.Context, caller staff.Person, in *RollBackInput) (*created[wire.ContentDraft], error) {
	d, err := h.revisions.RollBack(ctx, caller.ID, in.Number, in.Body.Reinstate)
	return createdAt(contentDraftPath)(h.show(ctx, d, err))
}

type ContentDraftInput struct {
	ID string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
}

type ContentDraftBody[B any] struct {
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Body B
}

// seen is a draft that the caller may look at, and the folder that it is based on: to a committee's official there are no other drafts than
// the committee's.
func (h contentDraftHandler) seen(ctx context.Context, caller staff.Person, id string) (revision.Draft, revision.Folder, error) {
	d, base, err := h.revisions.DraftOn(ctx, id)
	if err == nil && !caller.Sees(d.Committee) {
		return revision.Draft{}, nil, revision.ErrNoDraft
	}
	return d, base, err
}

func (h contentDraftHandler) get(ctx context.Context, caller staff.Person, in *ContentDraftInput) (*reply[wire.ContentDraft], error) {
	d, _, err := h.seen(ctx, caller, in.ID)
	return h.show(ctx, d, err)
}

func (h contentDraftHandler) changes(ctx context.Context, caller staff.Person, in *ContentDraftInput) (*reply[wire.Page[wire.ContentChange]], error) {
	d, base, err := h.seen(ctx, caller, in.ID)
	return listed(func(c revision.Change) wire.ContentChange {
		out := wire.ContentChange{Path: c.Path, Removed: c.Removed, Before: string(base[c.Path]), After: string(c.Text)}
		if !c.Removed {
			out.Digest = string(revision.DigestOf(c.Text))
		}
		return out
	})(d.Changes, err)
}

func (h contentDraftHandler) differences(ctx context.Context, caller staff.Person, in *ContentDraftInput) (*reply[wire.ContentDifferences], error) {
	d, base, err := h.seen(ctx, caller, in.ID)
	if err != nil {
		return nil, err
	}
	asked, all, err := h.live.Differences(ctx, base.FS(), base.With(d.Changes).FS())
	if problems, ok := errors.AsType[problem.List](err); ok {
		return nil, &revision.FaultsError{Problems: problems}
	}
	if err != nil {
		return nil, err
	}
	out := wire.ContentDifferences{Asked: asked, Items: each(all, viewDifference)}
	if out.Stops, err = h.stopsOf(ctx, caller, d, base); err != nil {
		return nil, err
	}
	for i, d := range all {
		if caller.Role.May(staff.ReadInbox) {
			out.Items[i].Told = d.Question.Told
		}
		switch d.Verdict {
		case city.Worse:
			out.Worse++
		case city.Better:
			out.Better++
		default:
			out.Other++
		}
	}
	return &reply[wire.ContentDifferences]{out}, nil
}

func (h contentDraftHandler) ask(ctx context.Context, caller staff.Person, in *ContentDraftBody[wire.ContentQuestions]) (*reply[wire.Page[wire.ContentAsked]], error) {
	d, base, err := h.seen(ctx, caller, in.ID)
	if err != nil {
		return nil, err
	}
	all, err := h.live.Ask(ctx, base.FS(), base.With(d.Changes).FS(), in.Body.Questions)
	if problems, ok := errors.AsType[problem.List](err); ok {
		return nil, &revision.FaultsError{Problems: problems}
	}
	return listed(func(a city.Asked) wire.ContentAsked {
		return wire.ContentAsked{Question: a.Question, Before: viewOutcome(a.Before), After: viewOutcome(a.After)}
	})(all, err)
}

// stopped shows what publishing a draft stops.
func (h contentDraftHandler) stopped(ctx context.Context, caller staff.Person, in *ContentDraftInput) (*reply[wire.ContentStops], error) {
	d, base, err := h.seen(ctx, caller, in.ID)
	if err != nil {
		return nil, err
	}
	stops, err := h.stopsOf(ctx, caller, d, base)
	return &reply[wire.ContentStops]{stops}, err
}

func (h contentDraftHandler) stopsOf(ctx context.Context, caller staff.Person, d revision.Draft, base revision.Folder) (wire.ContentStops, error) {
	before, problems := city.Read(base.FS(), h.revisions.Now())
	if before == nil {
		return wire.ContentStops{}, &revision.FaultsError{Problems: problems}
	}
	changes := d.Changes
	if d.Status == revision.Done || d.Status == revision.Dropped {
		changes = nil // nothing comes of it any more
	}
	after, problems := city.Read(base.With(changes).FS(), h.revisions.Now())
	if after == nil {
		return wire.ContentStops{}, &revision.FaultsError{Problems: problems}
	}
	out, err := h.stops.of(ctx, caller, before, after)
	if d.Status != revision.Submitted {
		return out, err
	}
	for _, all := range [][]wire.StoppedSend{out.Broadcasts, out.Series} {
		for i, s := range all {
			all[i].New = s.Status != string(broadcast.Draft) && !slices.Contains(d.Stops, s.ID)
		}
	}
	return out, err
}

func viewDifference(d city.Difference) wire.ContentDifference {
	q := d.Question
	right := append([]string{q.Topic}, q.Also...)
	if q.Topic == "" {
		right = nil
	}
	return wire.ContentDifference{
		Question: q.Text, Verdict: string(d.Verdict), Label: d.Verdict.Label(), Right: each(right, writtenTopic),
		File: q.File, Line: q.Line, Before: viewOutcome(d.Before), After: viewOutcome(d.After),
	}
}

// writtenTopic is a topic as officials write it.
func writtenTopic(id string) string {
	if id == intents.OutOfScope {
		return "none"
	}
	return id
}

func viewOutcome(o city.Outcome) wire.ContentOutcome {
	label := map[intents.Decision]string{intents.Answer: "答复", intents.Clarify: "列出选项", intents.Decline: "没有答复"}[o.Decision]
	return wire.ContentOutcome{Label: label, Intents: append([]string{}, o.Intents...), Text: o.Text}
}

type ContentFileInput struct {
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Path string `query:"path" required:"true" maxLength:"200" doc:"As in notices/N1.md"`
}

func (h contentDraftHandler) file(ctx context.Context, caller staff.Person, in *ContentFileInput) (*reply[wire.ContentText], error) {
	d, base, err := h.seen(ctx, caller, in.ID)
	if err != nil {
		return nil, err
	}
	return textOf(base.With(d.Changes), in.Path)
}

// ChangeFileInput names a file and the text of it that the caller looked at.
type ChangeFileInput struct {
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Path string `query:"path" required:"true" maxLength:"200" doc:"As in notices/N1.md"`
	Was  string `query:"was" maxLength:"64" doc:"Digest of the text that was looked at; absent for a file that was not there"`
}

type PutContentFileInput struct {
	Uploaded
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Path string `query:"path" required:"true" maxLength:"200" doc:"As in notices/N1.md"`
	Was  string `query:"was" maxLength:"64" doc:"Digest of the text that was looked at; absent for a file that was not there"`
}

func (h contentDraftHandler) put(ctx context.Context, caller staff.Person, in *PutContentFileInput) (*reply[wire.ContentDraft], error) {
	text, err := io.ReadAll(io.LimitReader(in.File, revision.MaxFile+1))
	if err != nil {
		return nil, err
	}
	if _, err := plaintext.Decode(text); err != nil {
		return nil, invalid("body", encodingOf(err))
	}
	d, err := h.revisions.Put(ctx, caller.ID, in.ID, in.Path, text, revision.Digest(in.Was))
	return h.show(ctx, d, err)
}

func (h contentDraftHandler) remove(ctx context.Context, caller staff.Person, in *ChangeFileInput) (*reply[wire.ContentDraft], error) {
	d, err := h.revisions.Remove(ctx, caller.ID, in.ID, in.Path, revision.Digest(in.Was))
	return h.show(ctx, d, err)
}

func (h contentDraftHandler) rebase(ctx context.Context, caller staff.Person, in *ContentDraftBody[wire.RebaseContent]) (*reply[wire.ContentDraft], error) {
	d, err := h.revisions.Rebase(ctx, caller.ID, in.ID, revision.Choice{Keep: in.Body.Keep, Take: in.Body.Take})
	return h.show(ctx, d, err)
}

func (h contentDraftHandler) submit(ctx context.Context, caller staff.Person, in *ContentDraftBody[wire.SubmitContent]) (*reply[wire.ContentDraft], error) {
	d, err := h.revisions.Submit(ctx, caller.ID, in.ID, in.Body.Accept)
	return h.show(ctx, d, err)
}

func (h contentDraftHandler) drop(ctx context.Context, caller staff.Person, in *ContentDraftInput) (*reply[wire.ContentDraft], error) {
	d, err := h.revisions.Drop(ctx, caller.ID, in.ID)
	return h.show(ctx, d, err)
}

func (h contentDraftHandler) giveBack(ctx context.Context, caller staff.Person, in *ContentDraftBody[wire.ReturnContent]) (*reply[wire.ContentDraft], error) {
	d, err := h.revisions.Return(ctx, caller.ID, in.ID, in.Body.Why)
	return h.show(ctx, d, err)
}

func (h contentDraftHandler) publish(ctx context.Context, caller staff.Person, in *ContentDraftBody[wire.PublishContent]) (*reply[wire.Revision], error) {
	r, err := h.revisions.Publish(ctx, caller.ID, in.ID, in.Body.Hash)
	if err == nil {
		h.stops.takeEffect(ctx)
	}
	return shown(viewRevision(h.names.people(ctx)))(r, err)
}

func (h contentDraftHandler) published(ctx context.Context, _ staff.Person, act audit.Act) (*reply[wire.Revision], error) {
	return revisionOf(ctx, h.revisions, h.names, act)
}
