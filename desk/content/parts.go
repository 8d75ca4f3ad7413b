package content

import (
	"errors"
	"slices"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerParts(k *page.Kit) {
	k.Handle("GET /desk/content/parts", nowParts, listNowParts, listKinds)
	k.Handle("GET /desk/content/edit", chooseDraft, createDraft, listDrafts)
	k.Handle("POST /desk/content/edit", beginEdit, createDraft, listDrafts)
	k.Handle("GET /desk/content/drafts/{id}/parts", draftParts, putPart, listParts, listKinds, getDraft)
	k.Handle("GET /desk/content/drafts/{id}/part", showPart, putPart, getPart, listKinds, getDraft, getNotice)
	k.Handle("POST /desk/content/drafts/{id}/part", writePart, putPart, getPart, listKinds, getDraft, getNotice)
	k.Handle("GET /desk/content/drafts/{id}/part/remove", askRemovePart, removePart, getPart, listKinds, getDraft, getNotice)
	k.Handle("POST /desk/content/drafts/{id}/part/remove", doRemovePart, removePart, getPart, listKinds, getDraft, getNotice)
	k.Handle("POST /desk/content/drafts/{id}/utterances", proposeMore, moreUtterances)
	k.Says("content-saved", "已存进稿件。现行的内容没有变。")
	k.Says("content-removed", "已在稿件里删去。")
	k.Says("content-proposed", "程序提出了别的问法，写在“提出的问法”里：看过以后，把要的移到“问法”里。")
}

func partPath(draft, kind, part string) string {
	return draftPath(draft) + "/part" + page.Query("kind", kind, "part", part)
}

type partsPage struct {
	Kind   wire.ContentKind
	Kinds  []wire.ContentKind
	Parts  []partView
	Query  string
	Next   string
	Draft  *wire.ContentDraft // nil for what is in force
	Writes bool
	New    string // where a new one is written
}

// partView is a line of a list.
type partView struct {
	ID, Title, Edit, Fault string
}

const listed = 100

func nowParts(v *page.Visit) (page.Result, error) {
	return showParts(v, nil, func(kind, after string) (wire.Page[wire.ContentPart], error) {
		return listNowParts.Do(v, api.RevisionPartsInput{Following: api.Following{After: after}, Limit: listed, Kind: kind})
	})
}

func draftParts(v *page.Visit) (page.Result, error) {
	d, err := getDraft.Do(v, api.ContentDraftInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	return showParts(v, &d, func(kind, after string) (wire.Page[wire.ContentPart], error) {
		return listParts.Do(v, api.DraftPartsInput{Following: api.Following{After: after}, Limit: listed, ID: d.ID, Kind: kind})
	})
}

// showParts lists the parts of a kind, or the kinds. What is looked for is looked for in all of them.
func showParts(v *page.Visit, d *wire.ContentDraft, list func(kind, after string) (wire.Page[wire.ContentPart], error)) (page.Result, error) {
	kinds, err := listKinds.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	data := partsPage{Kinds: kinds.Items, Query: strings.TrimSpace(v.Query("q")), Draft: d, Writes: v.May(putPart)}
	p := page.Page{Title: "内容的各类", Name: "content/parts", Nav: home, Crumbs: crumbs()}
	path := home + "/parts"
	if d != nil {
		p.Crumbs, path = crumbs(page.Crumb{Label: d.Title, Path: draftPath(d.ID)}), draftPath(d.ID)+"/parts"
	}
	kind, err := kindNamed(kinds.Items, v.Query("kind"))
	if err != nil || v.Query("kind") == "" {
		p.Data = data
		return v.Show(p)
	}
	data.Kind, p.Title = kind, kind.Label
	all := wire.Page[wire.ContentPart]{}
	if data.Query == "" {
		all, err = list(kind.Name, v.Query("after"))
	} else {
		all.Items, err = whole(func(after string) (wire.Page[wire.ContentPart], error) { return list(kind.Name, after) })
		all.Items = slices.DeleteFunc(all.Items, func(c wire.ContentPart) bool { return !says(c.Value, data.Query) && c.ID != data.Query })
	}
	if err != nil {
		return nil, err
	}
	if all.Next != "" {
		data.Next = path + page.Query("kind", kind.Name, "after", all.Next)
	}
	for _, c := range all.Items {
		view := partView{ID: c.ID, Title: titleOfPart(c), Fault: c.Fault, Edit: home + "/edit" + page.Query("kind", kind.Name, "part", c.ID)}
		if d != nil {
			view.Edit = partPath(d.ID, kind.Name, c.ID)
		}
		data.Parts = append(data.Parts, view)
	}
	if kind.Name != "phrases" && kind.Name != "notices" && kind.Name != "prepared" && kind.Name != "emergencies" {
		if data.New = home + "/edit" + page.Query("kind", kind.Name); d != nil {
			data.New = partPath(d.ID, kind.Name, "")
		}
	}
	p.Data = data
	return v.Show(p)
}

func kindNamed(kinds []wire.ContentKind, name string) (wire.ContentKind, error) {
	i := slices.IndexFunc(kinds, func(k wire.ContentKind) bool { return k.Name == name })
	if i < 0 {
		return wire.ContentKind{}, page.Refuse(404, "没有这一类内容：请从列出的各类里选")
	}
	return kinds[i], nil
}

// says is whether a text stands in a value or what it holds.
func says(value any, text string) bool {
	switch value := value.(type) {
	case string:
		return strings.Contains(value, text)
	case []any:
		return slices.ContainsFunc(value, func(inner any) bool { return says(inner, text) })
	case map[string]any:
		for _, inner := range value {
			if says(inner, text) {
				return true
			}
		}
	}
	return false
}

func titleOfPart(c wire.ContentPart) string {
	for _, name := range []string{"headline", "title", "name", "word", "text"} {
		if text, _ := c.Value[name].(string); text != "" {
			return text
		}
	}
	if c.BuiltIn != "" {
		return c.BuiltIn
	}
	return c.ID
}

type editPage struct {
	page.Form
	Kind, Part string
	Drafts     []page.Choice
}

// editing asks which draft a part is to be changed in.
func editing(v *page.Visit) (page.Page, *editPage, error) {
	data := &editPage{Form: v.NewForm(), Kind: v.Query("kind"), Part: v.Query("part")}
	drafts, err := listDrafts.Do(v, api.ListContentDraftsInput{Status: []string{"draft"}, Limit: 20})
	if err != nil {
		return page.Page{}, nil, err
	}
	data.Drafts = []page.Choice{{Value: "new", Label: "新稿件"}}
	for _, d := range drafts.Items {
		if d.Committee == "" {
			data.Drafts = append(data.Drafts, page.Choice{Value: d.ID, Label: d.Title, Hint: d.AuthorName + "写，" + page.When(d.ChangedAt) + "改动"})
		}
	}
	if v.Form == nil {
		data.Set("draft", "new")
		data.Set("title", titleOf("修改 "+data.Part))
		if data.Part == "" {
			data.Set("title", "新写的内容")
		}
	}
	return page.Page{Title: "改在哪份稿件里", Name: "content/edit", Nav: home, Crumbs: crumbs(), Data: data}, data, nil
}

func chooseDraft(v *page.Visit) (page.Result, error) {
	p, _, err := editing(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func beginEdit(v *page.Visit) (page.Result, error) {
	id := v.Form.Get("draft")
	if id == "new" || id == "" {
		d, err := createDraft.Do(v, api.Body[wire.NewContentDraft]{Body: wire.NewContentDraft{Title: strings.TrimSpace(v.Form.Get("title"))}})
		if err != nil {
			p, data, again := editing(v)
			if again != nil {
				return nil, err
			}
			return v.Again(p, &data.Form, err)
		}
		id = d.ID
	}
	return page.See(partPath(id, v.Query("kind"), v.Query("part"))), nil
}

type partPage struct {
	page.Form
	Draft    wire.ContentDraft
	Kind     wire.ContentKind
	Part     wire.ContentPart
	New      bool
	Inputs   []input
	Cited    []wire.Notice // what an answer rests on
	Theirs   string        // what a colleague wrote meanwhile
	Remarks  []string
	Proposes bool
}

// part is the page of a part's form, as the draft has it.
func part(v *page.Visit) (page.Page, *partPage, error) {
	d, err := getDraft.Do(v, api.ContentDraftInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	kinds, err := listKinds.Do(v, api.Nothing{})
	if err != nil {
		return page.Page{}, nil, err
	}
	kind, err := kindNamed(kinds.Items, v.Query("kind"))
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &partPage{Form: v.NewForm(), Draft: d, Kind: kind, New: v.Query("part") == ""}
	title := "新的" + kind.Label
	if !data.New {
		if data.Part, err = getPart.Do(v, api.PartInput{ID: d.ID, Kind: kind.Name, Part: v.Query("part")}); err != nil {
			return page.Page{}, nil, err
		}
		title = kind.Label + " " + data.Part.ID
	}
	data.Proposes = kind.Name == "intents" && !data.New && v.May(moreUtterances)
	if data.Cited, err = cited(v, data.Part); err != nil {
		return page.Page{}, nil, err
	}
	return page.Page{Title: title, Name: "content/part", Nav: home, Data: data, Fields: map[string]string{},
		Crumbs: crumbs(page.Crumb{Label: d.Title, Path: draftPath(d.ID)}, page.Crumb{Label: kind.Label, Path: draftPath(d.ID) + "/parts" + page.Query("kind", kind.Name)})}, data, nil
}

// cited are the notices in force that an answer cites.
func cited(v *page.Visit, c wire.ContentPart) (all []wire.Notice, err error) {
	citations, _ := c.Value["citations"].([]any)
	var ids []string
	for _, citation := range citations {
		text, _ := citation.(string)
		id, _, _ := strings.Cut(text, "#")
		if id == "" || slices.Contains(ids, id) {
			continue
		}
		ids = append(ids, id)
		n, err := getNotice.Do(v, api.NoticeInput{ID: id})
		if _, is := errors.AsType[*api.Refusal](err); is { // it is in the draft alone
			continue
		}
		if err != nil {
			return nil, err
		}
		all = append(all, n)
	}
	return all, nil
}

// fill gives the form its inputs, of what was posted or of what the draft has, with more empty ones in each list.
func (data *partPage) fill(p page.Page, posted bool) {
	if !posted {
		for _, f := range data.Kind.Fields {
			enter(&data.Form, f, f.Name, data.Part.Value[f.Name])
		}
		if data.Part.Value == nil && data.Part.BuiltIn != "" {
			data.Set("text", data.Part.BuiltIn)
		}
		data.Set("was", data.Part.Digest)
	}
	for _, f := range data.Kind.Fields {
		if f.Name == data.Kind.IDField && !data.New {
			continue
		}
		in := inputOf(&data.Form, f, f.Name, data.Part.Value[f.Name])
		in.name(p.Fields)
		data.Inputs = append(data.Inputs, in)
	}
}

func showPart(v *page.Visit) (page.Result, error) {
	p, data, err := part(v)
	if err != nil {
		return nil, err
	}
	data.fill(p, false)
	return v.Show(p)
}

func writePart(v *page.Visit) (page.Result, error) {
	p, data, err := part(v)
	if err != nil {
		return nil, err
	}
	value := map[string]any{}
	for _, f := range data.Kind.Fields {
		if said := read(v.Form, f, f.Name, data.Part.Value[f.Name]); said != nil {
			value[f.Name] = said
		}
	}
	id := data.Part.ID
	if data.New {
		id, _ = value[data.Kind.IDField].(string)
	} else if was, is := data.Part.Value[data.Kind.IDField]; is {
		value[data.Kind.IDField] = was
	}
	data.fill(p, true)
	switch {
	case v.Form.Get("do") == "more":
		return v.Show(p)
	case id == "":
		return v.Again(p, &data.Form, &page.FieldError{Field: data.Kind.IDField, Text: "写上：以后按它找"})
	}
	written, err := putPart.Do(v, api.PutPartInput{ID: data.Draft.ID, Kind: data.Kind.Name, Part: id, Body: wire.PutContentPart{Value: value, Was: v.Form.Get("was")}})
	if err == nil && len(written.Remarks) == 0 {
		return done(draftPath(data.Draft.ID), "content-saved")
	}
	if err == nil {
		data.Remarks = written.Remarks
		data.Set("was", written.Digest)
		return v.Show(p)
	}
	if refused, is := errors.AsType[*api.Refusal](err); is && refused.Theirs != "" {
		data.Theirs = refused.Theirs
		data.Set("was", data.Part.Digest) // the person has seen theirs: writing again is deliberate
	}
	return v.Again(p, &data.Form, err)
}

type removePage struct {
	page.Form
	Draft wire.ContentDraft
	Kind  wire.ContentKind
	Part  wire.ContentPart
	Title string
	Back  string
}

func removing(v *page.Visit) (page.Page, *removePage, error) {
	p, of, err := part(v)
	if err != nil {
		return p, nil, err
	}
	data := &removePage{Form: v.NewForm(), Draft: of.Draft, Kind: of.Kind, Part: of.Part, Title: titleOfPart(of.Part), Back: partPath(of.Draft.ID, of.Kind.Name, of.Part.ID)}
	p.Title, p.Name, p.Data = "删去"+of.Kind.Label, "content/remove", data
	return p, data, nil
}

func askRemovePart(v *page.Visit) (page.Result, error) {
	p, _, err := removing(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doRemovePart(v *page.Visit) (page.Result, error) {
	id := v.Path("id")
	_, err := removePart.Do(v, api.RemovePartInput{ID: id, Kind: v.Query("kind"), Part: v.Query("part"), Was: v.Form.Get("was")})
	if err == nil {
		return done(draftPath(id), "content-removed")
	}
	p, data, again := removing(v)
	if again != nil {
		return nil, err
	}
	return v.Again(p, &data.Form, err)
}

// proposeMore has the program propose other ways to ask, into a field of their own.
func proposeMore(v *page.Visit) (page.Result, error) {
	id, part := v.Path("id"), v.Form.Get("part")
	if _, err := moreUtterances.Do(v, api.ProposeUtterancesInput{ID: id, Part: part}); err != nil {
		return nil, err
	}
	return page.See(partPath(id, "intents", part) + "&done=content-proposed"), nil
}
