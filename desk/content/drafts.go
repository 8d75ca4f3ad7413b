package content

import (
	"errors"
	"path"
	"slices"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/parts"
)

func registerDrafts(k *page.Kit) {
	k.Handle("GET /desk/content/new", newNotice, propose)
	k.Handle("POST /desk/content/new", readNotice, propose, createDraft, dropDraft)
	k.Handle("GET /desk/content/drafts/{id}", showDraft, getDraft, listChanges, listKinds, askDraft)
	k.Handle("POST /desk/content/drafts/{id}/undo", undoFile, removeFile)
	k.Handle("GET /desk/content/drafts/{id}/drop", askDrop, dropDraft, getDraft)
	k.Handle("POST /desk/content/drafts/{id}/drop", doDrop, dropDraft, getDraft)
	k.Handle("GET /desk/content/drafts/{id}/rebase", askRebase, rebaseDraft, getDraft)
	k.Handle("POST /desk/content/drafts/{id}/rebase", doRebase, rebaseDraft, getDraft)
	k.Says("content-begun", "已新建稿件。现行的内容没有变。")
	k.Says("content-dropped", "稿件已丢弃。")
	k.Says("content-rebased", "稿件已更新到现行内容。")
}

func draftPath(id string) string { return home + "/drafts/" + id }

type newPage struct {
	page.Form
	Proposal *wire.ContentProposal
}

func newNotice(v *page.Visit) (page.Result, error) {
	data := &newPage{Form: v.NewForm()}
	return v.Show(newNoticePage(data))
}

func newNoticePage(data *newPage) page.Page {
	return page.Page{Title: "新公告", Name: "content/new", Nav: home, Crumbs: crumbs(), Data: data,
		Fields: map[string]string{"body.subjects": "subjects", "body.subjects.name": "subjects", "body.text": "text", "body.id": "id", "body.publisher": "publisher"}}
}

// readNotice shows what the program makes of a notice's text, or puts it into a new draft.
func readNotice(v *page.Visit) (page.Result, error) {
	data := &newPage{Form: v.NewForm()}
	in := wire.ProposeContent{Text: v.Form.Get("text"), Subjects: subjects(v.Form.Get("subjects")), ID: v.Form.Get("id"), Publisher: v.Form.Get("publisher")}
	if len(in.Subjects) == 0 {
		return v.Again(newNoticePage(data), &data.Form, &page.FieldError{Field: "subjects", Text: "写至少一个主题，例如 停水"})
	}
	if v.Form.Get("do") != "keep" {
		proposal, err := propose.Do(v, api.Body[wire.ProposeContent]{Body: in})
		if err != nil {
			return v.Again(newNoticePage(data), &data.Form, err)
		}
		data.Proposal = &proposal
		return v.Show(newNoticePage(data))
	}
	d, err := createDraft.Do(v, api.Body[wire.NewContentDraft]{Body: wire.NewContentDraft{Title: titleOf(in.Text)}})
	if err != nil {
		return v.Again(newNoticePage(data), &data.Form, err)
	}
	in.Draft = d.ID
	if _, err := propose.Do(v, api.Body[wire.ProposeContent]{Body: in}); err != nil {
		if _, dropped := dropDraft.Do(v, api.ContentDraftInput{ID: d.ID}); dropped != nil {
			return nil, dropped
		}
		return v.Again(newNoticePage(data), &data.Form, err)
	}
	return done(draftPath(d.ID), "content-begun")
}

// subjects reads a line each: 停水，断水 is a subject with another way to say it.
func subjects(text string) (all []wire.ProposedSubject) {
	for line := range strings.Lines(text) {
		words := strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune(" \t\n,，、;；", r) })
		if len(words) > 0 {
			all = append(all, wire.ProposedSubject{Name: words[0], Also: words[1:]})
		}
	}
	return all
}

// titleOf is a draft's title of a text: its first line, at most 60 characters.
func titleOf(text string) string {
	first, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	all := []rune(strings.Join(strings.Fields(first), " "))
	return string(all[:min(len(all), 60)])
}

type draftPage struct {
	page.Form
	wire.ContentDraft
	Changes      []changeView
	Question     string
	Asked        *wire.ContentAsked
	AskFault     string
	Open, Writes bool
	Publishes    bool
}

// changeView is a file of a draft, as officials call it.
type changeView struct {
	wire.ContentChange
	Label string
	Edit  string // where it is edited
	Diff  []page.Change
}

func showDraft(v *page.Visit) (page.Result, error) {
	d, err := getDraft.Do(v, api.ContentDraftInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	changes, err := changesOf(v, d)
	if err != nil {
		return nil, err
	}
	data := &draftPage{Form: v.NewForm(), ContentDraft: d, Changes: changes, Question: v.Query("q"), Open: d.Status == "draft"}
	data.Writes = data.Open && v.May(putPart)
	data.Publishes = d.Status == "submitted" && v.May(publishDraft)
	data.Set("q", data.Question)
	if data.Question != "" {
		asked, err := askDraft.Do(v, api.ContentDraftBody[wire.ContentQuestions]{ID: d.ID, Body: wire.ContentQuestions{Questions: []string{data.Question}}})
		refused, is := errors.AsType[*api.Refusal](err)
		switch {
		case is:
			data.AskFault = refused.Detail
		case err != nil:
			return nil, err
		case len(asked.Items) > 0:
			data.Asked = &asked.Items[0]
		}
	}
	return v.Show(page.Page{Title: d.Title, Name: "content/draft", Nav: home, Crumbs: crumbs(), Data: data})
}

func changesOf(v *page.Visit, d wire.ContentDraft) ([]changeView, error) {
	all, err := listChanges.Do(v, api.ContentDraftInput{ID: d.ID})
	if err != nil {
		return nil, err
	}
	kinds, err := listKinds.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	var out []changeView
	for _, c := range all.Items {
		c.Before, c.After = words(c.Path, c.Before), words(c.Path, c.After)
		view := changeView{ContentChange: c, Diff: shorten(page.Diff(c.Before, c.After))}
		view.Label, view.Edit = placeOf(d.ID, kinds.Items, c.Path)
		if c.Removed {
			view.Edit = ""
		}
		out = append(out, view)
	}
	return out, nil
}

// placeOf is what officials call a file, and where a draft of it is edited.
func placeOf(draft string, kinds []wire.ContentKind, file string) (label, edit string) {
	name := strings.TrimSuffix(path.Base(file), path.Ext(file))
	if path.Dir(file) == "tables" {
		return "查询表 " + name, draftPath(draft) + "/tables/" + name
	}
	for _, k := range kinds {
		if ok, _ := path.Match(k.Path, file); ok && strings.Contains(k.Path, "*") {
			return k.Label + " " + name, partPath(draft, k.Name, name)
		} else if ok {
			return k.Label, draftPath(draft) + "/parts" + page.Query("kind", k.Name)
		}
	}
	return file, ""
}

// words is what a file says under the labels that officials know; a file that no form reads, and one with faults, as it is.
func words(file, text string) string {
	for _, k := range parts.Kinds() {
		if ok, _ := path.Match(k.Path, file); !ok || text == "" {
			continue
		}
		all, err := k.All(parts.Folder{file: []byte(text)})
		if err != nil {
			return text
		}
		var out strings.Builder
		for _, p := range all {
			if p.Fault != "" {
				return text
			}
			out.WriteString(k.Text(p))
		}
		return out.String()
	}
	return text
}

// around is how many lines are shown before and after a change.
const around = 2

// shorten leaves out lines that are far from any change.
func shorten(all []page.Change) []page.Change {
	for i, c := range all {
		lines := strings.SplitAfter(c.Text, "\n")
		if c.Kind != "same" || len(lines) <= 2*around+2 {
			continue
		}
		first, last := strings.Join(lines[:around], ""), strings.Join(lines[len(lines)-around-1:], "")
		if i == 0 {
			first = ""
		}
		if i == len(all)-1 {
			last = ""
		}
		all[i].Text = first + "……\n" + last
	}
	return all
}

// undoFile makes of a file what is in force.
func undoFile(v *page.Visit) (page.Result, error) {
	_, err := removeFile.Do(v, api.ChangeFileInput{ID: v.Path("id"), Path: v.Form.Get("path"), Was: v.Form.Get("was")})
	if err != nil {
		return nil, err
	}
	return page.See(draftPath(v.Path("id"))), nil
}

type askPage struct {
	page.Form
	wire.ContentDraft
	Merge []string // files and rows that both sides changed
}

// asking is a page about a draft that asks something.
func asking(v *page.Visit, title, name string) (page.Page, *askPage, error) {
	d, err := getDraft.Do(v, api.ContentDraftInput{ID: v.Path("id")})
	data := &askPage{Form: v.NewForm(), ContentDraft: d}
	return page.Page{Title: title, Name: name, Nav: home, Crumbs: crumbs(page.Crumb{Label: d.Title, Path: draftPath(d.ID)}), Data: data}, data, err
}

func askDrop(v *page.Visit) (page.Result, error) {
	p, _, err := asking(v, "丢弃稿件", "content/drop")
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doDrop(v *page.Visit) (page.Result, error) {
	_, err := dropDraft.Do(v, api.ContentDraftInput{ID: v.Path("id")})
	if err == nil {
		return done(home, "content-dropped")
	}
	p, data, again := asking(v, "丢弃稿件", "content/drop")
	if again != nil {
		return nil, err
	}
	return v.Again(p, &data.Form, err)
}

func askRebase(v *page.Visit) (page.Result, error) {
	p, _, err := asking(v, "更新到现行内容", "content/rebase")
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

// doRebase puts a draft on what is in force. What both sides changed is asked about, file by file.
func doRebase(v *page.Visit) (page.Result, error) {
	in := wire.RebaseContent{}
	for name, values := range v.Form {
		if file, is := strings.CutPrefix(name, "file:"); is {
			if values[0] == "take" {
				in.Take = append(in.Take, file)
			} else {
				in.Keep = append(in.Keep, file)
			}
		}
	}
	_, err := rebaseDraft.Do(v, api.ContentDraftBody[wire.RebaseContent]{ID: v.Path("id"), Body: in})
	if err == nil {
		return done(draftPath(v.Path("id")), "content-rebased")
	}
	p, data, again := asking(v, "更新到现行内容", "content/rebase")
	if again != nil {
		return nil, err
	}
	if refused, is := errors.AsType[*api.Refusal](err); is && refused.Name() == "merge" {
		data.Merge = slices.Concat(in.Keep, in.Take)
		for _, fault := range refused.Errors {
			_, file, _ := strings.Cut(fault.Message, "：") // behind the field's label
			data.Merge = append(data.Merge, file)
		}
		slices.Sort(data.Merge)
		data.Merge = slices.Compact(data.Merge)
	}
	return v.Again(p, &data.Form, err)
}
