// Package approve has the desk's pages on which a broadcast or a series is approved: what is signed, and what is not; the same on paper.
package approve

import (
	"embed"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/staff"
)

//go:embed *.html
var templates embed.FS

// Register adds the pages to the desk.
func Register(k *page.Kit) {
	k.Templates(templates, "approve")
	k.Says("reviewed", "已复审，等另一位终审。")
	k.Says("approved", "已批准。")
	k.Says("returned", "已退回修改。")
	k.Says("scheduled", "已排期。")
	k.Says("confirmed", "已确认，继续发送。")
	for _, of := range []kind{broadcasts, series} {
		at := of.list.Path + "/{id}/approve"
		k.Handle("GET "+at, of.show, of.shown...)
		k.Handle("POST "+at, of.doApprove, append([]page.AnyAct{of.approves}, of.shown...)...)
		k.Handle("GET "+of.list.Path+"/{id}/sheet", of.sheet, append(slices.Clone(of.shown), getCity)...)
		k.Handle("POST "+at+"/return", of.doReturn, append([]page.AnyAct{of.rejects}, of.shown...)...)
	}
	k.Watch("GET /desk/sends/{id}/approve/live", liveNow, preview, getBroadcast)
	k.Handle("POST /desk/sends/{id}/approve/schedule", doSchedule, append([]page.AnyAct{schedule}, broadcasts.shown...)...)
	k.Handle("POST /desk/sends/{id}/approve/confirm", doConfirm, append([]page.AnyAct{confirmSending}, broadcasts.shown...)...)
}

// many is from how many recipients on an approver types their number, when not everybody gets it.
const many = 1000

// approval is the page of one matter.
type approval struct {
	page.Form
	Matter    matter
	Signed    wire.Signed
	Groups    []group
	Counts    bool // its people, now
	Living    living
	Before    wire.Difference
	Since     *wire.Difference // what changed since the person looked
	Revisions []wire.BroadcastRevision
	Approvers []wire.Approver // who can sign it now
	Turn      string          // whose turn it is
	Accept    []page.Choice   // warnings to accept
	Size      string          // to type, "" when it need not be
	MaySign, MayReturn, MaySchedule, MayConfirm,
	Own bool
}

func (k kind) show(v *page.Visit) (page.Result, error) {
	data, err := k.read(v)
	if err != nil {
		return nil, err
	}
	return v.Show(data.page(k, "approve/approve"))
}

func (a *approval) page(k kind, name string) page.Page {
	return page.Page{
		Title: a.Turn + "：" + a.Matter.Title, Name: name, Nav: k.list.Path, Data: a,
		Crumbs: []page.Crumb{k.list, {Label: a.Matter.Title, Path: a.Matter.Path}, {Label: "审批"}},
		Fields: map[string]string{"body.hash": "", "body.why": "why", "body.accept": "accept"},
	}
}

// read is the page as it is now.
func (k kind) read(v *page.Visit) (*approval, error) {
	a := &approval{Counts: k.now != nil}
	var err error
	if a.Matter, err = k.find(v); err != nil {
		return nil, err
	}
	if a.Signed, err = k.signed(v); err != nil {
		return nil, err
	}
	if a.Before, err = k.difference(v, api.Compared{}); err != nil {
		return nil, err
	}
	revisions, err := k.revisions(v)
	if err != nil {
		return nil, err
	}
	approvers, err := k.approvers(v)
	if err != nil {
		return nil, err
	}
	a.Revisions, a.Approvers, a.Groups = revisions.Items, approvers.Items, groupsOf(a.Signed)
	if a.Counts {
		if a.Living, err = k.living(v, a.Matter); err != nil {
			return nil, err
		}
	}
	a.may(v, k)
	a.Accept = a.Matter.warnings()
	a.Size = a.Matter.sizeToType()
	a.Form = v.NewForm(page.Subject(a.Signed.Hash))
	return a, nil
}

// living is how a broadcast's audience is now. It is not signed, and nothing waits until it is counted.
type living struct {
	Now     wire.Preview
	Fails   string // why Now cannot be said
	Status  string // in words, when it is not counted any more; "" when it is
	Counted page.Counted
}

func (k kind) living(v *page.Visit, m matter) (l living, err error) {
	if !slices.Contains([]string{"submitted", "approved", "scheduled", "held"}, m.Status) {
		return living{Status: m.StatusLabel}, nil
	}
	l.Now, err = k.now(v)
	if refusal, refused := errors.AsType[*api.Refusal](err); refused {
		l.Fails, err = refusal.Detail, nil
	}
	l.Counted = page.CountedAt(l.Now.CountedAt, l.Now.Counting, m.Path+"/approve/live")
	return l, err
}

func liveNow(v *page.Visit) (page.Result, error) {
	m, err := broadcasts.find(v)
	if err != nil {
		return nil, err
	}
	l, err := broadcasts.living(v, m)
	if err != nil {
		return nil, err
	}
	return v.Counting("approve/approve", "living", l, l.Counted)
}

// sizeToType is the number that an approver types, "" when it goes to few, or to a list of which no number is told.
func (m matter) sizeToType() string {
	if m.Size == nil || !m.all && *m.Size < many {
		return ""
	}
	return strconv.Itoa(*m.Size)
}

// may says what the person can do, and whose turn it is.
func (a *approval) may(v *page.Visit, k kind) {
	m, me := a.Matter, v.Person.ID
	acts := (!m.emergency || v.Person.Role.May(staff.SendEmergency)) && v.Person.Sees(m.committee)
	mine := m.Waits && slices.ContainsFunc(a.Approvers, func(p wire.Approver) bool { return p.ID == me })
	a.Own = slices.Contains(m.Editors, me)
	a.MaySign = mine && a.Signed.Intact
	a.MayReturn = m.Waits && v.May(k.rejects)
	a.MaySchedule = m.Status == "approved" && v.May(schedule) && acts
	a.MayConfirm = m.Status == "held" && v.May(confirmSending) && acts && !a.Own
	author := strings.TrimSuffix(m.AuthorLabel, "（"+m.Author+"）")
	switch {
	case mine && m.Reviewer != "":
		a.Turn = author + "请您终审"
	case mine:
		a.Turn = author + "请您审批"
	case m.Waits && m.Reviewer == me:
		a.Turn = "您已复审，等另一位终审"
	case m.Waits:
		a.Turn = "等别人审批"
	case a.MayConfirm:
		a.Turn = "请您再次确认"
	default:
		a.Turn = m.StatusLabel
	}
}

// warnings are those to accept: those of now, and those that were accepted on submission.
func (m matter) warnings() []page.Choice {
	var all []page.Choice
	for _, w := range m.found {
		if w.Name != "" {
			all = append(all, page.Choice{Value: w.Name, Label: w.Text})
		}
	}
	for _, name := range m.accepted {
		if !slices.ContainsFunc(all, func(c page.Choice) bool { return c.Value == name }) {
			all = append(all, page.Choice{Value: name, Label: name, Hint: "送审时接受过的提醒"})
		}
	}
	return all
}

func (k kind) doApprove(v *page.Visit) (page.Result, error) {
	m, err := k.sign(v, v.Form.Get("hash"))
	switch {
	case err != nil:
		return k.again(v, err)
	case m.Waits:
		return k.done(v, "reviewed"), nil
	}
	return k.done(v, "approved"), nil
}

// sign gives the person's yes to what they saw, by its hash.
func (k kind) sign(v *page.Visit, hash string) (matter, error) {
	m, err := k.find(v)
	if err != nil {
		return m, err
	}
	typed := strings.NewReplacer(",", "", "，", "", "人", "", " ", "").Replace(v.Form.Get("size"))
	if want := m.sizeToType(); hash == m.hash && want != "" && typed != want {
		return matter{}, &page.FieldError{Field: "size", Text: "与签批内容里的人数不符：请看清对象和人数，再照着填写"}
	}
	if err := v.StepUp(hash); err != nil {
		return matter{}, err
	}
	return k.approve(v, wire.Approval{Hash: hash, Accept: v.Form["accept"]})
}

func (k kind) doReturn(v *page.Visit) (page.Result, error) {
	if err := k.reject(v, wire.Reason{Why: strings.TrimSpace(v.Form.Get("why"))}); err != nil {
		return k.again(v, err)
	}
	return k.done(v, "returned"), nil
}

func doSchedule(v *page.Visit) (page.Result, error) {
	if _, err := schedule.Do(v, api.BroadcastInput{ID: v.Path("id")}); err != nil {
		return broadcasts.again(v, err)
	}
	return broadcasts.done(v, "scheduled"), nil
}

func doConfirm(v *page.Visit) (page.Result, error) {
	if err := v.StepUp(v.Form.Get("hash")); err != nil {
		return broadcasts.again(v, err)
	}
	if _, err := confirmSending.Do(v, api.BroadcastInput{ID: v.Path("id")}); err != nil {
		return broadcasts.again(v, err)
	}
	return broadcasts.done(v, "confirmed"), nil
}

func (k kind) done(v *page.Visit, word string) page.Result {
	return page.See(k.list.Path + "/" + url.PathEscape(v.Path("id")) + "/approve?done=" + word)
}

// again shows the page as it is now, with what was refused, and what changed since the person looked at it.
func (k kind) again(v *page.Visit, why error) (page.Result, error) {
	a, err := k.read(v)
	if err != nil {
		return nil, err
	}
	seen, _ := strconv.ParseInt(v.Form.Get("version"), 10, 64)
	if refusal, is := errors.AsType[*api.Refusal](why); is && refusal.Status == http.StatusConflict && seen > 0 && !(v.Form.Get("hash") == a.Signed.Hash && a.Signed.Intact) {
		since, err := k.difference(v, api.Compared{From: seen, Now: true})
		if err == nil {
			a.Since = &since
		}
	}
	return v.Again(a.page(k, "approve/approve"), &a.Form, why)
}
