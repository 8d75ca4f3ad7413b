package api

import (
	"context"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strings"

	"towncrier/api/wire"
	"towncrier/intents"
	"towncrier/parts"
	"towncrier/propose"
	"towncrier/revision"
	"towncrier/staff"
)

// contentPartHandler has the entries of files of content, as forms: one machine for every kind of them.
type contentPartHandler struct{ drafts contentDraftHandler }

func (h contentPartHandler) register(g *gate) {
	const read, write = staff.ReadContent, staff.WriteContent
	add(g, get("/content/kinds", "list-content-kinds", "List the kinds of parts of the content that are edited as forms, with their fields", read).impersonal(), h.kinds)
	add(g, get("/content/revisions/{number}/parts/{kind}", "list-revision-parts", "List the parts of a kind in a revision", read).impersonal().labelled("path.kind", kindLabel), h.ofRevision)
	add(g, get("/content/drafts/{id}/parts/{kind}", "list-content-parts", "List the parts of a kind as a draft has them", read).impersonal().labelled("path.kind", kindLabel), h.ofDraft)
	add(g, get("/content/drafts/{id}/parts/{kind}/{part}", "get-content-part", "Show a part as a draft has it", read).impersonal().labelled("path.kind", kindLabel), h.one)
	add(g, put("/content/drafts/{id}/parts/{kind}/{part}", "put-content-part", "Write a part of a draft; the rest of its file stays as it is", write).checksContent().labelled("path.kind", kindLabel), h.put)
	add(g, post("/content/drafts/{id}/intents/{part}/utterances", "propose-utterances", "Propose other ways to ask what an answer of a draft is asked; they stand apart, in a field of their own", write), h.propose)
	add(g, del("/content/drafts/{id}/parts/{kind}/{part}", "remove-content-part", "Take a part away in a draft; a sentence of the bot is the built-in one again", write).labelled("path.kind", kindLabel),
		repeatable(h.remove, h.drafts.changed, "content.change"))
}

func kindLabel(name string) string {
	k, _ := parts.Called(name)
	return k.Label
}

func (h contentPartHandler) kinds(context.Context, staff.Person, *Nothing) (*reply[wire.Page[wire.ContentKind]], error) {
	return listed(func(k parts.Kind) wire.ContentKind {
		return wire.ContentKind{Name: k.Name, Label: k.Label, Path: k.Path, IDField: k.Key,
			Fields: each(k.Fields, viewField)}
	})(parts.Kinds(), nil)
}

// viewField shows a field and what stands within it, but for rules that may stand within one another, whose fields are those of the whole.
func viewField(f parts.Field) wire.ContentField {
	out := wire.ContentField{Name: f.Name, Label: f.Label, Needed: f.Needed, Many: f.Many, YesNo: f.YesNo, Words: each(f.Words, func(w parts.Word) wire.ContentWord { return wire.ContentWord(w) })}
	for _, inner := range f.Within {
		if len(inner.Within) > 0 && &inner.Within[0] == &f.Within[0] {
			inner.Within = nil
		}
		out.Within = append(out.Within, viewField(inner))
	}
	return out
}

type RevisionPartsInput struct {
	Following
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	Number int    `path:"number" minimum:"0" doc:"0 for what is in force"`
	Kind   string `path:"kind" enum:"notices,intents,negatives,lexicon,fillers,topics,contacts,menu,templates,prepared,emergencies,phrases"`
}

func (h contentPartHandler) ofRevision(ctx context.Context, _ staff.Person, in *RevisionPartsInput) (*reply[wire.Page[wire.ContentPart]], error) {
	_, f, err := revisionAt(ctx, h.drafts.revisions, in.Number)
	if err != nil {
		return nil, err
	}
	return listParts(f, in.Kind, in.After, in.Limit)
}

type DraftPartsInput struct {
	Following
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	ID    string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Kind  string `path:"kind" enum:"notices,intents,negatives,lexicon,fillers,topics,contacts,menu,templates,prepared,emergencies,phrases"`
}

func (h contentPartHandler) ofDraft(ctx context.Context, caller staff.Person, in *DraftPartsInput) (*reply[wire.Page[wire.ContentPart]], error) {
	d, base, err := h.drafts.seen(ctx, caller, in.ID)
	if err != nil {
		return nil, err
	}
	return listParts(base.With(d.Changes), in.Kind, in.After, in.Limit)
}

func listParts(f revision.Folder, kind, after string, limit int) (*reply[wire.Page[wire.ContentPart]], error) {
	k, _ := parts.Called(kind)
	all, more, err := k.Page(f, after, limit)
	if err != nil {
		return nil, err
	}
	page := wire.Page[wire.ContentPart]{Items: each(all, viewPart(k))}
	if more {
		page.Next = all[len(all)-1].Key
	}
	return &reply[wire.Page[wire.ContentPart]]{page}, nil
}

func viewPart(k parts.Kind) func(parts.Part) wire.ContentPart {
	return func(p parts.Part) wire.ContentPart {
		return wire.ContentPart{Kind: k.Name, ID: p.Key, Path: p.Path, Value: p.Value, Digest: p.Digest(), Fault: p.Fault, Use: p.Use, BuiltIn: p.BuiltIn}
	}
}

// PartInput names a part of a draft.
type PartInput struct {
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Kind string `path:"kind" enum:"notices,intents,negatives,lexicon,fillers,topics,contacts,menu,templates,prepared,emergencies,phrases"`
	Part string `path:"part" minLength:"1" maxLength:"200" doc:"Its id, the name of a button, or a line as it is written"`
}

func (h contentPartHandler) one(ctx context.Context, caller staff.Person, in *PartInput) (*reply[wire.ContentPart], error) {
	d, base, err := h.drafts.seen(ctx, caller, in.ID)
	if err != nil {
		return nil, err
	}
	k, _ := parts.Called(in.Kind)
	p, err := k.One(base.With(d.Changes), in.Part)
	return shown(viewPart(k))(p, err)
}

type PutPartInput struct {
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Kind string `path:"kind" enum:"notices,intents,negatives,lexicon,fillers,topics,contacts,menu,templates,prepared,emergencies,phrases"`
	Part string `path:"part" minLength:"1" maxLength:"200" doc:"Its id, the name of a button, or a line as it is written"`
	Body wire.PutContentPart
}

// put bears to be done twice: the same part is written again.
func (h contentPartHandler) put(ctx context.Context, caller staff.Person, in *PutPartInput) (*reply[wire.ContentPart], error) {
	k, _ := parts.Called(in.Kind)
	var remarks []string
	e, f, _, err := h.edit(ctx, caller, in.ID, func(f revision.Folder) (e parts.Edit, err error) {
		if e, err = k.Put(f, in.Part, in.Body.Value, in.Body.Was, in.Body.Before); err == nil {
			remarks, err = k.Check(f, e, h.drafts.revisions.Now())
		}
		return e, err
	})
	if err != nil {
		return nil, partProblem(k, err)
	}
	p, err := k.One(f, e.Key)
	if err != nil {
		return nil, err
	}
	out := viewPart(k)(p)
	out.Remarks = remarks
	return &reply[wire.ContentPart]{out}, nil
}

type RemovePartInput struct {
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Kind string `path:"kind" enum:"notices,intents,negatives,lexicon,fillers,topics,contacts,menu,templates,prepared,emergencies,phrases"`
	Part string `path:"part" minLength:"1" maxLength:"200" doc:"Its id, the name of a button, or a line as it is written"`
	Was  string `query:"was" required:"true" maxLength:"64" doc:"Digest of the value that was looked at"`
}

func (h contentPartHandler) remove(ctx context.Context, caller staff.Person, in *RemovePartInput) (*reply[wire.ContentDraft], error) {
	k, _ := parts.Called(in.Kind)
	_, _, d, err := h.edit(ctx, caller, in.ID, func(f revision.Folder) (parts.Edit, error) { return k.Remove(f, in.Part, in.Was) })
	if err != nil {
		return nil, partProblem(k, err)
	}
	return h.drafts.show(ctx, d, nil)
}

type ProposeUtterancesInput struct {
	ID   string `path:"id" pattern:"^D[1-9][0-9]{0,17}$" patternDescription:"D and a number"`
	Part string `path:"part" minLength:"1" maxLength:"64" doc:"The intent's id"`
}

// propose bears to be done twice: there is nothing more to propose then.
func (h contentPartHandler) propose(ctx context.Context, caller staff.Person, in *ProposeUtterancesInput) (*reply[wire.ContentPart], error) {
	k, _ := parts.Called("intents")
	e, f, _, err := h.edit(ctx, caller, in.ID, func(f revision.Folder) (parts.Edit, error) {
		p, err := k.One(f, in.Part)
		if err != nil {
			return parts.Edit{}, err
		}
		form := maps.Clone(p.Value)
		said, _ := form["utterances"].([]any)
		proposed, _ := form["proposed"].([]any)
		intent := intents.Intent{ID: in.Part}
		for _, u := range slices.Concat(said, proposed) {
			text, _ := u.(string)
			intent.Utterances = append(intent.Utterances, text)
		}
		if len(intent.Utterances) == 0 {
			return parts.Edit{}, invalid("path.part", "还没有问法：请先写一个居民的问法，再请程序提出别的")
		}
		for _, u := range propose.Alike(intent, cityOf(f, h.drafts.live.Current())) {
			proposed = append(proposed, u)
		}
		form["proposed"] = proposed
		return k.Put(f, in.Part, form, p.Digest(), "")
	})
	if err != nil {
		return nil, partProblem(k, err)
	}
	p, err := k.One(f, e.Key)
	return shown(viewPart(k))(p, err)
}

// edits is how often a file is written again because a colleague wrote another part of it meanwhile.
const edits = 5

// edit makes an edit of a draft's folder, and of the folder that results. Two who write different parts of one file both do.
func (h contentPartHandler) edit(ctx context.Context, caller staff.Person, id string, do func(revision.Folder) (parts.Edit, error)) (parts.Edit, revision.Folder, revision.Draft, error) {
	for left := edits; ; left-- {
		d, base, err := h.drafts.revisions.DraftOn(ctx, id)
		if err != nil {
			return parts.Edit{}, nil, d, err
		}
		f := base.With(d.Changes)
		e, err := do(f)
		if err != nil {
			return e, nil, d, err
		}
		was := revision.Digest("")
		if text, there := f[e.Path]; there {
			was = revision.DigestOf(text)
		}
		if e.Text == nil {
			d, err = h.drafts.revisions.Remove(ctx, caller.ID, id, e.Path, was)
		} else {
			d, err = h.drafts.revisions.Put(ctx, caller.ID, id, e.Path, e.Text, was)
		}
		if _, raced := errors.AsType[*revision.ConflictError](err); raced && left > 0 {
			continue
		}
		if err != nil {
			return e, nil, d, err
		}
		return e, f.With([]revision.Change{{Path: e.Path, Text: e.Text, Removed: e.Text == nil}}), d, nil
	}
}

// partProblem says of a part's faults which field they are in, by its label.
func partProblem(k parts.Kind, err error) error {
	bad, ok := errors.AsType[*parts.InvalidError](err)
	if !ok {
		return err
	}
	return refuse(http.StatusUnprocessableEntity, "faults", badFields, each(bad.Faults, func(f parts.Fault) wire.Fault {
		if f.Field == "" {
			return faultAt("value", f.Text)
		}
		label := k.LabelOf(f.Field)
		own := label[strings.LastIndex(label, ".")+1:]
		return faultAt("value."+f.Field, label+"："+strings.TrimPrefix(f.Text, own)) // which often begins with its name
	})...)
}
