package content

import (
	"errors"
	"slices"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerChecks(k *page.Kit) {
	k.Handle("GET /desk/content/drafts/{id}/check", showCheck, listDifferences, getDraft, listKinds)
	k.Handle("POST /desk/content/drafts/{id}/submit", doSubmit, submitDraft, getDraft, listDifferences, listKinds)
	k.Handle("POST /desk/content/drafts/{id}/publish", doPublish, publishDraft, getDraft, listDifferences, listKinds)
	k.Handle("POST /desk/content/drafts/{id}/return", doReturn, returnDraft, getDraft, listDifferences, listKinds)
	k.Says("content-submitted", "已送审。要由另一位没有改过它的同事发布。")
	k.Says("content-published", "已发布：机器人马上用新内容回答。")
	k.Says("content-returned", "已退回给作者。")
}

type checkPage struct {
	page.Form
	wire.ContentDraft
	Differences *wire.ContentDifferences
	Broken      []broken // of its files: it cannot be asked anything
	FaultDetail string
	Worse       []difference
	Better      []difference
	Other       []difference
	Submits     bool
	Publishes   bool
	Edited      bool // by the person who looks: another has to publish it
}

// broken is a fault of a file, and where it is mended.
type broken struct{ Text, Edit string }

// difference is a question that is answered otherwise. Accepted is whether a worse answer was accepted, or is about to be.
type difference struct {
	wire.ContentDifference
	Accepted bool
}

// check asks every known question of what is in force and of a draft.
func check(v *page.Visit) (page.Page, *checkPage, error) {
	d, err := getDraft.Do(v, api.ContentDraftInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &checkPage{ContentDraft: d, Form: v.NewForm(page.Subject(d.Hash))}
	p := page.Page{Title: "试：" + d.Title, Name: "content/check", Nav: home, Crumbs: crumbs(page.Crumb{Label: d.Title, Path: draftPath(d.ID)}), Data: data,
		Fields: map[string]string{"body.accept": "accept", "body.why": "why", "body.hash": ""}}
	differences, err := listDifferences.Do(v, api.ContentDraftInput{ID: d.ID})
	if refused, is := errors.AsType[*api.Refusal](err); is && refused.Name() == "faults" {
		data.FaultDetail = refused.Detail
		kinds, err := listKinds.Do(v, api.Nothing{})
		for _, fault := range refused.Errors {
			_, edit := placeOf(d.ID, kinds.Items, strings.TrimPrefix(fault.Location, "files."))
			data.Broken = append(data.Broken, broken{fault.Message, edit})
		}
		return p, data, err
	}
	if err != nil {
		return p, nil, err
	}
	data.Differences = &differences
	for _, found := range differences.Items {
		item := difference{found, slices.Contains(d.Accepted, found.Question) || data.Has("accept", found.Question)}
		switch item.Verdict {
		case "worse":
			data.Worse = append(data.Worse, item)
		case "better":
			data.Better = append(data.Better, item)
		default:
			data.Other = append(data.Other, item)
		}
	}
	data.Edited = slices.Contains(d.Editors, v.Person.ID)
	data.Submits = d.Status == "draft" && v.May(submitDraft) && !d.Stale
	data.Publishes = d.Status == "submitted" && v.May(publishDraft) && !data.Edited && !d.Stale
	return p, data, nil
}

func showCheck(v *page.Visit) (page.Result, error) {
	p, _, err := check(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

// checkAgain shows the page again with what was refused.
func checkAgain(v *page.Visit, err error) (page.Result, error) {
	p, data, failed := check(v)
	if failed != nil {
		return nil, err
	}
	if refused, is := errors.AsType[*api.Refusal](err); is && refused.Name() == "worse" {
		again := *refused
		again.Errors = nil
		for _, item := range data.Worse {
			if !item.Accepted {
				again.Errors = append(again.Errors, wire.Fault{Location: "body.accept", Message: "“" + item.Question + "”会变坏：改好稿件，或者勾上接受它"})
			}
		}
		err = &again
	}
	return v.Again(p, &data.Form, err)
}

func doSubmit(v *page.Visit) (page.Result, error) {
	_, err := submitDraft.Do(v, api.ContentDraftBody[wire.SubmitContent]{ID: v.Path("id"), Body: wire.SubmitContent{Accept: v.Form["accept"]}})
	if err != nil {
		return checkAgain(v, err)
	}
	return done(draftPath(v.Path("id")), "content-submitted")
}

// doPublish publishes exactly the hash that was on the page.
func doPublish(v *page.Visit) (page.Result, error) {
	hash := v.Form.Get("hash")
	if err := v.StepUp(hash); err != nil {
		return checkAgain(v, err)
	}
	_, err := publishDraft.Do(v, api.ContentDraftBody[wire.PublishContent]{ID: v.Path("id"), Body: wire.PublishContent{Hash: hash}})
	if err != nil {
		return checkAgain(v, err)
	}
	return done(draftPath(v.Path("id")), "content-published")
}

func doReturn(v *page.Visit) (page.Result, error) {
	_, err := returnDraft.Do(v, api.ContentDraftBody[wire.ReturnContent]{ID: v.Path("id"), Body: wire.ReturnContent{Why: v.Form.Get("why")}})
	if err != nil {
		return checkAgain(v, err)
	}
	return done(draftPath(v.Path("id")), "content-returned")
}
