package office

import (
	"net/http"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
	"towncrier/staff"
)

var (
	listSessions = page.NewAct[api.PersonInput, wire.Page[wire.Session]]("list-sessions")
	endSession   = page.NewAct[api.PersonSessionInput, api.Nothing]("end-session")
	listKeys     = page.NewAct[api.PersonInput, wire.Page[wire.Key]]("list-keys")
	revokeKey    = page.NewAct[api.KeyInput, api.Nothing]("revoke-key")
	changeStaff  = page.NewAct[api.ChangeStaffInput, wire.Person]("change-staff")
	disableStaff = page.NewAct[api.DisableInput, wire.Person]("disable-staff")
	enableStaff  = page.NewAct[api.PersonInput, wire.Person]("enable-staff")
)

func registerPerson(k *page.Kit) {
	for word, sentence := range map[string]string{
		"session-ended-by-admin": "已退出那台设备。", "revoked": "密钥已吊销，立即失效。", "changed": "已修改。改了角色或居委会的，原有登录和密钥已失效，要重新邀请。",
		"disabled": "已停用：登录、密钥和邀请立即失效。", "enabled": "已恢复。原有登录和密钥不恢复：请按“邀请设置登录”。",
	} {
		k.Says(word, sentence)
	}
	k.Handle("GET /desk/staff/{id}", showPerson, listStaff, listSessions, listKeys, listInvitations)
	k.Handle("GET /desk/staff/{id}/edit", showEdit, changeStaff, listStaff, listCommittees)
	k.Handle("POST /desk/staff/{id}/edit", edit, changeStaff, listStaff, listCommittees)
	for path, a := range acts {
		k.Handle("GET /desk/staff/{id}/"+path, func(v *page.Visit) (page.Result, error) { return ask(v, a) }, a.act, listStaff)
		k.Handle("POST /desk/staff/{id}/"+path, func(v *page.Visit) (page.Result, error) { return do(v, a) }, a.act, listStaff)
	}
}

// colleague is the page of one member of staff.
type colleague struct {
	person
	Sessions []wire.Session
	Keys     []wire.Key // that open
	Open     []invitation
	May, Own bool
}

func showPerson(v *page.Visit) (page.Result, error) {
	p, err := find(v)
	if err != nil {
		return nil, err
	}
	sessions, err := listSessions.Do(v, api.PersonInput{ID: p.ID})
	if err != nil {
		return nil, err
	}
	keys, err := listKeys.Do(v, api.PersonInput{ID: p.ID})
	if err != nil {
		return nil, err
	}
	invitations, err := listInvitations.Do(v, api.Nothing{})
	if err != nil {
		return nil, err
	}
	c := colleague{person: p, Sessions: sessions.Items, Open: waiting(v, invitations.Items, p.ID), May: v.May(changeStaff), Own: p.ID == v.Person.ID}
	for _, key := range keys.Items {
		if key.RevokedAt.IsZero() && v.Now().Before(key.ExpiresAt) {
			c.Keys = append(c.Keys, key)
		}
	}
	return v.Show(page.Page{Title: p.Name, Name: "office/person", Nav: "/desk/staff", Data: c, Crumbs: []page.Crumb{crumb, {Label: p.Name}}})
}

// find is the member of staff whom the address names.
func find(v *page.Visit) (person, error) {
	all, err := listStaff.Do(v, api.Nothing{})
	if err != nil {
		return person{}, err
	}
	for _, p := range all.Items {
		if p.ID == v.Path("id") {
			return person{p, staff.Role(p.Role).Label()}, nil
		}
	}
	return person{}, page.Refuse(http.StatusNotFound, "没有这位同事：请回到同事的列表核对")
}

func showEdit(v *page.Visit) (page.Result, error) {
	p, err := find(v)
	if err != nil {
		return nil, err
	}
	e, err := newEntry(v, p.ID, "保存")
	if err != nil {
		return nil, err
	}
	e.Set("name", p.Name)
	e.Set("role", p.Role)
	e.Set("committee", p.Committee)
	return v.Show(entryPage(e, "修改"+p.Name))
}

func edit(v *page.Visit) (page.Result, error) {
	p, err := find(v)
	if err != nil {
		return nil, err
	}
	e, err := newEntry(v, p.ID, "保存")
	if err != nil {
		return nil, err
	}
	if err := v.StepUp("staff " + p.ID); err != nil {
		return v.Again(entryPage(e, "修改"+p.Name), &e.Form, err)
	}
	name, role, committee := v.Form.Get("name"), v.Form.Get("role"), v.Form.Get("committee")
	to := wire.ChangeStaff{Name: &name, Role: &role, Committee: &committee} // all of it: pressed twice, it is the same
	if _, err := changeStaff.Do(v, api.ChangeStaffInput{ID: p.ID, Confirm: v.Form.Get("confirm") == "yes", Body: to}); err != nil {
		return v.Again(entryPage(e, "修改"+p.Name), &e.Form, err)
	}
	return page.See("/desk/staff/" + p.ID + "?done=changed"), nil
}

// act is what is done about a person after a page that asks whether it should be.
type act struct {
	act         page.AnyAct
	Title, What string
	Do, done    string
	one         bool // asks whether one admin may be left
	by          func(v *page.Visit, id string) error
}

var acts = map[string]act{
	"disable": {act: disableStaff, Title: "停用", What: "立即失效：已登录的浏览器、密码和验证器、密钥、未用的邀请，以及其发出或确认的邀请。写过和批准过的照常进行。", Do: "停用", done: "disabled", one: true,
		by: func(v *page.Visit, id string) error {
			_, err := disableStaff.Do(v, api.DisableInput{ID: id, Confirm: v.Form.Get("confirm") == "yes"})
			return err
		}},
	"enable": {act: enableStaff, Title: "恢复", What: "恢复后可以重新邀请。原有的登录和密钥不恢复。", Do: "恢复", done: "enabled",
		by: func(v *page.Visit, id string) error {
			_, err := enableStaff.Do(v, api.PersonInput{ID: id})
			return err
		}},
	"sessions/{session}/end": {act: endSession, Title: "退出一台设备：", What: "那个浏览器立即退出，没有提交的内容不会办理。", Do: "退出这台", done: "session-ended-by-admin",
		by: func(v *page.Visit, id string) error {
			_, err := endSession.Do(v, api.PersonSessionInput{ID: id, Session: v.Path("session")})
			return err
		}},
	"keys/{key}/revoke": {act: revokeKey, Title: "吊销密钥：", What: "用这把密钥的程序立即不能再办事。要新的密钥，请重新邀请。", Do: "吊销密钥", done: "revoked",
		by: func(v *page.Visit, id string) error {
			_, err := revokeKey.Do(v, api.KeyInput{ID: id, Key: v.Path("key")})
			return err
		}},
}

// asking is the page that asks.
type asking struct {
	page.Form
	act
	Person   person
	OneAdmin bool
}

func newAsking(v *page.Visit, a act) (*asking, page.Page, error) {
	p, err := find(v)
	if err != nil {
		return nil, page.Page{}, err
	}
	data := &asking{Form: v.NewForm(page.Subject("staff " + p.ID)), act: a, Person: p, OneAdmin: a.one && p.Role == string(staff.Admin)}
	title := a.Title + p.Name
	return data, page.Page{Title: title, Name: "office/ask", Nav: "/desk/staff", Data: data,
		Crumbs: []page.Crumb{crumb, {Label: p.Name, Path: "/desk/staff/" + p.ID}, {Label: title}}}, nil
}

func ask(v *page.Visit, a act) (page.Result, error) {
	_, p, err := newAsking(v, a)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func do(v *page.Visit, a act) (page.Result, error) {
	data, p, err := newAsking(v, a)
	if err != nil {
		return nil, err
	}
	if err = v.StepUp("staff " + data.Person.ID); err == nil {
		err = a.by(v, data.Person.ID)
	}
	if err != nil {
		return v.Again(p, &data.Form, err)
	}
	return page.See("/desk/staff/" + data.Person.ID + "?done=" + a.done), nil
}
