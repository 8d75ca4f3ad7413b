package compose

import (
	"errors"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

func registerSends(k *page.Kit) {
	acts := append([]page.AnyAct{createBroadcast, previewProposal, changeBroadcast, submitBroadcast, testBroadcast, getBroadcast, listRevisions, listBroadcasts}, needed...)
	k.Handle("GET /desk/sends/new", newSend, acts...)
	k.Handle("POST /desk/sends/new", writeSend, acts...)
	k.Handle("POST /desk/sends/new/look", lookAtSend, acts...)
	k.Handle("POST /desk/sends/new/keep", keepSend, acts...)
	k.Handle("GET /desk/sends/{id}/edit", editSend, acts...)
	k.Handle("POST /desk/sends/{id}/edit", writeSend, acts...)
	k.Handle("POST /desk/sends/{id}/look", lookAtSend, acts...)
	k.Handle("POST /desk/sends/{id}/keep", keepSend, acts...)
	k.Handle("GET /desk/sends/{id}/delete", askDelete, deleteBroadcast, getBroadcast)
	k.Handle("POST /desk/sends/{id}/delete", doDelete, deleteBroadcast, getBroadcast)
	k.Says("draft-kept", "已存为草稿。送审以前，只有同事看得到。")
	k.Says("draft-deleted", "草稿已删除。")
	k.Says("sent-for-approval", "已送审。由没有写过它的审批员批准。")
}

// start is the page on which an official chooses what to begin with.
type start struct {
	Drafts []wire.Draft
	Recent []wire.Broadcast
}

func newSend(v *page.Visit) (page.Result, error) {
	draft, from := v.Query("draft"), v.Query("from")
	if draft == "" && from == "" && v.Query("blank") == "" {
		drafts, err := listDrafts.Do(v, api.Nothing{})
		if err != nil {
			return nil, err
		}
		recent, err := listBroadcasts.Do(v, api.ListBroadcastsInput{Limit: 8})
		if err != nil {
			return nil, err
		}
		return v.Show(page.Page{Title: "新写一份群发", Name: "compose/new", Nav: sendsHome, Crumbs: []page.Crumb{{Label: "群发", Path: sendsHome}, {Label: "新写"}},
			Data: start{drafts.Items, recent.Items}})
	}
	e, err := sendEditor(v)
	if err != nil {
		return nil, err
	}
	e.begin()
	if draft != "" {
		i := slices.IndexFunc(e.can.drafts, func(d wire.Draft) bool { return d.ID == draft })
		if i < 0 {
			return nil, page.Refuse(http.StatusNotFound, "没有这份底稿：请回到“新写一份群发”另选")
		}
		p := e.can.drafts[i].Proposal
		p.Committee = v.Person.Committee
		fill(e.said, p)
	}
	if from != "" {
		b, err := getBroadcast.Do(v, api.BroadcastInput{ID: from})
		if err != nil {
			return nil, err
		}
		p := b.Proposal
		p.SendAt, p.ExpireAt, p.Emergency = time.Time{}, time.Time{}, false // those times are over
		fill(e.said, p)
	}
	return e.open()
}

// sendEditor is the page of the broadcast that the address or the form names, or of a new one.
func sendEditor(v *page.Visit) (*editor, error) {
	e := newEditor(v)
	return e, e.ready(e.can.whole(v))
}

// lookEditor is sendEditor for an answer that is no page.
func lookEditor(v *page.Visit) (*editor, error) {
	e := newEditor(v)
	return e, e.ready(e.can.ticked(v, e.said["cite"]))
}

// ready chooses a template for each channel to begin with, once what can be chosen was read.
func (e *editor) ready(err error) error {
	if err != nil {
		return err
	}
	for _, channel := range channels {
		if found := e.can.templates.of(channel); e.said.Get(channel+".template") == "" && len(found) > 0 {
			e.said.Set(channel+".template", found[0].ID)
		}
	}
	return nil
}

// stands says on the page how the broadcast stands.
func (e *editor) stands(b wire.Broadcast) {
	e.ID, e.Status, e.Label, e.Title = b.ID, b.Status, b.StatusLabel, "修改："+b.Proposal.Title
	e.Removes = b.Status == "draft" && b.Author == e.v.Person.ID
}

// remind notes why an approver returned the draft, until it is submitted again.
func (e *editor) remind() error {
	if e.Status != "draft" {
		return nil
	}
	revisions, err := listRevisions.Do(e.v, api.BroadcastInput{ID: e.ID})
	if err != nil {
		return err
	}
	latest := slices.IndexFunc(revisions.Items, func(r wire.BroadcastRevision) bool { return r.Act == "reject" || r.Act == "submit" })
	if latest >= 0 && revisions.Items[latest].Act == "reject" {
		e.Returned = strings.TrimRight(revisions.Items[latest].Why, "。")
	}
	return nil
}

// address sets where the form goes.
func (e *editor) address() {
	e.said.Set("id", e.ID)
	home := sendsHome
	if e.Series {
		home = seriesHome
	}
	e.Path = home + "/new"
	if e.ID != "" {
		e.Path = home + "/" + e.ID + "/edit"
	}
	if !e.Series && (e.ID == "" || e.Status == "draft") {
		e.Autosave = strings.TrimSuffix(e.Path, "/edit") + "/keep"
	}
}

// LookPath is where the form is looked at.
func (e *editor) LookPath() string { return strings.TrimSuffix(e.Path, "/edit") + "/look" }

// DeletePath is where the person is asked whether it is to go.
func (e *editor) DeletePath() string { return strings.TrimSuffix(e.Path, "/edit") + "/delete" }

// open shows the page for the first time.
func (e *editor) open() (page.Result, error) {
	e.address()
	if err := e.lookAt(false); err != nil {
		return nil, err
	}
	return e.v.Show(e.show())
}

// editable are the statuses in which a broadcast can be changed.
var editable = []string{"draft", "submitted", "approved", "scheduled", "held"}

func editSend(v *page.Visit) (page.Result, error) {
	b, err := getBroadcast.Do(v, api.BroadcastInput{ID: v.Path("id")})
	if err != nil {
		return nil, err
	}
	if !slices.Contains(editable, b.Status) || !b.BegunAt.IsZero() {
		return page.See(sendsHome + "/" + b.ID), nil
	}
	e, err := sendEditor(v)
	if err != nil {
		return nil, err
	}
	e.fillKept(b)
	if err := e.remind(); err != nil {
		return nil, err
	}
	return e.open()
}

// fillKept puts what is kept into the form.
func (e *editor) fillKept(b wire.Broadcast) {
	e.stands(b)
	fill(e.said, b.Proposal)
	e.said.Set("version", version(b.Version))
}

// writeSend is what the buttons of the form do.
func writeSend(v *page.Visit) (page.Result, error) {
	e, err := sendEditor(v)
	if err != nil {
		return nil, err
	}
	if e.ID != "" {
		b, err := getBroadcast.Do(v, api.BroadcastInput{ID: e.ID})
		if err != nil {
			return nil, err
		}
		e.stands(b)
		if err := e.remind(); err != nil {
			return nil, err
		}
	}
	e.address()
	button := v.Form.Get("do")
	if e.press(button) {
		return e.look(false, false)
	}
	switch what, channel, _ := strings.Cut(button, ":"); what {
	case "save":
		return e.save(func(b wire.Broadcast) (page.Result, error) {
			return page.See(sendsHome + "/" + b.ID + "/edit?done=draft-kept"), nil
		})
	case "submit":
		return e.save(e.submit)
	case "test":
		return e.save(func(b wire.Broadcast) (page.Result, error) { return e.test(b, channel) })
	}
	return e.look(button == "count", button == "check")
}

// look shows the form again with what it would do; marking has each fault stand beside its field, too.
func (e *editor) look(counting, marking bool) (page.Result, error) {
	if err := e.lookAt(counting); err != nil {
		return nil, err
	}
	if marking {
		e.mark()
	}
	return e.v.Show(e.show())
}

// mark puts what is to be mended beside its field.
func (e *editor) mark() {
	for _, f := range e.Look.Faults {
		if e.Fault(f.Field) == "" {
			e.Refuse(f.Field, f.Text)
		}
	}
}

// save keeps what the form says, and goes on. What was changed by somebody else meanwhile is shown beside it.
func (e *editor) save(next func(wire.Broadcast) (page.Result, error)) (page.Result, error) {
	b, err := e.keep()
	if r, ok := errors.AsType[*api.Refusal](err); ok && e.ID != "" && (r.Name() == "changed" || r.Name() == "key-reused") {
		return e.collide()
	}
	if r, ok := errors.AsType[*api.Refusal](err); ok && r.Name() == "key-reused" {
		e.Refuse("", "这份表单已经存过一次。再存会另存一份草稿；要改存过的那一份，请到群发列表里打开它")
		e.Refused = true
		err = errRefused
	}
	if err == nil {
		e.stands(b)
		e.address()
		e.said.Set("version", version(b.Version))
		return next(b)
	}
	if look := e.lookAt(false); look != nil {
		return nil, look
	}
	if errors.Is(err, errRefused) {
		return e.again(http.StatusUnprocessableEntity)
	}
	return e.refuse(err)
}

// errRefused says that the form has noted what is wrong.
var errRefused = errors.New("the form has faults")

// keep makes the draft, or changes it from the version that was looked at. What is kept already, word for word, is not kept again.
func (e *editor) keep() (wire.Broadcast, error) {
	p, faults := e.read()
	if e.refuseAll(faults) {
		return wire.Broadcast{}, errRefused
	}
	if e.ID == "" {
		return createBroadcast.Do(e.v, api.Body[wire.CreateBroadcast]{Body: wire.CreateBroadcast{Proposal: p}})
	}
	if now, err := getBroadcast.Do(e.v, api.BroadcastInput{ID: e.ID}); err != nil || e.isKept(now, p) {
		return now, err
	}
	return changeBroadcast.Do(e.v, api.BroadcastBody[wire.ChangeBroadcast]{ID: e.ID, Body: wire.ChangeBroadcast{Version: number(e.said.Get("version")), Proposal: p}})
}

func version(n int64) string { return strconv.FormatInt(n, 10) }

// number reads the version that a form carries; what is none is that of nothing, which the API refuses.
func number(version string) int64 {
	n, _ := strconv.ParseInt(version, 10, 64)
	return n
}

// isKept says that a broadcast says already what the form does.
func (e *editor) isKept(b wire.Broadcast, p wire.Proposal) bool {
	kept := e.said
	defer func() { e.said = kept }()
	e.said = url.Values{}
	fill(e.said, b.Proposal)
	again, faults := e.read()
	return len(faults) == 0 && reflect.DeepEqual(again, p)
}

// collide shows what somebody else kept beside what the form says. Saving again replaces it, knowingly.
func (e *editor) collide() (page.Result, error) {
	b, err := getBroadcast.Do(e.v, api.BroadcastInput{ID: e.ID})
	if err != nil {
		return nil, err
	}
	e.stands(b)
	e.said.Set("version", version(b.Version))
	e.conflictWith(strings.Join(b.EditorLabels, "、"), b.Proposal)
	if err := e.lookAt(false); err != nil {
		return nil, err
	}
	return e.again(http.StatusConflict)
}

// submit asks for the approval of what was just kept.
func (e *editor) submit(b wire.Broadcast) (page.Result, error) {
	if b.Status == "submitted" {
		return page.See(sendsHome + "/" + b.ID + "?done=sent-for-approval"), nil
	}
	if err := e.lookAt(false); err != nil {
		return nil, err
	}
	_, err := submitBroadcast.Do(e.v, api.BroadcastBody[*wire.Acceptance]{ID: b.ID, Body: &wire.Acceptance{Accept: e.accepted()}})
	if err != nil {
		return e.refuse(err)
	}
	return page.See(sendsHome + "/" + b.ID + "?done=sent-for-approval"), nil
}

// test sends what was just kept to the person's own phone, or account.
func (e *editor) test(b wire.Broadcast, channel string) (page.Result, error) {
	tested, err := testBroadcast.Do(e.v, api.BroadcastBody[wire.TestBroadcast]{ID: b.ID, Body: wire.TestBroadcast{Channel: channel}})
	if look := e.lookAt(false); look != nil {
		return nil, look
	}
	if err != nil {
		return e.refuse(err)
	}
	e.Say = "已发到您的手机（" + channelLabels[channel] + "）：" + strings.Join(slices.DeleteFunc([]string{tested.StateLabel, tested.CodeLabel, tested.Advice}, func(s string) bool { return s == "" }), "，")
	return e.v.Show(e.show())
}

// lookAtSend answers each change of an open page with what the form would do now.
func lookAtSend(v *page.Visit) (page.Result, error) {
	e, err := lookEditor(v)
	if err != nil {
		return nil, err
	}
	e.address()
	if err := e.lookAt(false); err != nil {
		return nil, err
	}
	return v.Partial("compose/edit", "look", e)
}

// keepSend keeps a draft by itself, some seconds after a change.
func keepSend(v *page.Visit) (page.Result, error) {
	e, err := lookEditor(v)
	if err != nil {
		return nil, err
	}
	if e.ID != "" {
		b, err := getBroadcast.Do(v, api.BroadcastInput{ID: e.ID})
		if err != nil {
			return nil, err
		}
		if e.stands(b); b.Status != "draft" {
			e.Saved = "它已经不是草稿（" + b.StatusLabel + "），不再自动存。要改，请按“存草稿”"
			return e.kept(false)
		}
	}
	b, err := e.keep()
	r, refused := errors.AsType[*api.Refusal](err)
	switch {
	case err == nil:
		e.stands(b)
		e.said.Set("version", version(b.Version))
		e.Saved = stamp(v) + " 已存为草稿"
		return e.kept(true)
	case errors.Is(err, errRefused):
		e.Saved = "还没有存：" + e.Faults()[0].Text
		return e.kept(false)
	case refused && r.Name() == "changed":
		e.Saved = "同事刚改过这一份，没有自动存。请按“存草稿”，对照两边再决定"
		return e.kept(false)
	case refused && r.Status < http.StatusInternalServerError && r.Status != http.StatusTooManyRequests:
		e.Saved = "还没有存：" + r.Detail
		if len(r.Errors) > 0 {
			e.Saved = "还没有存：" + r.Errors[0].Message
		}
		return e.kept(false)
	}
	return nil, err
}

// kept is the part of the form that says when it was kept, and as what; or why not.
func (e *editor) kept(is bool) (page.Result, error) {
	e.Unsaved = !is
	e.address()
	e.show()
	return e.v.Partial("compose/edit", "saved", e)
}

// removal is the page that asks whether a draft is to go.
type removal struct {
	page.Form
	Broadcast wire.Broadcast
}

func askDelete(v *page.Visit) (page.Result, error) {
	p, _, err := removalPage(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func doDelete(v *page.Visit) (page.Result, error) {
	_, err := deleteBroadcast.Do(v, api.BroadcastInput{ID: v.Path("id")})
	if err == nil {
		return page.See(sendsHome + "?done=draft-deleted"), nil
	}
	p, form, missing := removalPage(v)
	if missing != nil {
		return nil, missing
	}
	return v.Again(p, form, err)
}

func removalPage(v *page.Visit) (page.Page, *page.Form, error) {
	b, err := getBroadcast.Do(v, api.BroadcastInput{ID: v.Path("id")})
	if err != nil {
		return page.Page{}, nil, err
	}
	data := &removal{v.NewForm(), b}
	return page.Page{Title: "删除草稿：" + b.Proposal.Title, Name: "compose/delete", Nav: sendsHome,
		Crumbs: []page.Crumb{{Label: "群发", Path: sendsHome}, {Label: b.Proposal.Title, Path: sendsHome + "/" + b.ID + "/edit"}, {Label: "删除"}}, Data: data}, &data.Form, nil
}
