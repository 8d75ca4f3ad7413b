// Package approve has the desk's pages on which a broadcast is approved: what is signed, and what is not; the same on paper.
package approve

import (
	"embed"
	"errors"
	"fmt"
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

var (
	getBroadcast   = page.NewAct[api.BroadcastInput, wire.Broadcast]("get-broadcast")
	getSigned      = page.NewAct[api.BroadcastInput, wire.Signed]("get-broadcast-signed")
	getDifference  = page.NewAct[api.DifferenceInput, wire.Difference]("get-broadcast-difference")
	listRevisions  = page.NewAct[api.BroadcastInput, wire.Page[wire.BroadcastRevision]]("list-broadcast-revisions")
	listApprovers  = page.NewAct[api.BroadcastInput, wire.Page[wire.Approver]]("list-broadcast-approvers")
	preview        = page.NewAct[api.BroadcastInput, wire.Preview]("preview-broadcast")
	approve        = page.NewAct[api.BroadcastBody[wire.Approval], wire.Broadcast]("approve-broadcast")
	reject         = page.NewAct[api.BroadcastBody[wire.Reason], wire.Broadcast]("reject-broadcast")
	schedule       = page.NewAct[api.BroadcastInput, wire.Broadcast]("schedule-broadcast")
	confirmSending = page.NewAct[api.BroadcastInput, wire.Broadcast]("confirm-broadcast")
)

// Register adds the pages to the desk.
func Register(k *page.Kit) {
	k.Templates(templates, "approve")
	k.Says("reviewed", "已复审，等另一位终审。")
	k.Says("approved", "已批准。")
	k.Says("returned", "已退回修改。")
	k.Says("scheduled", "已排期。")
	k.Says("confirmed", "已确认，继续发送。")
	shown := []page.AnyAct{getBroadcast, getSigned, getDifference, listRevisions, listApprovers, preview}
	k.Handle("GET /desk/sends/{id}/approve", show, shown...)
	k.Handle("GET /desk/sends/{id}/sheet", sheet, shown...)
	k.Handle("POST /desk/sends/{id}/approve", doApprove, append([]page.AnyAct{approve}, shown...)...)
	k.Handle("POST /desk/sends/{id}/approve/return", doReturn, append([]page.AnyAct{reject}, shown...)...)
	k.Handle("POST /desk/sends/{id}/approve/schedule", doSchedule, append([]page.AnyAct{schedule}, shown...)...)
	k.Handle("POST /desk/sends/{id}/approve/confirm", doConfirm, append([]page.AnyAct{confirmSending}, shown...)...)
}

// many is from how many recipients on an approver types their number, when not everybody gets it.
const many = 1000

// approval is the page of one broadcast.
type approval struct {
	page.Form
	Broadcast wire.Broadcast
	Signed    wire.Signed
	Groups    []group
	Now       wire.Preview
	NowFails  string // why Now cannot be said
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

func show(v *page.Visit) (page.Result, error) {
	data, err := read(v)
	if err != nil {
		return nil, err
	}
	return v.Show(data.page("approve/approve"))
}

func (a *approval) page(name string) page.Page {
	b := a.Broadcast
	return page.Page{
		Title: a.Turn + "：" + b.Proposal.Title, Name: name, Nav: "/desk/sends", Data: a,
		Crumbs: []page.Crumb{{Label: "群发", Path: "/desk/sends"}, {Label: b.Proposal.Title, Path: "/desk/sends/" + url.PathEscape(b.ID)}, {Label: "审批"}},
		Fields: map[string]string{"body.hash": "", "body.why": "why", "body.accept": "accept"},
	}
}

// read is the page as it is now.
func read(v *page.Visit) (*approval, error) {
	in := api.BroadcastInput{ID: v.Path("id")}
	a := &approval{}
	var err error
	if a.Broadcast, err = getBroadcast.Do(v, in); err != nil {
		return nil, err
	}
	if a.Signed, err = getSigned.Do(v, in); err != nil {
		return nil, err
	}
	if a.Before, err = getDifference.Do(v, api.DifferenceInput{BroadcastInput: in}); err != nil {
		return nil, err
	}
	revisions, err := listRevisions.Do(v, in)
	if err != nil {
		return nil, err
	}
	approvers, err := listApprovers.Do(v, in)
	if err != nil {
		return nil, err
	}
	a.Revisions, a.Approvers, a.Groups = revisions.Items, approvers.Items, groupsOf(a.Signed)
	if waits := []string{"submitted", "approved", "scheduled", "held"}; slices.Contains(waits, a.Broadcast.Status) {
		if a.Now, err = preview.Do(v, in); err != nil { // the rest of the page does not wait for it
			refusal, refused := errors.AsType[*api.Refusal](err)
			if !refused {
				return nil, err
			}
			a.NowFails = refusal.Detail
		}
	}
	a.may(v)
	a.Accept = warnings(a.Broadcast)
	a.Size = sizeToType(a.Broadcast)
	a.Form = v.NewForm(page.Subject(a.Signed.Hash))
	return a, nil
}

// sizeToType is the number that an approver types, "" when it goes to few, or to a list of which no number is told.
func sizeToType(b wire.Broadcast) string {
	if b.Size == nil || !b.Proposal.Audience.All && *b.Size < many {
		return ""
	}
	return strconv.Itoa(*b.Size)
}

// may says what the person can do, and whose turn it is.
func (a *approval) may(v *page.Visit) {
	b, me := a.Broadcast, v.Person.ID
	acts := (!b.Emergency || v.Person.Role.May(staff.SendEmergency)) && v.Person.Sees(b.Proposal.Committee)
	mine := b.Status == "submitted" && slices.ContainsFunc(a.Approvers, func(p wire.Approver) bool { return p.ID == me })
	a.Own = slices.Contains(b.Editors, me)
	a.MaySign = mine && a.Signed.Intact
	a.MayReturn = b.Status == "submitted" && v.May(reject)
	a.MaySchedule = b.Status == "approved" && v.May(schedule) && acts
	a.MayConfirm = b.Status == "held" && v.May(confirmSending) && acts && !a.Own
	author := strings.TrimSuffix(b.AuthorLabel, "（"+b.Author+"）")
	switch {
	case mine && b.Reviewer != "":
		a.Turn = author + "请您终审"
	case mine:
		a.Turn = author + "请您审批"
	case b.Status == "submitted" && b.Reviewer == me:
		a.Turn = "您已复审，等另一位终审"
	case b.Status == "submitted":
		a.Turn = "等别人审批"
	case a.MayConfirm:
		a.Turn = "请您再次确认"
	default:
		a.Turn = b.StatusLabel
	}
}

// warnings are those to accept: those of now, and those that were accepted on submission.
func warnings(b wire.Broadcast) []page.Choice {
	var all []page.Choice
	for _, w := range b.Warnings {
		if w.Name != "" {
			all = append(all, page.Choice{Value: w.Name, Label: w.Text})
		}
	}
	for _, name := range b.Accepted {
		if !slices.ContainsFunc(all, func(c page.Choice) bool { return c.Value == name }) {
			all = append(all, page.Choice{Value: name, Label: name, Hint: "送审时接受过的提醒"})
		}
	}
	return all
}

func doApprove(v *page.Visit) (page.Result, error) {
	hash := v.Form.Get("hash")
	b, err := sign(v, hash)
	switch {
	case err != nil:
		return again(v, err)
	case b.Status == "submitted":
		return done(v, "reviewed"), nil
	}
	return done(v, "approved"), nil
}

// sign gives the person's yes to what they saw, by its hash.
func sign(v *page.Visit, hash string) (wire.Broadcast, error) {
	b, err := getBroadcast.Do(v, api.BroadcastInput{ID: v.Path("id")})
	if err != nil {
		return b, err
	}
	typed := strings.NewReplacer(",", "", "，", "", "人", "", " ", "").Replace(v.Form.Get("size"))
	if want := sizeToType(b); hash == b.Hash && want != "" && typed != want {
		return wire.Broadcast{}, &page.FieldError{Field: "size", Text: "与签批内容里的人数不符：请看清对象和人数，再照着填写"}
	}
	if err := v.StepUp(hash); err != nil {
		return wire.Broadcast{}, err
	}
	return approve.Do(v, api.BroadcastBody[wire.Approval]{ID: v.Path("id"), Body: wire.Approval{Hash: hash, Accept: v.Form["accept"]}})
}

func doReturn(v *page.Visit) (page.Result, error) {
	_, err := reject.Do(v, api.BroadcastBody[wire.Reason]{ID: v.Path("id"), Body: wire.Reason{Why: strings.TrimSpace(v.Form.Get("why"))}})
	if err != nil {
		return again(v, err)
	}
	return done(v, "returned"), nil
}

func doSchedule(v *page.Visit) (page.Result, error) {
	if _, err := schedule.Do(v, api.BroadcastInput{ID: v.Path("id")}); err != nil {
		return again(v, err)
	}
	return done(v, "scheduled"), nil
}

func doConfirm(v *page.Visit) (page.Result, error) {
	if err := v.StepUp(v.Form.Get("hash")); err != nil {
		return again(v, err)
	}
	if _, err := confirmSending.Do(v, api.BroadcastInput{ID: v.Path("id")}); err != nil {
		return again(v, err)
	}
	return done(v, "confirmed"), nil
}

func done(v *page.Visit, word string) page.Result {
	return page.See(fmt.Sprintf("/desk/sends/%s/approve?done=%s", url.PathEscape(v.Path("id")), word))
}

// again shows the page as it is now, with what was refused, and what changed since the person looked at it.
func again(v *page.Visit, why error) (page.Result, error) {
	a, err := read(v)
	if err != nil {
		return nil, err
	}
	seen, _ := strconv.ParseInt(v.Form.Get("version"), 10, 64)
	if refusal, is := errors.AsType[*api.Refusal](why); is && refusal.Status == http.StatusConflict && seen > 0 && !(v.Form.Get("hash") == a.Signed.Hash && a.Signed.Intact) {
		since, err := getDifference.Do(v, api.DifferenceInput{BroadcastInput: api.BroadcastInput{ID: v.Path("id")}, Compared: api.Compared{From: seen, Now: true}})
		if err == nil {
			a.Since = &since
		}
	}
	return v.Again(a.page("approve/approve"), &a.Form, why)
}
