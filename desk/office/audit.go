package office

import (
	"net/url"
	"strings"

	"towncrier/api"
	"towncrier/api/wire"
	"towncrier/desk/page"
)

var (
	listAudit   = page.NewAct[api.ListAuditInput, wire.Page[wire.AuditEntry]]("list-audit")
	verifyAudit = page.NewAct[api.VerifyAuditInput, wire.AuditProof]("verify-audit")
)

func registerAudit(k *page.Kit) {
	k.Section("/desk/audit", listAudit)
	k.Handle("GET /desk/audit", showAudit, listAudit)
	k.Handle("GET /desk/audit/verify", verify, verifyAudit)
}

// log is a page of the audit log.
type log struct {
	page.Form
	Entries     []wire.AuditEntry
	First, Next string
	Filtered    bool
}

func showAudit(v *page.Visit) (page.Result, error) {
	data := &log{Form: page.EmptyForm()}
	asked := url.Values{}
	for _, name := range []string{"from", "to", "actor", "action", "subject"} {
		if value := strings.TrimSpace(v.Query(name)); value != "" {
			asked.Set(name, value)
			data.Set(name, value)
			data.Filtered = true
		}
	}
	in := api.ListAuditInput{Limit: 50, From: asked.Get("from"), To: asked.Get("to"), Actor: asked.Get("actor"), Action: asked.Get("action"), Subject: asked.Get("subject")}
	in.After = v.Query("after")
	p := page.Page{Title: "日志", Name: "office/audit", Nav: "/desk/audit", Data: data}
	entries, err := listAudit.Do(v, in)
	if err != nil {
		return v.Again(p, &data.Form, err)
	}
	data.Entries = entries.Items
	if v.Query("after") != "" {
		data.First = "/desk/audit?" + asked.Encode()
	}
	if entries.Next != "" {
		asked.Set("after", entries.Next)
		data.Next = "/desk/audit?" + asked.Encode()
	}
	return v.Show(p)
}

func verify(v *page.Visit) (page.Result, error) {
	proof, err := verifyAudit.Do(v, api.VerifyAuditInput{})
	if err != nil {
		return nil, err
	}
	return v.Show(page.Page{Title: "核对日志", Name: "office/verify", Nav: "/desk/audit", Data: proof, Crumbs: []page.Crumb{{Label: "日志", Path: "/desk/audit"}, {Label: "核对日志"}}})
}
