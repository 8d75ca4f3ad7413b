package office

import (
	"net/http"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/audit"
	"towncrier/desk/page"
	"towncrier/staff"
)

var (
	inviteStaff        = page.NewAct[api.PersonInput, wire.IssuedInvitation]("invite-staff")
	confirmInvitation  = page.NewAct[api.ConfirmInvitationInput, wire.Invitation]("confirm-invitation")
	withdrawInvitation = page.NewAct[api.InvitationInput, api.Nothing]("withdraw-invitation")
)

func registerInvitations(k *page.Kit) {
	k.Says("invitation-confirmed", "已确认。请本人在登录页用激活码设置登录。")
	k.Says("withdrawn", "邀请已撤回。")
	k.Handle("GET /desk/staff/{id}/invite", askInvite, inviteStaff, listStaff)
	k.Handle("POST /desk/staff/{id}/invite", invite, inviteStaff, listStaff)
	k.Handle("GET /desk/invitations/{invitation}", showInvitation, confirmInvitation, listInvitations)
	k.Handle("POST /desk/invitations/{invitation}", confirm, confirmInvitation, listInvitations)
	k.Handle("POST /desk/invitations/{invitation}/withdraw", withdraw, withdrawInvitation)
}

// invitation is one that waits: for another admin, or for its person.
type invitation struct {
	wire.Invitation
	StateLabel string
	Mine       bool // to confirm
	Look       bool // at its page, to take it back
}

var stateLabels = map[staff.InvitationState]string{staff.Issued: "待另一位管理员确认", staff.Confirmed: "待本人设置"}

// waiting are the invitations that can still be opened, of one person or of all.
func waiting(v *page.Visit, all []wire.Invitation, person string) (open []invitation) {
	for _, i := range all {
		label := stateLabels[staff.InvitationState(i.State)]
		if label == "" || person != "" && i.Person != person {
			continue
		}
		may := v.May(confirmInvitation)
		open = append(open, invitation{i, label, may && i.State == string(staff.Issued) && i.IssuedBy != string(audit.Staff(v.Person.ID)) && i.Person != v.Person.ID, may})
	}
	return open
}

var inviting = act{Title: "邀请设置登录：", Do: "邀请",
	What: "您得到一个激活码，只显示一次，请当面或打电话交给本人。另一位管理员确认后，本人24小时内用它设置密码和验证器；原来的登录随即失效。同一个激活码也可以用来启用密钥，两者只能用一次。"}

func askInvite(v *page.Visit) (page.Result, error) { return ask(v, inviting) }

// issued is the page that shows an activation code, once.
type issued struct {
	Code   string
	Person person
}

func invite(v *page.Visit) (page.Result, error) {
	data, p, err := newAsking(v, inviting)
	if err != nil {
		return nil, err
	}
	if err := v.StepUp("staff " + data.Person.ID); err != nil {
		return v.Again(p, &data.Form, err)
	}
	out, err := inviteStaff.Do(v, api.PersonInput{ID: data.Person.ID})
	if err != nil {
		return v.Again(p, &data.Form, err)
	}
	return v.Show(page.Page{Title: "激活码", Name: "office/issued", Nav: "/desk/staff", Data: issued{out.Code, data.Person}, Crumbs: []page.Crumb{crumb, {Label: "激活码"}}})
}

// confirming is the page on which another admin agrees with an invitation.
type confirming struct {
	page.Form
	Invitation invitation
}

func newConfirming(v *page.Visit) (*confirming, page.Page, error) {
	all, err := listInvitations.Do(v, api.Nothing{})
	if err != nil {
		return nil, page.Page{}, err
	}
	for _, i := range waiting(v, all.Items, "") {
		if i.ID != v.Path("invitation") {
			continue
		}
		c := &confirming{v.NewForm(page.Subject("invitation " + i.ID)), i}
		return c, page.Page{Title: "确认邀请", Name: "office/confirm", Nav: "/desk/staff", Data: c, Crumbs: []page.Crumb{crumb, {Label: "确认邀请"}}}, nil
	}
	return nil, page.Page{}, page.Refuse(http.StatusNotFound, "没有这份邀请，或者已经用过、撤回或过期：请回到同事的列表核对")
}

func showInvitation(v *page.Visit) (page.Result, error) {
	_, p, err := newConfirming(v)
	if err != nil {
		return nil, err
	}
	return v.Show(p)
}

func confirm(v *page.Visit) (page.Result, error) {
	c, p, err := newConfirming(v)
	if err != nil {
		return nil, err
	}
	if err = v.StepUp("invitation " + c.Invitation.ID); err == nil {
		_, err = confirmInvitation.Do(v, api.ConfirmInvitationInput{ID: c.Invitation.ID,
			Body: wire.ConfirmInvitation{Phone: v.Form.Get("phone"), InPerson: v.Form.Get("in_person") == "yes"}})
	}
	if err != nil {
		return v.Again(p, &c.Form, err)
	}
	return page.See("/desk/staff?done=invitation-confirmed"), nil
}

func withdraw(v *page.Visit) (page.Result, error) {
	if _, err := withdrawInvitation.Do(v, api.InvitationInput{ID: v.Path("invitation")}); err != nil {
		return nil, err
	}
	return page.See("/desk/staff?done=withdrawn"), nil
}
