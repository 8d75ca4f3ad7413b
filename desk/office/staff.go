package office

import (
	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/staff"
)

var (
	listStaff       = page.NewAct[api.Nothing, wire.Page[wire.Person]]("list-staff")
	addStaff        = page.NewAct[api.Body[wire.AddStaff], wire.Person]("add-staff")
	listInvitations = page.NewAct[api.Nothing, wire.Page[wire.Invitation]]("list-invitations")
	listCommittees  = page.NewAct[api.Nothing, wire.Page[wire.Committee]]("list-committees")
)

func registerStaff(k *page.Kit) {
	k.Section("/desk/staff", listStaff)
	k.Says("added", "已添加。还要邀请本人设置登录：请按“邀请设置登录”。")
	k.Handle("GET /desk/staff", showStaff, listStaff, listInvitations, addStaff)
	k.Handle("GET /desk/staff/new", showNew, addStaff, listCommittees)
	k.Handle("POST /desk/staff/new", add, addStaff, listCommittees)
}

// colleagues is the list of all staff.
type colleagues struct {
	page.Form
	All    []person
	Open   []invitation // that wait for somebody
	May    bool         // change any of it
	Roles  []string
	Rights []right
}

type person struct {
	wire.Person
	RoleLabel string
}

// right is a line of the table of who may do what.
type right struct {
	Label string
	May   []bool // by role
}

func showStaff(v *page.Visit) (page.Result, error) {
	all, err := listStaff.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	invitations, err := listInvitations.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	data := colleagues{Form: v.NewForm(), May: v.May(addStaff), Open: waiting(v, invitations.Items, "")}
	for _, p := range all.Items {
		data.All = append(data.All, person{p, staff.Role(p.Role).Label()})
	}
	for _, role := range staff.Roles {
		data.Roles = append(data.Roles, role.Label())
	}
	for _, r := range staff.Rights() {
		line := right{Label: r.Label()}
		for _, role := range staff.Roles {
			line.May = append(line.May, role.May(r))
		}
		data.Rights = append(data.Rights, line)
	}
	return v.Show(page.Page{Title: "同事", Name: "office/staff", Nav: "/desk/staff", Data: data})
}

// entry is the form of a member of staff.
type entry struct {
	page.Form
	ID, Do     string // ID is "" for a new one
	Roles      []page.Choice
	Committees []page.Choice
}

var crumb = page.Crumb{Label: "同事", Path: "/desk/staff"}

// newcomers is the subject of a second factor for taking somebody on.
const newcomers = "staff"

func newEntry(v *page.Visit, id, do string) (*entry, error) {
	subject := "staff " + id
	if id == "" {
		subject = newcomers
	}
	e := &entry{Form: v.NewForm(page.Subject(subject)), ID: id, Do: do, Committees: []page.Choice{{Value: "", Label: "不属于居委会"}}}
	for _, role := range staff.Roles {
		e.Roles = append(e.Roles, page.Choice{Value: string(role), Label: role.Label()})
	}
	all, err := listCommittees.Do(v, api.Nothing{})
	for _, c := range all.Items {
		e.Committees = append(e.Committees, page.Choice{Value: c.Code, Label: c.Name})
	}
	return e, err
}

func entryPage(e *entry, title string) page.Page {
	return page.Page{Title: title, Name: "office/entry", Nav: "/desk/staff", Data: e, Crumbs: []page.Crumb{crumb, {Label: title}}}
}

func showNew(v *page.Visit) (page.Result, error) {
	e, err := newEntry(v, "", "添加同事")
	if err != nil {
		return nil, err
	}
	return v.Show(entryPage(e, "添加同事"))
}

func add(v *page.Visit) (page.Result, error) {
	e, err := newEntry(v, "", "添加同事")
	if err != nil {
		return nil, err
	}
	if err := v.StepUp(newcomers); err != nil {
		return v.Again(entryPage(e, "添加同事"), &e.Form, err)
	}
	p, err := addStaff.Do(v, api.Body[wire.AddStaff]{Body: wire.AddStaff{
		ID: v.Form.Get("id"), Name: v.Form.Get("name"), Role: v.Form.Get("role"), Committee: v.Form.Get("committee")}})
	if err != nil {
		return v.Again(entryPage(e, "添加同事"), &e.Form, err)
	}
	return page.See("/desk/staff/" + p.ID + "?done=added"), nil
}
